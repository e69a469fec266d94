"""What introduces a value in a sentence: "my e-mail address is now …", "I was born on …", "c'est …".

The words are data, in ``lists/leads.txt``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from bot.understanding.lists import PhraseList

LEADS = PhraseList("leads")
#: Items of which a lead tells.
ITEMS = ("full_name", "email", "date_of_birth", "reasons", "experience", "expertise")
#: Those whose answer is a text of one's own: the lead is a part of it.
TEXTS = ("reasons", "experience", "expertise")


@dataclass(frozen=True)
class Lead:
    """Words that introduce a value.

    Attributes:
        item: of which item; None where that is not said ("it's …").
        start: where it begins in the text, with what stands before it ("sorry, …").
        begin: where its own words begin.
        end: where the value begins.
        corrects: whether it says that an answer before was wrong.
        is_own: whether the noun of the item is said, rather than "call me".
    """

    item: str | None
    start: int
    begin: int
    end: int
    corrects: bool = False
    is_own: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether it is "it's …" at the beginning, which says of no item."""
        return self.item is None and self.start == 0


def alternatives(*parts: str) -> str:
    """A pattern for any phrase of these parts, the long ones first."""
    phrases = sorted({phrase for part in parts for phrase in LEADS.phrases(part)}, key=len, reverse=True)
    return "(?:" + "|".join(_pattern(phrase) for phrase in phrases) + ")"


def _pattern(phrase: str) -> str:
    return r"\s+".join("".join(map(_letter, word)) for word in phrase.split())


def _letter(letter: str) -> str:
    """A letter as people type it: without its accent, an apostrophe as a space or not at all."""
    if letter == "'":
        return "['’ ]?"
    bare = unicodedata.normalize("NFD", letter)[0]
    return re.escape(letter) if bare == letter else f"[{letter}{bare}]"


def _noun(item: str) -> str:
    return alternatives(f"noun {item}")


_SPACE = r"(?:\s+|(?<=['’]))"
#: "My full …", before a noun.
OWN = rf"(?:{alternatives('determiner')}{_SPACE})?(?:{alternatives('adjective')}\s+){{0,3}}"
_COPULA = rf"(?:(?:\s+|(?=['’])){alternatives('copula')}(?=\s)|\s*[:?–—-]|\s*,?\s*(?=[^\s@]+@))\s*"
#: "Full name Ann Lee": without a copula, but surely hers.
_BARE = rf"{alternatives('adjective')}\s+"
#: After "I misspelled my name": ", it's".
_IT_IS = rf"[\s,.;:!–—-]+{alternatives('is')}\s+"
_CORRECTS = rf"(?P<corrects>(?:{alternatives('corrects')}[,.!;:…-]*\s+){{1,4}})?"
_BESIDE = rf"(?:{alternatives('beside')}[,.!;:…-]*\s+){{0,3}}"


@cache
def _lead(item: str) -> re.Pattern[str]:
    own = rf"(?P<own>{OWN}{_noun(item)}{_COPULA}|{_BARE}{_noun(item)}\s+"
    own += rf"|(?P<change>{alternatives('change')}\s+{OWN}{_noun(item)}(?:\s+{alternatives('to')}\s+|\s*:\s*)"
    own += rf"|{alternatives('made_mistake')}\s+(?:{alternatives('wrong')}\s+)?{OWN}{_noun(item)}{_IT_IS}))"
    says = rf"{alternatives(f'says {item}')}(?:\s*:)?\s+" if item != "email" else rf"{alternatives('says email')}\s*"
    return re.compile(rf"(?<!\w){_BESIDE}{_CORRECTS}{_BESIDE}(?P<lead>{own}|{says})", re.IGNORECASE)


@cache
def _is() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_BESIDE}{_CORRECTS}{_BESIDE}(?P<lead>{alternatives('is')}\s+)", re.IGNORECASE)


#: One of these is in every lead of its item, and is found in a fraction of the time. The leads themselves are compiled
#: at the first message that has one: at the start it would take a tenth of the time.
_CUES = {item: re.compile(alternatives(f"noun {item}", f"says {item}"), re.IGNORECASE) for item in ITEMS}
_IS_CUE = re.compile(alternatives("is"), re.IGNORECASE)
_WRONG = {
    item: re.compile(rf"(?<!\w)(?P<lead>{alternatives(f'corrects {item}')})[,.!;:\s]+", re.IGNORECASE)
    for item in ("full_name", "email")
}
#: What may stand before the words of a lead: the beginning, or the end of something else.
_BOUNDARY = re.compile(r"(?:^|[.,;:!?…()\n–—-])\s*$|\b(?:and|but|also|et|mais|aussi)\s+$", re.IGNORECASE)
#: What may join the words of a lead to something else: "all is right except my name, it's …".
_JOINED = re.compile(r"(?:and|but|et|mais|except|apart from|sauf|à part|hormis)\b", re.IGNORECASE)


def leads_in(text: str) -> list[Lead]:
    """The leads in ``text`` in order, none within another one."""
    found = [
        Lead(item, match.start(), match.start("lead"), match.end(), _corrects(match), bool(match["own"]))
        for item, cue in _CUES.items()
        if cue.search(text)
        for match in _lead(item).finditer(text)
    ]
    found += [
        Lead(item, match.start(), match.start(), match.end(), corrects=True)
        for item, pattern in _WRONG.items()
        for match in pattern.finditer(text)
    ]
    found += [
        Lead(None, match.start(), match.start("lead"), match.end(), _corrects(match))
        for match in (_is().finditer(text) if _IS_CUE.search(text) else ())
    ]
    kept: list[Lead] = []
    for lead in sorted(found, key=lambda each: (each.start, -each.end, each.item is None)):
        follows = bool(kept) and lead.start == kept[-1].end  # "my birthday is wrong, it's …"
        if follows and lead.item is not None and lead.item == kept[-1].item:
            continue  # "change my experience: I worked …"
        begins = (
            follows
            or _BOUNDARY.search(text[: lead.start])
            or _JOINED.match(text, lead.start)
            or _JOINED.match(text, lead.begin)
        )
        if begins and (not kept or lead.start >= kept[-1].end):
            kept.append(lead)
    return kept


#: A copula that says so, too: "my expertise should be".
_SHOULD = re.compile(r"\b(?:should|must|now|changed|devrait|maintenant)\b", re.IGNORECASE)


def _corrects(match: re.Match[str]) -> bool:
    return bool(match["corrects"] or match.groupdict().get("change") or _SHOULD.search(match["lead"]))
