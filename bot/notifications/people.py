"""Lets a mentor talk to a person of the staff in the chat: who waits, the answers, and the end.

Both sides' words are in the transcript, as all messages are; a request only says that a person is wanted.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.notifications import site_events
from bot.notifications.notify import tell
from bot.registration.answers import MessageRef
from bot.security.vault import Vault
from bot.storage import AuditRecord, Conversation, Mentor, PersonRequest, StaffMember, TranscriptMessage
from bot.storage.models import utc_now

#: The longest answer of a person, in characters: one message on every channel.
MAXIMUM_ANSWER = 4000
#: The role that may only look; see `bot.api.staff_accounts.Role`.
_ONLY_READS = "read"
_OPEN = (
    select(PersonRequest)
    .where(PersonRequest.mentor_id == bindparam("mentor_id"), PersonRequest.ended_at.is_(None))
    .order_by(PersonRequest.asked_at)
    .limit(1)
)


class RequestError(Exception):
    """The answer or the end is not possible; the message says why."""


def has_staff(session: Session) -> bool:
    """Whether anybody is on the staff who may answer."""
    may_answer = select(StaffMember.name).where(StaffMember.role != _ONLY_READS).limit(1)
    return session.scalars(may_answer).first() is not None


def open_request(session: Session, mentor_id: str) -> PersonRequest | None:
    """The request of a mentor that has not ended."""
    return session.scalars(_OPEN, {"mentor_id": mentor_id}).one_or_none()


def ask(session: Session, mentor_id: str, question: str | None) -> bool:
    """Open a request and tell the site, or go on with the open one; returns whether it is new.

    Args:
        session: an open write transaction.
        mentor_id: of the mentor.
        question: the open question.
    """
    request = open_request(session, mentor_id)
    if request is not None:
        request.is_talking = True
        return False
    session.add(PersonRequest(mentor_id=mentor_id, question=question))
    site_events.record(session, site_events.Kind.ASKS_FOR_PERSON, mentor_id)
    return True


def keep_one(session: Session, mentor_id: str) -> None:
    """End all open requests of a mentor except the first, once two registrations have become one."""
    first = open_request(session, mentor_id)
    if first is not None:
        others = (PersonRequest.mentor_id == mentor_id, PersonRequest.ended_at.is_(None), PersonRequest.id != first.id)
        session.execute(update(PersonRequest).where(*others).values(ended_at=utc_now(), waiting_since=None))


def answer(
    session: Session, vault: Vault, contact: str, request_id: str, text: str, *, actor: str, before: int, seen: int
) -> None:
    """Tell the mentor what a person writes; the audit records that they did.

    Args:
        session: an open write transaction.
        vault: encrypts the e-mail.
        contact: where a mentor can write to a person.
        request_id: the request.
        text: 1 to `MAXIMUM_ANSWER` characters.
        actor: the staff member's name, which the mentor does not see.
        before: how many answers the member saw; a form that is sent twice is refused.
        seen: id of the newest message that the member saw; a mentor who wrote since then still waits.

    Raises:
        RequestError: there is no such open request, or somebody else has answered meanwhile.
    """
    request = _locked(session, request_id)
    if request.answers != before:
        raise RequestError("Somebody answered meanwhile. Please read the conversation and send your answer again.")
    request.answers += 1
    request.is_talking = True
    request.waiting_since = utc_now() if _wrote_since(session, request.mentor_id, seen) else None
    session.add(AuditRecord(actor=actor, action="answer mentor", subject_id=request.mentor_id))
    tell(session, vault, contact, request.mentor_id, MessageRef("person-says", (("words", text),)))


def end(session: Session, vault: Vault, contact: str, request_id: str, actor: str) -> None:
    """End a request for the staff; the mentor is told, and the audit records it.

    Raises:
        RequestError: there is no such open request.
    """
    request = _locked(session, request_id)
    request.ended_at, request.waiting_since = utc_now(), None
    session.add(AuditRecord(actor=actor, action="end talk with mentor", subject_id=request.mentor_id))
    tell(session, vault, contact, request.mentor_id, MessageRef("person-left"))


def _locked(session: Session, request_id: str) -> PersonRequest:
    # A turn and an erasure lock the mentor, too, so that each of the three sees what the one before it changed.
    of_mentor = select(Mentor).join(PersonRequest, PersonRequest.mentor_id == Mentor.id)
    wanted = of_mentor.where(PersonRequest.id == request_id).with_for_update(of=Mentor, key_share=True)
    mentor = session.scalars(wanted).one_or_none()
    request = session.get(PersonRequest, request_id) if mentor is not None else None
    if request is None or request.ended_at is not None:
        raise RequestError("This conversation has ended.")
    return request


def _wrote_since(session: Session, mentor_id: str, seen: int) -> bool:
    wanted = (
        select(TranscriptMessage.id)
        .join(Conversation, Conversation.id == TranscriptMessage.conversation_id)
        .where(Conversation.mentor_id == mentor_id, TranscriptMessage.sender == "mentor", TranscriptMessage.id > seen)
        .limit(1)
    )
    return session.scalars(wanted).first() is not None
