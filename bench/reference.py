"""The stated reference: the bare durable write, one row a commit, that no bot which keeps its promises can avoid."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from pathlib import Path


def commits_per_second(seconds: float = 1.0) -> float:
    """Commits of one small row a second on this disk, with SQLite in WAL mode and full sync."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "reference.db", isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE turns (id INTEGER PRIMARY KEY, body TEXT)")
        count, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO turns (body) VALUES (?)", ("x" * 200,))
            database.execute("COMMIT")
            count += 1
        database.close()
    return count / seconds
