"""How often one session or one address may ask for what."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import time
from collections.abc import Callable
from enum import StrEnum

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from bot.settings import Settings

logger = logging.getLogger(__name__)

#: Failed logins that one address has, and in how many minutes.
FAILED_LOGINS, FAILED_LOGIN_MINUTES = 10, 10


class Door(StrEnum):
    """What is limited, each by its own setting; logins by `FAILED_LOGINS`."""

    #: New conversations, by address.
    SESSIONS = "sessions"
    #: Messages, by conversation.
    MESSAGES = "messages"
    #: Photos, by conversation.
    PHOTOS = "photos"
    #: Requests of any kind, by address.
    REQUESTS = "requests"
    #: Failed logins to the staff page, by address.
    LOGINS = "logins"


class TooManyRequestsError(Exception):
    """Somebody asks too often.

    Attributes:
        seconds: how long to wait.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class RateLimits:
    """Counts in a moving window, in this process or in Redis; if Redis fails, in this process.

    Args:
        settings: the limits, and where to count.
    """

    def __init__(self, settings: Settings) -> None:
        self._shared = bool(settings.redis_url.get_secret_value())
        url = settings.redis_url.get_secret_value()
        own = MovingWindowRateLimiter(MemoryStorage())
        self._limiters = (
            [MovingWindowRateLimiter(storage_from_string(url, wrap_exceptions=True)), own] if url else [own]
        )
        self._items: dict[Door, RateLimitItem] = {
            Door.SESSIONS: RateLimitItemPerHour(settings.sessions_per_hour, namespace=Door.SESSIONS),
            Door.MESSAGES: RateLimitItemPerMinute(settings.messages_per_minute, namespace=Door.MESSAGES),
            Door.PHOTOS: RateLimitItemPerHour(settings.photos_per_hour, namespace=Door.PHOTOS),
            Door.REQUESTS: RateLimitItemPerMinute(settings.requests_per_minute, namespace=Door.REQUESTS),
            Door.LOGINS: RateLimitItemPerMinute(FAILED_LOGINS, FAILED_LOGIN_MINUTES, namespace=Door.LOGINS),
        }

    async def enter(self, door: Door, who: str) -> None:
        """Count one more.

        Args:
            door: what is asked for.
            who: the conversation or address; it is counted under its hash.

        Raises:
            TooManyRequestsError: it was asked for too often.
        """
        await self._call(self._enter, door, who)

    async def check(self, door: Door, who: str) -> None:
        """As `enter`, but nothing is counted: for what counts only if it fails.

        Raises:
            TooManyRequestsError: it was asked for too often.
        """
        await self._call(self._check, door, who)

    async def _call(self, function: Callable[[Door, str], None], door: Door, who: str) -> None:
        key = hashlib.sha256(who.encode()).hexdigest()
        if self._shared:
            await asyncio.to_thread(function, door, key)
        else:
            function(door, key)

    def _enter(self, door: Door, key: str) -> None:
        self._ask(lambda limiter, item: limiter.hit(item, key), door, key)

    def _check(self, door: Door, key: str) -> None:
        self._ask(lambda limiter, item: limiter.test(item, key), door, key)

    def _ask(self, question: Callable[[MovingWindowRateLimiter, RateLimitItem], bool], door: Door, key: str) -> None:
        item = self._items[door]
        for limiter in self._limiters:
            try:
                if question(limiter, item):
                    return
                free_at = limiter.get_window_stats(item, key).reset_time
            except StorageError as error:
                logger.error("Redis does not answer (%s); counting in this process", type(error).__name__)
                continue
            raise TooManyRequestsError(max(1, math.ceil(free_at - time.time())))
