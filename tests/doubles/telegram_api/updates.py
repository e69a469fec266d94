"""The queue of updates: the wanted types, the unconfirmed updates, and the waiting polls."""

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Final

from tests.doubles.telegram_api.faults import FaultKind, Faults
from tests.doubles.telegram_api.parameters import Parameters
from tests.doubles.telegram_api.refusals import JsonObject, bad_request

UPDATE_TYPES: Final = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "guest_message",
        "subscription",
        "stopped_message_generation",
    }
)
UPDATE_TYPES_ONLY_ON_REQUEST: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass
class Poll:
    """A running getUpdates call.

    Attributes:
        limit: Most updates to return.
        superseded: Whether a later getUpdates call has taken its place.
        gone: Whether the caller has closed the connection.
    """

    limit: int
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    superseded: bool = False
    gone: bool = False


class Updates:
    """The updates for the bot. Hold the world's lock to use them.

    Attributes:
        pending: Update objects the bot has not confirmed, in order.
        redeliveries: Update objects it has confirmed and gets once more.
        duplicates_left: How many of the next confirmed updates are delivered once more.
        allowed: Types of updates the bot wants.
    """

    def __init__(self, faults: Faults) -> None:
        self.pending: list[JsonObject] = []
        self.redeliveries: list[JsonObject] = []
        self.duplicates_left = 0
        self.allowed = UPDATE_TYPES - UPDATE_TYPES_ONLY_ON_REQUEST
        self._faults = faults
        self._numbers = itertools.count(701_000_001)

    def set_allowed(self, parameters: Parameters) -> None:
        """Remember the types of updates the bot wants; absent keeps the earlier choice (Bot API page, getUpdates)."""
        names = parameters.json_list("allowed_updates")
        if names is None:
            return
        unknown = [name for name in names if name not in UPDATE_TYPES]
        if unknown:
            raise bad_request(f"unknown update type {unknown[0]}")
        self.allowed = frozenset(names) or UPDATE_TYPES - UPDATE_TYPES_ONLY_ON_REQUEST

    def add(self, kind: str, content: JsonObject) -> None:
        """Queue an update, unless the bot does not want its type."""
        if kind in self.allowed:
            self.pending.append({"update_id": next(self._numbers), kind: content})

    def drop(self) -> None:
        """Forget all that was not confirmed."""
        self.pending.clear()
        self.redeliveries.clear()

    def confirm(self, offset: int) -> None:
        """Forget updates below the offset; a negative one keeps that many of the newest (Bot API page, getUpdates)."""
        if offset < 0:
            self.pending = self.pending[offset:]
            return
        confirmed = [update for update in self.pending if update["update_id"] < offset]
        self.pending = self.pending[len(confirmed) :]
        self.redeliveries += [update for update in confirmed if self.comes_again()]

    def comes_again(self) -> bool:
        """Tell whether an update that was just taken is delivered once more."""
        again = self.duplicates_left > 0 or self._faults.strikes(FaultKind.DUPLICATE)
        self.duplicates_left = max(self.duplicates_left - 1, 0)
        if again:
            self._faults.count(FaultKind.DUPLICATE)
        return again

    def take(self, limit: int) -> list[JsonObject]:
        """Return the updates for a poll: duplicates once, then all that were not confirmed."""
        batch = (self.redeliveries + self.pending)[:limit]
        self.redeliveries = self.redeliveries[len(batch) :]
        return self.disordered(batch)

    def disordered(self, batch: list[JsonObject]) -> list[JsonObject]:
        """Return updates in order, or by chance in another one."""
        if len(batch) < 2 or not self._faults.strikes(FaultKind.OUT_OF_ORDER):
            return batch
        self._faults.count(FaultKind.OUT_OF_ORDER)
        return self._faults.shuffled(batch)


def chat_of(update: JsonObject) -> int:
    """Return the chat an update is of, else the person who made it, else its own number.

    Telegram delivers to a webhook one update of these after another.
    """
    content = next(value for name, value in update.items() if name != "update_id")
    for place in (content, content.get("message", {})):
        for who in ("chat", "from", "user"):
            if isinstance(place.get(who), dict):
                return int(place[who]["id"])
    return int(update["update_id"])
