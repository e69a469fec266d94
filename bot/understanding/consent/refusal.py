"""Whether words refuse, perhaps with a reason before or after it."""

from __future__ import annotations

import re

from bot.understanding.consent.agreement import AGREEMENTS, agrees, leans_alone
from bot.understanding.phrasebook import Phrasebook

REFUSALS = Phrasebook("refusals")
_TURNS = REFUSALS.within("turns")
_REFUSING = re.compile(f"{REFUSALS.within('refusal').pattern}|{REFUSALS.within('no').pattern}")
#: "Fine I guess, but I don't like it" is no clear refusal.
_YES = frozenset({"yes", "ok", "agree", "right"})
#: Where a reason may end and the refusal itself begin.
_TURNING_POINT = re.compile(r"(?:, )?(?:so|but|and|therefore|hence|then|donc|mais|alors) |, ")


def refuses(words: str) -> bool:
    """Whether ``words`` say no.

    Args:
        words: from `bot.understanding.phrases.spoken`, with a space after the last one.
    """
    return _begins(_after_courtesies(words)) or _ends(words)


def holds_no(words: str) -> bool:
    """Whether ``words`` say no, whatever else they say."""
    begins = any(part == "alone" for part, _end in REFUSALS.beginning(_after_courtesies(words)))
    return begins or _REFUSING.search(words) is not None


def _after_courtesies(words: str) -> str:
    while True:
        ends = [end for part, end in REFUSALS.beginning(words) if part == "before"]
        if not ends:
            return words
        words = words[max(ends) :].removeprefix(", ")


def _begins(words: str) -> bool:
    found = list(REFUSALS.beginning(words))
    if any(part == "no_refusal" for part, _end in found):
        return False
    return any(_goes_on_harmlessly(part, words[end:]) for part, end in found)


def _goes_on_harmlessly(part: str, rest: str) -> bool:
    """Whether what follows a refusal leaves it one."""
    if part not in ("no", "alone", "refusal"):
        return False
    if not rest:
        return True
    after_pause = rest.removeprefix(", ")
    following = {each for each, _end in REFUSALS.beginning(after_pause)}
    if _is_turned(after_pause) or "no_refusal" in following or agrees(after_pause) or leans_alone(after_pause):
        return False
    if part == "alone":
        return "because" in following
    return (
        part == "refusal" or rest != after_pause or bool(following & {"no", "alone", "refusal", "because", "goes_on"})
    )


def _is_turned(words: str) -> bool:
    return _TURNS.search(_REFUSING.sub("", words)) is not None


def _ends(words: str) -> bool:
    """Whether a reason leads to a refusal: "I travel too much, so no"."""
    for point in _TURNING_POINT.finditer(words):
        reason, last = words[: point.start()], _after_courtesies(words[point.end() :])
        closes = any(
            part in ("no", "refusal") and not _after_courtesies(last[end:]) for part, end in REFUSALS.beginning(last)
        )
        gives_in = "but" in point[0] and any(part in _YES for part, _end in AGREEMENTS.beginning(reason))
        if point.start() and closes and not gives_in and not _is_turned(reason) and not reason.startswith("not "):
            return True
    return False
