"""Wake-ups between processes: whoever changes a conversation tells the others, by PostgreSQL's LISTEN and NOTIFY.

Nothing depends on a wake-up: one that is lost costs the seconds until `bot.conversation.leases` is looked at again, and
an open stream looks by itself, too. With SQLite all processes are on one machine and tell each other (`Siblings`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import make_url

from bot.core.errors import described
from bot.core.siblings import Siblings
from bot.storage import Store
from bot.storage.models import new_id

logger = logging.getLogger(__name__)

#: The kind of what siblings tell.
_CHANGED = "conversation"
_LISTEN = "LISTEN conversations"
_TELL = "SELECT pg_notify('conversations', each) FROM unnest(%s::text[]) AS each"
#: Seconds until a broken connection is opened again.
_AGAIN_SECONDS = 1.0
#: A connection on which nothing is said is tested, as a network may have forgotten it.
_CONNECTION: dict[str, Any] = {
    "autocommit": True,
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}


class Wakeups:
    """Tells other processes of changed conversations, and hears from them.

    Args:
        store: the database.
        siblings: the other processes of this machine.
    """

    def __init__(self, store: Store, siblings: Siblings) -> None:
        self._siblings = siblings
        self._url = make_url(store.url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._is_file = store.is_sqlite
        self._name = new_id()
        self._changed: set[str] = set()
        self._is_changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def tell(self, conversation_id: str) -> None:
        """Tell the other processes that a conversation may have changed, or has work."""
        if self._is_file:
            self._siblings.tell(_CHANGED, conversation_id)
        else:
            self._changed.add(conversation_id)
            self._is_changed.set()

    def start(self, told: Callable[[str], None]) -> None:
        """Begin to tell and to hear.

        Args:
            told: called with the id of a conversation that another process told of.
        """
        if self._is_file:
            self._siblings.listen(_CHANGED, told)
        else:
            work = (self._send, lambda: self._hear(told))
            self._tasks = [asyncio.create_task(_persistently(each)) for each in work]

    async def stop(self) -> None:
        """End it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _send(self) -> None:
        from psycopg import AsyncConnection

        async with await AsyncConnection.connect(self._url, **_CONNECTION) as connection:
            while True:
                await self._is_changed.wait()
                self._is_changed.clear()
                changed, self._changed = self._changed, set()
                await connection.execute(_TELL, [[f"{self._name}:{each}" for each in changed]])

    async def _hear(self, told: Callable[[str], None]) -> None:
        from psycopg import AsyncConnection

        async with await AsyncConnection.connect(self._url, **_CONNECTION) as connection:
            await connection.execute(_LISTEN)
            async for each in connection.notifies():
                sender, _, conversation_id = each.payload.partition(":")
                if sender != self._name:
                    told(conversation_id)


async def _persistently(work: Callable[[], Any]) -> None:
    """Do work that ends only by failing, again and again."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  (the database may come back)
            logger.warning("wake-ups between services wait for the database: %s", described(error))
        await asyncio.sleep(_AGAIN_SECONDS)
