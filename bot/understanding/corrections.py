"""Which answer a mentor finds wrong or wants to change, without the new one beside it."""

from __future__ import annotations

import re

from bot.understanding.leads import ITEMS, OWN, TEXTS, alternatives
from bot.understanding.text import tidy

_PHOTO = "photo"
#: A longer message says more than this.
_LONGEST = 120
_BEFORE = rf"(?:{alternatives('beside', 'corrects')}[,.!;:…-]*\s+){{0,5}}"
_AFTER = rf"(?:[,\s]+{alternatives('wrong')})*[\s.!?]*"


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


#: "My surname is now Jones": the whole name is asked.
_PART = re.compile(
    rf"{_BEFORE}{OWN}{alternatives('part_of_name')}\s+{alternatives('copula', 'is_wrong')}\b.*", re.IGNORECASE
)
_WRONG = {item: _finds_wrong(item) for item in (*ITEMS, _PHOTO)}
#: "That photo is awful, can I send another one?"
_ANOTHER = re.compile(
    rf"\b{alternatives('noun photo')}\b[^?]*\b{alternatives('send')}\s+{alternatives('another')}"
    rf"(?:\s+{alternatives('noun photo')})?[\s.!?]*",
    re.IGNORECASE,
)


def _leaves_out(item: str) -> re.Pattern[str]:
    noun = rf"{OWN}{alternatives(f'noun {item}')}\b"
    left_out = alternatives("left_out")
    within = rf"{alternatives('in')}\s+{noun}"
    comes_first = rf"(?:{within}\s*[,:]|{noun}\s*:)\s*(?:{left_out}|{alternatives('put_in')})"
    return re.compile(rf"{_BEFORE}(?:{left_out}\b[^?]*\b{within}|{comes_first})\b[^?]*", re.IGNORECASE)


#: "I forgot to say in my experience: …", "in reasons, replace …".
_LEFT_OUT = {item: _leaves_out(item) for item in TEXTS}


def item_left_out_of(text: str) -> str | None:
    """The item of whose answer the whole message says that something is missing, or is to be replaced; None if of none.

    Args:
        text: the whole message, where no answer in free words is asked for.
    """
    said = tidy(text)
    found = [item for item, pattern in _LEFT_OUT.items() if pattern.fullmatch(said)] if len(said) <= _LONGEST else []
    return found[0] if len(found) == 1 else None


def item_to_change(text: str) -> str | None:
    """The item whose answer the whole message finds wrong or asks to change; None if it is about none, or more.

    Args:
        text: the whole message.
    """
    said = tidy(text)
    if len(said) > _LONGEST:
        return None
    if _PART.fullmatch(said):
        return "full_name"
    found = [item for item, pattern in _WRONG.items() if pattern.fullmatch(said)]
    if not found and _ANOTHER.search(said) is not None:
        return _PHOTO
    return found[0] if len(found) == 1 else None
