"""Reading a date of birth as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum

from understanding.text import plain

MINIMUM_AGE = 18
MAXIMUM_AGE = 120

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb", "febr"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH_WORD = re.compile(r"\b(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b")
_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_MORE = "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
_MORE_ORDINALS = "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth"
_NUMBER_WORD = re.compile(r"\b(?:" + "|".join(" ".join((_ONES, _MORE, _ORDINALS, _MORE_ORDINALS)).split()) + r")\b")
_WHOLE_DATE = re.compile(r"\b\d{1,4}\D{1,3}\d{1,2}\D{1,3}\d{1,4}\b|\b(?:\d{6}|\d{8})\b")
_TOKEN = re.compile(r"\d+|[a-z]+")
_FILLER = frozenset(
    {"of", "the", "st", "nd", "rd", "th", "on", "in", "born", "i", "was", "my", "date", "birth", "is"}
    | {"it", "s", "birthday", "dob", "a", "d", "ad", "am", "m"}
)


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
    """Whether ``text`` could hold a date: any digit of any script, a month's name or a number in words."""
    simple = plain(text).casefold()
    return (
        any(each.isdigit() or each.isnumeric() for each in simple)
        or bool(_MONTH_WORD.search(simple))
        or bool(_NUMBER_WORD.search(simple))
    )


def looks_like_date(text: str) -> bool:
    """Whether ``text`` holds what looks like a whole date: three numbers, six or eight digits, a month and a number."""
    simple = "".join(_ascii_digit(each) for each in plain(text).casefold())
    if _WHOLE_DATE.search(simple):
        return True
    return bool(_MONTH_WORD.search(simple)) and (bool(re.search(r"\d", simple)) or bool(_NUMBER_WORD.search(simple)))


def read_date_of_birth(text: str, today: date) -> DateReading:
    """Read a date of birth.

    Args:
        text: the whole message, for example ``1 1 90``, ``01-Jan-1990`` or ``3rd of May 1985``.
        today: the day to reckon ages by.

    Returns:
        One candidate, two where day and month could be swapped, or the problem.
    """
    tokens = _tokens(text)
    if tokens is None:
        return DateReading(problem=Problem.NO_DATE)
    numbers = [token for token in tokens if token.isdigit()]
    months = [_MONTHS[token] for token in tokens if not token.isdigit()]
    if not numbers or len(months) > 1 or any(len(number) > 8 for number in numbers):
        return DateReading(problem=Problem.NO_DATE)
    readings = _with_month_name(numbers, months[0]) if months else _numeric(numbers)
    if readings is None:
        return DateReading(problem=Problem.INCOMPLETE)
    return _judge(readings, today)


def _tokens(text: str) -> list[str] | None:
    """Digits and month names in order; None if there is any other word."""
    found = []
    for token in _TOKEN.findall("".join(_ascii_digit(each) for each in plain(text).casefold())):
        if token.isdigit() or token in _MONTHS:
            found.append(token)
        elif token not in _FILLER:
            return None
    return found


def _ascii_digit(character: str) -> str:
    return str(int(character)) if character.isdecimal() else character


_Reading = tuple[str, int, int]  # year as written, month, day


def _with_month_name(numbers: list[str], month: int) -> list[_Reading] | None:
    if len(numbers) != 2:
        return None
    first, second = numbers
    if len(first) > 2:  # 1985 May 3
        return [(first, month, int(second))]
    return [(second, month, int(first))]


def _numeric(numbers: list[str]) -> list[_Reading] | None:
    if len(numbers) == 1 and len(numbers[0]) in (6, 8):
        digits = numbers[0]
        readings = _numeric([digits[:2], digits[2:4], digits[4:]]) or []
        if len(digits) == 8:
            readings.append((digits[:4], int(digits[4:6]), int(digits[6:])))
        return readings
    if len(numbers) != 3:
        return None
    first, second, third = numbers
    if len(first) > 2:  # year first: ISO 8601, and the order of East Asia
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
