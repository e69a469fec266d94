"""The other wordings of a sentence: the bot says the same thing in other words when it said it a moment ago."""

from __future__ import annotations

import re
from functools import cache

from fluent.syntax import FluentParser, ast

from bot.i18n.catalogue import COPY, ENGLISH

#: Characters of the shortest wording that says something by itself.
_SHORTEST = len("Saved.")


def is_said(words: str, heard: str) -> bool:
    """Whether ``words`` were said, or another wording of an English sentence of the bot's that has them."""
    return words in heard or any(
        words in text and any(re.search(each, heard) for each in others) for text, others in _wordings()
    )


@cache
def _wordings() -> list[tuple[str, list[str]]]:
    """Sentences without what is filled in, and what matches each of their other wordings."""
    found = []
    for path in sorted((COPY / ENGLISH).glob("*.ftl")):
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
            if isinstance(entry, ast.Message) and entry.value is not None:
                others = [_texts(each.value) for each in entry.attributes if each.id.name.startswith("again")]
                telling = [".*".join(map(re.escape, each)) for each in others if len("".join(each)) >= _SHORTEST]
                found.append(("…".join(_texts(entry.value)), telling))
    return found


def _texts(pattern: ast.Pattern) -> list[str]:
    return [each.value if isinstance(each, ast.TextElement) else "" for each in pattern.elements]
