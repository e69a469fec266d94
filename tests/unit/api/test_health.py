"""What /readyz answers: whether all can go on, within a bounded time, and what is in the way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from starlette.types import Receive, Scope, Send

from bot.api import health
from bot.api.health import FRESH_SECONDS, NotReadyError, Readiness, StorageCheck
from bot.channels.web.problems import add_problem_handlers
from bot.core.data_folder import NO_ROOM
from bot.core.paths import REPOSITORY
from bot.core.settings import SettingsError, load_settings
from bot.media.blobs import BlobError
from bot.runtime.container import build
from bot.storage import Store
from tests.support.asgi import Browser

BOT = REPOSITORY / ".venv" / "bin" / "bot"
#: Runs a command whose files may not grow beyond some KiB: what a full disk is to it.
LIMITED = (
    "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2); "
    "os.execv(sys.argv[2], sys.argv[2:])"
)
#: Python would leave compiled modules that are cut off.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.upgrade()
    return store


async def _ready() -> bool:
    return True


def test_all_that_is_ready_is_told_without_more() -> None:
    assert asyncio.run(Readiness({"engine": _ready, "database": _ready}).answer()) == {
        "ready": True,
        "engine": True,
        "database": True,
    }


def test_a_part_that_hangs_is_waited_for_no_longer_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.1)

    async def hangs() -> bool:
        await asyncio.Event().wait()
        return True

    began = time.perf_counter()
    answer = asyncio.run(Readiness({"engine": _ready, "actions": hangs, "database": hangs}).answer())
    assert time.perf_counter() - began < 1
    assert (answer["ready"], answer["engine"], answer["actions"]) == (False, True, False)
    assert set(answer["problems"]) == {"actions", "database"}


def test_who_asks_meanwhile_is_given_the_same_answer_and_who_asks_later_a_new_one() -> None:
    looks = 0

    async def look() -> bool:
        nonlocal looks
        looks += 1
        return True

    async def ask() -> None:
        part = Readiness({"engine": look})
        await asyncio.gather(*(part.answer() for _ in range(50)))
        assert looks == 1
        await part.answer()
        assert looks == 2

    asyncio.run(ask())


def test_who_asks_often_costs_one_write(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, writes = 0.0, 0
    monkeypatch.setattr(health, "time", SimpleNamespace(monotonic=lambda: now))

    def write(_seconds: float) -> None:
        nonlocal writes
        writes += 1

    monkeypatch.setattr(store, "check_write", write)

    async def ask() -> None:
        nonlocal now
        check = StorageCheck(store, tmp_path)
        for _ in range(50):
            assert await check.is_ready()
        assert writes == 1
        now = FRESH_SECONDS + 0.1
        assert await check.is_ready()
        assert writes == 2

    asyncio.run(ask())


def test_a_problem_is_logged_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    problem = ""

    async def look() -> bool:
        if problem:
            raise NotReadyError(problem)
        return True

    async def ask() -> None:
        nonlocal problem
        part = Readiness({"database": look})
        for problem in ("the disk is full", "the disk is full", ""):
            answer = await part.answer()
            assert answer.get("problems", {}) == ({"database": problem} if problem else {})

    with caplog.at_level(logging.WARNING):
        asyncio.run(ask())
    assert [each.getMessage() for each in caplog.records] == [
        "ALERT not ready, database: the disk is full",
        "ready again: database",
    ]


def problem_of(store: Store, folder: Path) -> str:
    answer = asyncio.run(Readiness({"database": StorageCheck(store, folder).is_ready}).answer())
    assert not answer["database"]
    return str(answer["problems"]["database"])


def test_a_database_that_takes_a_write_is_ready(store: Store, tmp_path: Path) -> None:
    assert asyncio.run(StorageCheck(store, tmp_path).is_ready())
    assert sorted(each.name for each in tmp_path.iterdir()) == ["bot.db", "bot.db-shm", "bot.db-wal"]


def test_a_locked_database_is_named(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "WRITER_SECONDS", 0.1)
    other = Store(store.url)
    with other.write():
        assert problem_of(store, tmp_path) == "the database is locked"
    with store.write():
        assert "another writer" in problem_of(store, tmp_path)
    assert asyncio.run(StorageCheck(store, tmp_path).is_ready())


def test_a_read_only_database_is_named(store: Store, tmp_path: Path) -> None:
    store.dispose()
    event.listen(store._engine, "connect", lambda connection, _record: connection.execute("PRAGMA query_only = ON"))
    assert problem_of(store, tmp_path) == "the database is read-only"


def test_a_folder_that_is_gone_is_not_ready(store: Store, tmp_path: Path) -> None:
    assert "FileNotFoundError" in problem_of(store, tmp_path / "gone")


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    """By a process whose files may not grow: it needs no disk of its own."""
    script = (
        "import asyncio, sys; from pathlib import Path\n"
        "from bot.storage import Store; from bot.api.health import Readiness, StorageCheck\n"
        "folder = Path(sys.argv[1]); store = Store(f'sqlite:///{folder}/bot.db')\n"
        "print(asyncio.run(Readiness({'database': StorageCheck(store, folder).is_ready}).answer()))\n"
    )
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.upgrade()
    store.dispose()
    command = [sys.executable, "-c", LIMITED, "16384", sys.executable, "-c", script, str(tmp_path)]
    result = subprocess.run(command, cwd=REPOSITORY, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert "'problems': {'database': 'the disk is full'}" in result.stdout
    assert "ALERT not ready, database: the disk is full" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("kib", [0, 4, 32])
def test_a_start_on_a_full_disk_does_not_blame_a_setting(tmp_path: Path, kib: int) -> None:
    command = [sys.executable, "-c", LIMITED, str(kib * 1024), sys.executable, str(BOT), "registrations", "list"]
    environment = ENVIRONMENT | {"DATA_DIR": str(tmp_path / "data")}
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr.strip()) == (1, NO_ROOM)


def test_a_database_that_is_full_at_the_start_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def small(connection: object, _record: object) -> None:
        prepare(connection, _record)
        connection.execute("PRAGMA max_page_count = 3")  # type: ignore[attr-defined]

    prepare = vars(sys.modules["bot.storage.database"])["_prepare_sqlite"]
    monkeypatch.setattr("bot.storage.database._prepare_sqlite", small)
    with pytest.raises(SettingsError) as caught:
        build(load_settings(data_dir=tmp_path, database_url=""))
    assert str(caught.value) == NO_ROOM


async def _is_there(_conversation_id: str) -> bool:
    return True


def test_who_writes_while_the_disk_is_full_is_told_so(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()
    store.dispose()
    event.listen(store._engine, "connect", lambda connection, _record: connection.execute("PRAGMA max_page_count = 1"))

    def write() -> None:
        with store.write() as session:
            session.execute(text("CREATE TABLE large AS SELECT zeroblob(1000000)"))

    app.add_api_route("/write", write)
    add_problem_handlers(app, _is_there)
    browser = Browser(_Quiet(app))
    answer = browser.get("/write")
    assert answer.status_code == 507
    assert "our disk is full" in answer.json()["error"]
    assert "disque est plein" in browser.get("/write", headers={"Accept-Language": "fr"}).json()["error"]
    assert "ALERT the disk is full" in caplog.text


def test_who_sends_a_photo_while_the_bucket_is_out_of_reach_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()

    def keep() -> None:
        raise BlobError("the bucket cannot be reached (OSError)")

    app.add_api_route("/write", keep)
    add_problem_handlers(app, _is_there)
    browser = Browser(_Quiet(app))
    answer = browser.get("/write")
    assert answer.status_code == 507
    assert "cannot save or show photos" in answer.json()["error"]
    assert "ne pouvons ni" in browser.get("/write", headers={"Accept-Language": "fr"}).json()["error"]
    assert "the bucket cannot be reached" in caplog.text


class _Quiet:
    """Raises nothing that was answered: Starlette does both with a failure of ours."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(OperationalError, BlobError):
            await self._app(scope, receive, send)


def test_a_service_that_is_being_stopped_is_not_ready_and_asks_nobody() -> None:
    asked = []

    async def look() -> bool:
        asked.append("database")
        return True

    stopping = False
    app = FastAPI()
    app.include_router(health.health_routes({"database": look}, lambda: stopping))
    page = Browser(app)
    assert page.get("/readyz").status_code == 200
    stopping = True
    answer = page.get("/readyz")
    assert (answer.status_code, answer.json()["ready"], len(asked)) == (503, False, 1)
    assert page.get("/healthz").status_code == 200
