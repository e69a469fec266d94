"""Describing failures of ours for the log without quoting what a mentor wrote."""

from __future__ import annotations


def described(error: BaseException) -> str:
    """The kind of exception and where it was raised.

    Its own text is left out: it may quote an answer, as a database driver does for a value it refuses.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {where}"
