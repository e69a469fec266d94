"""One outbox with one lease loop: work that was committed is done at least once, whatever dies.

Several workers, in one process or in many, take entries under a lease. A lease that runs out is another worker's to
take, and what the slow one then says of its entry counts for nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from bot.core.errors import described, in_short
from bot.storage import OutboxEntry, Store
from bot.storage.models import ERROR_LENGTH, UtcDateTime, utc_now

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
POLL_SECONDS = 2.0
#: The longest wait after the first failure; it doubles with each, up to `LONGEST_RETRY`.
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(hours=1)
MAXIMUM_ATTEMPTS = 20
WORKERS = 2
#: How long an entry is kept once it is done, to look at. After that the same work could be queued again, so work that
#: must happen only once notes in a row of its own that it happened: an account keeps its id at the service.
KEPT = timedelta(days=30)
#: What went wrong with an entry whose workers all died, or took longer than their leases.
LEASE_RAN_OUT = "LeaseRanOut"

#: Does the work for a subject id; called in a thread; raises to have it tried again later. It has to end within
#: `LEASE`, or another worker begins the same work.
Handler = Callable[[str], None]

_chance = random.SystemRandom()


class OutboxError(Exception):
    """An entry cannot be tried again; the message says why."""


@dataclass(frozen=True)
class Lease:
    """The right to do one entry, for a while.

    Attributes:
        entry_id: the entry.
        kind: what work it is.
        subject_id: what the work is about.
        attempt: 1-based attempt number.
        until: when the lease ends. Together with ``attempt`` it tells this lease from every other one.
    """

    entry_id: int
    kind: str
    subject_id: str
    attempt: int
    until: datetime


def retry_ceiling(attempts: int) -> timedelta:
    """The longest wait after so many attempts: exponential, capped.

    Args:
        attempts: how often it was tried, from 1.
    """
    doublings = min(attempts - 1, 30)  # far beyond the cap; a greater power would overflow
    return min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)


def retry_wait(attempts: int) -> timedelta:
    """How long to wait after so many attempts: exponential backoff with full jitter.

    Any wait up to the ceiling is as likely as any other, so that what failed together does not come back together:
    "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.

    Args:
        attempts: how often it was tried, from 1.
    """
    return retry_ceiling(attempts) * _chance.uniform(0, 1)


_now = bindparam("now", type_=UtcDateTime)
_DUE = (
    select(OutboxEntry.id)
    .where(
        OutboxEntry.done_at.is_(None),
        OutboxEntry.failed_at.is_(None),
        OutboxEntry.next_attempt_at <= _now,
        or_(OutboxEntry.leased_until.is_(None), OutboxEntry.leased_until < _now),
    )
    .limit(1)
)
_NEXT_DUE = (
    _DUE.with_only_columns(OutboxEntry)
    .order_by(OutboxEntry.next_attempt_at, OutboxEntry.id)
    .with_for_update(skip_locked=True)
)


class Outbox:
    """Leases entries that are due and hands them to the handler of their kind.

    Args:
        store: the database.
        handlers: what does the work of each kind.
        workers: how many entries this process works on at once.
    """

    def __init__(self, store: Store, handlers: dict[str, Handler], workers: int = WORKERS) -> None:
        self._store = store
        self._handlers = handlers
        self._workers = workers
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def wake(self) -> None:
        """Look for work now; may be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self) -> None:
        """Do the work as it comes, until cancelled; what is being done then is done to its end."""
        self._loop = asyncio.get_running_loop()
        threads = ThreadPoolExecutor(self._workers, thread_name_prefix="outbox")
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._workers):
                    group.create_task(self._work(threads))
        finally:
            self._loop = None
            await asyncio.to_thread(threads.shutdown)

    async def _work(self, threads: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                while await loop.run_in_executor(threads, self.run_one):
                    pass
            except Exception as error:  # noqa: BLE001  (the database may come back)
                logger.error("the outbox could not be read: %s", described(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
            self._woken.clear()

    def run_one(self) -> bool:
        """Do one entry that is due, the longest due first; whether there was one."""
        lease = self._lease()
        if lease is None:
            return False
        if lease.attempt > MAXIMUM_ATTEMPTS:
            self._failed(lease, LEASE_RAN_OUT)
            return True
        try:
            self._handlers[lease.kind](lease.subject_id)
        except Exception as error:  # noqa: BLE001  (whatever it was, it is tried again)
            logger.error("outbox entry %d (%s) failed: %s", lease.entry_id, lease.kind, described(error))
            self._failed(lease, in_short(error)[:ERROR_LENGTH])
        else:
            self._settle(lease, done_at=utc_now(), last_error=None)
        return True

    def _lease(self) -> Lease | None:
        now = utc_now()
        # Looked at first: all workers are woken for one entry, and who writes keeps the mentors' turns waiting.
        with self._store.read() as session:
            if session.connection().execute(_DUE, {"now": now}).first() is None:
                return None
        with self._store.write() as session:
            entry = session.scalars(_NEXT_DUE, {"now": now}).one_or_none()
            if entry is None:
                return None
            entry.leased_until = now + LEASE
            entry.attempts += 1
            return Lease(entry.id, entry.kind, entry.subject_id, entry.attempts, entry.leased_until)

    def _failed(self, lease: Lease, error: str) -> None:
        if lease.attempt < MAXIMUM_ATTEMPTS:
            self._settle(lease, next_attempt_at=utc_now() + retry_wait(lease.attempt), last_error=error)
        elif self._settle(lease, failed_at=utc_now(), last_error=error):
            logger.error(
                "ALERT outbox entry %d (%s) failed for good: bot outbox list --failed", lease.entry_id, lease.kind
            )

    def _settle(self, lease: Lease, **values: Any) -> bool:
        """Write down what became of an entry, unless the lease has passed to somebody else; whether it was ours."""
        ours = (
            update(OutboxEntry)
            .where(
                OutboxEntry.id == lease.entry_id,
                OutboxEntry.leased_until == lease.until,
                OutboxEntry.attempts == lease.attempt,
            )
            .values(leased_until=None, **values)
        )
        with self._store.write() as session:
            settled = session.connection().execute(ours).rowcount == 1
        if not settled:
            logger.warning("outbox entry %d (%s) went to another worker meanwhile", lease.entry_id, lease.kind)
        return settled


def unfinished_rows(session: Session, *, failed: bool = False) -> list[dict[str, Any]]:
    """What is not done yet, as rows for the command line, the longest due first.

    Args:
        session: an open transaction.
        failed: only the dead letters, whose attempts are used up.
    """
    wanted = select(OutboxEntry).where(OutboxEntry.done_at.is_(None))
    if failed:
        wanted = wanted.where(OutboxEntry.failed_at.is_not(None))
    now = utc_now()
    return [
        {
            "id": entry.id,
            "kind": entry.kind,
            "subject": entry.subject_id,
            "state": _state(entry, now),
            "attempts": entry.attempts,
            "next_attempt_at": entry.next_attempt_at.isoformat(),
            "last_error": entry.last_error,
            "created_at": entry.created_at.isoformat(),
            "failed_at": entry.failed_at.isoformat() if entry.failed_at else None,
        }
        for entry in session.scalars(wanted.order_by(OutboxEntry.next_attempt_at, OutboxEntry.id))
    ]


def _state(entry: OutboxEntry, now: datetime) -> str:
    if entry.failed_at is not None:
        return "failed"
    return "leased" if entry.leased_until is not None and entry.leased_until >= now else "waiting"


def forget_done(session: Session, now: datetime) -> int:
    """Delete the entries that were done long ago; how many there were. Dead letters wait for a person.

    Args:
        session: an open write transaction.
        now: the time, aware.
    """
    return session.connection().execute(delete(OutboxEntry).where(OutboxEntry.done_at < now - KEPT)).rowcount


def retry(session: Session, entry_id: int | None = None) -> int:
    """Give dead letters fresh attempts, beginning now; how many there were.

    Args:
        session: an open write transaction.
        entry_id: which one; None for all.

    Raises:
        OutboxError: there is no such dead letter.
    """
    dead = update(OutboxEntry).where(OutboxEntry.failed_at.is_not(None), OutboxEntry.done_at.is_(None))
    if entry_id is not None:
        dead = dead.where(OutboxEntry.id == entry_id)
    fresh = dead.values(failed_at=None, attempts=0, next_attempt_at=utc_now(), leased_until=None)
    number = session.connection().execute(fresh).rowcount
    if entry_id is not None and not number:
        raise OutboxError(f"Outbox entry {entry_id} is no dead letter: bot outbox list --failed shows those.")
    return number
