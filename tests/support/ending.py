"""Ends the servers of a test run even if the run is killed: a separate process watches, and kills what is left.

A fixture stops its server, but a killed run has no time for that. Each server is registered with the watcher, which
watches the run's process itself, because another process that holds a pipe could hide its end.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

#: Seconds that a server has to end before its folder is deleted.
_PATIENCE = 5.0


def ends_with_this_run(pid: int | None = None, *, folder: Path | None = None, pid_file: Path | None = None) -> None:
    """End a process, and delete a folder, when this process ends.

    Args:
        pid: of a started process.
        folder: the folder to delete.
        pid_file: a file whose first line will hold the process id, as PostgreSQL's does, if the id is not known yet.
    """
    told = {"pid": pid, "folder": str(folder or ""), "pid_file": str(pid_file or "")}
    watcher = _watcher(os.getpid()).stdin
    assert watcher is not None
    watcher.write(json.dumps(told).encode() + b"\n")
    watcher.flush()


@functools.cache
def _watcher(pid: int) -> subprocess.Popen[bytes]:
    """The watcher, in a new session, so that signals to the run do not reach it."""
    command = [sys.executable, "-I", "-S", __file__, str(pid)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, bufsize=0)


class _Kept:
    """A process and folder to end."""

    def __init__(self, told: dict[str, str | int | None]) -> None:
        self._folder, self._pid_file = str(told["folder"]), str(told["pid_file"])
        self._process = _open(told["pid"])

    def end(self) -> None:
        """End the process, if it has not ended, and delete the folder."""
        process = self._process
        if process is None and self._pid_file:
            with contextlib.suppress(OSError, ValueError, IndexError):
                process = _open(int(Path(self._pid_file).read_text(encoding="utf-8").split()[0]))
        if process is not None:
            # At this signal PostgreSQL ends its child processes.
            number = signal.SIGQUIT if self._pid_file else signal.SIGKILL
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(process, number)
                select.select([process], [], [], _PATIENCE)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def _open(pid: object) -> int | None:
    """A file descriptor for a process, so that a later process with the same id is not meant."""
    with contextlib.suppress(ProcessLookupError):
        return os.pidfd_open(pid) if isinstance(pid, int) else None
    return None


def _watch(run: int) -> None:
    """Wait for the end of the run, and end all registered processes."""
    os.set_blocking(0, False)
    watched, told, kept = _open(run), b"", list[_Kept]()
    has_ended = watched is None
    while True:
        if not has_ended:
            has_ended = watched in select.select([watched, 0], [], [])[0]
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(0, 65_536):
                told += chunk
            has_ended = True  # the pipe is closed
        *lines, told = told.split(b"\n")
        kept += [_Kept(json.loads(each)) for each in lines]
        if has_ended:
            for each in kept:
                each.end()
            return


if __name__ == "__main__":
    _watch(int(sys.argv[1]))
