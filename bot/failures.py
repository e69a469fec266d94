"""Describing failures of ours for the log without quoting what a mentor wrote."""

from __future__ import annotations


class StatedError(Exception):
    """A failure whose message is a sentence of ours, for the log.

    It says what failed, never to whom or with what: no answer, no address, nothing that somebody else's program said.
    """


def described(error: BaseException) -> str:
    """The kind of exception and where it was raised, and the sentence of one of ours.

    Any other text is left out: it may quote an answer, as a database driver does for a value it refuses.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {where}" + _sentence(error)


def in_short(error: BaseException) -> str:
    """The kind of exception, and the sentence of one of ours."""
    return type(error).__name__ + _sentence(error)


def _sentence(error: BaseException) -> str:
    return f": {error}" if isinstance(error, StatedError) and str(error) else ""
