"""Webhooks of Checkr: only signed ones count, once, and in whatever order they come the end is the same."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable, Iterator

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import select, update

from bot.api.checkr_webhook import checkr_webhook
from bot.api.webhooks import CHECK_EVENT, MAXIMUM_BYTES, is_signed
from bot.checks.service import CHECK_FORGET
from bot.jobs.outbox import Outbox
from bot.security.vault import Vault
from bot.storage import Check, OutboxEntry, Store, WebhookEvent
from tests.doubles.checkr_api import API_KEY, DESCRIPTION, CheckrDouble, Fault, JsonObject
from tests.support.checkr import Desk, add_check, check_of, checkr_settings, queued

pytestmark = [pytest.mark.postgresql_too, pytest.mark.slow]

PATH = "/webhooks/checkr"
SIGNATURE = "X-Checkr-Signature"


@pytest.fixture
def checkr() -> Iterator[CheckrDouble]:
    """Checkr."""
    with CheckrDouble() as double:
        yield double
    assert double.problems == []


@pytest.fixture
def desk(store: Store, vault: Vault, checkr: CheckrDouble) -> Desk:
    """The provider towards the double."""
    return Desk(store, vault, checkr)


class Door:
    """The route, and what it woke.

    Attributes:
        woken: how often the outbox was woken.
    """

    def __init__(self, store: Store, **values: object) -> None:
        self.woken = 0
        app = FastAPI()
        app.include_router(checkr_webhook(store, checkr_settings(**values), self._wake))
        self._transport = httpx.ASGITransport(app)

    def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        return asyncio.run(self._post(body, headers))

    async def _post(self, body: bytes, headers: dict[str, str]) -> int:
        async with httpx.AsyncClient(transport=self._transport, base_url="http://bot.example") as client:
            return (await client.post(PATH, content=body, headers=headers)).status_code

    def _wake(self) -> None:
        self.woken += 1


def signed(body: bytes, key: str = API_KEY) -> dict[str, str]:
    return {SIGNATURE: hmac.digest(key.encode(), body, "sha256").hex()}


def event(event_id: str = "e1", **about: object) -> JsonObject:
    return {
        "id": event_id,
        "object": "event",
        "type": "report.completed",
        "created_at": "2026-11-20T10:00:00Z",
        "data": {"object": {"id": "r1", "object": "report"} | about},
    }


def kept(store: Store) -> list[tuple[str, str, str]]:
    with store.read() as session:
        return [(row.event_id, row.object_type, row.object_id) for row in session.scalars(select(WebhookEvent))]


def work(store: Store, desk: Desk) -> None:
    """Let the outbox do all there is."""
    outbox = Outbox(store, {CHECK_EVENT: desk.provider.take_event, CHECK_FORGET: desk.provider.forget})
    while outbox.run_one():
        pass


# The door


def test_a_signed_event_is_noted_with_its_work_and_wakes_the_outbox(store: Store) -> None:
    door = Door(store)
    body = json.dumps(event()).encode()
    assert door(body, signed(body)) == 200
    assert kept(store) == [("e1", "report", "r1")]
    with store.read() as session:
        assert queued(store, CHECK_EVENT) == [session.scalars(select(WebhookEvent.id)).one()]
    assert door.woken == 1


def test_the_same_event_again_is_taken_and_changes_nothing(store: Store) -> None:
    door = Door(store)
    body = json.dumps(event()).encode()
    other = json.dumps(event(id="r2")).encode()
    assert [door(each, signed(each)) for each in (body, body, other, body)] == [200] * 4
    assert kept(store) == [("e1", "report", "r1")]
    assert len(queued(store, CHECK_EVENT)) == 1
    assert door.woken == 1


def test_no_event_without_a_good_signature_is_taken(store: Store) -> None:
    door = Door(store)
    body = json.dumps(event()).encode()
    good = signed(body)[SIGNATURE]
    wrong: list[tuple[bytes, dict[str, str]]] = [
        (body, {}),
        (body, {SIGNATURE: ""}),
        (body, {SIGNATURE: " "}),
        (body, {SIGNATURE: good[:-1]}),
        (body, {SIGNATURE: good[:-1] + ("0" if good[-1] != "0" else "1")}),
        (body, {SIGNATURE: good + good}),
        (body, {SIGNATURE: "sha256=" + good}),
        (body, {SIGNATURE: "\xe4" * 64}),
        (body, signed(body, "another key")),
        (body, signed(body, " ")),
        (body, {SIGNATURE: hmac.digest(b"", body, "sha256").hex()}),
        (body, {SIGNATURE: hmac.digest(API_KEY.encode(), body, "sha1").hex()}),
        (json.dumps(event(), separators=(",", ":")).encode(), signed(body)),
        (json.dumps(event(), sort_keys=True).encode(), signed(body)),
        (body + b" ", signed(body)),
        (b"", signed(body)),
        (b"", {}),
    ]
    encoded = [(raw, {name.encode(): value.encode("latin-1") for name, value in head.items()}) for raw, head in wrong]
    assert [door(raw, head) for raw, head in encoded] == [401] * len(wrong)  # type: ignore[arg-type]
    assert kept(store) == []
    assert door.woken == 0


@given(body=st.binary(max_size=200), signature=st.text(max_size=80), key=st.binary(min_size=1, max_size=40))
def test_nothing_else_is_a_signature(body: bytes, signature: str, key: bytes) -> None:
    assert not is_signed(body, signature, [key])
    assert not is_signed(body, signature, [])
    assert is_signed(body, hmac.digest(key, body, "sha256").hex(), [b"older", key])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"not json",
        b"\xff\xfe",
        b"[" * 5000,
        json.dumps(event(event_id="../../x")).encode(),
        json.dumps(event(event_id="x" * 65)).encode(),
        json.dumps(event(event_id="\0")).encode(),
        json.dumps(event(id="../candidates")).encode(),
        json.dumps(event(id="")).encode(),
        json.dumps(event(id=1)).encode(),
        json.dumps(event(id="r1\n")).encode(),
        json.dumps(event(object=None)).encode(),
        json.dumps(event(object="x" * 33)).encode(),
        json.dumps(event() | {"type": "report"}).encode(),
        json.dumps(event() | {"object": "report"}).encode(),
        json.dumps(event() | {"data": []}).encode(),
    ],
)
def test_what_is_signed_and_no_event_is_refused(store: Store, body: bytes) -> None:
    door = Door(store)
    assert door(body, signed(body)) == 400
    assert kept(store) == []
    assert door.woken == 0


def test_too_much_is_refused_and_as_much_as_may_be_is_not(store: Store) -> None:
    door = Door(store)
    body = json.dumps(event()).encode()
    full = body + b" " * (MAXIMUM_BYTES - len(body))
    assert door(full + b" ", signed(full + b" ")) == 413
    assert kept(store) == []
    assert door(full, signed(full)) == 200


def test_webhook_keys_stand_before_the_api_key(store: Store) -> None:
    door = Door(store, checkr_webhook_keys=SecretStr("new, old,"))
    bodies = {key: json.dumps(event(f"e-{key.strip() or 'none'}")).encode() for key in ("new", "old", API_KEY, " ")}
    assert [door(body, signed(body, key)) for key, body in bodies.items()] == [200, 200, 401, 401]
    assert sorted(each for each, _type, _id in kept(store)) == ["e-new", "e-old"]


@pytest.mark.parametrize("keys", ["", " ", ",", " , "])
def test_without_a_key_there_is_no_door(store: Store, keys: str) -> None:
    door = Door(store, checkr_api_key=SecretStr(""), checkr_webhook_keys=SecretStr(keys))
    body = json.dumps(event()).encode()
    assert door(body, {SIGNATURE: hmac.digest(b"", body, "sha256").hex()}) == 404
    assert kept(store) == []


def test_the_doubles_events_are_as_described(desk: Desk, checkr: CheckrDouble) -> None:
    _check_id, report_id = desk.reported()
    checkr.suspends(report_id)
    checkr.resumes(report_id)
    checkr.decides(report_id, "consider")
    checkr.disputes(report_id)
    schema = {"$ref": "#/components/schemas/Event"}
    assert len(checkr.events) == 7
    assert [DESCRIPTION.problems(schema, each, each["type"]) for each in [*checkr.events, event()]] == [[]] * 8
    assert DESCRIPTION.problems(schema, event(id=""), "wrong") != []


# What comes of it


def test_an_event_has_its_check_looked_up(desk: Desk, store: Store, checkr: CheckrDouble) -> None:
    check_id, report_id = desk.reported()
    checkr.decides(report_id, "clear")
    assert checkr.send(checkr.events[-1], Door(store)) == 200
    work(store, desk)
    assert check_of(store, check_id).status == "clear"
    assert desk.told[-1] == (check_id, "clear")


def test_what_an_event_says_is_not_believed(desk: Desk, store: Store, checkr: CheckrDouble) -> None:
    check_id, report_id = desk.reported()
    lie = {"id": report_id, "object": "report", "status": "complete", "result": "clear"}
    body = json.dumps(event(**lie)).encode()
    assert Door(store)(body, signed(body)) == 200
    work(store, desk)
    assert check_of(store, check_id).status == "waiting"


@pytest.mark.parametrize("known", [[], ["candidate_id"], ["invitation_id"], ["report_id"]])
@pytest.mark.parametrize("kind", ["candidate", "invitation", "report"])
def test_the_check_is_found_by_any_id(
    desk: Desk, store: Store, checkr: CheckrDouble, kind: str, known: list[str]
) -> None:
    desk.reported()
    check_id, report_id = desk.reported()
    checkr.decides(report_id, "clear")
    ids = {"candidate_id": "", "invitation_id": "", "report_id": report_id}
    check = check_of(store, check_id)
    ids |= {"candidate_id": str(check.candidate_id), "invitation_id": str(check.invitation_id)}
    with store.write() as session:
        values = {name: ids[name] if name in known else None for name in ids}
        session.execute(update(Check).where(Check.id == check_id).values(**values))
    body = json.dumps(event(id=ids[f"{kind}_id"], object=kind)).encode()
    Door(store)(body, signed(body))
    work(store, desk)
    assert check_of(store, check_id).status == "clear"


def test_an_event_about_something_else_is_ignored(
    desk: Desk, store: Store, checkr: CheckrDouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    door = Door(store)
    stranger = {"id": "r9", "object": "report", "status": "complete", "result": "clear", "candidate_id": "c9"}
    checkr.reports["r9"] = stranger
    checkr.candidates["c9"] = {"id": "c9", "object": "candidate", "custom_id": "not ours", "report_ids": ["r9"]}
    about = [
        {"id": "nobody"},
        {"id": "r9"},
        {"id": "x", "object": "adverse_action"},
        {"id": "c9", "object": "candidate"},
    ]
    for number, each in enumerate(about):
        body = json.dumps(event(f"e{number}", **each)).encode()
        assert door(body, signed(body)) == 200
    work(store, desk)
    assert caplog.text.count("concerns no check of ours") == len(about)
    with store.read() as session:
        assert session.scalars(select(OutboxEntry).where(OutboxEntry.done_at.is_(None))).all() == []


def test_another_providers_check_is_left_alone(desk: Desk, store: Store, checkr: CheckrDouble) -> None:
    check_id, report_id = desk.reported()
    with store.write() as session:
        session.execute(update(Check).values(provider="manual"))
    checkr.decides(report_id, "clear")
    checkr.send(checkr.events[-1], Door(store))
    work(store, desk)
    desk.provider.look_up(check_id)
    assert check_of(store, check_id).status == "waiting"


def test_an_event_that_comes_while_checkr_is_down_is_done_later(desk: Desk, store: Store, checkr: CheckrDouble) -> None:
    check_id, report_id = desk.reported()
    checkr.decides(report_id, "clear")
    checkr.send(checkr.events[-1], Door(store))
    checkr.fail("getReport", *[Fault.UNAVAILABLE] * 5)
    work(store, desk)
    assert check_of(store, check_id).status == "waiting"
    with store.write() as session:
        session.execute(update(OutboxEntry).values(next_attempt_at=OutboxEntry.created_at))
    work(store, desk)
    assert check_of(store, check_id).status == "clear"


def test_an_event_that_is_gone_is_no_work(desk: Desk, checkr: CheckrDouble) -> None:
    desk.provider.take_event("0" * 32)
    assert checkr.exchanges == []


# Any order

type Step = Callable[[CheckrDouble, str, str], object]

#: What the candidate and Checkr do to a check: each run with the status that it ends in.
RUNS: list[tuple[str, list[Step]]] = [
    ("clear", [lambda c, i, r: c.suspends(r), lambda c, i, r: c.resumes(r), lambda c, i, r: c.decides(r, "clear")]),
    ("review", [lambda c, i, r: c.decides(r, "consider"), lambda c, i, r: c.disputes(r)]),
    (
        "clear",
        [
            lambda c, i, r: c.decides(r, "consider"),
            lambda c, i, r: c.disputes(r),
            lambda c, i, r: c.decides(r, "clear"),
        ],
    ),
    ("cancelled", [lambda c, i, r: c.suspends(r), lambda c, i, r: c.answer("completeReport", r, {}, None, None)]),
]


@pytest.mark.parametrize("number", [*(pytest.param(each, marks=pytest.mark.long) for each in (0, 1, 3)), 2])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_any_repetition_and_any_gap_lead_to_the_same_end(
    store: Store, vault: Vault, number: int, data: st.DataObject
) -> None:
    """Between any two steps of a run some of the events so far are delivered, in any order, some twice, some never."""
    status, steps = RUNS[number]
    door = Door(store)
    with CheckrDouble() as checkr:
        desk = Desk(store, vault, checkr)
        check_id, report_id = desk.reported()
        invitation_id = str(check_of(store, check_id).invitation_id)
        deliveries = 0
        for step in [*steps, None]:
            for each in data.draw(st.lists(st.sampled_from(checkr.events), max_size=4)):
                assert checkr.send(each, door) == 200
                deliveries += 1
                if data.draw(st.booleans()):
                    work(store, desk)
            if step is not None:
                step(checkr, invitation_id, report_id)
        work(store, desk)
        desk.reconcile()
        work(store, desk)
        check = check_of(store, check_id)
        assert (check.status, check.report_id) == (status, report_id)
        assert len({each for _id, each in desk.told}) == len(desk.told), "nobody is told the same twice"
        gone = [candidate["email"] is None for candidate in checkr.candidates.values()]
        assert gone == [status in ("clear", "cancelled")]
        assert checkr.problems == []


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(3)), sent=st.integers(0, 3))
def test_an_invitation_that_expires_ends_the_check(store: Store, vault: Vault, order: list[int], sent: int) -> None:
    door = Door(store)
    with CheckrDouble() as checkr:
        desk = Desk(store, vault, checkr)
        check_id = desk.started()
        [invitation] = checkr.invitations.values()
        checkr.expires(invitation["id"])
        events = [*checkr.events, checkr.event("candidate.created", next(iter(checkr.candidates.values())))]
        for index in order[:sent]:
            checkr.send(events[index % len(events)], door)
        work(store, desk)
        desk.reconcile()
        work(store, desk)
        assert check_of(store, check_id).status == "expired"
        assert [each["email"] for each in checkr.candidates.values()] == [None]


def test_events_before_the_start_has_its_answer_are_not_lost(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id = add_check(store, vault)
    door = Door(store)

    def meanwhile(_seconds: float) -> None:
        [invitation] = checkr.invitations.values()
        report_id = checkr.completes(invitation["id"])
        checkr.decides(report_id, "consider")
        for each in checkr.events:
            checkr.send(each, door)
        work(store, desk)

    checkr.fail("createInvitation", Fault.RESET_AFTER)
    desk.with_time(sleep=meanwhile).start(check_id)
    check = check_of(store, check_id)
    assert check.status == "review"
    assert check.invitation_id in checkr.invitations
    assert desk.told == [(check_id, "review")]
