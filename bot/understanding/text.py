"""Normalising what people type, so that the same words compare equal."""

from __future__ import annotations

import re
import unicodedata

from bot.core.organisation import ORGANISATION

#: Stands for a part of a date that is hidden.
MASK = "•"
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"'})
_SPACE = re.compile(r"\s+")
#: The organisation's name, and the word that stands for it in the lists and in the training data.
_NAME = re.compile(
    rf"(?<!\w)(?:{re.escape(ORGANISATION.registered_name)}|{re.escape(ORGANISATION.name)})(?!\w)", re.IGNORECASE
)
NAME_STANDS = "organisation"
_OUTER = " \t\r\n.,!;:-–—…\"'()[]*_~"
_INVISIBLE = {"Cf", "Cc"}
_BREAKS = "\t\n\r"
# The joiners (ZWNJ, ZWJ) are part of the spelling of names in Persian and in several Indian scripts.
_KEPT = _BREAKS + "\u200c\u200d"


def tidy(text: str) -> str:
    """``text`` in NFC, as written but for single spaces and no invisible characters."""
    return _SPACE.sub(" ", _visible(unicodedata.normalize("NFC", _visible(text, _KEPT)), _KEPT)).strip()


def plain(text: str) -> str:
    """``text`` for comparing: in NFKC with straight quotes, single spaces and no invisible characters."""
    if not (text.isascii() and text.isprintable()):  # else it is in NFKC, and all of it can be seen
        text = _visible(unicodedata.normalize("NFKC", _visible(text, _BREAKS)), _BREAKS)
    return _SPACE.sub(" ", text.translate(_APOSTROPHES)).strip()


def without_name(text: str) -> str:
    """A text with the word "organisation" in the place of the organisation's name."""
    return _NAME.sub(NAME_STANDS, text)


def _visible(text: str, kept: str) -> str:
    # Taken out before normalising, too: they keep a letter and its mark apart.
    return "".join(each for each in text if each in kept or unicodedata.category(each) not in _INVISIBLE)


def words(text: str) -> str:
    """``plain(text)`` in lower case, without punctuation and emoji around it or after commas.

    A question mark is kept: a question is never the same as a statement.
    """
    text = without_name(plain(text)).casefold()
    text = "".join(each for each in text if unicodedata.category(each) not in {"So", "Sk", "Mn", "Cs"})
    text = _SPACE.sub(" ", re.sub(r"[,.!;:…]+(?=\s|$)", " ", text))
    return text.strip(_OUTER)


def folded(text: str) -> str:
    """``words(text)`` without commas and without accents, which not everybody types."""
    spread = unicodedata.normalize("NFD", words(text).replace(",", " "))
    return " ".join("".join(each for each in spread if unicodedata.category(each) != "Mn").split())


def has_word(text: str) -> bool:
    """Whether there is at least one letter or digit of any script."""
    return any(each.isalnum() for each in text)


_QUESTION_START = re.compile(
    r"(who|what|why|when|where|which|how(?! to\b)|is|are|am|do|does|did|can|could|will|would|shall|should|may|must|have|has)"
    r"(n't|'s|'re|'ll|'d)?\b|"
    r"(pourquoi|comment|combien|quand|où|quel(le)?s?|est-ce|qu'est-ce|c'est (quoi|qui|où|quand|combien)|puis-je|peut-on|"
    r"avez-vous|y a-t-il|et si|à quoi|de quoi|ça veut dire quoi|"
    r"qui (voit|va|peut|est|sont|fait|a|verra|lit))\b"
)


def is_question(text: str) -> bool:
    """Whether the whole message reads as one question."""
    simple = plain(text).casefold()
    if not has_word(simple):
        return False
    body = simple.rstrip(" .!")
    if body.endswith("?"):
        return not re.search(r"[.!]\s", body)
    return bool(_QUESTION_START.match(body)) and len(body.split()) <= 12 and not re.search(r"[.!?,;]\s", body)
