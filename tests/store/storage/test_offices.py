"""Of several services one does what one alone may do, and another one goes on when it is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy

from bot.storage import Store
from bot.storage.offices import Office, Work

pytestmark = pytest.mark.postgresql_too


def test_one_of_two_holds_an_office_until_it_resigns(store: Store, backend: str) -> None:
    one, other = Office(store, Work.CALENDAR), Office(store, Work.CALENDAR)
    another_work = Office(store, Work.TELEGRAM_POLLING)
    assert one.is_held()
    assert one.is_held()
    assert other.is_held() == (backend == "sqlite"), "a SQLite file has one service"
    assert another_work.is_held()
    one.resign()
    assert other.is_held()
    assert one.is_held() == (backend == "sqlite")
    for each in (one, other, another_work):
        each.resign()


def test_of_several_processes_with_one_sqlite_file_one_holds_an_office(tmp_path: Path) -> None:
    one, other = (Store(f"sqlite:///{tmp_path / 'bot.db'}", workers=2) for _ in range(2))
    first, second = Office(one, Work.CALENDAR), Office(other, Work.CALENDAR)
    another_work = Office(other, Work.TELEGRAM_POLLING)
    assert first.is_held()
    assert first.is_held()
    assert not second.is_held()
    assert another_work.is_held()
    first.resign()
    assert second.is_held()
    assert not first.is_held()
    for each in (first, second, another_work):
        each.resign()


def test_who_loses_the_connection_loses_the_office(store: Store, backend: str) -> None:
    if backend == "sqlite":
        pytest.skip("there is nobody else")
    one, other = Office(store, Work.CALENDAR), Office(store, Work.CALENDAR)
    assert one.is_held()
    engine = sqlalchemy.create_engine(store.url)
    with engine.connect() as connection:
        ends = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :number"
        connection.execute(sqlalchemy.text(ends), {"number": int(Work.CALENDAR)})
    engine.dispose()
    assert other.is_held()
    assert not one.is_held()
    other.resign()
    assert one.is_held()
    one.resign()
