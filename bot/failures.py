"""Describing failures of ours for the log without quoting what a mentor wrote."""

from __future__ import annotations

import errno
import sqlite3

#: What the log and the operator are told of a full disk, whoever met it.
DISK_FULL = "ALERT the disk is full"
#: Of a file that may not grow: no space, no quota, the limit of the process.
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
#: https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL_DISK_FULL = "53100"


class StatedError(Exception):
    """A failure whose message is a sentence of ours, for the log.

    It says what failed, never to whom or with what: no answer, no address, nothing that somebody else's program said.
    """


def is_disk_full(error: BaseException | None) -> bool:
    """Whether a failure is that of a full disk, or was caused by one: of a file, of SQLite or of PostgreSQL."""
    if error is None:
        return False
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return True
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return True
    if getattr(error, "sqlstate", None) == _POSTGRESQL_DISK_FULL:
        return True
    return is_disk_full(getattr(error, "orig", None)) or is_disk_full(error.__cause__)


def described(error: BaseException) -> str:
    """The kind of exception and where it was raised, and the sentence of one of ours, or of a full disk.

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
    if is_disk_full(error):
        return f": {DISK_FULL}"
    return f": {error}" if isinstance(error, StatedError) and str(error) else ""
