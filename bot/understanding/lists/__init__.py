"""Lists of phrases that a person can read and extend: text files, with one phrase a line and its language before it."""

from __future__ import annotations

from pathlib import Path

from bot.understanding.text import folded, words

_FOLDER = Path(__file__).parent
_ENGLISH = "en"
#: Characters of what can be a phrase, with all that makes no difference.
_LONGEST = 200


def comparable(text: str, language: str = _ENGLISH) -> str:
    """``text`` as phrases are compared: without a question mark, and in other languages than English without accents."""
    return (words(text) if language == _ENGLISH else folded(text)).rstrip("? ")


class PhraseList:
    """The phrases of one file, by the part that they stand in.

    A line of the file is a part's name in brackets, a phrase with its language before it (``en go back``), a comment
    that begins with ``#``, or empty.

    Attributes:
        parts: names of the parts, in order.
        vocabulary: every word of a phrase, as `comparable` gives them.
    """

    def __init__(self, name: str) -> None:
        self._parts: dict[tuple[bool, str], set[str]] = {}
        self.parts: list[str] = []
        for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                self.parts.append(line.strip("[] "))
            elif line and not line.startswith("#"):
                language, _, phrase = line.partition(" ")
                known = comparable(phrase, language)
                self._parts.setdefault((language == _ENGLISH, known), set()).add(self.parts[-1])
        self.vocabulary = frozenset(word for _is_english, phrase in self._parts for word in phrase.split())

    def part_of(self, text: str) -> str | None:
        """The first part that has the whole of ``text``; None if none has."""
        found = self.parts_of(text)
        return next((part for part in self.parts if part in found), None)

    def parts_of(self, text: str) -> set[str]:
        """Every part that has the whole of ``text``."""
        if len(text) > _LONGEST:
            return set()
        return self._parts.get((True, comparable(text)), set()) | self._parts.get((False, comparable(text, "")), set())
