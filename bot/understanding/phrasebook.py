"""Lists of phrases that are patterns: a phrase may have words left out, words to choose from, and phrases of another part.

See `bot/understanding/lists/agreements.txt` for how they are written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.understanding.list_files import lines_of
from bot.understanding.text import without_accents

_ELEMENT = re.compile(r"\((?P<optional>[^)]*)\)|<(?P<part>\w+)>|(?P<words>\S+)")
#: Stands before the phrases that can begin with any word.
_ANY_WORD = "*"


class Phrasebook:
    """The phrases of one file, by the part that they stand in.

    Words are compared as `bot.understanding.phrases.spoken` gives them, without accents and with a space after each.

    Args:
        name: of the file.
        more: lines beside those of the file.

    Attributes:
        phrases: by the part that they stand in, each with its language.
        parts: names of the parts, in order.
        vocabulary: every word of a phrase.
    """

    def __init__(self, name: str, more: Iterable[str] = ()) -> None:
        self.phrases: dict[str, list[tuple[str, str]]] = {}
        for line in (*lines_of(name), *more):
            if line.startswith("["):
                self.phrases[line.strip("[] ")] = []
            else:
                language, _, phrase = line.partition(" ")
                self.phrases[next(reversed(self.phrases))].append((language, without_accents(phrase.casefold())))
        self._phrases = {part: [phrase for _, phrase in phrases] for part, phrases in self.phrases.items()}
        self.parts = list(self._phrases)
        every = " ".join(phrase for phrases in self._phrases.values() for phrase in phrases)
        self.vocabulary = frozenset(re.sub(r"<\w+>|[()/*]", " ", every).split())
        self._by_first_word: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for part, phrases in self._phrases.items():
            for phrase in phrases:
                for word in self._first_words(phrase):
                    self._by_first_word[word].append((part, phrase))
        self._compiled = lru_cache(maxsize=None)(lambda phrase: re.compile(self.pattern_of(phrase)))

    def beginning(self, words: str, start: int = 0) -> Iterator[tuple[str, int]]:
        """The parts of the phrases with which ``words`` go on at ``start``, and where each ends."""
        word = words[start : words.find(" ", start)]
        for part, phrase in (*self._by_first_word.get(word, ()), *self._by_first_word.get(_ANY_WORD, ())):
            match = self._compiled(phrase).match(words, start)
            if match:
                yield part, match.end()

    def parts_of(self, words: str) -> set[str]:
        """Every part that has the whole of ``words`` as a phrase."""
        return {part for part, end in self.beginning(words) if end == len(words)}

    def within(self, part: str) -> re.Pattern[str]:
        """A pattern that finds any phrase of ``part`` among words."""
        return re.compile(rf"(?<!\S)(?:{self._either(part)})")

    def _elements(self, phrase: str) -> Iterator[tuple[str, str]]:
        for element in _ELEMENT.finditer(phrase):
            kind = str(element.lastgroup)
            yield kind, element[kind]

    def pattern_of(self, phrase: str) -> str:
        """The regular expression of a phrase, each of whose words has a space after it."""
        made = ""
        for kind, text in self._elements(phrase):
            if kind == "optional":
                made += f"(?:{self.pattern_of(text)})?"
            elif kind == "part":
                made += f"(?:{self._either(text)})"
            else:
                either = "|".join(re.escape(word).replace(r"\*", r"[^ ]*") for word in text.split("/"))
                made += f"(?:{either}) " if "/" in text else f"{either} "
        return made

    def _either(self, part: str) -> str:
        return "|".join(map(self.pattern_of, sorted(self._phrases[part], key=len, reverse=True)))

    def _first_words(self, phrase: str) -> set[str]:
        """The words that a phrase can begin with."""
        found: set[str] = set()
        for kind, text in self._elements(phrase):
            if kind == "words":
                return found | {_ANY_WORD if "*" in word else word for word in text.split("/")}
            if kind == "part":
                return found.union(*map(self._first_words, self._phrases[text]))
            found |= self._first_words(text)
        return found
