"""Replies to a question that has a few possible answers, in the words of a list: which account, send it, begin, save it.

The whole of a message has to be made of phrases of ``lists/replies.txt``; a word left over makes it none of these.
"""

from __future__ import annotations

from bot.understanding.choices import place_named
from bot.understanding.lists import PhraseList
from bot.understanding.text import words

_REPLIES = PhraseList("replies")
_BESIDE = frozenset({"courtesy", "around"})
#: What says yes to a question in its own words: the part that has to be there, and those that may stand beside it.
_CONFIRMED = {
    "save": ("save", {"courtesy"}),
    "reconsider": ("look_again", {"courtesy", "again"}),
    "start_over": ("start_over", {"courtesy"}),
    "withdraw": ("take_back", {"courtesy"}),
    "join": ("other_one", {"courtesy"}),
    "cancel": ("delete", {"courtesy", "object"}),
}
#: The question which of two registrations goes on: a no is an answer of its own there.
_JOIN = "join"
#: The question whether to save an answer, or which of two addresses: its first button says yes, the second no.
_SAVE = "save"
#: Words that begin a no to such a question, at most: "no, please do not delete …".
_LONGEST_NO = 6
#: The places of the two accounts, as the question offers them; a yes and a no have the same places.
_FIRST, _SECOND = 0, 1


def account_in(text: str) -> str | None:
    """``affirm`` if the message says that there is an account, ``deny`` if it says that there is none; else None."""
    if "?" in text:
        return None
    place = place_named(text)
    if place == _FIRST or "existing" in _REPLIES.composed(text, _BESIDE | {"existing", "where"}):
        return "affirm"
    return "deny" if place == _SECOND or has_none(text) else None


def only_acknowledges(text: str) -> bool:
    """Whether the whole message only says that it was read: "ok", "got it"."""
    return "acknowledgement" in _REPLIES.parts_of(text)


def says_submit(text: str) -> bool:
    """Whether the message says to send the registration."""
    return "submit" in _at_review(text)


def says_correct(text: str) -> bool:
    """Whether the message says that all answers are right, or to send them."""
    return not _at_review(text).isdisjoint({"submit", "correct"})


def asks_to_submit(text: str) -> bool:
    """Whether the message asks how to send the registration."""
    return "submit_asked" in _REPLIES.composed(text, _BESIDE | {"submit_asked", "object", "ready_to_send"}, mends=True)


def has_none(text: str) -> bool:
    """Whether the message says that there is none of what is asked for: "sorry, I don't have one"."""
    return "?" not in text and "new" in _REPLIES.composed(text, _BESIDE | {"new", "where", "hedge"})


def _at_review(text: str) -> frozenset[str]:
    parts = _BESIDE | {"submit", "correct", "object", "ready_to_send"}
    return _REPLIES.composed(text, parts, mends=True) if "?" not in text else frozenset()


def says_start(text: str) -> bool:
    """Whether the message says to begin, or asks how to."""
    asked = {"start_asked"} if "?" in text else {"start", "start_asked"}
    return not asked.isdisjoint(_REPLIES.composed(text, _BESIDE | asked))


def confirms(text: str, question: str | None) -> str | None:
    """``affirm`` or ``deny`` if the message says yes or no to a question in that question's own words; else None.

    Args:
        text: the whole message.
        question: its id.
    """
    if question == _SAVE and (place := place_named(text)) in (_FIRST, _SECOND):
        return "affirm" if place == _FIRST else "deny"
    wanted, beside = _CONFIRMED.get(question or "", ("", set[str]()))
    if not wanted or "?" in text:
        return None
    if wanted in _REPLIES.composed(text, {wanted, *beside}):
        return "affirm"
    if question == _JOIN and _REPLIES.composed(text, {"this_one", "courtesy"}) - {"courtesy"}:
        return "deny"
    said = words(text).split()[:_LONGEST_NO]
    begins = (
        _REPLIES.composed(" ".join(said[:end]), {"courtesy", "around", "not", "ending"})
        for end in range(2, 1 + len(said))
    )
    return "deny" if any({"not", "ending"} <= found for found in begins) else None


def refuses(text: str, kind: str | None) -> bool:
    """Whether the whole message is a no to being asked.

    Args:
        text: the whole message.
        kind: how the question is answered; at ``long_text`` "None." may be an answer.
    """
    parts = _REPLIES.parts_of(text) if "?" not in text else set()
    return "refusal" in parts or ("no_name" in parts and kind in ("name", "email"))


def is_about_code(text: str) -> bool:
    """Whether somebody who is asked for the code says that they do not find it, or that it does not work."""
    return "code_help" in _REPLIES.composed(text, _BESIDE | {"code_help"})
