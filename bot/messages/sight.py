"""What the mentor had seen when they wrote or pressed; nothing else can be answered or agreed to.

The transcript knows which question was shown, and since when. A channel may know more, such as the messages on the
screen or the message replied to. That can only make the check stricter.
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

#: Keys in a message's body: the channel's number of the message, and its time by the channel's clock.
SENT_AS = "sent_as"
DATED = "dated"
#: Seconds that a question must be shown before its button counts: a second press right after the first is meant for the
#: question before.
PRESS_SECONDS = 0.7
#: The number of a replied-to message in another chat; no message has it.
ELSEWHERE = 0
#: The error, in seconds, between two times in whole seconds.
_WHOLE_SECOND = 1.0
#: Greater than every message id.
_NEWEST = 2**63 - 1
#: Transcript rows that are searched per step for a tapped button.
_ROWS_AT_ONCE = 8

_transcript = Base.metadata.tables[TranscriptMessage.__tablename__]
_said = (_transcript.c.conversation_id == bindparam("conversation_id"), _transcript.c.sender == "bot")
_ROW = (_transcript.c.id, _transcript.c.body, _transcript.c.created_at, _transcript.c.delivered_at)
#: Escapes wildcards in a search.
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
    """A button was pressed before its question could be read; the press is ignored."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a channel knows about the messages that the mentor had seen.

    Attributes:
        newest: id of the bot's newest message on the screen; None if unknown.
        seconds: how long that message had been there; None if unknown.
        number: the channel's number of the message, in one sequence for both sides.
        dated: its time in whole seconds of the channel's clock.
        replies_to: the number of the message that it replies to, `ELSEWHERE` if that is in another chat, or None.
    """

    newest: int | None = None
    seconds: float | None = None
    number: int | None = None
    dated: int | None = None
    replies_to: int | None = None


#: For a channel that knows nothing beyond the transcript.
NOTHING_SEEN = Seen()


class Look(NamedTuple):
    """The rules for judging what was seen.

    Attributes:
        seen: what the channel knows.
        is_pushed: whether the channel delivers messages itself; undelivered ones count as unseen.
        consent_seconds: that a question must be shown before a typed reply counts as a consent. A press needs the
            same, but at most `PRESS_SECONDS`.
    """

    seen: Seen
    is_pushed: bool
    consent_seconds: float


def looked_at(session: Session, conversation: Conversation, message: Incoming, look: Look) -> Incoming:
    """The message with the question that the mentor saw, and the reason why it cannot be a consent to it.

    Args:
        session: an open transaction.
        conversation: where it was sent.
        message: the mentor's message; a tap gets its button's label, and loses its payload if the bot did not offer it.
        look: the rules.

    Raises:
        TooQuickError: a button was pressed right after its question appeared.
    """
    delivered = conversation.delivered_question or ""
    if message.kind is Kind.BUTTON:
        return replace(_pressed(session, conversation, message, look), shown=delivered)
    if message.kind is Kind.OPEN:
        return replace(message, shown=delivered)
    return _written(session, conversation, message, look)


def newest_question(session: Session, conversation_id: str) -> Row[*tuple[Any, ...]] | None:
    """The row of the transcript with the question that was asked last in a conversation; None if none was."""
    newest = {"conversation_id": conversation_id, "newest": _NEWEST}
    return session.connection().execute(_QUESTION, newest).one_or_none()


def press_seconds(consent_seconds: float) -> float:
    """Seconds that a question must be shown before its button counts."""
    return min(PRESS_SECONDS, consent_seconds)


def _written(session: Session, conversation: Conversation, message: Incoming, look: Look) -> Incoming:
    seen = look.seen
    newest = _NEWEST if seen.newest is None else seen.newest
    row = session.connection().execute(_QUESTION, {"conversation_id": conversation.id, "newest": newest}).one_or_none()
    if row is None:
        if seen.newest is not None:
            return message
        # There is no transcript, or it is empty.
        shown = conversation.delivered_question or ""
        is_early = _seconds_since(conversation.delivered_at) < look.consent_seconds
        return replace(message, shown=shown, doubt="note-too-soon" if shown and is_early else "")
    if look.is_pushed and (
        row.delivered_at is None or (seen.number is not None and seen.number <= row.body.get(SENT_AS, 0))
    ):
        return message
    return replace(message, shown=row.body["question"], doubt=_doubt(row, look))


def _doubt(row: Row[*tuple[Any, ...]], look: Look) -> str:
    """The reason why a typed reply to the question in this row cannot be a consent; "" if it can."""
    if look.seen.replies_to not in (None, row.body.get(SENT_AS)):
        return "note-reply-elsewhere"
    if row.last_said != row.id:
        return "note-said-since"
    return "note-too-soon" if _seconds_there(row, look) < look.consent_seconds else ""


def _pressed(session: Session, conversation: Conversation, message: Incoming, look: Look) -> Incoming:
    """The tap with its button's label if the bot offered it to this conversation; otherwise without payload."""
    tap = Tap.parse(message.payload)
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
        seconds = _seconds_there(row, look)
        if tap is not None and tap.revision is not None and seconds < press_seconds(look.consent_seconds):
            raise TooQuickError
        return replace(message, text="" if label in DATE_PLACEHOLDERS else label, seconds=seconds)
    if tap and tap == Tap("change_answer", tap.question) and tap.question in form.BY_ID:
        # a channel's own button, on an answered question
        return replace(message, text=catalogue(conversation.language).text("button-change"))
    return replace(message, payload="", text="")


def _label(body: dict[str, Any], payload: str) -> str | None:
    """The label of the button with this payload in a message; None if it has none."""
    rows = [each for section in body.get("sections", []) for each in section["rows"]]
    buttons = [*body.get("buttons", []), *(each["change"] for each in rows if "change" in each)]
    buttons += [body["whole_button"]] if "whole_button" in body else []
    buttons += [each for clause in body.get("clauses", []) for each in clause["buttons"]]
    return next((button["label"] for button in buttons if button["payload"] == payload), None)


def _seconds_there(row: Row[*tuple[Any, ...]], look: Look) -> float:
    """How long the mentor could have seen a message, by the strictest of all clocks."""
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
