"""What a person can cause at the command line ends with a sentence, and not with a traceback."""

from __future__ import annotations

import io
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from errno import EACCES
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.cli.person import actor
from bot.core.settings import load_settings
from bot.runtime.container import build
from bot.security.key_files import add_master_key

Bot = Callable[..., str]


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bot:
    """Run a command on a data folder of its own; gives the sentence that it ends with."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("MASTER_KEYS", "")
    monkeypatch.setenv("LEDGER_KEY", "")

    def run(*arguments: str, typed: bytes = b"") -> str:
        monkeypatch.setattr(sys, "argv", ["bot", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
        with pytest.raises(SystemExit) as ended:
            main()
        return str(ended.value.code)

    return run


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a database, to make others from."""
    folder = tmp_path_factory.mktemp("built")
    build(load_settings(data_dir=folder, database_url="", master_keys="")).store.dispose()
    return folder


@pytest.fixture
def database(bot: Bot, tmp_path: Path, built: Path) -> Path:
    """The file of a database that is there."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path / "bot.db"


@pytest.mark.parametrize("command", ["registrations show", "checks show", "checks decide", "erase"])
@pytest.mark.parametrize("given", ["", "nobody", "%", "' OR 1=1"])
@pytest.mark.usefixtures("database")
def test_an_id_that_is_nobodys(bot: Bot, command: str, given: str) -> None:
    more = ["clear"] if command == "checks decide" else []
    assert "has an id that begins with" in bot(*command.split(), given, *more)


def test_a_database_of_a_newer_version(bot: Bot, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (["registrations", "list"], ["migrate"]):
        assert "the database is of version 9999" in bot(*command)


def test_the_tables_are_made_without_starting_the_bot(bot: Bot, tmp_path: Path) -> None:
    assert bot("migrate") == "0"
    with closing(sqlite3.connect(tmp_path / "bot.db")) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchall() == [(1,)]


def test_a_file_that_is_no_database(bot: Bot, database: Path) -> None:
    database.write_bytes(b"no database, but longer than the header of one would be" * 100)
    assert bot("registrations", "list") == "DATABASE_URL: the database cannot be used (DatabaseError)."


def test_a_database_that_another_program_holds(bot: Bot, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.database.SQLITE_BUSY_TIMEOUT", 0.01)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = bot("staff", "add", "ada")
    assert said.startswith("DATABASE_URL: the database cannot be used (the database is locked).")


def test_keys_of_another_installation(bot: Bot, database: Path) -> None:
    keys = database.parent / "keys"
    for name, setting in (("master.key", "MASTER_KEYS"), ("ledger.key", "LEDGER_KEY")):
        kept = (keys / name).rename(keys / "kept")
        assert bot("registrations", "list").startswith(f"{setting}: the key is not the one that this database")
        kept.replace(keys / name)


def test_a_rotation_of_keys_that_was_interrupted(bot: Bot, database: Path) -> None:
    add_master_key(database.parent)
    assert bot("registrations", "list") == "MASTER_KEYS: the first key is not in use yet. Run: bot keys rotate"
    assert bot("keys", "rotate") == "0"
    assert bot("registrations", "list") == "0"


COMMANDS = pytest.mark.parametrize("command", ["run", "registrations list", "consents anchor", "keys rotate"])


@pytest.fixture
def without_model_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """``bot run`` needs a model and a port before it opens the keys; neither matters here."""
    monkeypatch.setattr("bot.runtime.startup.train", lambda _tell: Path("model"))
    for needless in ("_listen", "_prepare_rasa", "configure_logging"):
        monkeypatch.setattr(f"bot.runtime.startup.{needless}", lambda *_: None)


@pytest.mark.usefixtures("without_model_and_port")
@COMMANDS
@pytest.mark.parametrize("name", ["master.key", "ledger.key"])
def test_a_key_file_that_is_a_folder(bot: Bot, database: Path, command: str, name: str) -> None:
    key = database.parent / "keys" / name
    key.unlink()
    key.mkdir()
    assert bot(*command.split()) == f"{key} cannot be used: Is a directory."


@pytest.mark.usefixtures("without_model_and_port")
@COMMANDS
def test_a_key_file_that_the_user_may_not_read(
    bot: Bot, database: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, read = database.parent / "keys" / "master.key", Path.read_bytes

    def forbidden(path: Path) -> bytes:  # the mode of a file does not stop root, who may run this test
        if path == key:
            raise PermissionError(EACCES, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    assert bot(*command.split()) == f"{key} cannot be used: Permission denied."


@pytest.mark.usefixtures("without_model_and_port")
@COMMANDS
@pytest.mark.parametrize("contents", [b"", b"no key", b"\xff\xfe"])
def test_a_key_file_without_a_key(bot: Bot, database: Path, command: str, contents: bytes) -> None:
    key = database.parent / "keys" / "master.key"
    key.write_bytes(contents)
    assert bot(*command.split()) == f"{key}: a key must be base64 of 32 bytes."


@pytest.mark.usefixtures("without_model_and_port")
@pytest.mark.parametrize("command", ["run", "keys rotate"])
def test_a_lock_file_that_is_a_folder(bot: Bot, database: Path, command: str) -> None:
    lock = database.parent / "service.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    assert bot(*command.split()) == f"{lock} cannot be used: Is a directory."


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
