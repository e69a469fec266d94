"""One outbox with one lease loop: a committed job is done at least once, even if workers die.

Several workers, in one process or many, lease entries. After a lease has expired another worker may take the entry, and
the slow worker's result is ignored.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from bot.core.errors import described, in_short
from bot.core.tracing import span
from bot.storage import OutboxEntry, Store
from bot.storage.models import ERROR_LENGTH, UtcDateTime, utc_now

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
#: A job that takes longer than this hangs.
HANGING = 5 * LEASE
POLL_SECONDS = 2.0
#: The longest wait after the first failure; it doubles with each failure, up to `LONGEST_RETRY`.
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(hours=1)
MAXIMUM_ATTEMPTS = 20
WORKERS = 2
#: How long a finished entry is kept for inspection. After that the same job could be queued again, so a job that must
#: happen only once also records that elsewhere: an account keeps its id at the service.
KEPT = timedelta(days=30)
#: The error of an entry whose workers all died or exceeded their leases.
LEASE_RAN_OUT = "LeaseRanOut"

#: Does the job for a subject id; called in a thread; raises to be repeated later. It must end within `LEASE`, or
#: another worker starts the same job.
Handler = Callable[[str], None]

_chance = random.SystemRandom()


class OutboxError(Exception):
    """An entry cannot be tried again; the message says why."""


@dataclass(frozen=True)
class Lease:
    """The right to work on one entry for a limited time.

    Attributes:
        entry_id: the entry.
        kind: of the job.
        subject_id: of the job.
        attempt: 1-based attempt number.
        until: the lease's end. With ``attempt`` it identifies the lease.
    """

    entry_id: int
    kind: str
    subject_id: str
    attempt: int
    until: datetime


def retry_ceiling(attempts: int) -> timedelta:
    """The longest wait after this many attempts: exponential, capped.

    Args:
        attempts: how often it was tried, from 1.
    """
    doublings = min(attempts - 1, 30)  # far beyond the cap; a greater power would overflow
    return min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)


def retry_wait(attempts: int) -> timedelta:
    """The wait after this many attempts: exponential backoff with full jitter.

    All waits up to the ceiling are equally likely, so that jobs that failed together are not repeated together:
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
    """Leases due entries and passes them to the handler of their kind.

    Args:
        store: the database.
        handlers: by kind.
        workers: entries that this process works on at once.
    """

    def __init__(self, store: Store, handlers: dict[str, Handler], workers: int = WORKERS) -> None:
        self._store = store
        self._handlers = handlers
        self._workers = workers
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        #: When each thread began what it is doing, by the monotonic clock.
        self._began: dict[int, float] = {}

    async def progresses(self) -> bool:
        """Whether a thread is free for a job, or one is at its own for less than `HANGING`."""
        oldest = time.monotonic() - HANGING.total_seconds()
        began = list(self._began.values())
        return len(began) < self._workers or max(began) > oldest

    def wake(self) -> None:
        """Look for jobs now; may be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self) -> None:
        """Do jobs until cancelled; running jobs are finished."""
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
        """Do one due entry, the longest overdue first; returns whether there was one."""
        thread = threading.get_ident()
        self._began[thread] = time.monotonic()
        try:
            return self._run_one()
        finally:
            del self._began[thread]

    def _run_one(self) -> bool:
        lease = self._lease()
        if lease is None:
            return False
        if lease.attempt > MAXIMUM_ATTEMPTS:
            self._failed(lease, LEASE_RAN_OUT)
            return True
        try:
            with span("outbox", kind=lease.kind, attempt=lease.attempt):
                self._handlers[lease.kind](lease.subject_id)
        except Exception as error:  # noqa: BLE001  (any failure is repeated)
            logger.error("outbox entry %d (%s) failed: %s", lease.entry_id, lease.kind, described(error))
            self._failed(lease, in_short(error)[:ERROR_LENGTH])
        else:
            self._settle(lease, done_at=utc_now(), last_error=None)
        return True

    def _lease(self) -> Lease | None:
        now = utc_now()
        # Read before writing: all workers are woken for one entry, and a writer delays the mentors' turns.
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
        """Record an entry's result, unless its lease has passed on; returns whether it was still ours."""
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
    """The unfinished jobs as rows for the command line, the longest overdue first.

    Args:
        session: an open transaction.
        failed: only failed jobs, whose attempts are used up.
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
    """Delete old finished entries; returns their number. Failed ones wait for a person.

    Args:
        session: an open write transaction.
        now: the time, aware.
    """
    return session.connection().execute(delete(OutboxEntry).where(OutboxEntry.done_at < now - KEPT)).rowcount


def retry(session: Session, entry_id: int | None = None) -> int:
    """Retry failed jobs, starting now; returns their number.

    Args:
        session: an open write transaction.
        entry_id: the job; None for all.

    Raises:
        OutboxError: there is no such failed job.
    """
    dead = update(OutboxEntry).where(OutboxEntry.failed_at.is_not(None), OutboxEntry.done_at.is_(None))
    if entry_id is not None:
        dead = dead.where(OutboxEntry.id == entry_id)
    fresh = dead.values(failed_at=None, attempts=0, next_attempt_at=utc_now(), leased_until=None)
    number = session.connection().execute(fresh).rowcount
    if entry_id is not None and not number:
        raise OutboxError(f"Outbox entry {entry_id} is no dead letter: bot outbox list --failed shows those.")
    return number
