"""Two processes of one service: each request may reach either, and either may die."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
import sqlalchemy

from tests.store.postgresql import running_cluster
from tests.support.answers import TEXTS
from tests.support.frail import HANG
from tests.support.service import FrailBot, free_port
from tests.support.web import WebMentor

#: Seconds after which another worker has gone on with the turns of a dead one: its lease, a beat, and a turn.
TAKEOVER_SECONDS = 15
#: Seconds after which a worker has been started again.
AGAIN_SECONDS = 10


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.long])]
)
def database(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    if request.param == "sqlite":
        yield {}
        return
    with running_cluster() as url:
        administrator = sqlalchemy.create_engine(url + "postgres", isolation_level="AUTOCOMMIT")
        with administrator.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE workers")
        administrator.dispose()
        yield {"DATABASE_URL": url + "workers"}


@pytest.fixture(scope="module")
def bot(database: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrailBot]:
    folder: Path = tmp_path_factory.mktemp("workers")
    with FrailBot(folder, WORKERS="2", METRICS_PORT=str(free_port()), **database) as running:
        yield running


def workers(bot: FrailBot) -> list[psutil.Process]:
    assert bot.process is not None
    return psutil.Process(bot.process.pid).children()


def goes_to(mentor: WebMentor, bot: FrailBot, number: int) -> None:
    """Have the mentor's next requests go to one of the workers, over a new connection."""
    processes = sorted(process.pid for process in workers(bot))
    for _ in range(200):
        http = httpx.Client(base_url=bot.url, timeout=30, cookies=mentor.http.cookies, headers=mentor.http.headers)
        with http.stream("GET", "/healthz") as response:
            ours = response.extensions["network_stream"].get_extra_info("client_addr")
            response.read()
        serving = psutil.Process(processes[number]).net_connections("tcp")
        if any(each.raddr == ours for each in serving):
            mentor.http.close()
            mentor.http = http
            return
        http.close()
    raise AssertionError("one worker gets all connections")


def said(mentor: WebMentor) -> list[str]:
    return [each["text"] for each in mentor.opens().messages if each["from"] == "mentor"]


def until(what: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_whole_registration_over_both(bot: FrailBot) -> None:
    sockets = [each for each in psutil.net_connections("tcp") if each.status == "LISTEN"]
    assert [each.laddr.port for each in sockets].count(bot.port) == 1, "they share one socket"
    with WebMentor(bot.url) as mentor:
        mentor.opens().prefers_one_by_one()
        for number in range(80):
            if mentor.question == "review":
                break
            before = mentor.question
            goes_to(mentor, bot, number % 2)
            mentor.answers()
            assert mentor.question != before, mentor.heard()
        assert "complete" in mentor.taps("Submit")
        transcript = said(mentor)
        assert all(transcript.count(words) <= 1 for words in TEXTS.values())
    first = int(bot.environment["METRICS_PORT"])
    for port in (first, first + 1):
        assert "mentor_bot_turns_total" in httpx.get(f"http://127.0.0.1:{port}/metrics").text


def test_a_stream_shows_at_once_what_the_other_worker_did(bot: FrailBot) -> None:
    with WebMentor(bot.url) as mentor, WebMentor(bot.url) as stranger:
        mentor.opens().walks_until("reasons")
        came: list[float] = []
        listens = threading.Event()
        stranger.http.cookies = mentor.http.cookies
        goes_to(mentor, bot, 0)
        goes_to(stranger, bot, 1)

        def listen() -> None:
            with stranger.http.stream("GET", "/api/events", params={"after": mentor.cursor}) as stream:
                for line in stream.iter_lines():
                    listens.set()
                    is_reply = line.startswith("data: {") and "messages" in json.loads(line[6:])
                    if is_reply and "Describe your experience" in line:
                        came.append(time.monotonic())
                        return

        listening = threading.Thread(target=listen)
        listening.start()
        assert listens.wait(10)
        time.sleep(0.5)
        mentor.answers()
        replied = time.monotonic()
        listening.join(10)
        assert came[0] - replied < 1, "the stream itself looks every 5 s"


def test_a_turn_of_a_killed_worker_is_taken_over_and_the_worker_is_started_again(bot: FrailBot) -> None:
    with WebMentor(bot.url) as mentor:
        mentor.opens().walks_until("reasons")
        with bot.broken(HANG) as wait:
            sending = threading.Thread(target=_send_and_lose, args=(mentor,))
            sending.start()
            killed = wait()
            os.kill(killed, signal.SIGKILL)
            died = time.monotonic()
            sending.join()
        mentor.http.get("/healthz").raise_for_status()
        while mentor.looks() == "" or mentor.question != "experience":
            assert time.monotonic() - died < TAKEOVER_SECONDS
            time.sleep(0.2)
        assert said(mentor).count(TEXTS["reasons"]) == 1
        until(lambda: len(workers(bot)) == 2 and killed not in {each.pid for each in workers(bot)}, AGAIN_SECONDS)
        for number in (0, 1):
            goes_to(mentor, bot, number)
            mentor.answers()
    assert f"(process {killed}) ended with -9, and is started again" in bot.log()


def test_a_service_that_is_told_to_stop_ends_the_turns_of_all_its_workers_first(bot: FrailBot) -> None:
    _only_once(bot)
    with WebMentor(bot.url) as one, WebMentor(bot.url) as other, ThreadPoolExecutor(2) as sending:
        for number, mentor in enumerate((one, other)):
            mentor.opens().walks_until("reasons")
            goes_to(mentor, bot, number)
        with bot.broken(HANG) as wait:
            replies = [sending.submit(each.says, TEXTS["reasons"]) for each in (one, other)]
            wait()
            time.sleep(0.5)
            assert bot.process is not None
            bot.process.terminate()
            time.sleep(1)
            assert bot.process.poll() is None, "it waits for the turns"
        for each in replies:
            assert "Describe your experience" in each.result(15)
        assert bot.process.wait(15) == 0
    bot.start()


def test_workers_end_with_the_process_that_started_them(bot: FrailBot) -> None:
    _only_once(bot)
    bot.kill()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{bot.url}/healthz")


def _only_once(bot: FrailBot) -> None:
    if "DATABASE_URL" in bot.environment:
        pytest.skip("it was tried with SQLite")


def _send_and_lose(mentor: WebMentor) -> None:
    with pytest.raises((httpx.HTTPError, AssertionError)):
        mentor.says(TEXTS["reasons"])
