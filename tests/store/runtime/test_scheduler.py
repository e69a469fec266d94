"""What is done by the calendar: notices carried out, deadlines kept, and a failure that stops nothing else."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from bot.accounts.opener import OPEN, AccountOpener, queue_opening
from bot.checks.notifier import StatusNotifier
from bot.checks.progress import CheckProgress
from bot.checks.service import CHECK_FORGET, Status, decide
from bot.core.organisation import ORGANISATION
from bot.core.settings import Settings
from bot.jobs.outbox import Outbox
from bot.notifications.notify import DELIVER
from bot.privacy.erasure import ERASED, Erasure
from bot.privacy.retention import Retention
from bot.privacy.rewriting import TABLES, Rewriting
from bot.runtime import scheduler as module
from bot.runtime.scheduler import Scheduler
from bot.security.vault import Vault
from bot.storage import Account, AuditRecord, Check, Conversation, EmailCode, Mentor, OutboxEntry, SealedValue, Store
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor, happened, queued, snapshot
from tests.support.ledger import LEDGER

pytestmark = pytest.mark.postgresql_too

ADVERSE_DAYS, DRAFT_DAYS, CHECK_DAYS = 7, 30, 90


@pytest.fixture
def mentor(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    """A mentor who has submitted."""
    with ChattingMentor(store, vault, data_dir) as chatting:
        chatting.comes_to("review").says("submit")
        yield chatting


@pytest.fixture
def scheduler(mentor: ChattingMentor, data_dir: Path) -> Scheduler:
    return scheduler_of(mentor, data_dir)


def scheduler_of(mentor: ChattingMentor, data_dir: Path, *reconcile: Callable[[], int]) -> Scheduler:
    settings = Settings(
        _env_file=None, adverse_days=ADVERSE_DAYS, draft_days=DRAFT_DAYS, check_days=CHECK_DAYS, data_dir=data_dir
    )  # type: ignore[call-arg]
    store, vault = mentor.store, mentor.vault
    erasure = Erasure(store, vault, LEDGER, mentor.photos, data_dir)
    notifier = StatusNotifier(vault, settings.contact_email, ADVERSE_DAYS)
    progress = CheckProgress(vault, notifier.notify_status_change)
    return Scheduler(settings, store, vault, Retention(store, erasure, progress), progress, reconcile)


def is_told(mentor: ChattingMentor, *, days_ago: float) -> None:
    """Have a person decide against the mentor, so long ago."""
    with mentor.store.write() as session:
        check = decide(session, mentor.vault, session.scalars(select(Check.id)).one(), "decline")
        assert check.notice_at is not None
        check.notice_at -= timedelta(days=days_ago)


def check_in(store: Store) -> Check:
    with store.read() as session:
        return session.scalars(select(Check)).one()


@pytest.mark.parametrize(("days_ago", "is_over"), [(0, False), (6.9, False), (7.1, True), (400, True)])
def test_a_notice_is_carried_out_once_the_time_to_object_is_over(
    mentor: ChattingMentor, store: Store, scheduler: Scheduler, days_ago: float, is_over: bool
) -> None:
    is_told(mentor, days_ago=days_ago)
    assert scheduler.carry_out_notices() == int(is_over)
    check = check_in(store)
    assert check.status == (Status.DECLINED if is_over else Status.PRE_ADVERSE)
    assert (check.decided_at is not None) == is_over
    with store.read() as session:
        assert (session.scalars(select(SealedValue)).all() == []) == is_over, "the date of birth stays until the end"
    assert happened(store, mentor.mentor_id) == ["mentor.submitted", *(["mentor.declined"] if is_over else [])]
    subjects = [letter["subject"] for letter in mentor.told_by_letter()]
    assert subjects == [f"About your {ORGANISATION.name} registration"] * is_over
    assert len(queued(store, DELIVER)) == int(is_over)
    assert scheduler.carry_out_notices() == 0


def test_the_date_of_birth_of_who_is_declined_leaves_sqlites_files(
    mentor: ChattingMentor, store: Store, scheduler: Scheduler, backend: str, tmp_path: Path
) -> None:
    with store.read() as session:
        sealed = session.scalars(select(SealedValue.ciphertext)).one()
    is_told(mentor, days_ago=8)
    scheduler.carry_out_notices()
    assert repr(sealed) not in repr(snapshot(store))
    if backend == "sqlite":
        assert not any(sealed in path.read_bytes() for path in tmp_path.glob("bot.db*"))


def test_who_was_cleared_after_the_notice_is_not_declined(
    mentor: ChattingMentor, store: Store, vault: Vault, scheduler: Scheduler
) -> None:
    is_told(mentor, days_ago=8)
    with store.write() as session:
        decide(session, vault, session.scalars(select(Check.id)).one(), "clear")
    assert scheduler.carry_out_notices() == 0
    assert check_in(store).status == Status.CLEAR


def test_who_deletes_the_account_after_the_notice_is_not_declined(
    mentor: ChattingMentor, store: Store, scheduler: Scheduler
) -> None:
    is_told(mentor, days_ago=8)
    mentor.says("delete my account")
    mentor.says("yes")
    assert scheduler.carry_out_notices() == 0
    assert check_in(store).status == Status.WITHDRAWN


def test_a_provider_forgets_who_is_declined(mentor: ChattingMentor, store: Store, scheduler: Scheduler) -> None:
    with store.write() as session:
        session.scalars(select(Check)).one().called_at = utc_now()
    is_told(mentor, days_ago=8)
    assert scheduler.carry_out_notices() == 1
    assert queued(store, CHECK_FORGET) == [(CHECK_FORGET, check_in(store).id)]


@pytest.mark.parametrize("called", [True, False])
def test_a_check_over_its_deadline_is_ended_and_the_mentor_is_told(
    mentor: ChattingMentor, store: Store, scheduler: Scheduler, called: bool
) -> None:
    assert scheduler.erase_overdue() == 0
    with store.write() as session:
        check = session.scalars(select(Check)).one()
        check.created_at -= timedelta(days=CHECK_DAYS + 1)
        check.called_at = utc_now() if called else None
    assert scheduler.erase_overdue() == 1
    assert check_in(store).status == Status.EXPIRED
    assert [letter["subject"] for letter in mentor.told_by_letter()] == ["Your background check has ended"]
    assert "was not finished in time" in str(mentor.messages()[-1]["text"])
    assert len(queued(store, CHECK_FORGET)) == int(called)
    assert scheduler.erase_overdue() == 0
    assert len(mentor.told_by_letter()) == 1


def test_a_draft_over_its_deadline_is_erased(
    mentor: ChattingMentor,
    store: Store,
    vault: Vault,
    scheduler: Scheduler,
    data_dir: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ChattingMentor(store, vault, data_dir, email="other@example.org") as other:
        draft_id = other.comes_to("expertise").mentor_id
        with store.write() as session:
            session.get_one(Conversation, other.conversation_id).last_seen_at -= timedelta(days=DRAFT_DAYS + 1)
            session.get_one(Conversation, mentor.conversation_id).last_seen_at -= timedelta(days=400)
        with caplog.at_level("INFO"):
            assert scheduler.erase_overdue() == 1
        with store.read() as session:
            assert session.get(Mentor, draft_id) is None
            assert session.get(Mentor, mentor.mentor_id) is not None
    assert "1 drafts were erased and 0 checks ended by their deadlines" in caplog.text
    assert "ALERT" not in caplog.text


def test_a_registration_that_is_a_draft_again_is_erased_with_its_ended_check(
    mentor: ChattingMentor, store: Store, scheduler: Scheduler
) -> None:
    mentor_id = mentor.mentor_id
    mentor.says("change my background check permission")
    mentor.says("yes")
    with store.write() as session:
        session.get_one(Conversation, mentor.conversation_id).last_seen_at -= timedelta(days=DRAFT_DAYS + 1)
    assert scheduler.erase_overdue() == 1
    with store.read() as session:
        assert session.get(Mentor, mentor_id) is None
        assert session.scalars(select(Check)).all() == []


def test_the_tables_are_rewritten_after_an_erasure_and_only_then(
    mentor: ChattingMentor, store: Store, scheduler: Scheduler, backend: str
) -> None:
    assert scheduler.rewrite_tables() == 0
    with store.write() as session:
        record = AuditRecord(actor="mentor", action=ERASED, subject_id="f" * 32, at=utc_now() - timedelta(days=1))
        session.add(record)
    if backend == "sqlite":
        several = Store(store.url, workers=2)
        assert Rewriting(several).run("tester") == 0, "nor where several processes share the file"
        several.dispose()
    assert scheduler.rewrite_tables() == (len(TABLES) if backend == "postgresql" else 0)
    assert scheduler.rewrite_tables() == 0


def test_old_codes_are_forgotten(mentor: ChattingMentor, store: Store, scheduler: Scheduler) -> None:
    mentor.says("change my e-mail")
    mentor.says("maria.new@example.org")
    assert scheduler.delete_old_codes() == 0
    with store.write() as session:
        session.scalars(select(EmailCode)).one().created_at -= timedelta(days=2)
    assert scheduler.delete_old_codes() == 1
    with store.read() as session:
        assert session.scalars(select(EmailCode)).all() == []


def test_letters_kept_as_files_are_deleted_after_thirty_days(scheduler: Scheduler, data_dir: Path) -> None:
    assert scheduler.delete_old_emails() == 0, "there may be no folder yet"
    (data_dir / "mail").mkdir()
    for name, days in (("old.eml", 30.1), ("new.eml", 29.9), ("half.eml.0123", 30.1)):
        (data_dir / "mail" / name).write_bytes(b"To: maria@example.org")
        written = (utc_now() - timedelta(days=days)).timestamp()
        os.utime(data_dir / "mail" / name, (written, written))
    assert scheduler.delete_old_emails() == 1
    assert sorted(path.name for path in (data_dir / "mail").iterdir()) == ["half.eml.0123", "new.eml"]


def test_work_that_was_done_is_forgotten_after_thirty_days_and_nothing_else(
    mentor: ChattingMentor, store: Store, scheduler: Scheduler
) -> None:
    now = utc_now()
    with store.write() as session:
        session.execute(delete(OutboxEntry))
        long_ago = {"created_at": now - timedelta(days=99), "next_attempt_at": now - timedelta(days=99)}
        session.add_all(
            [
                OutboxEntry(kind="k", subject_id="done", done_at=now - timedelta(days=30.1), **long_ago),
                OutboxEntry(kind="k", subject_id="done lately", done_at=now - timedelta(days=29.9), **long_ago),
                OutboxEntry(kind="k", subject_id="waits", **long_ago),
                OutboxEntry(kind="k", subject_id="given up", failed_at=now - timedelta(days=60), **long_ago),
            ]
        )
    assert scheduler.delete_done_work() == 1
    assert [subject for _kind, subject in queued(store, "k")] == ["done lately", "waits", "given up"]


def test_an_account_that_was_opened_is_not_opened_again_once_that_is_forgotten(
    mentor: ChattingMentor, store: Store, scheduler: Scheduler
) -> None:
    asked: list[str] = []

    class Service:
        def open_account(self, email: str, full_name: str | None, key: str) -> str:
            asked.append(key)
            return "account 1"

    opener = Outbox(store, {OPEN: AccountOpener(store, Service()).open})
    for _ in range(2):
        with store.write() as session:
            session.execute(delete(OutboxEntry).where(OutboxEntry.kind != OPEN))
            queue_opening(session, session.scalars(select(Account.id)).one(), mentor.mentor_id)
        assert opener.run_one()
        with store.write() as session:
            session.execute(update(OutboxEntry).values(done_at=utc_now() - timedelta(days=31)))
        assert scheduler.delete_done_work() == 1
    assert len(asked) == 1


def test_who_did_not_finish_is_reminded_and_who_did_is_not(
    mentor: ChattingMentor, store: Store, vault: Vault, scheduler: Scheduler, data_dir: Path
) -> None:
    with ChattingMentor(store, vault, data_dir, email="other@example.org") as other:
        other.comes_to("expertise")
        with store.write() as session:
            for each in session.scalars(select(Conversation)):
                each.last_seen_at -= timedelta(days=2)
        assert (scheduler.remind(), scheduler.remind()) == (1, 0)


def hours(scheduler: Scheduler, number: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Have so many hours pass; gives how often the outbox was told of work."""
    woken: list[bool] = []

    async def until() -> None:
        enough = asyncio.Event()

        def wake() -> None:
            woken.append(True)
            if len(woken) == number:
                enough.set()

        task = asyncio.create_task(scheduler.run(wake))
        await asyncio.wait_for(enough.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    monkeypatch.setattr(module, "_HOUR_SECONDS", 0.0)
    asyncio.run(until())
    return len(woken)


def test_what_is_due_is_done_at_once_at_the_start(
    mentor: ChattingMentor, store: Store, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_told(mentor, days_ago=8)
    looked_up: list[bool] = []

    def look_up() -> int:
        looked_up.append(True)
        return 1

    hours(scheduler_of(mentor, data_dir, look_up), 1, monkeypatch)
    assert check_in(store).status == Status.DECLINED
    assert looked_up == [True]


def test_some_is_done_every_hour_and_the_rest_every_day(
    mentor: ChattingMentor, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    hourly, daily = (
        ("remind", "carry_out_notices", "rewrite_tables"),
        ("erase_overdue", "delete_old_codes", "delete_old_emails", "delete_done_work"),
    )
    for name in (*hourly, *daily):
        monkeypatch.setattr(scheduler, name, lambda name=name: done.append(name))
    hours(scheduler, 25, monkeypatch)
    assert {name: done.count(name) for name in set(done)} in (
        dict.fromkeys(hourly, 25) | dict.fromkeys(daily, 2),
        dict.fromkeys(hourly, 26) | dict.fromkeys(daily, 2),
    )


def test_what_fails_stops_nothing_else_and_is_logged_without_its_text(
    mentor: ChattingMentor,
    store: Store,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    is_told(mentor, days_ago=8)
    done: list[str] = []

    def look_up() -> int:
        raise RuntimeError("Maria was born in 1978")

    def looks_up_more() -> int:
        done.append("looked up")
        return 0

    scheduler = scheduler_of(mentor, data_dir, look_up, looks_up_more)
    monkeypatch.setattr(scheduler, "remind", look_up)
    assert hours(scheduler, 1, monkeypatch) == 1
    assert check_in(store).status == Status.DECLINED
    assert done == ["looked up"]
    assert "scheduled work look_up failed: RuntimeError at" in caplog.text
    assert "1978" not in caplog.text


def test_all_notices_whose_time_is_over_are_carried_out(
    mentor: ChattingMentor,
    store: Store,
    vault: Vault,
    scheduler: Scheduler,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_told(mentor, days_ago=8)
    with store.write() as session:
        second = Mentor()
        session.add(second)
        session.flush()
        second_id = second.id
        check = Check(mentor_id=second.id, provider="manual", status="pre_adverse")
        check.notice_at = utc_now() - timedelta(days=8)
        session.add(check)
    assert scheduler.carry_out_notices() == 2
    with store.read() as session:
        assert set(session.scalars(select(Check.status))) == {Status.DECLINED}
    assert happened(store, second_id) == ["mentor.declined"]
