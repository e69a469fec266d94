"""One person, two registrations: which of them goes on, in which conversations, and what becomes of the other.

A registration is open in the conversation that it is held in, or in several that each proved its e-mail address. So
nobody is brought into a registration by a link alone once it has an address, and whoever has not proved an address
leaves the registration when somebody else does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, delete, select, update
from sqlalchemy.orm import Session

from bot.accounts import email_codes
from bot.notifications import site_events
from bot.registration import form
from bot.registration.answers import MessageRef
from bot.registration.registration import EMAIL_CODE, Registration
from bot.security import continue_links
from bot.storage import Base, Conversation, DataKey, EmailCode, Mail, Mentor, OutboxEntry, Photo
from bot.storage.accounts import delete_unused_account
from bot.storage.models import OF_MENTORS, utc_now

#: With nothing but these a registration has only begun.
_FIRST = frozenset({form.ACCOUNT, form.FULL_NAME, form.EMAIL})
#: What goes on with the registration that is kept. The codes do, as they count against the limit of their address; the
#: work of the outbox does, as it was promised, and does nothing where its subject is deleted.
_MOVED: tuple[type[Base], ...] = (Conversation, Photo, EmailCode, OutboxEntry)


def has_contents(current: Registration) -> bool:
    """Whether more was answered than who it is."""
    return bool(current.answers.keys() - _FIRST or current.consents or current.mentor.submitted_at)


def others_of(session: Session, mentor_id: str, but: str = "") -> list[Conversation]:
    """The conversations in which a registration is open, other than the one with the id ``but``.

    They are locked, where the database can do that, so that nothing is answered in them meanwhile.
    """
    wanted = select(Conversation).where(Conversation.mentor_id == mentor_id, Conversation.id != but)
    return list(session.scalars(wanted.order_by(Conversation.id).with_for_update()))


def clear_offers(session: Session, mentor_id: str) -> None:
    """Stop offering a registration that is being deleted to the mentors who were asked whether it is theirs."""
    focus = case((Mentor.focus == EMAIL_CODE, None), else_=Mentor.focus)
    session.execute(update(Mentor).where(Mentor.other_id == mentor_id).values(other_id=None, focus=focus))


def merge(session: Session, keep: Mentor, drop: Mentor) -> None:
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
    keep.focus = None if keep.focus == EMAIL_CODE else keep.focus
    keep.revision += 1
    email_codes.end(session, dropped_id)
    for table in _MOVED:
        session.execute(update(table).where(_owner(table) == dropped_id).values(mentor_id=keep.id))
    # An e-mail that was sent may lie in a file, which has to be known to somebody's erasure.
    session.execute(update(Mail).where(Mail.mentor_id == dropped_id, Mail.contents.is_(None)).values(mentor_id=keep.id))
    for each in OF_MENTORS:
        session.execute(delete(each).where(_owner(each) == dropped_id))
    session.execute(delete(DataKey).where(DataKey.owner_id == dropped_id))
    clear_offers(session, dropped_id)
    session.delete(drop)
    session.flush()
    delete_unused_account(session, account_id)
    site_events.record_end(session, dropped_id)
    session.expire_all()


def _owner(table: type[Base]) -> ColumnElement[Any]:
    return table.__table__.columns["mentor_id"]


def follow(session: Session, conversation: Conversation, token: str) -> MessageRef | None:
    """Ask, in ``conversation``, whether the registration that a link is for is the mentor's.

    Nothing is joined by that. The link is used up, but in the conversation where it was made.

    Args:
        session: an open write transaction.
        conversation: where the link was opened.
        token: from the link.

    Returns:
        What is said where it cannot be asked: the link is used up elsewhere or too old, or never was one; or the
        registration of this conversation was submitted, and goes on where it is. Then the link stays as it is.
    """
    link = continue_links.find(session, token)
    mine = session.get_one(Mentor, conversation.mentor_id)
    if link is None:
        # Where it was used it may be opened again, or the message with it delivered twice: that changes nothing.
        was_used_for = continue_links.used_for(session, token)
        return None if was_used_for in {mine.id, mine.other_id} - {None} else MessageRef("note-link-used")
    current = Registration(session, mine)
    if link.mentor_id == mine.id or current.is_being_deleted:
        return None
    if Registration(session, session.get_one(Mentor, link.mentor_id)).is_being_deleted:
        return MessageRef("note-link-used")
    if mine.submitted_at is not None:
        return MessageRef("note-link-sent-already")
    link.used_at = utc_now()
    current.meet(link.mentor_id)
    return None
