"""The file of a new item of the form, with “…” where something has to be written."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.form_files import TO_WRITE
from bot.i18n.catalogue import languages

#: The fields in their order, each with what to write.
_SAID = {
    "step_title": "What stands above the question, with the progress: two or three words.",
    "question": "How it is asked; { $wording } stands for the wording.",
    "again": "How it is asked again, after something else was said.",
    "label": "Its name at the review of the answers: two or three words.",
    "button": "Its short name, on the button that withdraws it: one to three words.",
    "called": "Its name in a sentence, such as “your experience” or “the part on laws”: “… and we’ll go on with it.”",
    "why": "Why this is asked. The answer to “why?”.",
    "meaning": "What it means in plain words, with an example. The answer to “what does it mean?”.",
    "sees": "Who sees the answer.",
    "kept": "How long the answer is kept.",
    "example": "An example. The answer to “can you give me an example?”.",
    "noted": "How an answer that comes early is repeated: “your experience, { $text }”.",
    "change": "Whether another answer, { $text }, replaces the present one.",
    "change_again": "The same, asked again.",
}
_OF_A_CLAUSE = ("button", "called", "why", "meaning", "example")
_OF_A_QUESTION = ("step_title", "question", "again", "label", "called", "why", "meaning", "sees", "kept", "example")
_OF_A_TEXT = ("noted", "change", "change_again")
_WORDING = """# The wording, word for word. `bot form build` adds its SHA-256.
wording:
  - version: 1
    text:
{text}"""
_OPTIONS = """# The answers: each with the value that is stored, in small letters, and the words on its button.
options:
  - value: first
    text:
{text}  - value: second
    text:
{text}"""
_NAMES = """
# What people call it, in small letters without accents: each a word, or a regular expression such as  laws?
names:
  en: []
  fr: []
"""
_PARAPHRASES = """
# Words that agree to it, as in bot/understanding/lists/agreements.txt; take the mark away before those that you write.
# Under `deed` stands what a mentor does, under `never` what they never do.
# paraphrases:
#   deed: |
#     en keep to the rules
#   never: |
#     en break the rules
"""


def skeleton(kind: str, name: str, answer: str) -> str:
    """A new file.

    Args:
        kind: ``question`` or ``clause``.
        name: the item's id.
        answer: of a question, the kind of answer.
    """
    if kind == "clause":
        head = f"id: {name}\nkind: clause\n{_WORDING.format(text=_words(6))}"
        return "".join([head, *_said(_OF_A_CLAUSE), _NAMES, _PARAPHRASES])
    is_choice = answer == "choice"
    fields = _OF_A_QUESTION if is_choice else (*_OF_A_QUESTION, *_OF_A_TEXT)
    return "".join(
        [
            f"id: {name}\nkind: question\nanswer: {answer}\n",
            _WORDING.format(text=_words(6)),
            _OPTIONS.format(text=_words(6)) if is_choice else "",
            *_said(fields),
            _NAMES,
        ]
    )


def _said(fields: Iterable[str]) -> Iterable[str]:
    for field in fields:
        yield f"\n# {_SAID[field]}\n{field}:\n{_words(2)}"


def _words(spaces: int) -> str:
    """A line for each language."""
    return "".join(f"{' ' * spaces}{language}: {TO_WRITE}\n" for language in languages())
