"""Normalising what people type, so that the same words compare equal."""

from __future__ import annotations

import re
import unicodedata

from bot.core.organisation import ORGANISATION

#: Stands for a part of a date that is hidden.
MASK = "•"
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"'})
#: Punctuation after a word.
_AFTER_WORD = re.compile(r"[,.!;:…]+(?=\s|$)")
#: The organisation's name, and the word that stands for it in the lists and in the training data.
_NAME = re.compile(
    rf"(?<!\w)(?:{re.escape(ORGANISATION.registered_name)}|{re.escape(ORGANISATION.name)})(?!\w)", re.IGNORECASE
)
NAME_STANDS = "organisation"
_OUTER = " \t\r\n.,!;:-–—…\"'()[]*_~"


class _Without(dict[int, int | None]):
    """A table for `str.translate` that takes characters out, filled as they are met.

    Args:
        categories: Unicode's general categories of what is taken out.
        kept: characters that stay all the same.
    """

    def __init__(self, categories: set[str], kept: str = "") -> None:
        super().__init__((ord(each), ord(each)) for each in kept)
        self._categories = categories

    def __missing__(self, code: int) -> int | None:
        """The character itself; None if it is taken out."""
        found = None if unicodedata.category(chr(code)) in self._categories else code
        if code < _COMMON:
            self[code] = found
        return found


#: The tables remember the letters of alphabets, which are below this number.
_COMMON = 0x2100
_INVISIBLE = {"Cf", "Cc"}
_BREAKS = "\t\n\r"
_VISIBLE = _Without(_INVISIBLE, _BREAKS)
# The joiners (ZWNJ, ZWJ) are part of the spelling of names in Persian and in several Indian scripts.
_SPELLED = _Without(_INVISIBLE, _BREAKS + "\u200c\u200d")
_UNADORNED = _Without({"So", "Sk", "Mn", "Cs"})
_UNACCENTED = _Without({"Mn"})


def tidy(text: str) -> str:
    """``text`` in NFC, as written but for single spaces and no invisible characters."""
    # Taken out before normalising, too: they keep a letter and its mark apart.
    return " ".join(unicodedata.normalize("NFC", text.translate(_SPELLED)).translate(_SPELLED).split())


def plain(text: str) -> str:
    """``text`` for comparing: in NFKC with straight quotes, single spaces and no invisible characters."""
    if not (text.isascii() and text.isprintable()):  # else it is in NFKC, and all of it can be seen
        text = unicodedata.normalize("NFKC", text.translate(_VISIBLE)).translate(_VISIBLE)
    return " ".join(text.translate(_APOSTROPHES).split())


def without_name(text: str) -> str:
    """A text with the word "organisation" in the place of the organisation's name."""
    return _NAME.sub(NAME_STANDS, text)


def words(text: str) -> str:
    """``plain(text)`` in lower case, without punctuation and emoji around it or after commas.

    A question mark is kept: a question is never the same as a statement.
    """
    text = without_name(plain(text)).casefold().translate(_UNADORNED)
    return " ".join(_AFTER_WORD.sub(" ", text).split()).strip(_OUTER)


def folded(text: str) -> str:
    """``words(text)`` without commas and without accents."""
    return bare(words(text))


def bare(said: str) -> str:
    """Words that `words` gave, without commas and without accents."""
    return " ".join(without_accents(said.replace(",", " ")).split())


def without_accents(text: str) -> str:
    """``text`` without the accents that not everybody types."""
    return text if text.isascii() else unicodedata.normalize("NFD", text).translate(_UNACCENTED)


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
