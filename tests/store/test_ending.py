"""What a test run starts ends with it, however the run ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0

pytestmark = pytest.mark.long
#: Runs that start something, tell which process it is and which folder it has, and wait.
POSTGRESQL = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored where a shell runs this in the background
from pathlib import Path
from tests.store import postgresql
made = []
mkdtemp = postgresql.tempfile.mkdtemp
postgresql.tempfile.mkdtemp = lambda **named: made.append(mkdtemp(**named)) or made[-1]
with postgresql.running_cluster():
    print(Path(made[0], "data", "postmaster.pid").read_text().split()[0], made[0], flush=True)
    sys.stdin.read()
"""
REDIS = """
import signal, sys, tempfile
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from tests.support.redis import running_redis
with tempfile.TemporaryDirectory() as folder, running_redis(Path(folder)) as server:
    print(server.process.pid, "-", flush=True)
    sys.stdin.read()
"""


def kills(run: subprocess.Popen[str]) -> None:
    run.kill()


def kills_its_group(run: subprocess.Popen[str]) -> None:
    os.killpg(run.pid, signal.SIGKILL)


def interrupts(run: subprocess.Popen[str]) -> None:
    run.send_signal(signal.SIGINT)


def terminates(run: subprocess.Popen[str]) -> None:
    run.terminate()


def ends(run: subprocess.Popen[str]) -> None:
    assert run.stdin is not None
    run.stdin.close()


def gone(is_gone: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not is_gone() and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_gone()


def is_over(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("way", [kills, kills_its_group, interrupts, terminates, ends], ids=lambda way: way.__name__)
@pytest.mark.parametrize("script", [POSTGRESQL, REDIS], ids=["postgresql", "redis"])
def test_a_server_ends_with_the_run(script: str, way: Callable[[subprocess.Popen[str]], None]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as run:
        assert run.stdout is not None
        number, folder = run.stdout.readline().split()
        children = [each.pid for each in psutil.Process(int(number)).children(recursive=True)]
        assert not is_over(int(number))
        way(run)
        run.wait(PATIENCE)
    assert gone(lambda: all(map(is_over, [int(number), *children])))
    assert gone(lambda: not Path(folder).exists())


def test_a_fork_that_lives_on_hides_no_end() -> None:
    script = POSTGRESQL.replace("    print(", "    import os\n    if os.fork() == 0: time.sleep(99)\n    print(")
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as run:
        assert run.stdout is not None
        number, folder = run.stdout.readline().split()
        try:
            kills(run)
            run.wait(PATIENCE)
            assert gone(lambda: is_over(int(number)) and not Path(folder).exists())
        finally:
            kills_its_group(run)
