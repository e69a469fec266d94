"""An attempt at a turn, and how it is cut off from another thread."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from sqlalchemy.orm import Session

from bot.core.errors import StatedError
from bot.storage import Store


class Attempt:
    """An attempt at a turn in one thread, which another thread can cut off.

    Args:
        store: its database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._session: Session | None = None

    @contextmanager
    def here(self) -> Iterator[None]:
        """Run the attempt in this thread."""
        self._thread = threading.get_ident()
        try:
            yield
        finally:
            with self._lock:  # the thread's next turn must not be hit
                self._thread = None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Its write transaction."""
        with self._store.write() as session:
            self._session = session
            yield session

    def cut_off(self) -> None:
        """Roll the transaction back and let others write, even if its thread hangs; a loop in Python is ended, too."""
        if self._session is not None:
            self._store.abandon(self._session)
        with self._lock:
            if self._thread is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(CutOffError))


class CutOffError(StatedError):
    """A turn exceeded its time limit."""


class Ended(Enum):
    """The result of an attempt at a turn."""

    NOT_YET = "it must be tried again"
    LAST = "finished, and no other turn waits"
    MORE = "finished, and others may wait"
