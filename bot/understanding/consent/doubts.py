"""Why a reply is neither a yes nor a no."""

from __future__ import annotations

import re
from enum import Enum

from bot.understanding.consent.refusal import holds_no
from bot.understanding.phrasebook import Phrasebook

DOUBTS = Phrasebook("doubts")


class Doubt(str, Enum):
    """Why a reply is neither a yes nor a no; each has its own sentence for the mentor."""

    QUESTION = "question"
    BOTH = "both"
    CONTRADICTION = "contradiction"
    CONDITION = "condition"
    LATER = "later"
    MAYBE = "maybe"
    COMMAND = "command"
    FEAR = "fear"
    IRONY = "irony"
    READ = "read"
    OTHER = "other"


#: A yes, beside which a no takes it back.
_YES = re.compile(r"(?<!\S)(?:yes|yeah|yep|agreed?|ok|sure|oui|d'accord) ")
_HARMLESS = DOUBTS.within("harmless")
_FOUND = {each: DOUBTS.within(each.value) for each in Doubt if each.value in DOUBTS.parts}
_FOUND_PARTS = frozenset(each.value for each in _FOUND) - {Doubt.IRONY.value, Doubt.COMMAND.value}
_LIMITS = DOUBTS.within("limits")
_ABOUT_AGREEING = DOUBTS.within("about_agreeing")
_WAVING = DOUBTS.within("waving")
#: Words that ask where a clause begins with them.
_ASKS = re.compile(rf"(?:^|(?<=, )|(?<=and )|(?<=but )|(?<=so ))(?:{DOUBTS.within('asks').pattern})")


def doubt_in(words: str) -> Doubt:
    """The first doubt that is found in ``words``.

    Args:
        words: from `bot.understanding.phrases.spoken`, with a space after the last one.
    """
    bare = _HARMLESS.sub("§ ", words)
    if "?" in words or _ASKS.search(bare):
        return Doubt.QUESTION
    found = {each for each, pattern in _FOUND.items() if pattern.search(bare)}
    if waves_away(words):
        found.add(Doubt.IRONY)
    if _YES.search(words):
        if holds_no(bare):
            found.add(Doubt.BOTH)
    else:
        found.discard(Doubt.CONTRADICTION)
    return next((each for each in Doubt if each in found), Doubt.OTHER)


def begins_doubting(words: str) -> bool:
    """Whether ``words`` begin with a doubt, or with what limits a yes before them: "unless …", "for as long as …"."""
    return _LIMITS.match(words) is not None or any(part in _FOUND_PARTS for part, _end in DOUBTS.beginning(words))


def waves_away(words: str) -> bool:
    """Whether a yes is said so that it means none: "yeah, yeah"."""
    return _WAVING.search(words) is not None


def asks_whether_to_agree(words: str) -> bool:
    """Whether a question is about the agreement itself."""
    return _ABOUT_AGREEING.search(words) is not None
