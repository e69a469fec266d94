"""The transcript: the messages of both sides, as the mentor sees them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.i18n.catalogue import Catalogue, catalogue
from bot.messages import clauses
from bot.messages.date_choices import date_candidates, fill_placeholders
from bot.messages.phrasing import Phrasing
from bot.messages.renderer import WHICH_DATE, Message, Renderer, with_language
from bot.registration import form
from bot.registration.answers import MessageRef
from bot.registration.form import ItemId
from bot.registration.funnel import Funnel
from bot.registration.registration import REVIEW, Registration
from bot.security.vault import Vault
from bot.storage import Base, Conversation, Mentor, Photo, TranscriptMessage
from bot.storage.models import utc_now

#: The note that no code was sent to an address yet.
CODE_NOT_SENT = "note-code-not-sent"
#: Replaces a deleted message.
FORGOTTEN = "…"
#: The most messages of one turn.
MESSAGES_A_TURN = 6
#: The number of recent turns whose wordings the bot avoids.
TURNS_REMEMBERED = 3

_funnel = Funnel()
_transcript = Base.metadata.tables[TranscriptMessage.__tablename__]
_ADD = insert(_transcript)
_SINCE = (
    select(_transcript.c.id, _transcript.c.sender, _transcript.c.body, _transcript.c.created_at)
    .where(_transcript.c.conversation_id == bindparam("conversation_id"), _transcript.c.id > bindparam("after"))
    .order_by(_transcript.c.id)
)
_LAST_SAID = (
    select(TranscriptMessage.turn_id, TranscriptMessage.body["text"].as_string().label("text"))
    .where(
        TranscriptMessage.conversation_id == bindparam("conversation_id"),
        TranscriptMessage.sender == "bot",
        TranscriptMessage.turn_id != bindparam("but_in"),
    )
    .order_by(TranscriptMessage.id.desc())
    .limit(MESSAGES_A_TURN * TURNS_REMEMBERED)
)
_LAST_CHECK = (
    select(_transcript.c.body)
    .where(_transcript.c.conversation_id == bindparam("conversation_id"), _transcript.c.sender == "bot")
    .where(_transcript.c.body["question"].as_string() == REVIEW, _transcript.c.body["kind"].as_string() == "review")
    .order_by(_transcript.c.id.desc())
    .limit(1)
)


def append(
    session: Session,
    conversation_id: str,
    turn_id: str | None,
    said: Iterable[Message],
    own: Iterable[tuple[str | None, Message]] = (),
) -> None:
    """Add messages, in order.

    Args:
        session: an open write transaction.
        conversation_id: the conversation.
        turn_id: the turn of what the bot says; None outside of any.
        said: what the bot says, from `Renderer`.
        own: what the mentor said before it, each line with its turn.
    """
    lines = [(part, "mentor", line) for part, line in own] + [(turn_id, "bot", each) for each in said]
    names = ("turn_id", "sender", "body")
    rows = [{"conversation_id": conversation_id, **dict(zip(names, line, strict=True))} for line in lines]
    if rows:
        session.connection().execute(_ADD, rows)


def render_messages(
    session: Session,
    conversation: Conversation,
    current: Registration,
    notes: Sequence[MessageRef],
    question: ItemId | None,
    turn_id: str = "",
    *,
    in_full: bool = False,
    vault: Vault,
    contact_email: str,
    shows_cards: bool = False,
    has_card_page: bool = False,
) -> list[Message]:
    """Render sentences and the open question, without repeating the previous turn.

    Args:
        session: an open transaction.
        conversation: the conversation.
        current: the mentor's registration.
        notes: the sentences.
        question: the open question that follows, or None.
        turn_id: their turn, which may already have messages.
        in_full: show the answers at the review even if the same answers are shown above.
        vault: needed to count dates that wait for a choice.
        contact_email: where a mentor can write to a person.
        shows_cards: whether the channel can show all clauses on one card.
        has_card_page: whether it offers a page with the card, beside the clauses in turn.
    """
    dates = len(date_candidates(session, vault, current.mentor.id)) if question == form.DATE_OF_BIRTH else 0
    said = _last_said(session, conversation.id, turn_id)
    sentences = catalogue(conversation.language)
    renderer = Renderer(sentences, current, contact_email, dates, said)
    # The question itself says that a date has two readings.
    messages = [each for note in notes if not (dates and note.id == WHICH_DATE) for each in renderer.note(note)]
    if question is not None:
        asked = _without_code(renderer.question(question), notes, sentences)
        shows_anyway = in_full or current.changed is not None
        if question == REVIEW and not shows_anyway and _answers_in(asked) == _answers_above(session, conversation):
            asked = renderer.review_below()
        if clauses.are_in_turn(current):
            if not shows_cards:
                asked = clauses.with_way_to_card(asked, sentences) if has_card_page else asked
                asked |= {clauses.IN_TURN: True}
            elif conversation.one_by_one:
                asked = clauses.with_way_to_card(asked, sentences)
            else:
                asked = clauses.card(asked, current, sentences, Phrasing(sentences, contact_email, said))
        messages.append(asked)
    return [with_language(each, conversation.language) for each in messages]


def _without_code(asked: Message, notes: Sequence[MessageRef], sentences: Catalogue) -> Message:
    """The question for a code; where none was sent, it asks for patience instead."""
    is_sent = all(note.id != CODE_NOT_SENT for note in notes)
    return asked if is_sent else asked | {"text": sentences.text("question-email_code-later")}


def _answers_above(session: Session, conversation: Conversation) -> list[tuple[str, ...]]:
    """The answers that a conversation shows at its last check of them; none where it had no check."""
    body = session.connection().execute(_LAST_CHECK, {"conversation_id": conversation.id}).scalar()
    return _answers_in(body or {})


def _answers_in(message: Message) -> list[tuple[str, ...]]:
    rows = (row for section in message.get("sections", ()) for row in section["rows"])
    return sorted((row["label"], row["value"], row.get("photo", "")) for row in rows)


def shown(question: ItemId | None) -> dict[str, object]:
    """The columns of a conversation that record the shown question, if there is one."""
    if question is None:
        return {}
    wording = form.BY_ID[question].wording_sha256 if question in form.BY_ID else None
    return {"delivered_question": question, "delivered_sha256": wording, "delivered_at": utc_now()}


def count_shown(session: Session, conversation: Conversation, mentor: Mentor, question: ItemId | None) -> None:
    """Count in the funnel that this question, if any, was shown."""
    if question is not None:
        _funnel.shown(session, mentor, conversation.channel, question)


def forget_all(session: Session, conversation_id: str) -> None:
    """Delete a conversation's messages. The newest one's row stays, because waiting clients have its id as cursor."""
    of_it = TranscriptMessage.conversation_id == conversation_id
    newest = session.scalars(select(func.max(TranscriptMessage.id)).where(of_it)).one()
    session.execute(delete(TranscriptMessage).where(of_it, TranscriptMessage.id != newest))
    nothing = {"sender": "bot", "turn_id": None, "body": {"kind": "say", "text": FORGOTTEN}, "delivered_at": utc_now()}
    session.execute(update(TranscriptMessage).where(TranscriptMessage.id == newest).values(nothing))


def _last_said(session: Session, conversation_id: str, but_in: str) -> list[set[str]]:
    """Texts of the bot's last turns, the newest first, except the turn ``but_in``."""
    rows = session.connection().execute(_LAST_SAID, {"conversation_id": conversation_id, "but_in": but_in})
    turns: dict[str, set[str]] = {}
    for row in rows:
        turns.setdefault(row.turn_id, set()).add(row.text)
    return list(turns.values())[:TURNS_REMEMBERED]


def to_deliver() -> ColumnElement[bool]:
    """The transcript rows that a pushing channel has not delivered yet.

    These are the bot's messages, and the mentor's own messages with a date of birth, which must be deleted from the
    chat.
    """
    secret = TranscriptMessage.body["hidden"].as_boolean().is_(True)
    return and_(TranscriptMessage.delivered_at.is_(None), or_(TranscriptMessage.sender == "bot", secret))


def messages_since(session: Session, vault: Vault, conversation: Conversation, after: int) -> list[Message]:
    """The messages of a conversation after the one with id ``after``, as a channel shows them."""
    rows = session.connection().execute(_SINCE, {"conversation_id": conversation.id, "after": after})
    return [shown_message(session, vault, conversation, row) for row in rows]


def shown_message(
    session: Session, vault: Vault, conversation: Conversation, row: TranscriptMessage | Row[*tuple[Any, ...]]
) -> Message:
    """A transcript row as a channel shows it."""
    sentences = catalogue(conversation.language)
    body = fill_placeholders(session, vault, sentences, conversation.mentor_id, row.body)
    if "clauses" in body:
        current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
        body = clauses.with_answers(body, current)
    if body["kind"] == "photo" and not _has_photo(session, conversation, body["photo"]):
        body = with_language({"kind": "say", "text": sentences.text("photo-replaced")}, sentences.language)
    if "sections" in body:
        body = {**body, "sections": _with_photos(session, conversation, body["sections"], sentences)}
    return {**body, "id": row.id, "from": row.sender, "at": row.created_at.isoformat()}


def _has_photo(session: Session, conversation: Conversation, photo_id: str) -> bool:
    photo = session.get(Photo, photo_id)
    return photo is not None and photo.mentor_id == conversation.mentor_id


def _with_photos(
    session: Session, conversation: Conversation, sections: list[dict[str, Any]], sentences: Catalogue
) -> list[dict[str, Any]]:
    """The answers of a message, with a sentence in place of a photo that there is no longer."""
    gone = {"value": sentences.text("photo-replaced")}

    def shown(row: dict[str, Any]) -> dict[str, Any]:
        if "photo" not in row or _has_photo(session, conversation, row["photo"]):
            return row
        return {name: value for name, value in row.items() if name != "photo"} | gone

    return [{**section, "rows": [shown(row) for row in section["rows"]]} for section in sections]
