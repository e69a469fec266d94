"""The inbox: mentors' messages, encrypted, from acceptance until they are answered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from bot.core.settings import CONSENT_SECONDS
from bot.messages.incoming import Incoming, Kind, storable
from bot.messages.sight import NOTHING_SEEN, Look, Seen, looked_at
from bot.registration.registration import Registration
from bot.security.vault import Purpose, Vault
from bot.storage import Base, Conversation, DataKey, InboxMessage, Mentor, Store, UnsentText
from bot.storage.models import new_id, utc_now

_ADD = insert(Base.metadata.tables[InboxMessage.__tablename__])
_KEY = and_(DataKey.owner_id == Conversation.id, DataKey.purpose == Purpose.CONVERSATION)
_waiting = aliased(InboxMessage)
_another = exists().where(
    _waiting.conversation_id == InboxMessage.conversation_id,
    _waiting.processed_at.is_(None),
    _waiting.id != InboxMessage.id,
)
_ROWS = (
    select(InboxMessage, Conversation, Mentor, DataKey, _another)
    .join(Conversation, Conversation.id == InboxMessage.conversation_id)
    .join(Mentor, Mentor.id == Conversation.mentor_id)
    .outerjoin(DataKey, _KEY)
)
_TURN = _ROWS.where(InboxMessage.id == bindparam("turn_id"))
#: Also the key of the mentor's consents, which processing a turn may need.
_record_key = aliased(DataKey)
_TURN_LOCKED = (
    _TURN.add_columns(_record_key)
    .outerjoin(_record_key, and_(_record_key.owner_id == Mentor.id, _record_key.purpose == Purpose.RECORD))
    # Lock all three rows; otherwise PostgreSQL returns old versions of the other two after waiting for the lock. Their
    # keys do not change, so other transactions may still refer to them, for example to accept the next message.
    .with_for_update(of=(InboxMessage, Conversation, Mentor), key_share=True)
)
_NEXT = (
    _ROWS.where(InboxMessage.conversation_id == bindparam("conversation_id"), InboxMessage.processed_at.is_(None))
    .order_by(InboxMessage.sequence)
    .limit(1)
)
_WAITING = (
    select(InboxMessage.id)
    .where(InboxMessage.conversation_id == bindparam("conversation_id"), InboxMessage.processed_at.is_(None))
    .limit(1)
)
_ENTRY = (
    select(
        Conversation,
        Mentor,
        DataKey,
        InboxMessage.id,
        exists().where(_waiting.conversation_id == Conversation.id, _waiting.processed_at.is_(None)),
    )
    .join(Mentor, Mentor.id == Conversation.mentor_id)
    .outerjoin(DataKey, _KEY)
    .outerjoin(
        InboxMessage,
        and_(InboxMessage.conversation_id == Conversation.id, InboxMessage.external_id == bindparam("external_id")),
    )
    .where(Conversation.id == bindparam("conversation_id"))
)


_inbox, _conversations = (Base.metadata.tables[each.__tablename__] for each in (InboxMessage, Conversation))
_PROCESSED = update(_inbox).where(_inbox.c.id == bindparam("turn_id")).values(body=None, processed_at=bindparam("now"))
_BODY = update(_inbox).where(_inbox.c.id == bindparam("turn_id")).values(body=bindparam("sealed"))
_SENT = delete(UnsentText).where(UnsentText.conversation_id == bindparam("conversation_id"))
_CONVERSATION = update(_conversations).where(_conversations.c.id == bindparam("of_conversation"))


class UnknownConversationError(Exception):
    """There is no such conversation; it may have been erased."""


class Rows(NamedTuple):
    """The rows of a turn. Keep it as long as its transaction: the session drops rows without other references."""

    inbox: InboxMessage
    conversation: Conversation
    mentor: Mentor
    #: The key that opens the message.
    key: DataKey | None
    #: Whether another message of the conversation waits.
    is_another_waiting: bool
    #: The key of the mentor's consents, if the turn is to be processed.
    record_key: DataKey | None = None


@dataclass(frozen=True)
class Accepted[Made]:
    """A message in the inbox.

    Attributes:
        turn_id: its id.
        is_new: whether it was not there before.
        following: what was made of it in the same transaction, if it is new and next in line.
    """

    turn_id: str
    is_new: bool
    following: Made | None = None


def accept[Made](
    store: Store,
    vault: Vault,
    conversation_id: str,
    message: Incoming,
    external_id: str,
    *,
    claim: Callable[[Session], None] | None = None,
    follow: Callable[[str, Conversation, Registration, Incoming], Made] | None = None,
    pushing: Collection[str] = (),
    seen: Seen = NOTHING_SEEN,
    consent_seconds: float = CONSENT_SECONDS,
) -> Accepted[Made]:
    """Write a message to the inbox, encrypted, once.

    Args:
        store: the database.
        vault: encrypts it.
        conversation_id: whose message it is.
        message: what was sent.
        external_id: the channel's own id of the message; the same id again is the same message.
        claim: called in the same transaction if the message is new.
        follow: called with turn id and registration, in the same transaction, if the message is new and next in line.
        pushing: channels that deliver messages themselves; a mentor has not seen what is undelivered there.
        seen: what the channel knows about the messages that the mentor had seen.
        consent_seconds: that a question must be shown before a typed reply counts as a consent.

    Raises:
        UnknownConversationError: there is no such conversation.
        TooQuickError: a button was pressed right after its question appeared.
    """
    try:
        with store.write() as session:
            known = session.execute(_ENTRY, {"conversation_id": conversation_id, "external_id": external_id}).first()
            if known is None:
                raise UnknownConversationError(conversation_id)
            conversation, mentor, _key, found, is_another_waiting = known
            if found is not None:
                return Accepted(found, is_new=False)
            look = Look(seen, conversation.channel in pushing, consent_seconds)
            message = looked_at(session, conversation, replace(message, text=storable(message.text)), look)
            turn_id = _write(session, vault, conversation, message, external_id)
            if claim is not None:
                claim(session)
            following = None
            if follow is not None and not is_another_waiting:
                following = follow(turn_id, conversation, Registration(session, mentor), message)
            return Accepted(turn_id, is_new=True, following=following)
    except IntegrityError:  # the same message came twice at the same time
        return _accepted_before(store, conversation_id, external_id)


def _accepted_before(store: Store, conversation_id: str, external_id: str) -> Accepted[Any]:
    with store.read() as session:
        first = session.scalars(turn_named(conversation_id, external_id)).one_or_none()
    if first is None:  # the conversation was erased in between
        raise UnknownConversationError(conversation_id) from None
    return Accepted(first, is_new=False)


def _write(session: Session, vault: Vault, conversation: Conversation, message: Incoming, external_id: str) -> str:
    """Write a message; returns its turn id."""
    if conversation.blocked_at is not None:
        conversation.blocked_at = None
    turn_id = new_id()
    body = vault.seal(session, conversation.id, Purpose.CONVERSATION, turn_id, message.to_bytes())
    row = {"id": turn_id, "conversation_id": conversation.id, "external_id": external_id, "body": body}
    session.connection().execute(_ADD, row)
    if message.kind is Kind.TEXT:
        session.connection().execute(_SENT, {"conversation_id": conversation.id})
    return turn_id


def turn_named(conversation_id: str, external_id: str) -> Select[str]:
    """The turn id of the message with this external id."""
    return select(InboxMessage.id).where(
        InboxMessage.conversation_id == conversation_id, InboxMessage.external_id == external_id
    )


def load(session: Session, turn_id: str, *, lock: bool = False) -> Rows:
    """Load a turn; its conversation is locked, where the database can do that, against a second transaction.

    Raises:
        NoResultFound: there is no such turn; it may have been erased.
    """
    return Rows(*session.execute(_TURN_LOCKED if lock else _TURN, {"turn_id": turn_id}).one())


def load_next(session: Session, conversation_id: str) -> Rows | None:
    """The oldest turn of a conversation that is not finished."""
    found = session.execute(_NEXT, {"conversation_id": conversation_id}).one_or_none()
    return Rows(*found) if found else None


def is_waiting(session: Session, conversation_id: str) -> bool:
    """Whether a conversation has unprocessed messages."""
    return session.connection().execute(_WAITING, {"conversation_id": conversation_id}).scalar() is not None


def open_body(session: Session, vault: Vault, row: InboxMessage) -> Incoming:
    """The message behind an inbox row that is not processed yet."""
    if row.body is None:
        raise ValueError(f"inbox message {row.id} was processed, its body is destroyed")
    return Incoming.from_bytes(vault.open(session, row.conversation_id, Purpose.CONVERSATION, row.id, row.body))


def finish(session: Session, rows: Rows, changed: Mapping[str, object]) -> None:
    """End a turn: destroy its inbox body.

    The rows from `load` are not updated: tracking their changes in the session would double the transaction's cost.

    Args:
        session: an open write transaction.
        rows: the turn's.
        changed: further changes of the conversation, see `bot.messages.transcript.shown`.
    """
    now, conversation = utc_now(), rows.conversation
    session.connection().execute(_PROCESSED, {"turn_id": rows.inbox.id, "now": now})
    session.connection().execute(_CONVERSATION, {"of_conversation": conversation.id, "last_seen_at": now, **changed})


def gather(session: Session, vault: Vault, message: Incoming, turn_ids: Sequence[str], conversation_id: str) -> None:
    """Merge several messages into one turn.

    Args:
        session: an open write transaction.
        vault: encrypts it.
        message: their content.
        turn_ids: of the messages; the first turn remains.
        conversation_id: where they were sent.
    """
    first, *others = turn_ids
    body = vault.seal(session, conversation_id, Purpose.CONVERSATION, first, message.to_bytes())
    session.connection().execute(_BODY, {"turn_id": first, "sealed": body})
    now = utc_now()
    for each in others:
        session.connection().execute(_PROCESSED, {"turn_id": each, "now": now})
