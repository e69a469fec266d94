"""Reading a reply to a yes/no consent.

A consent counts only when it is clear, so this reader knows what a clear yes and a clear no look like as
*whole* messages, and calls everything else unclear: there is no "yes" found somewhere inside a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from understanding.text import words


class Reading(str, Enum):
    """How a reply was read."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


def _any(*alternatives: str) -> str:
    return "(?:" + "|".join(alternatives) + ")"


_PLEASE = _any("please", "thanks", "thank you")
_OBJECT = r"(?: (?:(?:to|with|on) )?(?:this|that|it|these|all of (?:this|that|it)|the above|this clause|this one))?"

_YES_WORD = _any(
    *("yes", "yeah", "yep", "yup", "ya", "yea", "aye", "y", "sure", "certainly", "absolutely", "definitely"),
    *("of course", "ok", "okay", "agree", "agreed", "accepted"),
)
_AGREEMENT = _any(
    *("do", "agree", "accept", "consent", "confirm", "commit", "promise", "do agree", "certainly do"),
    *("agree and accept", "understand and agree", "understand and accept"),
    *("fully agree", "totally agree", "completely agree", "absolutely agree"),
    *("give permission", "give my permission"),
)
_STATEMENT = f"i {_AGREEMENT}{_OBJECT}"
_FINE = (
    _any("that's", "that is", "it's", "it is", "this is", "sounds")
    + " "
    + _any("fine", "ok", "okay", "good", "all right", "alright")
    + "(?: (?:with|by|for) me)?"
)
_YES = re.compile(
    rf"(?:{_YES_WORD}(?: {_YES_WORD})*(?: {_PLEASE})?(?: (?:{_STATEMENT}|{_FINE}))?|{_STATEMENT}|{_FINE})"
    rf"(?: {_PLEASE})?"
)

#: Emoji that leave a yes or a no what it is.
_EMOJI_STYLE = "\ufe0f"  # the selector that shows a sign as an emoji
_FRIENDLY = frozenset("👍✅✔☑🙂😊😀😃😄❤🙏")

_NO_WORD = _any(
    *("no", "nope", "nah", "n", "never", "no way", "not at all"),
    *("absolutely not", "certainly not", "definitely not", "of course not"),
)
_REFUSAL = _any(
    r"i (?:do not|don't|cannot|can't|will not|won't) "
    rf"(?:agree|accept|consent|commit|want (?:this|that|to)|give (?:my )?permission){_OBJECT}",
    rf"i (?:disagree|refuse|decline|object|don't|do not|won't|will not){_OBJECT}",
    *("not agreed", "refused", "declined"),
)
_NO = re.compile(
    rf"(?:{_NO_WORD}(?: {_NO_WORD})*(?: (?:thanks|thank you|sorry))?(?: {_REFUSAL})?|(?:sorry )?{_REFUSAL})"
)


#: Emoticons other than a plain smile: a wink, a sad or a wry face.
_EMOTICON = re.compile(r"[:;=8xX]['^-]?[()\[\]/\\|DPpOo3*$]")
_SMILE = re.compile(r":-?[)D]")


def _has_undertone(text: str) -> bool:
    """Whether signs around the words may turn them into their opposite: a rolling eye, a wink, words struck out."""
    if any(unicodedata.category(each) == "So" and each not in _FRIENDLY for each in text):
        return True
    marks = (each for each in unicodedata.normalize("NFC", text) if unicodedata.category(each) == "Mn")
    if "~~" in text or any(each != _EMOJI_STYLE for each in marks):
        return True
    return bool(_EMOTICON.search(_SMILE.sub("", text)))


def read_consent(text: str) -> Reading:
    """Read a typed reply to a consent question.

    Args:
        text: the whole message.

    Returns:
        YES or NO only when the whole message is one clear reply; UNCLEAR for all else.
    """
    if _has_undertone(text):
        return Reading.UNCLEAR
    simple = words(text)
    if _YES.fullmatch(simple):
        return Reading.YES
    if _NO.fullmatch(simple):
        return Reading.NO
    return Reading.UNCLEAR
