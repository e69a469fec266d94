"""The sentences in the files of the form, as Fluent: each with the name by which the bot says it."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterator

from fluent.runtime import FluentResource
from fluent.syntax import ast

from bot.core.form_files import ENGLISH, FORM_FILES, FormFile, Words

#: The fields of a file that are sentences, each with its name in the catalogue.
_NAMES = {
    "question": "question-{}",
    "again": "question-{}.again",
    "hint": "question-{}.example",
    "label": "label-{}",
    "button": "consent-{}",
    "called": "item-{}",
    "why": "why-{}",
    "meaning": "meaning-{}",
    "sees": "sees-{}",
    "kept": "kept-{}",
    "example": "example-{}",
    "noted": "note-noted-{}",
    "change": "question-change-{}",
    "change_again": "question-change-{}.again",
    "value": "value-{}",
}

_Keys = tuple[str | int, ...]
#: By a message's name and an attribute's, "" for the message itself: the text, and where it stands in its file.
_Messages = dict[str, dict[str, tuple[_Keys, str]]]


def form_sentences(language: str) -> Iterator[tuple[str, str]]:
    """The messages of the form in ``language``: those of each file, with its name, in Fluent's notation."""
    for file, messages in _messages(language):
        written = []
        for name, said in messages.items():
            written.append(f"{name} = {_indented(said[''][1], 4)}" if "" in said else f"{name} =")
            others = ((attribute, text) for attribute, (_keys, text) in sorted(said.items()) if attribute)
            written += [f"    .{attribute} = {_indented(text, 8)}" for attribute, text in others]
        yield file.path.name, "\n".join(written) + "\n"


def check_form_sentences(language: str) -> None:
    """Find a sentence that is no Fluent.

    Raises:
        FormError: there is one; the message names the file and the line.
    """
    for file, messages in _messages(language):
        for keys, text in (each for said in messages.values() for each in said.values()):
            if any(isinstance(each, ast.Junk) for each in FluentResource(f"said = {_indented(text, 4)}\n").body):
                raise file.error("a brace is not closed, or holds no name such as { $wording }", *keys, language)


def _messages(language: str) -> Iterator[tuple[FormFile, _Messages]]:
    """Each file with its messages; English lacks the form's own wordings, which are no translations."""
    sections: set[str] = set()
    for file in FORM_FILES:
        translated = {} if language == ENGLISH else _own_words(file, sections)
        messages: _Messages = defaultdict(dict)
        for name, (keys, words) in (_said(file) | translated).items():
            if language in words:
                message, _, attribute = name.partition(".")
                messages[message][attribute] = keys, words[language]
        yield file, messages


def _said(file: FormFile) -> dict[str, tuple[_Keys, Words]]:
    """What the bot says of an item, by its name in the catalogue, with its place in the file."""
    item = file.item
    found: dict[str, tuple[_Keys, Words]] = {
        name.format(item.id): ((field,), getattr(item, field)) for field, name in _NAMES.items()
    }
    found[f"step-{file.step}"] = (("step_title",), item.step_title)
    for topic, words in item.answers.items():
        name, _, attribute = topic.partition(".")
        found[f"{name}-{item.id}" + (f".{attribute}" if attribute else "")] = (("answers", topic), words)
    return found


def _own_words(file: FormFile, sections: set[str]) -> dict[str, tuple[_Keys, Words]]:
    """The form's own words with their translations: headings, wordings, options."""
    item = file.item
    found: dict[str, tuple[_Keys, Words]] = {}
    section = f"section-{file.heading[ENGLISH].casefold().replace(' ', '_')}"
    if section not in sections:
        sections.add(section)
        found[section] = ((), file.heading)
    found[f"wording-{item.id}"] = (("wording", len(item.wording) - 1, "text"), item.current.text)
    for place, notice in enumerate(item.notices):
        found[f"wording-{notice.id}"] = (("notices", place, "wording"), notice.current.text)
    for place, option in enumerate(item.options):
        found[f"option-{item.id}-{option.value}"] = (("options", place, "text"), option.text)
    return found


def _indented(text: str, spaces: int) -> str:
    return text if "\n" not in text else "\n" + textwrap.indent(text, " " * spaces)
