"""Offices: work that one of several services does, such as the calendar's.

On PostgreSQL an office is an advisory lock of an open connection, on SQLite the lock of a file: a process that dies
loses it at once. Where there is one process, it holds every office.
"""

from __future__ import annotations

from enum import IntEnum
from threading import Lock

import sqlalchemy
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.storage.database import Store

_TRY = sqlalchemy.text("SELECT pg_try_advisory_lock(:number)")
_IS_THERE = sqlalchemy.text("SELECT 1")


class Work(IntEnum):
    """The work of an office, and the number of its advisory lock."""

    CALENDAR = 0x63616C65
    TELEGRAM_POLLING = 0x706F6C6C


class Office:
    """An office for which this service stands.

    Args:
        store: the database.
        work: what whoever holds the office does.
    """

    def __init__(self, store: Store, work: Work) -> None:
        self._store = store
        self._number = int(work)
        self._lock = Lock()
        self._file = store.lock(work.name.lower()) if store.is_sqlite and store.is_shared else None
        self._connection: Connection | None = None

    def is_held(self) -> bool:
        """Whether this service holds the office; it takes it if it is free. While the database is gone, nobody does."""
        if not self._store.is_shared:
            return True
        with self._lock:
            if self._file:
                return self._file.is_acquired()
            try:
                return self._is_held()
            except SQLAlchemyError:
                self._close()
                return False

    def resign(self) -> None:
        """Leave the office to another service."""
        with self._lock:
            if self._file:
                self._file.close()
            self._close()

    def _is_held(self) -> bool:
        if self._connection is not None:
            self._connection.execute(_IS_THERE)  # the lock goes with the connection
            return True
        self._connection = self._store.connection()
        if not self._connection.scalar(_TRY, {"number": self._number}):
            self._close()
        return self._connection is not None

    def _close(self) -> None:
        """Close the connection itself: one that goes back to the pool would keep the lock."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
