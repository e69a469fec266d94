"""The consent ledger: the database refuses to change it, and whoever gets round that is found out."""

from __future__ import annotations

import base64
import hmac
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

import bot.registration.ledger as ledger_module
from bot.core.files import write_whole
from bot.core.settings import load_settings
from bot.registration.ledger import Anchor, Ledger, Verdict, _covered
from bot.runtime.container import build
from bot.security.vault import Purpose, Vault
from bot.storage import Consent, Mentor, Store
from bot.storage.models import new_id
from tests.support.ledger import (
    LEDGER,
    LEDGER_KEY,
    MASTER_KEY,
    TAMPERING,
    entry,
    filled,
    records,
    tamper,
    without_guards,
)

pytestmark = pytest.mark.postgresql_too

RECORDS = 12
KEYS_IN_SETTINGS = {"master_keys": MASTER_KEY, "ledger_key": LEDGER_KEY}
COLUMNS = [column.name for column in Consent.__table__.columns]


def verdict(store: Store, *anchors: Anchor, ledger: Ledger = LEDGER) -> Verdict:
    with store.read() as session:
        return ledger.verify(session, anchors)


def test_an_untouched_ledger_is_found_whole(store: Store) -> None:
    assert verdict(store) == Verdict(0, 0, Anchor(0, "0" * 64))
    assert verdict(store, Anchor(0, "0" * 64)).problem == "", "the head of an empty ledger is an anchor, too"
    head = filled(store, RECORDS)
    found = verdict(store, head)
    assert (found.records, found.erased, found.problem, found.position) == (RECORDS, 0, "", None)
    assert found.head == head == Anchor.parse(str(head))


def test_a_head_that_is_written_late_does_not_replace_a_later_one(store: Store, tmp_path: Path) -> None:
    ledger = Ledger(Vault([MASTER_KEY]), LEDGER_KEY, tmp_path / "ledger.head")
    head = filled(store, RECORDS, ledger)
    ledger._keep_head(Anchor(RECORDS - 1, "0" * 64))
    assert (tmp_path / "ledger.head").read_text() == f"{head}\n"


def test_a_code_is_what_it_was_when_the_first_records_were_written() -> None:
    fields = {"id": 7, "reply": "oui, d’accord", "shown_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "none": None}
    covered = '["%s",{"id":7,"none":null,"reply":"oui, d’accord","shown_at":"2026-01-02T03:04:05+00:00"}]' % ("0" * 64)
    expected = hmac.new(LEDGER_KEY, covered.encode(), "sha256").hexdigest()
    assert LEDGER._code(fields, "0" * 64) == expected
    elsewhere = fields | {"shown_at": datetime(2026, 1, 2, 4, 4, 5, tzinfo=timezone(timedelta(hours=1)))}
    assert LEDGER._code(elsewhere, "0" * 64) == expected


def test_what_was_said_can_be_read_back_and_lies_nowhere_in_plain(store: Store, tmp_path: Path) -> None:
    filled(store, RECORDS)
    with store.read() as session:
        assert [record.reply for record in records(session)] == [f"yes, {number} 🙂" for number in range(RECORDS)]
        rows = session.execute(select(Consent)).scalars()
        assert not any("yes, " in repr([getattr(row, name) for name in COLUMNS]) for row in rows)
    store.checkpoint()
    assert not any(b"yes, 1" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def copied(position: str) -> str:
    """The statement that adds a copy of a record at another position."""
    columns = ", ".join(position if name == "id" else name for name in COLUMNS)
    return f"INSERT INTO consents SELECT {columns} FROM consents WHERE id = 3"  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consents SET decision = 'refused' WHERE id = 3",
        "UPDATE consents SET contents = contents",
        "DELETE FROM consents WHERE id = 3",
        "DELETE FROM consents",
        "TRUNCATE consents",
        "TRUNCATE consents CASCADE",
        "REPLACE INTO consents SELECT * FROM consents WHERE id = 3",
        "INSERT OR REPLACE INTO consents SELECT * FROM consents",
        "UPDATE OR REPLACE consents SET id = 4 WHERE id = 3",
        "INSERT INTO consents SELECT * FROM consents WHERE id = 3 ON CONFLICT (id) DO UPDATE SET decision = 'refused'",
        copied("id + 100"),
        copied("0"),
    ],
)
def test_the_database_itself_refuses_whatever_is_no_new_record(store: Store, statement: str) -> None:
    head = filled(store, RECORDS)
    with pytest.raises(DatabaseError), store.write() as session:
        session.execute(text(statement))
    assert verdict(store, head).problem == ""
    with store.write() as session:
        LEDGER.add(session, entry(1))
    assert verdict(store, head).records == RECORDS + 1


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "id"])
def test_a_change_in_any_column_is_found(store: Store, column: str) -> None:
    head = filled(store, RECORDS)
    without_guards(store)
    with store.write() as session:
        record = session.get_one(Consent, 7)
        value = getattr(record, column)
        changed = {
            str: lambda: value[:-1] + ("0" if value[-1] != "0" else "1"),
            int: lambda: value + 1,
            bytes: lambda: value[:-1] + bytes([value[-1] ^ 1]),
        }.get(type(value), lambda: value.replace(year=2001))
        setattr(record, column, changed())
    found = verdict(store)
    assert found.position == 7
    assert found.problem
    assert verdict(store, head).position == 7


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(TAMPERING)),
    both=st.lists(st.integers(1, RECORDS), min_size=2, max_size=2, unique=True),
)
def test_what_is_deleted_inserted_or_moved_is_found(
    upgraded_file: Path, tmp_path: Path, kind: str, both: list[int]
) -> None:
    path = tmp_path / f"{new_id()}.db"
    path.write_bytes(upgraded_file.read_bytes())
    store = Store(f"sqlite:///{path}")
    head = filled(store, RECORDS)
    without_guards(store)
    expected = tamper(store, kind, *both)
    found = verdict(store, head)
    store.dispose()
    assert found.position == expected


def test_of_two_heads_that_are_written_at_once_the_later_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(Vault([MASTER_KEY]), LEDGER_KEY, tmp_path / "ledger.head")
    earlier, later = Anchor(1, "1" * 64), Anchor(2, "2" * 64)
    begun, go_on = threading.Event(), threading.Event()

    def write_slowly(path: Path, data: bytes) -> None:
        if data == f"{earlier}\n".encode():
            begun.set()
            go_on.wait(5)
        write_whole(path, data)

    monkeypatch.setattr("bot.registration.ledger.write_whole", write_slowly)
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(ledger._keep_head, earlier)
        assert begun.wait(5)
        quick = threads.submit(ledger._keep_head, later)
        wait([quick], 0.2)
        go_on.set()
        wait([slow, quick], 5)
    assert (tmp_path / "ledger.head").read_text() == f"{later}\n"


def test_a_cut_at_the_end_needs_an_anchor_and_the_kept_head_is_one(store: Store, tmp_path: Path) -> None:
    ledger = Ledger(Vault([MASTER_KEY]), LEDGER_KEY, tmp_path / "ledger.head")
    head = filled(store, RECORDS, ledger)
    assert (tmp_path / "ledger.head").read_text() == f"{head}\n"
    without_guards(store)
    with store.write() as session:
        session.execute(text("DELETE FROM consents WHERE id > 9"))
    assert verdict(store).problem == ""
    assert verdict(store, head).position == 10
    assert verdict(store, ledger=ledger).position == 10
    with store.write() as session:  # nor does it help to go on from there
        for number in range(8):
            LEDGER.add(session, entry(number))
    assert verdict(store, head).position == RECORDS


def test_a_rolled_back_record_is_no_head(store: Store, tmp_path: Path) -> None:
    ledger = Ledger(Vault([MASTER_KEY]), LEDGER_KEY, tmp_path / "ledger.head")
    head = filled(store, RECORDS, ledger)
    with store.read() as session:  # never commits
        ledger.add(session, entry(1))
    assert (tmp_path / "ledger.head").read_text() == f"{head}\n"
    assert verdict(store, ledger=ledger).problem == ""


def test_without_the_key_nobody_writes_a_record_that_fits(store: Store) -> None:
    filled(store, RECORDS)
    stranger = Ledger(Vault([MASTER_KEY]), b"x" * 32)
    with store.write() as session:
        stranger.add(session, entry(3))
    assert verdict(store).position == RECORDS + 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # PostgreSQL stores no such value
@pytest.mark.parametrize("bad", [1, 5, 7, RECORDS])
def test_a_record_that_cannot_be_read_is_found_in_its_place(
    store: Store, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    monkeypatch.setattr("bot.registration.ledger._AT_ONCE", 4)
    filled(store, RECORDS)
    with store.read() as session:
        before = session.get(Consent, bad - 1)
        head = Anchor(before.id, before.code) if before else Anchor(0, "0" * 64)
    without_guards(store)
    with store.write() as session:
        session.execute(text("UPDATE consents SET shown_at = 'yesterday' WHERE id = :bad"), {"bad": bad})
    assert verdict(store) == Verdict(bad - 1, 0, head, bad, "it cannot be read (ValueError)")


@pytest.mark.parametrize("invalidated", [True, False])
def test_a_database_that_is_gone_is_no_bad_record(
    store: Store, monkeypatch: pytest.MonkeyPatch, invalidated: bool
) -> None:
    head = filled(store, 2)
    read_all = ledger_module._in_order

    def breaks_off(session: Session) -> Generator[Consent]:
        yield from read_all(session)
        raise OperationalError("SELECT", {}, RuntimeError(), connection_invalidated=invalidated)

    monkeypatch.setattr(ledger_module, "_in_order", breaks_off)
    if invalidated:
        with pytest.raises(OperationalError):
            verdict(store)
    else:
        assert verdict(store) == Verdict(2, 0, head, 3, "it cannot be read (OperationalError)")


def test_erased_words_leave_the_chain_whole_and_cannot_be_read(store: Store) -> None:
    head = filled(store, RECORDS)
    with store.write() as session:
        Vault([MASTER_KEY]).destroy(session, "a" * 32, Purpose.RECORD)
    found = verdict(store, head)
    assert (found.problem, found.records, found.erased) == ("", RECORDS, RECORDS // 2)
    with store.read() as session:
        replies = [record.reply for record in records(session)]
    assert replies[::2] == [None] * (RECORDS // 2)
    assert None not in replies[1::2]


def test_a_change_is_found_where_the_words_are_erased(store: Store) -> None:
    head = filled(store, RECORDS)
    without_guards(store)
    with store.write() as session:
        Vault([MASTER_KEY]).destroy(session, "a" * 32, Purpose.RECORD)
        session.get_one(Consent, 7).commitment = "0" * 64
    assert verdict(store, head).position == 7


def test_a_record_of_another_course_of_the_ledger_is_found(store: Store) -> None:
    filled(store, RECORDS)
    without_guards(store)
    with store.read() as session:
        kept = {name: getattr(session.get_one(Consent, 10), name) for name in COLUMNS}
    with store.write() as session:
        session.execute(text("DELETE FROM consents WHERE id > 8"))
    filled(store, 4)
    assert verdict(store).problem == ""
    with store.write() as session:
        record = session.get_one(Consent, 10)
        for name, value in kept.items():
            setattr(record, name, value)
    assert verdict(store).position == 10


def test_words_that_were_sealed_in_place_of_others_are_found(store: Store) -> None:
    filled(store, RECORDS)
    without_guards(store)
    with store.write() as session:
        record = session.get_one(Consent, 5)
        words = b"s" * 32 + b'{"message_id": "4", "reply": "no", "turn_id": "4"}'
        record.contents = Vault([MASTER_KEY]).seal(session, record.mentor_id, Purpose.RECORD, "consent:5", words)
    found = verdict(store)
    assert (found.position, found.problem) == (5, "the mentor's words in it are not those that were recorded")


def test_the_same_words_have_another_commitment_each_time(store: Store) -> None:
    with store.write() as session:
        records = [LEDGER.add(session, entry(1)) for _each in range(2)]
        first, second = (session.get_one(Consent, record.id).commitment for record in records)
    assert first != second


def test_a_wording_that_is_not_the_one_of_its_digest_is_found(store: Store) -> None:
    filled(store, RECORDS)
    without_guards(store)
    with store.write() as session:  # even by one who has the ledger's key
        record, before = session.get_one(Consent, RECORDS), session.get_one(Consent, RECORDS - 1)
        record.wording += " Or not."
        record.code = LEDGER._code(_covered(record), before.code)
    found = verdict(store)
    assert (found.position, "SHA-256" in found.problem) == (RECORDS, True)


def test_records_of_two_transactions_at_once_form_one_chain(store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def add(number: int) -> None:
        with store.write() as session:
            LEDGER.add(session, entry(number, f"{number:032x}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    assert verdict(store).records == 24
    assert verdict(store).problem == ""


@pytest.mark.parametrize("written", ["", "1", "1:", ":" + "0" * 64, "1:xyz", "-1:" + "0" * 64, "1:" + "0" * 63])
def test_what_is_no_anchor_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is no anchor"):
        Anchor.parse(written)


def test_of_what_is_no_anchor_the_beginning_is_quoted() -> None:
    with pytest.raises(ValueError, match=f"^'{'x' * 80}' is no anchor"):
        Anchor.parse("x" * 100)


def test_a_mentor_can_be_deleted_and_the_ledger_stays(store: Store) -> None:
    with store.write() as session:
        session.add(Mentor(id="a" * 32))
    head = filled(store, RECORDS)
    with store.write() as session:
        session.delete(session.get_one(Mentor, "a" * 32))
    assert verdict(store, head).problem == ""


def test_a_damaged_head_is_said_and_written_anew_with_the_next_record(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger(Vault([MASTER_KEY]), LEDGER_KEY, tmp_path / "ledger.head")
    filled(store, RECORDS, ledger)
    (tmp_path / "ledger.head").write_text("")
    with pytest.raises(ValueError, match="is no anchor"):
        verdict(store, ledger=ledger)
    with store.write() as session:
        ledger.add(session, entry(1))
    assert "was damaged and has been rewritten" in caplog.text
    assert verdict(store, ledger=ledger).records == RECORDS + 1


def test_a_head_that_cannot_be_written_alerts_and_fails_no_record(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    head_file = tmp_path / "keys" / "ledger.head"
    ledger = Ledger(Vault([MASTER_KEY]), LEDGER_KEY, head_file)
    filled(store, RECORDS, ledger)
    assert "ALERT the newest head of the ledger cannot be written" in caplog.text
    assert verdict(store, ledger=ledger).records == RECORDS
    head_file.parent.mkdir()
    with store.write() as session:
        ledger.add(session, entry(RECORDS))
    with store.read() as session:
        assert head_file.read_text() == f"{ledger.head(session)}\n"


def test_the_head_has_a_folder_where_both_keys_are_in_the_settings(tmp_path: Path) -> None:
    """In a fresh data folder, of which nobody else makes ``keys/``."""
    keys = {name: base64.b64encode(key).decode() for name, key in KEYS_IN_SETTINGS.items()}
    services = build(load_settings(data_dir=tmp_path / "data", database_url="", **keys))
    head = filled(services.store, 1, services.ledger)
    assert (tmp_path / "data" / "keys" / "ledger.head").read_text() == f"{head}\n"
    assert (tmp_path / "data" / "keys").stat().st_mode & 0o777 == 0o700
    services.store.dispose()
