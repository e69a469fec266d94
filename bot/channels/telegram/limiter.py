"""Limits the calls to Telegram; a flood in one chat does not slow down others."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

#: Messages that a chat may get at once before its limit applies. Evenly sent messages may arrive in bursts, so this
#: stays below Telegram's own limit.
CHAT_BURST = 3
#: Repetitions of a call while Telegram is busy.
FLOOD_RETRIES = 5
#: The bot's calls that send into a chat.
_SENDING = frozenset({"sendMessage", "sendPhoto", "sendDocument"})
#: Limiters that are kept before idle ones are dropped.
_MANY_CHATS = 1_000

# With this the library returns timedelta, its future default; otherwise it warns at each 429.
os.environ.setdefault("PTB_TIMEDELTA", "true")
# The library logs a traceback for every 429 that it passes on.
logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)


class ChatRateLimiter(AIORateLimiter):
    """The library's limiter, with a limit for each chat beside the one for all.

    The library's limiter has no limit for private chats, and after a 429 to one chat it delays the calls to all others;
    here only that call waits.

    Args:
        per_second: calls a second to all chats together.
        chat_per_second: messages a second to one chat, once `CHAT_BURST` were sent at once.
    """

    __slots__ = ("_chat_limiters", "chat_per_second", "per_second")

    def __init__(self, per_second: float, chat_per_second: float) -> None:
        super().__init__(overall_max_rate=per_second, max_retries=0)
        self.per_second = per_second
        self.chat_per_second = chat_per_second
        self._chat_limiters: dict[str, AsyncLimiter] = {}

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | dict[str, Any] | list[dict[str, Any]]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> bool | dict[str, Any] | list[dict[str, Any]]:
        """Make a call when the limits allow it; repeat it if Telegram asks to wait.

        Raises:
            RetryAfter: Telegram asked to wait too often.
        """
        for _ in range(FLOOD_RETRIES):
            try:
                return await self._in_turn(callback, args, kwargs, endpoint, data, rate_limit_args)
            except RetryAfter as error:
                await asyncio.sleep(seconds_of(error))
        return await self._in_turn(callback, args, kwargs, endpoint, data, rate_limit_args)

    async def _in_turn(
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | dict[str, Any] | list[dict[str, Any]]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> bool | dict[str, Any] | list[dict[str, Any]]:
        if endpoint in _SENDING:
            await self._of_chat(str(data.get("chat_id"))).acquire()
        return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)

    def _of_chat(self, chat: str) -> AsyncLimiter:
        if chat not in self._chat_limiters:
            if len(self._chat_limiters) >= _MANY_CHATS:
                busy = {name: each for name, each in self._chat_limiters.items() if not each.has_capacity(CHAT_BURST)}
                self._chat_limiters = busy
            self._chat_limiters[chat] = AsyncLimiter(CHAT_BURST, CHAT_BURST / self.chat_per_second)
        return self._chat_limiters[chat]


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
