"""What it costs to read a typed message: CPU time by rule, and with the classifier and its sentence vectors.

The rules alone are timed as the pipeline calls them first; a message that they leave open is timed as a whole, with
Rasa's pipeline around it. CPU time of all threads counts, so that what else runs on the machine matters little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import median, quantiles
from time import process_time
from typing import Any

from bot.cli.understand import Line, Understanding
from bot.conversation.readable import reading_context
from bot.understanding.reader import read_as_one

#: Goals in milliseconds.
BY_RULE, WITH_VECTORS = 1.0, 30.0
_ROUNDS = 5


def reading_times(understanding: Understanding, lines: Iterable[Line]) -> list[str]:
    """A table of the CPU time of reading each line.

    Args:
        understanding: the NLU with its model, the sentence vectors loaded.
        lines: the messages.
    """
    ruled: list[float] = []
    likely: list[float] = []
    for line in lines:
        context = reading_context(line.question, line.language)
        if read_as_one(line.text, context) is not None:
            ruled.append(min(_timed(lambda: read_as_one(line.text, context)) for _ in range(_ROUNDS)))  # noqa: B023
        else:
            likely.append(_timed(lambda: list(understanding.read([line]))))  # noqa: B023
    return [
        "| | messages | median | 95 of 100 within | goal |",
        "|---|---|---|---|---|",
        _row("decided by rule", ruled, BY_RULE),
        _row("with the classifier and sentence vectors", likely, WITH_VECTORS),
    ]


def _timed(read: Callable[[], Any]) -> float:
    began = process_time()
    read()
    return (process_time() - began) * 1000


def _row(name: str, times: list[float], goal: float) -> str:
    within = quantiles(times, n=20)[-1]
    missed = "" if median(times) <= goal else " — **not reached**"
    return f"| {name} | {len(times)} | {median(times):.2f} ms | {within:.1f} ms | {goal:.0f} ms{missed} |"
