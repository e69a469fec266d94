"""Connections, transactions and migrations, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Engine, Float, event, literal_column
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from bot.storage.abandonable import AbandonableConnection
from bot.storage.file_lock import FileLock

MIGRATIONS = Path(__file__).parent / "migrations"

#: What is raised where a row that was there a moment ago is there no more, as its mentor was erased in between.
VANISHED = (NoResultFound, StaleDataError, ObjectDeletedError, IntegrityError)

#: Seconds that a writer waits for SQLite's single write lock.
SQLITE_BUSY_TIMEOUT = 15
#: With BEGIN IMMEDIATE a write transaction takes SQLite's lock at once, so that it can wait for it; one that began as a
#: reader would be refused instead when it comes to write.
_WRITING = "IMMEDIATE"
#: Writes the one row that every database of ours has. It is written though it stays the same: its key is indexed.
_TOUCH = "UPDATE alembic_version SET version_num = version_num"
#: Where a session keeps what `after_commit` was given, and its connection.
_AFTER_COMMIT = "after_commit"
_HELD = "held"
_CLOCK = "extract(epoch FROM clock_timestamp())"
_SQLITE_CLOCK = "(julianday('now') - 2440587.5) * 86400"
#: PostgreSQL's advisory lock of migrations.
_MIGRATING = sqlalchemy.text(f"SELECT pg_advisory_xact_lock({0x6D696772})")
_TERMINATE = sqlalchemy.text("SELECT pg_terminate_backend(:process)")


def after_commit(session: Session, function: Callable[[], object]) -> None:
    """Have ``function`` called when the transaction of `Store.write` is committed; never if it is not."""
    session.info.setdefault(_AFTER_COMMIT, []).append(function)


class _Writers:
    """Lets one writer at a time through, in the order in which they came.

    Args:
        file: whose lock the writers of several processes wait for; None if there is one process.
    """

    def __init__(self, file: FileLock | None) -> None:
        self._changed = threading.Condition()
        self._writer: object | None = None
        self._file = file

    @contextmanager
    def admitted(self, writer: object, seconds: float | None = None) -> Iterator[None]:
        """Wait until nobody else writes; others wait meanwhile.

        Raises:
            TimeoutError: somebody else still wrote after so many seconds.
        """
        with self._changed:
            try:
                is_free = self._changed.wait_for(lambda: self._writer is None, seconds)
            except BaseException:
                self._changed.notify()  # whoever is cut off may have been the one that was told to go on
                raise
            if not is_free:
                raise TimeoutError
            self._writer = writer
        try:
            if self._file:
                self._file.acquire(seconds)
            yield
        finally:
            self.dismiss(writer)

    def dismiss(self, writer: object) -> None:
        """Let the next one in, if it is this one that writes."""
        with self._changed:
            if self._writer is writer:
                if self._file:
                    self._file.release()
                self._writer = None
                self._changed.notify()


class _Held:
    """The driver's connection of a transaction, until that commits or rolls back by itself.

    Afterwards the connection may be another transaction's.

    Args:
        connection: sqlite3's or psycopg's.
    """

    def __init__(self, connection: Any) -> None:
        self._lock = threading.Lock()
        self._connection = connection

    def release(self) -> None:
        """The transaction ends by itself."""
        with self._lock:
            self._connection = None

    def is_taken_away(self, end: Callable[[Any], None]) -> bool:
        """End the transaction; False if it had just ended by itself, or was taken away before."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                end(connection)
            return connection is not None


class Store:
    """The database behind one URL. Transactions are short: none stays open across a call to another part.

    Args:
        url: SQLAlchemy URL, ``sqlite:///…`` or ``postgresql+psycopg://…``.
        workers: processes of one machine that use it together.

    Attributes:
        is_sqlite: whether it is a SQLite file; otherwise services on other machines may use it, too.
        is_shared: whether several processes of the service may use it.
    """

    def __init__(self, url: str, workers: int = 1) -> None:
        self.url = url
        self._engine = _create_engine(url)
        # SQLite has whoever waits for it ask again and again, at longer and longer intervals: our own writers wait for
        # each other instead.
        self.is_sqlite = self._engine.dialect.name == "sqlite"
        self.is_shared = not self.is_sqlite or workers > 1
        self._writing = self.lock("writing") if self.is_sqlite and self.is_shared else None
        self._writers = _Writers(self._writing)
        #: The database's clock, in seconds since 1970.
        self.clock: ColumnElement[float] = literal_column(_SQLITE_CLOCK if self.is_sqlite else _CLOCK, Float)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads; nothing done in it is kept."""
        with Session(self._engine) as session:
            self._begin(session.connection())
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits at the end, or rolls back if anything is raised."""
        # Nothing is read from a row after its transaction, so none has to be marked as out of date.
        with Session(self._engine, expire_on_commit=False) as session, self._admitted(session), session.begin():
            connection = session.connection()
            held = session.info[_HELD] = _Held(connection.connection.dbapi_connection)
            try:
                self._begin(connection, _WRITING)
                yield session
            finally:
                held.release()
        for done in session.info.pop(_AFTER_COMMIT, ()):
            done()

    def _admitted(self, session: Session) -> AbstractContextManager[None]:
        return self._writers.admitted(session) if self.is_sqlite else nullcontext()

    def abandon(self, session: Session) -> None:
        """Take a transaction from a thread that hangs in it: it is rolled back, and the next writer goes on.

        Whatever that thread still does with the session fails. May be called from any thread.
        """
        held: _Held | None = session.info.get(_HELD)
        if held is not None and held.is_taken_away(self._end):
            self._writers.dismiss(session)

    def _end(self, connection: Any) -> None:
        """End a transaction that another thread is in."""
        if self.is_sqlite:
            connection.abandon()
            return
        with self._engine.connect() as another:
            another.execute(_TERMINATE, {"process": connection.info.backend_pid})

    def _begin(self, connection: Connection, mode: str = "") -> None:
        """Begin a transaction where the driver leaves that to us.

        Not by an event of the engine's: where one engine has a listener, every statement looks for others.
        """
        if self.is_sqlite:
            connection.exec_driver_sql(f"BEGIN {mode}")

    def connection(self) -> Connection:
        """A connection that commits each statement; the caller closes it."""
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def upgrade(self) -> None:
        """Create or migrate the tables to the newest version; several processes that start do it one after another.

        Raises:
            RuntimeError: a migration was refused, or the tables belong to a newer version; the message says which.
        """
        if self._is_newest():
            return
        from alembic import command
        from alembic.config import Config

        with self._engine.connect() as connection:
            self._begin(connection, _WRITING)
            if not self.is_sqlite:  # whose write transaction keeps others out
                connection.execute(_MIGRATING)
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()

    def _is_newest(self) -> bool:
        """Whether the tables are as the newest migration leaves them: then Alembic need not even be imported."""
        versions = {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}
        with self._engine.connect() as connection:
            if not sqlalchemy.inspect(connection).has_table("alembic_version"):
                return False
            found = connection.scalars(sqlalchemy.text("SELECT version_num FROM alembic_version")).all()
        if unknown := set(found) - versions:
            raise RuntimeError(
                f"the database is of version {max(unknown)}, and this program knows those up to {max(versions)}. "
                "Start the newer program that made it so."
            )
        return found == [max(versions)]

    def checkpoint(self) -> bool:
        """Empty SQLite's write-ahead log into the database file, so that nothing deleted stays in it.

        Returns:
            False if somebody still reads from it; then it has to be tried again.
        """
        if not self.is_sqlite:
            return True
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        return not busy

    def check_write(self, seconds: float) -> None:
        """Write a row and commit: the one of `alembic_version`, as it is.

        Args:
            seconds: how long to wait for another writer.

        Raises:
            TimeoutError: another writer of this process was not done in time.
            SQLAlchemyError: it cannot be written; `bot.core.errors.named` tells a full, locked or read-only one.
        """
        if self.is_sqlite:
            self._check_sqlite(seconds)
            return
        with self._engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(seconds * 1000)}")
            connection.exec_driver_sql(_TOUCH)

    def _check_sqlite(self, seconds: float) -> None:
        with self._writers.admitted(object(), seconds), self._engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(seconds * 1000)}")
            try:
                self._begin(connection, _WRITING)
                connection.exec_driver_sql(_TOUCH)
                connection.commit()
            finally:
                connection.rollback()
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT * 1000}")

    def lock(self, name: str) -> FileLock:
        """A lock between the processes that use a SQLite file, in a file beside it."""
        return FileLock(Path(f"{self._engine.url.database}.{name}.lock"))

    def dispose(self) -> None:
        """Close all connections; the next use opens new ones."""
        self._engine.dispose()
        if self._writing:
            self._writing.close()


def _create_engine(url: str) -> Engine:
    parsed = sqlalchemy.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sqlalchemy.create_engine(
            parsed, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 5}
        )
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sqlalchemy.create_engine(
        parsed,
        hide_parameters=True,
        connect_args={"timeout": SQLITE_BUSY_TIMEOUT, "check_same_thread": False, "factory": AbandonableConnection},
        pool_size=8,
        max_overflow=32,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


_journal_lock = threading.Lock()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver leaves BEGIN to `Store`
    cursor = connection.cursor()
    with _journal_lock:
        cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # an acknowledged message survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # a deleted value is overwritten
    cursor.close()
