"""Each thing that can be wrong with an installation is found by `bot doctor`, with how to mend it."""

from __future__ import annotations

import base64
import http.server
import json
import os
import shutil
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from bot.cli.app import app
from bot.core.data_folder import one_instance
from bot.core.settings import SECRETS, Settings, load_settings
from bot.registration.ledger import Anchor
from bot.runtime.container import build
from bot.runtime.doctor import State, examine, machine
from bot.storage import Conversation, InboxMessage, Mentor, OutboxEntry, Store
from bot.storage.models import utc_now
from tests.doubles.checkr_api import API_KEY, CheckrDouble
from tests.doubles.mail_server import MailServerDouble
from tests.doubles.telegram_api import TelegramDouble
from tests.support.ledger import entry
from tests.support.redis import running_redis
from tests.support.s3 import running_s3
from tests.support.service import free_port

Look = Callable[..., list[tuple[State, str]]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with keys and a database that has two consents."""
    folder = tmp_path_factory.mktemp("built")
    services = build(load_settings(data_dir=folder, database_url="", master_keys="", ledger_key=""))
    with services.store.write() as session:
        for number in range(2):
            services.ledger.add(session, entry(number))
    services.store.dispose()
    return folder


@pytest.fixture
def folder(tmp_path: Path, built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder that the settings name."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    shutil.copytree(built, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def look(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    """State and sentence of the findings about one thing, with some settings."""
    assert folder.is_dir()

    def found(what: str, **settings: str) -> list[tuple[State, str]]:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        return [(each.state, each.sentence) for each in examine() if each.what == what]

    return found


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{folder / 'bot.db'}")
    yield opened
    opened.dispose()


@contextmanager
def answering(status: int, body: object) -> Iterator[int]:
    """A web server that always answers the same; gives its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("folder")
def test_what_is_as_it_should_be_is_ok_and_nothing_is_changed(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.suffix in {".key", ".head", ".db"}}
    states = {each.what: each.state for each in examine()}
    warnings = {what for what, state in states.items() if state}
    assert warnings == {"service", "proxy", "mail"}
    assert max(states.values()) == State.WARNING
    assert {"settings", "disk", "database", "schema", "keys", "ledger", "clock", "waiting work"} <= set(states)
    assert {path: path.stat().st_mtime_ns for path in before if path.suffix != ".db"}.items() <= before.items()


def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(look: Look, folder: Path) -> None:
    shutil.rmtree(folder)
    for what in ("data folder", "database", "keys"):
        assert [state for state, _ in look(what)] == [State.OK]
    assert not folder.exists()


def test_settings(look: Look) -> None:
    [(state, said)] = look("settings", DATABSE_URL="x")
    assert (state, "did you mean DATABASE_URL?" in said) == (State.WRONG, True)
    [*_, (state, said)] = look("settings", PORT="0")
    assert (state, "PORT" in said) == (State.WRONG, True)


def test_the_service(look: Look, folder: Path) -> None:
    settings = load_settings()
    assert look("service") == [(State.WARNING, "No service runs with this data folder. Start it: bot run")]
    with one_instance(settings, is_shared=True):
        assert look("service", PORT=str(free_port()))[0][0] == State.WRONG
    with one_instance(settings):
        [(state, said)] = look("service", PORT=str(free_port()))
        assert (state, "does not answer" in said) == (State.WRONG, True)
        with answering(200, {"ready": True}) as port:
            assert look("service", PORT=str(port)) == [(State.OK, "It runs and is ready.")]
        with answering(503, {"ready": False, "problems": {"database": "the disk is full"}}) as port:
            [(state, said)] = look("service", PORT=str(port))
            assert (state, "database: the disk is full" in said) == (State.WRONG, True)
        for body in ([1], "ready"):
            with answering(200, body) as port:
                assert look("service", PORT=str(port))[0][0] == State.WRONG


def test_the_data_folder_and_the_disk(look: Look, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.chmod(0o777)
    assert look("data folder") == [(State.WARNING, f"Others can write to {folder}. Run: chmod go-w {folder}")]
    folder.chmod(0o700)
    with monkeypatch.context() as patch:
        patch.setattr(machine, "LITTLE_ROOM", 1024**6)
        [(state, said)] = look("disk")
        assert (state, said[:5]) == (State.WARNING, "Only ")
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_: False)
        [(state, said)] = look("data folder")
        assert (state, "cannot be written to" in said) == (State.WRONG, True)
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 4711)
        [(state, said)] = look("data folder")
        assert (state, "Run the bot's commands as that user" in said) == (State.WARNING, True)


def test_a_file_that_is_no_database(look: Look, folder: Path) -> None:
    (folder / "bot.db").write_bytes(b"no database, but longer than the header of one would be" * 100)
    [(state, said)] = look("database")
    assert (state, "restore a backup" in said) == (State.WRONG, True)


def test_a_server_that_is_not_there(look: Look) -> None:
    port = free_port()
    url = f"postgresql+psycopg://bot:hush@127.0.0.1:{port}/bot"
    [(state, said)] = look("database", DATABASE_URL=url)
    assert state == State.WRONG
    assert said == f"Nothing answers at 127.0.0.1, port {port}. Start the server, or correct DATABASE_URL."


def test_a_database_that_another_program_holds(look: Look, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.runtime.doctor.database._WRITER_SECONDS", 0.01)
    with closing(sqlite3.connect(folder / "bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        [(state, said)] = look("database")
    assert (state, "not written (the database is locked)" in said) == (State.WRONG, True)


@pytest.mark.parametrize(("version", "state"), [("9999", State.WRONG), ("0001", State.WARNING)])
def test_a_schema_of_another_version(look: Look, folder: Path, version: str, state: State) -> None:
    with closing(sqlite3.connect(folder / "bot.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    [(found, said)] = look("schema")
    assert (found, f"Version {version}" in said) == (state, True)


OTHER_KEY = base64.b64encode(b"o" * 32).decode()


def test_keys_that_are_not_the_databases(look: Look, store: Store) -> None:
    assert [state for state, _ in look("keys")] == [State.OK]
    assert [state for state, _ in look("ledger")] == [State.OK]
    [(state, said)] = look("keys", MASTER_KEYS=OTHER_KEY)
    assert (state, "1 data keys were wrapped by a master key" in said) == (State.WRONG, True)
    [(state, said)] = look("ledger", MASTER_KEYS="", LEDGER_KEY=OTHER_KEY)
    assert (state, "Compare LEDGER_KEY" in said) == (State.WRONG, True)
    [(state, said)] = look("keys", LEDGER_KEY="no key")
    assert (state, "LEDGER_KEY: a key must be base64" in said) == (State.WRONG, True)


@pytest.mark.parametrize("name", ["master.key", "ledger.key"])
def test_a_key_that_is_missing_or_open(look: Look, folder: Path, name: str) -> None:
    key = folder / "keys" / name
    key.chmod(0o644)
    assert look("keys")[0] == (State.WARNING, f"Others can read {key}. Run: chmod 600 {key}")
    key.unlink()
    [(state, said)] = look("keys")
    assert (state, str(key) in said, key.exists()) == (State.WRONG, True, False)
    key.mkdir()
    assert (State.WRONG, f"{key} cannot be used: Is a directory.") in look("keys")


def test_a_head_that_is_not_the_databases(look: Look, folder: Path) -> None:
    head = folder / "keys" / "ledger.head"
    head.write_text(str(Anchor(3, "0" * 64)))
    [(state, said)] = look("ledger")
    assert (state, "is of record 3" in said) == (State.WRONG, True)
    head.write_text("nonsense")
    [(state, said)] = look("ledger")
    assert (state, "damaged" in said) == (State.WRONG, True)


def test_a_clock_that_was_set_back(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.runtime.doctor.database.utc_now", lambda: utc_now() - timedelta(hours=1))
    assert (State.WARNING, True) in [(state, "Set this machine's clock" in said) for state, said in look("clock")]


def test_work_that_waits_or_has_failed(look: Look, store: Store) -> None:
    assert [state for state, _ in look("waiting work")] == [State.OK]
    ago = utc_now() - timedelta(minutes=9)
    with store.write() as session:
        session.add(OutboxEntry(kind="mail.send", subject_id="1", failed_at=ago))
        session.add(mentor := Mentor())
        session.flush()
        session.add(conversation := Conversation(mentor_id=mentor.id, channel="web", external_id="a"))
        session.flush()
        session.add(InboxMessage(conversation_id=conversation.id, external_id="1", received_at=ago))
    assert [state for state, _ in look("waiting work")] == [State.WRONG, State.WARNING]
    with store.write() as session:
        session.execute(update(InboxMessage).values(processed_at=ago))
    [(state, said)] = look("waiting work")
    assert (state, "1 jobs have failed for good" in said) == (State.WARNING, True)


def test_redis(look: Look, tmp_path: Path) -> None:
    with running_redis(tmp_path) as redis:
        assert look("Redis", REDIS_URL=redis.url) == [(State.OK, "It answers.")]
        [(state, said)] = look("Redis", REDIS_URL=redis.url.replace("//", "//:hush@"))
        assert (state, "does not accept the user or password" in said) == (State.WRONG, True)
        redis.process.send_signal(signal.SIGSTOP)
        [(state, said)] = look("Redis", REDIS_URL=redis.url)
        assert (state, "does not answer (TimeoutError)" in said) == (State.WARNING, True)


@pytest.mark.slow
def test_the_bucket(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    assert look("photos") == [(State.OK, "They lie in the data folder: BLOB_URL is empty.")]
    with running_s3() as s3:
        named = {name.upper(): value for name, value in s3.settings("/prefix").items()}
        assert look("photos", **named) == [(State.OK, "s3://mentors/prefix can be written to, read and deleted from.")]
        assert s3.names() == []
        [(state, said)] = look("photos", BLOB_URL="s3://nobodys")
        assert (state, "the bucket does not exist. Look whether" in said) == (State.WRONG, True)
        with monkeypatch.context() as keeping:
            keeping.setattr("obstore.delete", lambda _store, _names: None)
            [(state, said)] = look("photos", BLOB_URL="s3://mentors")
        assert (state, "does not delete" in said) == (State.WRONG, True)
    [(state, said)] = look("photos")
    assert (state, "cannot be reached" in said) == (State.WRONG, True)
    [(state, said)] = look("photos", S3_SECRET_ACCESS_KEY="")
    assert (state, "belong together" in said) == (State.WRONG, True)


def test_the_proxy(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    [(state, said)] = look("proxy", FORWARDED_ALLOW_IPS="*")[:1]
    assert (state, "TRUSTED_PROXIES" in said) == (State.WARNING, True)
    monkeypatch.delenv("FORWARDED_ALLOW_IPS")
    with answering(200, {"status": "ok"}) as port:
        url = f"http://127.0.0.1:{port}"
        (first, https), last = look("proxy", PUBLIC_URL=url)
        assert (first, "is not https" in https) == (State.WARNING, True)
        assert last == (State.OK, f"The bot answers at {url}.")
        said = [each for _, each in look("proxy", HOST="0.0.0.0")]  # noqa: S104  (given, not bound)
        assert any("TRUSTED_PROXIES names only this machine" in each for each in said)
        said = [each for _, each in look("proxy", TRUSTED_PROXIES="10.0.0.0/8")]
        assert not any("TRUSTED_PROXIES" in each for each in said)
    with answering(200, {"status": "another program"}) as port:
        assert "is not the bot's answer" in look("proxy", PUBLIC_URL=f"http://127.0.0.1:{port}")[-1][1]
    assert "does not answer" in look("proxy", PUBLIC_URL=f"http://127.0.0.1:{free_port()}")[-1][1]


def test_the_provider_of_checks(look: Look) -> None:
    [(state, said)] = look("check provider", CHECK_PROVIDER="checkr")
    assert (state, "CHECKR_API_KEY is empty" in said) == (State.WRONG, True)
    with CheckrDouble() as checkr:
        found = look("check provider", CHECKR_API_KEY=API_KEY, CHECKR_API_URL=checkr.url)
        assert found == [(State.OK, "Checkr accepts the key.")]
        assert checkr.problems == []
        [(state, said)] = look("check provider", CHECKR_API_KEY="hush")
        assert (state, "(401)" in said) == (State.WRONG, True)
    [(state, said)] = look("check provider", CHECK_PROVIDER="http")
    assert (state, said[:25]) == (State.WRONG, "CHECKS_URL and CHECKS_KEY")
    [(state, said)] = look("check provider", CHECKS_KEY="k", CHECKS_URL=f"http://127.0.0.1:{free_port()}")
    assert (state, "does not answer" in said) == (State.WRONG, True)
    for status, expected in ((404, State.OK), (401, State.WRONG), (200, State.WRONG)):
        with answering(status, {}) as port:
            [(state, said)] = look("check provider", CHECKS_URL=f"http://127.0.0.1:{port}")
            assert state is expected, said


def test_the_mail_server(look: Look) -> None:
    with MailServerDouble(login=("bot", "hush")) as server:
        url = f"smtp://bot:hush@127.0.0.1:{server.port}"
        assert look("mail", MAIL_URL=url) == [(State.OK, "127.0.0.1 takes e-mails.")]
        [(state, said)] = look("mail", MAIL_URL=url.replace("hush", "wrong"))
        assert (state, "does not accept user and password" in said) == (State.WRONG, True)
        assert server.letters == []
    [(state, said)] = look("mail", MAIL_URL=f"smtp://127.0.0.1:{free_port()}")
    assert (state, "does not take a connection" in said) == (State.WRONG, True)
    [(state, said)] = look("mail", MAIL_URL="smtp://a/b")
    assert (state, said[:9]) == (State.WRONG, "MAIL_URL:")


def test_telegram(look: Look) -> None:
    with TelegramDouble() as double:
        found = look("Telegram", TELEGRAM_TOKEN=double.token, TELEGRAM_API_URL=double.url)
        assert found == [(State.OK, "The token is that of @test_bot, and updates can be fetched.")]
        found = look("Telegram", PUBLIC_URL="https://mentors.example.org")
        assert [(state, "posts no updates" in said) for state, said in found] == [(State.WARNING, True)]
        assert double.problems == []
        [(state, said)] = look("Telegram", TELEGRAM_TOKEN="123:hush")
        assert (state, "does not know this TELEGRAM_TOKEN" in said) == (State.WRONG, True)
    [(state, said)] = look("Telegram")
    assert (state, "does not answer" in said) == (State.WRONG, True)


@pytest.mark.parametrize(
    ("webhook", "said"),
    [
        ({"url": "https://elsewhere.example/telegram/webhook"}, "another address"),
        ({"url": "", "pending_update_count": 1000}, "1000 updates wait"),
        ({"url": "", "last_error_date": 2**40, "last_error_message": "Connection refused"}, "“Connection refused”"),
    ],
)
def test_what_telegram_says_of_the_webhook(look: Look, webhook: dict[str, object], said: str) -> None:
    with answering(200, {"ok": True, "result": {"username": "a", **webhook}}) as port:
        found = look("Telegram", TELEGRAM_TOKEN="123:hush", TELEGRAM_API_URL=f"http://127.0.0.1:{port}")
    assert [(state, said in each) for state, each in found] == [(State.WARNING, True)]


def test_what_cannot_be_examined_is_said_and_the_rest_is_examined(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.runtime.doctor.machine.is_in_use", lambda _: 1 / 0)
    [(state, said)] = look("service")
    assert (state, "could not be examined (ZeroDivisionError" in said) == (State.WRONG, True)
    assert look("disk")


@pytest.mark.usefixtures("folder")
def test_the_command_prints_lines_and_its_exit_code_is_the_worst(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "OK       settings: All names and values are valid.\n" in result.stdout
    assert "warning  service: No service runs" in result.stdout
    monkeypatch.setenv("LEDGER_KEY", OTHER_KEY)
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == 2
    assert [each["what"] for each in json.loads(result.stdout) if each["state"] == "wrong"] == ["ledger"]
    monkeypatch.setattr("bot.cli.doctor.examine", lambda: iter(()))
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 0


@pytest.mark.usefixtures("folder")
@pytest.mark.slow
def test_no_secret_is_shown_whatever_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    broken = {
        "database_url": f"postgresql+psycopg://bot:hush@127.0.0.1:{port}/bot",
        "mail_url": f"smtp://bot:hush@127.0.0.1:{port}",
        "redis_url": f"redis://bot:hush@127.0.0.1:{port}",
        "telegram_token": "123:hush",
    }
    for name in SECRETS:
        monkeypatch.setenv(name.upper(), broken.get(name, "hush"))
    for name in ("TELEGRAM_API_URL", "CHECKR_API_URL", "PUBLIC_URL"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 2
    assert "hush" not in result.output
    assert "Traceback" not in result.output
    assert result.output.count("WRONG") >= 4
