"""Sentence vectors in tests that put the same messages to the NLU again and again."""

from __future__ import annotations

from functools import lru_cache

from bot.dialogue.components.sentence_vectors import VECTORS


def remember_all() -> None:
    """Compute the vector of a text once in this process: the service remembers only those of the latest messages."""
    VECTORS.of = lru_cache(None)(VECTORS._of)
