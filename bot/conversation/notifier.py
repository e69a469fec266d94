"""Notifying those who wait for the end of a turn or watch a conversation, within one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.messages.renderer import Message


@dataclass(frozen=True)
class ConversationUpdate:
    """What was said in a conversation since somebody looked.

    Attributes:
        messages: as shown to the mentor, in order.
        language: code of the language that the bot writes there.
        is_pending: whether a message still waits to be dealt with.
    """

    messages: list[Message]
    language: str
    is_pending: bool


class Waiter(asyncio.Event):
    """A request that waits for a turn to end; set at its end.

    Args:
        after: id of the last message that they have; None if they only want to know that it ended.
    """

    def __init__(self, after: int | None = None) -> None:
        super().__init__()
        self.after = after
        #: What was said since, if it was read as the turn ended.
        self.news: ConversationUpdate | None = None


class TurnNotifier:
    """The waiters of all turns, and the watchers of all conversations."""

    def __init__(self) -> None:
        self._waiters: dict[str, set[Waiter]] = {}
        self._watchers: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def waiter(self, turn_id: str, after: int | None = None) -> Iterator[Waiter]:
        """Gives a waiter for a turn."""
        waiter = Waiter(after)
        with _among(self._waiters, turn_id, waiter):
            yield waiter

    def wanted(self, turn_id: str) -> set[int]:
        """Ids of the last messages that those have who wait for what is said in a turn."""
        return {each.after for each in self._waiters.get(turn_id, ()) if each.after is not None}

    def give(self, turn_id: str, news: dict[int, ConversationUpdate]) -> None:
        """Give those who wait for a turn what was said since each of `wanted`."""
        for each in self._waiters.get(turn_id, ()):
            each.news = news.get(each.after) if each.after is not None else None

    def ended(self, turn_id: str) -> None:
        """Notify those who wait for the turn that there is something to read."""
        for each in self._waiters.get(turn_id, ()):
            each.set()

    @contextmanager
    def watched(self, conversation_id: str) -> Iterator[asyncio.Event]:
        """Gives an event that is set when something may have changed in a conversation."""
        event = asyncio.Event()
        with _among(self._watchers, conversation_id, event):
            yield event

    def changed(self, conversation_id: str) -> None:
        """Tell who watches a conversation to look."""
        for each in self._watchers.get(conversation_id, ()):
            each.set()

    def all_changed(self) -> None:
        """Tell everybody who watches to look."""
        for conversation_id in self._watchers:
            self.changed(conversation_id)


@contextmanager
def _among[Each](kept: dict[str, set[Each]], name: str, each: Each) -> Iterator[None]:
    """``each`` is kept under a name meanwhile; a name without any is forgotten."""
    kept.setdefault(name, set()).add(each)
    try:
        yield
    finally:
        kept[name].discard(each)
        if not kept[name]:
            del kept[name]
