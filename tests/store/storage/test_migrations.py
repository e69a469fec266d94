"""Migrations: they make exactly the models' tables, may run again, and lose no consent."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest
import sqlalchemy
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, Integer, MetaData, Table, inspect, text
from sqlalchemy.engine import Connection

from bot.storage import Base, Mentor, Store
from bot.storage.database import MIGRATIONS
from bot.storage.models import utc_now

pytestmark = pytest.mark.postgresql_too


def with_connection(store: Store, work: Callable[[Config, Connection], None]) -> None:
    """Run one of Alembic's commands as `Store.upgrade` does."""
    engine = sqlalchemy.create_engine(store.url)
    try:
        with engine.connect() as connection:
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            work(config, connection)
            connection.commit()
    finally:
        engine.dispose()


def tables(store: Store) -> set[str]:
    engine = sqlalchemy.create_engine(store.url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names - {"alembic_version"}


def test_the_migrations_make_exactly_the_models_tables(store: Store) -> None:
    assert tables(store) == set(Base.metadata.tables)

    def compare(_config: Config, connection: Connection) -> None:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []

    with_connection(store, compare)


def test_alembic_itself_finds_no_operation_missing(store: Store) -> None:
    with_connection(store, lambda config, _connection: command.check(config))


def test_unique_and_foreign_keys_are_those_of_the_models(store: Store) -> None:
    engine = sqlalchemy.create_engine(store.url)
    inspector = inspect(engine)
    for name, table in Base.metadata.tables.items():
        unique = {
            tuple(sorted(each["column_names"]))
            for each in [
                *inspector.get_unique_constraints(name),
                *(i for i in inspector.get_indexes(name) if i["unique"]),
            ]
        }
        wanted = {
            tuple(sorted(column.name for column in each.columns))
            for each in table.constraints
            if isinstance(each, sqlalchemy.UniqueConstraint)
        } | {tuple(sorted(column.name for column in each.columns)) for each in table.indexes if each.unique}
        assert unique == wanted, name
        assert {each["referred_table"] for each in inspector.get_foreign_keys(name)} == {
            key.column.table.name for key in table.foreign_keys
        }, name
        nullable = {column["name"]: column["nullable"] for column in inspector.get_columns(name)}
        assert nullable == {column.name: column.nullable for column in table.columns}, name
    engine.dispose()


def test_an_upgrade_of_an_upgraded_database_changes_nothing(store: Store) -> None:
    with store.write() as session:
        session.add(Mentor(id="m" * 32))
    store.upgrade()
    with store.read() as session:
        assert session.get(Mentor, "m" * 32) is not None


def test_the_ledger_is_never_downgraded_away(store: Store) -> None:
    with pytest.raises(NotImplementedError, match="is kept"):
        with_connection(store, lambda config, _connection: command.downgrade(config, "base"))
    assert "consents" in tables(store), "though what came later may be gone"


def test_consents_from_before_the_ledger_are_not_thrown_away(empty_store: Store) -> None:
    with_connection(empty_store, lambda config, _connection: command.upgrade(config, "0001"))
    with empty_store.write() as session:
        mentors = Table("mentors", MetaData(), autoload_with=session.connection())
        row = {"id": "m" * 32, "created_at": _anything(DateTime()), "revision": 0}
        session.execute(mentors.insert().values(row))  # as the table was then
        columns = inspect(session.connection()).get_columns("consents")
        values = {each["name"]: _anything(each["type"]) for each in columns} | {"mentor_id": "m" * 32}
        session.execute(Table("consents", MetaData(), autoload_with=session.connection()).insert().values(values))
    with pytest.raises(RuntimeError, match="from before the ledger"):
        empty_store.upgrade()
    with empty_store.read() as session:
        assert session.execute(text("SELECT count(*) FROM consents")).scalar_one() == 1


@pytest.mark.parametrize(("provider", "needs"), [("checkr", True), ("manual", False), (None, False)])
def test_who_was_asked_for_the_place_before_it_was_noted_is_asked_still(
    empty_store: Store, provider: str | None, needs: bool
) -> None:
    with_connection(empty_store, lambda config, _connection: command.upgrade(config, "0006"))
    with empty_store.write() as session:
        mentors = Table("mentors", MetaData(), autoload_with=session.connection())
        row = {"id": "m" * 32, "created_at": _anything(DateTime()), "revision": 0, "check_provider": provider}
        session.execute(mentors.insert().values(row))
    empty_store.upgrade()
    with empty_store.read() as session:
        assert session.get_one(Mentor, "m" * 32).needs_place == needs


def _anything(kind: object) -> object:
    """A value that a column of this type takes."""
    if isinstance(kind, Integer):
        return 1
    return utc_now().replace(tzinfo=None) if isinstance(kind, DateTime) else "x"


def test_an_empty_database_is_upgraded_to_the_newest_version(empty_store: Store) -> None:
    assert tables(empty_store) == set()
    empty_store.upgrade()

    def at_head(config: Config, connection: Connection) -> None:
        script = ScriptDirectory.from_config(config)
        assert MigrationContext.configure(connection).get_current_heads() == tuple(script.get_heads())

    with_connection(empty_store, at_head)


#: One of several first starts: what it prints is read as its failure.
_FIRST_START = """
import sys
from bot.storage import Store
sys.stdin.readline()
Store(sys.argv[1]).upgrade()
"""


def test_first_starts_at_once_on_an_empty_database_all_succeed(empty_store: Store) -> None:
    command_line = [sys.executable, "-c", _FIRST_START, empty_store.url]
    pipe = subprocess.PIPE
    starts = [subprocess.Popen(command_line, stdin=pipe, stderr=pipe, text=True) for _ in range(3)]
    time.sleep(1)  # until all have imported what they need
    for each in starts:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    errors = [each.communicate(timeout=60)[1] for each in starts]
    assert [each.returncode for each in starts] == [0, 0, 0], errors
    assert tables(empty_store) == set(Base.metadata.tables)


def test_there_is_one_line_of_versions() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_the_newest_version_is_known_by_its_files_name(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*_: object) -> None:
        raise AssertionError("a migration was made")

    monkeypatch.setattr(command, "upgrade", made)
    store.upgrade()
    engine = sqlalchemy.create_engine(store.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    engine.dispose()
    with pytest.raises(AssertionError, match="was made"):
        store.upgrade()
