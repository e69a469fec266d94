"""A wish to be reminded, and in how many days: "send me a reminder next week please"."""

from __future__ import annotations

import re
from datetime import date

from bot.understanding.lists import PhraseList
from bot.understanding.text import folded, words

#: As far ahead as somebody may ask to be reminded, in days.
LONGEST = 180
_PHRASES = PhraseList("reminders")
_ASK = "ask"
#: Words of a wish at most, and a dash after it.
_LONGEST_WISH = 1 + max(len(each.split()) for each in _PHRASES.phrases(_ASK))
_COURTESIES = re.compile(
    r"^(?:(?:please|ok|okay|hey|hi|sorry|thanks|not now|can you|could you|would you|will you|svp|merci) )+"
    r"|(?: (?:please|pls|thanks|thank you|then|instead|svp|s'il vous plait|s'il te plait|merci))+$"
)
#: What may stand between the wish and the time.
_ABOUT = re.compile(r"^(?:(?:again|about (?:it|this|that)|of (?:it|this|that)|de nouveau|de ca) )+")
_NUMBERS = dict(zip("a one two three four five six seven eight nine ten".split(), (1, *range(1, 11)), strict=True)) | (
    dict(zip("un une deux trois quatre cinq six sept huit neuf dix".split(), (1, *range(1, 11)), strict=True))
)
_UNITS = {"day": 1, "week": 7, "month": 30, "jour": 1, "semaine": 7, "mois": 30}
_IN = re.compile(rf"\b(?:in|dans) (\d{{1,3}}|{'|'.join(_NUMBERS)}) (day|week|month|jour|semaine|mois)s?\b")
_WEEKDAYS = {
    name: number % 7
    for number, name in enumerate(
        "monday tuesday wednesday thursday friday saturday sunday lundi mardi mercredi jeudi vendredi samedi dimanche".split()
    )
}
_WEEKDAY = re.compile(rf"\b(?:(?:on|next|this|le) )?({'|'.join(_WEEKDAYS)})\b")
#: Words of a time at most.
_MOST_WORDS = 6


def asks_for_reminder(text: str) -> bool:
    """Whether the whole message asks to be reminded at a time that it names."""
    said = _COURTESIES.sub("", _COURTESIES.sub("", folded(text).rstrip("? ")))
    parts = said.split()
    for length in range(min(len(parts) - 1, _LONGEST_WISH), 0, -1):
        if _PHRASES.part_of(" ".join(parts[:length])) == _ASK:
            time = _ABOUT.sub("", " ".join(parts[length:]) + " ").strip()
            return len(time.split()) <= _MOST_WORDS and _days_of(time, date.min) is not None
    return False


def is_reminder_time(text: str) -> bool:
    """Whether the whole message is a time at which one could be reminded: "in a week"."""
    return _days_of(folded(text).rstrip("?. "), date.min) is not None


def reminder_days(text: str, today: date) -> int | None:
    """In how many days somebody wants to be reminded; None where no time is named, or none that is near enough.

    Args:
        text: the whole message.
        today: where the mentor is.
    """
    parts = folded(text).rstrip("? ").split()
    pieces = (" ".join(parts[begin:end]) for begin in range(len(parts)) for end in range(len(parts), begin, -1))
    return next((days for piece in pieces if (days := _days_of(piece, today)) is not None), None)


def _days_of(time: str, today: date) -> int | None:
    phrase = _PHRASES.part_of(time) or _PHRASES.part_of(words(time))
    if phrase is not None and phrase != _ASK:
        return int(phrase)
    counted = _IN.fullmatch(time)
    if counted:
        number = int(counted[1]) if counted[1].isdigit() else _NUMBERS[counted[1]]
        days = number * _UNITS[counted[2]]
        return days if 0 < days <= LONGEST else None
    named = _WEEKDAY.fullmatch(time)
    return (_WEEKDAYS[named[1]] - today.weekday() - 1) % 7 + 1 if named else None
