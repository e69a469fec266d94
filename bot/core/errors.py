"""Describing our own failures for the log, without quoting what a mentor wrote."""

from __future__ import annotations

import errno
import sqlite3

#: Failures of machine and database that an operator is told by name: the codes of SQLite
#: (https://www.sqlite.org/rescode.html) and of PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html).
DISK_FULL, READ_ONLY, LOCKED = "the disk is full", "the database is read-only", "the database is locked"
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: DISK_FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
}
_OF_POSTGRESQL = {"53100": DISK_FULL, "25006": READ_ONLY, "55P03": LOCKED}
#: Of a file that may not grow: no space, no quota, the limit of the process.
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StatedError(Exception):
    """A failure whose message is a sentence of ours, for the log.

    It says what failed, never to whom or with what: no answer, no address, nothing that somebody else's program said.
    """


def named(error: BaseException | None) -> str:
    """Which of the failures that have a name this one is, or was caused by; "" if none."""
    if error is None:
        return ""
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return DISK_FULL
    # The lowest byte is the kind; the others say more of it.
    of_sqlite = _OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "")
    own = of_sqlite or _OF_POSTGRESQL.get(getattr(error, "sqlstate", None) or "", "")
    return own or named(getattr(error, "orig", None)) or named(error.__cause__)


def is_disk_full(error: BaseException) -> bool:
    """Whether a failure is that of a full disk: of a file, of SQLite or of PostgreSQL."""
    return named(error) == DISK_FULL


def described(error: BaseException) -> str:
    """The kind of exception and where it was raised, and what it is if that has a name, or the sentence of one of ours.

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
    name = named(error)
    if name:
        return f": ALERT {name}" if name == DISK_FULL else f": {name}"
    return f": {error}" if isinstance(error, StatedError) and str(error) else ""
