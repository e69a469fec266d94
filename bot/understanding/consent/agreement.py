"""Whether words agree: certainly, if all of them are known, or only as it seems."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.form_files import FORM_FILES
from bot.understanding.phrasebook import Phrasebook

AGREEMENTS = Phrasebook("agreements")


def _paraphrases() -> Iterator[str]:
    """The paraphrases in the form's files as lines of a list: under a consent's id what a mentor does, or is so by it."""
    for item in (each.item for each in FORM_FILES):
        for kind, phrases in item.paraphrases.items():
            yield f"[{item.id}]" if kind == "deed" else f"[{item.id}_{kind}]"
            yield from (line for line in phrases.splitlines() if line and not line.startswith("#"))


OWN_WORDS = Phrasebook("own_words", _paraphrases())
#: Stands for a sentence of the consent's own wording.
COPIED = "§"
#: Kinds of phrases that say yes by themselves.
_SAYS_YES = frozenset({"yes", "agree", "right", "will", "pledge", "permit", "refrain"})
#: Kinds that lean to a yes as all there is.
_LEANS = frozenset({"good", "lean", "deed", "done", "never", "holds", "remark"})
#: Kinds that may stand beside an "ok" that is to count.
_WITH_OK = frozenset({"ok", "courtesy"})
_KINDS = _SAYS_YES | _LEANS | _WITH_OK | {"heard", "read", "filler", "onward", "self"}
#: How a consent is repeated: what has to follow each of these. "I will not" goes on with what a mentor never does.
_GOES_ON = {
    "will": {"deed"},
    "pledge": {"deed", "holds"},
    "permit": {"done"},
    "refrain": {"never"},
    "duty": {"deed"},
}
#: "I agree I have read it" is one sentence: it agrees to nothing but to have read.
_APART = frozenset(("agree", kind) for kind in ("read", "heard", "good", "right", "deed", "done", "holds", "remark"))
#: Before a sentence that agrees after all: "that's a long one, but yes, I agree".
_BUT = re.compile(r"^(?:but|mais) ")
#: What may lead to a yes at the end: "I travel a lot, so yes", "long one but yes, I agree".
_BEFORE_CLOSING = re.compile(r" (?:so|and|but|donc|et|mais) ")
#: What turns from a worry or a condition to what counts: "If I can't, I say so, so yes".
_TURNS = re.compile(r" (?:so|but|donc|mais|fait que) ")
#: What may stand between two phrases.
_JOINERS = frozenset({",", "and", "et", "&", "n", "+", "so", "donc"})

#: The kinds of a row of phrases, and the last of them; "" after a pause.
_Row = tuple[frozenset[str], str, str]


def agrees(words: str, consent: str = "") -> bool:
    """Whether the whole of ``words`` is known and says yes.

    Args:
        words: from `bot.understanding.phrases.spoken`, with a space after the last one.
        consent: id of what is agreed to, which may be repeated in people's own words.
    """
    return any(_counts(kinds, last) for kinds, last in _whole(words, consent))


def leans_alone(words: str, consent: str = "") -> bool:
    """Whether the whole of ``words`` is known and sounds like a yes, though it does not count."""
    return any(_leans_alone(kinds) for kinds, _last in _whole(words, consent))


def has_yes(words: str, consent: str = "") -> bool:
    """Whether ``words`` say yes before or after whatever else they say."""
    rows = _rows(words, consent)
    heads = any(_heads(words, end, rows[end]) for end in range(1, len(words)))
    return heads or any(_is_yes(clause, consent) for clause in _BEFORE_CLOSING.sub(" , ", words).split(" , ")[1:])


def ends_with_yes(words: str, consent: str = "") -> bool:
    """Whether a yes is the last thing said, and turns from whatever stands before: "bit scary, but yes I accept"."""
    *before, closing = _TURNS.split(words)
    return bool(before) and _is_yes(closing, consent)


def agrees_last(words: str, consent: str = "") -> bool:
    """Whether the last clause agrees in a statement: "never would I do that, I agree"."""
    closing = _BUT.sub("", words.rpartition(" , ")[2])
    return any("agree" in kinds for kinds, _last in _whole(closing, consent))


def yes_beside_a_remark(words: str, consent: str = "") -> str | None:
    """What is said after a yes and a pause, or before a sentence that agrees; None if there is no such yes."""
    rows = _rows(words, consent)
    for end in range(1, len(words)):
        if words.startswith(", ", end) and any(kinds & _SAYS_YES and last in _SAYS_YES for kinds, last, _ in rows[end]):
            return words[end + 2 :]
    before, pause, _closing = words.rpartition(" , ")
    return before if pause and agrees_last(words, consent) else None


def _whole(words: str, consent: str) -> set[tuple[frozenset[str], str]]:
    """The rows of known phrases that the whole of ``words`` is made of: their kinds, and the last that says anything."""
    return {(kinds, last) for kinds, last, before in _rows(words, consent)[-1] if before not in _GOES_ON}


def _rows(words: str, consent: str) -> list[set[_Row]]:
    """For each place in ``words`` the rows of known phrases that lead to it from the beginning."""
    rows: list[set[_Row]] = [set() for _ in range(len(words) + 1)]
    rows[0].add((frozenset(), "", ""))
    for start in range(len(words)):
        if not rows[start]:
            continue
        following = words.find(" ", start) + 1
        closed = {(kinds, last, "") for kinds, last, before in rows[start] if before not in _GOES_ON}
        if start and following < len(words) and words[start : following - 1] in _JOINERS:
            rows[following] |= closed
        if words.startswith(COPIED, start):
            rows[following] |= {(kinds | {"copied"}, last, "") for kinds, last, _before in closed}
        for kind, end in _phrases(words, start, consent):
            rows[end] |= {
                (kinds | {kind}, last if kind in ("courtesy", "filler", "self") else kind, kind)
                for kinds, last, before in rows[start]
                if _may_follow(before, kind)
            }
    return rows


def _phrases(words: str, start: int, consent: str) -> Iterator[tuple[str, int]]:
    """The kinds of the phrases with which ``words`` go on at ``start``, and where each ends."""
    for part, end in AGREEMENTS.beginning(words, start):
        if part in _KINDS:
            yield part, end
    own = {consent: "deed"} | {f"{consent}_{kind}": kind for kind in ("done", "never", "holds", "remark")}
    for part, end in OWN_WORDS.beginning(words, start) if consent else ():
        kind = part if part in _GOES_ON else own.get(part)
        if kind:
            yield kind, end


def _may_follow(before: str, kind: str) -> bool:
    if before in _GOES_ON:
        return kind in _GOES_ON[before]
    return kind != "never" and (before, kind) not in _APART


def _counts(kinds: frozenset[str], last: str) -> bool:
    if kinds & _SAYS_YES:
        return "lean" not in kinds and ("read" not in kinds or "agree" in kinds or last in _SAYS_YES)
    return "ok" in kinds and kinds <= _WITH_OK


def _leans_alone(kinds: frozenset[str]) -> bool:
    """Whether known phrases that do not count sound like a yes all the same."""
    says = bool(kinds & (_SAYS_YES | _LEANS)) or ("ok" in kinds and "onward" in kinds)
    return says and ("read" not in kinds or bool(kinds & _SAYS_YES))


def _heads(words: str, end: int, rows: set[_Row]) -> bool:
    """Whether a yes stands before whatever follows at ``end``."""
    following = words[end : words.find(" ", end)]
    if following == "to":
        return False  # "yes to the first part"
    at_pause = following in _JOINERS
    return any(
        ("yes" in kinds or (at_pause and kinds & _SAYS_YES)) and last in _SAYS_YES and before not in _GOES_ON
        for kinds, last, before in rows
    )


def _is_yes(clause: str, consent: str) -> bool:
    """Whether a clause beside other ones says yes by itself."""
    whole = _whole(f"{clause.strip(' ,')} ", consent)
    return any(kinds & _SAYS_YES and _counts(kinds, last) for kinds, last in whole)
