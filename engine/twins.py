"""Shallow copies, many times a turn."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def twin(each: T) -> T:  # noqa: UP047  (the engine is Python 3.10)
    """A shallow copy of an object that keeps all it has in ``__dict__``; `copy.copy` takes the way of pickling."""
    other = object.__new__(type(each))
    other.__dict__.update(each.__dict__)
    return other
