"""Nothing of an erased mentor is left in PostgreSQL's files once its tables are written anew, and an erasure waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import select, text

from bot.privacy import rewriting as module
from bot.privacy.erasure import ERASED, Erasure
from bot.privacy.retention import EXPIRED, Retention
from bot.privacy.rewriting import REWRITTEN, TABLES, RewriteError, Rewriting
from bot.security.vault import Vault
from bot.storage import AuditRecord, Conversation, DataKey, SealedValue, Store
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor
from tests.support.ledger import LEDGER
from tests.support.progress import silent_progress
from tests.support.registrations import BORN

pytestmark = pytest.mark.postgresql_too

STORY = "I ran a bakery in Ushant for thirty years, and the lighthouse keeper taught me to bake."
#: Columns that hold ids, names of items and the like, and so nothing that a mentor gave.
OF_NOBODY = {
    *("id", "mentor_id", "conversation_id", "account_id", "other_id", "owner_id", "turn_id", "subject_id", "owner"),
    *("item_id", "name", "purpose", "master_key_id", "kind", "last_error", "question", "focus", "furthest", "provider"),
    *("check_provider", "status", "first_decision", "first_actor", "channel", "language", "delivered_question"),
    *("delivered_sha256", "source_format", "sender", "time_zone"),
}


@pytest.fixture(params=[pytest.param("postgresql", marks=pytest.mark.postgresql)])
def backend(request: pytest.FixtureRequest) -> str:
    """SQLite overwrites what it deletes."""
    return str(request.param)


@pytest.fixture
def erasure(store: Store, vault: Vault, mentor: ChattingMentor, data_dir: Path) -> Erasure:
    return Erasure(store, vault, LEDGER, mentor.photos, data_dir)


@pytest.fixture
def other(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    """Another mentor of the same bot."""
    with ChattingMentor(store, vault, data_dir, email="other@example.org") as chatting:
        yield chatting


@contextmanager
def apart(store: Store) -> Iterator[sqlalchemy.Connection]:
    """A connection of another program."""
    engine = sqlalchemy.create_engine(store.url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def files(store: Store) -> bytes:
    """All that is in the files of the database."""
    with apart(store) as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CHECKPOINT")
        folder = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
        number = connection.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = current_database()").scalar()
    return b"".join(path.read_bytes() for path in sorted((folder / "base" / str(number)).iterdir()))


def versions(store: Store) -> list[int]:
    """Numbers of the tables' files, which change when a table is written anew."""
    wanted = text("SELECT relfilenode FROM pg_class WHERE relname = ANY(:tables) AND relkind = 'r' ORDER BY relname")
    with store.read() as session:
        return list(session.scalars(wanted, {"tables": TABLES}))


def audited(store: Store, action: str = ERASED, hours_ago: float = 0) -> None:
    with store.write() as session:
        at = utc_now() - timedelta(hours=hours_ago)
        session.add(AuditRecord(actor="tester", action=action, subject_id="f" * 32, at=at))


def test_nothing_of_an_erased_mentor_is_left_in_the_files_once_the_tables_are_written_anew(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, erasure: Erasure
) -> None:
    mentor.comes_to("experience").says(STORY)
    mentor.comes_to("date_of_birth").says(f"{BORN.day} {BORN:%B} {BORN.year}")
    other.comes_to("reasons").says("I like to teach people how to weld")
    mentor_id = mentor.mentor_id
    with store.read() as session:
        sealed = session.scalars(select(SealedValue.ciphertext)).one()
        keys = session.scalars(select(DataKey.wrapped).where(DataKey.owner_id == mentor_id)).all()
    with apart(store) as connection:  # as PostgreSQL does by itself after a while
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    theirs = [STORY.encode(), mentor.email.encode(), sealed, *keys]
    before = versions(store)
    assert all(each in files(store) for each in theirs)
    erasure.delete_account(mentor_id, lambda _check: None)
    assert versions(store) == before, "an erasure writes no table anew"
    assert STORY.encode() in files(store), "or there would be nothing to do"
    assert Rewriting(store).run("tester") == len(TABLES)
    left = files(store)
    assert [each for each in theirs if each in left] == []
    assert b"how to weld" in left
    assert not set(versions(store)) & set(before)
    assert other.says("repeat")
    assert other.question == "experience"
    with store.read() as session:
        written = session.execute(select(AuditRecord.actor, AuditRecord.action).order_by(AuditRecord.id)).all()
    assert [tuple(each) for each in written] == [("mentor", ERASED), ("tester", REWRITTEN)]


def test_many_drafts_that_are_erased_in_a_night_write_no_table_anew(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, vault: Vault, erasure: Erasure
) -> None:
    for each in (mentor, other):
        each.comes_to("reasons")
    with store.write() as session:
        for conversation in session.scalars(select(Conversation)):
            conversation.last_seen_at -= timedelta(days=31)
    before = versions(store)
    retention = Retention(store, erasure, silent_progress(vault))
    assert len(retention.run(timedelta(days=30), timedelta(days=90))[0]) == 2
    assert versions(store) == before


@pytest.mark.parametrize("action", [ERASED, EXPIRED])
def test_the_tables_are_written_anew_after_an_erasure_and_only_then(store: Store, action: str) -> None:
    rewriting = Rewriting(store)
    audited(store, "reveal date of birth")
    before = versions(store)
    assert rewriting.run("tester") == 0
    assert versions(store) == before
    for _ in range(2):
        audited(store, action)
        assert rewriting.run("tester") == len(TABLES)
        assert rewriting.run("tester") == 0


@pytest.mark.parametrize(
    ("hour", "hours_ago", "is_time"),
    [(1, 0.1, False), (2, 0.1, True), (4, 0.1, True), (5, 0.1, False), (12, 22.9, False), (12, 23.1, True)],
)
def test_an_erasure_waits_for_the_night_but_never_longer_than_a_day(
    store: Store, monkeypatch: pytest.MonkeyPatch, hour: int, hours_ago: float, is_time: bool
) -> None:
    now = datetime(2026, 11, 30, hour, tzinfo=UTC).replace(tzinfo=None).astimezone()  # by this machine's clock
    rewriting = Rewriting(store)
    asked: list[str] = []
    monkeypatch.setattr(rewriting, "run", lambda actor: asked.append(actor) or 7)
    assert rewriting.run_at_night(now) == 0, "nothing was erased"
    with store.write() as session:
        at = now - timedelta(hours=hours_ago)
        session.add(AuditRecord(actor="tester", action=ERASED, subject_id="f" * 32, at=at))
    assert rewriting.run_at_night(now.astimezone(UTC)) == (7 if is_time else 0)
    assert asked == ["calendar"] * is_time


@pytest.mark.parametrize("statement", ["SELECT pg_export_snapshot()", "LOCK TABLE transcript IN ACCESS SHARE MODE"])
def test_while_an_older_transaction_needs_the_rows_they_count_as_left(
    mentor: ChattingMentor, store: Store, erasure: Erasure, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    monkeypatch.setattr(module, "_ATTEMPTS", 1)
    monkeypatch.setattr(module, "_LOCK_MILLISECONDS", 50)
    mentor.comes_to("experience").says(STORY)
    with apart(store) as connection:
        connection.execution_options(isolation_level="REPEATABLE READ").exec_driver_sql(statement)
        erasure.erase(mentor.mentor_id, "tester")
        with pytest.raises(RewriteError, match="an older transaction, such as a backup's, is open"):
            Rewriting(store).run("tester")
        with pytest.raises(RewriteError, match=r"^What was erased"):
            Rewriting(store).run_at_night(utc_now() + timedelta(hours=24))
        with pytest.raises(RewriteError, match=r"^ALERT What was erased"):
            Rewriting(store).run_at_night(utc_now() + timedelta(hours=26))
    assert STORY.encode() in files(store)
    assert Rewriting(store).run("tester") == len(TABLES)
    assert STORY.encode() not in files(store)


def test_no_statistics_are_kept_of_what_mentors_gave(store: Store) -> None:
    """They are samples of a column's values, and in no table of ours."""
    wanted = text(
        "SELECT attname FROM pg_attribute WHERE attrelid = ANY(CAST(:tables AS regclass[])) AND attnum > 0 AND "
        "format_type(atttypid, NULL) IN ('text', 'character varying', 'bytea', 'json', 'jsonb') AND attstattarget <> 0"
    )
    with store.read() as session:
        kept = set(session.scalars(wanted, {"tables": TABLES}))
    assert kept <= OF_NOBODY, "a new column: let its migration SET STATISTICS 0, or put it among those of nobody"
