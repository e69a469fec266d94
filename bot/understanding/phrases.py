"""Reading a whole message as a sequence of known phrases.

A phrase is a regular expression over the message's words, with " , " for any punctuation between them. A message
is *composed* of phrases when it can be cut into them without a word left over, so nothing in it goes unread: that
is the difference to finding a phrase somewhere inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.understanding.text import plain, without_name

#: Stands for punctuation that parts phrases from one another.
PAUSE = ","
_TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*%?|\S")
_PAUSES = frozenset(",.;:!-–—")
_JOINERS = frozenset({PAUSE, "and", "&", "n", "+"})
_EMPHASIS = "*_ "


def any_of(*alternatives: str) -> str:
    """A group that matches any of ``alternatives``, the long ones first: a phrase goes as far as it can."""
    return "(?:" + "|".join(sorted(alternatives, key=len, reverse=True)) + ")"


def listed(phrases: str) -> tuple[str, ...]:
    """The regular expressions in ``phrases``, which semicolons part."""
    return tuple(each.strip() for each in phrases.split(";") if each.strip())


def spoken(text: str, spelled: Callable[[str], str] = str) -> str:
    """The words of ``text`` in lower case, one space apart, with " , " for each run of pauses between them.

    Args:
        text: the whole message; signs that are neither words nor pauses stay, as words of their own.
        spelled: gives the usual spelling of a word.
    """
    words: list[str] = []
    for token in _TOKEN.findall(without_name(plain(text)).casefold().strip(_EMPHASIS)):
        word = PAUSE if token in _PAUSES else spelled(token)
        if word != PAUSE or (words and words[-1] != PAUSE):
            words.append(word)
    while words and words[-1] == PAUSE:
        words.pop()
    return " ".join(words)


class Phrases:
    """Kinds of phrases.

    Args:
        kinds: for each kind, the regular expressions of its phrases, as text.
        apart: pairs of kinds of which the second may follow the first only after a pause.
    """

    def __init__(self, kinds: Mapping[str, tuple[str, ...]], apart: frozenset[tuple[str, str]] = frozenset()) -> None:
        self._patterns = [
            (kind, re.compile(rf"(?:{pattern})(?= |$)")) for kind, patterns in kinds.items() for pattern in patterns
        ]
        every = "|".join(pattern for patterns in kinds.values() for pattern in patterns)
        #: Most words begin no phrase at all, which one look can tell.
        self._any = re.compile(rf"(?:{every})(?= |$)")
        self._apart = apart
        #: Every word of four letters and more that a phrase has.
        self.vocabulary = frozenset(
            word
            for patterns in kinds.values()
            for pattern in patterns
            for found, optional in re.findall(r"([a-z]{4,})(\??)", pattern)
            for word in ([found, found[:-1]] if optional else [found])
        )

    def compositions(self, words: str) -> set[frozenset[str]]:
        """Every set of kinds of which the whole of ``words`` can be composed; empty if it cannot.

        Args:
            words: from `spoken`. Pauses and "and" may stand between two phrases.
        """
        # For each position: the kinds so far, and the last of them unless a pause came after it.
        found: list[set[tuple[frozenset[str], str]]] = [set() for _ in range(len(words) + 2)]
        found[0].add((frozenset(), ""))
        for start in range(len(words)):
            if found[start]:
                for kind, end in self._from(words, start):
                    found[min(end + 1, len(words) + 1)] |= self._extended(found[start], kind)
        return {kinds for kinds, _last in found[len(words) + 1]}

    def _extended(self, so_far: set[tuple[frozenset[str], str]], kind: str) -> set[tuple[frozenset[str], str]]:
        if not kind:
            return {(kinds, "") for kinds, _last in so_far}
        return {(kinds | {kind}, kind) for kinds, last in so_far if (last, kind) not in self._apart}

    def _from(self, words: str, start: int) -> list[tuple[str, int]]:
        """The kinds of phrases that begin at ``start``, and where each ends; "" for what only parts two phrases."""
        patterns = self._patterns if self._any.match(words, start) else ()
        ends = [(kind, match.end()) for kind, pattern in patterns if (match := pattern.match(words, start))]
        following = words.find(" ", start)
        if start > 0 and following > 0 and words[start:following] in _JOINERS:
            ends.append(("", following))
        return ends

    def openings(self, words: str) -> list[tuple[str, str]]:
        """The kinds of phrases that ``words`` begins with, each with the words that follow it."""
        return [(kind, words[end:].strip(" ,")) for kind, end in self._from(words, 0) if kind]
