"""Copies a database into a file while the bot runs, and puts it back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy
from sqlalchemy import URL, func, inspect, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.core.errors import named
from bot.privacy.erasure import ERASED
from bot.runtime.backup.archive import BackupError
from bot.storage import AuditRecord, Store

#: Seconds that PostgreSQL's programs wait for a lock.
_LOCK_SECONDS = 10


@contextmanager
def copied(url: str, target: Path) -> Iterator[Session]:
    """Copy the database as it is at one moment.

    Args:
        url: of the database.
        target: the file to be written.

    Yields:
        A session that sees the same moment.

    Raises:
        BackupError: it cannot be copied.
    """
    if make_url(url).get_backend_name() == "sqlite":
        _copy_sqlite(_file(url), target)
        copy = Store(f"sqlite:///{target}")
        try:
            with copy.read() as session:
                yield session
        finally:
            copy.dispose()
        return
    engine = sqlalchemy.create_engine(url, isolation_level="REPEATABLE READ", hide_parameters=True)
    try:
        with Session(engine) as session:
            snapshot = session.scalars(text("SELECT pg_export_snapshot()")).one()
            _run_tool("pg_dump", url, "--format=custom", f"--snapshot={snapshot}", f"--file={target}")
            yield session
    finally:
        engine.dispose()


def put_back(url: str, source: Path, version: str) -> None:
    """Replace the database by a copy that `copied` made.

    Args:
        url: of the database.
        source: the copy.
        version: the version of the copy's tables.

    Raises:
        BackupError: it cannot be replaced; then it is as it was.
    """
    if make_url(url).get_backend_name() == "sqlite":
        _put_back_sqlite(_file(url), source)
        return
    store = Store(url)
    try:
        with store.read() as session:
            others = session.scalars(_OTHERS).one()
            found = _version(session)
    except SQLAlchemyError as error:
        raise BackupError(f"DATABASE_URL: the database cannot be used ({type(error).__name__}).") from None
    finally:
        store.dispose()
    if others:
        raise BackupError(f"The database has {others} other connections. Stop every service and program that uses it.")
    if found not in ("", version):
        raise BackupError(
            f"The database has tables of version {found}, and the backup of version {version}. Restore it into an "
            "empty database."
        )
    options = ["--clean", "--if-exists", "--single-transaction", "--exit-on-error"]
    _run_tool("pg_restore", url, *options, str(source))


def erased_mentors(url: str) -> set[str] | None:
    """The ids of all mentors who were erased, by the audit of the present database; None if it cannot be read."""
    if make_url(url).get_backend_name() == "sqlite" and not _file(url).exists():
        return None
    store = Store(url)
    try:
        with store.read() as session:
            if not _version(session):
                return None
            return set(session.scalars(select(AuditRecord.subject_id).where(AuditRecord.action == ERASED)))
    except SQLAlchemyError:
        return None
    finally:
        store.dispose()


def schema_version(session: Session) -> str:
    """The version of the tables.

    Raises:
        BackupError: there are none.
    """
    version = _version(session)
    if not version:
        raise BackupError("The database is empty: there is nothing to back up.")
    return version


#: The number of other connections to the same database.
_OTHERS = (
    select(func.count())
    .select_from(text("pg_stat_activity"))
    .where(text("datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"))
)


def _version(session: Session) -> str:
    if not inspect(session.connection()).has_table("alembic_version"):
        return ""
    return str(session.scalar(text("SELECT max(version_num) FROM alembic_version")))


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")


def _copy_sqlite(file: Path, target: Path) -> None:
    if not file.exists():
        raise BackupError(f"There is no database: {file}")
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)  # in one step, so that it is of one moment
    except sqlite3.Error as error:
        raise BackupError(f"The database cannot be copied ({named(error) or type(error).__name__}).") from None


def _put_back_sqlite(file: Path, source: Path) -> None:
    fresh = file.with_name(f"{file.name}.restored")
    try:
        shutil.copyfile(source, fresh)
        with fresh.open("rb") as written:
            os.fsync(written.fileno())
        for rest in ("-wal", "-shm"):  # of the former file; they would be taken for the new one's
            file.with_name(file.name + rest).unlink(missing_ok=True)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def _run_tool(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs.

    Raises:
        BackupError: it is not installed, or fails.
    """
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"{program} is missing. Install PostgreSQL's client programs (Debian: postgresql-client).")
    parsed = make_url(url)
    command = [path, "--no-owner", "--no-privileges", f"--dbname={_libpq(parsed)}", *arguments]
    environment = {**os.environ, "PGOPTIONS": f"-c lock_timeout={_LOCK_SECONDS}s"}
    if parsed.password:
        environment["PGPASSWORD"] = str(parsed.password)
    result = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    if result.returncode != 0:
        # Only the program's own lines: the server's may quote a row.
        said = [line for line in result.stderr.splitlines() if line.startswith(f"{program}: error:")]
        raise BackupError(f"{said[0] if said else f'{program} failed ({result.returncode})'}")


def _libpq(url: URL) -> str:
    """The address for PostgreSQL's own programs, without the password: others can see a command's arguments."""
    address = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return address.render_as_string(hide_password=False)
