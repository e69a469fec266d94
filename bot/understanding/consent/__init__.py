"""Reading a reply to a yes/no consent.

A consent counts only when it is clear. So a yes is a message that is *composed* of phrases of agreement and of
phrases that leave an agreement what it is (thanks, praise, "that makes sense"), with no word left over. One word
that is not known, "but", "if", "maybe" or a name, is enough for the reply to be unclear: there is no list of words
that forbid a yes, only one of phrases that may be part of it. A clear no may be followed by its reason.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from bot.understanding.consent.agreement import VOCABULARY as AGREEMENT_WORDS
from bot.understanding.consent.agreement import is_agreement
from bot.understanding.consent.refusal import VOCABULARY as REFUSAL_WORDS
from bot.understanding.consent.refusal import is_refusal
from bot.understanding.consent.spellings import Spelling
from bot.understanding.consent.subject import TRADEMARK, Subject
from bot.understanding.consent.subject import VOCABULARY as SUBJECT_WORDS
from bot.understanding.phrases import spoken
from bot.understanding.text import MASK, plain

__all__ = ["Doubt", "Reading", "Subject", "doubt_about", "read_consent"]


class Reading(str, Enum):
    """How a reply was read."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


#: A longer reply is no clear yes, whatever it says, nor a clear no, in words.
LONGEST_YES = 100
LONGEST_NO = 60

_SPELLING = Spelling(AGREEMENT_WORDS | REFUSAL_WORDS | SUBJECT_WORDS)
_EMOJI_STYLE = "\ufe0f"  # the selector that shows a sign as an emoji
#: Emoji that leave a yes or a no what it is.
_FRIENDLY = frozenset("👍✅✔☑🙂😊😀😃😄❤🙏👌🤝💯🎉✨🌟💪😇🫡\ufe0f🏻🏼🏽🏾🏿")
#: Emoji that may stand beside a no.
_UNWILLING = frozenset("👎🙅✋🚫❌🛑😕☹🙁😞😔😠😡\u200d♀♂")
#: Emoticons other than a plain smile: a wink, a sad or a wry face.
_EMOTICON = re.compile(r"(?<!\w)[:;=8xX]['^-]?[()\[\]/\\|DPpOo3*$](?!\w)")
_SMILE = re.compile(r"[:=]-?[)D](?![)D])")
#: A face that may stand beside a no.
_SAD = re.compile(r"[:=]['-]?\(+")
#: Controls that show text in another order than it is stored.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: Capitals inside a word: the mocking "yEs, SuRe".
_MOCKING = re.compile(r"\b(?!JobGen\b)[^\W\d_]*[^\W\d_A-Z][A-Z][^\W\d_]*\b")
#: Dots and stretched vowels hesitate, a repeated "yeah" or "sure" waves away.
_HESITATING = re.compile(
    r"\.\s*\.|…|\b(?:yea{2,}h|su{2,}re|oka{2,}y|ri{2,}ght|fi{2,}ne|we{2,}ll+|wel{3,})\b", re.IGNORECASE
)
_WAVING_AWAY = re.compile(r"\b(yeah|sure|ok|right|fine|whatever)(?: ,)? \1\b|\b(?:yeah|sure|ok|oh) right\b")
_QUOTED = re.compile(r'["“„«»]')
#: The words that the bot itself puts in quotes as an example of an answer.
_OFFERED = re.compile(
    r'\s*["“„]\s*(?P<words>i (?:do not |don\'t |don’t )?agree)\s*[.!]?\s*["”“]\s*[.!]?\s*', re.IGNORECASE
)


def read_consent(text: str, subject: Subject | None = None) -> Reading:
    """Read a typed reply to a consent question.

    Args:
        text: the whole message.
        subject: what was asked for: who repeats it in its own words ("I will respect their privacy") agrees, too.

    Returns:
        YES or NO only when the whole message is one clear reply; UNCLEAR for all else.
    """
    offered = _OFFERED.fullmatch(text)
    text = offered["words"] if offered else text.replace(TRADEMARK, "")
    refusing = _SAD.sub("", "".join(each for each in text if each not in _UNWILLING))
    if "?" in plain(text) or _has_undertone(refusing):
        return Reading.UNCLEAR
    words = spoken(_SMILE.sub("", "".join(each for each in refusing if each not in _FRIENDLY)), _SPELLING.of)
    length = len(words.split())
    if length <= LONGEST_NO and is_refusal(words, subject):
        return Reading.NO
    hesitates = _HESITATING.search(plain(text)) or _WAVING_AWAY.search(words) or _MOCKING.search(text)
    if hesitates or _has_undertone(text) or length > LONGEST_YES:
        return Reading.UNCLEAR
    return Reading.YES if is_agreement(words, subject) else Reading.UNCLEAR


def _has_undertone(text: str) -> bool:
    """Whether signs around the words may turn them into their opposite: a rolling eye, a wink, words struck out."""
    if any(unicodedata.category(each) == "So" and each not in _FRIENDLY for each in text):
        return True
    marks = (each for each in unicodedata.normalize("NFC", text) if unicodedata.category(each) == "Mn")
    if "~~" in text or MASK in text or any(each != _EMOJI_STYLE for each in marks):
        return True
    if _REORDERING.search(text) or _QUOTED.search(text):
        return True
    return bool(_EMOTICON.search(_SMILE.sub("", text)))


class Doubt(str, Enum):
    """Why a reply is neither a yes nor a no; each has its own sentence for the mentor."""

    QUESTION = "question"
    BOTH = "both"
    CONDITION = "condition"
    MAYBE = "maybe"
    LATER = "later"
    READ = "read"
    OTHER = "other"


_DOUBTS = (
    (Doubt.QUESTION, re.compile(r"\?")),
    (
        Doubt.CONDITION,
        re.compile(
            r"\b(?:if|unless|but|except|provided|as long as|so long as|only|until|till|however|although|though|depends|"
            r"depending|in case|when|apart from|other than|with the exception|on condition|on the condition|most of|partly|"
            r"partially|some of|half|up to|at most|at least one|(?:1|one|three|3) (?:weeks?|months?))\b"
        ),
    ),
    (Doubt.BOTH, re.compile(r"\b(?:yes|yeah|agree|ok)\b.*\b(?:no|not|don't|nah)\b|\bno\b.*\b(?:yes|agree)\b")),
    (
        Doubt.LATER,
        re.compile(
            r"\b(?:later|tomorrow|think about|think it over|let me think|not yet|not now|ask my|talk to my|need time)\b"
        ),
    ),
    (
        Doubt.MAYBE,
        re.compile(
            r"\b(?:maybe|perhaps|possibly|probably|guess|suppose|think|believe|hope|try|trying|might|could|would|should|"
            r"may|not sure|unsure|kind of|sort of|kinda|sorta|more or less|whatever|fine|i'd|assume|seems?|likely|must)\b"
        ),
    ),
    (
        Doubt.READ,
        re.compile(r"\b(?:read|noted|understand|understood|see|seen|know|got it|clear|acknowledged?|received)\b"),
    ),
)


def doubt_about(text: str) -> Doubt:
    """Why a reply that was read as unclear is so, as well as can be told.

    Args:
        text: the whole message.
    """
    words = spoken(text, _SPELLING.of)
    return next((doubt for doubt, pattern in _DOUBTS if pattern.search(words)), Doubt.OTHER)
