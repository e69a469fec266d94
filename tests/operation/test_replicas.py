"""Two services on one PostgreSQL and one bucket, as on two machines: every message is answered once, whichever service
gets it, and whichever dies.
"""

from __future__ import annotations

import base64
import json
import os
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import sqlalchemy

from bot.registration import form
from bot.security.cipher import KEY_BYTES
from tests.doubles.telegram_api import TelegramDouble
from tests.store.postgresql import running_cluster
from tests.support.answers import QUESTIONS, TEXTS
from tests.support.frail import HANG
from tests.support.s3 import S3, running_s3
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
def s3() -> Iterator[S3]:
    with running_s3() as store:
        yield store


@pytest.fixture(scope="module")
def bots(
    database: str, telegram: TelegramDouble, s3: S3, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[FrailBot, FrailBot]]:
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "other")]
    # Each reads the e-mails of both, as a mail server would show them.
    (folders[0] / "mail").mkdir()
    (folders[1] / "mail").symlink_to(folders[0] / "mail")
    same = {name.upper(): value for name, value in s3.settings("/photos-of").items()}
    same |= {name: base64.b64encode(os.urandom(KEY_BYTES)).decode() for name in ("MASTER_KEYS", "LEDGER_KEY")}
    same |= {"DATABASE_URL": database, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
    with FrailBot(folders[0], **same) as one, FrailBot(folders[1], **same) as other:
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


def test_a_photo_sent_to_one_is_shown_by_the_other_and_erased_there_is_gone(
    bots: tuple[FrailBot, FrailBot], s3: S3
) -> None:
    one, other = bots
    s3.empty()
    with WebMentor(one.url) as mentor:
        mentor.opens().walks_until("date_of_birth")
        address = next(each["photo"] for each in mentor.messages if each.get("photo"))
        shown = mentor.http.get(address)
        goes_to(mentor, other)
        assert (shown.status_code, mentor.http.get(address).content) == (200, shown.content)
        sealed = [s3.contents(name) for name in s3.names()]
        assert len(sealed) == 2
        assert not any(shown.content[:32] in each for each in sealed)
        mentor_id = other.json("registrations", "list")[-1]["id"]
        done = other.command("erase", mentor_id, "--yes")
        assert done.returncode == 0, done.stderr
        assert s3.names() == []
        assert [mentor.http.get(f"{bot.url}{address}").status_code for bot in bots] == [401, 401]


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
    assert not any("another program polls" in bot.log() for bot in bots)
    for bot, label, question in zip(bots, ("Let’s start", "I need to register"), QUESTIONS[1:], strict=False):
        bot.kill()
        ann.taps(asked, label)
        asked = ann.waits_for(opening_of(question), timeout=2 * TAKEOVER_SECONDS)
        bot.start()


def _send_and_lose(mentor: WebMentor) -> None:
    with pytest.raises((httpx.HTTPError, AssertionError)):
        mentor.says(TEXTS["reasons"])
