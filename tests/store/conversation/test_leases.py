"""One process at a time works for a conversation, and another one goes on when it is gone."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.conversation import leases
from bot.conversation.leases import Leases
from bot.conversation.turns import open_conversation
from bot.storage import Lease, Store

pytestmark = [pytest.mark.postgresql_too, pytest.mark.slow]

#: Long enough for a slow machine to renew in time.
SECONDS = 2.0


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE_SECONDS", SECONDS)
    monkeypatch.setattr(leases, "BEAT_SECONDS", SECONDS / 4)


@pytest.fixture
def conversation(store: Store) -> str:
    return open_conversation(store, "web", "somebody")


@pytest.fixture
def one(store: Store) -> Leases:
    return Leases(store)


@pytest.fixture
def other(store: Store) -> Leases:
    return Leases(store)


def until(what: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 5 * SECONDS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def owners(store: Store) -> int:
    with store.read() as session:
        return len(session.scalars(select(Lease.owner)).all())


def test_one_of_two_gets_the_lease_and_keeps_it_while_it_works(one: Leases, other: Leases, conversation: str) -> None:
    assert one.obtain(conversation)
    assert not other.obtain(conversation)
    deadline = time.monotonic() + 2 * SECONDS
    while time.monotonic() < deadline:
        assert not one.beat({conversation}).lost
        assert conversation not in other.beat(set()).to_do
        assert not other.obtain(conversation)
        time.sleep(SECONDS / 10)


def test_a_claim_that_is_rolled_back_is_none(store: Store, one: Leases, other: Leases, conversation: str) -> None:
    def claims() -> None:
        with store.write() as session:
            assert one.claim(session, conversation)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        claims()
    assert not one.holds(conversation)
    assert other.obtain(conversation)


def test_who_has_the_lease_finds_what_another_one_left(one: Leases, other: Leases, conversation: str) -> None:
    assert one.obtain(conversation)
    assert one.beat({conversation}).to_do == set()
    assert not other.obtain(conversation)
    assert one.beat({conversation}).to_do == {conversation}
    assert one.beat({conversation}).to_do == set()


def test_a_lease_in_which_work_was_left_is_not_released(one: Leases, other: Leases, conversation: str) -> None:
    assert one.obtain(conversation)
    time.sleep(SECONDS / 2)
    assert not other.obtain(conversation)
    assert one.beat(set()).to_do == {conversation}
    assert one.holds(conversation)


def test_a_lease_without_work_is_released(store: Store, one: Leases, other: Leases, conversation: str) -> None:
    assert one.obtain(conversation)
    time.sleep(SECONDS / 2)
    assert one.beat(set()) == (set(), set())
    assert owners(store) == 0
    assert other.obtain(conversation)


def test_the_leases_of_a_dead_process_are_taken_over_by_one_other(
    store: Store, one: Leases, other: Leases, conversation: str
) -> None:
    assert Leases(store).obtain(conversation)
    taken: list[set[str]] = []

    def is_taken() -> bool:
        taken.extend(each.beat(set()).to_do for each in (one, other))
        return any(taken)

    until(is_taken)
    assert [each for each in taken if each] == [{conversation}]
    assert one.holds(conversation) != other.holds(conversation)


def test_who_stood_still_learns_that_the_lease_is_lost(one: Leases, other: Leases, conversation: str) -> None:
    assert one.obtain(conversation)
    until(lambda: bool(other.beat({conversation}).to_do))
    assert one.beat({conversation}).lost == {conversation}
    assert not one.holds(conversation)


def test_who_stops_lets_the_others_go_on_at_once(one: Leases, other: Leases, conversation: str) -> None:
    assert one.obtain(conversation)
    one.release_all()
    assert not one.holds(conversation)
    assert other.beat(set()).to_do == {conversation}


def test_an_erased_conversation_has_no_lease(one: Leases) -> None:
    with pytest.raises(IntegrityError):
        one.obtain("e" * 32)
