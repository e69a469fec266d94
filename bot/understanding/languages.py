"""The language that a mentor writes, and the one that they ask for, of those in ``lists/languages.txt``."""

from __future__ import annotations

import re

from bot.understanding.lists import PhraseList
from bot.understanding.text import folded, words

_LANGUAGES = PhraseList("languages")
_NAME, _WORDS = "name of ", "words of "
_CODES = tuple(part.removeprefix(_WORDS) for part in _LANGUAGES.parts if part.startswith(_WORDS))
#: Kinds of question at which the name of a language alone is an answer: a surname, an area of expertise.
_NAMES_ARE_ANSWERS = frozenset({"name", "long_text"})
_WORD = re.compile(r"[^\W\d_]+")
#: Words of a language that tell it; of a message with hardly any words, one is enough.
_ENOUGH = 2
_HARDLY_ANY = 3
#: How many times as many words it has to have as any other language.
_CLEARLY = 2


def language_asked_for(text: str, kind: str | None = None) -> str | None:
    """Code of the language that the whole message asks the bot to write, or None.

    Args:
        text: the whole message.
        kind: how the open question is answered.
    """
    parts = _LANGUAGES.parts_of(text)
    said = {f"{_NAME}{code}" for code in _CODES} & parts if kind not in _NAMES_ARE_ANSWERS else set[str]()
    return next((code for code in _CODES if code in parts or f"{_NAME}{code}" in said), None)


def language_of(text: str) -> str | None:
    """Code of the language that a message is certainly written in, or None: too short, a name, or a mix."""
    said = _WORD.findall(folded(words(text).replace("'", " ")))
    found = [_LANGUAGES.parts_of(word) for word in said]
    counts = {code: sum(f"{_WORDS}{code}" in parts for parts in found) for code in _CODES}
    code = max(_CODES, key=lambda each: counts[each])
    others = max(count for other, count in counts.items() if other != code)
    enough = 1 if len(said) <= _HARDLY_ANY else _ENOUGH
    return code if counts[code] >= enough and counts[code] > _CLEARLY * others else None
