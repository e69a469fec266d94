"""What an examination finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from bot.core.errors import described


class State(IntEnum):
    """How it is; the worst of an examination is the exit code of ``bot doctor``."""

    OK = 0
    #: It works, but somebody should see to it.
    WARNING = 1
    #: It does not work, or data is in danger.
    WRONG = 2


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: its name.
        state: how it is.
        sentence: what was found and, unless it is as it should be, how to mend it. It quotes no secret, and no text of
            a mentor.
    """

    what: str
    state: State
    sentence: str


def ok(what: str, sentence: str) -> Finding:
    """It is as it should be."""
    return Finding(what, State.OK, sentence)


def warning(what: str, sentence: str) -> Finding:
    """It works, but somebody should see to it."""
    return Finding(what, State.WARNING, sentence)


def wrong(what: str, sentence: str) -> Finding:
    """It does not work."""
    return Finding(what, State.WRONG, sentence)


def guarded(what: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings of one look; whatever it raises is a finding, too, so that the examination goes on."""
    try:
        yield from look()
    except Exception as error:  # noqa: BLE001  (whatever the error)
        yield wrong(what, f"This could not be examined ({described(error)}).")
