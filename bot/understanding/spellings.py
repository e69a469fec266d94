"""How people misspell and shorten the words of a reply."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from spellchecker import SpellChecker

from bot.understanding.list_files import lines_of
from bot.understanding.text import without_accents

#: Short forms and slips, and the word that each stands for.
SHORT: dict[str, str] = {
    without_accents(slip): without_accents(word)
    for line in lines_of("spellings")
    for word, _, slips in [line.partition(" ")[2].partition(" = ")]
    for slip in slips.split()
}
#: A shorter word is corrected only where a slip is listed.
_SHORTEST = 5
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")


@lru_cache(maxsize=1)
def _english() -> SpellChecker:
    return SpellChecker()


class Spelling:
    """The usual spelling of words in a known vocabulary: short forms, and slips of one letter.

    Args:
        vocabulary: the words that a slip may have meant. What is a word of English itself is never taken for a slip.
    """

    def __init__(self, vocabulary: frozenset[str]) -> None:
        self._vocabulary = vocabulary
        self._near = SpellChecker(language=None, distance=1)
        self._near.word_frequency.load_words(sorted(vocabulary))
        self.of: Callable[[str], str] = lru_cache(maxsize=10_000)(self._spelled)

    def _spelled(self, word: str) -> str:
        word = without_accents(word)
        if word in SHORT:
            return SHORT[word]
        for letters in (r"\1", r"\1\1"):  # "yupppp", "alllways"
            if word not in self._vocabulary and _STRETCHED.sub(letters, word) in self._vocabulary:
                return _STRETCHED.sub(letters, word)
        if len(word) < _SHORTEST or not (word.isascii() and word.isalpha()) or word in self._vocabulary:
            return word
        if _english().known([word]):
            return word
        candidates: set[str] = (self._near.candidates(word) or set()) - {word}
        if len(candidates) != 1:
            return word
        meant = candidates.pop()
        # "usure" may be a slip for "unsure" as well as for "sure".
        return word if any(other != meant and other.endswith(meant) for other in self._english_near(word)) else meant

    @staticmethod
    def _english_near(word: str) -> set[str]:
        english = _english()
        return english.known(english.edit_distance_1(word))
