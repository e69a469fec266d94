"""The names that mentors give to the items of the form."""

from __future__ import annotations

import re

from bot.understanding.text import words

#: The clauses of the code of ethics in order, each with words that tell it from the others.
CLAUSES: tuple[tuple[str, str], ...] = (
    ("ethics_assist_and_guide", r"agenda|assist(?:ing)?|guid(?:e|ing)|role of (?:the|a) mentor|mentor's role"),
    ("ethics_confidentiality", r"appropriate level|level of confidentiality|confidential\w*"),
    ("ethics_laws", r"laws?|legal (?:rules|part|stuff)"),
    ("ethics_mentee_rights", r"mentees?'?s? rights|rights of (?:the |a )?mentees?|(?<!copy)rights"),
    (
        "ethics_respect_for_time",
        r"respect\w* (?:for )?(?:each other's |other people's |their |the )?time|(?:each other's|their|our) time",
    ),
    ("ethics_autonomy", r"autonomy|independence|increasing (?:amounts of )?responsibility"),
    (
        "ethics_own_work",
        r"(?:do(?:ing)?|their|own|mentee's) (?:the |their )?(?:mentee's )?(?:jobs?|work)(?: for them)?",
    ),
    ("ethics_privacy", r"privacy|private life"),
    ("ethics_truthfulness", r"truth\w*|honest\w*|open(?:ness)?(?: and (?:truth\w*|honest\w*))?"),
    ("ethics_smooth_ending", r"smooth\w*|transition|ending the relationship|dependen\w+|creating dependency"),
    ("ethics_no_exploitation", r"exploit\w*|misinterpret\w*"),
    ("ethics_own_limits", r"limits|capabilit\w+|bounds|beyond (?:my|our|their) \w+|refer(?:ring)?"),
    ("ethics_records", r"records|notes|e-?mails and notes|property of the mentee|disclos\w+"),
    ("ethics_ethical_issues", r"ethical issues?|conflicts? of interest"),
    ("ethics_right_to_end", r"dissolv\w+|right to end|either party|ending it any ?time"),
)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
).split()
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
_CLAUSE = r"(?:clause|part|rule|point|section|paragraph|principle|item)"
_NUMBERED = re.compile(
    rf"\b{_CLAUSE} (?:number |no\.? ?|nr\.? ?|#)?(?P<number>\d{{1,2}}|{'|'.join(_NUMBERS)})\b|"
    rf"(?<!ty[ -])\b(?P<ordinal>{'|'.join(_ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th))(?: ethics)? {_CLAUSE}\b|"
    r"\b(?:code of )?ethics (?:number |no\.? ?|#)?(?P<ethics>\d{1,2})\b"
)
_ABOUT_THEME = re.compile(
    rf"\b(?:{_CLAUSE}|one|bit|promise|answer) (?:about|on|with|regarding|concerning|that says|where|for) "
    r"(?:the |my |our )?(?P<theme>.+)"
)
_THEME_BEFORE = re.compile(rf"\b(?P<theme>[\w' -]+?) {_CLAUSE}\b")

#: The other items, the more telling names first.
_NAMES: tuple[tuple[str, str], ...] = (
    (
        "date_of_birth",
        r"date of (?:my )?birth|birth ?-?(?:date|day)s?|b-?day|dob|d\.o\.b\.?|(?:my|the) age|born|year of birth",
    ),
    ("email", r"e-?mail(?: add?ress?)?s?|mail add?ress?|my mail|e-?mail"),
    ("photo", r"photos?|pics?|pictures?|selfies?|images?|photographs?|portraits?|headshots?|profile pic\w*|my face"),
    ("code_of_ethics", r"(?:whole |entire )?code(?: of (?:ethics|conduct))|whole code|the code\b"),
    ("published_and_rated", r"publish\w*|publication|rated|ratings?|rate me|interactions?|being public"),
    (
        "two_months",
        r"(?:two|2|three|3)[ -]?months?|months? (?:commitment|promise)|first commitment|commitment(?: of)? (?:two|2)",
    ),
    (
        "background_check",
        r"(?:background|criminal|police|record)s? (?:check|screening)s?(?: permission)?|permission(?: for| to)?|"
        r"bg check|screening|vetting|criminal records?",
    ),
    ("expertise", r"expertise|areas?|skills?|expertises|strengths"),
    ("experience", r"(?:mentoring )?experiences?"),
    ("reasons", r"reasons?|motivations?|motives?"),
    ("full_name", r"(?:full |legal |real |last |first |family |sur|full legal )*names?|surname"),
    ("account", r"accounts?(?: type| question)?"),
)
_PATTERNS = [(item, re.compile(rf"\b(?:{pattern})\b")) for item, pattern in _NAMES]
_THEMES = [(item, re.compile(rf"\b(?:{pattern})\b")) for item, pattern in CLAUSES]


def named_item(text: str) -> str | None:
    """The id of the item of the form that ``text`` names, or None.

    A clause of the code of ethics is named by its number ("clause 3", "the third clause") or by what it is about
    ("the clause about privacy"); another item by any of its usual names.
    """
    simple = words(text)
    return _numbered(simple) or _themed(simple) or _other(simple)


def _numbered(simple: str) -> str | None:
    match = _NUMBERED.search(simple)
    if match is None:
        return None
    number = match["number"] or match["ethics"]
    if number in _NUMBERS:
        position = _NUMBERS.index(number) + 1
    elif number:
        position = int(number)
    elif match["ordinal"] in _ORDINALS:
        position = _ORDINALS.index(match["ordinal"]) + 1
    else:
        position = int(match["ordinal"][:-2])
    return CLAUSES[position - 1][0] if 1 <= position <= len(CLAUSES) else None


def names_no_clause(text: str) -> bool:
    """Whether ``text`` names a clause of the code of ethics by a number that none has: "clause 16"."""
    simple = words(text)
    return _NUMBERED.search(simple) is not None and _numbered(simple) is None


def _themed(simple: str) -> str | None:
    themes = (match["theme"] for pattern in (_ABOUT_THEME, _THEME_BEFORE) for match in pattern.finditer(simple))
    return next((clause for theme in themes if (clause := _about(theme))), None)


def _about(theme: str) -> str | None:
    return next((item for item, pattern in _THEMES if pattern.search(theme)), None)


def clause_about(text: str) -> str | None:
    """The id of the clause of the code of ethics that has a word of ``text`` for its theme, or None.

    For a message that asks what such a word means, without saying that it means a clause.
    """
    return _about(words(text))


def _other(simple: str) -> str | None:
    found: list[tuple[int, int, str]] = []
    for rank, (item, pattern) in enumerate(_PATTERNS):
        match = pattern.search(simple)
        if match:
            found.append((match.start(), rank, item))
    return min(found, key=lambda each: each[1])[2] if found else None
