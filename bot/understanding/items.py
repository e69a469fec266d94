"""The names that mentors give to the items of the form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.understanding.text import folded

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
_FRENCH_ORDINALS = {
    name: number
    for number, names in enumerate(
        (
            "premier premiere",
            *("deuxieme second seconde", "troisieme", "quatrieme", "cinquieme", "sixieme", "septieme", "huitieme"),
            *("neuvieme", "dixieme", "onzieme", "douzieme", "treizieme", "quatorzieme", "quinzieme"),
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
_ABOUT_THEME = re.compile(
    rf"\b(?:{_CLAUSE}|one|bit|promise|answer|celle|celui|engagement|reponse) "
    r"(?:about|on|with|regarding|concerning|that says|where|for|sur|concernant|qui parle de|qui dit|pour) "
    r"(?:the |my |our |la |le |les |l')?(?P<theme>.+)"
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
        r"(?:background|criminal|police|record)s? (?:check|screening|thing|stuff|bit)s?(?: permission)?|permission(?: for| to)?|"
        r"bg check|screening|vetting|criminal records?",
    ),
    ("expertise", r"expertise|areas?|skills?|expertises|strengths"),
    ("experience", r"(?:mentoring )?experiences?"),
    ("reasons", r"reasons|(?<!\ba )(?<!\bany )(?<!\bno )reason|motivations?|motives?"),
    ("full_name", r"(?:full |legal |real |last |first |family |sur|full legal )*names?|surname"),
    ("country", r"(?:my|your|which|what|wrong) country|country of residence"),
    ("region", r"(?:my|which|wrong) (?:province|region|state)"),
    ("account", r"accounts?(?: type| question)?"),
)
#: The same in French, without accents, which not everybody types.
_IN_FRENCH: Mapping[str, str] = {
    "ethics_assist_and_guide": r"role du mentor|aider et guider|imposer|visees",
    "ethics_confidentiality": r"confidentiel\w*|confidentialite",
    "ethics_laws": r"lois?|legislation",
    "ethics_mentee_rights": r"droits",
    "ethics_respect_for_time": r"(?:respect du|leur|votre) temps",
    "ethics_autonomy": r"autonomie|independance",
    "ethics_own_work": r"(?:faire (?:le|leur|son)|propre) travail|travail a (?:sa|leur) place",
    "ethics_privacy": r"vie privee",
    "ethics_truthfulness": r"sinceri\w+|sinceres?|honnete\w*|franchise|verite",
    "ethics_smooth_ending": r"fin en douceur|dependance",
    "ethics_own_limits": r"limites|capacites|au-dela",
    "ethics_records": r"dossiers?|documents|mes notes",
    "ethics_ethical_issues": r"conflits? d'interets?|questions? (?:d'ethique|ethiques?)",
    "ethics_right_to_end": r"mettre fin|rompre|dissoudre",
    "date_of_birth": r"(?:date|jour|annee|lieu) de (?:ma )?naissance|anniversaire|mon age|l'age|ddn",
    "email": r"adresse(?: (?:courriel|mail|electronique))?|courriels?|mon mail",
    "photo": r"egoportraits?|mon visage",
    "code_of_ethics": r"code d'ethique|code de conduite|(?:tout )?le code|charte",
    "published_and_rated": r"publie(?:e|s|es)?|publier|notee?s?|evalue(?:e|s|es)?|evaluations?",
    "two_months": r"(?:deux|2) mois|premier engagement",
    "background_check": r"antecedents|casier(?: judiciaire)?|verifications?|autorisation",
    "expertise": r"domaines?|competences?|specialites?",
    "experience": r"parcours",
    "reasons": r"(?<!\bune )raisons?|motifs?",
    "full_name": r"noms?(?: de famille| complet| legal)?|prenoms?",
    "country": r"(?:mon|quel|mauvais) pays|pays de residence",
    "region": r"(?:ma|quelle|mauvaise) (?:province|region)|mon etat",
    "account": r"(?:mon|votre|ton|un|le|du|de|ce|quel|nouveau|aucun|sans|question|changer|modifier) comptes?|^comptes?$",
}


def _compiled(names: Sequence[tuple[str, str]]) -> list[tuple[str, re.Pattern[str]]]:
    every = ((item, "|".join(filter(None, (pattern, _IN_FRENCH.get(item))))) for item, pattern in names)
    return [(item, re.compile(rf"\b(?:{pattern})\b")) for item, pattern in every]


_ANY_CLAUSE = re.compile(r"\b(?:an?|any|some|une) clauses?\b")
_PATTERNS = _compiled(_NAMES)
_THEMES = _compiled(CLAUSES)


def named_item(text: str) -> str | None:
    """The id of the item of the form that ``text`` names, or None.

    A clause of the code of ethics is named by its number ("clause 3", "the third clause") or by what it is about
    ("the clause about privacy"); another item by any of its usual names.
    """
    simple = folded(text)
    return _numbered(simple) or _themed(simple) or _other(simple)


def _numbered(simple: str) -> str | None:
    match = _NUMBERED.search(simple)
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
    return CLAUSES[position - 1][0] if 1 <= position <= len(CLAUSES) else None


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
