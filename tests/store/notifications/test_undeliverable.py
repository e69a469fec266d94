"""An address that refuses e-mails is noted, the mentor is told once in the chat, and nothing more goes there."""

from __future__ import annotations

import hmac
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.api.bounces import SIGNATURE_HEADER, bounce_webhook
from bot.core.organisation import ORGANISATION
from bot.core.settings import load_settings
from bot.jobs.outbox import Outbox
from bot.notifications.emails.sender import SEND, MailSender
from bot.notifications.notify import DELIVER, tell
from bot.notifications.undeliverable import Undeliverable
from bot.registration.answers import MessageRef
from bot.registration.registration import EMAIL_CODE
from bot.storage import Mail, Mentor
from tests.doubles.mail_server import HOST, MailServerDouble
from tests.store.mentor import ChattingMentor, queued, snapshot
from tests.support.asgi import Browser
from tests.unit.notifications.test_bounces import complaint, dsn

#: Of the address that letters come from.
DOMAIN = ORGANISATION.contact.partition("@")[2]

CONTACT = "people@example.org"
KEY = "a key of the provider's"
UNKNOWN = "550 5.1.1 <{address}> is unknown"


def delivers(mentor: ChattingMentor, data_dir: Path, answer: str) -> None:
    """Have what waits be handed to a mail server that answers each recipient like this."""
    with MailServerDouble(answers={"RCPT": answer} if answer else {}) as server:
        settings = load_settings(_env_file=None, data_dir=data_dir, mail_url=f"smtp://{HOST}:{server.port}")
        note = Undeliverable(mentor.vault, CONTACT).note
        outbox = Outbox(mentor.store, {SEND: MailSender(mentor.store, mentor.vault, settings, note).send})
        while queued(mentor.store, SEND) and outbox.run_one():
            pass


def marked(mentor: ChattingMentor) -> str | None:
    with mentor.store.read() as session:
        return session.get_one(Mentor, mentor.mentor_id).undeliverable_email


def told(mentor: ChattingMentor) -> list[str]:
    return [each["text"] for each in mentor.messages() if "do not arrive" in str(each.get("text"))]


def comes_to_code(mentor: ChattingMentor) -> None:
    mentor.says("yes")
    mentor.says("I need to register")
    mentor.says("Maria Silva")
    mentor.says(mentor.email)
    assert mentor.question == EMAIL_CODE


def is_told_something(mentor: ChattingMentor, note: str = "reminder-1") -> None:
    with mentor.store.write() as session:
        tell(session, mentor.vault, CONTACT, mentor.mentor_id, MessageRef(note))


def test_who_gave_an_address_that_nobody_knows_is_told_in_the_chat(
    mentor: ChattingMentor, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    comes_to_code(mentor)
    delivers(mentor, data_dir, UNKNOWN)
    assert marked(mentor) == mentor.email
    [text] = told(mentor)
    assert text.startswith("E-mails to m…@example.org do not arrive")
    assert len(queued(mentor.store, DELIVER)) == 1
    assert mentor.question == EMAIL_CODE, "nothing was answered"
    assert mentor.letters() == [], "the code is destroyed"
    assert mentor.email not in caplog.text


def test_another_address_or_the_code_ends_it(mentor: ChattingMentor, data_dir: Path) -> None:
    comes_to_code(mentor)
    delivers(mentor, data_dir, UNKNOWN)
    mentor.says("send the code again")
    mentor.says(mentor.code())
    assert marked(mentor) is None
    assert mentor.question != EMAIL_CODE


@pytest.mark.parametrize("answer", ["550 5.7.1 <{address}> not from you", "554 5.7.26 unauthenticated"])
def test_a_refusal_of_the_sender_is_the_operators_and_not_the_mentors(
    mentor: ChattingMentor, data_dir: Path, caplog: pytest.LogCaptureFixture, answer: str
) -> None:
    comes_to_code(mentor)
    delivers(mentor, data_dir, answer)
    assert (marked(mentor), told(mentor)) == (None, [])
    assert "ALERT SPF, DKIM or DMARC" in caplog.text


def test_nothing_more_is_sent_there_and_a_second_refusal_is_told_nobody(mentor: ChattingMentor, data_dir: Path) -> None:
    mentor.comes_to("experience")
    is_told_something(mentor, "reminder-1")
    is_told_something(mentor, "reminder-3")
    delivers(mentor, data_dir, UNKNOWN)
    assert len(told(mentor)) == 1
    before = len(queued(mentor.store, SEND))
    is_told_something(mentor, "reminder-14")
    mentor.comes_to("review").says("submit")
    assert len(queued(mentor.store, SEND)) == before


def test_a_refusal_of_an_address_that_was_changed_since_is_nothing(mentor: ChattingMentor, data_dir: Path) -> None:
    comes_to_code(mentor)
    mentor.says("change my e-mail address")
    mentor.says("maria.new@example.org")
    with mentor.store.write() as session:
        Undeliverable(mentor.vault, CONTACT).note(session, mentor.mentor_id, mentor.email)
        Undeliverable(mentor.vault, CONTACT).note(session, "f" * 32, mentor.email)
    assert (marked(mentor), told(mentor)) == (None, [])


def test_a_retry_after_the_refusal_changes_nothing(mentor: ChattingMentor, data_dir: Path) -> None:
    comes_to_code(mentor)
    delivers(mentor, data_dir, UNKNOWN)
    before = snapshot(mentor.store)["transcript"]
    with mentor.store.read() as session:
        mail_id = session.scalars(select(Mail.id)).one()
    settings = load_settings(_env_file=None, data_dir=data_dir, mail_url=f"smtp://{HOST}:9")
    MailSender(mentor.store, mentor.vault, settings, Undeliverable(mentor.vault, CONTACT).note).send(mail_id)
    assert snapshot(mentor.store)["transcript"] == before


class Provider:
    """Posts reports about the newest e-mail of a mentor."""

    def __init__(self, mentor: ChattingMentor, key: str = KEY) -> None:
        self.woken = 0
        app = FastAPI()
        settings = load_settings(_env_file=None, bounces_key=key)
        app.include_router(bounce_webhook(mentor.store, settings, Undeliverable(mentor.vault, CONTACT), self._wake))
        self._browser = Browser(app)
        with mentor.store.read() as session:
            self.mail_id = session.scalars(select(Mail.id).order_by(Mail.created_at.desc())).first() or ""

    def _wake(self) -> None:
        self.woken += 1

    def posts(self, report: bytes, key: str = KEY, signature: str | None = None) -> int:
        signed = hmac.digest(key.encode(), report, "sha256").hex() if signature is None else signature
        signed_bytes = signed.encode("latin-1")
        headers = {SIGNATURE_HEADER.encode(): signed_bytes, b"content-type": b"message/rfc822"}
        return self._browser.post("/webhooks/bounces", content=report, headers=headers).status_code

    def bounce(self, address: str) -> bytes:
        return dsn(recipient=f"Final-Recipient: rfc822; {address}", message_id=f"Message-ID: <{self.mail_id}@{DOMAIN}>")


def test_a_bounce_marks_the_address_and_tells_the_mentor_once(
    mentor: ChattingMentor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "bot")
    mentor.comes_to("experience")
    is_told_something(mentor)
    provider = Provider(mentor)
    assert [provider.posts(provider.bounce(mentor.email.upper())) for _ in range(2)] == [200, 200]
    assert marked(mentor) == mentor.email
    assert len(told(mentor)) == 1
    assert provider.woken
    assert mentor.email not in caplog.text.lower()


def test_a_bounce_of_another_address_marks_nothing(mentor: ChattingMentor) -> None:
    mentor.comes_to("experience")
    is_told_something(mentor)
    provider = Provider(mentor)
    assert provider.posts(provider.bounce("somebody@example.org")) == 200
    assert (marked(mentor), told(mentor)) == (None, [])


def test_a_complaint_ends_the_reminders(mentor: ChattingMentor) -> None:
    mentor.comes_to("experience")
    is_told_something(mentor)
    provider = Provider(mentor)
    report = complaint().replace(b"0123456789abcdef" * 2, provider.mail_id.encode())
    assert provider.posts(report) == 200
    with mentor.store.read() as session:
        assert session.get_one(Mentor, mentor.mentor_id).reminders_off_at is not None
    assert marked(mentor) is None


@pytest.mark.parametrize("signature", ["", "0" * 64, "\xe9"])
def test_a_report_without_the_right_signature_changes_nothing(mentor: ChattingMentor, signature: str) -> None:
    mentor.comes_to("experience")
    is_told_something(mentor)
    provider = Provider(mentor)
    report = provider.bounce(mentor.email)
    before = snapshot(mentor.store)
    assert provider.posts(report, signature=signature) == 401
    assert provider.posts(report, key="another") == 401
    assert snapshot(mentor.store) == before


def test_without_a_key_there_is_no_such_route(mentor: ChattingMentor) -> None:
    provider = Provider(mentor, key="")
    assert provider.posts(provider.bounce(mentor.email), key="") == 404


def test_what_is_unknown_or_no_report_is_answered_like_the_rest(mentor: ChattingMentor) -> None:
    provider = Provider(mentor)
    assert provider.posts(dsn()) == 200
    assert provider.posts(b"Subject: I am on holiday\n\nBack on Monday.") == 200
    assert told(mentor) == []
