"""How often who may ask for what."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.rate_limits import Door, RateLimits, TooManyRequestsError
from bot.settings import SettingsError, load_settings
from tests.support.redis import running_redis


def limits(**settings: object) -> RateLimits:
    few = {"sessions_per_hour": 2, "messages_per_minute": 3, "photos_per_hour": 1, "requests_per_minute": 5}
    return RateLimits(load_settings(**{"redis_url": "", **few, **settings}))


def entered(doors: RateLimits, door: Door, who: str, times: int) -> int:
    """How many of so many tries were let in."""

    waits: list[int] = []

    async def knock() -> int:
        count = 0
        for _ in range(times):
            try:
                await doors.enter(door, who)
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
    [(Door.SESSIONS, 2), (Door.MESSAGES, 3), (Door.PHOTOS, 1), (Door.REQUESTS, 5), (Door.LOGINS, 10)],
)
def test_each_door_lets_in_as_many_as_its_setting_says(door: Door, most: int) -> None:
    doors = limits()
    assert entered(doors, door, "me", 12) == most
    assert entered(doors, door, "me", 1) == 0
    assert entered(doors, door, "somebody else", 12) == most


def test_the_doors_count_apart() -> None:
    doors = limits()
    assert [entered(doors, door, "me", 9) for door in Door] == [2, 3, 1, 5, 9]


def test_a_check_counts_nothing_and_refuses_what_is_full() -> None:
    doors = limits()

    async def checked(times: int) -> None:
        for _ in range(times):
            await doors.check(Door.LOGINS, "me")

    asyncio.run(checked(20))
    assert entered(doors, Door.LOGINS, "me", 20) == 10
    with pytest.raises(TooManyRequestsError) as refused:
        asyncio.run(checked(1))
    assert 1 <= refused.value.seconds <= 600


def test_without_redis_the_process_counts_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    doors = limits(redis_url="redis://127.0.0.1:1/0")
    with caplog.at_level(logging.ERROR):
        assert entered(doors, Door.MESSAGES, "me", 5) == 3
    assert "Redis does not answer" in caplog.text


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    with running_redis(tmp_path) as address:
        yield address


def test_several_services_count_together_in_redis(redis_url: str) -> None:
    one, other = limits(redis_url=redis_url), limits(redis_url=redis_url)
    assert entered(one, Door.MESSAGES, "me", 2) == 2
    assert entered(other, Door.MESSAGES, "me", 5) == 1
    assert entered(one, Door.MESSAGES, "me", 1) == 0
    assert entered(other, Door.MESSAGES, "somebody else", 5) == 3


def test_an_address_that_is_no_redis_is_refused() -> None:
    with pytest.raises(SettingsError, match="REDIS_URL"):
        limits(redis_url="http://127.0.0.1")
