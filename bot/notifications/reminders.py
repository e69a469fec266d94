"""Reminders of unfinished registrations: each at most once, and none at night.

A reminder is marked in one transaction and sent in the next. If the service dies in between, the reminder is lost,
never sent twice; `log_lost` logs it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.core.errors import described
from bot.notifications.notify import tell
from bot.registration.answers import MessageRef
from bot.security.vault import Vault
from bot.storage import Conversation, Mentor, Reminder, Store
from bot.storage.models import utc_now
from bot.storage.upserts import insert_into

logger = logging.getLogger(__name__)

#: Days without a message after which a mentor is reminded.
STAGES = (1, 3, 14)
#: Hours of the mentor's day for reminders: from the first until before the second.
WAKING_HOURS = (9, 21)
#: The shortest time between two reminders, so that a mentor does not get two in a day after a night or an outage.
SHORTEST_PAUSE = timedelta(days=1)

#: Says a reminder: takes the transaction, the mentor's id and the reminder's name.
Say = Callable[[Session, str, str], None]


def due(session: Session, now: datetime, mentor_id: str | None = None) -> list[tuple[str, int]]:
    """The mentors to remind now, each with the latest overdue stage in days.

    Args:
        session: an open transaction.
        now: the time, aware.
        mentor_id: only this mentor.
    """
    seen = func.max(Conversation.last_seen_at)
    last = func.max(Reminder.marked_at)
    stage = case(*((seen <= now - timedelta(days=days), days) for days in reversed(STAGES)), else_=0)
    wanted = (
        select(Mentor.id, Mentor.time_zone, stage)
        .join(Conversation, Conversation.mentor_id == Mentor.id)
        .outerjoin(Reminder, Reminder.mentor_id == Mentor.id)
        .where(Mentor.started_at.is_not(None), Mentor.submitted_at.is_(None), Mentor.reminders_off_at.is_(None))
        .where(Mentor.remind_at.is_(None), Conversation.blocked_at.is_(None))
        .group_by(Mentor.id, Mentor.time_zone)
        .having(
            stage > func.coalesce(func.max(Reminder.days), 0),
            or_(last.is_(None), last <= now - SHORTEST_PAUSE),
        )
        .order_by(seen, Mentor.id)
    )
    if mentor_id is not None:
        wanted = wanted.where(Mentor.id == mentor_id)
    return [(row[0], row[2]) for row in session.execute(wanted) if _is_awake(row[1], now)]


def asked_for(session: Session, now: datetime) -> list[str]:
    """The mentors whose requested reminder is due and who can be reached."""
    reachable = exists().where(Conversation.mentor_id == Mentor.id, Conversation.blocked_at.is_(None))
    wanted = (
        select(Mentor.id, Mentor.time_zone)
        .where(Mentor.remind_at <= now, Mentor.started_at.is_not(None), Mentor.submitted_at.is_(None), reachable)
        .order_by(Mentor.remind_at, Mentor.id)
    )
    return [row[0] for row in session.execute(wanted) if _is_awake(row[1], now)]


def run(store: Store, vault: Vault, contact: str, now: datetime | None = None, site: str = "") -> int:
    """Send all due reminders; returns their number.

    Args:
        store: the database; several processes may do this at once.
        vault: encrypts e-mails.
        contact: where a mentor can write to a person.
        now: the time, aware; the clock's if None.
        site: what links in e-mails begin with; "" for no links.
    """

    def say(session: Session, mentor_id: str, name: str) -> None:
        tell(session, vault, contact, mentor_id, MessageRef(f"reminder-{name}"), site)

    with store.read() as session:
        waiting = due(session, now or utc_now())
        asked = asked_for(session, now or utc_now())
    sent = 0
    for mentor_id in asked:
        try:
            sent += _send_asked(store, say, mentor_id, now or utc_now())
        except Exception as error:  # noqa: BLE001  (the others are to be reminded all the same)
            logger.error("mentor %s could not be reminded as they asked: %s", mentor_id, described(error))
    for mentor_id, days in waiting:
        try:
            if _mark(store, mentor_id, days, now or utc_now()):
                sent += _send(store, say, mentor_id, days)
        except Exception as error:  # noqa: BLE001  (the others are to be reminded all the same)
            logger.error("mentor %s could not be reminded after %d days: %s", mentor_id, days, described(error))
    return sent


def log_lost(store: Store) -> int:
    """Log marked reminders that were never sent, each once; returns their number. For the start of the service.

    A skipped stage is not lost: it was marked together with the later one that was sent.
    """
    later = aliased(Reminder)
    passed = exists().where(
        later.mentor_id == Reminder.mentor_id, later.marked_at == Reminder.marked_at, later.days > Reminder.days
    )
    found = (
        update(Reminder)
        .where(Reminder.sent_at.is_(None), Reminder.lost_at.is_(None), ~passed)
        .values(lost_at=utc_now())
        .returning(Reminder.mentor_id, Reminder.days)
        .execution_options(synchronize_session=False)
    )
    with store.write() as session:
        lost = session.execute(found).all()
    for mentor_id, days in sorted(tuple(each) for each in lost):
        logger.warning("the reminder of mentor %s after %d days was lost", mentor_id, days)
    return len(lost)


def _send_asked(store: Store, say: Say, mentor_id: str, now: datetime) -> int:
    """Send a requested reminder; it is marked in the same transaction, so it is sent once."""
    ended = (
        update(Mentor)
        .where(Mentor.id == mentor_id, Mentor.remind_at <= now)
        .values(remind_at=None)
        .returning(Mentor.id)
        .execution_options(synchronize_session=False)
    )
    with store.write() as session:
        if session.scalars(ended).one_or_none() is None:
            return 0  # another process sent it, or the mentor asked for another time
        say(session, mentor_id, "asked")
        return 1


def _is_awake(time_zone: str | None, now: datetime) -> bool:
    """Whether it is day where the mentor lives; True if unknown."""
    if time_zone is None:
        return True
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):  # the device's zone may be invalid or unknown here
        return True
    first, end = WAKING_HOURS
    return first <= now.astimezone(zone).hour < end


def _mark(store: Store, mentor_id: str, days: int, now: datetime) -> bool:
    """Mark this and earlier reminders, unless marked already or the mentor is back; returns whether it did."""
    with store.write() as session:
        if (mentor_id, days) not in due(session, now, mentor_id):
            return False
        rows = [{"mentor_id": mentor_id, "days": each, "marked_at": now} for each in STAGES if each <= days]
        marked = insert_into(session, Reminder).values(rows).on_conflict_do_nothing().returning(Reminder.days)
        return days in session.scalars(marked).all()


def _send(store: Store, say: Say, mentor_id: str, days: int) -> int:
    with store.write() as session:
        reminder = session.get(Reminder, (mentor_id, days))
        if reminder is None:  # the mentor was erased meanwhile
            return 0
        say(session, mentor_id, str(days))
        reminder.sent_at = utc_now()
        return 1
