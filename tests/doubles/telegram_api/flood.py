"""The flood limits of Telegram: how fast a bot may send."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tests.doubles.telegram_api.faults import refusal_of

LIMITED: Final = frozenset({"sendMessage", "sendPhoto", "sendDocument"})


@dataclass(frozen=True)
class FloodLimits:
    """How fast a bot may send; what Telegram names as a guide by default.

    Attributes:
        per_chat: Messages a second to one chat.
        per_group: Messages a minute to one group.
        overall: Messages a second in all.
        burst: Messages that one chat may get at once before its limit is felt.
    """

    per_chat: float = 1
    per_group: float = 20
    overall: float = 30
    burst: int = 1


@dataclass
class _Bucket:
    """Tokens that refill at a rate in tokens a second, up to a size."""

    rate: float
    size: float
    tokens: float
    filled_at: float

    def seconds_to_wait(self, now: float) -> float:
        self.tokens = min(self.size, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.rate


@dataclass
class FloodGate:
    """Refuses what comes faster than the limits.

    Attributes:
        limits: The limits, None for none.
        clock: Gives seconds that never go back.
    """

    limits: FloodLimits | None
    clock: Callable[[], float] = time.monotonic
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def pass_through(self, method: str, chat_id: str) -> None:
        """Count a call.

        Raises:
            ApiRefusalError: 429 with ``retry_after`` in whole seconds when it comes too early.
        """
        if self.limits is None or method not in LIMITED:
            return
        limits, now = self.limits, self.clock()
        buckets = [
            self._bucket("", limits.overall, limits.overall, now),
            self._bucket(chat_id, limits.per_chat, limits.burst, now),
        ]
        if chat_id.startswith("-"):
            buckets.append(self._bucket(f"group {chat_id}", limits.per_group / 60, limits.per_group, now))
        wait = max(bucket.seconds_to_wait(now) for bucket in buckets)
        if wait > 0:
            raise refusal_of(429, math.ceil(wait))
        for bucket in buckets:
            bucket.tokens -= 1

    def _bucket(self, name: str, rate: float, size: float, now: float) -> _Bucket:
        return self._buckets.setdefault(name, _Bucket(rate, max(size, 1), max(size, 1), now))
