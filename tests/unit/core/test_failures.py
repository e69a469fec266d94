"""What is said of a failure: enough to know why, and nothing that anybody wrote."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import psycopg.errors
import pytest
import sqlalchemy
from sqlalchemy.exc import OperationalError

from bot.accounts.account_service import AccountsUnavailableError
from bot.checks.providers.base import ProviderError
from bot.core.errors import StatedError, described, in_short, is_disk_full
from bot.notifications.emails.message import MailError, RefusedError
from bot.notifications.site_events import EventError
from bot.security.cipher import VaultError


def raised(error: Exception) -> Exception:
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


@pytest.mark.parametrize(
    "kind", [ProviderError, MailError, RefusedError, AccountsUnavailableError, EventError, VaultError]
)
def test_a_sentence_of_ours_is_told(kind: type[StatedError]) -> None:
    error = raised(kind("the site answered 503"))
    assert described(error).startswith(f"{kind.__name__} at {__file__}:")
    assert described(error).endswith(": the site answered 503")
    assert in_short(error) == f"{kind.__name__}: the site answered 503"


@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError])
def test_any_other_text_is_not(kind: type[Exception]) -> None:
    error = raised(kind("born in 1978"))
    assert "1978" not in described(error) + in_short(error)
    assert described(error).startswith(f"{kind.__name__} at {__file__}:")
    assert in_short(error) == kind.__name__


def test_what_caused_a_failure_of_ours_is_not_quoted() -> None:
    error = MailError("the mail server answered 451")
    error.__cause__ = ValueError("maria@example.org is unknown")
    assert "maria" not in described(raised(error)) + in_short(error)


def test_a_failure_without_a_sentence_is_named() -> None:
    assert described(ProviderError()) == "ProviderError at ?"
    assert in_short(ProviderError()) == "ProviderError"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_named(number: int) -> None:
    error = raised(OSError(number, os.strerror(number), "/photos/of/maria.jpg"))
    assert described(error).endswith(": ALERT the disk is full")
    assert in_short(error) == "OSError: ALERT the disk is full"


def test_a_full_sqlite_is_named(tmp_path: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'bot.db'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (text TEXT)")
        connection.exec_driver_sql("PRAGMA max_page_count = 2")
        with pytest.raises(OperationalError) as caught:
            connection.exec_driver_sql("INSERT INTO notes VALUES (zeroblob(100000))")
    assert is_disk_full(caught.value)
    engine.dispose()


def test_a_full_postgresql_is_named() -> None:
    assert is_disk_full(OperationalError("INSERT", {}, psycopg.errors.DiskFull()))


def test_what_a_full_disk_caused_is_named() -> None:
    error = MailError("the letter could not be kept")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert is_disk_full(error)


@pytest.mark.parametrize(
    "error", [OSError(errno.EACCES, "no"), sqlite3.OperationalError("database or disk is full"), ValueError("full")]
)
def test_another_failure_is_no_full_disk(error: Exception) -> None:
    assert not is_disk_full(error)
