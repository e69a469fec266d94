"""What a person decides, no provider changes: whichever it is, whatever it tells, and whichever way that comes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import httpx
import pytest

from bot.api.webhooks import CHECK_EVENT
from bot.checks.progress import CheckProgress
from bot.checks.providers.base import Provider
from bot.checks.providers.registry import Providers
from bot.checks.service import Status, advance, decide
from bot.jobs.outbox import Outbox
from bot.security.vault import Vault
from bot.storage import Check, OutboxEntry, Store, WebhookEvent
from bot.storage.models import new_id
from tests.doubles.checkr_api import CheckrDouble
from tests.store.api.test_webhooks import Door
from tests.store.checks.test_example_provider import Agency
from tests.support import example_provider
from tests.support.checkr import Desk, add_check, check_of
from tests.support.example_provider import AgencyProvider


def _decides(decision: str, *actors: str) -> Callable[[Store, Vault, str], None]:
    """A decision by one person, or where two have to decide, by the first one or by both."""

    def done(store: Store, vault: Vault, check_id: str) -> None:
        for actor in actors or ("ann",):
            with store.write() as session:
                decide(session, vault, check_id, decision, "seen it", actor=actor, four_eyes=bool(actors))

    return done


def _declined(store: Store, vault: Vault, check_id: str) -> None:
    """Decided against the mentor, whose time to object is over."""
    _decides("decline")(store, vault, check_id)
    with store.write() as session:
        assert advance(session, vault, session.get_one(Check, check_id), Status.DECLINED, by_person=True)


DECIDED: dict[str, Callable[[Store, Vault, str], None]] = {
    "cleared": _decides("clear"),
    "to be declined": _decides("decline"),
    "declined": _declined,
    "first to clear": _decides("clear", "ann"),
    "first to decline": _decides("decline", "ann"),
    "both to clear": _decides("clear", "ann", "ben"),
    "both to decline": _decides("decline", "ann", "ben"),
}


def standing(store: Store, check_id: str) -> tuple[object, ...]:
    """Where a check stands, and what people decided of it."""
    check = check_of(store, check_id)
    return (check.status, check.reason, check.decided_at, check.notice_at, check.first_decision, check.first_actor)


# The example of another provider


@pytest.fixture
def agency() -> Agency:
    return Agency()


@pytest.fixture
def told() -> list[str]:
    """The statuses that mentors were told of."""
    return []


@pytest.fixture
def provider(store: Store, vault: Vault, agency: Agency, told: list[str]) -> Iterator[Provider]:
    with httpx.Client(transport=httpx.MockTransport(agency), base_url="https://agency.example") as client:
        yield AgencyProvider(store, CheckProgress(vault, lambda _session, check: told.append(check.status)), client)


def at_agency(store: Store, vault: Vault, provider: Provider) -> str:
    check_id = add_check(store, vault)
    with store.write() as session:
        session.get_one(Check, check_id).provider = provider.name
    provider.start(check_id)
    return check_id


def is_told_by_webhook(store: Store, provider: Provider, check_id: str) -> None:
    with store.write() as session:
        event = WebhookEvent(provider=provider.name, event_id=new_id(), object_type="order", object_id=check_id)
        session.add(event)
        session.flush()
        session.add(OutboxEntry(kind="agency.event", subject_id=event.id))

    def takes(event_id: str) -> None:
        with store.read() as session:
            about = session.get_one(WebhookEvent, event_id).object_id
        provider.look_up(about)

    assert Outbox(store, {"agency.event": takes}).run_one()


def is_reconciled(store: Store, provider: Provider, _check_id: str) -> None:
    Providers(store, [provider]).reconcile()


WAYS: list[Callable[[Store, Provider, str], None]] = [
    lambda _store, provider, check_id: provider.look_up(check_id),
    is_told_by_webhook,
    is_reconciled,
]


@pytest.mark.parametrize("way", WAYS, ids=["look", "webhook", "daily"])
@pytest.mark.parametrize("decided", DECIDED)
def test_no_other_provider_changes_what_a_person_decided(
    store: Store,
    vault: Vault,
    agency: Agency,
    provider: Provider,
    told: list[str],
    decided: str,
    way: Callable[[Store, Provider, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check_id = at_agency(store, vault, provider)
    DECIDED[decided](store, vault, check_id)
    before, already_told = standing(store, check_id), list(told)
    for status in Status:
        monkeypatch.setitem(example_provider.STATUSES, status.value, status)
        agency.orders[check_id] = status.value
        for _ in range(2):
            way(store, provider, check_id)
        assert standing(store, check_id) == before, status
    assert told == already_told


@pytest.mark.parametrize("status", [Status.PRE_ADVERSE, Status.DECLINED, Status.WITHDRAWN])
def test_a_provider_turns_nobody_down(
    store: Store,
    vault: Vault,
    agency: Agency,
    provider: Provider,
    told: list[str],
    status: Status,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check_id = at_agency(store, vault, provider)
    monkeypatch.setitem(example_provider.STATUSES, "rejected", status)
    agency.orders[check_id] = "rejected"
    provider.look_up(check_id)
    assert standing(store, check_id) == (Status.REVIEW, None, None, None, None, None)
    assert told == [Status.WAITING, Status.REVIEW]


def test_who_was_put_before_a_person_by_mistake_may_still_be_cleared_by_the_provider(
    store: Store, vault: Vault, agency: Agency, provider: Provider
) -> None:
    check_id = at_agency(store, vault, provider)
    for found, status in (("unclear", Status.REVIEW), ("clear", Status.CLEAR)):
        agency.orders[check_id] = found
        provider.look_up(check_id)
        assert check_of(store, check_id).status == status


def test_a_check_that_a_person_looked_at_before_it_began_still_begins(
    store: Store, vault: Vault, provider: Provider
) -> None:
    check_id = add_check(store, vault)
    _decides("decline", "ann")(store, vault, check_id)
    provider.start(check_id)
    check = check_of(store, check_id)
    assert (check.status, check.first_decision) == (Status.WAITING, "decline")


# Checkr


@pytest.fixture
def checkr() -> Iterator[CheckrDouble]:
    """Checkr."""
    with CheckrDouble() as double:
        yield double
    assert double.problems == []


#: What comes of a report at Checkr: in these orders, and in the opposite ones.
REPORTS: dict[str, Callable[[CheckrDouble, str], object]] = {
    "clear": lambda checkr, report_id: checkr.decides(report_id, "clear"),
    "consider": lambda checkr, report_id: checkr.decides(report_id, "consider"),
    "dispute": lambda checkr, report_id: checkr.disputes(report_id),
    "cancel": lambda checkr, report_id: checkr.reports[report_id].update(status="canceled"),
}


def works(store: Store, desk: Desk) -> None:
    outbox = Outbox(store, {CHECK_EVENT: desk.provider.take_event})
    while outbox.run_one():
        pass


@pytest.mark.parametrize("decided", DECIDED)
@pytest.mark.parametrize("found", [*itertools.permutations(REPORTS, 2)], ids="-".join)
@pytest.mark.slow
def test_checkr_changes_nothing_that_a_person_decided(
    store: Store, vault: Vault, checkr: CheckrDouble, decided: str, found: tuple[str, str]
) -> None:
    desk, door = Desk(store, vault, checkr), Door(store)
    check_id, report_id = desk.reported()
    DECIDED[decided](store, vault, check_id)
    before, told = standing(store, check_id), list(desk.told)
    for each in found:
        REPORTS[each](checkr, report_id)
        desk.provider.look_up(check_id)
        assert checkr.send(checkr.event("report.updated", checkr.reports[report_id]), door) == 200
        works(store, desk)
        desk.reconcile()
        assert standing(store, check_id) == before, each
    assert desk.told == told


@pytest.mark.parametrize("decided", DECIDED)
def test_an_invitation_that_expires_changes_nothing_that_a_person_decided(
    store: Store, vault: Vault, checkr: CheckrDouble, decided: str
) -> None:
    desk = Desk(store, vault, checkr)
    check_id = desk.started()
    DECIDED[decided](store, vault, check_id)
    before = standing(store, check_id)
    checkr.expires(str(check_of(store, check_id).invitation_id))
    desk.provider.look_up(check_id)
    desk.reconcile()
    assert standing(store, check_id) == before


def test_what_checkr_cannot_do_leaves_the_reason_that_a_person_gave(
    store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    desk = Desk(store, vault, checkr)
    check_id = add_check(store, vault, country=None)
    _decides("decline", "ann")(store, vault, check_id)
    before = standing(store, check_id)
    desk.provider.start(check_id)
    assert standing(store, check_id) == before
    assert checkr.exchanges == []


# Every provider's open checks are looked up


def test_the_daily_look_asks_every_provider_and_survives_one_that_fails(
    store: Store,
    vault: Vault,
    checkr: CheckrDouble,
    agency: Agency,
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk(store, vault, checkr)
    at_checkr, report_id = desk.reported()
    theirs = [at_agency(store, vault, provider) for _ in range(2)]
    nobodys, not_begun = at_agency(store, vault, provider), add_check(store, vault)
    with store.write() as session:
        session.get_one(Check, nobodys).provider = "a former one"
    checkr.decides(report_id, "clear")
    agency.orders |= dict.fromkeys(theirs, "clear")
    providers = Providers(store, [desk.provider, provider])
    agency.is_down = True
    assert providers.reconcile() == 1
    assert all(check in caplog.text for check in (*theirs, nobodys))
    assert "the provider a former one is not set up" in caplog.text
    agency.is_down = False
    assert providers.reconcile() == 2
    assert {check_of(store, each).status for each in (at_checkr, *theirs)} == {Status.CLEAR}
    assert {check_of(store, each).status for each in (nobodys, not_begun)} == {Status.WAITING, Status.QUEUED}
    assert providers.reconcile() == 0


def test_a_check_that_its_provider_never_marked_as_called_is_looked_up_too(
    store: Store, vault: Vault, agency: Agency, provider: Provider
) -> None:
    check_id = at_agency(store, vault, provider)
    with store.write() as session:
        session.get_one(Check, check_id).called_at = None
    agency.orders[check_id] = "clear"
    assert Providers(store, [provider]).reconcile() == 1
    assert check_of(store, check_id).status == Status.CLEAR
