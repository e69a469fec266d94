"""Reading a date of birth as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum

from bot.understanding.date_words import (
    ALSO_WORD,
    ENGLISH_MONTHS,
    NUMBERS,
    ROMAN,
    SCALES,
    TENS,
    Token,
    groups_of,
    is_also_a_word,
    month_of,
    simplified,
)
from bot.understanding.text import MASK

MINIMUM_AGE = 18
MAXIMUM_AGE = 120

_ALPHABETIC = re.compile(r"[^\W\d_]+")
_WHOLE_DATE = re.compile(r"\b\d{1,4}\D{1,3}\d{1,2}\D{1,3}\d{1,4}\b|\b(?:\d{6}|\d{8})\b")
_DAY_FIRST = re.compile(
    r"\(?\b(?:day(?= \d+,? month)|day (?:comes |is )?first|dd?[ /.-]?mm?[ /.-]?y{2,4}|european(?: style| format| order)?|"
    r"jj?[ /.-]?mm?[ /.-]?a{2,4}|jour d'abord|(?:format|a la) (?:francaise?|europeenn?e?))\b\)?"
)
_MONTH_FIRST = re.compile(
    r"\(?\b(?:month (?:comes |is )?first|mm?[ /.-]?dd?[ /.-]?y{2,4}|american(?: style| format| order)?|us (?:style|format|order)|us(?=\)))\b\)?"
)
_TIME = re.compile(r"t\d\d:\d\d.*")
#: Words of another day, of several days, or of another person's birth.
_ANOTHER = re.compile(
    r"\b(?:not|never|no|isn't|wasn't|or|either|between|married|wedding|started|joined|graduated|retired|hired|"
    r"(?:my|our|her|his) (?:\w+ )?(?:child|kid|baby|daughter|son|wife|husband|partner|mother|father|mom|mum|dad|brother|sister|"
    r"friend|mentee|boss)(?:'s)?|"
    r"pas|jamais|entre|suis marie|suis mariee|mariage|embauche|diplome|retraite|"
    r"(?:ma|mon|mes|notre) (?:fille|fils|femme|mari|mere|pere|enfants?|frere|soeur|bebe|copine|copain))\b"
)
_ORDINAL = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)\b")
_CLOCK = re.compile(r"^\D*\d{1,2}:\d{2}\D*$")
#: So few words with a month or a number among them may be part of a date.
_FEW_WORDS = 3
#: Words beside a date, at most.
_MOST_WORDS = 25


class Problem(str, Enum):
    """Why no date of birth could be taken; each has its own sentence."""

    NO_DATE = "no_date"
    INCOMPLETE = "incomplete"
    YEAR_UNCLEAR = "year_unclear"
    ORDER_UNCLEAR = "order_unclear"
    IMPOSSIBLE = "impossible"
    FUTURE = "future"
    UNDER_AGE = "under_age"
    OVER_AGE = "over_age"


@dataclass(frozen=True)
class DateReading:
    """What a message says about a date of birth.

    Attributes:
        candidates: one date when the reading is certain, two when day and month could be swapped, else none.
        problem: why there is no candidate.
    """

    candidates: tuple[date, ...] = ()
    problem: Problem | None = None


def may_hold_date(text: str) -> bool:
    """Whether ``text`` could hold a date or a part of one.

    That is any digit of any script, the name of a month, unless it is a word of other meaning and no number is near,
    or two numbers in words.
    """
    simple = simplified(text)
    words = _ALPHABETIC.findall(simple)
    months = [word for word in words if month_of(word)]
    numbers = [word for word in words if word in NUMBERS or word in SCALES]
    return (
        any(each.isdigit() or each.isnumeric() for each in simple)
        or (len(words) <= _FEW_WORDS and bool(numbers or months))
        or len(numbers) > 1
        or any(not is_also_a_word(month) for month in months)
        or bool(months and numbers)
    )


def looks_like_date(text: str) -> bool:
    """Whether ``text`` holds what looks like a whole date: three numbers, six or eight digits, a month and a number."""
    simple = simplified(text)
    if _WHOLE_DATE.search(simple) or any(_readings(group) for group in groups_of(simple)):
        return True
    words = _ALPHABETIC.findall(simple)
    return any(month_of(word) for word in words) and (
        any(each.isdigit() for each in simple) or any(word in NUMBERS for word in words)
    )


def masked(text: str) -> str:
    """``text`` with a sign in place of every digit, number in words and name of a month."""
    return re.sub(
        r"[^\s.,:;!?()_/-]+",
        lambda match: MASK if _is_part_of_date(simplified(match[0])) else match[0],
        text,
    )


def _is_part_of_date(word: str) -> bool:
    parts = word.split("'")  # "d'abril"
    if any(each.isnumeric() for each in word) or any(
        each in NUMBERS or each in SCALES or month_of(each) for each in parts
    ):
        return True
    spelt_together = any(word.startswith(tens) for tens in TENS) or "hundred" in word or "nineteen" in word
    return spelt_together or (word in ROMAN and word != "i")


def read_date_of_birth(text: str, today: date) -> DateReading:
    """Read a date of birth.

    Args:
        text: the whole message, for example ``1 1 90``, ``01-Jan-1990`` or ``3rd of May 1985``.
        today: the day to reckon ages by.

    Returns:
        One candidate, two where day and month could be swapped, or the problem.
    """
    simple = _TIME.sub("", simplified(text))
    month_first, day_first = bool(_MONTH_FIRST.search(simple)), bool(_DAY_FIRST.search(simple))
    groups = groups_of(_DAY_FIRST.sub(" ", _MONTH_FIRST.sub(" ", simple)))
    if len(_ALPHABETIC.findall(simple)) > _MOST_WORDS or _ANOTHER.search(simple):
        return DateReading(problem=Problem.NO_DATE)
    found = [readings for group in groups if (readings := _readings(group))]
    if not found and _is_day_and_year(groups):  # "on the 17th of September, and the year was 1982"
        found = [readings for readings in [_readings(groups[0] + groups[1])] if readings]
    if len(found) != 1:
        return DateReading(problem=Problem.NO_DATE if found else _what_is_missing(groups, simple))
    readings = found[0]
    if len(readings) == 2 and month_first != day_first:
        readings = [readings[1 if month_first else 0]]
    return _named_month(_judge(readings, today), groups)


def _what_is_missing(groups: list[list[Token]], simple: str) -> Problem:
    """The problem of a text in which no date was found."""
    tokens = [token for group in groups for token in group]
    numbers = [token for token in tokens if isinstance(token, str)]
    months = [token for token in tokens if isinstance(token, int)]
    if any(len(group) == 3 and _has_month(group) for group in groups):
        return Problem.IMPOSSIBLE  # a year of three or five digits
    if len(months) > 1 or any(len(number) not in (1, 2, 4) for number in numbers):
        return Problem.NO_DATE
    if _CLOCK.search(simple):
        return Problem.NO_DATE
    if _ORDINAL.search(simple) or any(
        len(word) > 3 and word != ALSO_WORD for word in _ALPHABETIC.findall(simple) if word in ENGLISH_MONTHS
    ):
        return Problem.INCOMPLETE
    year_alone = len(numbers) == 1 and len(numbers[0]) == 4
    return Problem.INCOMPLETE if months or len(numbers) > 1 or year_alone else Problem.NO_DATE


def _is_day_and_year(groups: list[list[Token]]) -> bool:
    if len(groups) != 2:
        return False
    day, year = groups
    return len(day) == 2 and _has_month(day) and len(year) == 1 and isinstance(year[0], str) and len(year[0]) == 4


def _has_month(group: list[Token]) -> bool:
    return sum(isinstance(token, int) for token in group) == 1


def _named_month(reading: DateReading, groups: list[list[Token]]) -> DateReading:
    """The one of two candidates whose month is named beside them: "3/5/1985, that is the 3rd of May"."""
    named = {-token for group in groups for token in group if isinstance(token, int)}
    fitting = tuple(each for each in reading.candidates if each.month in named)
    return DateReading(fitting) if len(reading.candidates) == 2 and len(fitting) == 1 else reading


_Reading = tuple[str, int, int]  # year as written, month, day
_LAST_DAY = 31


def _readings(group: list[Token]) -> list[_Reading] | None:
    """How a group can be read as a date; None if it is none."""
    months = [token for token in group if isinstance(token, int)]
    numbers = [token for token in group if isinstance(token, str)]
    if len(group) == 1 and numbers and len(numbers[0]) in (6, 8):
        return _compact(numbers[0])
    if len(group) != 3 or len(months) > 1 or any(len(number) not in (1, 2, 4) for number in numbers):
        return None
    return _with_month_name(numbers, -months[0]) if months else _numeric(numbers)


def _compact(digits: str) -> list[_Reading]:
    readings = _numeric([digits[:2], digits[2:4], digits[4:]]) or []
    if len(digits) == 8:
        readings.append((digits[:4], int(digits[4:6]), int(digits[6:])))
    return readings


def _with_month_name(numbers: list[str], month: int) -> list[_Reading] | None:
    first, second = numbers
    if len(first) == 4:  # 1985 May 3
        return None if len(second) == 4 else [(first, month, int(second))]
    return [(second, month, int(first))] if len(second) > 1 else None


def _numeric(numbers: list[str]) -> list[_Reading] | None:
    first, second, third = numbers
    if len(first) == 4:  # year first: ISO 8601, and the order of East Asia
        return None if len(second) == 4 or len(third) == 4 else [(first, int(second), int(third))]
    if len(second) == 4 or len(third) == 1:
        return None
    if int(first) > _LAST_DAY:  # 85/12/25
        return [(first, int(second), int(third))]
    return [(third, int(second), int(first)), (third, int(first), int(second))]


def _judge(readings: list[_Reading], today: date) -> DateReading:
    candidates: list[date] = []
    problems: list[Problem] = []
    for reading in readings:
        for found in _dates(reading, today):
            if isinstance(found, Problem):
                problems.append(found)
            elif found not in candidates:
                candidates.append(found)
    if candidates and Problem.UNDER_AGE in problems:
        return DateReading(problem=Problem.ORDER_UNCLEAR)  # the other reading would make a mentor of a child
    if candidates and Problem.YEAR_UNCLEAR not in problems:
        return DateReading(tuple(sorted(candidates)[:2]))
    order = [Problem.YEAR_UNCLEAR, Problem.UNDER_AGE, Problem.FUTURE, Problem.OVER_AGE, Problem.IMPOSSIBLE]
    return DateReading(problem=min(problems, key=order.index))


def _dates(reading: _Reading, today: date) -> list[date | Problem]:
    year, month, day = reading
    if len(year) == 4:
        return [_checked(int(year), month, day, today)]
    if len(year) != 2:
        return [Problem.IMPOSSIBLE]
    both = [_checked(century + int(year), month, day, today) for century in (1900, 2000)]
    valid = [each for each in both if isinstance(each, date)]
    if len(valid) == 2 or (valid and Problem.UNDER_AGE in both):
        return [Problem.YEAR_UNCLEAR]
    if valid:
        return [valid[0]]
    return [Problem.IMPOSSIBLE] if Problem.IMPOSSIBLE in both else [both[1]]


def _checked(year: int, month: int, day: int, today: date) -> date | Problem:
    try:
        born = date(year, month, day)
    except ValueError:
        return Problem.IMPOSSIBLE
    if born > today:
        return Problem.FUTURE
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age < MINIMUM_AGE:
        return Problem.UNDER_AGE
    return Problem.OVER_AGE if age > MAXIMUM_AGE else born
