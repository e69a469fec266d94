"""The consent ledger in any order of what can be done to it, and then tampered with in any way."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text

from bot.registration.ledger import Anchor, Ledger, Verdict
from bot.security.vault import Purpose, Vault
from bot.storage import Consent, Store
from bot.storage.models import new_id
from tests.fuzz.profile import examples
from tests.store.postgresql import quick_folder
from tests.support.ledger import LEDGER, LEDGER_KEY, MASTER_KEY, entry, records, without_guards

COLUMNS = [column.name for column in Consent.__table__.columns]
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
#: Positions are drawn as numbers from here and taken modulo the length, so that an example shrinks well.
PLACE = st.integers(0, 60)
OWNERS = 3


@cache
def template() -> bytes:
    """A SQLite file with all tables."""
    with tempfile.TemporaryDirectory(dir=quick_folder()) as folder:
        store = Store(f"sqlite:///{folder}/bot.db")
        store.upgrade()
        store.checkpoint()
        store.dispose()
        return (Path(folder) / "bot.db").read_bytes()


def run(store: Store, *statements: str, **values: object) -> None:
    with store.write() as session:
        for statement in statements:
            session.execute(text(statement), values)


def verdict(ledger: Ledger, store: Store, *anchors: Anchor) -> Verdict:
    with store.read() as session:
        return ledger.verify(session, anchors)


class LedgerMachine(RuleBasedStateMachine):
    """Consents are recorded, mentors erased and anchors taken; every tampering is done to a copy and found there."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="mentor-fuzz-", dir=quick_folder()))
        path = self.folder / "bot.db"
        path.write_bytes(template())
        self.store = Store(f"sqlite:///{path}")
        self.vault = Vault([MASTER_KEY])
        self.ledger = Ledger(self.vault, LEDGER_KEY, self.folder / "ledger.head")
        #: Of each record, whose it is and what was said.
        self.said: list[tuple[str, str]] = []
        self.erased: set[str] = set()
        self.anchors: list[Anchor] = []
        self.mentors = [new_id() for _ in range(OWNERS)]

    def teardown(self) -> None:
        self.store.dispose()
        shutil.rmtree(self.folder)

    @initialize(number=st.integers(0, 6))
    def begins(self, number: int) -> None:
        for each in range(number):
            self.add(each, each, "agreed", f"yes {each}")

    @rule(
        who=st.integers(0, OWNERS - 1),
        item=PLACE,
        decision=st.sampled_from(["agreed", "refused", "unclear", "withdrawn"]),
        words=WORDS,
    )
    def add(self, who: int, item: int, decision: str, words: str) -> None:
        mentor_id = self.mentors[who % OWNERS]
        with self.store.write() as session:
            record = self.ledger.add(session, entry(item, mentor_id, decision, words))
            assert record.id == len(self.said) + 1
        self.said.append((mentor_id, words))

    @rule(who=st.integers(0, OWNERS - 1), words=WORDS)
    def add_and_roll_back(self, who: int, words: str) -> None:
        with self.store.read() as session:  # never commits
            self.ledger.add(session, entry(0, self.mentors[who], words=words))

    @rule(who=st.integers(0, OWNERS - 1))
    def erase(self, who: int) -> None:
        with self.store.write() as session:
            self.vault.destroy(session, self.mentors[who], Purpose.RECORD)
        self.erased.add(self.mentors[who])
        self.mentors[who] = new_id()  # who comes back after an erasure is somebody new

    @rule()
    def take_an_anchor(self) -> None:
        with self.store.read() as session:
            self.anchors.append(Anchor.parse(str(self.ledger.head(session))))

    @invariant()
    def it_is_whole_and_every_anchor_lies_on_it(self) -> None:
        found = verdict(self.ledger, self.store, *self.anchors)
        erased = sum(mentor_id in self.erased for mentor_id, _words in self.said)
        assert (found.problem, found.position) == ("", None)
        assert (found.records, found.erased, found.head.position) == (len(self.said), erased, len(self.said))

    @invariant()
    def only_what_is_not_erased_can_be_read(self) -> None:
        expected = [None if mentor_id in self.erased else words for mentor_id, words in self.said]
        with self.store.read() as session:
            assert [record.reply for record in records(session)] == expected  # type: ignore[attr-defined]

    @contextmanager
    def tampered(self) -> Iterator[Store]:
        """A copy of the database without its guards."""
        self.store.checkpoint()
        path = self.folder / "tampered.db"
        shutil.copy(self.folder / "bot.db", path)
        copy = Store(f"sqlite:///{path}")
        without_guards(copy)
        try:
            yield copy
        finally:
            copy.dispose()
            for each in self.folder.glob("tampered.db*"):
                each.unlink()

    def place(self, drawn: int) -> int:
        return drawn % len(self.said) + 1

    def assert_bad(self, store: Store, position: int) -> None:
        """Both the kept head and an anchor of the head have it found."""
        with self.store.read() as session:
            head = self.ledger.head(session)
        for found in (verdict(self.ledger, store), verdict(LEDGER, store, *self.anchors, head)):
            assert (found.position, bool(found.problem)) == (position, True)
            assert found.records == found.head.position == position - 1

    @precondition(lambda self: self.said)
    @rule(place=PLACE, column=st.sampled_from([name for name in COLUMNS if name != "id"]), at=PLACE)
    def change_a_column(self, place: int, column: str, at: int) -> None:
        position = self.place(place)
        if column == "contents" and self.said[position - 1][0] in self.erased:
            return  # what nobody can read any more is not covered by the chain
        with self.tampered() as copy:
            with copy.write() as session:
                record = session.get_one(Consent, position)
                setattr(record, column, changed(getattr(record, column), at))
            self.assert_bad(copy, position)

    @precondition(lambda self: self.said)
    @rule(place=PLACE)
    def delete(self, place: int) -> None:
        with self.tampered() as copy:
            run(copy, "DELETE FROM consents WHERE id = :one", one=self.place(place))
            self.assert_bad(copy, self.place(place))

    @precondition(lambda self: self.said)
    @rule(place=PLACE)
    def delete_and_close_the_gap(self, place: int) -> None:
        statements = ("DELETE FROM consents WHERE id = :one", "UPDATE consents SET id = -id WHERE id > :one")
        with self.tampered() as copy:
            run(copy, *statements, "UPDATE consents SET id = -id - 1 WHERE id < 0", one=self.place(place))
            self.assert_bad(copy, self.place(place))

    @precondition(lambda self: len(self.said) > 1)
    @rule(one=PLACE, step=PLACE)
    def swap(self, one: int, step: int) -> None:
        first = self.place(one)
        second = (first - 1 + 1 + step % (len(self.said) - 1)) % len(self.said) + 1
        with self.tampered() as copy:
            run(
                copy,
                "UPDATE consents SET id = -1 WHERE id = :one",
                "UPDATE consents SET id = :one WHERE id = :other",
                "UPDATE consents SET id = :other WHERE id = -1",
                one=first,
                other=second,
            )
            self.assert_bad(copy, min(first, second))

    @precondition(lambda self: len(self.said) > 1)
    @rule(one=PLACE, step=PLACE)
    def copy_over(self, one: int, step: int) -> None:
        target = self.place(one)
        source = (target - 1 + 1 + step % (len(self.said) - 1)) % len(self.said) + 1
        columns = ", ".join(":one" if name == "id" else name for name in COLUMNS)
        insert = f"INSERT INTO consents SELECT {columns} FROM consents WHERE id = :other"  # noqa: S608
        with self.tampered() as copy:
            run(copy, "DELETE FROM consents WHERE id = :one", insert, one=target, other=source)
            self.assert_bad(copy, target)

    @precondition(lambda self: self.said)
    @rule(place=PLACE)
    def cut(self, place: int) -> None:
        position = self.place(place)
        with self.tampered() as copy:
            run(copy, "DELETE FROM consents WHERE id >= :one", one=position)
            self.assert_bad(copy, position)
            # Without knowledge of what came after, a cut at the end cannot be seen.
            known = [anchor for anchor in self.anchors if anchor.position < position]
            assert verdict(LEDGER, copy, *known).problem == ""

    @precondition(lambda self: self.said)
    @rule(place=PLACE, more=st.integers(1, 4))
    def cut_and_go_on_with_the_key(self, place: int, more: int) -> None:
        position = self.place(place)
        with self.tampered() as copy:
            run(copy, "DELETE FROM consents WHERE id >= :one", one=position)
            with copy.write() as session:
                for each in range(more):
                    LEDGER.add(session, entry(each, new_id()))
            last = position + more - 1
            lost = [anchor.position for anchor in self.anchors if anchor.position >= position]
            found = verdict(LEDGER, copy, *self.anchors)
            assert found.position == (min([*lost, last + 1]) if lost else None)

    @precondition(lambda self: self.said)
    @rule(words=WORDS)
    def add_without_the_key(self, words: str) -> None:
        with self.tampered() as copy:
            with copy.write() as session:
                Ledger(self.vault, b"x" * 32).add(session, entry(0, self.mentors[0], words=words))
            self.assert_bad(copy, len(self.said) + 1)


def changed(value: object, at: int) -> object:
    """A value of the same type that is another one."""
    if isinstance(value, str):
        at %= len(value)
        return value[:at] + ("0" if value[at] != "0" else "1") + value[at + 1 :]
    if isinstance(value, bytes):
        at %= len(value)
        return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
    if isinstance(value, int):
        return value + 1 + at
    return value.replace(year=2001)  # type: ignore[attr-defined]


LedgerMachine.TestCase.settings = settings(
    examples(25), stateful_step_count=20, suppress_health_check=list(HealthCheck)
)
TestLedgerMachine = LedgerMachine.TestCase


@pytest.fixture
def ledger_of_three(tmp_path: Path) -> Iterator[Store]:
    """A database without guards, with three records of one mentor."""
    (tmp_path / "bot.db").write_bytes(template())
    store = Store(f"sqlite:///{tmp_path}/bot.db")
    with store.write() as session:
        for each in range(3):
            LEDGER.add(session, entry(each, "a" * 32))
    without_guards(store)
    yield store
    store.dispose()


#: Values of another kind than the column's, which SQLite takes all the same.
STRANGE = {
    "letters": "'é'",
    "text": "'x'",
    "bytes": "x'00ff'",
    "no UTF-8": "CAST(x'ff' AS TEXT)",
    "empty": "''",
    "number": "9e99",
}


@pytest.mark.parametrize("value", STRANGE)
def test_a_value_of_another_kind_is_a_bad_record_and_no_failure(ledger_of_three: Store, value: str) -> None:
    raised = {}
    for column in [name for name in COLUMNS if name != "id"]:
        keep = f"CREATE TABLE kept AS SELECT {column} AS kept FROM consents WHERE id = 2"  # noqa: S608
        change = f"UPDATE consents SET {column} = {STRANGE[value]} WHERE id = 2"  # noqa: S608
        run(ledger_of_three, keep, change)
        try:
            assert verdict(LEDGER, ledger_of_three).position == 2
        except Exception as error:  # noqa: BLE001
            raised[column] = type(error).__name__
        restore = f"UPDATE consents SET {column} = (SELECT kept FROM kept) WHERE id = 2"  # noqa: S608
        run(ledger_of_three, restore, "DROP TABLE kept")
    assert raised == {}


def test_an_anchor_kept_elsewhere_counts_beside_a_head_that_was_written_anew(
    ledger_of_three: Store, tmp_path: Path
) -> None:
    """Who has the keys and the data folder can write the end anew; the anchor kept elsewhere is against that."""
    with ledger_of_three.read() as session:
        kept_elsewhere = LEDGER.head(session)
    run(ledger_of_three, "DELETE FROM consents WHERE id = 3")
    thief = Ledger(Vault([MASTER_KEY]), LEDGER_KEY, tmp_path / "ledger.head")
    with ledger_of_three.write() as session:
        thief.add(session, entry(2, "a" * 32, "refused", "no"))
    assert verdict(thief, ledger_of_three, kept_elsewhere).position == 3


def test_every_anchor_counts_also_one_of_two_at_the_same_position(ledger_of_three: Store) -> None:
    with ledger_of_three.read() as session:
        true = LEDGER.head(session)
    false = Anchor(true.position, "f" * 64)
    assert verdict(LEDGER, ledger_of_three, true, false).position == true.position
    assert verdict(LEDGER, ledger_of_three, false, true).position == true.position
