"""Dividing a message into clauses: what ends with a full stop, a line, or goes over into a question."""

from __future__ import annotations

import re

#: Between two clauses: the end of a sentence, a line, a dash, or a comma before a question.
_BETWEEN = re.compile(
    r"(?<=[.!?…;])\s+(?=\S)|\s*\n+\s*|\s+[-–—]+\s+|"
    r",\s*(?:(?:and|but|so|also|et|mais|alors)\s+)?(?=(?:what|why|who|how|when|where|which|can i|could you|do you|"
    r"pourquoi|qui|quand|comment|combien|est-ce|où|qu'est-ce|c'est|quel(?:le)?s?|puis-je|je peux|vous)\b[^?]*\?)",
    re.IGNORECASE,
)
#: A full stop after these ends no sentence: an initial, a title, an abbreviation.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:\w|mr|mrs|ms|mx|dr|prof|st|jr|sr|e\.g|i\.e|etc|no|nr|vs|mme|mlle|m)\.$", re.IGNORECASE
)


def clauses(text: str) -> tuple[str, ...]:
    """The clauses of a message, in order, none of them empty.

    Args:
        text: the whole message.
    """
    found: list[str] = []
    begin = 0
    for between in _BETWEEN.finditer(text):
        part = text[begin : between.start()]
        if not _ABBREVIATED.search(part):
            found.append(part)
            begin = between.end()
    found.append(text[begin:])
    return tuple(each.strip() for each in found if each.strip())
