"""The stated reference: the bare durable write, one row a commit, that no bot which keeps its promises can avoid."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from pathlib import Path

import psutil

from bench.load import Run


def commits(seconds: float = 1.0) -> Run:
    """Commits of one small row on this disk, with SQLite in WAL mode and full sync, for so many seconds."""
    run = Run()
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "reference.db", isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE turns (id INTEGER PRIMARY KEY, body TEXT)")
        before, started = psutil.Process().cpu_times(), time.perf_counter()
        now = started
        while now < started + seconds:
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO turns (body) VALUES (?)", ("x" * 200,))
            database.execute("COMMIT")
            run.turns.append(-now + (now := time.perf_counter()))
        run.seconds = now - started
        after = psutil.Process().cpu_times()
        run.cpu = {"process": after.user + after.system - before.user - before.system}
        database.close()
    return run
