"""One outbox with one lease loop: work that was committed is done at least once, whatever dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import or_, select, update

from bot.failures import described
from bot.store import OutboxEntry, Store
from bot.store.models import utc_now

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
POLL_SECONDS = 2.0
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(hours=1)
MAXIMUM_ATTEMPTS = 20

#: Does the work for a subject id; called in a thread; raises to have it tried again later.
Handler = Callable[[str], None]


class Outbox:
    """Leases entries that are due and hands them to the handler of their kind.

    Args:
        store: the database.
        handlers: what does the work of each kind.
    """

    def __init__(self, store: Store, handlers: dict[str, Handler]) -> None:
        self._store = store
        self._handlers = handlers
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def wake(self) -> None:
        """Look for work now; may be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self) -> None:
        """Do the work as it comes, until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            try:
                while await asyncio.to_thread(self.run_one):
                    pass
            except Exception as error:  # noqa: BLE001  (a database that is locked or restarted, say)
                logger.error("the outbox could not be read: %s", described(error))
            try:
                await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
            except TimeoutError:
                continue
            finally:
                self._woken.clear()

    def run_one(self) -> bool:
        """Do one entry that is due; whether there was one."""
        leased = self._lease()
        if leased is None:
            return False
        entry_id, kind, subject_id = leased
        try:
            self._handlers[kind](subject_id)
        except Exception as error:  # noqa: BLE001  (it is tried again, whatever it was)
            logger.error("outbox entry %d (%s) failed: %s", entry_id, kind, described(error))
            self._failed(entry_id, type(error).__name__)
        else:
            with self._store.write() as session:
                session.execute(
                    update(OutboxEntry)
                    .where(OutboxEntry.id == entry_id)
                    .values(done_at=utc_now(), leased_until=None, last_error=None)
                )
        return True

    def _lease(self) -> tuple[int, str, str] | None:
        now = utc_now()
        with self._store.write() as session:
            entry = session.scalars(
                select(OutboxEntry)
                .where(
                    OutboxEntry.done_at.is_(None),
                    OutboxEntry.failed_at.is_(None),
                    OutboxEntry.next_attempt_at <= now,
                    or_(OutboxEntry.leased_until.is_(None), OutboxEntry.leased_until < now),
                )
                .order_by(OutboxEntry.next_attempt_at, OutboxEntry.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).one_or_none()
            if entry is None:
                return None
            entry.leased_until = now + LEASE
            entry.attempts += 1
            return entry.id, entry.kind, entry.subject_id

    def _failed(self, entry_id: int, error: str) -> None:
        with self._store.write() as session:
            entry = session.get_one(OutboxEntry, entry_id)
            entry.leased_until = None
            entry.last_error = error
            entry.next_attempt_at = utc_now() + min(FIRST_RETRY * 2 ** min(entry.attempts, 20), LONGEST_RETRY)
            if entry.attempts >= MAXIMUM_ATTEMPTS:
                entry.failed_at = utc_now()
                logger.error("ALERT outbox entry %d (%s) failed %d times", entry.id, entry.kind, entry.attempts)
