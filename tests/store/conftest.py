"""Every test of this layer runs on SQLite and on a real PostgreSQL.

`make check` runs those on SQLite that are not marked `slow`; `make test` also those marked `postgresql_too` on
PostgreSQL; `make ci` all on both.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from hypothesis import settings
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

from bot.jobs.outbox import retry_ceiling
from bot.security.vault import Vault
from bot.storage import Store, database
from tests.store.mentor import ChattingMentor
from tests.store.postgresql import PostgresqlError, quick_folder, running_cluster
from tests.support.ledger import MASTER_KEY

settings.register_profile("store", deadline=None, derandomize=True, max_examples=25)
settings.load_profile("store")

#: Statements that were compiled for any test's database. Each test has an engine of its own, which would compile them
#: all again: a fifth of the layer's time.
COMPILED: LRUCache[Any, Any] = LRUCache(2_000)

BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL.

    Attributes:
        url: beginning of its URLs, up to the database's name.
        administrator: an engine that creates databases.
    """

    url: str
    administrator: Engine

    def create(self, template: str = "template1") -> str:
        """Create a database; gives its URL."""
        name = f"test_{next(_numbers)}"
        with self.administrator.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url + name

    def drop(self, url: str) -> None:
        """Drop a database that `create` made."""
        with self.administrator.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {url.rpartition('/')[2]}")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """PostgreSQL, started for this run."""
    try:
        with running_cluster() as url:
            administrator = sqlalchemy.create_engine(url + "postgres", isolation_level="AUTOCOMMIT")
            yield Cluster(url, administrator)
            administrator.dispose()
    except PostgresqlError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def upgraded_template(cluster: Cluster) -> str:
    """Name of a PostgreSQL database with all tables, to make others from."""
    url = cluster.create()
    template = Store(url)
    template.upgrade()
    template.dispose()
    return url.rpartition("/")[2]


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to make others from."""
    path = tmp_path_factory.mktemp("template") / "bot.db"
    template = Store(f"sqlite:///{path}")
    template.upgrade()
    template.checkpoint()
    template.dispose()
    return path


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Let the databases of all tests share what was compiled, each kind of database for itself."""
    create = database._create_engine

    def sharing(url: str) -> Engine:
        engine = create(url)
        engine.update_execution_options(compiled_cache=COMPILED)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        # SQLAlchemy keeps statements by dialect, and each engine has one.
        patch.setattr(Dialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(Dialect, "__hash__", lambda one: hash(type(one)))
        patch.setattr(database, "_create_engine", sharing)
        yield


@pytest.fixture(autouse=True)
def _longest_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have chance choose the longest wait before an outbox entry is tried again: it may choose none at all."""
    monkeypatch.setattr("bot.jobs.outbox.retry_wait", retry_ceiling)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """An empty folder, in memory if it can be: SQLite waits for the disk at each commit."""
    with tempfile.TemporaryDirectory(prefix="mentor-store-", dir=quick_folder()) as folder:
        yield Path(folder)


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database that the test runs on."""
    return str(request.param)


@contextmanager
def _database(backend: str, folder: Path, request: pytest.FixtureRequest, template: str) -> Iterator[Store]:
    if backend == "sqlite":
        store = Store(f"sqlite:///{folder / 'bot.db'}")
        yield store
        store.dispose()
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    store = Store(cluster.create(request.getfixturevalue("upgraded_template") if template == "upgraded" else template))
    yield store
    store.dispose()
    cluster.drop(store.url)


@pytest.fixture
def empty_store(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """A database without tables."""
    with _database(backend, tmp_path, request, "template1") as store:
        yield store


@pytest.fixture
def store(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """A database with all tables and nothing in them."""
    if backend == "sqlite":
        shutil.copy(request.getfixturevalue("upgraded_file"), tmp_path / "bot.db")
    with _database(backend, tmp_path, request, "upgraded") as store:
        yield store


@pytest.fixture
def vault() -> Vault:
    """A vault with a key of its own."""
    return Vault([MASTER_KEY])


@pytest.fixture
def mentor(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    """A mentor who has just opened the chat."""
    with ChattingMentor(store, vault, data_dir) as chatting:
        yield chatting
