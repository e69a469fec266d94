"""Which answer a mentor finds wrong or wants to change, without the new one beside it."""

from __future__ import annotations

import re
from functools import cache

from bot.understanding.leads import ITEMS, OWN, TEXTS, alternatives
from bot.understanding.text import tidy

_PHOTO = "photo"
#: A longer message says more than this.
_LONGEST = 120
_BEFORE = rf"(?:{alternatives('beside', 'corrects')}[,.!;:…-]*\s+){{0,5}}"
#: One of these is in whatever finds an answer wrong, or adds to it, and is found in a fraction of the time. The rest is
#: compiled at the first message that has one: at the start it would take a tenth of the time.
_CUES = re.compile(alternatives("is_wrong", "made_mistake", "change", "send", "part_of_name"), re.IGNORECASE)
_ADDING_CUES = re.compile(alternatives("left_out", "put_in"), re.IGNORECASE)
_AFTER = rf"(?:[,\s]+{alternatives('wrong')})*[\s.!?]*"


@cache
def _finds_wrong(item: str) -> re.Pattern[str]:
    noun = rf"{OWN}{alternatives(f'noun {item}')}"
    says = (
        rf"{noun}\s+{alternatives('is_wrong')}",
        rf"{alternatives('made_mistake')}\s+(?:{alternatives('wrong')}\s+)?{noun}",
        rf"{alternatives('change')}\s+{noun}",
        *(
            [rf"{alternatives('send')}\s+{alternatives('another')}(?:\s+{alternatives('noun photo')})?"]
            if item == _PHOTO
            else ()
        ),
    )
    return re.compile(rf"{_BEFORE}(?:{'|'.join(says)}){_AFTER}", re.IGNORECASE)


@cache
def _changes_part() -> re.Pattern[str]:
    """Of "My surname is now Jones": the whole name is asked."""
    part = rf"{_BEFORE}{OWN}{alternatives('part_of_name')}\s+{alternatives('copula', 'is_wrong')}\b.*"
    return re.compile(part, re.IGNORECASE)


#: "That photo is awful, can I send another one?"
_ANOTHER = re.compile(
    rf"\b{alternatives('noun photo')}\b[^?]*\b{alternatives('send')}\s+{alternatives('another')}"
    rf"(?:\s+{alternatives('noun photo')})?[\s.!?]*",
    re.IGNORECASE,
)


@cache
def _leaves_out(item: str) -> re.Pattern[str]:
    """Of "I forgot to say in my experience: …", "in reasons, replace …"."""
    noun = rf"{OWN}{alternatives(f'noun {item}')}\b"
    left_out = alternatives("left_out")
    within = rf"{alternatives('in')}\s+{noun}"
    comes_first = rf"(?:{within}\s*[,:]|{noun}\s*:)\s*(?:{left_out}|{alternatives('put_in')})"
    return re.compile(rf"{_BEFORE}(?:{left_out}\b[^?]*\b{within}|{comes_first})\b[^?]*", re.IGNORECASE)


def item_left_out_of(text: str) -> str | None:
    """The item of whose answer the whole message says that something is missing, or is to be replaced; None if of none.

    Args:
        text: the whole message, where no answer in free words is asked for.
    """
    said = tidy(text)
    if len(said) > _LONGEST or not _ADDING_CUES.search(said):
        return None
    found = [item for item in TEXTS if _leaves_out(item).fullmatch(said)]
    return found[0] if len(found) == 1 else None


#: How a clause begins that wants an answer changed: "and kindly alter …", "attends, ajoute …".
_WANTS = re.compile(
    rf"(?:(?:and|also|oh|please|kindly|wait|actually|(?:can|could) you|et|aussi|attends|attendez|svp)[,\s]+)*"
    rf"(?:{alternatives('change')}|add|put|include|remove|delete|take (?:out|off)|alter|ajoute[rz]?|mets|mettez|"
    rf"enl[eè]ve[rz]?|retire[rz]?)\b",
    re.IGNORECASE,
)
_ABOUT = {
    item: re.compile(
        rf"\b(?:to|in|from|of|at|à|de|dans|a)\s+{OWN}{alternatives(f'noun {item}')}\b"
        rf"|^(?:and\s+|also\s+|oh\s+|et\s+)*{alternatives('determiner')}\s+{alternatives(f'noun {item}')}\s+"
        rf"(?:{alternatives('is_wrong')}|has|ends|a|finit)\b",
        re.IGNORECASE,
    )
    for item in ITEMS
}
#: "And kindly alter 'Phillipa' to one l": something is to be changed, whatever it is.
_ASKS = re.compile(
    rf"(?:and |also |oh )*(?:please|kindly|(?:can|could|would) you)\s+(?:{alternatives('change')}|alter|remove|delete|add)\b",
    re.IGNORECASE,
)
#: What goes on with the change before it: "My name has a typo. It's Raghunathan".
_GOES_ON = re.compile(r"(?:it['’]?s|it is|it should|c['’]est)\b", re.IGNORECASE)
_BESIDE = re.compile(r"(?<=[.!;])\s+|,?\s+(?:oh,? (?:and|et)|by the way|btw|au fait),?\s+", re.IGNORECASE)


def items_spoken_of(text: str) -> list[str | None]:
    """For each part of a text in free words the item whose answer it wants changed; None where it wants none.

    "I like people. And add to my reasons that I was out of work once" has two parts, and the second is about reasons.

    Args:
        text: the whole message.

    Returns:
        "" for an item that is not said.
    """
    found: list[str | None] = []
    for part in _BESIDE.split(tidy(text)):
        goes_on = bool(found) and found[-1] is not None and _GOES_ON.match(part) is not None
        found.append(found[-1] if goes_on else _spoken_of(part))
    return found


def _spoken_of(part: str) -> str | None:
    for item, pattern in _ABOUT.items():
        match = pattern.search(part)
        if match is not None and (match.start() == 0 or _WANTS.match(part)):
            return item
    return "" if _ASKS.match(part) else None


def item_to_change(text: str) -> str | None:
    """The item whose answer the whole message finds wrong or asks to change; None if it is about none, or more.

    Args:
        text: the whole message.
    """
    said = tidy(text)
    if len(said) > _LONGEST or not _CUES.search(said):
        return None
    if _changes_part().fullmatch(said):
        return "full_name"
    found = [item for item in (*ITEMS, _PHOTO) if _finds_wrong(item).fullmatch(said)]
    if not found and _ANOTHER.search(said) is not None:
        return _PHOTO
    return found[0] if len(found) == 1 else None
