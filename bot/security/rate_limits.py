"""Rate limits by conversation and by address. The limit of e-mail codes is in `bot.accounts.email_codes`."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from bot.core.metrics import LIMITER_FALLBACKS, RATE_LIMITED
from bot.core.settings import Settings
from bot.core.siblings import ALONE, Siblings

logger = logging.getLogger(__name__)

#: Failed sign-ins of the staff that one address or one member may have, and in how many minutes.
FAILED_LOGINS, FAILED_LOGIN_MINUTES = 10, 10
#: Seconds that Redis gets to accept a connection, and to answer; a request waits for it.
REDIS_SECONDS = 0.3
#: Seconds until a Redis that did not answer is tried again, by one request; the others do not wait.
REDIS_PAUSE_SECONDS = 5.0
#: Requests that wait for Redis at once, in separate threads, so that the database's threads never wait for them.
_REDIS_THREADS = 4
#: The kind of what siblings tell.
_HIT = "hit"


class RateLimit(StrEnum):
    """The limits: each has a setting, except logins (`FAILED_LOGINS`)."""

    #: New conversations, by address.
    SESSIONS = "sessions"
    #: Messages, by conversation.
    MESSAGES = "messages"
    #: Photos, by conversation.
    PHOTOS = "photos"
    #: Requests of any kind, by address.
    REQUESTS = "requests"
    #: Failed sign-ins of the staff, by address; wrong codes with the right password also by member.
    LOGINS = "logins"


class TooManyRequestsError(Exception):
    """A limit is exceeded.

    Attributes:
        seconds: until the next attempt is allowed.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class MovingWindows(MemoryStorage):
    """Counts hits in moving windows, in this process.

    The library's own storage scans all keys after nearly every hit, in a new thread each time, and never drops a key.
    """

    def __init__(self) -> None:
        super().__init__()
        #: The times of each key's hits, oldest first; keys in the order of their newest hit.
        self._hits: OrderedDict[str, deque[float]] = OrderedDict()
        self._longest = 0
        self._guard = threading.Lock()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` hits of ``key``, unless there are more than ``limit`` then in ``expiry`` seconds."""
        with self._guard:
            now = time.time()
            self._forget(now, expiry)
            hits = self._hits.setdefault(key, deque())
            while hits and hits[0] < now - expiry:
                hits.popleft()
            if len(hits) + amount > limit:
                return False
            hits.extend([now] * amount)
            self._hits.move_to_end(key)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002  (the library's)
        """The time of ``key``'s oldest hit in the last ``expiry`` seconds, and the number of hits."""
        with self._guard:
            now = time.time()
            hits = [each for each in self._hits.get(key, ()) if each > now - expiry]
            return (hits[0], len(hits)) if hits else (now, 0)

    def _forget(self, now: float, expiry: int) -> None:
        """Forget keys whose hits are all older than any window."""
        self._longest = max(self._longest, expiry)
        while self._hits:
            key, hits = next(iter(self._hits.items()))
            if hits and hits[-1] >= now - self._longest:
                return
            del self._hits[key]


#: Whether one more hit is allowed.
Question = Callable[[MovingWindowRateLimiter, RateLimitItem], bool]


def redis_options() -> dict[str, Any]:
    """The options of a connection to Redis: it is waited for only `REDIS_SECONDS`, and nothing is tried twice."""
    # Imported only here, because few installations use Redis.
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    retry = Retry(NoBackoff(), 0)
    return {"socket_connect_timeout": REDIS_SECONDS, "socket_timeout": REDIS_SECONDS, "retry": retry}


class _SharedCount:
    """The count in Redis, which may be unreachable.

    Args:
        url: of Redis.
    """

    def __init__(self, url: str) -> None:
        self._limiter = MovingWindowRateLimiter(storage_from_string(url, wrap_exceptions=True, **redis_options()))
        self._guard = threading.Lock()
        self._is_out = False
        #: When an unreachable Redis is tried again, by the monotonic clock.
        self._ask_at = 0.0
        self.threads = ThreadPoolExecutor(_REDIS_THREADS, "redis")

    def ask(self, question: Question, item: RateLimitItem, key: str) -> float | None:
        """As `_free_at`; None while Redis is unreachable."""
        with self._guard:
            now = time.monotonic()
            if self._is_out:
                if now < self._ask_at:
                    return None
                self._ask_at = now + REDIS_PAUSE_SECONDS
        try:
            free_at = _free_at(question, self._limiter, item, key)
        except StorageError as error:
            self._note(error)
            return None
        self._note(None)
        return free_at

    def _note(self, error: StorageError | None) -> None:
        """Record whether Redis answered, and log the beginning and the end of an outage."""
        with self._guard:
            was_out, self._is_out = self._is_out, error is not None
            if error is not None:
                self._ask_at = time.monotonic() + REDIS_PAUSE_SECONDS
        if error is not None and not was_out:
            logger.error("Redis does not answer (%s); counting in this process", type(error).__name__)
        if error is None and was_out:
            logger.warning("Redis answers again")


class RateLimits:
    """Counts in moving windows, in Redis or in this process; in this process also while Redis is unreachable.

    There is one for the whole service, so that it notices an outage once. Without Redis the processes of one machine
    tell each other what they count.

    Args:
        settings: the limits and the Redis URL.
        siblings: the other processes of this machine.
    """

    def __init__(self, settings: Settings, siblings: Siblings = ALONE) -> None:
        url = settings.redis_url.get_secret_value()
        self._own = MovingWindowRateLimiter(MovingWindows())
        self._shared = _SharedCount(url) if url else None
        self._items: dict[RateLimit, RateLimitItem] = {
            RateLimit.SESSIONS: RateLimitItemPerHour(settings.sessions_per_hour, namespace=RateLimit.SESSIONS),
            RateLimit.MESSAGES: RateLimitItemPerMinute(settings.messages_per_minute, namespace=RateLimit.MESSAGES),
            RateLimit.PHOTOS: RateLimitItemPerHour(settings.photos_per_hour, namespace=RateLimit.PHOTOS),
            RateLimit.REQUESTS: RateLimitItemPerMinute(settings.requests_per_minute, namespace=RateLimit.REQUESTS),
            RateLimit.LOGINS: RateLimitItemPerMinute(FAILED_LOGINS, FAILED_LOGIN_MINUTES, namespace=RateLimit.LOGINS),
        }
        self._siblings = siblings
        siblings.listen(_HIT, self._count_others)

    async def hit(self, limit: RateLimit, who: str) -> None:
        """Count one hit.

        Args:
            limit: the limit that it counts against.
            who: the conversation or address; its hash is the key.

        Raises:
            TooManyRequestsError: the limit is exceeded.
        """
        await self._call(self._hit, limit, who)

    async def check(self, limit: RateLimit, who: str) -> None:
        """Check a limit without counting: for actions that count only if they fail.

        Raises:
            TooManyRequestsError: the limit is exceeded.
        """
        await self._call(self._check, limit, who)

    async def _call(self, function: Callable[[RateLimit, str], None], limit: RateLimit, who: str) -> None:
        key = hashlib.sha256(who.encode()).hexdigest()
        if self._shared:
            await asyncio.get_running_loop().run_in_executor(self._shared.threads, function, limit, key)
        else:
            function(limit, key)

    def _hit(self, limit: RateLimit, key: str) -> None:
        self._ask(lambda limiter, item: limiter.hit(item, key), limit, key)
        if not self._shared:
            self._siblings.tell(_HIT, f"{limit} {key}")

    def _count_others(self, hit: str) -> None:
        """Count a hit that another process has allowed."""
        limit, _, key = hit.partition(" ")
        self._own.hit(self._items[RateLimit(limit)], key)

    def _check(self, limit: RateLimit, key: str) -> None:
        self._ask(lambda limiter, item: limiter.test(item, key), limit, key)

    def _ask(self, question: Question, limit: RateLimit, key: str) -> None:
        item = self._items[limit]
        free_at = self._shared.ask(question, item, key) if self._shared else None
        if free_at is None:
            if self._shared:
                LIMITER_FALLBACKS.inc()
            free_at = _free_at(question, self._own, item, key)
        if free_at > 0:
            RATE_LIMITED.labels(limit).inc()
            raise TooManyRequestsError(max(1, math.ceil(free_at - time.time())))


def counted_address(address: str) -> str:
    """The client that an address counts as.

    A provider gives each customer a whole IPv6 network of at least 64 bits (RFC 6177), so its addresses count as one.
    An IPv4 address written as an IPv6 one (RFC 4291, 2.5.5.2) counts as the IPv4 address.

    Args:
        address: of a client; anything else than an IP address counts as it is.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), 64), strict=False))


def is_private(address: str) -> bool:
    """Whether an address is of a private network (RFC 1918, RFC 4193) or of this machine."""
    try:
        return ip_address(address).is_private
    except ValueError:
        return False


def _free_at(
    question: Question,
    limiter: MovingWindowRateLimiter,
    item: RateLimitItem,
    key: str,
) -> float:
    """When the next hit is allowed, in seconds of the clock; 0 if now."""
    return 0 if question(limiter, item) else limiter.get_window_stats(item, key).reset_time
