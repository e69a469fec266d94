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
    """An attempt at a turn in some thread, which can be cut off from another one.

    Args:
        store: of its transaction.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._session: Session | None = None

    @contextmanager
    def here(self) -> Iterator[None]:
        """It happens in this thread."""
        self._thread = threading.get_ident()
        try:
            yield
        finally:
            with self._lock:  # the thread's next turn is not to be hit
                self._thread = None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Its write transaction."""
        with self._store.write() as session:
            self._session = session
            yield session

    def cut_off(self) -> None:
        """Roll the transaction back and let others write, whatever its thread hangs in; a loop in Python ends, too."""
        if self._session is not None:
            self._store.abandon(self._session)
        with self._lock:
            if self._thread is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(CutOffError))


class CutOffError(StatedError):
    """A turn took longer than it may."""


class Ended(Enum):
    """What became of an attempt at a turn."""

    NOT_YET = "it has to be tried again"
    LAST = "it is finished, and no other one waits"
    MORE = "it is finished, and others may wait"
