"""Keeps sentence vectors for tests that read the same messages, in this run and in the next one."""

from __future__ import annotations

import hashlib
import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from bot.dialogue.components import sentence_vectors
from bot.dialogue.components.sentence_vectors import VECTORS, cache_file


def remember_all() -> None:
    """Compute the vector of a text once for each state of the code that computes it; the service keeps the latest ones.

    A vector takes 17 milliseconds, and the evaluation sets have thousands of texts.
    """
    code = hashlib.sha256(Path(sentence_vectors.__file__).read_bytes()).hexdigest()[:16]
    file = cache_file().with_name(f"test-vectors-{code}-{cache_file().stem}.db")
    file.parent.mkdir(exist_ok=True)
    known = sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)
    known.execute("PRAGMA journal_mode = WAL")
    known.execute("CREATE TABLE IF NOT EXISTS vectors (text PRIMARY KEY, vector)")

    def of(text: str) -> Any:
        key = text.encode("utf-8", "surrogatepass")
        if row := known.execute("SELECT vector FROM vectors WHERE text = ?", [key]).fetchone():
            return np.frombuffer(row[0], np.float32).copy()
        vector = VECTORS._of(text)
        known.execute("INSERT OR IGNORE INTO vectors VALUES (?, ?)", [key, vector.tobytes()])
        return vector

    VECTORS.of = lru_cache(None)(of)
