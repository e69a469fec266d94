"""Everything that is stored about a mentor, as data and as a page.

The right of access (GDPR, article 15). Sealed values are named and never opened. Secrets that only identify a person,
and the staff's notes for each other, are left out, as `TOPICS` says.
"""

from __future__ import annotations

import base64
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, inspect, or_, select
from sqlalchemy.orm import Session

from bot.core.pages import render
from bot.i18n.catalogue import Catalogue
from bot.media.photos import Photos
from bot.registration import form
from bot.registration.form import Item, ItemId
from bot.registration.ledger import Ledger
from bot.security.cipher import VaultError
from bot.storage import (
    Account,
    Answer,
    AuditRecord,
    Base,
    Check,
    Consent,
    ContinueLink,
    Conversation,
    DataKey,
    EmailCode,
    Event,
    InboxMessage,
    Lease,
    Mail,
    Mentor,
    OutboxEntry,
    PersonRequest,
    Photo,
    Reminder,
    SealedValue,
    TranscriptMessage,
    UnsentText,
)
from bot.storage.models import utc_now

logger = logging.getLogger(__name__)

Row = dict[str, Any]
Data = dict[str, Any]

#: Replaces encrypted values.
SEALED = "sealed"
#: Replaces words that were tampered with, or whose key was.
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Topic:
    """The part of a table that is given.

    Attributes:
        model: the table.
        without: columns that are left out: keys, and notes of the staff.
    """

    model: type[Base]
    without: frozenset[str] = frozenset()


TOPICS: dict[str, Topic] = {
    "registration": Topic(Mentor),
    "account": Topic(Account),
    "answers": Topic(Answer),
    "consents": Topic(Consent),
    "photos": Topic(Photo),
    "checks": Topic(Check, frozenset({"reason", "first_decision", "first_actor"})),
    "looked_at": Topic(AuditRecord, frozenset({"actor"})),
    "sealed_values": Topic(SealedValue),
    "keys": Topic(DataKey, frozenset({"owner_id", "wrapped"})),
    "conversations": Topic(Conversation),
    "messages": Topic(TranscriptMessage),
    "inbox": Topic(InboxMessage),
    "unsent_texts": Topic(UnsentText),
    "letters": Topic(Mail),
    "email_codes": Topic(EmailCode, frozenset({"address_hash", "code_hash"})),
    "continue_links": Topic(ContinueLink, frozenset({"token_hash"})),
    "reminders": Topic(Reminder),
    "person_requests": Topic(PersonRequest),
    "events": Topic(Event),
    "work": Topic(OutboxEntry),
    "leases": Topic(Lease, frozenset({"owner"})),
}

#: Tables that are left out, with the reason.
NOT_GIVEN = {
    "webhook_events": "ids of a provider's messages, with nobody's name; what came of them is in the checks",
    "staff": "the people who decide checks, none of whom is the mentor",
    "staff_sessions": "where those people are signed in",
    "key_checks": "hashes of the installation's keys, which are the same for everybody",
    "funnel": "numbers by month, which belong to nobody",
}


def my_data(session: Session, ledger: Ledger, photos: Photos, mentor: Mentor) -> Data:
    """Everything that is stored about a mentor, ready for JSON: a list of rows under each key of `TOPICS`.

    Args:
        session: an open transaction.
        ledger: opens the mentor's own words in the consents.
        photos: where photos are kept; the upright rendition is given in base64.
        mentor: the mentor.

    Raises:
        BlobError: a photo cannot be read.
    """
    conditions = _conditions(session, mentor)
    given: Data = {"made_at": _plain(utc_now()), "mentor": mentor.id}
    for name, topic in TOPICS.items():
        key = inspect(topic.model).primary_key
        rows = session.scalars(select(topic.model).where(conditions[topic.model]).order_by(*key))
        given[name] = [_columns(row, topic.without) | _added(session, ledger, photos, row) for row in rows]
    return given


def _conditions(session: Session, mentor: Mentor) -> dict[type[Base], ColumnElement[bool]]:
    """The condition for the mentor's rows of each table."""
    conversations = list(session.scalars(select(Conversation.id).where(Conversation.mentor_id == mentor.id)))
    checks = list(session.scalars(select(Check.id).where(Check.mentor_id == mentor.id)))
    photos = list(session.scalars(select(Photo.id).where(Photo.mentor_id == mentor.id)))
    others: dict[type[Base], ColumnElement[bool]] = {
        Mentor: Mentor.id == mentor.id,
        Account: Account.id == mentor.account_id,
        DataKey: DataKey.owner_id.in_([mentor.id, *conversations, *photos]),
        # The decision is in the checks; a first decision of two is a note of the staff.
        AuditRecord: AuditRecord.subject_id.in_([mentor.id, *checks]) & AuditRecord.action.not_like("decide %"),
        OutboxEntry: or_(OutboxEntry.mentor_id == mentor.id, OutboxEntry.subject_id.in_([mentor.id, *checks])),
        TranscriptMessage: TranscriptMessage.conversation_id.in_(conversations),
        InboxMessage: InboxMessage.conversation_id.in_(conversations),
        UnsentText: UnsentText.conversation_id.in_(conversations),
        Lease: Lease.conversation_id.in_(conversations),
    }
    by_mentor = {
        topic.model: topic.model.__table__.columns["mentor_id"] == mentor.id
        for topic in TOPICS.values()
        if topic.model not in others
    }
    return {**by_mentor, **others}


def _columns(row: Base, without: frozenset[str]) -> Row:
    return {
        column.name: _plain(getattr(row, column.name)) for column in row.__table__.columns if column.name not in without
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return SEALED if isinstance(value, bytes) else value


def _added(session: Session, ledger: Ledger, photos: Photos, row: Base) -> Row:
    """Additions that make a row readable by itself."""
    if isinstance(row, Answer):
        return _answer(row)
    if isinstance(row, Consent):
        return _own_words(session, ledger, row)
    if isinstance(row, Photo):
        picture = photos.full(row.id)
        return {"jpeg_base64": None if picture is None else base64.b64encode(picture).decode()}
    return {}


def _own_words(session: Session, ledger: Ledger, record: Consent) -> Row:
    """The mentor's words in a record of the ledger, or a note that they cannot be read; the rest is shown anyway."""
    try:
        contents = ledger.contents(session, record)
    except VaultError as error:
        logger.error("ALERT the mentor's words in consent %d cannot be opened: %s", record.id, error)
        return {"contents": UNREADABLE}
    return {"contents": {"reply": contents.reply, "message_id": contents.message_id} if contents else None}


def _answer(answer: Answer) -> Row:
    item: Item | None = form.BY_ID.get(ItemId(answer.item_id))
    if item is None:  # a question that the form no longer has
        return {"question": answer.item_id}
    if item.answer is form.Answer.DATE:
        return {"question": item.wording, "value": SEALED}
    return {"question": item.wording, "value": dict(item.options).get(answer.value, answer.value)}


def my_data_page(data: Data, sentences: Catalogue) -> str:
    """The data as a page to read, print or keep; technical rows are only counted, the file has them all."""
    shown = {name: sentences.text(name) for name in (*_WORDS, *_DECISIONS.values(), *_STANDS.values())}
    return render(
        "my_data.html",
        language=sentences.language,
        data=data,
        words=shown,
        moment=sentences.moment,
        names={value: sentences.text(name) for value, name in _NAMES.items()},
        sealed=form.DATE_OF_BIRTH,
        unreadable=UNREADABLE,
        decisions=_DECISIONS,
        stands=_STANDS,
        photo=form.PHOTO,
        technical={name: len(data[name]) for name in TOPICS if name in _TECHNICAL},
    )


#: Topics whose rows are only counted on the page.
_TECHNICAL = frozenset({"keys", "inbox", "unsent_texts", "email_codes", "continue_links", "events", "work", "leases"})
#: What stands for names that the database uses.
_NAMES = {
    "date_of_birth": "label-date_of_birth",
    "date_candidates": "my-data-two-dates",
    "manual": "my-data-by-people",
    "checkr": "my-data-by-checkr",
    "http": "my-data-by-agency",
    "web": "my-data-in-web-chat",
    "telegram": "my-data-in-telegram",
    "reveal date of birth": "my-data-reveal",
    "export": "my-data-exported",
    "expire check": "my-data-check-expired",
    "answer mentor": "my-data-answered",
    "end talk with mentor": "my-data-talk-ended",
    "keys": "my-data-of-keys",
    "inbox": "my-data-of-inbox",
    "unsent_texts": "my-data-of-unsent-texts",
    "email_codes": "my-data-of-email-codes",
    "continue_links": "my-data-of-links",
    "events": "my-data-of-events",
    "work": "my-data-of-work",
    "leases": "my-data-of-leases",
}
_DECISIONS = {
    "agreed": "my-data-agreed",
    "refused": "my-data-refused",
    "unclear": "my-data-unclear",
    "withdrawn": "my-data-taken-back",
}
_STANDS = {
    "queued": "my-data-check-queued",
    "waiting": "my-data-check-waiting",
    "review": "my-data-check-review",
    "pre_adverse": "my-data-check-pre-adverse",
    "clear": "my-data-check-clear",
    "declined": "my-data-check-declined",
    "cancelled": "my-data-check-cancelled",
    "expired": "my-data-check-expired",
    "withdrawn": "my-data-check-withdrawn",
}
_WORDS = (
    "my-data-title",
    "my-data-lead",
    "my-data-none",
    "my-data-made",
    "my-data-number",
    "my-data-sealed",
    "my-data-registration",
    "my-data-begun",
    "my-data-sent",
    "my-data-proved",
    "my-data-time-zone",
    "my-data-reminders-off",
    "my-data-remind-at",
    "my-data-account",
    "my-data-email",
    "my-data-name",
    "my-data-answers",
    "my-data-photo-below",
    "my-data-photo",
    "my-data-photo-size",
    "my-data-consents",
    "my-data-your-reply",
    "my-data-unreadable",
    "my-data-checks",
    "my-data-provider",
    "my-data-asked-for",
    "my-data-decided",
    "my-data-told",
    "my-data-looked-at",
    "my-data-person-requests",
    "my-data-locked",
    "my-data-locked-lead",
    "my-data-messages",
    "my-data-you",
    "my-data-bot",
    "my-data-letters",
    "my-data-reminders",
    "my-data-written",
    "my-data-sent-at",
    "my-data-days",
    "my-data-technical",
    "my-data-technical-lead",
)
