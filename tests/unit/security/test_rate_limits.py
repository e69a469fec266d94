"""How often who may ask for what."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits.storage import MemoryStorage
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.channels.web.security import SecurityMiddleware
from bot.core.settings import SettingsError, load_settings
from bot.core.siblings import ALONE, Siblings
from bot.runtime.web_server import web_server
from bot.security.rate_limits import (
    REDIS_PAUSE_SECONDS,
    REDIS_SECONDS,
    MovingWindows,
    RateLimit,
    RateLimits,
    TooManyRequestsError,
    counted_address,
)
from tests.support.asgi import Browser
from tests.support.redis import Redis, running_redis


def limits(siblings: Siblings = ALONE, **settings: object) -> RateLimits:
    few = {"sessions_per_hour": 2, "messages_per_minute": 3, "photos_per_hour": 1, "requests_per_minute": 5}
    return RateLimits(load_settings(**{"redis_url": "", **few, **settings}), siblings)


def entered(doors: RateLimits, door: RateLimit, who: str, times: int) -> int:
    """How many of so many tries were let in."""

    waits: list[int] = []

    async def knock() -> int:
        count = 0
        for _ in range(times):
            try:
                await doors.hit(door, who)
            except TooManyRequestsError as error:
                waits.append(error.seconds)
            else:
                count += 1
        return count

    count = asyncio.run(knock())
    assert all(1 <= each <= 3600 for each in waits)
    return count


@pytest.mark.parametrize(
    ("door", "most"),
    [
        (RateLimit.SESSIONS, 2),
        (RateLimit.MESSAGES, 3),
        (RateLimit.PHOTOS, 1),
        (RateLimit.REQUESTS, 5),
        (RateLimit.LOGINS, 10),
    ],
)
def test_each_door_lets_in_as_many_as_its_setting_says(door: RateLimit, most: int) -> None:
    doors = limits()
    assert entered(doors, door, "me", 12) == most
    assert entered(doors, door, "me", 1) == 0
    assert entered(doors, door, "somebody else", 12) == most


def test_the_doors_count_apart() -> None:
    doors = limits()
    assert [entered(doors, door, "me", 9) for door in RateLimit] == [2, 3, 1, 5, 9]


def test_a_check_counts_nothing_and_refuses_what_is_full() -> None:
    doors = limits()

    async def checked(times: int) -> None:
        for _ in range(times):
            await doors.check(RateLimit.LOGINS, "me")

    asyncio.run(checked(20))
    assert entered(doors, RateLimit.LOGINS, "me", 20) == 10
    with pytest.raises(TooManyRequestsError) as refused:
        asyncio.run(checked(1))
    assert 1 <= refused.value.seconds <= 600


def test_without_redis_the_process_counts_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    doors = limits(redis_url="redis://127.0.0.1:1/0")
    with caplog.at_level(logging.ERROR):
        assert entered(doors, RateLimit.MESSAGES, "me", 5) == 3
    assert "Redis does not answer" in caplog.text


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    with running_redis(tmp_path) as server:
        yield server


def test_processes_of_one_machine_count_together_without_redis() -> None:
    pipes = Siblings.pipes(2)

    async def knock() -> list[bool]:
        doors = [limits(Siblings(pipes, number)) for number in (0, 1)]
        entered = []
        for number in (0, 1, 0, 1):
            try:
                await doors[number].hit(RateLimit.MESSAGES, "ann")
            except TooManyRequestsError:
                entered.append(False)
            else:
                entered.append(True)
            await asyncio.sleep(0.02)
        return entered

    assert asyncio.run(knock()) == [True, True, True, False]
    for end in (end for pipe in pipes for end in pipe):
        os.close(end)


def test_several_services_count_together_in_redis(redis: Redis) -> None:
    one, other = limits(redis_url=redis.url), limits(redis_url=redis.url)
    assert entered(one, RateLimit.MESSAGES, "me", 2) == 2
    assert entered(other, RateLimit.MESSAGES, "me", 5) == 1
    assert entered(one, RateLimit.MESSAGES, "me", 1) == 0
    assert entered(other, RateLimit.MESSAGES, "somebody else", 5) == 3


def test_a_redis_that_hangs_holds_up_one_request_for_a_moment(
    redis: Redis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = time.monotonic()
    monkeypatch.setattr("bot.security.rate_limits.time", SimpleNamespace(monotonic=lambda: now, time=time.time))
    doors, others = limits(redis_url=redis.url), limits(redis_url=redis.url)
    assert entered(doors, RateLimit.MESSAGES, "me", 1) == 1
    redis.process.send_signal(signal.SIGSTOP)
    began = time.perf_counter()
    assert entered(doors, RateLimit.MESSAGES, "me", 20) == 3  # by a count of its own
    now += REDIS_PAUSE_SECONDS + 1
    assert entered(doors, RateLimit.SESSIONS, "me", 20) == 2
    assert time.perf_counter() - began < 2 * 2 * REDIS_SECONDS + 0.5
    assert [each.getMessage() for each in caplog.records] == [
        "Redis does not answer (StorageError); counting in this process"
    ]
    redis.process.send_signal(signal.SIGCONT)
    now += REDIS_PAUSE_SECONDS + 1
    assert entered(doors, RateLimit.MESSAGES, "somebody else", 2) == 2
    assert entered(others, RateLimit.MESSAGES, "somebody else", 20) == 1
    assert caplog.records[-1].getMessage() == "Redis answers again"
    assert len(caplog.records) == 2


def test_a_redis_that_hangs_does_not_stand_before_the_health(redis: Redis) -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("here")(scope, receive, send)

    settings = load_settings(redis_url=redis.url, requests_per_minute=1)
    page = Browser(SecurityMiddleware(answer, settings, RateLimits(settings)))
    redis.process.send_signal(signal.SIGSTOP)
    for address in ["/healthz", "/readyz"]:
        began = time.perf_counter()
        assert [page.get(address).status_code for _ in range(5)] == [200] * 5
        assert time.perf_counter() - began < REDIS_SECONDS
    began = time.perf_counter()
    pages = page.together([("GET", "/", {})] * 30)
    assert sorted(each.status_code for each in pages) == [200, *[429] * 29]
    assert time.perf_counter() - began < 3 * 2 * REDIS_SECONDS + 1


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("unix", "unix"),
        ("", ""),
    ],
)
def test_an_ipv6_client_counts_by_its_network(address: str, counted: str) -> None:
    assert counted_address(address) == counted


async def _here(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("here")(scope, receive, send)


def _statuses(peer: str, forwarded: list[str], **settings: object) -> list[int]:
    """The answers to requests from a peer that names its clients, behind the server's own proxy headers."""
    given = load_settings(**{"requests_per_minute": 1, "redis_url": "", **settings})
    app = SecurityMiddleware(_here, given, RateLimits(given))
    server = web_server(app, given)
    server.config.load()
    page = Browser(server.config.loaded_app, client=peer)
    return [page.get("/", headers={"X-Forwarded-For": each}).status_code for each in forwarded]


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_a_proxy_on_this_machine_names_its_clients(peer: str) -> None:
    assert _statuses(peer, ["192.0.2.7", "192.0.2.8", "192.0.2.7"]) == [200, 200, 429]


@pytest.mark.parametrize("peer", ["10.1.2.3", "::ffff:10.1.2.3"])
def test_only_a_trusted_proxy_names_its_clients(peer: str) -> None:
    clients = ["192.0.2.7", "192.0.2.8"]
    assert _statuses(peer, clients) == [200, 429]
    assert _statuses(peer, clients, trusted_proxies="10.0.0.0/8") == [200, 200]
    assert _statuses(peer, ["192.0.2.7, 10.9.9.9", "192.0.2.8"], trusted_proxies="10.0.0.0/8") == [200, 200]
    assert _statuses(peer, ["192.0.2.8, 192.0.2.7", "192.0.2.7"], trusted_proxies="10.0.0.0/8") == [200, 429]


@pytest.mark.parametrize(("peer", "lines"), [("10.1.2.3", 1), ("127.0.0.1", 0), ("8.8.8.8", 0)])
def test_a_proxy_that_is_not_trusted_is_named_once_and_a_visitor_never(
    peer: str, lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        _statuses(peer, ["192.0.2.7", "192.0.2.8"])
    said = [each.getMessage() for each in caplog.records]
    assert said == [f"{peer} sends X-Forwarded-For, but TRUSTED_PROXIES does not name it"] * lines


def test_the_clients_of_one_ipv6_network_count_together() -> None:
    clients = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "[2001:db8:1:2::3]:4711", "2001:db8:1:3::1"]
    assert _statuses("127.0.0.1", clients) == [200, 429, 429, 200]


def test_an_address_that_is_no_redis_is_refused() -> None:
    with pytest.raises(SettingsError, match="REDIS_URL"):
        limits(redis_url="http://127.0.0.1")


#: What a clock does between two hits, in seconds; who hits; and how many hits a window of how many seconds has.
HITS = st.lists(st.tuples(st.sampled_from([0, 0.5, 1, 7, 59, 60, 61, 3600]), st.sampled_from("ab")), max_size=60)
WINDOWS = {"a": (3, 60), "b": (5, 3600)}


@given(HITS)
def test_windows_are_those_of_the_library(steps: list[tuple[float, str]]) -> None:
    ours, theirs, now = MovingWindows(), MemoryStorage(), 1_000_000.0
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(time, "time", lambda: now)
        for later, key in steps:
            now += later
            limit, seconds = WINDOWS[key]
            assert ours.acquire_entry(key, limit, seconds) == theirs.acquire_entry(key, limit, seconds)
            assert ours.get_moving_window(key, limit, seconds) == theirs.get_moving_window(key, limit, seconds)


def test_who_has_not_come_for_long_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    windows, now = MovingWindows(), 1_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    for number in range(500):
        now += 1
        assert windows.acquire_entry(f"guest {number}", 2, 60)
        assert windows.acquire_entry("regular", 100_000, 3600)
    assert len(windows._hits) == 501
    now += 1800
    assert windows.acquire_entry("regular", 100_000, 3600)
    now += 1801
    assert windows.acquire_entry("new", 2, 60)
    assert list(windows._hits) == ["regular", "new"]


def test_to_count_starts_no_thread() -> None:
    doors = limits(messages_per_minute=1000)
    time.sleep(0.05)  # the library's starts one
    before = threading.active_count()
    started: list[threading.Thread] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", started.append)
        assert entered(doors, RateLimit.MESSAGES, "me", 100) == 100
    assert (started, threading.active_count()) == ([], before)
