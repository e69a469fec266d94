"""What a message means at the question that is open."""

from __future__ import annotations

from dataclasses import dataclass

from understanding.commands import read_command
from understanding.consent import Reading, read_consent
from understanding.text import is_question, words

#: Kinds of question whose typed answer is a yes or a no.
YES_NO_KINDS = frozenset({"yes_no", "review", "choice", "start"})
#: Kinds whose typed answer is the text itself.
TEXT_KINDS = frozenset({"name", "email", "long_text"})

_EXISTING = frozenset(
    {
        "i already have a jobgen account",
        "i already have an account",
        "i have an account",
        "already have one",
        "existing",
    }
)
_NEW = frozenset(
    {"i need to register", "i need an account", "register", "i don't have one", "new", "i am new", "i'm new"}
)
_SUBMIT = frozenset({"submit", "submit it", "submit please", "send", "send it", "all correct", "everything is correct"})


@dataclass(frozen=True)
class Meaning:
    """What was understood.

    Attributes:
        intent: an intent of the dialogue; None where it can only be a digression, if anything.
        target: the item of the form that a command names.
    """

    intent: str | None
    target: str | None = None


def read(text: str, kind: str | None) -> Meaning:
    """Read a message.

    Args:
        text: the whole message.
        kind: how the open question is answered (a value of the form's ``Answer``), or ``start``, ``review``;
            None when no question is open, or it is not known (Rasa's own shell).

    Returns:
        A command, ``affirm`` or ``deny``, ``inform`` for an answer in words, or no intent, where the
        trained classifier decides which digression it is, if any.
    """
    command = read_command(text)
    if kind == "choice":
        simple = words(text)
        if simple in _EXISTING or simple in _NEW:
            return Meaning("affirm" if simple in _EXISTING else "deny")
    if kind == "review" and words(text) in _SUBMIT:
        return Meaning("affirm")
    if command is not None:
        return Meaning(command.name, command.target)
    if kind is None or kind in YES_NO_KINDS:
        return _yes_no(text, kind)
    if kind in TEXT_KINDS and not is_question(text):
        return Meaning("inform")
    return Meaning(None)


def _yes_no(text: str, kind: str | None) -> Meaning:
    reading = read_consent(text)
    if reading is Reading.YES:
        return Meaning("register" if kind == "start" else "affirm")
    if reading is Reading.NO:
        return Meaning("deny")
    return Meaning(None)
