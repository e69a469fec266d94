"""Finds the ISO 3166 codes of countries and regions by the names that people use."""

from __future__ import annotations

import gettext
import re
import unicodedata
from collections.abc import Mapping
from functools import cache

import pycountry

from bot.i18n.catalogue import ENGLISH, languages

#: Countries for which the bot asks for the state or province.
WITH_REGION = ("US", "CA")
#: Words that people write before the place.
_LEAD = re.compile(
    r"(?:(?:i (?:live|am|reside)|i'm|we live) in|in|from|it is|it's)(?: the)? |the "
    r"|je (?:vis|suis|habite) (?:en|au|aux|a) "
)
#: Names that ISO 3166 does not list.
_CALLED = {
    **dict.fromkeys(("uk", "england", "scotland", "wales", "great britain", "britain", "northern ireland"), "gb"),
    **dict.fromkeys(("america", "u.s", "u.s.a", "united states of america", "the states", "states"), "us"),
    "holland": "nl",
    "czech republic": "cz",
    "turkey": "tr",
    "ivory coast": "ci",
}
_CALLED_CODES = {name: code.upper() for name, code in _CALLED.items()}
#: The most words of a sentence that names a place, and of a place; the fewest letters of a place within a sentence.
_LONGEST_SENTENCE = 12
_LONGEST_PLACE = 5
_SHORTEST_PLACE = 4
_SHORT_NAMES = frozenset({"usa", "uk"})
#: Words that say that the mentor may not live there.
_NOT_THERE = frozenset({"not", "don't", "never", "left", "from", "was", "used", "pas", "plus", "quitte", "etais"})


def country_code(text: str) -> str | None:
    """A country's ISO 3166-1 alpha-2 code, by code or name in one of the bot's languages; None if unknown."""
    said = _place(text)
    return _countries().get(_CALLED.get(said, said)) or _named_in(text, _countries() | _CALLED_CODES, _regions())


def region_code(text: str) -> str | None:
    """The ISO 3166-2 code of a state or province of a country `WITH_REGION`, by code or name; None if it is none."""
    return _regions().get(_place(text)) or _named_in(text, _regions(), _countries())


def country_name(code: str, language: str = ENGLISH) -> str:
    """The name of the country with an ISO 3166-1 alpha-2 code; the code itself if there is none."""
    found = pycountry.countries.get(alpha_2=code)
    return _words("iso3166-1", language).gettext(found.name) if found else code


def region_name(code: str, language: str = ENGLISH) -> str:
    """The name of the region with an ISO 3166-2 code; the code itself if there is none."""
    name = next((str(each.name) for each in pycountry.subdivisions if each.code == code), "")
    return _words("iso3166-2", language).gettext(name) if name else code


@cache
def _countries() -> dict[str, str]:
    named: dict[str, str] = {}
    for each in pycountry.countries:
        codes = [each.alpha_2, each.alpha_3, each.numeric, each.flag]
        names = [getattr(each, name, "") for name in ("name", "official_name", "common_name")]
        names = [_words("iso3166-1", language).gettext(name) for language in languages() for name in names if name]
        named |= {_folded(name): each.alpha_2 for name in codes + names}
    return named


@cache
def _regions() -> dict[str, str]:
    named: dict[str, str] = {}
    for each in (each for each in pycountry.subdivisions if each.country_code in WITH_REGION):
        names = [each.code, each.code.partition("-")[2], each.name]
        names += [_words("iso3166-2", language).gettext(each.name) for language in languages()]
        named |= {_folded(name): each.code for name in names}
    return named


@cache
def _words(domain: str, language: str) -> gettext.NullTranslations:
    """The library's translations of the names, or the names where it has none."""
    return gettext.translation(domain, pycountry.LOCALES_DIR, [language], fallback=True)


def _folded(text: str) -> str:
    """The text without capitals and accents, which not everybody types."""
    spread = unicodedata.normalize("NFD", text.casefold())
    return "".join(each for each in spread if unicodedata.category(each) != "Mn")


def _named_in(text: str, places: Mapping[str, str], others: Mapping[str, str]) -> str | None:
    """The one place that a sentence names; None if it names none or several, or says that the mentor is not there.

    Args:
        text: the sentence.
        places: the codes of places by name.
        others: names that contain a place but are none: "New Mexico" is no country.
    """
    said = re.findall(r"[\w.'’-]+", _folded(text))
    if len(said) > _LONGEST_SENTENCE or "?" in text or _NOT_THERE.intersection(said):
        return None
    found: set[str] = set()
    at = 0
    while at < len(said):
        for end in range(min(len(said), at + _LONGEST_PLACE), at, -1):
            name = " ".join(said[at:end]).strip(".")
            if (len(name) >= _SHORTEST_PLACE or name in _SHORT_NAMES) and (name in places or name in others):
                found |= {places[name]} if name in places else set()
                at = end - 1
                break
        at += 1
    return found.pop() if len(found) == 1 else None


def _place(text: str) -> str:
    return _LEAD.sub("", _folded(text).strip(), count=1).strip(" .!")
