"""Workers are started, started again with longer and longer pauses, and stopped; the exit code says how it went."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from bot.runtime.supervisor import LONG_LIFE_SECONDS, PAUSE_SECONDS, _Worker

#: Two workers: each prints its number, does what is told and waits for the end.
PROGRAM = """
import os, select, signal, socket, sys, time
from bot.runtime.supervisor import Supervisor

listener = socket.create_server(("127.0.0.1", 0))
place = Supervisor(2, listener, lambda: os.write(1, b"all ready\\n")).run()
os.write(1, b"worker %d\\n" % place.number)
{}
place.announce()
signal.signal(signal.SIGTERM, lambda *_: sys.exit({}))
select.select([place.parent], [], [])
"""


@contextmanager
def running(does: str = "", ends_with: int = 0) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROGRAM.format(does, ends_with)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def lines(process: subprocess.Popen[str], number: int) -> list[str]:
    assert process.stdout is not None
    return sorted(process.stdout.readline().strip() for _ in range(number))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_both_are_started_and_stopped(number: signal.Signals) -> None:
    with running() as process:
        assert lines(process, 3) == ["all ready", "worker 0", "worker 1"]
        workers = psutil.Process(process.pid).children()
        assert len(workers) == 2
        process.send_signal(number)
        assert process.wait(10) == 0
        assert not any(each.is_running() for each in workers)


def test_a_worker_that_does_not_end_well_is_told_by_the_exit_code() -> None:
    with running(ends_with=3) as process:
        lines(process, 3)
        process.terminate()
        assert process.wait(10) == 1


def test_a_worker_that_dies_is_started_again_in_its_place_and_readiness_is_told_once() -> None:
    with running() as process:
        lines(process, 3)
        worker = psutil.Process(process.pid).children()[1]
        worker.kill()
        assert lines(process, 1) == ["worker 1"]
        process.terminate()
        assert process.communicate(timeout=10)[0] == "Stopping …\n"
        assert process.returncode == 0


def test_where_a_worker_cannot_start_nobody_goes_on() -> None:
    with running("if place.number: sys.exit('METRICS_PORT: port 9 cannot be used')") as process:
        _, errors = process.communicate(timeout=10)
        assert process.returncode == 1
        assert errors == "METRICS_PORT: port 9 cannot be used\n"


def test_it_can_be_stopped_during_a_pause() -> None:
    with running("if place.number: os.kill(os.getpid(), 9)") as process:
        assert "worker 0" in lines(process, 3)
        process.terminate()
        began = time.monotonic()
        process.wait(10)
        assert time.monotonic() - began < 5


def test_workers_notice_that_the_parent_is_gone() -> None:
    with running() as process:
        lines(process, 3)
        workers = psutil.Process(process.pid).children()
        process.kill()
        assert not psutil.wait_procs(workers, timeout=10)[1]


def test_the_pauses_grow_until_a_worker_has_lived_long() -> None:
    worker, pauses = _Worker(), []
    for _ in range(8):
        worker.began_at = time.monotonic()
        worker.put_off()
        pauses.append(round(worker.due_at - time.monotonic(), 1))
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]
    worker.began_at = time.monotonic() - LONG_LIFE_SECONDS - 1
    worker.put_off()
    assert worker.pause == 2 * PAUSE_SECONDS[0]
