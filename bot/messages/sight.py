"""What a mentor had before them when they wrote or pressed: nothing else can be answered, or agreed to.

The transcript knows which question was shown, and since when. A channel may know more: what was on the screen at the
press, or which message was replied to. That can only make it stricter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Row, Text, bindparam, cast, func, select
from sqlalchemy.orm import Session

from bot.i18n.catalogue import catalogue, languages
from bot.messages.date_choices import DATE_PLACEHOLDERS
from bot.messages.incoming import CHANGE_LANGUAGE, Incoming, Kind, Tap
from bot.registration import form
from bot.storage import Base, Conversation, TranscriptMessage
from bot.storage.models import utc_now

#: Where a message's body has the number that the channel gave it, and when it was sent by the channel's own clock.
SENT_AS = "sent_as"
DATED = "dated"
#: Seconds that a question has to be on the screen before a button that answers it counts: a second press or tap right
#: after the first was meant for the question before.
PRESS_SECONDS = 0.7
#: What replies to a message that is none of this chat replies to this number, which no message has.
ELSEWHERE = 0
#: Clocks that count whole seconds may be out by one between two messages.
_WHOLE_SECOND = 1.0
#: Above the id of every message.
_NEWEST = 2**63 - 1
#: Rows of the transcript that are looked at at once for the button that was tapped.
_ROWS_AT_ONCE = 8

_transcript = Base.metadata.tables[TranscriptMessage.__tablename__]
_said = (_transcript.c.conversation_id == bindparam("conversation_id"), _transcript.c.sender == "bot")
_ROW = (_transcript.c.id, _transcript.c.body, _transcript.c.created_at, _transcript.c.delivered_at)
#: Before a character that stands for others in a search.
_ESCAPE = "/"
_QUESTION = (
    select(*_ROW, select(func.max(_transcript.c.id)).where(*_said).scalar_subquery().label("last_said"))
    .where(
        *_said,
        _transcript.c.id <= bindparam("newest", type_=BigInteger),
        _transcript.c.body["question"].as_string().is_not(None),
    )
    .order_by(_transcript.c.id.desc())
    .limit(1)
)
_OFFERED = (
    select(*_ROW)
    .where(*_said, cast(_transcript.c.body, Text).like(bindparam("pattern"), escape=_ESCAPE))
    .order_by(_transcript.c.id.desc())
)


class TooQuickError(Exception):
    """A button was pressed before anybody could have read what it answers; nothing is done about it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a channel knows of what the mentor had before them.

    Attributes:
        newest: id of the newest of the bot's messages on the screen; None where the channel does not know.
        seconds: for how long that one had been there; None where the channel does not know.
        number: the message's place among the messages of both sides, where the channel numbers them.
        dated: when it was sent, in whole seconds of the channel's own clock.
        replies_to: the number of the message that it replies to, `ELSEWHERE` if that is in another chat; None where it
            replies to nothing.
    """

    newest: int | None = None
    seconds: float | None = None
    number: int | None = None
    dated: int | None = None
    replies_to: int | None = None


#: Of a channel that knows no more than the service itself.
NOTHING_SEEN = Seen()


class Look(NamedTuple):
    """At what, and how, it is looked.

    Attributes:
        seen: what the channel knows.
        is_pushed: whether the channel hands messages over; what it did not yet, a mentor has not seen.
        consent_seconds: that a question has to be there before a typed reply counts as a consent. A press needs as
            many, and `PRESS_SECONDS` at most.
    """

    seen: Seen
    is_pushed: bool
    consent_seconds: float


def looked_at(session: Session, conversation: Conversation, message: Incoming, look: Look) -> Incoming:
    """A message with what it can be about: the question that the mentor saw, and why it can be no consent to it.

    Args:
        session: an open transaction.
        conversation: where it was sent.
        message: what was sent; a tap gets its button's label, and none that the bot did not offer keeps its payload.
        look: how it is looked.

    Raises:
        TooQuickError: a button was pressed that answers a question which had only just appeared.
    """
    delivered = conversation.delivered_question or ""
    if message.kind is Kind.BUTTON:
        return replace(_pressed(session, conversation, message, look), shown=delivered)
    if message.kind is Kind.OPEN:
        return replace(message, shown=delivered)
    return _written(session, conversation, message, look)


def press_seconds(consent_seconds: float) -> float:
    """Seconds that a question has to be on the screen before a button that answers it counts."""
    return min(PRESS_SECONDS, consent_seconds)


def _written(session: Session, conversation: Conversation, message: Incoming, look: Look) -> Incoming:
    seen = look.seen
    newest = _NEWEST if seen.newest is None else seen.newest
    row = session.connection().execute(_QUESTION, {"conversation_id": conversation.id, "newest": newest}).one_or_none()
    if row is None:
        if seen.newest is not None:
            return message
        # A surface without a transcript, or where nothing was said yet.
        shown = conversation.delivered_question or ""
        is_early = _seconds_since(conversation.delivered_at) < look.consent_seconds
        return replace(message, shown=shown, doubt="note-too-soon" if shown and is_early else "")
    if look.is_pushed and (
        row.delivered_at is None or (seen.number is not None and seen.number <= row.body.get(SENT_AS, 0))
    ):
        return message
    return replace(message, shown=row.body["question"], doubt=_doubt(row, look))


def _doubt(row: Row[*tuple[Any, ...]], look: Look) -> str:
    """Why a reply in words to the question in this row can be no consent; "" if it can."""
    if look.seen.replies_to not in (None, row.body.get(SENT_AS)):
        return "note-reply-elsewhere"
    if row.last_said != row.id:
        return "note-said-since"
    return "note-too-soon" if _seconds_there(row, look) < look.consent_seconds else ""


def _pressed(session: Session, conversation: Conversation, message: Incoming, look: Look) -> Incoming:
    """The tap with its button's label if the bot offered it to this conversation, else without payload."""
    tap = Tap.parse(message.payload)
    if tap and tap == Tap("change_answer", tap.question) and tap.question in form.BY_ID:
        # a channel's own button, on what was chosen
        return replace(message, text=catalogue(conversation.language).text("button-change"))
    if tap and tap == Tap(CHANGE_LANGUAGE, reply=tap.reply) and tap.reply in languages():
        return replace(message, text=languages()[tap.reply])  # a channel's own, too: a menu of languages
    payload = re.sub("[/%_]", rf"{_ESCAPE}\g<0>", message.payload)
    offered = session.execute(
        _OFFERED,
        {"conversation_id": conversation.id, "pattern": f"%{payload}%"},
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    for row in offered:
        label = _label(row.body, message.payload)
        if label is None:
            continue
        offered.close()
        is_answer = tap is not None and tap.revision is not None
        if is_answer and _seconds_there(row, look) < press_seconds(look.consent_seconds):
            raise TooQuickError
        return replace(message, text="" if label in DATE_PLACEHOLDERS else label)
    return replace(message, payload="", text="")


def _label(body: dict[str, Any], payload: str) -> str | None:
    """The label of the button with this payload in a message; None if it has none."""
    rows = [each for section in body.get("sections", []) for each in section["rows"]]
    buttons = [*body.get("buttons", []), *(each["change"] for each in rows if "change" in each)]
    return next((button["label"] for button in buttons if button["payload"] == payload), None)


def _seconds_there(row: Row[*tuple[Any, ...]], look: Look) -> float:
    """For how long a message had been before the mentor, as far as everybody can tell."""
    seen = look.seen
    there = _seconds_since(row.delivered_at if look.is_pushed else row.created_at)
    if seen.newest is not None and seen.newest < row.id:
        return 0.0
    if seen.seconds is not None and seen.newest == row.id:
        there = min(there, seen.seconds)
    if seen.dated is not None and DATED in row.body:
        there = min(there, seen.dated - row.body[DATED] + _WHOLE_SECOND)
    return there


def _seconds_since(when: datetime | None) -> float:
    return (utc_now() - when).total_seconds() if when else 0.0
