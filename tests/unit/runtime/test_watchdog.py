"""Signs of life are given while everything works, and end with what hangs; then the process ends by itself."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event
from unittest.mock import Mock

import pytest

from bot.conversation.workers import TurnWorkers
from bot.jobs.outbox import Outbox
from bot.runtime.scheduler import Scheduler
from bot.runtime.watchdog import SIGNS, notify

#: A process that is watched; after a while something happens.
PROGRAM = """
import asyncio, time
from bot.runtime.watchdog import threads_answer, watch

async def progresses():
    return is_fine

async def main():
    global is_fine
    is_fine = True
    watching = asyncio.create_task(watch({{"threads": threads_answer, "outbox": progresses}}))
    await asyncio.sleep(0.4)
    print("now", flush=True)
    {happens}
    await asyncio.sleep(4)

asyncio.run(main())
"""
HAPPENS = {
    "the loop hangs": "time.sleep(4)",
    "all threads hang": "[asyncio.get_running_loop().run_in_executor(None, time.sleep, 4) for _ in range(99)]",
    "a part makes no progress": "is_fine = False",
    "a part raises": "del is_fine",
}


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """systemd's end of the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(10)
        yield listening


def signs(manager: socket.socket) -> int:
    """How many signs of life have come."""
    manager.setblocking(False)
    found = 0
    while True:
        try:
            assert manager.recv(100) == b"WATCHDOG=1"
        except BlockingIOError:
            return found
        found += 1


@pytest.mark.parametrize("happens", HAPPENS.values(), ids=HAPPENS.keys())
@pytest.mark.slow
def test_what_hangs_gives_no_more_signs_and_ends(manager: socket.socket, happens: str) -> None:
    environment = os.environ | {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "1500000"}
    command = [sys.executable, "-c", PROGRAM.format(happens=happens)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "now\n"
    assert signs(manager) >= 1
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Timeout" in said
    assert signs(manager) <= 1, "the last may have come while it happened"


@pytest.mark.slow
def test_a_process_that_works_goes_on(manager: socket.socket) -> None:
    environment = os.environ | {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "2000000"}
    program = PROGRAM.format(happens="").replace("sleep(4)", "sleep(2.5)")
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=30)
    assert signs(manager) >= SIGNS


@pytest.mark.parametrize("kind", ["path", "abstract", "nobody", "none"])
def test_systemd_is_told_if_it_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str) -> None:
    address = {"path": str(tmp_path / "n"), "abstract": f"@{tmp_path}", "nobody": str(tmp_path / "none"), "none": ""}
    monkeypatch.setenv("NOTIFY_SOCKET", address[kind])
    if kind in ("nobody", "none"):
        notify("READY=1")  # and nothing happens
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address[kind].replace("@", "\0"))
        notify("READY=1")
        assert listening.recv(100) == b"READY=1"


def test_the_outbox_makes_no_progress_if_all_its_jobs_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    outbox, begun, ends = Outbox(Mock(), {}, workers=1), Event(), Event()

    def job(_outbox: Outbox) -> bool:
        begun.set()
        return ends.wait(10)

    monkeypatch.setattr(Outbox, "_run_one", job)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(outbox.run_one)
        assert begun.wait(10)
        assert asyncio.run(outbox.progresses())
        monkeypatch.setattr("bot.jobs.outbox.HANGING", timedelta(0))
        assert not asyncio.run(outbox.progresses())
        ends.set()
        assert running.result(10)
    assert asyncio.run(outbox.progresses())


def test_the_calendar_makes_no_progress_while_one_work_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler, office, seen = Scheduler(Mock(), Mock(), Mock(), Mock(), Mock()), Mock(), []
    office.is_held.side_effect = [True, False]
    monkeypatch.setattr("bot.runtime.scheduler.reminders.log_lost", Mock())
    monkeypatch.setattr(
        "bot.runtime.scheduler._attempt", lambda _work: seen.append(asyncio.run(scheduler.progresses()))
    )
    monkeypatch.setattr("bot.runtime.scheduler._HOUR_SECONDS", 0)
    asyncio.run(scheduler._follow_calendar(office, Mock()))
    assert set(seen) == {False}
    assert asyncio.run(scheduler.progresses())


def test_no_turn_can_begin_while_all_threads_are_taken() -> None:
    async def answer(threads: ThreadPoolExecutor) -> bool:
        return await asyncio.wait_for(TurnWorkers.answers(Mock(_threads=threads)), 0.1)

    ends = Event()
    with ThreadPoolExecutor(1) as threads:
        assert asyncio.run(answer(threads))
        threads.submit(ends.wait, 10)
        with pytest.raises(TimeoutError):
            asyncio.run(answer(threads))
        ends.set()
