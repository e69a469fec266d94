"""Where a mentor says that they live now, at another question: "I moved to Alberta", "my country is Portugal, not Spain"."""

from __future__ import annotations

import re

from bot.i18n.geography import country_code, country_name, region_code
from bot.understanding.text import tidy

COUNTRY, REGION = "country", "region"
#: Says where somebody lives, and that it is another place than before.
_MOVED = re.compile(
    r"\b(?:i(?:['’]?ve| have|['’]m)? (?:just |recently )?mov(?:ed|ing)|i no longer live|i don['’]?t live|j['’]ai déménagé|"
    r"j['’]ai demenage|je (?:n['’]habite|ne vis|vis) plus|j['’]habite plus|(?:my|the wrong|wrong|mon|ma|mauvaise?) "
    r"(?:country|state|province|region|pays|région|état)|(?:live|living|i['’]m|i am|habite|vis|suis) (?:now|maintenant)|"
    r"(?:now|maintenant) (?:live|living|in|en|au|à)|(?:live|i['’]m|i am|habite|vis|suis) [^,.;!?]{1,40} (?:now|maintenant)\b)",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[,;.!\n]+|\b(?:and|but|et|mais|instead of|rather than|not|pas)\b", re.IGNORECASE)
#: A place where they lived before: "I no longer live in France".
_LEFT = re.compile(r"\b(?:no longer|not|don['’]?t|plus|pas|left|quitté|from)\b", re.IGNORECASE)
_LONGEST = 20
#: A shorter word is the code of a country by chance: "no", "it".
_SHORTEST = 3


def residence_in(text: str) -> tuple[tuple[str, str], ...]:
    """The country, and the region if there is one, to which the whole of a message says that its writer moved.

    Args:
        text: the whole message.

    Returns:
        The item and the name of each; () where the message says nothing of the kind, or names several places.
    """
    said = tidy(text)
    if "?" in said or len(said.split()) > _LONGEST or _MOVED.search(said) is None:
        return ()
    parts = _parts(said)
    regions = {code for part in parts if (code := region_code(part))}
    countries = {code for part in parts if (code := country_code(part))} | {code.partition("-")[0] for code in regions}
    if len(countries) != 1 or len(regions) > 1:
        return ()
    named = [(COUNTRY, country_name(each)) for each in countries]
    return (*named, *((REGION, each) for each in regions))


def _parts(said: str) -> list[str]:
    """The parts of a message that say where somebody is now, without the words around the place."""
    found: list[str] = []
    at = 0
    for between in [*_PARTS.finditer(said), None]:
        part = said[at : between.start() if between else len(said)]
        before = said[:at].rstrip().casefold()
        is_long = len(part.strip(" .")) >= _SHORTEST or part.isupper()
        if is_long and not _LEFT.search(part) and not before.endswith(("not", "pas", "instead of", "rather than")):
            found.append(part)
        at = between.end() if between else len(said)
    return found
