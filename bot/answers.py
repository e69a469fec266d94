"""Reading a typed answer: what is stored, or the sentence for the mentor."""

from __future__ import annotations

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from bot.form import Answer, Item
from understanding.names import read_name
from understanding.text import has_word, plain

#: What people put before their address.
_EMAIL_LEAD = re.compile(r"(?:(?:my|the) )?(?:(?:e-?mail|mail)(?: address)?(?: is|'s|:)|it is|it's) ", re.IGNORECASE)


@dataclass(frozen=True)
class Note:
    """A sentence of the catalogue for the mentor.

    Attributes:
        id: its name in the catalogue.
        arguments: what it needs filled in.
    """

    id: str
    arguments: tuple[tuple[str, str | int], ...] = ()


class InvalidAnswerError(Exception):
    """The text is no answer to the question.

    Attributes:
        note: the sentence that says what is wrong and how to mend it.
    """

    def __init__(self, note: str, **arguments: str | int) -> None:
        super().__init__(note)
        self.note = Note(note, tuple(arguments.items()))


def read_text_answer(item: Item, text: str) -> str:
    """The value to store for a typed answer to a name, e-mail or long-text question.

    Args:
        item: the question.
        text: the message as typed.

    Raises:
        InvalidAnswerError: it is empty, too long, or not of the form that the question asks for.
    """
    stripped = text.strip()
    if not plain(stripped):
        raise InvalidAnswerError("note-empty")
    _check_length(item, stripped)
    if item.answer is Answer.EMAIL:
        return _email(stripped)
    if not has_word(stripped):
        raise InvalidAnswerError("note-no-words")
    if item.answer is Answer.NAME:
        stripped = _name(stripped)
        _check_length(item, stripped)  # composing letters and marks can make it longer
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
    address = _EMAIL_LEAD.sub("", plain(text), count=1).strip("<>()[],;:\"'.!? ")
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        raise InvalidAnswerError("note-not-an-email") from None
