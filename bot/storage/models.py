"""Tables. Times are aware UTC; identifiers that others see are random.

All tables stand in one module although it is long: an erasure finds a mentor's tables by their columns (`OF_MENTORS`),
and a table in a module that nobody had imported would be missing there.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

#: Characters of what is kept of an error.
ERROR_LENGTH = 200


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A random identifier: 32 hexadecimal digits."""
    return uuid.uuid4().hex


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time, on databases that keep time zones and on SQLite, which does not."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give an aware time back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables; constraints have predictable names, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, dict[str, Any]: JSON}


class Account(Base):
    """A mentor's account at the site, as far as this service knows it."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    full_name: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: When a mentor proved that the address is theirs.
    verified_at: Mapped[datetime | None] = mapped_column()
    #: The account's id at the site's own account service, once it is opened there.
    external_id: Mapped[str | None] = mapped_column(String(64))


class Mentor(Base):
    """A person who registers, from the first message on."""

    __tablename__ = "mentors"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column()
    submitted_at: Mapped[datetime | None] = mapped_column(index=True)
    #: The item being answered again, if any; otherwise the first open one is asked.
    focus: Mapped[str | None] = mapped_column(String(64))
    #: What the mentor is asked whether to save it: the item, the text, and the turn in which it was written.
    doubted: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    #: Raised with each change, so that a button of an earlier question can be told from a current one.
    revision: Mapped[int] = mapped_column(Integer, default=0)
    #: The e-mail address that the mentor proved to be theirs, in lower case; it counts while it is the answer, too.
    verified_email: Mapped[str | None] = mapped_column(String(254), index=True)
    #: The e-mail address that refused an e-mail, in lower case; nothing is sent there until a code arrives.
    undeliverable_email: Mapped[str | None] = mapped_column(String(254))
    #: Name of the provider that will do the check; it decides what else is asked.
    check_provider: Mapped[str | None] = mapped_column(String(32))
    #: Whether that provider has to know country and region; noted with its name, so that the two never differ.
    needs_place: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: IANA name, if the mentor's device told it.
    time_zone: Mapped[str | None] = mapped_column(String(64))
    #: The question furthest on that was shown, so that each mentor is counted once at each.
    furthest: Mapped[str | None] = mapped_column(String(64))
    #: Another registration of the same person, until they say which one goes on.
    other_id: Mapped[str | None] = mapped_column(String(32), index=True)
    #: When the mentor asked not to be reminded.
    reminders_off_at: Mapped[datetime | None] = mapped_column()
    #: When the mentor asked to be reminded; None once they were.
    remind_at: Mapped[datetime | None] = mapped_column()


class Answer(Base):
    """The current answer to one question; a later answer replaces it."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("mentor_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mentor_id: Mapped[str] = mapped_column(ForeignKey("mentors.id"), index=True)
    item_id: Mapped[str] = mapped_column(String(64))
    #: The text; for a photo its id, for the date of birth the id of the sealed value.
    value: Mapped[str] = mapped_column(Text)
    wording_version: Mapped[int] = mapped_column(Integer)
    turn_id: Mapped[str] = mapped_column(String(32))
    answered_at: Mapped[datetime] = mapped_column(default=utc_now)


class Consent(Base):
    """One reply to a consent. The database refuses to change or delete it; see `bot.registration.ledger`."""

    __tablename__ = "consents"

    #: The position in the ledger, from 1, without gaps.
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Of a mentor who may have been erased since.
    mentor_id: Mapped[str] = mapped_column(String(32), index=True)
    item_id: Mapped[str] = mapped_column(String(64))
    decision: Mapped[str] = mapped_column(String(16))
    wording: Mapped[str] = mapped_column(Text)
    wording_version: Mapped[int] = mapped_column(Integer)
    wording_sha256: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16))
    shown_at: Mapped[datetime] = mapped_column()
    answered_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: How the reply was read: ``button`` or ``typed``.
    reading: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    #: The mentor's words and the ids of the message, encrypted.
    contents: Mapped[bytes] = mapped_column(LargeBinary)
    #: Salted hash of the contents, and the code that chains the record to the one before it.
    commitment: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(64))


class SealedValue(Base):
    """A sensitive value, encrypted under one of the mentor's data keys."""

    __tablename__ = "sealed_values"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    mentor_id: Mapped[str] = mapped_column(ForeignKey("mentors.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class DataKey(Base):
    """A data key of one owner and purpose, wrapped by the master key. Deleting it destroys what it sealed."""

    __tablename__ = "data_keys"

    owner_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    master_key_id: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class KeyCheck(Base):
    """The check value of a key that all services of the installation have; see `bot.security.key_check`."""

    __tablename__ = "key_checks"

    #: The key's setting.
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[str] = mapped_column(String(64))


class Photo(Base):
    """A checked and re-encoded photo; its files lie in the photo folder under ``id``."""

    __tablename__ = "photos"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    mentor_id: Mapped[str] = mapped_column(ForeignKey("mentors.id"), index=True)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    source_format: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Check(Base):
    """A background check of one mentor; the newest one counts."""

    __tablename__ = "checks"

    #: Also the idempotency key towards the provider, and its ``custom_id``.
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    mentor_id: Mapped[str] = mapped_column(ForeignKey("mentors.id"), index=True)
    provider: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column()
    decided_at: Mapped[datetime | None] = mapped_column()
    #: The provider's own ids, as far as they are known.
    candidate_id: Mapped[str | None] = mapped_column(String(64), index=True)
    invitation_id: Mapped[str | None] = mapped_column(String(64), index=True)
    report_id: Mapped[str | None] = mapped_column(String(64), index=True)
    #: When the provider was first called: it remembers an idempotency key for a limited time.
    called_at: Mapped[datetime | None] = mapped_column()
    #: When the provider was last asked how the check stands.
    looked_up_at: Mapped[datetime | None] = mapped_column()
    #: When the mentor was told that the check may end against them.
    notice_at: Mapped[datetime | None] = mapped_column()
    #: Where two have to decide: what the first one decided, and who that was.
    first_decision: Mapped[str | None] = mapped_column(String(16))
    first_actor: Mapped[str | None] = mapped_column(String(64))


class AuditRecord(Base):
    """Who of the staff looked at a sealed value, or decided something."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(32), index=True)


class OutboxEntry(Base):
    """Work to be done after a commit, at least once, under a lease."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "done_at", "next_attempt_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    #: What the work is about, for example a check's id; unique within its kind, so that it is queued once.
    subject_id: Mapped[str] = mapped_column(String(64))
    #: The mentor whose erasure also deletes this entry.
    mentor_id: Mapped[str | None] = mapped_column(String(32), index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=utc_now)
    leased_until: Mapped[datetime | None] = mapped_column()
    last_error: Mapped[str | None] = mapped_column(String(ERROR_LENGTH))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    done_at: Mapped[datetime | None] = mapped_column()
    #: Set when the attempts are used up: a person has to look.
    failed_at: Mapped[datetime | None] = mapped_column()


Index("uq_outbox_kind_subject_id", OutboxEntry.kind, OutboxEntry.subject_id, unique=True)


class Mail(Base):
    """An e-mail that waits to be sent; what it says is encrypted, and destroyed once it is sent."""

    __tablename__ = "mails"

    #: Also in its Message-ID, so that one sent twice can be told.
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    mentor_id: Mapped[str] = mapped_column(ForeignKey("mentors.id"), index=True)
    contents: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    sent_at: Mapped[datetime | None] = mapped_column()


class EmailCode(Base):
    """A code that proves an e-mail address, sent to it; good once, for a short time, in one conversation."""

    __tablename__ = "email_codes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    mentor_id: Mapped[str] = mapped_column(ForeignKey("mentors.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    #: Keyed hashes of the address and of the code.
    address_hash: Mapped[str] = mapped_column(String(64), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column()
    tries: Mapped[int] = mapped_column(Integer, default=0)
    used_at: Mapped[datetime | None] = mapped_column()


class ContinueLink(Base):
    """A link with which a registration goes on on another channel; good once, for a short time."""

    __tablename__ = "continue_links"

    #: SHA-256 of the token in the link.
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    mentor_id: Mapped[str] = mapped_column(ForeignKey("mentors.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column()
    used_at: Mapped[datetime | None] = mapped_column()


class Reminder(Base):
    """A reminder of an unfinished registration, written before it is sent, so that none is sent twice."""

    __tablename__ = "reminders"

    mentor_id: Mapped[str] = mapped_column(ForeignKey("mentors.id"), primary_key=True)
    #: After how many days.
    days: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    marked_at: Mapped[datetime] = mapped_column(default=utc_now)
    sent_at: Mapped[datetime | None] = mapped_column()
    #: When it was found that it was marked and never sent, and logged.
    lost_at: Mapped[datetime | None] = mapped_column()


class PersonRequest(Base):
    """A mentor's wish to talk to a person of the staff; what both write is in the transcript."""

    __tablename__ = "person_requests"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    mentor_id: Mapped[str] = mapped_column(ForeignKey("mentors.id"), index=True)
    #: The question that was open.
    question: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: Since when the mentor waits for an answer; None after one, until they write again.
    waiting_since: Mapped[datetime | None] = mapped_column(default=utc_now)
    #: Whether what the mentor types is for the person; no longer once they go on with the form.
    is_talking: Mapped[bool] = mapped_column(default=True)
    #: How many answers were sent.
    answers: Mapped[int] = mapped_column(Integer, default=0)
    ended_at: Mapped[datetime | None] = mapped_column()


class Event(Base):
    """Something that the site may want to know, without personal data."""

    __tablename__ = "events"

    #: The position in the feed.
    sequence: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True, default=new_id)
    #: For example ``mentor.submitted``.
    kind: Mapped[str] = mapped_column(String(32))
    #: Of a mentor who may have been erased since.
    mentor_id: Mapped[str] = mapped_column(String(32), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)


class WebhookEvent(Base):
    """An event that a provider sent; its id identifies a duplicate delivery."""

    __tablename__ = "webhook_events"
    __table_args__ = (UniqueConstraint("provider", "event_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    provider: Mapped[str] = mapped_column(String(32))
    event_id: Mapped[str] = mapped_column(String(64))
    #: Type and id of what it is about; that itself is fetched.
    object_type: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(default=utc_now)


class StaffMember(Base):
    """A person of the staff."""

    __tablename__ = "staff"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: With its salt and parameters; see `bot.api.staff_accounts`.
    password_hash: Mapped[str] = mapped_column(String(200))
    #: What they may do; see `bot.api.staff_accounts.Role`.
    role: Mapped[str] = mapped_column(String(16), default="decide", server_default="decide")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: The key of their one-time codes, sealed; None until they got one.
    code_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The time step of the newest code that they used (RFC 6238).
    code_step: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class StaffSession(Base):
    """A browser in which a member of the staff is signed in."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("staff.name"), index=True)
    begun_at: Mapped[datetime] = mapped_column()
    #: When a request came, give or take a minute.
    seen_at: Mapped[datetime] = mapped_column()


class FunnelCount(Base):
    """How many mentors were shown a question, and how many answered it, in a month; nothing of who they were."""

    __tablename__ = "funnel"

    #: For example ``2026-11``.
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    shown: Mapped[int] = mapped_column(Integer, default=0)
    answered: Mapped[int] = mapped_column(Integer, default=0)


class Conversation(Base):
    """One mentor on one channel."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    #: Also the sender id in Rasa, which learns nothing else about the mentor.
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    mentor_id: Mapped[str] = mapped_column(ForeignKey("mentors.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    #: Telegram's chat id, or the SHA-256 of the web session's token.
    external_id: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16), default="en")
    #: Whether another language was offered here, or asked for: it is offered once.
    language_offered: Mapped[bool] = mapped_column(default=False)
    #: Whether the mentor has the clauses asked one by one here, and not on one card.
    one_by_one: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: When the mentor turned out to have blocked the bot here; None while they can be written to.
    blocked_at: Mapped[datetime | None] = mapped_column()
    #: The question last shown here, and when: only that one can be answered.
    delivered_question: Mapped[str | None] = mapped_column(String(64))
    #: SHA-256 of its wording, as shown.
    delivered_sha256: Mapped[str | None] = mapped_column(String(64))
    delivered_at: Mapped[datetime | None] = mapped_column()
    #: Misunderstandings in a row at the question that is open.
    misses: Mapped[int] = mapped_column(Integer, default=0)


class Lease(Base):
    """The right of one process to work for a conversation; see `bot.conversation.leases`."""

    __tablename__ = "leases"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    #: A random id of the process, new at each start.
    owner: Mapped[str] = mapped_column(String(32))
    #: The lease's end, in seconds since 1970 on the database's clock.
    until: Mapped[float] = mapped_column(Float)
    #: Whether another process has left work here since the owner last looked.
    is_asked: Mapped[bool] = mapped_column(default=False)


class UnsentText(Base):
    """What a mentor has typed in the web chat and not sent yet, encrypted; deleted once they send a text."""

    __tablename__ = "unsent_texts"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    contents: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime] = mapped_column(default=utc_now)


class InboxMessage(Base):
    """A message from a mentor, written before it is acknowledged; its body is destroyed once processed."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("conversation_id", "external_id"),
        # Whether a message waits is asked at every turn, however many were dealt with.
        Index(None, "conversation_id", "processed_at"),
    )

    sequence: Mapped[int] = mapped_column(primary_key=True)
    #: The turn id.
    id: Mapped[str] = mapped_column(String(32), unique=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    #: The channel's own message id, to drop what is delivered twice.
    external_id: Mapped[str] = mapped_column(String(128))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: How often the turn was tried and failed.
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    processed_at: Mapped[datetime | None] = mapped_column(index=True)


class TranscriptMessage(Base):
    """What was said, in order, as shown to the mentor; secrets appear only as placeholders."""

    __tablename__ = "transcript"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    turn_id: Mapped[str | None] = mapped_column(String(32))
    sender: Mapped[str] = mapped_column(String(8))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: When a pushing channel (Telegram) handed it over; the web reads the transcript itself.
    delivered_at: Mapped[datetime | None] = mapped_column()


def _with_column(name: str, *but: type[Base]) -> tuple[type[Base], ...]:
    models = (mapper.class_ for mapper in Base.registry.mappers if name in mapper.columns)
    return tuple(sorted((each for each in models if each not in but), key=lambda each: each.__tablename__))


#: Tables whose rows are one mentor's and go with them; the ledger and the feed only add. None of them refers to
#: another one of them.
OF_MENTORS = _with_column("mentor_id", Consent, Event)
#: Tables whose rows are one conversation's and go with it.
OF_CONVERSATIONS = _with_column("conversation_id", *OF_MENTORS)
