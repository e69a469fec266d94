"""The arithmetic of the measurements."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds; one value is all of them."""
    if len(seconds) == 1:
        return dict.fromkeys(("p50", "p95", "p99"), 1000 * seconds[0])
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {"p50": 1000 * cuts[49], "p95": 1000 * cuts[94], "p99": 1000 * cuts[98]}


@dataclass(frozen=True)
class Spread:
    """The median of a few values, the least and the greatest."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        return cls(statistics.median(values), min(values), max(values))


def ratios(over: Sequence[float], under: Sequence[float]) -> Spread:
    """``over`` divided by ``under``, round by round: what slows a whole round down is in both and falls out.

    Raises:
        ValueError: they are not of the same rounds.
    """
    return Spread.of([above / below for above, below in zip(over, under, strict=True)])
