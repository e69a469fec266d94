"""Several processes of the service behind one port: a parent, which has prepared everything, starts and stops them.

A fork has the parent's modules, its model and its listening socket, so a worker begins within a moment, and whoever
takes the place of a dead one is of the same program. The socket is the parent's: while a worker is started again, its
visitors wait in the socket's queue for the others. The parent serves nobody, and has neither threads nor connections.
"""

from __future__ import annotations

import gc
import logging
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from bot.core.siblings import Siblings
from bot.runtime.startup import tell
from bot.runtime.watchdog import notify

logger = logging.getLogger(__name__)

#: Seconds until a worker that has died is started again, at first and at most; they double.
PAUSE_SECONDS = (0.5, 30.0)
#: A worker that has lived for so many seconds is started again after the first pause.
LONG_LIFE_SECONDS = 60.0
_STOPS = (signal.SIGINT, signal.SIGTERM)
_NOTED = (*_STOPS, signal.SIGCHLD)
#: How a worker ends that was told to stop: by itself, or by the signal where it had not even begun.
_ENDED_WELL = (0, -signal.SIGINT, -signal.SIGTERM)


@dataclass(frozen=True)
class Place:
    """Where a process of the service stands among the others.

    Attributes:
        number: of the worker, from 0.
        siblings: the other workers.
        parent: a pipe that ends when the parent does.
        announce: called once mentors can chat.
    """

    number: int
    siblings: Siblings
    parent: int | None
    announce: Callable[[], None]


@dataclass
class _Worker:
    """A worker, as the parent sees it.

    Attributes:
        process: its process's id; None while it is to be started.
        due_at: when it is to be started, by the monotonic clock.
        began_at: when it was started.
        pause: seconds until it would be started again.
    """

    process: int | None = None
    due_at: float = 0.0
    began_at: float = 0.0
    pause: float = PAUSE_SECONDS[0]

    def put_off(self) -> None:
        """It has died: let some time pass until it is started again."""
        now, (first, most) = time.monotonic(), PAUSE_SECONDS
        if now - self.began_at > LONG_LIFE_SECONDS:
            self.pause = first
        self.due_at = now + self.pause
        self.pause = min(2 * self.pause, most)


class Supervisor:
    """Starts the workers, starts those again that die, and stops them all.

    Args:
        number: how many workers.
        listener: the web server's socket.
        announce: called once all are ready for the first time.
    """

    def __init__(self, number: int, listener: socket.socket, announce: Callable[[], None]) -> None:
        self._listener = listener
        self._announce = announce
        self._workers = [_Worker() for _ in range(number)]
        self._pipes = Siblings.pipes(number)
        self._alive = os.pipe()
        self._ready = os.pipe()
        self._signals = os.pipe()
        #: The workers that have been ready.
        self._were_ready: set[int] = set()
        self._is_stopping = False
        self._code = 0

    def run(self) -> Place:
        """Watch the workers until they have been stopped.

        Returns:
            In each worker: its place. In the parent this does not return.

        Raises:
            SystemExit: in the parent, once all have ended: with 0 if it was told to stop and they ended well.
        """
        gc.collect()
        gc.freeze()  # so that a collection in a worker does not copy the memory that it shares with the others
        for end in (*self._signals, self._ready[0]):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._signals[1], warn_on_full_buffer=False)
        for each in _NOTED:
            signal.signal(each, _note)
        while True:
            self._reap()
            if self._is_stopping and not any(each.process for each in self._workers):
                raise SystemExit(self._code)
            for number, worker in enumerate(self._workers):
                if not self._is_stopping and worker.process is None and worker.due_at <= time.monotonic():
                    place = self._start(number, worker)
                    if place is not None:
                        return place
            self._wait()

    def _start(self, number: int, worker: _Worker) -> Place | None:
        """Fork; returns None in the parent.

        Raises:
            RuntimeError: a thread runs, which the worker would not have, though it may wait for its lock.
        """
        if threading.active_count() > 1:
            raise RuntimeError(f"threads at a fork: {threading.enumerate()}")
        sys.stdout.flush()
        # A signal that comes in between is for the handlers of the worker, not for those it has from the parent.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        process = os.fork()
        if process == 0:
            self._become_worker()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        if process == 0:
            return Place(number, Siblings(self._pipes, number), self._alive[0], partial(self._tell_ready, number))
        worker.process, worker.began_at = process, time.monotonic()
        return None

    def _tell_ready(self, number: int) -> None:
        os.write(self._ready[1], bytes([number]))

    def _become_worker(self) -> None:
        signal.set_wakeup_fd(-1)
        for each in _NOTED:
            signal.signal(each, signal.SIG_DFL)
        for end in (self._alive[1], self._ready[0], *self._signals):
            os.close(end)

    def _wait(self) -> None:
        """Wait for a signal, a worker that is ready, or the end of a pause."""
        pauses = [each.due_at for each in self._workers if each.process is None and not self._is_stopping]
        seconds = max(min(pauses) - time.monotonic(), 0) if pauses else None
        readable, _, _ = select.select([self._signals[0], self._ready[0]], [], [], seconds)
        if self._ready[0] in readable:
            self._note_ready({*os.read(self._ready[0], 1024)})
        if self._signals[0] in readable and {*os.read(self._signals[0], 1024)} & {*_STOPS}:
            self._stop()

    def _note_ready(self, workers: set[int]) -> None:
        is_first_time = not self._has_begun
        self._were_ready |= workers
        if is_first_time and self._has_begun:
            self._announce()

    @property
    def _has_begun(self) -> bool:
        """Whether each worker has been ready at least once."""
        return len(self._were_ready) == len(self._workers)

    def _stop(self, code: int = 0) -> None:
        """Tell all workers to stop; `run` waits for them."""
        if not self._is_stopping:
            self._is_stopping, self._code = True, code
            say_stopping()
            self._listener.close()  # once the workers have closed it, too, nobody waits in vain
        for each in self._workers:
            if each.process:
                with suppress(ProcessLookupError):
                    os.kill(each.process, signal.SIGTERM)

    def _reap(self) -> None:
        """Note which workers have ended, and decide what follows."""
        for number, worker in enumerate(self._workers):
            if worker.process is None:
                continue
            process, status = os.waitpid(worker.process, os.WNOHANG)
            if not process:
                continue
            worker.process = None
            code = os.waitstatus_to_exitcode(status)
            if self._is_stopping:
                self._code = self._code or int(code not in _ENDED_WELL)
            elif code > 0 and not self._has_begun:
                self._stop(code)  # it has said why it cannot start
            else:
                worker.put_off()
                logger.error(
                    "worker %d (process %d) ended with %d, and is started again in %.1f s",
                    *(number, process, code, worker.due_at - time.monotonic()),
                )


def say_stopping() -> None:
    """Say that the service is being stopped, to the person at the terminal and to systemd."""
    tell("Stopping …")
    notify("STOPPING=1")


def _note(_number: int, _frame: object) -> None:
    """A signal that `signal.set_wakeup_fd` tells of."""
