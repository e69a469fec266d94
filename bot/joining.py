"""One person, two registrations: which of them goes on, and what becomes of the other."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot import form, links
from bot.registration import Registration
from bot.store import (
    Answer,
    Check,
    ContinueLink,
    Conversation,
    DataKey,
    EmailCode,
    Mail,
    Mentor,
    OutboxEntry,
    Photo,
    Reminder,
    SealedValue,
)

#: With nothing but these a registration has only begun.
_FIRST = frozenset({form.ACCOUNT, form.FULL_NAME, form.EMAIL})


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
    keep.other_id = None
    keep.revision += 1
    session.execute(update(Conversation).where(Conversation.mentor_id == drop.id).values(mentor_id=keep.id))
    session.execute(update(Photo).where(Photo.mentor_id == drop.id).values(mentor_id=keep.id))
    # A letter that was sent may lie in a file, which has to be known to somebody's erasure.
    session.execute(update(Mail).where(Mail.mentor_id == drop.id, Mail.contents.is_(None)).values(mentor_id=keep.id))
    for table in (Check, Answer, SealedValue, EmailCode, Mail, ContinueLink, Reminder, OutboxEntry):
        session.execute(delete(table).where(table.mentor_id == drop.id))
    session.execute(delete(DataKey).where(DataKey.owner_id == drop.id))
    session.execute(update(Mentor).where(Mentor.other_id == drop.id).values(other_id=None))
    session.delete(drop)
    session.flush()
    session.expire_all()


def follow(session: Session, conversation: Conversation, token: str) -> bool:
    """Go on, in ``conversation``, with the registration that a link is for; if both hold anything, that is asked.

    Args:
        session: an open write transaction.
        conversation: where the link was opened.
        token: from the link.

    Returns:
        False if the link is used up or too old, or never was one.
    """
    mentor_id = links.use(session, token)
    wanted = session.get(Mentor, mentor_id) if mentor_id else None
    if wanted is None:
        return False
    mine = session.get_one(Mentor, conversation.mentor_id)
    if wanted.id == mine.id:
        return True
    if not has_contents(Registration(session, mine)):
        join(session, wanted, mine)
    elif mine.submitted_at is None:
        mine.other_id = wanted.id
        mine.revision += 1
    else:
        return False  # a submitted registration goes on where it is
    return True
