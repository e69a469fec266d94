"""Hiding a date of birth in a text that is about something else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from bot.understanding.dates import DateReading, Problem, masked, may_hold_date, read_date_of_birth

#: What introduces one's own date of birth.
_INTRODUCES = re.compile(
    r"\b(?:i\s+was\s+born|born|my\s+birth\s*day|birth\s*date|date\s+of\s+birth|birth\s*day|d\.?o\.?b\b\.?|geboren|née?|date\s+de\s+naissance|anniversaire|naci|nacida?o?)\b",
    re.IGNORECASE,
)
#: What says that a date before was wrong: the only one that a mentor is asked for.
_CORRECTS = re.compile(
    r"\b(?:wrong (?:date|day|month|year)|date (?:is|was|est|était) (?:wrong|fausse?)|mauvaise date|tromp\w+ de (?:date|jour|mois))\b",
    re.IGNORECASE,
)
#: Whose birth it is when it is not the mentor's own, shortly before.
_ANOTHERS = re.compile(
    r"\b(?:sons?|daughters?|child(?:ren)?|kids?|baby|wife|husband|mother|father|mum|mom|dad|brother|sister|he|she|they|company|"
    r"mentees?|friend|fils|fille|enfants?|bébé|femme|mari|mère|père|frère|sœur|soeur|il|elle|entreprise|ami|amie)\b"
    r"(?:'s|’s)?\s*(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\S+")
#: Words within a date that are no part of one by themselves.
_WITHIN = frozenset("of the and in de del den der day".split())
_ENDS = ",.;:!?"
_AROUND = " .,;:!?()\"'“”"
#: Words that a date is written in, at most: "the twenty first of May nineteen hundred and eighty five".
_LONGEST_DATE = 9
#: Words between what introduces a date and the date, at most: "my date of birth, by the way, is 3 May 1985".
_LONGEST_LEAD = 5
#: A day to reckon ages by on which nobody who lives today is too young.
_LATER = date(2150, 1, 1)
_AGE = 60
#: What is no whole date.
_NO_DATES = frozenset({Problem.NO_DATE, Problem.INCOMPLETE})


def without_birth_date(text: str, born: date | None = None) -> str:
    """``text`` with the mentor's date of birth hidden; other dates stay.

    A date is the date of birth if the text introduces it as that, or if it is ``born``.

    Args:
        text: the whole text.
        born: the date of birth, if it is known.
    """
    words = list(_WORD.finditer(text))
    introduced = {
        index
        for match in _INTRODUCES.finditer(text)
        if not _ANOTHERS.search(text[: match.start()])
        for index in _first_words_after(words, match.end())
    }
    if not introduced and (born is None or not may_hold_date(text)):
        return text
    # Reckoned from a day on which the mentor is of an age that is taken for one.
    today = date(born.year + _AGE, 12, 31) if born is not None else _LATER
    is_the_one = _is_one(born)
    parts: list[str] = []
    at = index = 0
    while index < len(words):
        end = _end_of_date(text, words, index, _is_any if index in introduced else is_the_one, today)
        if end is None:
            index += 1
            continue
        start = words[index].start()
        parts += [text[at:start], masked(text[start : words[end].end()])]
        at = words[end].end()
        index = end + 1
        introduced -= set(range(index, index + _LONGEST_LEAD))  # the date that was introduced is found
    return "".join([*parts, text[at:]])


def introduces_birth(text: str) -> bool:
    """Whether ``text`` says that a date in it is the mentor's own date of birth, or the right one in place of it."""
    return _CORRECTS.search(text) is not None or any(
        not _ANOTHERS.search(text[: match.start()]) for match in _INTRODUCES.finditer(text)
    )


def _first_words_after(words: list[re.Match[str]], at: int) -> list[int]:
    following = [index for index, word in enumerate(words) if word.end() > at]
    return following[: _LONGEST_LEAD + 1]


def _is_any(reading: DateReading) -> bool:
    return bool(reading.candidates) or reading.problem not in _NO_DATES


def _is_one(born: date | None) -> Callable[[DateReading], bool]:
    return lambda reading: born is not None and born in reading.candidates


def _end_of_date(
    text: str, words: list[re.Match[str]], start: int, is_wanted: Callable[[DateReading], bool], today: date
) -> int | None:
    """The last word of the longest run from ``start`` that is a wanted date; None if there is none."""
    if not _is_part(words[start][0]):
        return None
    found = None
    for end in range(start, min(start + _LONGEST_DATE, len(words))):
        if not _is_part(words[end][0]) and words[end][0].casefold().strip(_AROUND) not in _WITHIN:
            break
        run = text[words[start].start() : words[end].end()].strip(_AROUND)
        if _is_part(words[end][0]) and is_wanted(read_date_of_birth(run, today)):
            found = end
            if words[end][0][-1] in _ENDS:
                break
    return found


def _is_part(word: str) -> bool:
    return masked(word) != word
