"""What signs, capitals and dots say of a reply: a thumb alone agrees, and a rolling eye takes a yes back."""

from __future__ import annotations

import re
import unicodedata

from bot.understanding.text import MASK, plain, without_name

_EMOJI_STYLE = "\ufe0f"  # the selector that shows a sign as an emoji
_SKIN = "🏻🏼🏽🏾🏿"
#: Emoji that say yes or no where nothing else stands.
_AGREEING = frozenset("👍✅✔☑👌💯")
_REFUSING = frozenset("👎❌🚫🙅")
#: Emoji that leave a yes or a no what it is.
_FRIENDLY = frozenset(
    f"👍✅✔☑👌💯🙂😊😀😃😄😁🤗🥰❤🧡💛💚💙💜🙏🤝🙌👏🙋🎉🥳✨🌟⭐🚀💪😇🫡👮🔍🔎📝📋✍🎓💼☕🌞☀🌈🍀🌷🌹🌸{_EMOJI_STYLE}{_SKIN}"
)
#: Emoji that mock, or that doubt.
_MOCKING_SIGNS = frozenset("🙄🙃😏😒😉😜😝😛🤪🤥🤞🤡😬😂🤣🤨🤔🧐😑😐🤷🤦💀🐷🖕😈👿")
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
_MOCKING = re.compile(r"\b[^\W\d_]*[^\W\d_A-Z][A-Z][^\W\d_]*\b")
#: Dots and stretched vowels hesitate.
_HESITATING = re.compile(
    r"\.\s*\.|…|\b(?:yea{2,}h|su{2,}re|oka{2,}y|ri{2,}ght|fi{2,}ne|we{2,}ll+|wel{3,}|oua{2,}is)\b", re.IGNORECASE
)
_QUOTED = re.compile(r'["“„«»]')
#: A sign or letter that no reply in English or French has.
_STRANGE = re.compile(r"[^\w\s.,;:!?'’‘`´()&%*_+/–—-]|[\u0250-\u1dff\u2c00-\ud7ff]")


def says_alone(text: str) -> bool | None:
    """Whether a message that has no words says yes (True) or no (False) by its emoji; None for all else."""
    signs = {each for each in plain(text) if each not in f"{_EMOJI_STYLE}{_SKIN}\u200d♀♂ .,!"}
    if not signs or not signs <= _AGREEING | _REFUSING:
        return None
    return None if signs & _AGREEING and signs & _REFUSING else bool(signs & _AGREEING)


def without_friendly_signs(text: str) -> str:
    """``text`` without signs that leave a yes or a no what it is."""
    kept = _SAD.sub("", "".join(each for each in text if each not in _UNWILLING and each not in _FRIENDLY))
    return _SMILE.sub("", kept)


def has_undertone(text: str, *, at_refusal: bool = False) -> bool:
    """Whether signs may turn the words into their opposite: a rolling eye, a wink, quotes, words struck out.

    Args:
        text: the whole message.
        at_refusal: signs that may stand beside a no are none.
    """
    if at_refusal:
        text = _SAD.sub("", "".join(each for each in text if each not in _UNWILLING))
    if any(unicodedata.category(each) == "So" and each not in _FRIENDLY for each in text):
        return True
    marks = (each for each in unicodedata.normalize("NFC", text) if unicodedata.category(each) == "Mn")
    if "~~" in text or MASK in text or any(each != _EMOJI_STYLE for each in marks):
        return True
    if _REORDERING.search(text) or _QUOTED.search(text):
        return True
    return bool(_EMOTICON.search(_SMILE.sub("", text))) or bool(_STRANGE.search(without_friendly_signs(plain(text))))


def mocks(text: str) -> bool:
    """Whether a sign in a reply makes fun of it, or takes it back: another sign is only strange."""
    signs = set(plain(text))
    crossed_out = "~~" in text or _REORDERING.search(text)
    return bool(signs & _MOCKING_SIGNS or crossed_out or _EMOTICON.search(_SMILE.sub("", text)))


def hesitates(text: str) -> bool:
    """Whether the way in which words are written takes them back: dots, stretched vowels, capitals here and there."""
    return bool(_HESITATING.search(plain(text)) or _MOCKING.search(without_name(text)))
