"""Checks and renders photos in a separate process."""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from dataclasses import dataclass

from bot.core.paths import IMPORTED_FROM
from bot.media.images import MAXIMUM_BYTES, Renditions

logger = logging.getLogger(__name__)

#: Without ``site``; `_environment` names the paths that it would find.
COMMAND = [sys.executable, "-S", "-m", "bot.media.sandbox"]

#: Seconds that the process gets in all.
PATIENCE_SECONDS = 20.0

#: Seconds after which a process counts as alive although its copy sent nothing.
_DYING_SECONDS = 0.1

#: Bytes of its answer that are read at once.
_PART_BYTES = 1 << 20


@dataclass(frozen=True)
class Checked:
    """The result of checking a file.

    Attributes:
        renditions: the photo; None if it was refused.
        problem: name of the sentence that says why it was refused, or "".
        seconds: the duration, with the start of the process.
        peak_bytes: the most memory that the process had at once.
    """

    renditions: Renditions | None
    problem: str
    seconds: float
    peak_bytes: int


#: What is not looked at.
REFUSED_FOR_SIZE = Checked(None, "note-photo-too-large", 0.0, 0)

#: What could not be had of the channel.
NOT_RECEIVED = Checked(None, "note-photo-not-received", 0.0, 0)


def check_photo(data: bytes) -> Checked:
    """Check and render a file in a separate process with limits on memory and time; one at a time.

    A hostile file can harm only that process. If it crashes, or takes too much memory or time, the mentor is told that
    the picture is damaged.
    """
    if len(data) > MAXIMUM_BYTES:
        return REFUSED_FOR_SIZE
    started = time.monotonic()
    output = _process.answer(data, started + PATIENCE_SECONDS)
    seconds = time.monotonic() - started
    header, newline, files = output.partition(b"\n")
    told = json.loads(header) if newline else {}
    if not told or len(files) != told["full"] + told["square"]:
        logger.warning("a picture of %d bytes ended its process", len(data))
        return Checked(None, "note-photo-broken", seconds, 0)
    peak = int(told["peak_bytes"])
    if told["problem"]:
        return Checked(None, str(told["problem"]), seconds, peak)
    full, square = files[: told["full"]], files[told["full"] :]
    renditions = Renditions(full, square, int(told["width"]), int(told["height"]), str(told["source_format"]))
    return Checked(renditions, "", seconds, peak)


class _PhotoProcess:
    """The process that is forked for each picture, see `bot.media.sandbox`; started when it is first needed."""

    def __init__(self) -> None:
        self._using = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._service: socket.socket | None = None

    def answer(self, data: bytes, deadline: float) -> bytes:
        """A copy's answer to a file; only a part, or nothing, if the copy died or took too long.

        Args:
            data: the file.
            deadline: by `time.monotonic`; then the process is killed, and the next picture gets a new one.
        """
        with self._using:
            # If the process dies now, an earlier picture may be the cause, so this one gets a second attempt.
            return self._attempt(data, deadline) or (self._attempt(data, deadline) if self._has_died() else b"")

    def _attempt(self, data: bytes, deadline: float) -> bytes:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._hand_over(theirs.fileno())
            try:
                return _asked(ours, data, deadline)
            except TimeoutError:
                self._end()
                return b""

    def _has_died(self) -> bool:
        if self._process is None:
            return False  # it was killed, for taking too long
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_DYING_SECONDS)
        return self._process.returncode is not None

    def _hand_over(self, connection: int) -> None:
        for _attempt in range(2):
            service = self._service or self._start()
            try:
                socket.send_fds(service, [b"p"], [connection])
            except OSError:  # it has died
                self._end()
            else:
                return

    def _start(self) -> socket.socket:
        self._service, theirs = socket.socketpair()
        with theirs:
            # A new session: Ctrl-C reaches only the service, and killing the session kills the copy, too.
            self._process = subprocess.Popen(  # noqa: S603  (our own module, by our own interpreter)
                COMMAND,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )
        return self._service

    def _end(self) -> None:
        if self._process is not None and self._service is not None:
            self._service.close()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = self._service = None


def _asked(connection: socket.socket, data: bytes, deadline: float) -> bytes:
    """Send a file and read the answer to the end.

    Raises:
        TimeoutError: the answer was not complete in time.
    """
    parts = []
    try:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        while part := connection.recv(_PART_BYTES):
            parts.append(part)
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
    except ConnectionError:  # it has died, and may have sent something before
        pass
    return b"".join(parts)


_process = _PhotoProcess()
atexit.register(_process._end)


def _environment() -> dict[str, str]:
    """The process's environment: the paths of programs and of Python's libraries, and no secret."""
    passed = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT")}
    places = dict.fromkeys((str(IMPORTED_FROM), sysconfig.get_path("platlib"), sysconfig.get_path("purelib")))
    return {**passed, "PYTHONPATH": os.pathsep.join(places)}
