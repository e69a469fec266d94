"""``python -m bench.workers``: turns a second with one process of the service and with two, on SQLite and PostgreSQL.

Both services of a database are up during all rounds, and in each round each gets each load, one after another. The
ratio is taken within a round. The load generator and PostgreSQL run beside them on the same cores, which one process of
the service fills nearly: ``--share 0.3`` limits each process to that share of a core, so that cores last. That needs
root and Linux's control groups, version 1.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import psutil
import sqlalchemy

from bench.contenders.ours import Ours
from bench.load import Run, connection, cpu_seconds, turn
from bench.page import write_figures
from tests.store.postgresql import running_cluster

#: Processes that are compared, conversations at the same time, and databases.
WORKERS = (1, 2)
CONVERSATIONS = (8, 16)
DATABASES = ("SQLite", "PostgreSQL")
#: Seconds between two mentors who come; connections that all come at once may all go to one process.
COMING_SECONDS = 0.05
#: Microseconds in which a process may use its share.
PERIOD = 10_000
GROUPS = Path("/sys/fs/cgroup/cpu")

#: Runs by conversations and workers, one a round.
Runs = dict[tuple[int, int], list[Run]]


async def chat(service: Ours, number: int, seconds: float) -> Run:
    """Have so many conversations, each over a connection of its own and followed by another one."""
    run = Run()
    async with AsyncExitStack() as browsers:
        conversations = []
        for _ in range(number):
            http = await browsers.enter_async_context(connection())
            conversations.append((await service.begin(http), http))
            await asyncio.sleep(COMING_SECONDS)
        began, own, before = time.perf_counter(), time.process_time(), cpu_seconds(service)

        async def goes_on(number: int) -> None:
            conversation, http = conversations[number]
            while time.perf_counter() < began + seconds and not run.errors:
                await turn(conversation, http, run)
                if conversation.is_over:
                    conversation = await service.begin(http)

        await asyncio.gather(*(goes_on(each) for each in range(number)))
        run.seconds = time.perf_counter() - began
        run.generator_cpu = time.process_time() - own
        run.cpu = {name: now - before[name] for name, now in cpu_seconds(service).items()}
    return run


async def measure(urls: dict[int, str], rounds: int, seconds: float, share: float, folder: Path) -> Runs:
    """The runs.

    Args:
        urls: of the database of each number of workers; "" for a SQLite file.
        rounds: how often.
        seconds: of each run.
        share: of a core that each process of a service may use; 0 for no limit.
        folder: an empty one.
    """
    services = {
        workers: Ours(folder / str(workers), WORKERS=str(workers), **({"DATABASE_URL": url} if url else {}))
        for workers, url in urls.items()
    }
    runs: Runs = {(number, workers): [] for number in CONVERSATIONS for workers in services}
    try:
        for each in services.values():
            await each.start()
            await chat(each, max(CONVERSATIONS), seconds / 2)  # not counted
        with limited([each for service in services.values() for each in processes(service)], share):
            for number in CONVERSATIONS:
                for turned in range(rounds):
                    for workers in sorted(services, reverse=bool(turned % 2)):
                        runs[number, workers].append(await chat(services[workers], number, seconds))
    finally:
        for each in services.values():
            each.stop()
    return runs


def processes(service: Ours) -> list[psutil.Process]:
    """The processes of a service that take requests; each decodes photos in a child of its own."""
    first = service.processes()["service"]
    workers = [each for each in first.children() if "sandbox" not in " ".join(each.cmdline())]
    return workers or [first]


@contextmanager
def limited(workers: Sequence[psutil.Process], share: float) -> Iterator[None]:
    """Limit each process to a share of a core."""
    groups = [GROUPS / f"bench-worker-{each.pid}" for each in workers if share]
    for each, group in zip(workers, groups, strict=False):
        group.mkdir()
        (group / "cpu.cfs_period_us").write_text(str(PERIOD))
        (group / "cpu.cfs_quota_us").write_text(str(round(PERIOD * share)))
        (group / "cgroup.procs").write_text(str(each.pid))
    try:
        yield
    finally:
        for group in groups:
            for pid in (group / "cgroup.procs").read_text().split():
                (GROUPS / "cgroup.procs").write_text(pid)
            group.rmdir()


@contextmanager
def databases(name: str) -> Iterator[dict[int, str]]:
    """An empty database for each number of workers; PostgreSQL's is the tests', which does not wait for the disk."""
    if name == "SQLite":
        yield dict.fromkeys(WORKERS, "")
        return
    with running_cluster() as url:
        administrator = sqlalchemy.create_engine(url + "postgres", isolation_level="AUTOCOMMIT")
        with administrator.connect() as connected:
            for workers in WORKERS:
                connected.exec_driver_sql(f"CREATE DATABASE workers{workers}")
        administrator.dispose()
        yield {workers: f"{url}workers{workers}" for workers in WORKERS}


def row(name: str, number: int, runs: Runs) -> str:
    """The table's row of one load."""
    one, two = (runs[number, workers] for workers in WORKERS)
    ratios = [b.per_second / a.per_second for a, b in zip(one, two, strict=True)]
    cells = [name, str(number)]
    cells += [f"{statistics.median(each.per_second for each in some):.1f}" for some in (one, two)]
    cells += [f"{statistics.median(ratios):.2f} × ({min(ratios):.2f}–{max(ratios):.2f})"]
    cells += [" → ".join(f"{statistics.median(each.cpu_ms() for each in some):.1f}" for some in (one, two))]
    used = [statistics.median(sum(each.cpu.values()) / each.seconds for each in some) for some in (one, two)]
    cells += [" → ".join(f"{each:.2f}" for each in used)]
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Measure, print, and write the page if asked to; 1 is returned if any reply was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.workers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each load is put on each service")
    parser.add_argument("--seconds", type=float, default=8, help="how long a load lasts")
    parser.add_argument("--share", type=float, default=0, help="of a core that each process may use; 0: no limit")
    parser.add_argument("--only", choices=DATABASES, help="one database")
    parser.add_argument("--page", type=Path, help="write the figures into this page of the documentation")
    arguments = parser.parse_args()
    rounds, seconds, share = arguments.rounds, arguments.seconds, arguments.share
    limit = f"each process limited to {share:g} of a core" if share else "without a limit"
    lines = [
        f"{rounds} rounds of {seconds:g} s on {os.cpu_count()} cores, {limit}:",
        "",
        "| database | conversations | turns/s, `WORKERS=1` | turns/s, `WORKERS=2` | ratio within a round "
        "| CPU of the service a turn, ms | cores that it used |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    wrong: list[str] = []
    for name in [arguments.only] if arguments.only else DATABASES:
        with tempfile.TemporaryDirectory(prefix="workers-") as folder, databases(name) as urls:
            runs = asyncio.run(measure(urls, rounds, seconds, share, Path(folder)))
        lines += [row(name, number, runs) for number in CONVERSATIONS]
        wrong += [error for some in runs.values() for run in some for error in run.errors]
    print("\n".join(lines))
    if arguments.page:
        write_figures(arguments.page, "workers", "\n".join(lines))
    for each in wrong:
        print(each, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
