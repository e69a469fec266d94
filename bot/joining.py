"""One person, two registrations: which of them goes on, and what becomes of the other."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.orm import Session

from bot import codes, events, form, links
from bot.accounts import drop_unused
from bot.registration import Registration
from bot.store import Base, Conversation, DataKey, EmailCode, Mail, Mentor, OutboxEntry, Photo
from bot.store.models import OF_MENTORS, utc_now

#: With nothing but these a registration has only begun.
_FIRST = frozenset({form.ACCOUNT, form.FULL_NAME, form.EMAIL})
#: What goes on with the registration that is kept. The codes do, as they count against the limit of their address; the
#: work of the outbox does, as it was promised, and does nothing where its subject is deleted.
_MOVED: tuple[type[Base], ...] = (Conversation, Photo, EmailCode, OutboxEntry)


def has_contents(current: Registration) -> bool:
    """Whether more was answered than who it is."""
    return bool(current.answers.keys() - _FIRST or current.consents or current.mentor.submitted_at)


def join(session: Session, keep: Mentor, drop: Mentor) -> None:
    """Let the conversations of both go on with ``keep``, and delete what was answered in ``drop``.

    The photos of both are ``keep``'s then, until the turn ends and deletes those that no answer names.

    Args:
        session: an open write transaction.
        keep: the registration that goes on.
        drop: the other one, whose consents were withdrawn.
    """
    session.flush()
    keep.verified_email = keep.verified_email or drop.verified_email
    dropped_id, account_id = drop.id, drop.account_id
    keep.account_id = keep.account_id or account_id
    keep.other_id = None
    keep.revision += 1
    codes.end(session, dropped_id)
    for table in _MOVED:
        session.execute(update(table).where(_owner(table) == dropped_id).values(mentor_id=keep.id))
    # A letter that was sent may lie in a file, which has to be known to somebody's erasure.
    session.execute(update(Mail).where(Mail.mentor_id == dropped_id, Mail.contents.is_(None)).values(mentor_id=keep.id))
    for each in OF_MENTORS:
        session.execute(delete(each).where(_owner(each) == dropped_id))
    session.execute(delete(DataKey).where(DataKey.owner_id == dropped_id))
    session.execute(update(Mentor).where(Mentor.other_id == dropped_id).values(other_id=None))
    session.delete(drop)
    session.flush()
    drop_unused(session, account_id)
    events.record_end(session, dropped_id)
    session.expire_all()


def _owner(table: type[Base]) -> ColumnElement[Any]:
    return table.__table__.columns["mentor_id"]


def follow(session: Session, conversation: Conversation, token: str) -> bool:
    """Go on, in ``conversation``, with the registration that a link is for; if both hold anything, that is asked.

    Args:
        session: an open write transaction.
        conversation: where the link was opened.
        token: from the link.

    Returns:
        False if the link is used up elsewhere or too old, or never was one, or if the registration of this conversation
        was submitted, which goes on where it is. Then the link stays as it is.
    """
    link = links.find(session, token)
    mine = session.get_one(Mentor, conversation.mentor_id)
    if link is None:
        # Where it was used it may be opened again, or the message with it delivered twice: that changes nothing.
        return links.used_for(session, token) in {mine.id, mine.other_id} - {None}
    wanted = session.get_one(Mentor, link.mentor_id)
    if wanted.id != mine.id and mine.submitted_at is not None:
        return False
    link.used_at = utc_now()
    if wanted.id == mine.id:
        return True
    if has_contents(Registration(session, mine)):
        mine.other_id = wanted.id
        mine.revision += 1
    else:
        join(session, wanted, mine)
    return True
