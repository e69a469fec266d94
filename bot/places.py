"""Countries and regions by the names that people give them, as ISO 3166 codes."""

from __future__ import annotations

import re

import pycountry

#: Countries whose states or provinces are asked for.
WITH_REGION = ("US", "CA")
#: What people put before the place.
_LEAD = re.compile(r"(?:(?:i (?:live|am|reside)|i'm|we live) in|in|from|it is|it's)(?: the)? |the ", re.IGNORECASE)
#: Names that ISO 3166 does not list.
_CALLED = {
    **dict.fromkeys(("uk", "england", "scotland", "wales", "great britain", "britain", "northern ireland"), "GB"),
    **dict.fromkeys(("america", "u.s", "u.s.a", "united states of america", "the states", "states"), "US"),
    "holland": "NL",
    "czech republic": "CZ",
    "turkey": "TR",
    "ivory coast": "CI",
}


def country_code(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country, by a code or any of its English names; None if it is none."""
    said = _place(text)
    try:
        return pycountry.countries.lookup(_CALLED.get(said, said)).alpha_2
    except LookupError:
        return None


def region_code(text: str) -> str | None:
    """The ISO 3166-2 code of a state or province of a country `WITH_REGION`, by code or name; None if it is none."""
    said = _place(text)
    for each in pycountry.subdivisions:
        if each.country_code in WITH_REGION and said in (
            each.code.casefold(),
            each.code.partition("-")[2].casefold(),
            each.name.casefold(),
        ):
            return str(each.code)
    return None


def country_name(code: str) -> str:
    """The English name of the country with an ISO 3166-1 alpha-2 code; the code itself if there is none."""
    found = pycountry.countries.get(alpha_2=code)
    return found.name if found else code


def region_name(code: str) -> str:
    """The English name of the region with an ISO 3166-2 code; the code itself if there is none."""
    return next((str(each.name) for each in pycountry.subdivisions if each.code == code), code)


def _place(text: str) -> str:
    return _LEAD.sub("", text.strip(), count=1).strip(" .!").casefold()
