"""Reads an answer: returns the value to store, or raises with a sentence for the mentor. It uses no database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from email_validator import EmailNotValidError, validate_email

from bot.i18n.catalogue import Argument, Catalogue
from bot.i18n.geography import country_code, region_code
from bot.registration.form import Answer, Item
from bot.understanding.addresses import addresses_in, meant_address, spelled_address
from bot.understanding.asides import Aside, aside_in
from bot.understanding.choices import chosen
from bot.understanding.consent import Doubt, doubt_about
from bot.understanding.dates import read_date_of_birth
from bot.understanding.names import is_rather_of_oneself, is_rather_said, read_name
from bot.understanding.text import has_word, is_question, plain

#: The fewest characters of a typed answer: "IT" and "HR" are areas of expertise.
MINIMUM_TEXT_LENGTH = 2


@dataclass(frozen=True)
class MessageRef:
    """A reference to a sentence of the catalogue: its id and arguments, without the text.

    Attributes:
        id: its id in the catalogue.
        arguments: the names and values of its variables.
    """

    id: str
    arguments: tuple[tuple[str, Argument], ...] = ()


class InvalidAnswerError(Exception):
    """The text is no answer to the question.

    Attributes:
        note: the sentence that says what is wrong and how to fix it.
    """

    def __init__(self, note: str, **arguments: str | int) -> None:
        super().__init__(note)
        self.note = MessageRef(note, tuple(arguments.items()))


class DoubtfulAnswerError(Exception):
    """The text is probably no answer; only the mentor can tell.

    Attributes:
        value: the value to store after a yes.
        otherwise: the value to store after a no; "" to ask again.
    """

    def __init__(self, value: str, otherwise: str = "") -> None:
        super().__init__("doubtful")
        self.value = value
        self.otherwise = otherwise


def question_to_save(item: Item, *, changes: bool = False) -> str:
    """The sentence that asks whether to save a doubtful answer to ``item``.

    Args:
        item: the question.
        changes: whether it would replace an answer.
    """
    if changes and item.answer not in (Answer.NAME, Answer.COUNTRY, Answer.REGION):
        return f"question-change-{item.id}"
    kinds = {Answer.NAME: "question-save-name", Answer.EMAIL: "question-save-email"}
    return kinds.get(item.answer, "question-save-text")


#: An address with a space in it: "a b@example.org".
_SPLIT_ADDRESS = re.compile(r"\w\s+\S+@\S+")
#: "ann@exmple.org wait no @example.org".
_DOMAIN_SET_RIGHT = re.compile(
    r"(?P<name>[^\s@]+)@\S+\W+(?:(?:no|wait|sorry|oops|i meant?|rather|non|pardon|plutôt)\W+)+"
    r"(?P<domain>@[^\s@]+\.\w+)[.!]*",
    re.IGNORECASE,
)
#: The note to a message that is no answer to a question for text.
_NO_ANSWERS = {
    Aside.WORD: "note-own-words",
    Aside.SAID_BEFORE: "note-said-before",
    Aside.COMMAND: "faq-commands",
}

#: The decisions in a consent's record: yes, no, neither, or withdrawn.
AGREED = "agreed"
REFUSED = "refused"
UNCLEAR = "unclear"
WITHDRAWN = "withdrawn"
#: What each intent decides at a consent.
DECISIONS = {"affirm": AGREED, "deny": REFUSED}


def option_labels(item: Item, sentences: Catalogue) -> dict[str, str]:
    """The label of each option of a choice in the language of ``sentences``, in order."""
    names = {value: f"option-{item.id}-{value}" for value, _wording in item.options}
    return {
        value: sentences.text(names[value]) if sentences.has(names[value]) else wording
        for value, wording in item.options
    }


def read_choice(item: Item, intent: str, text: str, labels: Mapping[str, str]) -> str:
    """The answer that a mentor chose.

    Args:
        item: the question.
        intent: what Rasa understood.
        text: the message as typed.
        labels: the options' labels as shown to the mentor.

    Raises:
        InvalidAnswerError: none, or more than one.
    """
    if item.yes_and_no is not None:
        if intent not in ("affirm", "deny"):
            raise InvalidAnswerError("note-unclear-choice")
        return item.yes_and_no[intent == "deny"]
    place = chosen(text, list(labels.values()))
    if place is None:
        raise InvalidAnswerError("note-unclear-option", options=", ".join(labels.values()))
    return list(labels)[place]


def read_decision(intent: str, text: str) -> str:
    """The mentor's decision at a consent: `AGREED` or `REFUSED`.

    Args:
        intent: what Rasa understood.
        text: the message, to find the reason if it is neither.

    Raises:
        InvalidAnswerError: neither a clear yes nor a clear no; the note says why.
    """
    decision = DECISIONS.get(intent)
    if decision is None:
        doubt = doubt_about(text)
        raise InvalidAnswerError("note-unclear-consent" if doubt is Doubt.OTHER else f"note-unclear-{doubt.value}")
    return decision


def read_birth_date(text: str, today: date) -> tuple[date, ...]:
    """The date of birth in ``text``; two where day and month could be swapped.

    Raises:
        InvalidAnswerError: there is no date, or an impossible one.
    """
    if not plain(text):
        raise InvalidAnswerError("note-empty")
    reading = read_date_of_birth(text, today)
    if reading.problem is not None:
        raise InvalidAnswerError(f"note-date-{reading.problem.value.replace('_', '-')}")
    return reading.candidates


def read_text_answer(item: Item, text: str, *, in_doubt: bool = False) -> str:
    """The value to store for a typed answer to a name, e-mail or long-text question.

    Args:
        item: the question.
        text: the message as typed.
        in_doubt: whether it is hardly meant as an answer in free words.

    Raises:
        InvalidAnswerError: it is empty, too long, or not in the form that the question needs.
        DoubtfulAnswerError: it may not be meant as an answer.
    """
    stripped = text.strip()
    if not plain(stripped):
        raise InvalidAnswerError("note-empty")
    _check_length(item, stripped)
    if item.answer is Answer.EMAIL:
        return _email(stripped)
    if item.answer in (Answer.COUNTRY, Answer.REGION):
        return _place(item.answer, stripped)
    if not has_word(stripped):
        raise InvalidAnswerError("note-no-words")
    if item.answer is Answer.LONG_TEXT and len(plain(stripped)) < MINIMUM_TEXT_LENGTH:
        raise InvalidAnswerError("note-too-short", limit=MINIMUM_TEXT_LENGTH)
    if item.answer is Answer.NAME:
        stripped = _name(stripped)
        _check_length(item, stripped)  # normalising can make it longer
    aside = aside_in(text, item.answer.value)
    if aside in _NO_ANSWERS:
        raise InvalidAnswerError(_NO_ANSWERS[aside])
    is_doubtful_name = item.answer is Answer.NAME and (
        is_rather_said(stripped)
        or is_rather_of_oneself(text, stripped)
        or (is_question(text) and is_rather_said(text.strip()))
    )
    if aside is not None or is_doubtful_name or in_doubt:
        raise DoubtfulAnswerError(stripped)
    return stripped


def _check_length(item: Item, text: str) -> None:
    if item.max_length is not None and len(text) > item.max_length:
        raise InvalidAnswerError("note-too-long", length=len(text), limit=item.max_length)


def _name(text: str) -> str:
    name = read_name(text)
    if name is None:
        raise InvalidAnswerError("note-not-a-name")
    return name


def _email(text: str) -> str:
    """The address in the typed text: in brackets, in a sentence, after "mailto:"."""
    right = _DOMAIN_SET_RIGHT.fullmatch(plain(text))
    found = [right["name"] + right["domain"]] if right is not None else addresses_in(plain(text))
    if len(found) > 1:
        raise InvalidAnswerError("note-several-emails")
    is_whole = any("." in each.rpartition("@")[2] for each in found)
    spelled = None if is_whole else spelled_address(plain(text))
    if spelled is None and _SPLIT_ADDRESS.fullmatch(plain(text)):
        raise InvalidAnswerError("note-not-an-email")
    try:
        address = validate_email(spelled or "".join(found), check_deliverability=False).normalized
    except EmailNotValidError:
        raise InvalidAnswerError("note-not-an-email") from None
    meant = meant_address(address)
    if meant is not None and spelled is None:
        raise DoubtfulAnswerError(meant, otherwise=address)
    if spelled is not None:
        raise DoubtfulAnswerError(meant or address)
    return address


def _place(kind: Answer, text: str) -> str:
    found = country_code(plain(text)) if kind is Answer.COUNTRY else region_code(plain(text))
    if found is None:
        raise InvalidAnswerError("note-not-a-country" if kind is Answer.COUNTRY else "note-not-a-region")
    return found
