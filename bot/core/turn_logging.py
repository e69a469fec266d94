"""Tells the log which turn a line is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_turn_id: ContextVar[str] = ContextVar("turn_id", default="")


@contextmanager
def about_turn(turn_id: str) -> Iterator[None]:
    """Lines that are logged here, in this thread and task, are about this turn."""
    token = _turn_id.set(turn_id)
    try:
        yield
    finally:
        _turn_id.reset(token)


def current_turn() -> str:
    """The id of the turn that the work here is about; "" if it is about none."""
    return _turn_id.get()
