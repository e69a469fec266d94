"""Two services on one PostgreSQL: every message is answered once, whichever service gets it, and whichever dies."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import sqlalchemy

from bot.registration import form
from tests.doubles.telegram_api import TelegramDouble
from tests.store.postgresql import running_cluster
from tests.support.answers import QUESTIONS, TEXTS
from tests.support.frail import HANG
from tests.support.service import FrailBot
from tests.support.telegram import PATIENCE, opening_of
from tests.support.web import WebMentor

TOKEN = "123456:replicas"
#: After a process has died another one goes on with its turns within so many seconds.
TAKEOVER_SECONDS = 15


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with running_cluster() as url:
        administrator = sqlalchemy.create_engine(url + "postgres", isolation_level="AUTOCOMMIT")
        with administrator.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE replicas")
        administrator.dispose()
        yield url + "replicas"


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture(scope="module")
def bots(
    database: str, telegram: TelegramDouble, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[FrailBot, FrailBot]]:
    folder = tmp_path_factory.mktemp("replicas")
    same = {"DATABASE_URL": database, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
    with FrailBot(folder, **same) as one, FrailBot(folder, **same) as other:
        yield one, other


def goes_to(mentor: WebMentor, bot: FrailBot) -> None:
    """Have the mentor's next request go to another service, as a proxy may do."""
    mentor.http.base_url = httpx.URL(bot.url)


def said(mentor: WebMentor) -> list[tuple[str, str]]:
    return [(each["from"], each["text"]) for each in mentor.opens().messages]


def test_a_whole_registration_over_both(bots: tuple[FrailBot, FrailBot]) -> None:
    with WebMentor(bots[0].url) as mentor:
        mentor.opens().prefers_one_by_one()
        for number in range(80):
            if mentor.question == "review":
                break
            before = mentor.question
            goes_to(mentor, bots[number % 2])
            mentor.answers()
            assert mentor.question != before, mentor.heard()
        assert "complete" in mentor.taps("Submit")
        transcript = said(mentor)
        for item in form.ASKED:
            replies = [words for speaker, words in transcript if speaker == "mentor" and words == TEXTS.get(item.id)]
            assert len(replies) <= 1, item.id


def test_a_message_that_both_get_has_one_reply(bots: tuple[FrailBot, FrailBot]) -> None:
    with WebMentor(bots[0].url) as mentor, ThreadPoolExecutor(2) as both:
        mentor.opens().walks_until("reasons")
        before = len(said(mentor))
        message = {"id": uuid.uuid4().hex, "text": TEXTS["reasons"], "after": mentor.cursor}
        cookies, headers = dict(mentor.http.cookies), dict(mentor.http.headers)

        def send(bot: FrailBot) -> int:
            url = f"{bot.url}/api/messages"
            return httpx.post(url, json=message, cookies=cookies, headers=headers, timeout=30).status_code

        sent = time.monotonic()
        assert list(both.map(send, bots)) == [200, 200]
        assert time.monotonic() - sent < TAKEOVER_SECONDS / 3, "neither waits for longer than the turn takes"
        added = said(mentor)[before:]
        assert [words for speaker, words in added if speaker == "mentor"] == [TEXTS["reasons"]]
        assert sum("Describe your experience" in words for speaker, words in added if speaker == "bot") == 1


def test_a_stream_shows_at_once_what_the_other_service_did(bots: tuple[FrailBot, FrailBot]) -> None:
    with WebMentor(bots[0].url) as mentor:
        mentor.opens().walks_until("reasons")
        came: list[float] = []
        listens = threading.Event()

        def listen() -> None:
            url, cookies = f"{bots[1].url}/api/events?after={mentor.cursor}", dict(mentor.http.cookies)
            with httpx.stream("GET", url, cookies=cookies, timeout=30) as stream:
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


def test_a_turn_of_a_killed_service_is_taken_over(bots: tuple[FrailBot, FrailBot]) -> None:
    one, other = bots
    with WebMentor(one.url) as mentor:
        mentor.opens().walks_until("reasons")
        with one.broken(HANG) as wait:
            sending = threading.Thread(target=_send_and_lose, args=(mentor,))
            sending.start()
            wait()
            one.kill()
            killed = time.monotonic()
            sending.join()
        goes_to(mentor, other)
        while mentor.looks() == "" or mentor.question != "experience":
            assert time.monotonic() - killed < TAKEOVER_SECONDS
            time.sleep(0.2)
        assert [words for _speaker, words in said(mentor)].count(TEXTS["reasons"]) == 1
    one.start()


def test_a_service_that_is_told_to_stop_ends_its_turns_first(bots: tuple[FrailBot, FrailBot]) -> None:
    one, _other = bots
    with WebMentor(one.url) as mentor, ThreadPoolExecutor(1) as sending:
        mentor.opens().walks_until("reasons")
        with one.broken(HANG) as wait:
            reply = sending.submit(mentor.says, TEXTS["reasons"])
            wait()
            assert one.process is not None
            one.process.terminate()
            time.sleep(1)
            assert one.process.poll() is None, "it waits for the turn"
            assert httpx.get(f"{one.url}/readyz").status_code == 503
        assert "Describe your experience" in reply.result(10)
        assert one.process.wait(10) == 0
    one.start()


def test_one_service_polls_telegram_and_another_goes_on(
    bots: tuple[FrailBot, FrailBot], telegram: TelegramDouble
) -> None:
    ann = telegram.user("Ann", language_code="en")
    ann.sends("/start")
    asked = ann.waits_for(opening_of("start"), timeout=PATIENCE)
    assert "another program polls" not in bots[0].log(), "it is the log of both"
    for bot, label, question in zip(bots, ("Let’s start", "I need to register"), QUESTIONS[1:], strict=False):
        bot.kill()
        ann.taps(asked, label)
        asked = ann.waits_for(opening_of(question), timeout=2 * TAKEOVER_SECONDS)
        bot.start()


def _send_and_lose(mentor: WebMentor) -> None:
    with pytest.raises((httpx.HTTPError, AssertionError)):
        mentor.says(TEXTS["reasons"])
