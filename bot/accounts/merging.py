"""One person, two registrations: keeps one, moves the conversations, and deletes the other.

A registration is open in one conversation, or in several that have each proved its e-mail address. So a link alone lets
nobody into a registration that has an address, and when a conversation proves the address, all others that have not
leave the registration.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, delete, select, update
from sqlalchemy.orm import Session

from bot.accounts import email_codes
from bot.notifications import people, site_events
from bot.registration import form
from bot.registration.answers import MessageRef
from bot.registration.registration import EMAIL_CODE, Registration
from bot.security import continue_links
from bot.storage import Base, Conversation, DataKey, EmailCode, Mail, Mentor, OutboxEntry, PersonRequest, Photo
from bot.storage.accounts import delete_unused_account
from bot.storage.models import OF_MENTORS, utc_now

#: A registration with only these answers has just begun.
_FIRST = frozenset({form.ACCOUNT, form.FULL_NAME, form.EMAIL})
#: Tables whose rows move to the registration that is kept: codes, because they count against the limit of their
#: address; outbox entries, which do nothing if their subject is deleted; and wishes for a person, which still hold.
_MOVED: tuple[type[Base], ...] = (Conversation, Photo, EmailCode, OutboxEntry, PersonRequest)


def has_contents(current: Registration) -> bool:
    """Whether the mentor has answered more than who they are."""
    return bool(current.answers.keys() - _FIRST or current.consents or current.mentor.submitted_at)


def others_of(session: Session, mentor_id: str, but: str = "") -> list[Conversation]:
    """The conversations in which a registration is open, except the one with the id ``but``.

    They are locked, where the database can do that, so that no answer is stored in them meanwhile.
    """
    wanted = select(Conversation).where(Conversation.mentor_id == mentor_id, Conversation.id != but)
    return list(session.scalars(wanted.order_by(Conversation.id).with_for_update()))


def clear_offers(session: Session, mentor_id: str) -> None:
    """Withdraw the offer of a registration that is being deleted from mentors who were asked if it is theirs."""
    focus = case((Mentor.focus == EMAIL_CODE, None), else_=Mentor.focus)
    session.execute(update(Mentor).where(Mentor.other_id == mentor_id).values(other_id=None, focus=focus))


def merge(session: Session, keep: Mentor, drop: Mentor) -> None:
    """Move the conversations of both to ``keep``, and delete the answers of ``drop``.

    ``keep`` then has the photos of both, until the turn ends and deletes those that no answer names.

    Args:
        session: an open write transaction.
        keep: the registration that continues.
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
    people.keep_one(session, keep.id)
    # A sent e-mail may be in a file, which an erasure must find.
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

    Nothing is merged yet. The link is used up, except in the conversation where it was made.

    Args:
        session: an open write transaction.
        conversation: where the link was opened.
        token: from the link.

    Returns:
        The sentence if the bot cannot ask: the link is used, too old or unknown; or the registration of this
        conversation was submitted and stays here. Then the link remains valid.
    """
    link = continue_links.find(session, token)
    mine = session.get_one(Mentor, conversation.mentor_id)
    if link is None:
        # In the conversation where it was used, opening it again or a second delivery changes nothing.
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
