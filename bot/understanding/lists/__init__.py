"""Lists of phrases that a person can read and extend: text files, with one phrase a line and its language before it."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cached_property

from bot.understanding.list_files import lines_of
from bot.understanding.spellings import Spelling
from bot.understanding.text import bare, folded, words

_ENGLISH = "en"
#: Words of one phrase, and of a row of them, at most.
_LONGEST_PHRASE = 8
_LONGEST_ROW = 16
#: What parts two phrases of a row.
_PAUSES = re.compile(r"[,;:.!?…]+|(?<!\S)[-–—]+(?!\S)")
#: Characters of what can be a phrase, with all that makes no difference.
_LONGEST = 200


class PhraseList:
    """The phrases of one file, by the part that they stand in.

    A line of the file is a part's name in brackets, a phrase with its language before it (``en go back``), a comment
    that begins with ``#``, or empty.

    Attributes:
        parts: names of the parts, in order.
        vocabulary: every word of a phrase, as phrases are compared.
    """

    def __init__(self, name: str) -> None:
        self._parts: dict[tuple[bool, str], set[str]] = {}
        self.parts: list[str] = []
        self._phrases: dict[str, list[str]] = {}
        for line in lines_of(name):
            if line.startswith("["):
                self.parts.append(line.strip("[] "))
            else:
                language, _, phrase = line.partition(" ")
                known = _compared(words(phrase), is_english=language == _ENGLISH)
                self._phrases.setdefault(self.parts[-1], []).append(phrase)
                self._parts.setdefault((language == _ENGLISH, known), set()).add(self.parts[-1])
        self.vocabulary = frozenset(word for _is_english, phrase in self._parts for word in phrase.split())

    def phrases(self, part: str) -> list[str]:
        """The phrases of a part, as they are written."""
        return self._phrases[part]

    @cached_property
    def _spelling(self) -> Spelling:
        return Spelling(self.vocabulary)

    def part_of(self, text: str) -> str | None:
        """The first part that has the whole of ``text``; None if none has."""
        found = self.parts_of(text)
        return next((part for part in self.parts if part in found), None)

    def parts_of(self, text: str) -> set[str]:
        """Every part that has the whole of ``text``."""
        if len(text) > _LONGEST:
            return set()
        said = words(text)
        found = (self._parts.get((each, _compared(said, is_english=each)), set()) for each in (True, False))
        return set().union(*found)

    def composed(self, text: str, parts: Collection[str], *, mends: bool = False) -> frozenset[str]:
        """Those of ``parts`` whose phrases, in a row, make all of ``text``; none if a word is left over.

        A question mark makes no difference: whoever has to know looks for it.

        Args:
            text: the whole message.
            parts: the parts that may be in it.
            mends: a slip of one letter makes no difference either.
        """
        said = _PAUSES.sub(" ", words(text)).split()
        if mends and len(said) <= _LONGEST_ROW:
            said = [self._spelling.of(word) for word in said]
        known = self.vocabulary
        if len(said) > _LONGEST_ROW or not all(word in known or folded(word) in known for word in said):
            return frozenset()
        made: list[frozenset[str] | None] = [frozenset(), *(None for _ in said)]
        for end in range(1, len(said) + 1):
            for start in range(max(0, end - _LONGEST_PHRASE), end):
                before = made[start]
                found = self.parts_of(" ".join(said[start:end])).intersection(parts) if before is not None else None
                if before is not None and found:
                    made[end] = (made[end] or frozenset()) | before | found
        return made[-1] or frozenset()


def _compared(said: str, *, is_english: bool) -> str:
    """Words as phrases are compared: without a question mark, and in other languages than English without accents."""
    return (said if is_english else bare(said)).rstrip("? ")
