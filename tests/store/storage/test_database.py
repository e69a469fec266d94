"""Sessions, times and what SQLite is told."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from bot.core.errors import LOCKED, READ_ONLY, named
from bot.storage import Account, Answer, Mentor, Store, after_commit
from bot.storage.models import new_id, utc_now

pytestmark = pytest.mark.postgresql_too


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="without a time zone"), store.write() as session:
        session.add(Mentor(started_at=datetime(2026, 6, 15, 12)))  # noqa: DTZ001  (naive on purpose)
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Mentor)) == 0


@pytest.mark.parametrize("hours", [0, 2, -11, 14])
def test_a_time_comes_back_aware_and_the_same(store: Store, hours: int) -> None:
    time = datetime(2026, 6, 15, 12, 30, 15, 123_456, timezone(timedelta(hours=hours)))
    mentor_id = new_id()
    with store.write() as session:
        session.add(Mentor(id=mentor_id, started_at=time))
    with store.read() as session:
        found = session.get_one(Mentor, mentor_id)
        assert found.started_at == time
        assert found.started_at.utcoffset() == timedelta(0)
        assert found.submitted_at is None


def test_times_compare_in_the_database_as_they_do_here(store: Store) -> None:
    east = timezone(timedelta(hours=5))
    earlier, later = datetime(2026, 6, 15, 16, tzinfo=east), datetime(2026, 6, 15, 12, tzinfo=UTC)
    assert earlier < later
    with store.write() as session:
        session.add_all([Mentor(id="e" * 32, started_at=earlier), Mentor(id="l" * 32, started_at=later)])
    with store.read() as session:
        assert session.scalars(select(Mentor.id).where(Mentor.started_at < later)).all() == ["e" * 32]
        assert session.scalars(select(Mentor.id).order_by(Mentor.started_at)).all() == ["e" * 32, "l" * 32]


def test_the_time_now_is_aware() -> None:
    assert utc_now().utcoffset() == timedelta(0)
    assert abs(utc_now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_ids_are_random() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(each) == 32 and int(each, 16) >= 0 for each in ids)


def test_a_transaction_that_ends_well_is_kept(store: Store) -> None:
    with store.write() as session:
        session.add(Mentor(id="m" * 32))
    with store.read() as session:
        assert session.get(Mentor, "m" * 32) is not None


def test_a_transaction_in_which_something_is_raised_is_rolled_back(store: Store) -> None:
    def add_and_fail() -> None:
        with store.write() as session:
            session.add(Mentor(id="m" * 32))
            session.flush()
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        add_and_fail()
    with store.read() as session:
        assert session.get(Mentor, "m" * 32) is None


def test_nothing_done_while_reading_is_kept(store: Store) -> None:
    with store.read() as session:
        session.add(Mentor(id="m" * 32))
        session.flush()
    with store.read() as session:
        assert session.get(Mentor, "m" * 32) is None


def test_what_follows_a_commit_is_done_after_it_and_only_then(store: Store) -> None:
    done: list[int] = []

    def count() -> int:
        with store.read() as session:
            return session.scalar(select(func.count()).select_from(Mentor)) or 0

    def note(number: int) -> None:
        done.append(10 * number + count())

    def add(mentor_id: str, *numbers: int, fails: bool = False) -> None:
        with store.write() as session:
            session.add(Mentor(id=mentor_id * 32))
            for number in numbers:
                after_commit(session, partial(note, number))
            assert done == before
            if fails:
                raise RuntimeError("enough")

    before: list[int] = []
    add("m", 1, 2)
    assert done == (before := [11, 21])
    with pytest.raises(RuntimeError, match="enough"):
        add("n", 2, fails=True)
    with pytest.raises(IntegrityError):
        add("m", 3)
    add("n")
    assert done == before


def test_what_follows_a_commit_keeps_no_writer_waiting(store: Store) -> None:
    def write_too() -> None:
        with store.write() as session:
            session.add(Mentor(id="n" * 32))

    with ThreadPoolExecutor(1) as thread, store.write() as session:
        session.add(Mentor(id="m" * 32))
        after_commit(session, lambda: thread.submit(write_too).result(5))
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Mentor)) == 2


def test_an_answer_needs_its_mentor(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(Answer(mentor_id="nobody", item_id="email", value="x", wording_version=1, turn_id="t"))


def test_an_error_does_not_repeat_what_was_to_be_stored(store: Store) -> None:
    with store.write() as session:
        session.add(Account(id="a" * 32, email="maria@example.org", full_name="Maria Okafor"))
    with pytest.raises(IntegrityError) as caught, store.write() as session:
        session.add(Account(id="a" * 32, email="anna@example.org", full_name="Anna Kowalska"))
    assert "Anna" not in str(caught.value)
    assert "anna@" not in str(caught.value)


def test_a_database_that_takes_a_write_is_changed_by_the_check(store: Store) -> None:
    log = Path(store.url.removeprefix("sqlite:///") + "-wal")
    before = log.stat().st_size if log.exists() else 0
    store.check_write(1)
    if store.url.startswith("sqlite"):
        assert log.stat().st_size > before
    store.checkpoint()


def test_a_check_does_not_wait_for_another_writer_of_this_process(store: Store, backend: str) -> None:
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = version_num"))
        with pytest.raises(TimeoutError if backend == "sqlite" else DBAPIError):
            store.check_write(0.2)
    store.check_write(1)


def test_a_check_does_not_wait_for_another_program(store: Store, backend: str) -> None:
    other = Store(store.url)
    with other.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = version_num"))
        began = monotonic()
        with pytest.raises(DBAPIError) as caught:
            store.check_write(0.2)
        assert monotonic() - began < 5
    assert named(caught.value) == LOCKED
    other.dispose()
    store.check_write(1)


def test_a_check_says_that_nothing_can_be_written(store: Store, backend: str) -> None:
    reader = store
    if backend == "sqlite":
        store.dispose()
        event.listen(store._engine, "connect", lambda connection, _record: connection.execute("PRAGMA query_only = ON"))
    else:
        reader = Store(f"{store.url}?options=-c%20default_transaction_read_only%3Don")
    with pytest.raises(DBAPIError) as caught:
        reader.check_write(1)
    reader.dispose()
    assert named(caught.value) == READ_ONLY


def test_writers_wait_for_each_other(store: Store) -> None:
    with store.write() as session:
        session.add(Mentor(id="m" * 32, revision=0))
    ready = threading.Barrier(6)

    def raise_revision(_number: int) -> None:
        ready.wait(10)
        for _ in range(5):
            with store.write() as session:
                mentor = session.get_one(Mentor, "m" * 32, with_for_update=True)
                mentor.revision += 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(raise_revision, range(6)))
    with store.read() as session:
        assert session.get_one(Mentor, "m" * 32).revision == 30


def test_every_text_of_the_world_is_stored(store: Store) -> None:
    name = "María-José O’Connor 李小龙 محمد 🙂 علی\u200cرضا"
    with store.write() as session:
        session.add(Account(id="a" * 32, email="maria@example.org", full_name=name))
    with store.read() as session:
        assert session.get_one(Account, "a" * 32).full_name == name


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)]
)
def test_sqlite_is_told_to_be_safe(tmp_path: Path, pragma: str, value: object) -> None:
    store = Store(f"sqlite:///{tmp_path / 'folder' / 'bot.db'}")
    with store.read() as session:
        assert session.scalar(text(f"PRAGMA {pragma}")) == value
    store.dispose()


def test_a_writer_takes_sqlites_lock_at_once_and_a_reader_does_not(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.upgrade()
    other = sqlite3.connect(tmp_path / "bot.db", timeout=0, isolation_level=None)
    with store.read() as session:
        session.scalars(select(Mentor)).all()
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    with store.write() as session:
        session.scalars(select(Mentor)).all()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    store.dispose()


@pytest.mark.parametrize("begun", [True, False])
def test_a_transaction_that_hangs_can_be_abandoned(store: Store, begun: bool) -> None:
    sessions: list[Session] = []
    is_open, go_on = threading.Event(), threading.Event()

    def hang() -> None:
        with store.write() as session:
            if begun:
                session.add(Mentor(id="h" * 32))
                session.flush()
            sessions.append(session)
            is_open.set()
            go_on.wait(30)
            session.add(Mentor(id="i" * 32))

    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(hang)
        assert is_open.wait(10)
        store.abandon(sessions[0])
        with store.write() as session:
            session.add(Mentor(id="o" * 32))
        go_on.set()
        with pytest.raises(DBAPIError):
            hanging.result(30)
    with store.write() as session:  # and it lets nobody else in a second time
        assert session.scalars(select(Mentor.id)).all() == ["o" * 32]


def test_a_statement_that_does_not_end_is_abandoned_with_its_transaction(store: Store) -> None:
    endless = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        "postgresql": "SELECT pg_sleep(60)",
    }
    sessions: list[Session] = []

    def hang() -> None:
        with store.write() as session:
            sessions.append(session)
            session.execute(text(endless[session.get_bind().dialect.name]))

    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(hang)
        while not sessions:
            time.sleep(0.01)
        time.sleep(0.1)
        store.abandon(sessions[0])
        with pytest.raises(DBAPIError):
            hanging.result(20)
    with store.write() as session:
        session.add(Mentor(id="o" * 32))


def test_writers_come_one_after_another(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.upgrade()
    inside: list[int] = []

    def write(number: int) -> None:
        with store.write() as session:
            inside.append(number)
            session.add(Mentor())
            session.flush()
            assert inside[-1] == number, "nobody else came in between"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(100)))
    store.dispose()


def test_writers_of_several_processes_come_one_after_another(tmp_path: Path) -> None:
    one, other = (Store(f"sqlite:///{tmp_path / 'bot.db'}", workers=2) for _ in range(2))
    one.upgrade()
    written: list[str] = []

    def write() -> None:
        with other.write() as session:
            session.add(Mentor())
            written.append("other")

    with ThreadPoolExecutor(1) as thread:
        with one.write() as session:
            session.add(Mentor())
            session.flush()
            writing = thread.submit(write)
            time.sleep(0.1)
            with pytest.raises(TimeoutError):
                other.check_write(0.1)
            assert written == []
        writing.result(5)
    other.check_write(1)
    for each in (one, other):
        with each.read() as session:
            assert session.scalar(select(func.count()).select_from(Mentor)) == 2
        each.dispose()


def test_a_writer_that_is_abandoned_lets_another_process_write(tmp_path: Path) -> None:
    one, other = (Store(f"sqlite:///{tmp_path / 'bot.db'}", workers=2) for _ in range(2))
    one.upgrade()

    def hangs() -> None:
        with one.write() as session:
            session.add(Mentor())
            session.flush()
            one.abandon(session)
            other.check_write(1)
            session.flush()

    with pytest.raises(DBAPIError):
        hangs()
    for each in (one, other):
        each.check_write(1)
        each.dispose()
