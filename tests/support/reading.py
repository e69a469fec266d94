"""Reads messages with fixed likelihoods."""

from __future__ import annotations

from collections.abc import Mapping

from bot.understanding import reader
from bot.understanding.reader import Meaning, ReadingContext, Thresholds

USUAL = Thresholds()


def read(text: str, asked: ReadingContext, likelihoods: Mapping[str, float], thresholds: Thresholds = USUAL) -> Meaning:
    """The meaning of a message with these likelihoods, for the whole and for each clause."""
    return reader.read(text, asked, lambda _text: likelihoods, thresholds)
