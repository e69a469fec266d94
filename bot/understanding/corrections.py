"""Which answer a mentor finds wrong or wants to change, without the new one beside it."""

from __future__ import annotations

import re

from bot.understanding.leads import ITEMS, OWN, alternatives
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
