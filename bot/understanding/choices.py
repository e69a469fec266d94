"""Which of several options a mentor chooses in words of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.text import is_question, words

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
#: Named by its place: "2", "option 2", "the second one".
_BY_PLACE = re.compile(
    rf"(?:i(?:'d| would)? (?:take|choose|say|pick) )?(?:the )?(?:option |number |no )?"
    rf"(?P<place>\d|{'|'.join(_ORDINALS)})(?: one| option)?(?: please)?"
)
#: So many words may stand around an option's name.
_WORDS_AROUND = 6
_NEGATIONS = re.compile(r"\b(?:not|no|never|neither|nor|except|but|pas|ni|sauf|jamais)\b|n't\b")


def place_named(text: str) -> int | None:
    """The place, from 0, that ``text`` names and nothing else: "option 2", "the second one"; None if it names none."""
    match = _BY_PLACE.fullmatch(words(text))
    if match is None:
        return None
    place = match["place"]
    return int(place) - 1 if place.isdigit() else _ORDINALS.index(place)


def chosen(text: str, labels: Sequence[str]) -> int | None:
    """The place, from 0, of the option that ``text`` chooses; None where it is none, or might be two.

    Args:
        text: the whole message.
        labels: what the options are called, as the mentor was shown them.
    """
    said, names = words(text), [words(each) for each in labels]
    if said in names:
        return names.index(said)
    number = place_named(text)
    if number is not None:
        return number if 0 <= number < len(names) else None
    if is_question(text) or _NEGATIONS.search(said):
        return None
    found = [place for place, name in enumerate(names) if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said)]
    if len(found) != 1:
        return None
    around = len(said.split()) - len(names[found[0]].split())
    return found[0] if around <= _WORDS_AROUND else None
