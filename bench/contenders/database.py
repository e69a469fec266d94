"""Looking into a contender's SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def count_submitted(database: Path, query: str) -> int:
    """What ``query`` counts in a database, read only."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute(query).fetchone()[0])
