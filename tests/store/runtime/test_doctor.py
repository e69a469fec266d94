"""What `bot doctor` says of a database, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.core.settings import load_settings
from bot.runtime.container import build
from bot.runtime.doctor.database import database
from bot.runtime.doctor.finding import State
from bot.storage import Store
from bot.storage.models import utc_now
from tests.support.ledger import entry


def states(store: Store, folder: Path, **settings: str) -> dict[str, tuple[State, str]]:
    given = {"data_dir": folder, "database_url": store.url, "master_keys": "", "ledger_key": "", **settings}
    return {each.what: (each.state, each.sentence) for each in database(load_settings(**given))}


@pytest.mark.postgresql_too
def test_a_database_in_use(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = build(load_settings(data_dir=tmp_path, database_url=store.url, master_keys="", ledger_key=""))
    with services.store.write() as session:
        services.ledger.add(session, entry(0))
    services.store.dispose()
    found = states(store, tmp_path)
    assert {what: state for what, (state, _) in found.items()} == dict.fromkeys(
        ["database", "schema", "keys", "ledger", "clock", "waiting work"], State.OK
    )
    for seconds, state in [(5, State.WARNING), (3600, State.WRONG)]:
        earlier = timedelta(seconds=seconds)
        monkeypatch.setattr("bot.runtime.doctor.database.utc_now", lambda earlier=earlier: utc_now() - earlier)
        if store.url.startswith("postgresql"):
            assert states(store, tmp_path)["clock"][0] == state


@pytest.mark.postgresql_too
def test_an_empty_database(empty_store: Store, tmp_path: Path) -> None:
    with empty_store.read() as session:  # SQLite makes the file
        session.connection()
    assert states(empty_store, tmp_path)["database"] == (State.OK, "It is empty. The first start makes its tables.")


@pytest.mark.postgresql
def test_a_server_that_refuses(store: Store, backend: str, tmp_path: Path) -> None:
    if backend != "postgresql":
        pytest.skip("SQLite has no server")
    url = make_url(store.url).set(database="not_there", password="hush")
    state, said = states(store, tmp_path, database_url=url.render_as_string(hide_password=False))["database"]
    assert (state, said.startswith("The server refuses")) == (State.WRONG, True)
    assert "hush" not in said
