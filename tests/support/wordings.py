"""Finds the other wordings of a sentence, which the bot uses to avoid repeating itself."""

from __future__ import annotations

import re
from functools import cache

from fluent.syntax import FluentParser, ast

from bot.i18n.catalogue import ENGLISH, sources

#: The fewest characters of a wording that can be recognised.
_SHORTEST = len("Saved.")


def is_said(words: str, heard: str) -> bool:
    """Whether ``words`` were said, or another wording of the English sentence that contains them."""
    return words in heard or any(
        words in text and any(re.search(each, heard) for each in others) for text, others in _wordings()
    )


@cache
def _wordings() -> list[tuple[str, list[str]]]:
    """Sentences without their arguments, and patterns of their other wordings."""
    found = []
    for _name, source in sources(ENGLISH):
        for entry in FluentParser().parse(source).body:
            if isinstance(entry, ast.Message) and entry.value is not None:
                others = [_texts(each.value) for each in entry.attributes if each.id.name.startswith("again")]
                telling = [".*".join(map(re.escape, each)) for each in others if len("".join(each)) >= _SHORTEST]
                found.append(("…".join(_texts(entry.value)), telling))
    return found


def _texts(pattern: ast.Pattern) -> list[str]:
    return [each.value if isinstance(each, ast.TextElement) else "" for each in pattern.elements]
