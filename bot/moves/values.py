"""Handles values of other items than the open one: they answer later questions, or correct answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from bot.i18n.catalogue import catalogue
from bot.i18n.geography import country_name, region_name
from bot.messages.incoming import Kind
from bot.moves.answering import Answering
from bot.moves.turn import Turn
from bot.registration import form
from bot.registration.answers import (
    DoubtfulAnswerError,
    InvalidAnswerError,
    MessageRef,
    read_birth_date,
    read_text_answer,
)
from bot.registration.form import Answer, Item, ItemId
from bot.understanding.dates import looks_like_date
from bot.understanding.reader import Act

_CORRECTION = "change_answer"
#: Answers that are stored as a code, with the function that names it.
_NAMED = {Answer.COUNTRY: country_name, Answer.REGION: region_name}
#: Characters of a value in the confirmation.
_LONGEST_QUOTE = 80
#: After a value: the wrong value that it replaces.
_NOT = r"\s*[,;(–—-]*\s*(?:and |et )?(?:not|instead of|rather than|pas|et non)\s+(?P<before>[\w'’.-]+)"


class Values:
    """Handles values of other questions than the open one.

    Args:
        answering: stores answers.
    """

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    def correct(self, turn: Turn, question: ItemId | None) -> list[MessageRef] | None:
        """Handle a correction with its new answer; None if it has none, so its item must be asked.

        Args:
            turn: the turn, with the item as its target.
            question: the open question.
        """
        item = form.BY_ID.get(ItemId(turn.target or ""))
        if item is None:
            return None
        if item in form.PLACE and item not in turn.registration.asked:
            return [MessageRef("note-place-not-asked")]
        if not self._has_value(turn, item, turn.value):
            return None
        if turn.is_from_before_deletion:
            return [MessageRef("note-too-early")]
        if item.id == question:
            return self._answering.take(turn, item)
        return self._take_all(turn, [(item, turn.value)])

    def take_beside(self, turn: Turn, question: ItemId | None) -> list[MessageRef]:
        """Handle values beside a reply; an item named without a value is asked again.

        Args:
            turn: the turn, after its reply.
            question: the replied-to question.
        """
        if turn.is_from_before_deletion:
            return []
        wanted = [(form.BY_ID[ItemId(act.item or "")], act) for act in turn.also if _is_value(act)]
        given = [(item, act.value) for item, act in wanted if self._has_value(turn, item, act.value)]
        own = form.BY_ID.get(question or ItemId(""))
        notes = self._take_all(turn, given, own if turn.value else None)
        for item, act in wanted:
            if not self._has_value(turn, item, act.value) and turn.registration.change(item.id):
                break
        return notes

    @staticmethod
    def _has_value(turn: Turn, item: Item, value: str) -> bool:
        if item.answer is Answer.DATE:
            return turn.message.kind is Kind.TEXT and looks_like_date(turn.message.text)
        return bool(value)

    def _take_all(self, turn: Turn, given: Iterable[tuple[Item, str]], own: Item | None = None) -> list[MessageRef]:
        """Handle values; returns the notes, with all stored values in one sentence."""
        notes: list[MessageRef] = []
        noted: list[Item] = []
        for item, value in given:
            try:
                said = self._take(turn, item, value)
            except InvalidAnswerError as invalid:
                notes.append(invalid.note)
                continue
            if said is not None:
                noted.append(item)
                notes += said
        if noted:
            shown = [*([own] if own is not None and own.id in turn.registration.answers else []), *noted]
            return [_read_back(turn, shown), *notes]
        return notes

    def _take(self, turn: Turn, item: Item, value: str) -> list[MessageRef] | None:
        """Handle a value; returns further notes, or None if it is not stored yet.

        Raises:
            InvalidAnswerError: it is invalid; the note says why.
        """
        current, answered = turn.registration, turn.registration.answers.get(item.id, "")
        if not any(item.id == each.id for each in current.asked):
            return None
        if answered and not current.can_change(item):
            raise InvalidAnswerError("note-not-changeable")
        if item.answer is Answer.DATE:
            return self._take_date(turn, item)
        try:
            text = read_text_answer(item, value)
        except DoubtfulAnswerError as doubtful:
            current.doubt(item, doubtful.value, turn.row.id, doubtful.otherwise or answered)
            return None
        replaced = _set_right(answered, text, turn.message.text) if item.answer is Answer.NAME else text
        is_part = item.answer is Answer.NAME and replaced == text and " " in answered and " " not in text
        if answered and answered != replaced and (current.mentor.submitted_at is not None or is_part):
            current.doubt(item, replaced, turn.row.id, answered)
            return None
        notes = self._answering.keep_text(turn, item, replaced, turn.row.id, stays=True)
        is_region_beside = any(act.item == form.REGION for act in turn.also)
        if (
            item.id == form.COUNTRY
            and not current.answers.get(form.REGION, text).startswith(text)
            and not is_region_beside
        ):
            current.change(form.REGION)  # it is one of another country
        return notes

    def _take_date(self, turn: Turn, item: Item) -> list[MessageRef] | None:
        found = read_birth_date(turn.message.text, datetime.now(UTC).date())
        if len(found) == 1:
            self._answering.keep_date(turn, item, found[0], stays=True)
            return []
        if turn.registration.change(item.id):
            raise InvalidAnswerError(self._answering.ask_which_date(turn, found).id)
        return None  # it is asked later as usual


def _is_value(act: Act) -> bool:
    return act.intent == _CORRECTION and act.item in form.BY_ID


def _set_right(answered: str, text: str, said: str) -> str:
    """An answer with one part respelled: "Smith, not Smyth" in "Robert Smyth"."""
    found = re.search(re.escape(text) + _NOT, said, re.IGNORECASE)
    before = found["before"].rstrip(".") if found is not None else ""
    pattern = re.compile(rf"(?<!\w){re.escape(before)}(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda _match: text, answered) if before else text


def _read_back(turn: Turn, items: Iterable[Item]) -> MessageRef:
    """The sentence that lists the stored values; a date of birth is named, not shown."""
    sentences, answers = catalogue(turn.conversation.language), turn.registration.answers
    parts = []
    for item in items:
        text = answers[item.id]
        text = _NAMED[item.answer](text, turn.conversation.language) if item.answer in _NAMED else text
        quoted = text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE].rstrip()}…"
        arguments = {} if item.answer is Answer.DATE else {"text": quoted}
        parts.append(str(sentences.text(f"note-noted-{item.id}", **arguments)))
    return MessageRef("note-noted", (("values", "; ".join(parts)),))
