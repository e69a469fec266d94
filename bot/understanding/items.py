"""The items of the form that mentors name, by the names in its files and by the numbers of its clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.core.form_files import FORM_FILES, ItemFile
from bot.understanding.text import folded

_CLAUSES = tuple(each.item for each in FORM_FILES if each.item.kind == "clause")
#: The ids of the clauses of the code of ethics, in order.
CLAUSES: tuple[str, ...] = tuple(each.id for each in _CLAUSES)
#: Numbers of clauses in words; a longer code has its later clauses named by digits.
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
    "twentieth",
)
_NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_FRENCH_ORDINALS = {
    name: number
    for number, names in enumerate(
        (
            "premier premiere",
            *("deuxieme second seconde", "troisieme", "quatrieme", "cinquieme", "sixieme", "septieme", "huitieme"),
            *("neuvieme", "dixieme", "onzieme", "douzieme", "treizieme", "quatorzieme", "quinzieme"),
            *("seizieme", "dix-septieme", "dix-huitieme", "dix-neuvieme", "vingtieme"),
        ),
        start=1,
    )
    for name in names.split()
}
_CLAUSE = r"(?:clause|part|rule|point|section|paragraph|principle|item|partie|regle|article|paragraphe|principe)"
_NUMBERED = re.compile(
    rf"\b{_CLAUSE} (?:number |numero |no\.? ?|nr\.? ?|n ?|#)?(?P<number>\d{{1,2}}|{'|'.join(_NUMBERS)})\b|"
    rf"\b(?:(?P<french>{'|'.join(_FRENCH_ORDINALS)})|(?P<place>\d{{1,2}}) ?(?:ere?|e|eme)) {_CLAUSE}\b|"
    rf"(?<!ty[ -])\b(?P<ordinal>{'|'.join(_ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th))(?: ethics)? {_CLAUSE}\b|"
    r"\b(?:code of )?ethics (?:number |no\.? ?|#)?(?P<ethics>\d{1,2})\b"
)
#: A number alone, which is a clause's where the code of ethics is asked: "number 10", "#10", "the tenth one".
_BARE_NUMBER = re.compile(
    rf"(?:\b(?:number|numero|nr\.?|no\.?|n°|nbr?)|#) ?(?P<number>\d{{1,2}}|{'|'.join(_NUMBERS)})\b|"
    rf"\b(?:the|my|le|la) (?P<ordinal>{'|'.join(_ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th))(?: one)?\b(?! \w+ly\b)|"
    rf"\b(?:le|la) (?P<french>{'|'.join(_FRENCH_ORDINALS)})\b|"
    r"\b(?:le|la) (?P<place>\d{1,2})(?:e|eme|ere?)?\b|"
    r"\b(?:explain|about|expliquez?|what(?:'s| is)|c'est quoi) (?P<ethics>\d{1,2})\W*$"
)
_ABOUT_THEME = re.compile(
    rf"\b(?:{_CLAUSE}|one|bit|promise|answer|celle|celui|engagement|reponse) "
    r"(?:about|on|with|regarding|concerning|that says|where|for|sur|concernant|qui parle de|qui dit|pour) "
    r"(?:the |my |our |la |le |les |l')?(?P<theme>.+)"
)
_THEME_BEFORE = re.compile(rf"\b(?P<theme>[\w' -]+?) {_CLAUSE}\b")


def _compiled(items: Iterable[ItemFile]) -> list[tuple[str, re.Pattern[str]]]:
    """The patterns of the items that have names, the weightiest first."""
    named = ((each.id, (*each.names.en, *each.names.fr)) for each in sorted(items, key=lambda each: -each.names.weight))
    return [(item, re.compile(rf"\b(?:{'|'.join(patterns)})\b")) for item, patterns in named if patterns]


_ANY_CLAUSE = re.compile(r"\b(?:an?|any|some|une) clauses?\b")
_PATTERNS = _compiled(each.item for each in FORM_FILES if each.item.kind != "clause")
_THEMES = _compiled(_CLAUSES)


def named_item(text: str, *, at_code: bool = False) -> str | None:
    """The id of the item of the form that ``text`` names, or None.

    A clause of the code of ethics is named by its number ("clause 3", "the third clause") or by what it is about
    ("the clause about privacy"); another item by any of its usual names.

    Args:
        text: the message.
        at_code: whether the code of ethics is asked, so that a number alone names a clause: "what is number 10 about?".
    """
    simple = folded(text)
    return _numbered(simple, at_code=at_code) or _themed(simple) or _other(simple)


def _numbered(simple: str, *, at_code: bool = False) -> str | None:
    match = _NUMBERED.search(simple) or (_BARE_NUMBER.search(simple) if at_code else None)
    if match is None:
        return None
    number = match["number"] or match["ethics"] or match["place"]
    if number in _NUMBERS:
        position = _NUMBERS.index(number) + 1
    elif number:
        position = int(number)
    elif match["french"]:
        position = _FRENCH_ORDINALS[match["french"]]
    elif match["ordinal"] in _ORDINALS:
        position = _ORDINALS.index(match["ordinal"]) + 1
    else:
        position = int(match["ordinal"][:-2])
    return CLAUSES[position - 1] if 1 <= position <= len(CLAUSES) else None


def names_no_clause(text: str) -> bool:
    """Whether ``text`` names no clause that there is, by a number that none has, or any of them: "a clause"."""
    simple = folded(text)
    if _NUMBERED.search(simple):
        return _numbered(simple) is None
    return _ANY_CLAUSE.search(simple) is not None and _themed(simple) is None


def _themed(simple: str) -> str | None:
    themes = (match["theme"] for pattern in (_ABOUT_THEME, _THEME_BEFORE) for match in pattern.finditer(simple))
    return next((clause for theme in themes if (clause := _about(theme))), None)


def _about(theme: str) -> str | None:
    return next((item for item, pattern in _THEMES if pattern.search(theme)), None)


def clause_about(text: str) -> str | None:
    """The id of the clause of the code of ethics that has a word of ``text`` for its theme, or None.

    For a message that asks what such a word means, without saying that it means a clause.
    """
    return _about(folded(text))


def _other(simple: str) -> str | None:
    found: list[tuple[int, int, str]] = []
    for rank, (item, pattern) in enumerate(_PATTERNS):
        match = pattern.search(simple)
        if match:
            found.append((match.start(), rank, item))
    return min(found, key=lambda each: each[1])[2] if found else None
