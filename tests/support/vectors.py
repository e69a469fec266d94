"""Caches sentence vectors in tests that read the same messages repeatedly."""

from __future__ import annotations

from functools import lru_cache

from bot.dialogue.components.sentence_vectors import VECTORS


def remember_all() -> None:
    """Compute the vector of a text once per process; the service caches only the latest ones."""
    VECTORS.of = lru_cache(None)(VECTORS._of)
