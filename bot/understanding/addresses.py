"""E-mail addresses in a text, and slips in the names of well-known mail services."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

#: An address: nothing that stands around one is in it, apart from a full stop at the end.
ADDRESS = re.compile(
    r"(?<![\w.+-])(?:mailto:)?(?P<address>[^\s@<>()\[\]{},;:\"“”«»]+@[^\s@<>()\[\]{},;:\"“”«»]+)", re.IGNORECASE
)
_AFTER = ".!?'’…"
_BEFORE = "'‘’"
_NOT_THIS = re.compile(r"\b(?:not|instead of|rather than|pas|au lieu de)\s+[<(\"“]*$", re.IGNORECASE)
_NO_LONGER = re.compile(
    r"[\s,]*(?:is|was|est|était) (?:my |mon |ma )?(?:old|previous|former|wrong|no longer|not|ancienne?|pas|plus)\b",
    re.IGNORECASE,
)
_DOT = re.compile(r"\s*[\[(]?\b(?:dot|point|punkt)\b[\])]?\s*|\s+\.\s+")
#: A comma typed for the full stop in a site's name.
_COMMA = re.compile(r"(?<=[\w-]),(?=(?:com|org|net|edu|gov|info|io|ca|co\.uk|fr|de|be|ch)$)")
_AT = re.compile(r"\s*[\[(]?\b(?:at|arobase|arobas)\b[\])]?\s*|\s+@\s+")
_SPELLED = re.compile(
    rf"(?:^|\s)(?P<address>[\w+-]+(?:(?:{_DOT.pattern}|\.)[\w+-]+)*(?:{_AT.pattern})[\w-]+(?:(?:{_DOT.pattern}|\.)[\w-]+)*)$"
)
_SERVICES = frozenset(
    line
    for line in (Path(__file__).parent / "lists" / "mail_services.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)
#: Words of an address that is spelled out, at most, with "it is".
_LONGEST_SPELLED = 12
#: Shorter names are near to too many others.
_SHORTEST = 9


def addresses_in(text: str) -> list[str]:
    """The addresses in ``text`` in order, each once, but those that are said not to be it."""
    found = [
        match["address"].rstrip(_AFTER).lstrip(_BEFORE)
        for match in ADDRESS.finditer(text)
        if not _NOT_THIS.search(text[: match.start()]) and not _NO_LONGER.match(text[match.end() :])
    ]
    return list(dict.fromkeys(found))


def spelled_address(text: str) -> str | None:
    """The address that is written in words, or with a comma for a full stop: "maria at example dot org".

    Args:
        text: the whole message; what is before the address does not count.
    """
    said = text.casefold().strip(" .!")
    mended = _COMMA.sub(".", said)
    if mended != said:
        found = addresses_in(mended)
        return found[0] if len(found) == 1 else None
    match = _SPELLED.search(said)
    return _AT.sub("@", _DOT.sub(".", match["address"])) if match is not None else None


def is_spelled_out(text: str) -> bool:
    """Whether the whole of a message is an address in words, or a part of one: "maria at example"."""
    address = spelled_address(text)
    return address is not None and "?" not in text and len(text.split()) <= _LONGEST_SPELLED


def meant_address(address: str) -> str | None:
    """The address that was probably meant: at a well-known service whose name has one slip; None if there is none.

    Args:
        address: as typed.
    """
    name, _, domain = address.rpartition("@")
    domain = domain.lower()
    if domain in _SERVICES:
        return None
    near = {each for each in _SERVICES if len(each) >= _SHORTEST and _is_one_slip(domain, each)}
    return f"{name}@{near.pop()}" if len(near) == 1 else None


def _is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, added, changed, or two are swapped."""
    shorter, longer = sorted((typed, meant), key=len)
    if len(longer) - len(shorter) == 1:
        return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
    other = [at for at in range(len(typed)) if typed[at] != meant[at]] if len(typed) == len(meant) else []
    if len(other) == 1:
        return True
    return any(
        (first, second) == tuple(other) and typed[first] == meant[second] and typed[second] == meant[first]
        for first, second in pairwise(range(len(typed)))
    )
