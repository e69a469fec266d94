"""Reading a date of birth as people write it."""

from __future__ import annotations

import difflib
import pickle
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from pathlib import Path

from babel import localedata

from bot.understanding.text import MASK, plain

MINIMUM_AGE = 18
MAXIMUM_AGE = 120

#: Languages in which a month's name is understood, beside English.
_LANGUAGES = (
    "fr es de de_AT it pt nl sv nb da fi is pl cs sk sl hr sr sr_Latn hu ro bg ru uk be el tr lt lv et sq mk ga cy ca eu gl ar he "
    "fa hi bn ur pa ta te mr gu id ms vi th sw am fil ka hy az kk uz af so ht"
).split()
_ENGLISH: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb febr",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_SHORTEST_FOREIGN = 3
_ROMAN = {name: number for number, name in enumerate("i ii iii iv v vi vii viii ix x xi xii".split(), start=1)}
#: A month's name that short, or this one, is also a word of other meaning: without a number near, it is no date.
_LONGEST_ALSO_WORD = 4
_ALSO_WORD = "march"
_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen".split()
)
_ONES += ["eighteen", "nineteen"]
_ONES_TH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth".split()
)
_ONES_TH += "fifteenth sixteenth seventeenth eighteenth nineteenth".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_TENS_TH = {"twentieth": 20, "thirtieth": 30}
_NUMBERS: dict[str, int] = {
    **{name: number for number, name in enumerate(_ONES, start=1)},
    **{name: number for number, name in enumerate(_ONES_TH, start=1)},
    **{name: 10 * number for number, name in enumerate(_TENS, start=2)},
    **_TENS_TH,
    "oh": 0,
    "premier": 1,  # the one day that French counts as a place: "premier mars"
}
_SCALES = {"hundred": 100, "thousand": 1000}
_ALPHABETIC = re.compile(r"[^\W\d_]+")
_WHOLE_DATE = re.compile(r"\b\d{1,4}\D{1,3}\d{1,2}\D{1,3}\d{1,4}\b|\b(?:\d{6}|\d{8})\b")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
#: Words that may stand within a date; any other word parts what is before it from what follows.
_WITHIN = frozenset(
    """of the st nd rd th s day month year in on de del den der le el d ad monday tuesday wednesday thursday friday
    saturday sunday ngay thang nam mon tue tues wed thu thur thurs fri sat sun er 年 月 日 년 월 일""".split()
)
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
#: Letters of the shortest month whose name may be misspelt.
_SHORTEST_MISSPELT = 4
_NEAR_ENOUGH = 0.8
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
    simple = _simple(text)
    words = _ALPHABETIC.findall(simple)
    months = [word for word in words if _month(word)]
    numbers = [word for word in words if word in _NUMBERS or word in _SCALES]
    return (
        any(each.isdigit() or each.isnumeric() for each in simple)
        or (len(words) <= _FEW_WORDS and bool(numbers or months))
        or len(numbers) > 1
        or any(not _may_be_a_word(month) for month in months)
        or bool(months and numbers)
    )


def looks_like_date(text: str) -> bool:
    """Whether ``text`` holds what looks like a whole date: three numbers, six or eight digits, a month and a number."""
    simple = _simple(text)
    if _WHOLE_DATE.search(simple) or any(_readings(group) for group in _groups(simple)):
        return True
    words = _ALPHABETIC.findall(simple)
    return any(_month(word) for word in words) and (
        any(each.isdigit() for each in simple) or any(word in _NUMBERS for word in words)
    )


def masked(text: str) -> str:
    """``text`` with a sign in place of every digit, number in words and name of a month."""
    return re.sub(
        r"[^\s.,:;!?()_/-]+",
        lambda match: MASK if _is_part_of_date(_simple(match[0])) else match[0],
        text,
    )


def _is_part_of_date(word: str) -> bool:
    parts = word.split("'")  # "d'abril"
    if any(each.isnumeric() for each in word) or any(
        each in _NUMBERS or each in _SCALES or _month(each) for each in parts
    ):
        return True
    spelt_together = any(word.startswith(tens) for tens in _TENS) or "hundred" in word or "nineteen" in word
    return spelt_together or (word in _ROMAN and word != "i")


def read_date_of_birth(text: str, today: date) -> DateReading:
    """Read a date of birth.

    Args:
        text: the whole message, for example ``1 1 90``, ``01-Jan-1990`` or ``3rd of May 1985``.
        today: the day to reckon ages by.

    Returns:
        One candidate, two where day and month could be swapped, or the problem.
    """
    simple = _TIME.sub("", _simple(text))
    month_first, day_first = bool(_MONTH_FIRST.search(simple)), bool(_DAY_FIRST.search(simple))
    groups = _groups(_DAY_FIRST.sub(" ", _MONTH_FIRST.sub(" ", simple)))
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


def _what_is_missing(groups: list[list[_Token]], simple: str) -> Problem:
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
        len(word) > 3 and word != _ALSO_WORD for word in _ALPHABETIC.findall(simple) if word in _ENGLISH
    ):
        return Problem.INCOMPLETE
    year_alone = len(numbers) == 1 and len(numbers[0]) == 4
    return Problem.INCOMPLETE if months or len(numbers) > 1 or year_alone else Problem.NO_DATE


def _is_day_and_year(groups: list[list[_Token]]) -> bool:
    if len(groups) != 2:
        return False
    day, year = groups
    return len(day) == 2 and _has_month(day) and len(year) == 1 and isinstance(year[0], str) and len(year[0]) == 4


def _has_month(group: list[_Token]) -> bool:
    return sum(isinstance(token, int) for token in group) == 1


def _named_month(reading: DateReading, groups: list[list[_Token]]) -> DateReading:
    """The one of two candidates whose month is named beside them: "3/5/1985, that is the 3rd of May"."""
    named = {-token for group in groups for token in group if isinstance(token, int)}
    fitting = tuple(each for each in reading.candidates if each.month in named)
    return DateReading(fitting) if len(reading.candidates) == 2 and len(fitting) == 1 else reading


_Reading = tuple[str, int, int]  # year as written, month, day
#: A number as it was written, or a month by its number, negative.
_Token = str | int
_LAST_DAY = 31


def _simple(text: str) -> str:
    """``text`` in lower case, with ASCII digits and without accents."""
    lower = plain(text).casefold()
    if lower.isascii():
        return lower
    lower = "".join(_ascii_digit(each) for each in lower)
    bare = "".join(each for each in unicodedata.normalize("NFD", lower) if unicodedata.category(each)[0] != "M")
    return unicodedata.normalize("NFC", bare)


def _ascii_digit(character: str) -> str:
    return str(int(character)) if character.isdecimal() else character


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """The month that a name means in any of the languages; names that mean different ones are left out.

    Source: the Unicode CLDR, in Babel's files. Babel's own functions keep all that they ever read of a language, merged
    with what it inherits: 50 MB for these. Where a width or context is missing in a file, it is inherited from another
    of the same names.
    """
    found: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        data = Path(localedata.resolve_locale_filename(language)).read_bytes()
        months = pickle.loads(data).get("months", {})  # noqa: S301  (the package's own file)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months.get(context, {}).get(width, {}).items():
                    found.setdefault(_simple(name).strip(" .‎‏"), set()).add(number)
    foreign = {
        name: numbers.pop()
        for name, numbers in found.items()
        if len(numbers) == 1 and len(name) >= _SHORTEST_FOREIGN and name.isalpha()
    }
    return {**foreign, **_ENGLISH}


def _may_be_a_word(month: str) -> bool:
    return len(month) <= _LONGEST_ALSO_WORD or month == _ALSO_WORD


@lru_cache(maxsize=10_000)
def _month(word: str) -> int:
    """The number of the month that ``word`` names, misspelt perhaps; 0 if it names none."""
    if word in _NUMBERS or word in _WITHIN:
        return 0
    if word in _months():
        return _months()[word]
    slips = [name for name in _ENGLISH if sorted(name) == sorted(word) and name[0] == word[0] and len(word) > 2]
    if not slips and len(word) >= _SHORTEST_MISSPELT:
        long = [name for name in _ENGLISH if len(name) >= _SHORTEST_MISSPELT]
        slips = difflib.get_close_matches(word, long, 1, _NEAR_ENOUGH)
    return _ENGLISH[slips[0]] if slips else 0


def _groups(simple: str) -> list[list[_Token]]:
    """The numbers, as written, and the months of a text, in order, parted where other words stand between them."""
    words = _TOKEN.findall(simple)
    groups: list[list[_Token]] = [[]]
    spelt: list[str] = []
    for position, word in enumerate(words):
        if word in _NUMBERS or word in _SCALES:
            spelt.append(word)
            continue
        if word == "and" and spelt:
            continue
        groups[-1] += _spelt_out(spelt)
        spelt = []
        between = 0 < position < len(words) - 1 and words[position - 1].isdigit() and words[position + 1].isdigit()
        if word.isdigit():
            groups[-1].append(word)
        elif between and word in _ROMAN:
            groups[-1].append(-_ROMAN[word])
        elif _month(word) and not (_may_be_a_word(word) and _is_a_word(words, position)):
            groups[-1].append(-_month(word))
        elif word not in _WITHIN:
            groups.append([])
    groups[-1] += _spelt_out(spelt)
    return [group for group in groups if group]


def _is_a_word(words: list[str], position: int) -> bool:
    """Whether a word such as "may" stands where no number is near, so that it is no month."""
    near = words[max(0, position - 3) : position] + words[position + 1 : position + 3]
    if len(words) == 1:
        return False  # the name of a month is all that was said
    return not any(word.isdigit() or word in _NUMBERS for word in near)


def _spelt_out(words: list[str]) -> list[_Token]:
    """Numbers in words as digits: "third nineteen eighty five" is 3 and 1985."""
    values: list[int] = []
    joined = False  # the last value is a ten that a one may follow
    for word in words:
        if word in _SCALES:
            if values:
                values[-1] *= _SCALES[word]
            continue
        value = _NUMBERS[word]
        if joined and 0 < value < 10:
            values[-1] += value
            joined = False
        else:
            values.append(value)
            joined = word in _TENS
    numbers: list[int] = []
    for value in values:
        last = numbers[-1] if numbers else 0
        if last in (18, 19, 20) and len(numbers) + len(values) > 1 and (value >= 10 or value == 0):
            numbers[-1] = last * 100 + value
        elif last in (1900, 2000):
            numbers[-1] = last + value
        else:
            numbers.append(value)
    return [str(number) for number in numbers]


def _readings(group: list[_Token]) -> list[_Reading] | None:
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
