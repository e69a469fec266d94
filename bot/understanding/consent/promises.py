"""Whether a reply promises a consent's content in a mentor's own words: "I will keep what my mentee tells me confidential".

It never counts at once: too much may hide in words that no list knows. It is asked back.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from bot.understanding.consent.agreement import OWN_WORDS
from bot.understanding.text import without_accents

#: Parts of `OWN_WORDS` with which somebody begins to promise or to permit.
_OPENINGS = ("will", "pledge", "permit")
#: Openings that promise nothing by themselves: "I have a concern", "I agree that they should".
_OPENS_NOTHING = re.compile(r"(?:and )?(?:i|(?:i )?always|(?:i )?(?:\w+ )?agree(?: that| to)?) ")
#: Words are compared by their first letters: "confidential", "confidentiality".
_WORD = re.compile(r"[a-z0-9]+")
_LETTERS = 5
_SHORTEST_WORD = 4
#: A word in the vocabulary of more consents tells none of them apart: "mentee", "with".
_MOST_CONSENTS = 5
#: How many of the consent's words a promise has at least, and which part of its words they are.
_ENOUGH, _SHARE = 2, 0.5
#: The same for one with a condition, which may be the consent's own: "if I am not sure, I ask for advice".
_ENOUGH_WITH_CONDITION, _SHARE_WITH_CONDITION = 4, 0.75


def promises(words: str, consent: str, wording: str, *, has_condition: bool = False) -> bool:
    """Whether ``words`` begin like a promise or a permission, and half of what they say are the consent's words.

    Args:
        words: from `bot.understanding.phrases.spoken`, with a space after the last one.
        consent: id of what is asked for.
        wording: its text.
        has_condition: most of the words have to be the consent's, since the condition has to be its own.
    """
    opening = max((end for part, end in OWN_WORDS.beginning(words) if part in _OPENINGS), default=0)
    if not opening or _OPENS_NOTHING.fullmatch(words[:opening]):
        return False
    enough, share = (_ENOUGH_WITH_CONDITION, _SHARE_WITH_CONDITION) if has_condition else (_ENOUGH, _SHARE)
    known = _vocabularies().get(consent, frozenset()) | _stems(wording)
    said = [stem for stem in _stem_list(words[opening:]) if _in_how_many()[stem] <= _MOST_CONSENTS]
    found = sum(stem in known for stem in said)
    return found >= enough and found >= share * len(said)


def _stem_list(text: str) -> list[str]:
    words = _WORD.findall(without_accents(text.casefold()))
    return [word[:_LETTERS] for word in words if len(word) >= _SHORTEST_WORD or word.isdigit()]


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem_list(text))


@cache
def _vocabularies() -> dict[str, frozenset[str]]:
    """The words of each consent that `OWN_WORDS` knows in other words, by its id."""
    found: dict[str, frozenset[str]] = {}
    for part, phrases in OWN_WORDS.phrases.items():
        consent = re.sub(r"_(?:done|never|holds|remark)$", "", part)
        found[consent] = found.get(consent, frozenset()) | _stems(" ".join(phrase for _, phrase in phrases))
    return found


@cache
def _in_how_many() -> Counter[str]:
    """In the vocabularies of how many consents a word stands."""
    return Counter(stem for part, stems in _vocabularies().items() if part not in _OPENINGS for stem in stems)
