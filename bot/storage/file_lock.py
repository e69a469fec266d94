"""A lock between processes of one machine: of an empty file, and gone with the process that holds it."""

from __future__ import annotations

import fcntl
import time
from pathlib import Path
from typing import IO

#: Seconds between two attempts of whoever waits for a limited time.
_AGAIN_SECONDS = 0.01


class FileLock:
    """The lock of a file. Its process asks for it in one thread at a time.

    Args:
        path: the file; it is created at first use.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def is_acquired(self) -> bool:
        """Whether this process holds it; it takes it if it is free."""
        try:
            fcntl.flock(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def acquire(self, seconds: float | None) -> None:
        """Wait for it.

        Args:
            seconds: how long; None for as long as it takes.

        Raises:
            TimeoutError: another process still held it after so many seconds.
        """
        if seconds is None:
            fcntl.flock(self._opened(), fcntl.LOCK_EX)
            return
        end = time.monotonic() + seconds
        while not self.is_acquired():
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(_AGAIN_SECONDS)

    def release(self) -> None:
        """Let others have it; without effect if it is not held."""
        if self._file:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Release it, and close the file. A process does so before it forks, as both would hold the same lock."""
        if self._file:
            self._file.close()
            self._file = None

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._file = self._path.open("ab")
        return self._file
