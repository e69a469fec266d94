"""The outbox: work that was committed is done at least once, and by one worker at a time."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.checks.checks import ManualProvider
from bot.checks.outbox import FIRST_RETRY, LEASE, LONGEST_RETRY, MAXIMUM_ATTEMPTS, Outbox
from bot.registration import CHECK_START
from bot.store import Check, Mentor, OutboxEntry, Store
from bot.store.models import utc_now

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
    assert waits == [2, 4, 8, 16]
    assert outbox.run_one()
    assert work.done == ["a"]
    assert entry(store).last_error is None


@pytest.mark.usefixtures("_quiet")
def test_no_wait_is_longer_than_the_longest(store: Store) -> None:
    queue(store, "a", attempts=MAXIMUM_ATTEMPTS - 2)
    Outbox(store, {KIND: Work(failures=1)}).run_one()
    assert near(entry(store).next_attempt_at, utc_now() + LONGEST_RETRY)


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


def test_the_loop_does_what_it_is_woken_for(store: Store) -> None:
    work = Work()
    outbox = Outbox(store, {KIND: work})

    async def scenario() -> None:
        running = asyncio.create_task(outbox.run())
        await asyncio.sleep(0.2)
        await asyncio.to_thread(queue, store, "a", "b")
        outbox.wake()
        for _ in range(100):
            if len(work.done) == 2:
                break
            await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(scenario())
    assert sorted(work.done) == ["a", "b"]


def test_the_manual_provider_puts_a_check_before_a_person_once(store: Store) -> None:
    with store.write() as session:
        session.add(Mentor(id="m" * 32))
        session.flush()
        session.add(Check(id="c" * 32, mentor_id="m" * 32, provider="manual", status="queued"))
        session.add(OutboxEntry(kind=CHECK_START, subject_id="c" * 32))
    provider = ManualProvider(store)
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
