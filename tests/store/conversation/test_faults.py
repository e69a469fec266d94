"""Turns that hang, fail or lose their database: nothing of them is done, they are taken again, and nothing twice."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from bot.conversation import workers
from bot.conversation.attempt import CutOffError, Ended
from bot.dialogue.agent import ActionFailedError
from bot.i18n.catalogue import catalogue
from bot.messages.incoming import Incoming, Kind
from bot.registration.answers import AGREED
from bot.security.vault import Vault
from bot.storage import Store
from tests.store.conftest import Cluster
from tests.store.mentor import CHANNEL, SECONDS, ChattingMentor, consents, happened, queued, snapshot
from tests.store.mentor import text as typed
from tests.support.agent import FailureForTestError

pytestmark = [pytest.mark.postgresql_too, pytest.mark.slow]

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(600)",
}
WAITING = catalogue().text("error-waiting")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "RETRY_SECONDS", (0.05, 0.2))


def given(store: Store) -> list[tuple[str, str]]:
    return [(record.item_id, record.decision) for record in consents(store)]


def said_by_mentor(mentor: ChattingMentor) -> list[str]:
    return [each["text"] for each in mentor.messages() if each["from"] == "mentor"]


# Turns that hang.


def sleeps(_session: Session) -> None:
    time.sleep(4)


def sleeps_and_goes_on(_session: Session) -> None:
    """Whatever is thrown at it."""
    try:
        time.sleep(4)
    except CutOffError:
        return


def loops(_session: Session) -> None:
    while True:
        pass


def asks_for_ever(session: Session) -> None:
    session.execute(text(ENDLESS[session.get_bind().dialect.name]))


def asks_again_and_again(session: Session) -> None:
    while True:
        session.execute(text("SELECT 1")).all()


@pytest.mark.parametrize("hang", [sleeps, sleeps_and_goes_on, loops, asks_for_ever, asks_again_and_again])
def test_a_turn_that_hangs_is_cut_off_told_once_and_holds_up_nobody(
    mentor: ChattingMentor, store: Store, hang: Callable[[Session], None]
) -> None:
    mentor.comes_to("background_check")
    service = mentor._conversations
    hangs, woke = threading.Event(), threading.Event()

    def hanging() -> None:
        hangs.set()
        try:
            hang(mentor.dialogue._turn.session)
        finally:
            woke.set()

    mentor.hangs_once(hanging)

    async def meanwhile() -> tuple[bool, float]:
        other = await service.open(CHANNEL, "another browser")
        mentor.turn_id = await service.accept(mentor.conversation_id, typed("yes"), "yes")
        assert await asyncio.to_thread(hangs.wait, SECONDS)
        began = time.monotonic()
        opening = await service.accept(other, Incoming(Kind.OPEN), "open")
        assert await service.answered(opening, SECONDS)
        still, seconds = not woke.is_set(), time.monotonic() - began
        assert await service.answered(mentor.turn_id, SECONDS)
        return still, seconds

    still, seconds = mentor._runner.run(meanwhile())
    assert seconds < 4
    assert still or hang not in (sleeps, sleeps_and_goes_on)
    mentor.waits()
    assert mentor.heard().count(WAITING) == 1
    assert said_by_mentor(mentor)[-1:] == ["yes"]
    assert given(store) == [("background_check", AGREED)]
    done = snapshot(store)
    assert woke.wait(SECONDS)

    async def end() -> None:
        if service._workers._hanging:
            await asyncio.wait(service._workers._hanging, timeout=SECONDS)

    mentor._runner.run(end())
    assert not service.is_hanging
    assert snapshot(store) == done, "what it does when it wakes up changes nothing"
    assert mentor.question == "two_months"
    mentor.says("yes")
    assert mentor.question == "published_and_rated"


def test_the_stop_of_the_service_does_not_wait_for_a_turn_that_hangs(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    go_on = threading.Event()
    mentor.hangs_once(lambda: go_on.wait(60))
    service = mentor._conversations

    async def stop() -> float:
        turn_id = await service.accept(mentor.conversation_id, typed("yes"), "yes")
        assert await service.answered(turn_id, SECONDS)  # it is told
        began = time.monotonic()
        await asyncio.wait_for(service.stop(), SECONDS)
        return time.monotonic() - began

    try:
        mentor._runner.run(stop())
        assert service.is_hanging or given(store) == [("background_check", AGREED)]
    finally:
        go_on.set()


# Actions that fail.


def test_an_action_that_fails_fails_its_turn_which_is_apologised_for_in_the_end(
    mentor: ChattingMentor, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mentor.comes_to("background_check")
    take, tries = mentor.dialogue.take, []

    def fails(*what: Any) -> None:
        take(*what)
        tries.append(what)
        raise FailureForTestError("what Maria said")

    with monkeypatch.context() as broken:
        broken.setattr(mentor.dialogue, "take", fails)
        turn = mentor.prepares(mentor.leaves(typed("no")))
        before = snapshot(store)
        with pytest.raises(ActionFailedError) as caught:
            mentor.attempts(turn)
        assert isinstance(caught.value.__cause__, FailureForTestError)
        assert snapshot(store) == before
        heard = mentor.says("yes")  # after the message that was left
        assert len(tries) == 1 + 3 + 3
    assert heard.count("something went wrong on our side") == 1
    assert given(store) == []
    assert mentor.question == "background_check"
    assert "FailureForTestError" in caplog.text
    assert "what Maria said" not in caplog.text
    mentor.says("yes")
    assert given(store) == [("background_check", AGREED)]


# A database that locks, fails or disappears.


@pytest.mark.parametrize(("question", "words"), [("background_check", "yes"), ("review", "submit")])
def test_a_database_that_fails_at_any_statement_of_a_turn_rolls_it_back(
    mentor: ChattingMentor, store: Store, question: str, words: str
) -> None:
    mentor.comes_to(question)
    turn = mentor.prepares(mentor.leaves(typed(words)))
    before = snapshot(store)
    statements, failing_at = 0, 0

    def count(*_: Any) -> None:
        nonlocal statements
        statements += 1
        if statements == failing_at:
            raise OperationalError("a statement", {}, sqlalchemy.exc.DBAPIError("disk I/O error", {}, Exception()))

    event.listen(store._engine, "before_cursor_execute", count)
    try:
        for failing_at in range(1, 100):
            statements = 0
            try:
                ended = mentor.attempts(turn)
            except (DBAPIError, ActionFailedError):
                event.remove(store._engine, "before_cursor_execute", count)
                assert snapshot(store) == before, failing_at
                event.listen(store._engine, "before_cursor_execute", count)
            else:
                break
    finally:
        event.remove(store._engine, "before_cursor_execute", count)
    assert failing_at > 8
    assert ended is Ended.LAST
    assert mentor.question != question


def loses_its_connection(store: Store, session: Session, request: pytest.FixtureRequest) -> None:
    """As after a restart of PostgreSQL, or an I/O error that SQLite cannot go on after."""
    if store.url.startswith("sqlite"):
        session.connection().connection.dbapi_connection.close()
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with cluster.administrator.connect() as connection:
        everybody = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        connection.execute(everybody, {"name": store.url.rpartition("/")[2]})


def test_a_database_that_disappears_in_a_turn_is_told_of_it_again_when_it_is_back(
    mentor: ChattingMentor, store: Store, request: pytest.FixtureRequest
) -> None:
    mentor.comes_to("review")
    mentor.agent.before_commit = [
        lambda: loses_its_connection(store, mentor.dialogue._turn.session, request),
    ] * 2
    assert mentor.says("submit").count("Your registration is complete") == 1
    assert happened(store, mentor.mentor_id)[-1:] == ["mentor.submitted"]
    assert len(queued(store, "check.start")) == 1


def test_a_database_that_is_gone_for_long_is_held_against_nobody(
    mentor: ChattingMentor, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentor.comes_to("background_check")
    gone, many = threading.Event(), threading.Event()
    write = store.write
    failures: list[int] = []

    def fails() -> Any:
        if gone.is_set():
            failures.append(1)
            if len(failures) == 10:
                many.set()
            raise OperationalError("BEGIN", {}, Exception("the server is gone"))
        return write()

    def goes() -> None:
        gone.set()
        raise OperationalError("UPDATE", {}, Exception("the server is gone"))

    monkeypatch.setattr(store, "write", fails)
    mentor.agent.before_commit = [goes]
    service = mentor._conversations

    async def meanwhile() -> None:
        mentor.turn_id = await service.accept(mentor.conversation_id, typed("yes"), "yes")
        assert await asyncio.to_thread(many.wait, SECONDS)
        gone.clear()
        assert await service.answered(mentor.turn_id, SECONDS)

    mentor._runner.run(meanwhile())
    assert "something went wrong" not in mentor.heard()
    assert given(store) == [("background_check", AGREED)]
    assert mentor.question == "two_months"


def test_a_database_that_somebody_locks_meanwhile_is_waited_for(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    turn_id = mentor.leaves(typed("yes"))
    lock = "BEGIN IMMEDIATE" if store.url.startswith("sqlite") else "SELECT 1 FROM conversations FOR UPDATE"
    another = sqlalchemy.create_engine(store.url)
    service = mentor._conversations

    async def meanwhile() -> bool:
        with another.connect() as connection:
            if store.url.startswith("sqlite"):
                connection.connection.dbapi_connection.isolation_level = None
            connection.exec_driver_sql(lock)
            await service.resume()
            told = await service.answered(turn_id, 1)
            connection.rollback()
        assert await service.answered(turn_id, SECONDS)
        return told

    told = mentor._runner.run(meanwhile())
    another.dispose()
    mentor.turn_id = turn_id
    mentor.waits()
    assert not told
    assert given(store) == [("background_check", AGREED)]
    assert mentor.question == "two_months"


# The same message twice at once.


def test_the_same_message_delivered_many_times_at_once_has_one_effect_and_one_reply(
    mentor: ChattingMentor, store: Store
) -> None:
    mentor.comes_to("review")
    service, before = mentor._conversations, len(mentor.messages())

    async def at_once() -> set[str]:
        deliveries = [service.accept(mentor.conversation_id, typed("submit"), "the same") for _ in range(8)]
        found = set(await asyncio.gather(*deliveries))
        for each in found:
            assert await service.answered(each, SECONDS)
        return found

    assert len(mentor._runner.run(at_once())) == 1
    mentor.waits()
    assert [each["from"] for each in mentor.messages()[before:]].count("mentor") == 1
    replies = [each["text"] for each in mentor.messages()[before:] if each["from"] == "bot"]
    assert sum("Your registration is complete" in each for each in replies) == 1
    assert happened(store, mentor.mentor_id).count("mentor.submitted") == 1


def test_an_attempt_that_waits_for_another_one_to_commit_finds_it_done(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("review")
    turn = mentor.prepares(mentor.leaves(typed("submit")))
    second: list[Future[Ended]] = []
    with ThreadPoolExecutor(1) as pool:

        def comes_meanwhile() -> None:
            second.append(pool.submit(mentor.attempts, turn))
            time.sleep(0.3)

        mentor.agent.before_commit = [comes_meanwhile]
        assert mentor.attempts(turn) is Ended.LAST
        assert second[0].result(SECONDS) is Ended.LAST
    assert mentor.heard().count("Your registration is complete") == 1
    assert happened(store, mentor.mentor_id).count("mentor.submitted") == 1


def test_the_same_message_delivered_to_two_services_at_once_has_one_effect_and_one_reply(
    mentor: ChattingMentor, store: Store, vault: Vault
) -> None:
    mentor.comes_to("review")
    before = len(mentor.messages())
    services = [mentor._conversations, mentor._fresh_conversations()]

    async def at_once() -> set[str]:
        deliveries = [
            service.accept(mentor.conversation_id, typed("submit"), "the same")
            for service in services
            for _ in range(4)
        ]
        found = set(await asyncio.gather(*deliveries))
        for service in services:
            await service.resume()  # both take whatever is there
            for each in found:
                assert await service.answered(each, SECONDS)
        await services[1].stop()
        return found

    assert len(mentor._runner.run(at_once())) == 1
    mentor.waits()
    replies = [each["text"] for each in mentor.messages()[before:] if each["from"] == "bot"]
    assert sum("Your registration is complete" in each for each in replies) == 1
    assert happened(store, mentor.mentor_id).count("mentor.submitted") == 1
