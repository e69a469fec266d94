"""Handles answers to the form's questions: choice, text, photo, date of birth."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.i18n.catalogue import catalogue
from bot.messages.date_choices import DATE_CANDIDATES, date_candidates, date_of_birth, forget, seal
from bot.messages.incoming import Kind
from bot.moves.addresses import Addresses
from bot.moves.consents import Consents
from bot.moves.edits import Edited, reword
from bot.moves.turn import Turn
from bot.notifications import site_events
from bot.registration import form
from bot.registration.answers import (
    DoubtfulAnswerError,
    InvalidAnswerError,
    MessageRef,
    option_labels,
    read_birth_date,
    read_choice,
    read_text_answer,
)
from bot.registration.form import Answer, Item, ItemId
from bot.registration.registration import Registration
from bot.security.vault import Vault
from bot.storage import Conversation, TranscriptMessage
from bot.understanding.births import without_birth_date
from bot.understanding.learned import LIKELY_REPLY
from bot.understanding.reader import TEXT_KINDS


class Answering:
    """Handles replies to the form's questions.

    Args:
        vault: seals the date of birth.
        consents: handles replies to commitments and clauses.
        addresses: proves e-mail addresses.
    """

    def __init__(self, vault: Vault, consents: Consents, addresses: Addresses) -> None:
        self._vault = vault
        self._addresses = addresses
        self._takes = {
            Answer.CHOICE: self._take_choice,
            Answer.YES_NO: consents.take,
            Answer.PHOTO: self.take_photo,
            Answer.DATE: self._take_date,
        }

    def take(self, turn: Turn, item: Item) -> list[MessageRef]:
        """Store a message as the answer to a question.

        Raises:
            InvalidAnswerError: it is none.
        """
        return self._takes.get(item.answer, self.take_text)(turn, item)

    def take_text(self, turn: Turn, item: Item, text: str | None = None, turn_id: str = "") -> list[MessageRef]:
        """Handle a typed answer.

        Args:
            turn: the turn.
            item: the question.
            text: the answer; None for the message's text.
            turn_id: the turn in which it was answered at first; "" for the message's own.

        Raises:
            InvalidAnswerError: it is too short, too long, or no valid name, address or place.
        """
        turn_id = turn_id or turn.row.id
        try:
            value = read_text_answer(item, turn.text if text is None else text, in_doubt=turn.intent == LIKELY_REPLY)
        except DoubtfulAnswerError as doubtful:
            turn.registration.doubt(item, doubtful.value, turn_id, doubtful.otherwise or self._sent(turn, item))
            return []
        if self._sent(turn, item):
            return self._ask_to_change(turn, item, value, turn_id)
        return self.keep_text(turn, item, value, turn_id)

    def take_edit(self, turn: Turn, item: Item, before: Edited) -> list[MessageRef] | None:
        """Store an edited message as the answer that it was; None if its question must be asked again.

        Raises:
            InvalidAnswerError: it is none.
        """
        if item.answer is Answer.PHOTO and (turn.message.photo or turn.message.problem):
            return self.take_photo(turn, item, before.turn_id)
        if item.answer.value in TEXT_KINDS:
            notes = self.take_text(turn, item, before.text(turn.message.text), before.turn_id)
            reword(turn.session, before, turn.message.text)
            return notes
        return None

    def add(self, turn: Turn) -> list[MessageRef] | None:
        """Add a line to the previous answer, whose question the mentor still saw; None if there is none.

        Raises:
            InvalidAnswerError: the answer would be too long, or the line is no answer.
        """
        item, current = form.BY_ID.get(ItemId(turn.message.shown)), turn.registration
        answered = current.answers.get(item.id) if item is not None and item.answer is Answer.LONG_TEXT else None
        if item is None or answered is None or turn.intent != "inform" or turn.message.kind is not Kind.TEXT:
            return None
        try:
            line = read_text_answer(item, turn.message.text)
        except DoubtfulAnswerError:
            return None
        if line in answered:
            return []  # sent twice
        text = read_text_answer(item, f"{answered}\n{line}")
        born = date_of_birth(turn.session, self._vault, current.mentor.id)
        current.reword(item.id, without_birth_date(text, born))
        return [MessageRef("note-added")]

    def take_doubted(self, turn: Turn) -> list[MessageRef]:
        """Handle the reply to the question whether to save a doubtful answer: yes, no, or another answer.

        Raises:
            InvalidAnswerError: it is none of them.
        """
        current = turn.registration
        item, text, turn_id, otherwise = current.doubted
        if turn.intent == "affirm" and item.answer is Answer.PHOTO:
            current.answer(item, text, turn_id)
            return _changed(turn, item)
        if turn.intent == "affirm":
            return self.keep_text(turn, item, text, turn_id)
        if turn.intent == "deny" and current.is_change_doubted:
            current.resume()
            return [MessageRef("note-kept")]
        if turn.intent == "deny":
            if otherwise:
                return self.keep_text(turn, item, otherwise, turn_id)
            current.drop_doubted()
            return []
        return self.take(turn, item)

    @staticmethod
    def _sent(turn: Turn, item: Item) -> str:
        """The answer to ``item`` that was submitted, so that a change has to be confirmed; "" before the submit.

        An e-mail address is confirmed by its code.
        """
        current = turn.registration
        is_sent = current.mentor.submitted_at is not None and item.answer is not Answer.EMAIL
        return current.answers.get(item.id, "") if is_sent else ""

    def _ask_to_change(self, turn: Turn, item: Item, value: str, turn_id: str) -> list[MessageRef]:
        """Ask whether to replace a submitted answer by ``value``; if they are the same, keep it."""
        current, sent = turn.registration, self._sent(turn, item)
        if value == sent:
            current.resume()
            return [MessageRef("note-kept")]
        current.doubt(item, value, turn_id, sent)
        return []

    def keep_text(self, turn: Turn, item: Item, text: str, turn_id: str, *, stays: bool = False) -> list[MessageRef]:
        """Store a typed answer; returns the notes about it.

        Args:
            turn: the turn.
            item: the question.
            text: the answer.
            turn_id: the turn in which it was given.
            stays: as for `Registration.answer`.
        """
        kept = text
        if item.answer is Answer.LONG_TEXT:
            born = date_of_birth(turn.session, self._vault, turn.registration.mentor.id)
            kept = without_birth_date(text, born)
        current = turn.registration
        current.answer(item, kept, turn_id, stays=stays)
        notes = [MessageRef("note-birth-hidden")] if kept != text else []
        if item.id == form.EMAIL:
            return notes if current.is_email_proven else [self._addresses.send_code(turn)]
        return [*notes, *_changed(turn, item)]

    def _take_choice(self, turn: Turn, item: Item) -> list[MessageRef]:
        if turn.tap is not None and item.yes_and_no is None:
            if turn.tap.reply not in dict(item.options):
                raise InvalidAnswerError("note-stale")
            value = turn.tap.reply
        else:
            labels = option_labels(item, catalogue(turn.conversation.language))
            value = read_choice(item, turn.intent, turn.text, labels)
        turn.registration.answer(item, value, turn.row.id)
        return _changed(turn, item)

    def take_photo(self, turn: Turn, item: Item, turn_id: str = "") -> list[MessageRef]:
        """Handle a photo.

        Args:
            turn: the turn.
            item: the question.
            turn_id: the turn in which it was answered at first; "" for the message's own.

        Raises:
            InvalidAnswerError: there is no photo, or it was refused.
        """
        if turn.message.problem:
            raise InvalidAnswerError(turn.message.problem)
        if not turn.message.photo:
            raise InvalidAnswerError("skip-photo" if turn.intent == "deny" else "note-photo-expected")
        album = [MessageRef("note-photo-album")] if turn.message.is_album else []
        if self._sent(turn, item):
            return [*album, *self._ask_to_change(turn, item, turn.message.photo, turn_id or turn.row.id)]
        turn.registration.answer(item, turn.message.photo, turn_id or turn.row.id)
        return [MessageRef("note-photo-saved", (("photo", turn.message.photo),)), *album]

    def _take_date(self, turn: Turn, item: Item) -> list[MessageRef]:
        tap, mentor = turn.tap, turn.registration.mentor
        if tap is not None:
            found = date_candidates(turn.session, self._vault, mentor.id)
            if not tap.reply.isdigit() or int(tap.reply) >= len(found):
                raise InvalidAnswerError("note-stale")
            return self.keep_date(turn, item, found[int(tap.reply)])
        found_dates = read_birth_date(turn.message.text, datetime.now(UTC).date())
        if len(found_dates) == 1:
            return self.keep_date(turn, item, found_dates[0])
        return [self.ask_which_date(turn, found_dates)]

    def ask_which_date(self, turn: Turn, found: tuple[date, ...]) -> MessageRef:
        """Seal the two readings of a date, for the mentor to choose from; returns the question."""
        both = json.dumps([each.isoformat() for each in found])
        seal(turn.session, self._vault, turn.registration.mentor.id, DATE_CANDIDATES, both)
        turn.registration.outdate_buttons()
        return MessageRef("note-date-which")

    def keep_date(self, turn: Turn, item: Item, born: date, *, stays: bool = False) -> list[MessageRef]:
        """Seal a date of birth; returns the notes about it.

        Args:
            turn: the turn.
            item: the question.
            born: the date.
            stays: as for `Registration.answer`.
        """
        mentor = turn.registration.mentor
        forget(turn.session, mentor.id, DATE_CANDIDATES)
        sealed = seal(turn.session, self._vault, mentor.id, form.DATE_OF_BIRTH, born.isoformat())
        turn.registration.answer(item, sealed, turn.row.id, stays=stays)
        _hide_elsewhere(turn.session, turn.registration, born)
        return [MessageRef("note-date-kept")]


def _changed(turn: Turn, item: Item) -> list[MessageRef]:
    """The note about a changed answer after the submit."""
    mentor = turn.registration.mentor
    if mentor.submitted_at is None:
        return []
    site_events.record(turn.session, site_events.Kind.CHANGED, mentor.id)
    return [MessageRef("note-changed-shown" if item.id in form.SHOWN else "note-changed")]


def _hide_elsewhere(session: Session, current: Registration, born: date) -> None:
    """Hide the date of birth in texts that the mentor wrote earlier."""
    for item in form.ASKED:
        answer = current.answers.get(item.id)
        if item.answer is Answer.LONG_TEXT and answer is not None:
            kept = without_birth_date(answer, born)
            if kept != answer:
                current.reword(item.id, kept)
    conversations = select(Conversation.id).where(Conversation.mentor_id == current.mentor.id)
    for row in session.scalars(select(TranscriptMessage).where(TranscriptMessage.conversation_id.in_(conversations))):
        body = deepcopy(row.body)  # SQLAlchemy would not notice a change inside the JSON
        shown = [body, *(each for section in body.get("sections", ()) for each in section["rows"])]
        for part in shown:
            for name in {"text", "value"} & part.keys():
                part[name] = without_birth_date(part[name], born)
        if body != row.body:
            row.body = body
