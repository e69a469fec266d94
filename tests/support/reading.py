"""Reading with likelihoods that are the same for whatever is read."""

from __future__ import annotations

from collections.abc import Mapping

from bot.understanding import reader
from bot.understanding.reader import Meaning, ReadingContext, Thresholds

USUAL = Thresholds()


def read(text: str, asked: ReadingContext, likelihoods: Mapping[str, float], thresholds: Thresholds = USUAL) -> Meaning:
    """What a message means if the classifier finds this likely, for the whole as for each clause."""
    return reader.read(text, asked, lambda _text: likelihoods, thresholds)
