"""Notifies waiters for a turn and watchers of a conversation, within one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.messages.renderer import Message


@dataclass(frozen=True)
class ConversationUpdate:
    """New messages of a conversation.

    Attributes:
        messages: as shown to the mentor, in order.
        language: code of the language that the bot writes there.
        is_pending: whether a message is not processed yet.
    """

    messages: list[Message]
    language: str
    is_pending: bool


class Waiter(asyncio.Event):
    """A request that waits for a turn's end, at which it is set.

    Args:
        after: id of the newest message that the requester has; None if it only needs the end.
    """

    def __init__(self, after: int | None = None) -> None:
        super().__init__()
        self.after = after
        #: The messages since then, if they were read at the turn's end.
        self.news: ConversationUpdate | None = None


class TurnNotifier:
    """The waiters of all turns, and the watchers of all conversations."""

    def __init__(self) -> None:
        self._waiters: dict[str, set[Waiter]] = {}
        self._watchers: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def waiter(self, turn_id: str, after: int | None = None) -> Iterator[Waiter]:
        """Register a waiter for a turn."""
        waiter = Waiter(after)
        with _among(self._waiters, turn_id, waiter):
            yield waiter

    def wanted(self, turn_id: str) -> set[int]:
        """The newest message ids that the waiters for a turn have."""
        return {each.after for each in self._waiters.get(turn_id, ()) if each.after is not None}

    def give(self, turn_id: str, news: dict[int, ConversationUpdate]) -> None:
        """Give a turn's waiters the messages since each of `wanted`."""
        for each in self._waiters.get(turn_id, ()):
            each.news = news.get(each.after) if each.after is not None else None

    def ended(self, turn_id: str) -> None:
        """Notify a turn's waiters that there are messages."""
        for each in self._waiters.get(turn_id, ()):
            each.set()

    @contextmanager
    def watched(self, conversation_id: str) -> Iterator[asyncio.Event]:
        """Register an event that is set when a conversation may have changed."""
        event = asyncio.Event()
        with _among(self._watchers, conversation_id, event):
            yield event

    def changed(self, conversation_id: str) -> None:
        """Notify the watchers of a conversation."""
        for each in self._watchers.get(conversation_id, ()):
            each.set()

    def all_changed(self) -> None:
        """Notify all watchers."""
        for conversation_id in self._watchers:
            self.changed(conversation_id)


@contextmanager
def _among[Each](kept: dict[str, set[Each]], name: str, each: Each) -> Iterator[None]:
    """Keep ``each`` under a name during the block; drop names without entries."""
    kept.setdefault(name, set()).add(each)
    try:
        yield
    finally:
        kept[name].discard(each)
        if not kept[name]:
            del kept[name]
