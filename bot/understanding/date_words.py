"""The words and numbers of dates: names of months in many languages, numbers in words, and where each stands."""

from __future__ import annotations

import difflib
import pickle
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from babel import localedata

from bot.understanding.text import plain

#: A number as it was written, or a month by its number, negative.
Token = str | int
#: Languages in which a month's name is understood, beside English.
_LANGUAGES = (
    "fr es de de_AT it pt nl sv nb da fi is pl cs sk sl hr sr sr_Latn hu ro bg ru uk be el tr lt lv et sq mk ga cy ca eu gl ar he "
    "fa hi bn ur pa ta te mr gu id ms vi th sw am fil ka hy az kk uz af so ht"
).split()
ENGLISH_MONTHS: dict[str, int] = {
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
ROMAN = {name: number for number, name in enumerate("i ii iii iv v vi vii viii ix x xi xii".split(), start=1)}
#: A month's name that short, or this one, is also a word of other meaning: without a number near, it is no date.
_LONGEST_ALSO_WORD = 4
ALSO_WORD = "march"
_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen".split()
)
_ONES += ["eighteen", "nineteen"]
_ONES_TH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth".split()
)
_ONES_TH += "fifteenth sixteenth seventeenth eighteenth nineteenth".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_TENS_TH = {"twentieth": 20, "thirtieth": 30}
NUMBERS: dict[str, int] = {
    **{name: number for number, name in enumerate(_ONES, start=1)},
    **{name: number for number, name in enumerate(_ONES_TH, start=1)},
    **{name: 10 * number for number, name in enumerate(TENS, start=2)},
    **_TENS_TH,
    "oh": 0,
    "premier": 1,  # the one day that French counts as a place: "premier mars"
}
SCALES = {"hundred": 100, "thousand": 1000}
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
#: Words that may stand within a date; any other word parts what is before it from what follows.
_WITHIN = frozenset(
    """of the st nd rd th s day month year in on de del den der le el d ad monday tuesday wednesday thursday friday
    saturday sunday ngay thang nam mon tue tues wed thu thur thurs fri sat sun er 年 月 日 년 월 일""".split()
)
#: Letters of the shortest month whose name may be misspelt.
_SHORTEST_MISSPELT = 4
_NEAR_ENOUGH = 0.8


def simplified(text: str) -> str:
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
    """The number of each month by its name in any of the languages, without names that are ambiguous between them.

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
                    found.setdefault(simplified(name).strip(" .‎‏"), set()).add(number)
    foreign = {
        name: numbers.pop()
        for name, numbers in found.items()
        if len(numbers) == 1 and len(name) >= _SHORTEST_FOREIGN and name.isalpha()
    }
    return {**foreign, **ENGLISH_MONTHS}


def is_also_a_word(month: str) -> bool:
    """Whether the name of a month is also a common word, such as "may" or "march"."""
    return len(month) <= _LONGEST_ALSO_WORD or month == ALSO_WORD


@lru_cache(maxsize=10_000)
def month_of(word: str) -> int:
    """The number of the month that ``word`` names, misspelt perhaps; 0 if it names none."""
    if word in NUMBERS or word in _WITHIN:
        return 0
    if word in _months():
        return _months()[word]
    slips = [name for name in ENGLISH_MONTHS if sorted(name) == sorted(word) and name[0] == word[0] and len(word) > 2]
    if not slips and len(word) >= _SHORTEST_MISSPELT:
        long = [name for name in ENGLISH_MONTHS if len(name) >= _SHORTEST_MISSPELT]
        slips = difflib.get_close_matches(word, long, 1, _NEAR_ENOUGH)
    return ENGLISH_MONTHS[slips[0]] if slips else 0


def groups_of(simple: str) -> list[list[Token]]:
    """The numbers and months of a text in order, grouped: any word that cannot be within a date begins a new group."""
    words = _TOKEN.findall(simple)
    groups: list[list[Token]] = [[]]
    spelt: list[str] = []
    for position, word in enumerate(words):
        if word in NUMBERS or word in SCALES:
            spelt.append(word)
            continue
        if word == "and" and spelt:
            continue
        groups[-1] += _spelt_out(spelt)
        spelt = []
        between = 0 < position < len(words) - 1 and words[position - 1].isdigit() and words[position + 1].isdigit()
        if word.isdigit():
            groups[-1].append(word)
        elif between and word in ROMAN:
            groups[-1].append(-ROMAN[word])
        elif month_of(word) and not (is_also_a_word(word) and _is_a_word(words, position)):
            groups[-1].append(-month_of(word))
        elif word not in _WITHIN:
            groups.append([])
    groups[-1] += _spelt_out(spelt)
    return [group for group in groups if group]


def _is_a_word(words: list[str], position: int) -> bool:
    """Whether a word such as "may" stands where no number is near, so that it is no month."""
    near = words[max(0, position - 3) : position] + words[position + 1 : position + 3]
    if len(words) == 1:
        return False  # the name of a month is all that was said
    return not any(word.isdigit() or word in NUMBERS for word in near)


def _spelt_out(words: list[str]) -> list[Token]:
    """Numbers in words as digits: "third nineteen eighty five" is 3 and 1985."""
    values: list[int] = []
    joined = False  # the last value is a ten that a one may follow
    for word in words:
        if word in SCALES:
            if values:
                values[-1] *= SCALES[word]
            continue
        value = NUMBERS[word]
        if joined and 0 < value < 10:
            values[-1] += value
            joined = False
        else:
            values.append(value)
            joined = word in TENS
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
