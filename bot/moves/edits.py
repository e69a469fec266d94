"""Finds the answer that an edited message corrects, even after several edits."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages.inbox import turn_named
from bot.messages.incoming import Incoming
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.ledger import Ledger
from bot.registration.registration import CONFIRM, SAVE, Registration
from bot.storage import Answer, Consent, Conversation, Mentor, TranscriptMessage

#: Keys in the transcript for a gathered line: the turn of all lines, and the separator before this line.
PART_OF = "part_of"
PARTED_BY = "parted_by"
#: Key in the transcript for a message that was not accepted as an answer.
MISSED = "missed"
#: Key in the transcript for a picture: the channel's permanent id of its file.
FILE = "file"


@dataclass(frozen=True)
class Edited:
    """A message before its edit.

    Attributes:
        turn_id: its turn.
        item: the item whose current answer it is, or whose open question it replied to.
        parts: the gathered lines of the turn, each with its own turn id.
        part: the edited line's index.
    """

    turn_id: str
    item: ItemId | None
    parts: tuple[tuple[str, str], ...] = ()
    part: str = ""

    def text(self, edited_text: str) -> str:
        """The turn's whole text with the edited line."""
        parts = [self._now(part, edited_text) if turn_id == self.part else part for turn_id, part in self.parts]
        return "".join(parts) if self.parts else edited_text

    @staticmethod
    def _now(before: str, text: str) -> str:
        return before[: len(before) - len(before.lstrip())] + text


def edited(session: Session, ledger: Ledger, conversation: Conversation, message: Incoming) -> Edited | None:
    """What a message was that was edited; None if there was none, or its picture is the same as before.

    Args:
        session: an open transaction.
        ledger: knows which message each consent came with.
        conversation: where the message was sent.
        message: as it is now.
    """
    own = session.scalars(turn_named(conversation.id, message.edits)).one_or_none()
    if own is None:
        return None
    said = session.scalars(
        select(TranscriptMessage)
        .where(TranscriptMessage.conversation_id == conversation.id, TranscriptMessage.turn_id == own)
        .where(TranscriptMessage.sender == "mentor")
        .order_by(TranscriptMessage.id)
    ).first()
    if message.upload and said is not None and said.body.get(FILE) == message.file != "":
        return None  # only its caption changed
    turn_id = own if said is None else str(said.body.get(PART_OF, own))
    parts = _parts(session, conversation, turn_id) if said is not None and PART_OF in said.body else ()
    current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
    item = _accepted(session, ledger, current, turn_id) or _replied_to(session, conversation, current, said)
    return Edited(turn_id, item, parts, own if parts else "")


def _accepted(session: Session, ledger: Ledger, current: Registration, turn_id: str) -> ItemId | None:
    """The item whose current answer was given in a turn."""
    answered = select(Answer.item_id).where(Answer.mentor_id == current.mentor.id, Answer.turn_id == turn_id)
    item_id = session.scalars(answered).first()
    if item_id is not None:
        return ItemId(item_id)
    if current.open_question in (SAVE, CONFIRM) and current.doubted.turn_id == turn_id:
        return current.doubted.item.id
    for consented, said in current.consents.items():
        contents = ledger.contents(session, session.get_one(Consent, said.id))
        if contents is not None and contents.turn_id == turn_id:
            return consented
    return None


def _replied_to(
    session: Session, conversation: Conversation, current: Registration, said: TranscriptMessage | None
) -> ItemId | None:
    """The open question, if a message that was not accepted replied to it."""
    if said is None or not said.body.get(MISSED) or current.open_question not in form.BY_ID:
        return None
    before = (
        select(TranscriptMessage.body["question"].as_string())
        .where(TranscriptMessage.conversation_id == conversation.id, TranscriptMessage.id < said.id)
        .where(TranscriptMessage.sender == "bot", TranscriptMessage.body["question"].as_string().is_not(None))
        .order_by(TranscriptMessage.id.desc())
        .limit(1)
    )
    return current.open_question if session.scalars(before).first() == current.open_question else None


def _parts(session: Session, conversation: Conversation, turn_id: str) -> tuple[tuple[str, str], ...]:
    rows = session.scalars(
        select(TranscriptMessage)
        .where(TranscriptMessage.conversation_id == conversation.id, TranscriptMessage.sender == "mentor")
        .where(TranscriptMessage.body[PART_OF].as_string() == turn_id)
        .order_by(TranscriptMessage.id)
    )
    return tuple((row.turn_id or "", row.body[PARTED_BY] + row.body["text"]) for row in rows)


def reword(session: Session, before: Edited, text: str) -> None:
    """Update a gathered line in the transcript, so that an edit of another line keeps it.

    Args:
        session: an open write transaction.
        before: the message before its edit.
        text: the new line.
    """
    if before.part:
        lines = select(TranscriptMessage).where(TranscriptMessage.turn_id == before.part)
        for row in session.scalars(lines.where(TranscriptMessage.sender == "mentor")):
            row.body = {**row.body, "text": text}
