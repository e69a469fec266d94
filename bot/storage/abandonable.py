"""SQLite connections that can be taken from a thread that hangs with one.

Python crashes when such a connection is closed while another thread is in a statement of it, and after a mere rollback
that thread's next statement would commit by itself. So each use of a connection asks first whether it still may be.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from typing import Any
from weakref import WeakSet

#: Seconds between two attempts to interrupt a statement; it may just have begun at the first one.
_AGAIN_SECONDS = 0.01


class AbandonableConnection(sqlite3.Connection):
    """A connection whose transaction another thread can roll back, and that is of no use then.

    Attributes:
        lock: held by whoever uses it. Python's own kind, which is let go whatever is thrown into a thread.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lock = threading.Lock()
        self._is_abandoned = False
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()

    def cursor(self, *_factory: Any) -> sqlite3.Cursor:  # type: ignore[override]  # of no other kind
        """A cursor that asks first."""
        cursor = super().cursor(_Cursor)
        self._cursors.add(cursor)
        return cursor

    def ask(self) -> None:
        """Whether it may be used; whoever asks holds the lock.

        Raises:
            ProgrammingError: it was abandoned. In sqlite3's own words, which tell SQLAlchemy not to use it again.
        """
        if self._is_abandoned:
            raise sqlite3.ProgrammingError("Cannot operate on a closed database.")

    def commit(self) -> None:
        """Commit, unless it is abandoned."""
        with self.lock:
            self.ask()
            super().commit()

    def rollback(self) -> None:
        """Roll back, unless it is abandoned."""
        with self.lock:
            self.ask()
            super().rollback()

    def close(self) -> None:
        """Close it, once nobody uses it."""
        with self.lock:
            self._roll_back()
            super().close()

    def abandon(self) -> None:
        """Roll back whatever the connection does, and have all that is tried with it fail from then on."""
        self._is_abandoned = True
        while not self.lock.acquire(timeout=_AGAIN_SECONDS):
            with suppress(sqlite3.ProgrammingError):  # its thread has just closed it
                self.interrupt()
        try:
            self._roll_back()
        finally:
            self.lock.release()

    def _roll_back(self) -> None:
        with suppress(sqlite3.ProgrammingError):  # it is closed
            for cursor in [*self._cursors]:
                cursor.close()  # an unread result would keep the transaction open
            while self.in_transaction:
                with suppress(sqlite3.OperationalError):  # an interrupt that came late
                    super().rollback()


class _Cursor(sqlite3.Cursor):
    connection: AbandonableConnection

    def execute(self, *args: Any) -> sqlite3.Cursor:  # type: ignore[override]
        with self.connection.lock:
            self.connection.ask()
            return super().execute(*args)

    def executemany(self, *args: Any) -> sqlite3.Cursor:  # type: ignore[override]
        with self.connection.lock:
            self.connection.ask()
            return super().executemany(*args)

    def fetchone(self) -> Any:
        with self.connection.lock:
            self.connection.ask()
            return super().fetchone()

    def fetchmany(self, *args: Any) -> list[Any]:
        with self.connection.lock:
            self.connection.ask()
            return super().fetchmany(*args)

    def fetchall(self) -> list[Any]:
        with self.connection.lock:
            self.connection.ask()
            return super().fetchall()
