"""Overwrites what PostgreSQL keeps of deleted rows.

PostgreSQL only marks a deleted row. A VACUUM lets later rows take its place, but leaves its bytes in the file until one
does; it is the same with an index. A table that is written anew (VACUUM FULL) has none of them. That locks the table
for as long as it takes, so it is done once a night, and only after an erasure.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.core.errors import LOCKED, StatedError, named
from bot.privacy.erasure import ERASED
from bot.privacy.retention import EXPIRED
from bot.storage import Account, AuditRecord, Base, DataKey, Lease, Mentor, Store
from bot.storage.models import OF_CONVERSATIONS, OF_MENTORS

#: What the audit calls it; its subject is the newest record of the audit whose erasure is done with.
REWRITTEN = "rewrite tables"
#: The hours of the night, on this machine's clock.
NIGHT = range(2, 5)
#: For so long an erasure waits for a night, so that it is done within a day.
LONGEST_WAIT = timedelta(hours=23)
#: From then on it is an alert that it could not be done.
TOO_LONG = timedelta(hours=25)

_PERSONAL: tuple[type[Base], ...] = (*OF_MENTORS, *OF_CONVERSATIONS, DataKey, Account, Mentor)
#: The tables that hold anything of mentors. The smallest is the first: while an old transaction is open, no other one
#: is locked.
TABLES = sorted((each.__tablename__ for each in _PERSONAL), key=lambda name: (name != Lease.__tablename__, name))
#: Milliseconds to wait for a table, while others wait for it behind us: PostgreSQL ends its own VACUUM of it after
#: 1,000. Then attempts, and the seconds between them.
_LOCK_MILLISECONDS, _ATTEMPTS, _PAUSE_SECONDS = 1_500, 10, 5.0

#: The first transaction that has not begun.
_NEXT = text("SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS xid) AS text)")
#: Whether everything was left out that transactions before it had deleted. It is kept for transactions that are older
#: still, and a VACUUM FULL notes the oldest of these.
_IS_CLEAN = text(
    "SELECT age(relfrozenxid) <= age(CAST(:following AS xid)) FROM pg_class WHERE oid = CAST(:table AS regclass)"
)


class RewriteError(StatedError):
    """A table could not be written anew; the message says why."""


class Rewriting:
    """Writes the tables of mentors anew. A SQLite file needs none of it: it overwrites what it deletes.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def run_at_night(self, now: datetime) -> int:
        """Do as `run` if it is night, or if an erasure has waited for almost a day.

        Args:
            now: the time, aware.

        Raises:
            RewriteError: as for `run`.
        """
        since = self._waiting_since()
        if since is None or (now.astimezone().hour not in NIGHT and now - since < LONGEST_WAIT):
            return 0
        try:
            return self.run("calendar")
        except RewriteError as error:
            if now - since < TOO_LONG:
                raise
            raise RewriteError(f"ALERT {error}") from None

    def run(self, actor: str) -> int:
        """Write the tables anew if a mentor was erased, or a check ended by its deadline, since the last time.

        Args:
            actor: who has it done, for the audit.

        Returns:
            The number of tables.

        Raises:
            RewriteError: somebody else uses a table for too long, or a transaction from before is still open.
        """
        if self._waiting_since() is None:
            return 0
        with self._store.read() as session:
            newest = session.scalar(select(func.max(AuditRecord.id)))
        with self._store.connection() as connection:
            connection.detach()  # it is closed with its settings
            connection.exec_driver_sql(f"SET lock_timeout = {_LOCK_MILLISECONDS}")
            # Whatever wrote a record up to the newest is older.
            following = str(connection.scalar(_NEXT))
            for table in TABLES:
                began = time.monotonic()
                _rewrite(connection, table, following)
                time.sleep(time.monotonic() - began)  # whoever waited for this table goes on before the next is locked
        with self._store.write() as session:
            session.add(AuditRecord(actor=actor, action=REWRITTEN, subject_id=str(newest)))
        return len(TABLES)

    def _waiting_since(self) -> datetime | None:
        """When the first erasure was whose rows may still be in the files."""
        if self._store.is_sqlite:
            return None
        with self._store.read() as session:
            wanted = select(func.min(AuditRecord.at)).where(
                AuditRecord.action.in_((ERASED, EXPIRED)), AuditRecord.id > _done_with(session)
            )
            return session.scalar(wanted)


def _done_with(session: Session) -> int:
    """The newest record of the audit whose erasure is done with."""
    last = select(AuditRecord.subject_id).where(AuditRecord.action == REWRITTEN).order_by(AuditRecord.id.desc())
    return int(session.scalar(last.limit(1)) or 0)


def _rewrite(connection: Connection, table: str, following: str) -> None:
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_PAUSE_SECONDS)
        try:
            connection.exec_driver_sql(f"VACUUM (FULL) {table}")
        except OperationalError as error:
            if named(error) != LOCKED:
                raise
            continue
        if connection.scalar(_IS_CLEAN, {"table": table, "following": following}):
            return
    raise RewriteError(
        f"What was erased may still be in the files of {table}: an older transaction, such as a backup's, is open."
    )
