"""E-mails of a whole running bot: a mentor comes back by one, and no log has what opens a registration."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from tests.support.service import RunningBot
from tests.support.web import WebMentor

SECONDS = 30


def emails(bot: RunningBot, subject: str) -> list[EmailMessage]:
    """The e-mails with such a subject, once there is one."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        kept = [path.read_bytes() for path in (bot.data_dir / "mail").glob("*.eml")]
        parsed = [message_from_bytes(each, _class=EmailMessage, policy=SMTP) for each in kept]
        found = [each for each in parsed if subject in each["Subject"]]
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no e-mail about {subject}")


def text_of(email: EmailMessage) -> str:
    body = email.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_mentor_comes_back_by_a_reminder_and_is_sent_a_copy(tmp_path: Path) -> None:
    with RunningBot(tmp_path, LOG_LEVEL="DEBUG") as bot:
        with WebMentor(bot.url) as mentor:
            mentor.opens().walks_until("reasons")
            address = mentor.email
        bot.stop()
        with closing(sqlite3.connect(tmp_path / "bot.db")) as database, database:
            database.execute("UPDATE conversations SET last_seen_at = datetime('now', '-30 hours')")
            database.execute("UPDATE mentors SET time_zone = NULL")
        bot.start()
        [reminder] = emails(bot, "registration is saved")
        [token] = re.findall(r"/\?continue=(\S+)", text_of(reminder))
        [stop] = re.findall(r"/reminders/stop/\S+", text_of(reminder))
        bot.stop()
        bot.start()
        with WebMentor(bot.url) as elsewhere:
            elsewhere.opens(link=token)
            assert elsewhere.question == "join"
            elsewhere.taps("Yes, go on with it")
            elsewhere.says(elsewhere.new_code())
            assert elsewhere.question == "reasons"
            assert elsewhere.http.get(stop).status_code == 200
            assert "no more reminders" in elsewhere.http.post(stop, content="List-Unsubscribe=One-Click").text
            elsewhere.email = address
            elsewhere.walks_until("review").says("submit")
            [copy] = emails(bot, "a copy for you")
        assert copy.get_content_type() == "multipart/mixed"
        assert "Thank you. You sent your registration" in text_of(copy)
        log = bot.log()
    assert token not in log
    assert stop.rpartition(".")[2] not in log
    assert address not in log
