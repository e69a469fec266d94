"""Reading a reply to a yes/no consent.

A consent counts only when it is certain: every word of the reply is known, and one of its phrases says yes (`AGREEMENTS`).
What sounds like a yes, with a remark beside it in which no doubt is found, is asked back. So no list of doubts has to be
complete: one that is missing costs a question, never a false consent. A clear no may give its reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from bot.understanding.consent.agreement import (
    AGREEMENTS,
    COPIED,
    OWN_WORDS,
    agrees,
    agrees_last,
    ends_with_yes,
    has_yes,
    leans_alone,
    yes_beside_a_remark,
)
from bot.understanding.consent.doubts import DOUBTS, Doubt, asks_whether_to_agree, begins_doubting, doubt_in, waves_away
from bot.understanding.consent.promises import promises
from bot.understanding.consent.refusal import REFUSALS, refuses
from bot.understanding.consent.signs import has_undertone, hesitates, mocks, says_alone, without_friendly_signs
from bot.understanding.phrases import PAUSE, spoken
from bot.understanding.spellings import Spelling
from bot.understanding.text import plain

__all__ = [
    "Doubt",
    "Reading",
    "Subject",
    "agrees_to_several",
    "asks_about_agreeing",
    "doubt_about",
    "has_yes_of_its_own",
    "may_be_a_plain_reply",
    "read_consent",
]

#: A longer reply is no clear yes, whatever it says, nor a clear no, in words.
LONGEST_YES = 100
LONGEST_NO = 60
#: The sign in the wording that nobody types.
_TRADEMARK = "®"
_SPELLING = Spelling(AGREEMENTS.vocabulary | OWN_WORDS.vocabulary | REFUSALS.vocabulary | DOUBTS.vocabulary)
_SEVERAL = AGREEMENTS.within("several")
_SENTENCE_END = re.compile(r"(?<=[.;])\s+")
#: The words that the bot itself puts in quotes as an example of an answer.
_OFFERED = re.compile(
    r'\s*["“„]\s*(?P<words>i (?:do not |don\'t |don’t )?agree)\s*[.!]?\s*["”“]\s*[.!]?\s*', re.IGNORECASE
)
#: Replies that may affirm, and the wordings to which they do: "never!", "I would never do that".
_BEFORE_NEVER, _FORBIDS = r"(?:(?:oh|ah|no|non|god) )*(?:, )?", r"not|never|neither|no time"
_AFTER_NEVER = r"(?:, )?(?:(?:i )?promise |juré |promis )?"
_MAY_AFFIRM = tuple(
    (
        re.compile(rf"(?:{_BEFORE_NEVER}(?:{REFUSALS.within(part).pattern})(?:, )?)+{_AFTER_NEVER}"),
        re.compile(rf"\b(?:{wording})\b", re.IGNORECASE),
    )
    for part, wording in (("never", _FORBIDS), ("never_do", f"{_FORBIDS}|avoid|confidentiality|privacy"))
)
#: In words: what is shorter is a part of the yes, which may limit it: "yes, for a month".
_SHORTEST_CLAUSE = 4
#: Doubts that do not take back a yes which is asked back anyway.
_NO_MATTER = frozenset({Doubt.READ, Doubt.OTHER})
#: Doubts before a yes that ends the reply: it is asked back whether the yes is what counts.
_TURNED_FROM = frozenset({Doubt.CONDITION, Doubt.MAYBE, Doubt.COMMAND, Doubt.FEAR, Doubt.READ})


class Reading(str, Enum):
    """How a reply was read: `CONFIRM` for what sounds like a yes, and is asked back."""

    YES = "yes"
    NO = "no"
    CONFIRM = "confirm"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Subject:
    """What a mentor is asked to agree to.

    Attributes:
        consent: its id.
        wording: its text.
    """

    consent: str
    wording: str


def read_consent(text: str, subject: Subject | None = None) -> Reading:
    """Read a typed reply to a consent question.

    Args:
        text: the whole message.
        subject: what was asked for: its wording, and people's own words for it, may stand beside a yes.

    Returns:
        YES or NO only when the whole message is one clear reply.
    """
    alone = says_alone(text)
    if alone is not None:
        return Reading.YES if alone else Reading.NO
    offered = _OFFERED.fullmatch(text)
    text = offered["words"] if offered else text.replace(_TRADEMARK, "")
    if has_undertone(text, at_refusal=True):
        return Reading.UNCLEAR
    words = _words(without_friendly_signs(text))
    length = len(words.split())
    if "?" not in plain(text) and subject is not None and _may_affirm(words, subject.wording):
        return Reading.CONFIRM
    if "?" not in plain(text) and length <= LONGEST_NO and refuses(words) and not agrees_last(words):
        return Reading.NO
    if "?" in plain(text) or hesitates(text) or has_undertone(text) or length > LONGEST_YES:
        return Reading.UNCLEAR
    words = _without_copies(words, subject)
    if waves_away(words):
        return Reading.UNCLEAR
    consent = subject.consent if subject else ""
    doubt = doubt_in(words)
    if doubt is not Doubt.LATER and agrees(words, consent):  # "that's fine for now"
        return Reading.YES
    is_likely = (
        leans_alone(words, consent)
        or (doubt in _NO_MATTER and has_yes(words, consent))
        or (doubt is Doubt.MAYBE and has_yes_of_its_own(text, consent))  # "yes, at least two months, probably longer"
        or (doubt in _TURNED_FROM and ends_with_yes(words, consent))
        or (subject is not None and _promises(words, subject, doubt))
    )
    return Reading.CONFIRM if is_likely else Reading.UNCLEAR


def doubt_about(text: str) -> Doubt:
    """Why a reply that was read as unclear is so, as well as can be told.

    Args:
        text: the whole message.
    """
    if "?" in text and agrees(_words(text.replace("?", ""))):
        return Doubt.OTHER  # "yes?" asks nothing
    doubt = doubt_in(_words(text))
    return Doubt.IRONY if doubt in _NO_MATTER and (hesitates(text) or has_undertone(text)) else doubt


def may_be_a_plain_reply(text: str) -> bool:
    """Whether nothing in the way a reply is written turns it into its opposite: it may be a yes or a no in other words."""
    return "?" not in plain(text) and not hesitates(text) and not mocks(text)


def has_yes_of_its_own(text: str, consent: str = "") -> bool:
    """Whether a reply has a yes as a clause of its own, and a remark that does not begin with a condition or a doubt.

    Such a condition is rather one of the remark: "Yes. I will hand over the notes whenever they ask".
    """
    words = _words(without_friendly_signs(text))
    remark = yes_beside_a_remark(words, consent)
    is_clause = remark is not None and len(remark.split()) >= _SHORTEST_CLAUSE
    return is_clause and not begins_doubting(str(remark)) and not waves_away(words)


def agrees_to_several(text: str) -> bool:
    """Whether a yes is meant for other consents, too: "yes to all"."""
    return _SEVERAL.search(_words(text)) is not None


def asks_about_agreeing(question: str) -> bool:
    """Whether a question beside a yes is about the agreement itself: "Yes. Can I change my mind?"."""
    return asks_whether_to_agree(_words(question))


def _may_affirm(words: str, wording: str) -> bool:
    """Whether a refusing reply may mean that the mentor never does what the consent's wording forbids."""
    return any(reply.fullmatch(words) and forbids.search(wording) for reply, forbids in _MAY_AFFIRM)


def _promises(words: str, subject: Subject, doubt: Doubt) -> bool:
    """Whether words in which at most a condition is doubtful promise what the consent says."""
    has_condition = doubt is Doubt.CONDITION
    is_calm = has_condition or doubt in _NO_MATTER
    return is_calm and promises(words, subject.consent, subject.wording, has_condition=has_condition)


def _words(text: str) -> str:
    """The words as `Phrasebook` compares them."""
    said = spoken(text, _SPELLING.of)
    return f"{said} " if said else ""


@lru_cache(maxsize=64)
def _sentences(subject: Subject) -> re.Pattern[str]:
    """Finds the sentences of a consent's wording, with its punctuation or without."""
    sentences = (_words(each.replace(_TRADEMARK, "")) for each in _SENTENCE_END.split(subject.wording))
    return re.compile("|".join(re.escape(each).replace(rf"\ {PAUSE}\ ", rf"\ (?:{PAUSE}\ )?") for each in sentences))


def _without_copies(words: str, subject: Subject | None) -> str:
    return _sentences(subject).sub(f"{COPIED} ", words) if subject else words
