"""Which of several options a mentor chooses in words of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.text import folded, is_question, words

#: What a place may be called, in English and in French without accents.
_ORDINALS = (
    ("first", "1st", "premier", "premiere", "1er", "1re"),
    ("second", "2nd", "deuxieme", "seconde", "2e"),
    ("third", "3rd", "troisieme", "3e"),
    ("fourth", "4th", "quatrieme", "4e"),
    ("fifth", "5th", "cinquieme", "5e"),
    ("sixth", "6th", "sixieme", "6e"),
    ("seventh", "7th", "septieme", "7e"),
    ("eighth", "8th", "huitieme", "8e"),
)
_PLACES = {name: place for place, names in enumerate(_ORDINALS) for name in names}
#: Named by its place: "2", "option 2", "the second one", "la deuxième".
_BY_PLACE = re.compile(
    rf"(?:i(?:'d| would)? (?:take|choose|say|pick) |je (?:prends|choisis) )?(?:the |le |la )?"
    rf"(?:option |number |no |numero |choix )?"
    rf"(?P<place>\d|{'|'.join(_PLACES)})(?: one| option| choix)?(?: please| svp| s'il vous plait)?"
)
#: So many words may stand around an option's name.
_WORDS_AROUND = 6
_NEGATIONS = re.compile(r"\b(?:not|no|never|neither|nor|except|but|pas|ni|sauf|jamais)\b|n't\b")


def place_named(text: str) -> int | None:
    """The place, from 0, that ``text`` names and nothing else: "option 2", "the second one"; None if it names none."""
    match = _BY_PLACE.fullmatch(folded(text))
    if match is None:
        return None
    place = match["place"]
    return int(place) - 1 if place.isdigit() else _PLACES[place]


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
