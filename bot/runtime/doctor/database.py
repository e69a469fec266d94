"""Looks at the database: whether it can be used, and whether keys, ledger, clock and waiting work fit to it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, inspect, make_url, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot.core.errors import named
from bot.core.settings import Settings, SettingsError
from bot.registration.ledger import Ledger
from bot.runtime.doctor.finding import Finding, guarded, ok, warning, wrong
from bot.security.key_files import load_ledger_key, load_master_keys, missing_key_files
from bot.security.vault import Vault
from bot.storage import Consent, DataKey, InboxMessage, OutboxEntry, Store
from bot.storage.database import MIGRATIONS
from bot.storage.models import utc_now

#: Seconds to wait for another writer.
_WRITER_SECONDS = 2.0
#: Seconds that the database's clock may differ, and seconds from which times in the database are misleading.
_CLOCK_SLIP, _CLOCK_WRONG = 2.0, 60.0
#: How long a message or a job may wait.
_PATIENCE = timedelta(minutes=2)


def database(settings: Settings) -> Iterator[Finding]:
    """Whether the database can be used, and everything that needs it."""
    what, url = "database", make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        yield ok(what, f"{url.database} is not there yet. The first start makes it.")
        yield from guarded("keys", partial(_keys, settings, None))
        return
    store = Store(settings.database)
    try:
        with store.read() as session:
            is_empty = not inspect(session.connection()).has_table("alembic_version")
        if is_empty:
            yield ok(what, "It is empty. The first start makes its tables.")
            return
        yield from _of_tables(settings, store)
    except SQLAlchemyError as error:
        yield wrong(what, _unusable(error, url.host, url.port))
    finally:
        store.dispose()


def _unusable(error: SQLAlchemyError, host: str | None, port: int | None) -> str:
    """Why the database cannot be used; the driver's own text is left out, because it may quote the password."""
    reason = named(error) or type(error).__name__
    if host and isinstance(error, OperationalError):
        try:
            socket.create_connection((host, port or 5432), timeout=3).close()
        except OSError:
            return f"Nothing answers at {host}, port {port or 5432}. Start the server, or correct DATABASE_URL."
        return f"The server refuses ({reason}). Compare user, password and name in DATABASE_URL with the server's."
    return f"It cannot be used ({reason}). If the file is damaged, restore a backup: bot restore"


def _of_tables(settings: Settings, store: Store) -> Iterator[Finding]:
    yield from guarded("database", partial(_writable, store))
    with store.read() as session:
        schema = _schema(session)
        yield schema
        if schema.state:
            return  # an older or newer schema may lack what the others ask for
        yield from guarded("keys", partial(_keys, settings, session))
        yield from guarded("clock", partial(_clock, session))
        yield from guarded("waiting work", partial(_waiting, session))


def _writable(store: Store) -> Iterator[Finding]:
    what = "database"
    try:
        store.check_write(_WRITER_SECONDS)
    except (SQLAlchemyError, TimeoutError) as error:
        reason = named(error) or type(error).__name__
        yield wrong(what, f"It can be read, but not written ({reason}). Free the disk, or end the other program.")
    else:
        yield ok(what, f"{make_url(store.url).get_backend_name()} can be read and written.")


def _schema(session: Session) -> Finding:
    what = "schema"
    newest = max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    found = session.scalar(text("SELECT max(version_num) FROM alembic_version")) or ""
    if found > newest:
        return wrong(what, f"Version {found} is newer than this program's, {newest}. Start the newer program.")
    if found < newest:
        return warning(what, f"Version {found} is older than this program's, {newest}. The next start migrates it.")
    return ok(what, f"Version {found}, as this program needs it.")


def _keys(settings: Settings, session: Session | None) -> Iterator[Finding]:
    """Whether the keys are there, safe, and those of the database."""
    what, folder = "keys", settings.data_dir / "keys"
    if missing := missing_key_files(settings):
        is_used = session and (session.scalar(select(DataKey).limit(1)) or session.scalar(select(Consent).limit(1)))
        names = " and ".join(str(each) for each in missing)
        if is_used:
            yield wrong(what, f"The database needs what is missing: {names}. Restore it from your copy of the keys.")
        else:
            yield ok(what, f"The first start makes them: {names}.")
        return
    for path in folder.glob("*.key"):
        if path.stat().st_mode & 0o077:
            yield warning(what, f"Others can read {path}. Run: chmod 600 {path}")
    try:
        vault = Vault(load_master_keys(settings.master_keys.get_secret_value(), settings.data_dir))
        ledger_key = load_ledger_key(settings.ledger_key.get_secret_value(), settings.data_dir)
    except SettingsError as error:
        yield wrong(what, str(error))
        return
    except OSError as error:
        yield wrong(what, f"{error.filename} cannot be used: {error.strerror}.")
        return
    if session is not None:
        yield _master_keys(session, vault)
        yield _ledger(session, Ledger(vault, ledger_key, folder / "ledger.head"))


def _master_keys(session: Session, vault: Vault) -> Finding:
    number = vault.without_master_key(session)
    if number:
        return wrong(
            "keys",
            f"{number} data keys were wrapped by a master key that is not among MASTER_KEYS. Set the keys that belong "
            "to this database; after a rotation that was interrupted, also the older one, and run: bot keys rotate",
        )
    return ok("keys", "The master keys are those of this database.")


def _ledger(session: Session, ledger: Ledger) -> Finding:
    what = "ledger"
    try:
        problem = ledger.problem_at_head(session)
    except ValueError as error:
        problem = f"the head beside the keys is damaged ({error})"
    if problem:
        return wrong(what, f"Its end is not right: {problem}. Compare LEDGER_KEY, then run: bot consents verify")
    newest = session.scalar(select(Consent.answered_at).order_by(Consent.id.desc()).limit(1))
    if newest is not None and newest > utc_now() + timedelta(seconds=_CLOCK_WRONG):
        return warning("clock", f"The newest consent is of {newest:%Y-%m-%d %H:%M} UTC. Set this machine's clock.")
    return ok(what, "Its newest record is whole, and signed with this LEDGER_KEY.")


def _clock(session: Session) -> Iterator[Finding]:
    """Whether the database's clock is this machine's; SQLite has the same one."""
    what = "clock"
    if session.get_bind().dialect.name != "postgresql":
        yield ok(what, "SQLite uses this machine's clock.")
        return
    before = utc_now()
    theirs: datetime = session.scalars(select(func.clock_timestamp())).one()
    seconds = (theirs - before - (utc_now() - before) / 2).total_seconds()
    if abs(seconds) < _CLOCK_SLIP:
        yield ok(what, "It agrees with the database's.")
        return
    finding = wrong if abs(seconds) >= _CLOCK_WRONG else warning
    yield finding(what, f"It differs from the database's by {seconds:+.0f} s. Run a time service (NTP) on both.")


def _waiting(session: Session) -> Iterator[Finding]:
    """Whether messages or jobs wait for too long."""
    what, now = "waiting work", utc_now()
    oldest = session.scalar(select(func.min(InboxMessage.received_at)).where(InboxMessage.processed_at.is_(None)))
    unfinished = OutboxEntry.done_at.is_(None)
    due = session.scalar(
        select(func.min(OutboxEntry.next_attempt_at)).where(unfinished, OutboxEntry.failed_at.is_(None))
    )
    failed = session.scalar(select(func.count()).where(unfinished, OutboxEntry.failed_at.is_not(None))) or 0
    is_late = [each for each in (oldest, due) if each is not None and now - each > _PATIENCE]
    if is_late:
        minutes = (now - min(is_late)) // timedelta(minutes=1)
        yield wrong(what, f"Messages or jobs have waited for {minutes} min. Start the service, or read its log.")
    if failed:
        yield warning(what, f"{failed} jobs have failed for good. See them: bot outbox list --failed")
    if not is_late and not failed:
        yield ok(what, "Nothing waits for long, and no job has failed.")
