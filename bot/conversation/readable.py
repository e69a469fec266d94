"""Prepares a message's text for Rasa, and the question's context for the reader."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

from bot.i18n.catalogue import ENGLISH, catalogue
from bot.messages.incoming import Incoming, Kind, Tap
from bot.registration import form
from bot.registration.answers import option_labels
from bot.registration.form import Answer, ItemId
from bot.registration.registration import EMAIL_CODE, REVIEW, SAVE, START, Registration
from bot.storage.models import utc_now
from bot.understanding.births import introduces_birth, without_birth_date
from bot.understanding.clauses import clauses
from bot.understanding.commands import read_command
from bot.understanding.dates import Problem, looks_like_date, masked, may_hold_date, read_date_of_birth
from bot.understanding.reader import ABOUT_ITEMS, OPTIONS, TEXT_KINDS, ReadingContext
from bot.understanding.text import MASK, has_word, is_question, plain

#: Characters of a text that Rasa gets; the actions take the whole text from the inbox.
LONGEST_TEXT = 1_000
#: With at most this many words beside a hidden date, a message is no question or command.
_FEW_WORDS = 3
#: Number words with other common uses: "one moment".
_COUNTING = re.compile(r"\b(?:one|two|first|second)\b", re.IGNORECASE)
#: A code as the e-mails write it; its digits look like a short date.
_CODE = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}(?!\d)")
#: An e-mail address, whose digits may look like a short date. It starts at a word's beginning, so a long word is
#: scanned once.
_ADDRESS = re.compile(r"(?<![^\s@])[^\s@]+@[^\s@]+\.[^\s@]+")
#: Put before a typed slash: it is invisible, and Rasa no longer takes the text for a command.
WORD_JOINER = "\u2060"
#: A yes withdraws the consent there, so words of the consent itself do not help to read the reply.
WITHDRAWAL = ReadingContext("withdraw", "yes_no")


def reading_context(question: ItemId | None, language: str = ENGLISH) -> ReadingContext:
    """The open question, as the reader needs it.

    Args:
        question: its id; None where none is open.
        language: code of the language in which it is shown.
    """
    return replace(_reading_context(question, language), language=language)


def _reading_context(question: ItemId | None, language: str) -> ReadingContext:
    item = form.BY_ID.get(question) if question else None
    if item is not None and item.answer is Answer.CHOICE and item.yes_and_no is None:
        return ReadingContext(question, OPTIONS, options=tuple(option_labels(item, catalogue(language)).values()))
    if item is not None:
        return ReadingContext(question, item.answer.value, item.wording if item.kind is form.Kind.CONSENT else "")
    kinds = {START: "start", REVIEW: "review", EMAIL_CODE: "code"}
    return ReadingContext(question, kinds.get(question, "yes_no") if question else None)


def current_reading_context(current: Registration, message: Incoming, language: str) -> ReadingContext:
    """The question that a mentor saw when they sent a message, as the reader needs it."""
    item = form.BY_ID.get(ItemId(message.shown))
    if item is not None and item.answer is Answer.LONG_TEXT and message.kind is Kind.TEXT and current.open_question:
        return reading_context(item.id, language)  # also if the next question is open but was not seen
    if current.withdrawing:
        return replace(WITHDRAWAL, language=language)
    if current.open_question == SAVE:
        return ReadingContext(SAVE, current.doubted.item.answer.value, language=language)
    return reading_context(current.open_question, language)


def hides_date(message: Incoming, question: ItemId | None, delivered: str | None) -> bool:
    """Whether a message may hold the date of birth, which neither Rasa nor the transcript may get.

    The question that the message answers counts, not the next one. At the date question everything that could be a date
    is hidden. At a question that does not ask for free text, anything that looks like a whole date is hidden as well,
    for example an impatient second try. If the shown question is unknown, or none is open, all earlier questions count.

    Args:
        message: what was sent.
        question: the open question, or the one that it answered.
        delivered: the one that was shown last.
    """
    if message.kind is Kind.BUTTON:
        return bool(message.payload) and not message.text
    is_known = bool(message.shown) and question is not None
    answers = (ItemId(message.shown),) if is_known else (question, delivered, message.shown)
    if form.DATE_OF_BIRTH in answers:
        return may_hold_date(message.text)
    text = _ADDRESS.sub(" ", message.text)
    if EMAIL_CODE in answers and not introduces_birth(text):
        text = _CODE.sub(" ", text)
    item = form.BY_ID.get(answers[0] or START)
    is_free_text = item is not None and item.answer.value in TEXT_KINDS
    return not is_free_text and looks_like_date(text)


def readable_text(message: Incoming, *, hidden: bool, born: date | None = None, is_elsewhere: bool = False) -> str:
    """The text for Rasa: an intent for a tap, a file or a date of birth; otherwise the text without dates.

    Args:
        message: what was sent.
        hidden: whether it may hold the date of birth.
        born: the date of birth, if it is known.
        is_elsewhere: whether another question than the date of birth is open.
    """
    if message.kind is Kind.OPEN:
        return "/chat_greet"
    if message.kind is Kind.BUTTON:
        tap = Tap.parse(message.payload)
        if tap is None:
            return "/inform"
        return command_text(tap.intent, tap.question if tap.intent in {"change_answer", *ABOUT_ITEMS} else None)
    if message.kind is not Kind.TEXT or not plain(message.text):
        return "/inform"
    text = message.text
    if hidden:
        command = read_command(text)
        if command:
            return command_text(command.name, command.target)
        is_more = (is_elsewhere and introduces_birth(text)) or (not is_elsewhere and _asks_beside_date(text))
        if not is_more:  # else the rest of its text counts, too
            problem = read_date_of_birth(text, utc_now().date()).problem
            if problem is not Problem.NO_DATE and not (problem is Problem.INCOMPLETE and is_question(text)):
                return "/inform"
            if _is_mostly_date(text):
                return "/inform"
        text = masked(text)
    text = without_birth_date(text.strip()[:LONGEST_TEXT], born)
    return WORD_JOINER + text if text.startswith("/") else text


def _is_mostly_date(text: str) -> bool:
    """Whether a text is little more than a date or a part of one: "it was the fourteenth"."""
    hidden = masked(_COUNTING.sub("", text))
    return MASK in hidden and not is_question(text) and sum(has_word(word) for word in hidden.split()) <= _FEW_WORDS


def _asks_beside_date(text: str) -> bool:
    """Whether a text is a date, and a question without one after it: "4 July 1948. Who sees it?"."""
    first, *others = clauses(masked(text))
    asked = [each for each in others if each.endswith("?")]
    return MASK in first and not first.endswith("?") and bool(asked) and not any(MASK in each for each in others)


def command_text(intent: str, target: str | None) -> str:
    """An intent as Rasa takes it for text, with the item that it is about."""
    return f"/{intent}{json.dumps({'question': target})}" if target else f"/{intent}"
