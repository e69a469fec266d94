"""What a person can cause at the command line ends with a sentence, and not with a traceback."""

from __future__ import annotations

import io
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.cli.person import actor
from bot.core.settings import load_settings
from bot.runtime.container import build

Bot = Callable[..., str]


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bot:
    """Run a command on a data folder of its own; gives the sentence that it ends with."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("MASTER_KEYS", "")

    def run(*arguments: str, typed: bytes = b"") -> str:
        monkeypatch.setattr(sys, "argv", ["bot", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
        with pytest.raises(SystemExit) as ended:
            main()
        return str(ended.value.code)

    return run


@pytest.fixture
def database(bot: Bot, tmp_path: Path) -> Path:
    """The file of a database that is there."""
    build(load_settings()).store.dispose()
    return tmp_path / "bot.db"


@pytest.mark.parametrize("command", ["registrations show", "checks show", "checks decide", "erase"])
@pytest.mark.parametrize("given", ["", "nobody", "%", "' OR 1=1"])
def test_an_id_that_is_nobodys(bot: Bot, command: str, given: str) -> None:
    more = ["clear"] if command == "checks decide" else []
    assert "has an id that begins with" in bot(*command.split(), given, *more)


def test_a_database_of_a_newer_version(bot: Bot, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "the database is of version 9999" in bot("registrations", "list")


def test_a_file_that_is_no_database(bot: Bot, database: Path) -> None:
    database.write_bytes(b"no database, but longer than the header of one would be" * 100)
    assert bot("registrations", "list") == "DATABASE_URL: the database cannot be used (DatabaseError)."


def test_a_database_that_another_program_holds(bot: Bot, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.database.SQLITE_BUSY_TIMEOUT", 0.01)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = bot("staff", "add", "ada")
    assert said.startswith("DATABASE_URL: the database cannot be used (the database is locked).")


def test_a_key_file_that_cannot_be_read(bot: Bot, database: Path) -> None:
    key = database.parent / "keys" / "master.key"
    key.unlink()
    key.mkdir()
    assert bot("registrations", "list") == f"{key} cannot be used: Is a directory."


def test_a_file_of_the_data_folder_that_cannot_be_searched(
    bot: Bot, database: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (database.parent / "memory").symlink_to("/proc/self/mem")  # its beginning is nobody's, not even root's
    assert bot("search", typed=b"Ada\n") == "Not every file could be searched, see above."
    assert "Traceback" not in capfd.readouterr().err


def test_bytes_that_are_no_text(bot: Bot, database: Path) -> None:
    (database.parent / "some").write_bytes(b"before \xff\xfe after")
    assert bot("search", typed=b"\xff\xfe\n") == "1"
    assert bot("staff", "add", "ada", "--password-stdin", typed=b"\xff\n") == "The password is no text in UTF-8."


def test_a_user_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 987654)
    assert actor() == "uid 987654"
