"""The outbox: work that was committed is done at least once, and by one worker at a time."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.checks.providers.base import ProviderError
from bot.checks.providers.manual import ManualProvider
from bot.jobs.outbox import (
    FIRST_RETRY,
    LEASE,
    LEASE_RAN_OUT,
    LONGEST_RETRY,
    MAXIMUM_ATTEMPTS,
    WORKERS,
    Outbox,
    OutboxError,
    retry,
    retry_ceiling,
    retry_wait,
    unfinished_rows,
)
from bot.registration.registration import CHECK_START
from bot.security.vault import Vault
from bot.storage import Check, Mentor, OutboxEntry, Store
from bot.storage.models import ERROR_LENGTH, utc_now
from tests.support.progress import silent_progress

pytestmark = pytest.mark.postgresql_too

KIND = "check.start"


class Work:
    """A handler that counts, and fails as long as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.done: list[str] = []
        self.failures = failures

    def __call__(self, subject_id: str) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError(f"the provider of {subject_id} does not answer")
        self.done.append(subject_id)


def queue(store: Store, *subjects: str, **values: object) -> None:
    with store.write() as session:
        session.add_all(OutboxEntry(kind=KIND, subject_id=subject, **values) for subject in subjects)


def entry(store: Store, subject: str = "a") -> OutboxEntry:
    with store.read() as session:
        return session.scalars(select(OutboxEntry).where(OutboxEntry.subject_id == subject)).one()


def make_due(store: Store) -> None:
    with store.write() as session:
        session.execute(update(OutboxEntry).values(next_attempt_at=utc_now() - timedelta(seconds=1)))


def near(found: datetime | None, wanted: datetime) -> bool:
    return found is not None and abs(found - wanted) < timedelta(seconds=5)


def test_an_empty_outbox_has_no_work(store: Store) -> None:
    work = Work()
    assert not Outbox(store, {KIND: work}).run_one()
    assert work.done == []


def test_an_entry_is_done_once(store: Store) -> None:
    queue(store, "a")
    work = Work()
    outbox = Outbox(store, {KIND: work})
    assert outbox.run_one()
    assert not outbox.run_one()
    assert work.done == ["a"]
    done = entry(store)
    assert near(done.done_at, utc_now())
    assert (done.attempts, done.leased_until, done.last_error, done.failed_at) == (1, None, None, None)


def test_entries_are_done_in_the_order_in_which_they_are_due(store: Store) -> None:
    queue(store, "late", next_attempt_at=utc_now() - timedelta(seconds=1))
    queue(store, "early", next_attempt_at=utc_now() - timedelta(seconds=9))
    queue(store, "to come", next_attempt_at=utc_now() + timedelta(hours=1))
    work = Work()
    outbox = Outbox(store, {KIND: work})
    while outbox.run_one():
        pass
    assert work.done == ["early", "late"]


def test_an_entry_is_leased_while_it_is_done(store: Store) -> None:
    queue(store, "a")
    seen: list[OutboxEntry] = []
    outbox = Outbox(store, {KIND: lambda subject: seen.append(entry(store, subject))})
    outbox.run_one()
    [during] = seen
    assert near(during.leased_until, utc_now() + LEASE)
    assert (during.attempts, during.done_at) == (1, None)


def test_a_leased_entry_is_left_alone_until_its_lease_ends(store: Store) -> None:
    queue(store, "a", leased_until=utc_now() + timedelta(seconds=30), attempts=1)
    work = Work()
    outbox = Outbox(store, {KIND: work})
    assert not outbox.run_one()
    with store.write() as session:
        session.execute(update(OutboxEntry).values(leased_until=utc_now() - timedelta(seconds=1)))
    assert outbox.run_one()
    assert work.done == ["a"]
    assert entry(store).attempts == 2


def test_what_a_killed_worker_left_is_taken_over(store: Store) -> None:
    queue(store, "a")

    class KilledError(BaseException):
        """Not even an exception: the process is gone."""

    def killed(_subject: str) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        Outbox(store, {KIND: killed}).run_one()
    work = Work()
    assert not Outbox(store, {KIND: work}).run_one()
    with store.write() as session:
        session.execute(update(OutboxEntry).values(leased_until=utc_now() - timedelta(seconds=1)))
    assert Outbox(store, {KIND: work}).run_one()
    assert work.done == ["a"]


@pytest.mark.usefixtures("_quiet")
def test_a_failed_entry_is_tried_again_later_and_later(store: Store) -> None:
    queue(store, "a")
    work = Work(failures=4)
    outbox = Outbox(store, {KIND: work})
    waits = []
    for attempt in range(1, 5):
        assert outbox.run_one()
        failed = entry(store)
        assert (failed.attempts, failed.leased_until, failed.done_at) == (attempt, None, None)
        assert failed.last_error == "ConnectionError"
        assert not outbox.run_one()  # not due yet
        waits.append(round((failed.next_attempt_at - utc_now()) / FIRST_RETRY))
        make_due(store)
    assert waits == [1, 2, 4, 8]
    assert outbox.run_one()
    assert work.done == ["a"]
    assert entry(store).last_error is None


@pytest.mark.usefixtures("_quiet")
def test_no_wait_is_longer_than_the_longest(store: Store) -> None:
    queue(store, "a", attempts=MAXIMUM_ATTEMPTS - 2)
    Outbox(store, {KIND: Work(failures=1)}).run_one()
    assert near(entry(store).next_attempt_at, utc_now() + LONGEST_RETRY)


@pytest.mark.usefixtures("_quiet")
def test_chance_makes_the_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.outbox.retry_wait", lambda attempts: timedelta(minutes=attempts))
    queue(store, "a", attempts=6)
    Outbox(store, {KIND: Work(failures=1)}).run_one()
    assert near(entry(store).next_attempt_at, utc_now() + timedelta(minutes=7))


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 2), (2, 4), (3, 8), (11, 2048), (12, 3600), (MAXIMUM_ATTEMPTS, 3600), (10**6, 3600)]
)
def test_a_wait_may_be_anything_up_to_its_ceiling(attempts: int, seconds: int) -> None:
    ceiling = timedelta(seconds=seconds)
    assert retry_ceiling(attempts) == ceiling
    waits = [retry_wait(attempts) / ceiling for _ in range(1_000)]
    assert all(0 <= wait <= 1 for wait in waits)
    # Full jitter: each tenth of the way is drawn about 100 times in 1,000, and none of them never.
    assert {int(wait * 10) for wait in waits} >= set(range(10))


@pytest.mark.usefixtures("_quiet")
def test_an_entry_that_fails_too_often_waits_for_a_person(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    queue(store, "a", attempts=MAXIMUM_ATTEMPTS - 2)
    work = Work(failures=2)
    outbox = Outbox(store, {KIND: work})
    outbox.run_one()
    assert entry(store).failed_at is None
    make_due(store)
    outbox.run_one()
    failed = entry(store)
    assert near(failed.failed_at, utc_now())
    assert failed.attempts == MAXIMUM_ATTEMPTS
    assert "ALERT" in caplog.text
    make_due(store)
    assert not outbox.run_one()
    assert work.done == []


@pytest.mark.usefixtures("_quiet")
def test_a_failed_entry_does_not_hold_up_the_others(store: Store) -> None:
    queue(store, "a", "b")
    work = Work(failures=1)
    outbox = Outbox(store, {KIND: work})
    assert outbox.run_one()
    assert outbox.run_one()
    assert work.done == ["b"]


@pytest.mark.usefixtures("_quiet")
def test_a_kind_that_nobody_knows_fails_and_is_not_lost(store: Store) -> None:
    queue(store, "a")
    assert Outbox(store, {}).run_one()
    failed = entry(store)
    assert (failed.last_error, failed.done_at) == ("KeyError", None)


def test_two_workers_never_do_one_entry_at_once(store: Store) -> None:
    subjects = [f"subject {number}" for number in range(12)]
    queue(store, *subjects)
    guard, running, done = threading.Lock(), Counter[str](), Counter[str]()
    together: list[str] = []

    def work(subject: str) -> None:
        with guard:
            running[subject] += 1
            if running[subject] > 1:
                together.append(subject)
        time.sleep(0.01)
        with guard:
            running[subject] -= 1
            done[subject] += 1

    ready = threading.Barrier(4)

    def worker(_number: int) -> None:
        outbox = Outbox(store, {KIND: work})
        ready.wait(10)
        while outbox.run_one():
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(4)))
    assert together == []
    assert done == Counter(subjects)


def let_lease_run_out(store: Store) -> None:
    with store.write() as session:
        session.execute(update(OutboxEntry).values(leased_until=utc_now() - timedelta(seconds=1)))


@pytest.mark.usefixtures("_quiet")
@pytest.mark.parametrize("failures", [0, 1])
def test_a_worker_whose_lease_passed_to_another_settles_nothing(store: Store, failures: int) -> None:
    queue(store, "a")
    during: list[OutboxEntry] = []

    def slow(_subject: str) -> None:
        let_lease_run_out(store)
        assert Outbox(store, {KIND: second}).run_one()
        during.append(entry(store))
        if failures:
            raise ConnectionError

    def second(_subject: str) -> None:
        raise TimeoutError

    Outbox(store, {KIND: slow}).run_one()
    after = entry(store)
    assert (during[0].attempts, during[0].last_error) == (2, "TimeoutError")
    assert after.done_at is None
    assert (after.attempts, after.last_error) == (2, "TimeoutError")
    assert after.next_attempt_at == during[0].next_attempt_at


def test_a_slow_worker_does_not_take_the_lease_from_the_next_one(store: Store) -> None:
    queue(store, "a")
    leases: list[datetime | None] = []

    def slow(_subject: str) -> None:
        let_lease_run_out(store)
        second = Outbox(store, {KIND: lambda _subject: leases.append(entry(store).leased_until)})
        lease = second._lease()
        assert lease is not None
        leases.append(lease.until)

    Outbox(store, {KIND: slow}).run_one()
    after = entry(store)
    assert (after.done_at, after.leased_until, after.attempts) == (None, leases[0], 2)


def test_an_entry_that_was_erased_meanwhile_is_no_failure(store: Store) -> None:
    queue(store, "a")

    def erased(_subject: str) -> None:
        with store.write() as session:
            session.delete(session.scalars(select(OutboxEntry)).one())

    assert Outbox(store, {KIND: erased}).run_one()
    with store.read() as session:
        assert session.scalars(select(OutboxEntry)).all() == []


@pytest.mark.usefixtures("_quiet")
def test_an_entry_that_kills_its_workers_waits_for_a_person(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    queue(store, "a", attempts=MAXIMUM_ATTEMPTS, leased_until=utc_now() - timedelta(seconds=1))
    work = Work()
    assert Outbox(store, {KIND: work}).run_one()
    given_up = entry(store)
    assert work.done == []
    assert near(given_up.failed_at, utc_now())
    assert given_up.last_error == LEASE_RAN_OUT
    assert "ALERT" in caplog.text


@pytest.mark.usefixtures("_quiet")
def test_what_an_error_says_is_not_logged(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    queue(store, "secret subject")
    Outbox(store, {KIND: Work(failures=1)}).run_one()
    assert "ConnectionError" in caplog.text
    assert "secret subject" not in caplog.text


@pytest.mark.usefixtures("_quiet")
def test_why_an_entry_failed_is_kept_where_it_is_a_sentence_of_ours(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    queue(store, "a")

    def refuse(_subject: str) -> None:
        raise ProviderError("the provider refused to begin: " + "x" * 300)

    Outbox(store, {KIND: refuse}).run_one()
    assert "the provider refused to begin" in caplog.text
    kept = entry(store).last_error
    assert kept is not None
    assert kept.startswith("ProviderError: the provider refused to begin: xxx")
    assert len(kept) == ERROR_LENGTH


def test_a_dead_letter_gets_fresh_attempts(store: Store) -> None:
    queue(store, "a", "b", attempts=MAXIMUM_ATTEMPTS, failed_at=utc_now(), last_error="ConnectionError")
    queue(store, "c", next_attempt_at=utc_now() + timedelta(hours=1), attempts=3)
    work = Work()
    outbox = Outbox(store, {KIND: work})
    assert not outbox.run_one()
    with store.write() as session:
        assert retry(session, entry(store, "a").id) == 1
    assert (entry(store, "a").attempts, entry(store, "a").failed_at) == (0, None)
    assert outbox.run_one()
    assert not outbox.run_one()
    assert work.done == ["a"]
    with store.write() as session:
        assert retry(session) == 1
    assert outbox.run_one()
    assert work.done == ["a", "b"]
    assert entry(store, "c").attempts == 3


def test_only_a_dead_letter_can_be_retried(store: Store) -> None:
    queue(store, "a", attempts=3)
    for entry_id in (entry(store).id, 12345):
        with pytest.raises(OutboxError, match=f"{entry_id} is no dead letter"), store.write() as session:
            retry(session, entry_id)
    assert entry(store).attempts == 3


def test_what_is_not_done_is_listed(store: Store) -> None:
    now = utc_now()
    queue(store, "done", done_at=now)
    queue(store, "dead", failed_at=now, next_attempt_at=now - timedelta(hours=2))
    queue(store, "leased", leased_until=now + LEASE, next_attempt_at=now - timedelta(hours=1))
    queue(store, "run out", leased_until=now - LEASE, next_attempt_at=now)
    queue(store, "waiting", next_attempt_at=now + timedelta(hours=1))
    with store.read() as session:
        states = [(row["subject"], row["state"]) for row in unfinished_rows(session)]
        failed = [row["subject"] for row in unfinished_rows(session, failed=True)]
    assert states == [("dead", "failed"), ("leased", "leased"), ("run out", "waiting"), ("waiting", "waiting")]
    assert failed == ["dead"]


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so; a test that waits in vain fails for what it asserts."""
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)


def test_the_loop_does_what_it_is_woken_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.outbox.POLL_SECONDS", 60.0)
    work = Work()
    outbox = Outbox(store, {KIND: work})

    async def scenario() -> None:
        running = asyncio.create_task(outbox.run())
        await asyncio.sleep(0.1)
        await asyncio.to_thread(queue, store, "a", "b")
        outbox.wake()
        await until(lambda: len(work.done) == 2)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(scenario())
    assert sorted(work.done) == ["a", "b"]
    outbox.wake()  # nobody is there to be woken, and that is no error


def test_the_loop_looks_for_work_that_nobody_told_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.outbox.POLL_SECONDS", 0.05)
    work = Work()

    async def scenario() -> None:
        running = asyncio.create_task(Outbox(store, {KIND: work}).run())
        await asyncio.sleep(0.1)
        await asyncio.to_thread(queue, store, "a")
        await until(lambda: work.done == ["a"])
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(scenario())
    assert work.done == ["a"]


def test_several_entries_are_done_at_once(store: Store) -> None:
    queue(store, *(str(number) for number in range(WORKERS)))
    together = threading.Barrier(WORKERS)
    met: list[int] = []

    def work(_subject: str) -> None:
        met.append(together.wait(10))

    async def scenario() -> None:
        running = asyncio.create_task(Outbox(store, {KIND: work}).run())
        await until(lambda: len(met) == WORKERS)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(scenario())
    assert sorted(met) == list(range(WORKERS))


def test_what_is_being_done_at_the_end_is_done_to_its_end(store: Store) -> None:
    queue(store, "a")
    begun, go_on = threading.Event(), threading.Event()

    def work(_subject: str) -> None:
        begun.set()
        go_on.wait(10)

    async def scenario() -> None:
        running = asyncio.create_task(Outbox(store, {KIND: work}).run())
        await until(begun.is_set)
        running.cancel()
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(scenario())
    assert near(entry(store).done_at, utc_now())


@pytest.mark.usefixtures("_quiet")
def test_the_loop_survives_a_database_that_is_away(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.jobs.outbox.POLL_SECONDS", 0.02)
    queue(store, "a")
    work = Work()
    outbox = Outbox(store, {KIND: work})
    lease, failures = outbox._lease, [OSError("secret")] * 3

    def failing_lease() -> object:
        if failures:
            raise failures.pop()
        return lease()

    monkeypatch.setattr(outbox, "_lease", failing_lease)

    async def scenario() -> None:
        running = asyncio.create_task(outbox.run())
        await until(lambda: work.done == ["a"])
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(scenario())
    assert work.done == ["a"]
    assert "could not be read: OSError" in caplog.text
    assert "secret" not in caplog.text


#: A process that takes an entry and never ends it.
HANGING_WORKER = """
import sys, time
from bot.jobs.outbox import Outbox
from bot.storage import Store

def hang(subject):
    print(subject, flush=True)
    time.sleep(60)

Outbox(Store(sys.argv[1]), {"check.start": hang}).run_one()
"""


def test_what_a_killed_process_was_doing_is_done_by_another(store: Store) -> None:
    queue(store, "a")
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", HANGING_WORKER, store.url]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "a\n"
            assert not Outbox(store, {KIND: Work()}).run_one()  # it is leased
        finally:
            process.kill()
    assert process.returncode == -signal.SIGKILL
    left = entry(store)
    assert (left.done_at, left.attempts, near(left.leased_until, utc_now() + LEASE)) == (None, 1, True)
    let_lease_run_out(store)
    work = Work()
    assert Outbox(store, {KIND: work}).run_one()
    assert work.done == ["a"]
    assert near(entry(store).done_at, utc_now())


def test_the_manual_provider_puts_a_check_before_a_person_once(store: Store, vault: Vault) -> None:
    with store.write() as session:
        session.add(Mentor(id="m" * 32))
        session.flush()
        session.add(Check(id="c" * 32, mentor_id="m" * 32, provider="manual", status="queued"))
        session.add(OutboxEntry(kind=CHECK_START, subject_id="c" * 32))
    provider = ManualProvider(store, silent_progress(vault))
    assert Outbox(store, {CHECK_START: provider.start}).run_one()
    with store.read() as session:
        started = session.get_one(Check, "c" * 32)
        assert started.status == "waiting"
        assert near(started.started_at, utc_now())
    provider.start("c" * 32)
    with store.read() as session:
        assert session.get_one(Check, "c" * 32).started_at == started.started_at


@pytest.fixture
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Keep what is logged of a failure on purpose."""
    caplog.set_level(logging.ERROR)
