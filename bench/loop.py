"""``python -m bench.loop``: for how long the event loop that serves HTTP is blocked, while mentors chat.

The service runs in this process, with its mail, on SQLite; the mentors, each in a conversation in the web channel that
goes on and on, are in a process of their own. A task of the same loop sleeps for a moment again and again, and notes
how late it is woken. Not counted is the time for which the loop's thread was ready and the machine ran other programs;
that for which another thread of the service held the interpreter is.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from bench.figures import quantiles
from bench.inside import inside
from bench.page import as_rows, write_figures
from bot.runtime.server import SWITCH_SECONDS
from tests.support.service import ROOT

#: How many conversations at the same time.
CONVERSATIONS = (8, 32)
#: Seconds that the task sleeps.
SLEEP = 0.005
#: Milliseconds that the loop may be blocked, at most.
GOAL = 20
#: What the Linux kernel tells of this thread: nanoseconds that it ran, and that it was ready and did not run.
SCHEDULED = Path("/proc/thread-self/schedstat")


async def note_lateness(late: list[float]) -> None:
    """Sleep again and again, and add by how many seconds more than `SLEEP` the service had each take."""
    while True:
        began, before = time.perf_counter(), _held_up()
        await asyncio.sleep(SLEEP)
        late.append(max(0.0, time.perf_counter() - began - SLEEP - (_held_up() - before)))


def _held_up() -> float:
    """Seconds for which this thread was ready and others ran, so far; 0 where the system does not tell."""
    return int(SCHEDULED.read_text().split()[1]) / 1e9 if SCHEDULED.exists() else 0.0


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[str]:
    """A service in this process, as ready as `bot.runtime.server` makes it; gives its address."""
    async with inside(folder) as service:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            config = uvicorn.Config(service.web, log_config=None, access_log=False, lifespan="off", ws="none")
            server = uvicorn.Server(config)
            tasks = [asyncio.create_task(server.serve([listener])), asyncio.create_task(service.outbox.run())]
            gc.freeze()
            sys.setswitchinterval(SWITCH_SECONDS)
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.should_exit = True
                await tasks[0]
                tasks[1].cancel()


async def measure(folder: Path, seconds: float) -> dict[str, Any]:
    """How late the loop was with each number of conversations, and what was said wrong.

    Args:
        folder: an empty data folder.
        seconds: for which each number chats.
    """
    found: dict[str, Any] = {"errors": []}
    async with serving(folder) as url:
        await _chats(url, 1, seconds)  # to be warm
        for number in CONVERSATIONS:
            late, run = await _chats(url, number, seconds)
            cuts = quantiles(late)
            found["errors"] += run["errors"]
            found |= {
                f"{number} conversations: blocked for, at most": f"{1000 * max(late):.1f} ms, goal ≤ {GOAL} ms",
                f"{number} conversations: late, p50 / p99": f"{cuts['p50']:.1f} / {cuts['p99']:.1f} ms",
                f"{number} conversations: turns a second": f"{run['per_second']:.0f}",
            }
    return found


async def _chats(url: str, number: int, seconds: float) -> tuple[list[float], dict[str, Any]]:
    """How late the loop was while so many conversations went on, and what those say about it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.chats", url, str(number), str(seconds)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()  # now they begin
    late: list[float] = []
    noting = asyncio.create_task(note_lateness(late))
    run: dict[str, Any] = json.loads(await process.stdout.readline())
    noting.cancel()
    await process.wait()
    return late, run


def main() -> int:
    """Measure, print, write; 1 if a reply was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.loop", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="for which each number of conversations goes on")
    parser.add_argument("--page", type=Path, help="write the figures into this page")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(measure(Path(folder), arguments.seconds))
    errors = found.pop("errors")
    print(as_rows(found))
    if arguments.page:
        write_figures(arguments.page, "loop", as_rows(found))
    for error in errors:
        print(error, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    raise SystemExit(main())
