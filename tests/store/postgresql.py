"""A PostgreSQL of its own for the tests: a cluster in a temporary folder, thrown away however the run ends."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ending import ends_with_this_run
from tests.support.service import free_port

#: What makes a throw-away cluster quick; none of it is for data that has to last.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100")
MEMORY = Path("/dev/shm")  # noqa: S108  (a folder with a name nobody can guess is made in it)
ROOM_BYTES = 1024**3
MISSING = "PostgreSQL's programs are missing: install the Debian package postgresql."


class PostgresqlError(Exception):
    """The cluster cannot be used; the message says why."""


def program(name: str) -> str:
    """Path of one of PostgreSQL's programs.

    Raises:
        PostgresqlError: it is not installed.
    """
    installed = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parent.parent.name)
    )
    found = str(installed[-1]) if installed else shutil.which(name)
    if found is None:
        raise PostgresqlError(MISSING)
    return found


def _as_owner() -> list[str]:
    """What to put before a command: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        raise PostgresqlError(MISSING) from None
    return ["runuser", "-u", "postgres", "--"]


def _run(*command: str, folder: Path) -> None:
    result = subprocess.run([*_as_owner(), *command], cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise PostgresqlError(f"{Path(command[0]).name} failed: {result.stderr[-2000:]}{result.stdout[-2000:]}")


def quick_folder() -> Path | None:
    """A folder in memory if there is one with room; else the usual temporary folder."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    return MEMORY if roomy else None


@contextmanager
def running_cluster() -> Iterator[str]:
    """Start a cluster and stop it at the end; gives the beginning of its URLs, up to the database's name.

    Raises:
        PostgresqlError: it is not installed, or does not start.
    """
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="mentor-postgresql-", dir=quick_folder()))
    ends_with_this_run(folder=folder, pid_file=folder / "data" / "postmaster.pid")
    try:
        if _as_owner():
            shutil.chown(folder, "postgres")
        data = folder / "data"
        _run(initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", folder=folder)
        port = free_port()
        options = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", *QUICK]
        started = " ".join(f"-c {each}" for each in options)
        # A server keeps its log open: it goes to a file, or reading the command's output would never end.
        _run(pg_ctl, "-D", str(data), "-l", str(folder / "log"), "-o", started, "-w", "start", folder=folder)
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/"
        finally:
            _run(pg_ctl, "-D", str(data), "-m", "fast", "-w", "stop", folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
