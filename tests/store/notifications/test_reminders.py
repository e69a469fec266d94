"""Reminders: when they are due, once each, and none at night, none to who does not want them, none twice."""

from __future__ import annotations

import itertools
import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bench.reminders import measure, problems
from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import catalogue, languages
from bot.notifications import reminders
from bot.notifications.emails.sender import SEND
from bot.notifications.notify import DELIVER
from bot.notifications.reminders import STAGES, due, log_lost, run
from bot.registration.answers import MessageRef
from bot.security.vault import Vault
from bot.storage import Conversation, Mail, Mentor, OutboxEntry, Reminder, Store, TranscriptMessage
from bot.storage.models import new_id
from bot.understanding.reminder_times import reminder_days

pytestmark = pytest.mark.postgresql_too

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CONTACT = ORGANISATION.contact
_names = itertools.count(1)


def draft(store: Store, days: float | None = 2, **values: object) -> str:
    """A mentor who began and left so many days ago, or never said anything; gives the id."""
    mentor_id = new_id()
    with store.write() as session:
        session.add(Mentor(id=mentor_id, **{"started_at": NOW - timedelta(days=30), **values}))
        session.flush()
    if days is not None:
        chat(store, mentor_id, days)
    return mentor_id


def chat(store: Store, mentor_id: str, days: float, channel: str = "web") -> str:
    """A conversation that the mentor left so many days ago; gives its id."""
    with store.write() as session:
        conversation = Conversation(mentor_id=mentor_id, channel=channel, external_id=f"browser-{next(_names)}")
        conversation.last_seen_at = NOW - timedelta(days=days)
        session.add(conversation)
        session.flush()
        return conversation.id


def comes_back(store: Store, mentor_id: str, when: datetime) -> None:
    with store.write() as session:
        session.scalars(select(Conversation).where(Conversation.mentor_id == mentor_id)).one().last_seen_at = when


def waiting(store: Store, now: datetime = NOW) -> list[tuple[str, int]]:
    with store.read() as session:
        return due(session, now)


def texts(store: Store) -> list[str]:
    with store.read() as session:
        rows = session.scalars(select(TranscriptMessage).order_by(TranscriptMessage.id)).all()
        return [row.body["text"] for row in rows]


def said(days: int) -> str:
    return catalogue().text(f"reminder-{days}")


def marks(store: Store) -> dict[int, bool]:
    """Which stages are marked, and whether they were sent."""
    with store.read() as session:
        return {row.days: row.sent_at is not None for row in session.scalars(select(Reminder))}


@pytest.mark.parametrize(
    ("days", "stage"),
    [(0.5, None), (0.99, None), (1, 1), (2.9, 1), (3, 3), (13.9, 3), (14, 14), (100, 14)],
)
def test_a_draft_is_due_by_the_days_since_the_last_message(store: Store, days: float, stage: int | None) -> None:
    mentor_id = draft(store, days)
    assert waiting(store) == ([(mentor_id, stage)] if stage else [])


@pytest.mark.parametrize(
    "values",
    [{"started_at": None}, {"submitted_at": NOW - timedelta(days=2)}, {"reminders_off_at": NOW - timedelta(days=2)}],
    ids=lambda values: next(iter(values)),
)
def test_who_is_not_reminded(store: Store, vault: Vault, values: dict[str, object]) -> None:
    draft(store, **values)
    draft(store, None)
    assert waiting(store) == []
    assert run(store, vault, CONTACT, NOW) == 0
    assert (texts(store), marks(store)) == ([], {})


def test_the_latest_conversation_counts(store: Store) -> None:
    mentor_id = draft(store, 20)
    chat(store, mentor_id, 2, "telegram")
    assert waiting(store) == [(mentor_id, 1)]
    chat(store, mentor_id, 0.1, "telegram")
    assert waiting(store) == []


@pytest.mark.parametrize(
    ("zone", "hour", "is_due"),
    [
        ("Europe/Berlin", 7, False),  # 8:00
        ("Europe/Berlin", 8, True),  # 9:00
        ("Europe/Berlin", 19, True),  # 20:00
        ("Europe/Berlin", 20, False),  # 21:00
        ("America/Los_Angeles", 16, False),  # 8:00
        ("America/Los_Angeles", 17, True),  # 9:00
        ("Asia/Kolkata", 3, False),  # 8:30
        ("Asia/Kolkata", 4, True),  # 9:30
        ("UTC", 3, False),
        (None, 3, True),
        ("Moon/Crater", 3, True),
        ("../etc/passwd", 3, True),
        ("", 3, True),
        ("America", 3, True),
    ],
)
def test_nobody_is_reminded_at_night(store: Store, zone: str | None, hour: int, is_due: bool) -> None:
    mentor_id = draft(store, time_zone=zone)
    assert waiting(store, NOW.replace(hour=hour)) == ([(mentor_id, 1)] if is_due else [])


def test_a_reminder_is_said_in_the_latest_conversation_once(store: Store, vault: Vault) -> None:
    mentor_id = draft(store, 2.5)
    latest = chat(store, mentor_id, 2, "telegram")
    assert run(store, vault, CONTACT, NOW) == 1
    assert waiting(store) == []
    assert run(store, vault, CONTACT, NOW) == 0
    assert texts(store) == [said(1)]
    with store.read() as session:
        [message] = session.scalars(select(TranscriptMessage))
        [entry] = session.scalars(select(OutboxEntry))
        assert message.conversation_id == latest
        assert (entry.kind, entry.subject_id, entry.mentor_id) == (DELIVER, str(message.id), mentor_id)
    assert marks(store) == {1: True}


def test_a_mentor_with_a_proven_address_gets_an_e_mail_too(store: Store, vault: Vault) -> None:
    mentor_id = draft(store, verified_email="maria@example.org")
    run(store, vault, CONTACT, NOW)
    with store.read() as session:
        assert session.scalars(select(Mail.mentor_id)).all() == [mentor_id]
        assert SEND in session.scalars(select(OutboxEntry.kind)).all()


def test_each_stage_comes_in_its_time(store: Store, vault: Vault) -> None:
    draft(store, 1)
    sent = [day for day in range(40) if run(store, vault, CONTACT, NOW + timedelta(days=day))]
    assert [day + 1 for day in sent] == list(STAGES)
    assert texts(store) == [said(1), said(3), said(14)]
    assert marks(store) == {1: True, 3: True, 14: True}


def test_of_overdue_stages_only_the_latest_is_sent(
    store: Store, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    draft(store, 15)
    assert run(store, vault, CONTACT, NOW) == 1
    assert run(store, vault, CONTACT, NOW + timedelta(days=30)) == 0
    assert texts(store) == [said(14)]
    assert marks(store) == {1: False, 3: False, 14: True}
    assert log_lost(store) == 0  # they were passed over, not lost
    assert caplog.text == ""


def test_a_mentor_is_reminded_once_a_day_at_most(store: Store, vault: Vault) -> None:
    draft(store, 2.99)  # nobody looked before: the service is new, or stood still
    sent = [hour for hour in range(24 * 14) if run(store, vault, CONTACT, NOW + timedelta(hours=hour))]
    assert sent == [0, 24, 265]
    assert texts(store) == [said(1), said(3), said(14)]


def test_who_comes_back_and_leaves_again_gets_no_stage_twice(store: Store, vault: Vault) -> None:
    mentor_id = draft(store, 1)
    assert run(store, vault, CONTACT, NOW) == 1
    comes_back(store, mentor_id, NOW + timedelta(hours=1))
    for day, expected in [(1, 0), (2, 0), (3, 0), (4, 1), (5, 0)]:
        assert run(store, vault, CONTACT, NOW + timedelta(days=day)) == expected
    assert texts(store) == [said(1), said(3)]


def test_who_comes_back_before_the_mark_is_not_reminded(
    store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentor_id = draft(store)
    mark = reminders._mark

    def late(*arguments: object) -> bool:
        comes_back(store, mentor_id, NOW)
        return mark(*arguments)

    monkeypatch.setattr(reminders, "_mark", late)
    assert run(store, vault, CONTACT, NOW) == 0
    assert (texts(store), marks(store)) == ([], {})


def test_a_second_worker_loses_quietly(
    store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    draft(store)
    mark = reminders._mark
    monkeypatch.setattr(reminders, "_mark", lambda *arguments: mark(*arguments) and mark(*arguments))
    assert run(store, vault, CONTACT, NOW) == 0
    assert (texts(store), marks(store), caplog.text) == ([], {1: False}, "")


def test_the_key_lets_only_one_of_two_mark(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    mentor_id = draft(store)
    assert reminders._mark(store, mentor_id, 1, NOW)
    monkeypatch.setattr(reminders, "due", lambda *_arguments: [(mentor_id, 1)])  # it looked before the other committed
    assert not reminders._mark(store, mentor_id, 1, NOW)


class KilledError(BaseException):
    """Not even an exception: the process is gone."""


def raising(error: BaseException) -> Callable[..., None]:
    def tell(*_arguments: object) -> None:
        raise error

    return tell


def test_one_killed_between_mark_and_send_is_lost_and_logged(
    store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mentor_id = draft(store, 4)
    with monkeypatch.context() as patch:
        patch.setattr(reminders, "tell", raising(KilledError()))
        with pytest.raises(KilledError):
            run(store, vault, CONTACT, NOW)
    assert run(store, vault, CONTACT, NOW) == 0
    assert texts(store) == []
    assert marks(store) == {1: False, 3: False}
    assert log_lost(store) == 1
    [line] = caplog.messages
    assert mentor_id in line
    assert "3 days" in line
    assert log_lost(store) == 0, "it is said once"
    assert len(caplog.messages) == 1


def test_one_that_cannot_be_told_does_not_hold_up_the_others(
    store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    first, second = draft(store, 2.5), draft(store, 2)
    tell = reminders.tell

    def telling(session: object, vault: object, contact: str, mentor_id: str, note: MessageRef, site: str) -> None:
        if mentor_id == first:
            raise ValueError("secret")
        tell(session, vault, contact, mentor_id, note, site)

    monkeypatch.setattr(reminders, "tell", telling)
    assert run(store, vault, CONTACT, NOW) == 1
    assert texts(store) == [said(1)]
    assert first in caplog.text
    assert "secret" not in caplog.text
    with store.read() as session:
        assert session.get_one(Reminder, (first, 1)).sent_at is None
        assert session.get_one(Reminder, (second, 1)).sent_at is not None


def test_one_who_is_erased_meanwhile_is_no_failure(
    store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    draft(store)
    send = reminders._send

    def late(*arguments: object) -> int:
        with store.write() as session:
            for table in (Reminder, Conversation, Mentor):
                for row in session.scalars(select(table)):
                    session.delete(row)
                session.flush()
        return send(*arguments)

    monkeypatch.setattr(reminders, "_send", late)
    assert run(store, vault, CONTACT, NOW) == 0
    assert caplog.text == ""


@pytest.mark.slow
def test_killed_workers_send_none_twice_and_lose_none_in_silence(store: Store) -> None:
    found = measure(store.url, 150, 5, random.Random(7))
    assert problems(found) == []
    assert found["killed"] > 0


@pytest.mark.parametrize("days", STAGES)
def test_a_reminder_says_how_to_stop_and_how_to_go_on(days: int) -> None:
    assert "stop reminding me" in said(days)
    assert "send me any message" in said(days)
    subject = catalogue().text(f"reminder-{days}.subject")
    assert 10 < len(subject) < 60


@pytest.mark.parametrize("language", languages())
def test_the_label_of_the_button_that_puts_off_names_a_week(language: str) -> None:
    assert reminder_days(catalogue(language).text("button-in-a-week"), NOW.date()) == 7


def test_who_blocked_the_bot_is_not_reminded_there(store: Store) -> None:
    mentor_id = draft(store)
    with store.write() as session:
        session.scalars(select(Conversation).where(Conversation.mentor_id == mentor_id)).one().blocked_at = NOW
    assert waiting(store) == []


def said_to(store: Store, mentor_id: str) -> list[str]:
    """What was said in the mentor's chat."""
    with store.read() as session:
        rows = session.scalars(
            select(TranscriptMessage)
            .join(Conversation, Conversation.id == TranscriptMessage.conversation_id)
            .where(Conversation.mentor_id == mentor_id)
        )
        return [each.body["text"] for each in rows]


def test_who_asked_to_be_reminded_is_reminded_then_and_once(store: Store, vault: Vault) -> None:
    mentor_id = draft(store, days=0.1, remind_at=NOW + timedelta(days=7))
    for later in (timedelta(days=1), timedelta(days=3), timedelta(days=6)):
        assert run(store, vault, CONTACT, NOW + later) == 0, "they said when"
    assert run(store, vault, CONTACT, NOW + timedelta(days=7)) == 1
    assert said_to(store, mentor_id) == [catalogue().text("reminder-asked")]
    assert run(store, vault, CONTACT, NOW + timedelta(days=7, minutes=1)) == 1, "the usual ones go on"
    assert said_to(store, mentor_id)[1:] == [catalogue().text("reminder-3")]


@pytest.mark.parametrize("values", [{"submitted_at": NOW}, {"started_at": None}, {"time_zone": "Asia/Tokyo"}])
def test_a_reminder_that_was_asked_for_is_not_sent_to_who_is_done_or_asleep(
    store: Store, vault: Vault, values: dict[str, object]
) -> None:
    mentor_id = draft(store, days=0.1, remind_at=NOW - timedelta(hours=1), **values)
    assert run(store, vault, CONTACT, NOW) == 0
    assert said_to(store, mentor_id) == []
