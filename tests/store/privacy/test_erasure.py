"""Erasing a mentor: nothing of them is left in any file, others keep everything, and the ledger still holds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from bot.checks.progress import CheckProgress
from bot.checks.providers.base import ProviderError
from bot.checks.service import Status
from bot.messages.incoming import Incoming, Kind
from bot.messages.transcript import append
from bot.notifications import site_events
from bot.privacy import erasure as module
from bot.privacy.erasure import Erased, Erasure
from bot.privacy.retention import Retention
from bot.privacy.traces import Found, TraceSearch
from bot.registration.ledger import Ledger
from bot.security.vault import Purpose, Vault
from bot.storage import (
    Account,
    AuditRecord,
    Base,
    Check,
    Consent,
    Conversation,
    DataKey,
    Mail,
    Mentor,
    OutboxEntry,
    SealedValue,
    Store,
)
from bot.storage.models import OF_CONVERSATIONS, OF_MENTORS, utc_now
from tests.store.mentor import ChattingMentor, happened
from tests.support.answers import picture
from tests.support.ledger import LEDGER, LEDGER_KEY
from tests.support.progress import silent_progress
from tests.support.registrations import BORN

pytestmark = pytest.mark.postgresql_too

STORY = "I ran a bakery in Ushant for thirty years, and the lighthouse keeper taught me to bake."
#: Tables in which an erased mentor's id may stand: the ledger, the audit and the feed only add.
KEPT = ("consents", "audit", "outbox", "events")
#: Tables in which nothing of an erased mentor may be.
PERSONAL = [table for table in Base.metadata.sorted_tables if table.name not in KEPT]


@pytest.fixture
def erasure(store: Store, vault: Vault, mentor: ChattingMentor, data_dir: Path) -> Erasure:
    return Erasure(store, vault, LEDGER, mentor.photos, data_dir)


@pytest.fixture
def other(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    """Another mentor of the same bot."""
    with ChattingMentor(store, vault, data_dir, email="other@example.org") as chatting:
        yield chatting


def told(mentor: ChattingMentor) -> ChattingMentor:
    """A mentor who has told a story, a date of birth and a consent in own words."""
    mentor.comes_to("experience").says(STORY)
    mentor.comes_to("date_of_birth").says(f"{BORN.day} {BORN:%B} {BORN.year}")
    mentor.says("yes, I had one like it on my old boat")
    mentor.says("yes")
    assert mentor.question == "two_months"
    return mentor


def test_no_table_is_forgotten() -> None:
    """A new table belongs to a mentor or a conversation by its columns, or is put among the others by a person."""
    ours = {each.__tablename__ for each in (*OF_MENTORS, *OF_CONVERSATIONS)}
    by_their_own_means = {"mentors", "accounts", "data_keys"}
    of_nobody = {"consents", "events", "audit", "webhook_events", "staff", "staff_sessions", "funnel", "key_checks"}
    assert ours | by_their_own_means | of_nobody == set(Base.metadata.tables)
    assert not ours & (by_their_own_means | of_nobody)
    for table in Base.metadata.sorted_tables:
        referred = {key.column.table.name for key in table.foreign_keys}
        if referred & {"mentors", "conversations"} or {"mentor_id", "conversation_id"} & set(table.columns.keys()):
            assert table.name in ours | {"consents", "events"}, table.name
        if table.name in ours:
            names = {"mentors"} if "mentor_id" in table.columns else {"conversations"}
            assert referred <= names, f"{table.name} refers to what may be deleted before it"


@pytest.fixture
def heard() -> list[str]:
    """The mentors who were notified that their check has ended."""
    return []


@pytest.fixture
def retention(store: Store, vault: Vault, erasure: Erasure, heard: list[str]) -> Retention:
    return Retention(store, erasure, CheckProgress(vault, lambda _session, check: heard.append(check.mentor_id)))


def run(retention: Retention) -> tuple[list[Erased], list[str]]:
    """Erase what is over its deadline of 30 days for drafts and 90 for checks."""
    return retention.run(timedelta(days=30), timedelta(days=90))


def everything(store: Store) -> str:
    with store.read() as session:
        return repr([tuple(row) for table in PERSONAL for row in session.execute(select(table))])


def test_nothing_of_an_erased_mentor_is_left_anywhere(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, erasure: Erasure, tmp_path: Path
) -> None:
    mentor_id = told(mentor).mentor_id
    other.comes_to("reasons").says("I like to teach people how to weld")
    with store.read() as session:
        head = LEDGER.head(session)
        keys = session.scalars(select(DataKey.wrapped).where(DataKey.owner_id == mentor_id)).all()
    assert len(keys) == 2
    result = erasure.erase_and_search(mentor_id, "tester")
    assert result.found == []
    assert result.traces >= 4
    assert result.rows["mentors"] == result.rows["conversations"] == 1
    assert STORY not in everything(store)
    assert mentor_id not in everything(store)
    assert mentor.conversation_id not in everything(store)
    for path in tmp_path.rglob("*"):  # the database's files among them, if it has any
        if path.is_file():
            data = path.read_bytes()
            assert STORY.encode() not in data, path
            assert not any(key in data for key in keys), path
    with store.read() as session:
        verdict = LEDGER.verify(session, [head])
        assert (verdict.problem, verdict.records > 0, verdict.erased) == ("", True, verdict.records)
        record = session.scalars(select(Consent)).first()
        assert record is not None
        assert LEDGER.contents(session, record) is None
        assert session.scalars(select(AuditRecord.subject_id)).all() == [mentor_id]
    assert other.says("repeat")
    assert other.question == "experience"


def test_the_photo_and_the_account_go_too_unless_another_mentor_has_the_account(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, erasure: Erasure
) -> None:
    mentor.comes_to("review")
    mentor.says("submit")
    other.comes_to("review")
    other.says("submit")
    with store.write() as session:
        shared = session.get_one(Mentor, mentor.mentor_id).account_id
        theirs = session.get_one(Mentor, other.mentor_id)
        account = session.get_one(Account, theirs.account_id)
        theirs.account_id = shared
        session.flush()
        session.delete(account)
    assert erasure.erase_and_search(mentor.mentor_id, "tester").found == []
    with store.read() as session:
        assert shared in session.scalars(select(Account.id)).all()
        assert session.scalars(select(func.count()).select_from(Check)).one() == 1
    assert erasure.erase_and_search(other.mentor_id, "tester").found == []
    with store.read() as session:
        assert session.scalars(select(Account.id)).all() == []
        assert {*session.scalars(select(OutboxEntry.kind))} == {site_events.POST}, "in which nothing is theirs"


def test_a_mentor_who_asks_for_it_is_erased_once_the_provider_has_deleted_them(
    mentor: ChattingMentor, store: Store, erasure: Erasure, caplog: pytest.LogCaptureFixture
) -> None:
    mentor_id = mentor.comes_to("review").mentor_id
    mentor.says("submit")
    cancelled: list[tuple[str, bool]] = []

    def cancel(check_id: str) -> None:
        with store.read() as session:
            cancelled.append((check_id, session.get(Mentor, mentor_id) is not None))

    with store.read() as session:
        check_ids = list(session.scalars(select(Check.id)))
    erasure.delete_account(mentor_id, cancel)
    assert cancelled == [(check_id, True) for check_id in check_ids]
    assert "ALERT" not in caplog.text
    assert mentor_id not in everything(store)
    assert happened(store, mentor_id) == ["mentor.submitted", "mentor.deleted"]
    with store.read() as session:
        assert session.scalars(select(AuditRecord.actor).where(AuditRecord.action == "erase")).all() == ["mentor"]
    erasure.delete_account(mentor_id, cancel)
    assert len(cancelled) == 1, "who is erased is not erased again"
    assert happened(store, mentor_id).count("mentor.deleted") == 1


def test_nobody_is_erased_while_the_provider_still_has_their_data(
    mentor: ChattingMentor, store: Store, erasure: Erasure
) -> None:
    mentor_id = mentor.comes_to("review").mentor_id
    mentor.says("submit")
    before = everything(store)

    def refuses(_check_id: str) -> None:
        raise ProviderError("busy")

    with pytest.raises(ProviderError):
        erasure.delete_account(mentor_id, refuses)
    assert everything(store) == before


def test_a_log_of_sqlite_that_still_holds_what_was_deleted_raises_an_alert(
    mentor: ChattingMentor, erasure: Erasure, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "_CHECKPOINT_WAIT", 0)
    monkeypatch.setattr(Store, "checkpoint", lambda _store: False)
    erasure.delete_account(mentor.mentor_id, lambda _check_id: None)
    assert "ALERT deleted data is still in SQLite's write-ahead log" in caplog.text


def test_who_asks_for_it_is_erased_without_a_search_that_grows_with_the_others(
    mentor: ChattingMentor, store: Store, erasure: Erasure, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentor_id = told(mentor).mentor_id
    for name in ("traces_of", "find", "without_others"):
        monkeypatch.delattr(TraceSearch, name)
    erasure.delete_account(mentor_id, lambda _check_id: None)
    assert mentor_id not in everything(store)


def test_what_another_mentor_said_or_was_shown_is_no_trace(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, erasure: Erasure, data_dir: Path
) -> None:
    told(mentor)
    shown, own = "The keeper of the lighthouse", "tell me about the lighthouse at Ushant"
    for text in (shown, own):
        mentor.says(text)
    other.comes_to("experience").says(STORY)
    with store.write() as session:
        button = {"kind": "say", "text": "Who was it?", "buttons": [{"label": shown}]}
        append(session, other.conversation_id, None, [button])
    (data_dir / "left.txt").write_text(f"{STORY} {shown} {own}")
    found = erasure.erase_and_search(mentor.mentor_id, "tester").found
    assert [each for each in found if each.file == str(data_dir / "left.txt")] == [
        Found(str(data_dir / "left.txt"), "transcript")
    ]
    assert [each.value.decode() for each in found if each.file == str(data_dir / "left.txt")] == [own]


def test_who_was_erased_is_no_longer_anybodys_other_registration(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, erasure: Erasure
) -> None:
    other.comes_to("photo")
    with store.write() as session:
        session.get_one(Mentor, other.mentor_id).other_id = mentor.mentor_id
    assert other.question == "join"
    erasure.erase(mentor.mentor_id, "tester")
    assert other.question == "photo"


def test_the_files_of_a_photo_go_and_a_copy_that_is_left_is_found(
    mentor: ChattingMentor, other: ChattingMentor, erasure: Erasure, data_dir: Path
) -> None:
    other.comes_to("photo").sends(picture(300, 300))
    others = set((data_dir / "photos").iterdir())
    mentor.comes_to("photo").sends(picture(400, 300, quality=70))
    full, square = sorted(set((data_dir / "photos").iterdir()) - others, key=lambda path: "square" in path.name)
    copies = [data_dir / "left.jpg", data_dir / "left.bin"]
    for path, copy in zip((full, square), copies, strict=True):
        copy.write_bytes(path.read_bytes())
    found = erasure.erase_and_search(mentor.mentor_id, "tester").found
    assert set((data_dir / "photos").iterdir()) == others
    assert {each.file for each in found if each.what == "photo"} == {str(each) for each in copies}


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("experience", STORY),
        ("date_of_birth", BORN.isoformat()),
        ("two_months", "yes, as long as the tide is out"),
        ("transcript", "tell me about the lighthouse at Ushant"),
    ],
)
def test_everything_that_the_mentor_gave_is_searched_for(
    mentor: ChattingMentor, erasure: Erasure, data_dir: Path, what: str, words: str
) -> None:
    told(mentor).says("yes, as long as the tide is out")
    mentor.says("tell me about the lighthouse at Ushant")
    (data_dir / "left.txt").write_text(f"… {words} …")
    assert Found(str(data_dir / "left.txt"), what) in erasure.erase_and_search(mentor.mentor_id, "tester").found


def test_a_trace_that_is_left_is_found_wherever_it_lies(erasure: Erasure, data_dir: Path) -> None:
    words = "Zoë’s “lighthouse”"
    for name, data in {
        "plain.log": f"… {words} …".encode(),
        "folder/escaped.json": rb"{\"text\": \"Zo\u00eb\u2019s \u201clighthouse\u201d\"}".replace(rb"\"", b'"'),
        "old.db-wal": words.encode(),
        "photos/left.jpg": b"\xff\xd8" + words.encode(),
        "over-the-edge.bin": b"x" * ((1 << 20) - 5) + words.encode() + b"y" * 100,
        "none.txt": b"lighthouse",
    }.items():
        path = data_dir / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    files, found = erasure.search.find([("line 1", words.encode()), ("photo", b"\xff\xd8\x00nowhere")])
    assert files >= 4
    expected = ["folder/escaped.json", "old.db-wal", "over-the-edge.bin", "photos/left.jpg", "plain.log"]
    assert found == [Found(str(data_dir / each), "line 1") for each in expected]


def test_what_is_left_for_too_long_is_erased_and_nothing_else(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, retention: Retention
) -> None:
    mentor_id = told(mentor).mentor_id
    other.comes_to("reasons")
    with store.write() as session:
        session.get_one(Conversation, mentor.conversation_id).last_seen_at -= timedelta(days=31)
        session.get_one(Conversation, other.conversation_id).last_seen_at -= timedelta(days=29)
    erased, late = run(retention)
    assert ([each.mentor_id for each in erased], late) == ([mentor_id], [])
    assert run(retention) == ([], [])
    assert other.question == "reasons"


@pytest.mark.parametrize("began", [True, False])
def test_the_site_is_told_of_every_erasure_of_whom_it_was_told_before(
    mentor: ChattingMentor, store: Store, retention: Retention, began: bool
) -> None:
    mentor_id = mentor.mentor_id
    if began:
        mentor.comes_to("review").says("submit")
        mentor.says("change my background check permission")
        mentor.says("yes")
        mentor.says("start over")
        mentor.says("yes")
        assert mentor.question == "account"
    before = happened(store, mentor_id)
    assert before == (["mentor.submitted", "mentor.withdrawn"] if began else [])
    with store.write() as session:
        session.get_one(Conversation, mentor.conversation_id).last_seen_at -= timedelta(days=31)
    assert [each.mentor_id for each in run(retention)[0]] == [mentor_id]
    assert happened(store, mentor_id) == [*before, *(["mentor.deleted"] if began else [])]


def test_a_check_that_never_ends_is_ended_with_the_date_of_birth(
    mentor: ChattingMentor, store: Store, vault: Vault, retention: Retention, heard: list[str], tmp_path: Path
) -> None:
    mentor.comes_to("review")
    mentor.says("submit")
    assert run(retention) == ([], [])
    with store.write() as session:
        session.scalars(select(Check)).one().created_at -= timedelta(days=91)
        sealed = session.scalars(select(SealedValue.ciphertext)).one()
        session.get_one(Conversation, mentor.conversation_id).last_seen_at -= timedelta(days=400)
    erased, late = run(retention)
    assert (erased, len(late)) == ([], 1)
    assert heard == [mentor.mentor_id]
    with store.read() as session:
        check = session.scalars(select(Check)).one()
        assert check.status == Status.EXPIRED
        assert check.decided_at is not None
        assert check.decided_at <= utc_now()
        assert not vault.has_key(session, mentor.mentor_id, Purpose.CHECK)
        audited = session.scalars(select(AuditRecord)).all()
        assert [(each.actor, each.action, each.subject_id) for each in audited] == [
            ("retention", "expire check", check.id)
        ]
    assert str(BORN) not in everything(store)
    assert not any(sealed in path.read_bytes() for path in tmp_path.glob("bot.db*"))
    assert "not finished in time" in mentor.says("status")
    assert run(retention) == ([], [])
    assert len(heard) == 1


@pytest.mark.parametrize("found_before", [True, False], ids=["meanwhile", "before"])
@pytest.mark.parametrize("status", [Status.PRE_ADVERSE, Status.CLEAR])
def test_what_a_person_decided_is_not_ended_by_a_deadline(
    mentor: ChattingMentor,
    store: Store,
    vault: Vault,
    retention: Retention,
    monkeypatch: pytest.MonkeyPatch,
    status: Status,
    *,
    found_before: bool,
) -> None:
    mentor.comes_to("review").says("submit")
    with store.write() as session:
        check = session.scalars(select(Check)).one()
        check.created_at -= timedelta(days=91)
        assert silent_progress(vault).advance(session, check, status, by_person=True)
        check_id = check.id
    if found_before:
        monkeypatch.setattr(retention, "overdue", lambda _drafts, _checks: ([], [check_id, "f" * 32]))
    before = everything(store)
    erased, late = run(retention)
    assert (erased, late) == ([], [check_id, "f" * 32] if found_before else [])
    assert everything(store) == before
    with store.read() as session:
        assert session.scalars(select(AuditRecord)).all() == []


def test_a_letter_that_lies_as_a_file_goes_too(mentor: ChattingMentor, erasure: Erasure, data_dir: Path) -> None:
    mentor.comes_to("email").says(mentor.email)
    with mentor.store.read() as session:
        [mail_id] = session.scalars(select(Mail.id))
    (data_dir / "mail").mkdir()
    own, others = data_dir / "mail" / f"{mail_id}.eml", data_dir / "mail" / f"{'f' * 32}.eml"
    for path in (own, others):
        path.write_text("a letter")
    erasure.erase(mentor.mentor_id, "tester")
    assert (own.exists(), others.exists()) == (False, True)


def test_the_same_picture_of_another_mentor_is_no_trace(
    mentor: ChattingMentor, other: ChattingMentor, erasure: Erasure, data_dir: Path
) -> None:
    for each in (mentor, other):
        each.comes_to("photo").sends(picture(300, 300))
    assert len(list((data_dir / "photos").iterdir())) == 4
    erased = erasure.erase_and_search(mentor.mentor_id, "tester")
    assert (erased.found, erased.files > 0) == ([], True)
    assert len(list((data_dir / "photos").iterdir())) == 2


def test_who_is_erased_by_somebody_else_meanwhile_is_no_failure(
    mentor: ChattingMentor, erasure: Erasure, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    mentor_id = mentor.comes_to("review").mentor_id
    mentor.says("submit")
    erasure.delete_account(mentor_id, lambda _check_id: erasure.erase(mentor_id, "tester"))
    with store.read() as session:
        assert session.scalars(select(AuditRecord.actor)).all() == ["tester"]
    assert "ALERT" not in caplog.text


def test_to_erase_nobody_is_an_error_and_changes_nothing(erasure: Erasure, store: Store) -> None:
    before = everything(store)
    with pytest.raises(NoResultFound):
        erasure.erase("f" * 32, "tester")
    assert everything(store) == before


def test_who_came_back_meanwhile_is_not_erased(
    mentor: ChattingMentor, store: Store, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(mentor)
    monkeypatch.setattr(retention, "overdue", lambda _drafts, _checks: ([mentor.mentor_id, "f" * 32], []))
    assert run(retention) == ([], [])
    assert mentor.question == "two_months"


def test_a_mentor_whose_values_cannot_be_opened_can_be_erased(
    mentor: ChattingMentor, store: Store, data_dir: Path
) -> None:
    mentor_id = told(mentor).mentor_id
    stranger = Vault([b"x" * 32])
    erasure = Erasure(store, stranger, Ledger(stranger, LEDGER_KEY), mentor.photos, data_dir)
    assert erasure.erase_and_search(mentor_id, "tester").found == []
    assert STORY not in everything(store)


def test_an_upload_that_waits_goes_too(mentor: ChattingMentor, erasure: Erasure, data_dir: Path) -> None:
    mentor.comes_to("photo")
    mentor.photos.keep_upload("waits", b"picture", b"k" * 32)
    mentor.leaves(Incoming(Kind.PHOTO, upload="waits", upload_key=(b"k" * 32).hex()))
    mentor_id = mentor.mentor_id
    assert erasure.erase_and_search(mentor_id, "tester").found == []
    assert list((data_dir / "uploads").iterdir()) == []


#: Opens a SQLite file, reads from it and closes it.
READ = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
print(database.execute("SELECT count(*) FROM mentors").fetchone()[0])
database.close()
"""


def test_who_reads_the_database_after_a_search_sees_all_and_takes_nothing(
    mentor: ChattingMentor, store: Store, vault: Vault, tmp_path: Path
) -> None:
    """Closing a file takes SQLite's locks from the process; the next reader would delete the log that is written."""
    if not store.url.startswith("sqlite"):
        pytest.skip("about the files of SQLite")
    command = [sys.executable, "-c", READ, store.url.removeprefix("sqlite:///")]

    def read_elsewhere() -> int:
        return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

    # Of the folder where the database lies.
    searched = Erasure(store, vault, LEDGER, mentor.photos, tmp_path)
    before = read_elsewhere()
    searched.search.find([("anything", b"nowhere to be found")])
    assert read_elsewhere() == before
    for number in range(1, 4):
        with store.write() as session:
            session.add(Mentor())
        assert read_elsewhere() == before + number
