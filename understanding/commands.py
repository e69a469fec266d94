"""Commands as whole messages: going back, changing an answer, looking at all of them, and the like."""

from __future__ import annotations

import re
from dataclasses import dataclass

from understanding.text import words


@dataclass(frozen=True)
class Command:
    """A command and, for a change, the item of the form it names.

    Attributes:
        name: an intent of the dialogue, for example ``go_back``.
        target: id of an item of the form, ``clause_3`` for the third clause of the code of ethics, or None.
    """

    name: str
    target: str | None = None


_PHRASES: dict[str, frozenset[str]] = {
    "go_back": frozenset(
        {"back", "go back", "go back please", "previous", "previous question", "back please", "step back", "/back"}
    ),
    "see_review": frozenset({"review", "review my answers", "show my answers", "check my answers", "see my answers"}),
    "resume": frozenset({"continue", "go on", "carry on", "resume", "keep my answer", "keep it", "next question"}),
    "repeat": frozenset({"repeat", "repeat please", "repeat the question", "say that again", "again please"}),
    "register": frozenset({"start", "begin", "register", "let's start", "lets start", "let's go", "sign me up"}),
    "faq_help": frozenset({"help", "/help", "help me", "what can i say", "i need help"}),
    "faq_status": frozenset({"status", "/status", "my status", "what is my status", "what's my status"}),
    "chat_greet": frozenset(
        {"/start", "hello", "hi", "hey", "hello there", "hi there", "good morning", "good afternoon", "good evening"}
    ),
    "chat_thanks": frozenset({"thanks", "thank you", "many thanks", "thanks a lot", "thank you very much"}),
    "chat_goodbye": frozenset({"bye", "goodbye", "bye bye", "see you", "see you later"}),
}

_TARGETS: dict[str, str] = {
    "account": "account",
    "account type": "account",
    "name": "full_name",
    "full name": "full_name",
    "legal name": "full_name",
    "email": "email",
    "e-mail": "email",
    "mail": "email",
    "email address": "email",
    "e-mail address": "email",
    "reasons": "reasons",
    "reason": "reasons",
    "motivation": "reasons",
    "experience": "experience",
    "expertise": "expertise",
    "areas of expertise": "expertise",
    "photo": "photo",
    "picture": "photo",
    "image": "photo",
    "date of birth": "date_of_birth",
    "birth date": "date_of_birth",
    "birthdate": "date_of_birth",
    "birthday": "date_of_birth",
    "background check": "background_check",
    "permission": "background_check",
    "two months": "two_months",
    "first commitment": "two_months",
    "second commitment": "published_and_rated",
    "code of ethics": "code_of_ethics",
}

_CLAUSE = re.compile(r"(?:clause|part|code of ethics|ethics) (\d{1,2})")

_CHANGE = re.compile(
    r"(?:please )?(?:i(?: want|'d like| would like| need) to )?(?:change|edit|correct|fix|update|redo|replace)"
    r"(?: my| the)? (?P<target>[\w -]+?)(?: please| again)?"
)
_ANOTHER = re.compile(r"i(?: want|'d like| would like) (?:another|a different|a new) (?P<target>[\w -]+)")


def read_command(text: str) -> Command | None:
    """The command that the whole message is, or None.

    Args:
        text: the whole message.
    """
    simple = words(text)
    for name, phrases in _PHRASES.items():
        if simple in phrases:
            return Command(name)
    match = _CHANGE.fullmatch(simple) or _ANOTHER.fullmatch(simple)
    target = _item(match["target"]) if match else None
    return Command("change_answer", target) if target else None


def _item(name: str) -> str | None:
    clause = _CLAUSE.fullmatch(name)
    return f"clause_{int(clause[1])}" if clause else _TARGETS.get(name)


def targets() -> frozenset[str]:
    """Every item id that a change command can name."""
    return frozenset(_TARGETS.values())
