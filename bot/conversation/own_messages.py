"""Shows a mentor's own messages in the transcript, without any date of birth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.conversation.readable import hides_date
from bot.i18n.catalogue import catalogue
from bot.messages.date_choices import date_of_birth
from bot.messages.incoming import Incoming, Kind
from bot.messages.renderer import Message
from bot.moves.edits import FILE, PART_OF, PARTED_BY, edited
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.ledger import Ledger
from bot.registration.registration import Registration
from bot.security.cipher import VaultError
from bot.security.vault import Vault
from bot.storage import Answer, Conversation
from bot.understanding.births import without_birth_date
from bot.understanding.dates import may_hold_date

_ANSWERED = select(Answer.item_id).where(
    Answer.mentor_id == bindparam("mentor_id"), Answer.turn_id == bindparam("turn_id")
)


class OwnMessages:
    """Shows mentors' own messages.

    Args:
        vault: opens the date of birth.
        ledger: knows which consent an edited message was about.
    """

    def __init__(self, vault: Vault, ledger: Ledger) -> None:
        self._vault = vault
        self._ledger = ledger

    def shown(
        self, session: Session, message: Incoming, conversation: Conversation, current: Registration, turn_id: str
    ) -> list[tuple[str, Message]]:
        """The mentor's message, or each of several lines, as the transcript shows it, with its turn."""
        shown_as = self._shown(session, message, conversation, current, turn_id)
        if shown_as is None or not message.parts:
            return [(turn_id, shown_as)] if shown_as is not None else []
        born = self.born_in(session, current, message.text)
        lines = []
        for part, text in message.parts:
            line, space = text.lstrip(), text[: len(text) - len(text.lstrip())]
            known = {"text": without_birth_date(line, born), PART_OF: turn_id, PARTED_BY: space}
            lines += [(part, shown_as | known)] if text else []
        return lines

    def _answered(
        self, session: Session, message: Incoming, conversation: Conversation, current: Registration, turn_id: str
    ) -> ItemId | None:
        """The item that a message answered or corrected; None if there is none."""
        if message.kind is Kind.EDIT:
            before = edited(session, self._ledger, conversation, message)
            return before.item if before else None
        item_id = session.scalars(_ANSWERED, {"mentor_id": current.mentor.id, "turn_id": turn_id}).first()
        return ItemId(item_id) if item_id is not None else None

    def _shown(
        self, session: Session, message: Incoming, conversation: Conversation, current: Registration, turn_id: str
    ) -> Message | None:
        """The mentor's message as the transcript shows it, without a date of birth."""
        sentences = catalogue(conversation.language)
        if message.kind is Kind.OPEN:
            return None
        question = current.open_question
        answered = (
            self._answered(session, message, conversation, current, turn_id) if may_hold_date(message.text) else None
        )
        if answered is not None:
            question, message = answered, replace(message, shown=answered)
        if hides_date(message, question, conversation.delivered_question):
            return {"kind": "say", "text": sentences.text("mentor-date"), "hidden": True}
        if message.kind is Kind.BUTTON and not message.payload:
            return None  # not one of the bot's buttons
        if message.upload or message.kind in (Kind.PHOTO, Kind.UNSUPPORTED):
            file = {FILE: message.file} if message.file else {}
            return {"kind": "say", "text": sentences.text("mentor-photo" if message.photo else "mentor-file"), **file}
        born = self.born_in(session, current, message.text)
        return {"kind": "say", "text": without_birth_date(message.text, born)}

    def born_in(self, session: Session, current: Registration, text: str) -> date | None:
        """The date of birth, if it is known and ``text`` could hold it."""
        if form.DATE_OF_BIRTH not in current.answers or not may_hold_date(text):
            return None
        try:
            return date_of_birth(session, self._vault, current.mentor.id)
        except VaultError:
            return None
