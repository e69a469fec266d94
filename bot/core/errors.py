"""Describes errors for the log without quoting what a mentor wrote."""

from __future__ import annotations

import errno
import sqlite3

#: Failures of the machine and the database that have a name for the operator: the codes of SQLite
#: (https://www.sqlite.org/rescode.html) and of PostgreSQL
#: (https://www.postgresql.org/docs/current/errcodes-appendix.html).
DISK_FULL, READ_ONLY, LOCKED = "the disk is full", "the database is read-only", "the database is locked"
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: DISK_FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
}
_OF_POSTGRESQL = {"53100": DISK_FULL, "25006": READ_ONLY, "55P03": LOCKED}
#: Errors of a file that cannot grow: no space, no quota, the process's limit.
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StatedError(Exception):
    """An error whose message is the bot's own sentence, for the log.

    The message says what failed, without any answer, address or text from another program.
    """


class OwnerFileError(Exception):
    """A file that an owner edits is invalid; the message names the place and says what is wrong there."""


def named(error: BaseException | None) -> str:
    """The name of this failure or of its cause; "" if it has none."""
    if error is None:
        return ""
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return DISK_FULL
    # The lowest byte is the kind; the others are details.
    of_sqlite = _OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "")
    own = of_sqlite or _OF_POSTGRESQL.get(getattr(error, "sqlstate", None) or "", "")
    return own or named(getattr(error, "orig", None)) or named(error.__cause__)


def is_disk_full(error: BaseException) -> bool:
    """Whether a full disk caused a failure of a file, of SQLite or of PostgreSQL."""
    return named(error) == DISK_FULL


class Cause(str):
    """The description of an exception; the log has it as a field of its own."""

    __slots__ = ()


def described(error: BaseException) -> Cause:
    """The exception's type and place, with its name if it has one, or the bot's own sentence.

    Any other text is left out: it may quote an answer, as a database driver does for a value it refuses.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return Cause(f"{type(error).__name__} at {where}{_sentence(error)}")


def in_short(error: BaseException) -> str:
    """The exception's type, with its text if that is the bot's own sentence."""
    return type(error).__name__ + _sentence(error)


def _sentence(error: BaseException) -> str:
    name = named(error)
    if name:
        return f": ALERT {name}" if name == DISK_FULL else f": {name}"
    return f": {error}" if isinstance(error, StatedError) and str(error) else ""
