"""The data about a mentor that Checkr needs: first and last name, and work location."""

from __future__ import annotations

from bot.checks.providers.person import UnfitError

US = "US"

#: Endings of a name that belong to the last name.
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


def split_name(full_name: str) -> tuple[str, str]:
    """First and last name of a legal name.

    The last word is the last name, with an ending such as Jr.; in ``Lovelace, Ada`` the first is.

    Raises:
        UnfitError: the name is one word, or empty.
    """
    head, _, tail = full_name.partition(",")
    if head.split() and tail.split() and _bare(tail) not in _SUFFIXES:
        return " ".join(tail.replace(",", " ").split()), " ".join(head.split())
    words = full_name.replace(",", " ").split()
    last = 2 if len(words) > 2 and _bare(words[-1]) in _SUFFIXES else 1
    if len(words) < 2:
        raise UnfitError("Checkr needs a first and a last name, and the legal name is one word or not known.")
    return " ".join(words[:-last]), " ".join(words[-last:])


def _bare(word: str) -> str:
    return word.strip().rstrip(".").casefold()


def work_location(answers: dict[str, str]) -> dict[str, str]:
    """The work location from the answers ``country`` (ISO 3166-1 alpha-2) and ``region`` (ISO 3166-2).

    Raises:
        UnfitError: there is no country, or no state in the US.
    """
    country = answers.get("country", "").strip().upper()
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise UnfitError("Checkr needs the country, and it is not known.")
    state = answers.get("region", "").strip().upper().removeprefix(f"{country}-")
    is_code = len(state) <= 3 and state.isascii() and state.isalnum()
    if country == US and not (is_code and len(state) == 2):
        raise UnfitError("Checkr needs the state in the US, and it is not known.")
    return {"country": country, "state": state} if is_code else {"country": country}
