"""The provider ``http``: an agency that needs settings alone, against a double that is strict about its description."""

from __future__ import annotations

import asyncio
import hmac
import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select, update

from bot.api.checks_webhook import SIGNATURE_HEADER, checks_webhook
from bot.api.webhooks import CHECK_EVENT, MAXIMUM_BYTES
from bot.checks.progress import CheckProgress
from bot.checks.providers.base import ProviderError
from bot.checks.providers.configured import configured
from bot.checks.providers.over_http import HttpProvider
from bot.checks.providers.registry import Providers
from bot.checks.service import CHECK_FORGET, withdraw
from bot.core.settings import Settings, SettingsError
from bot.security.vault import Vault
from bot.storage import Check, Mentor, Store, WebhookEvent
from tests.doubles.checks_agency import AgencyDouble
from tests.support.checkr import BORN, add_check, check_of, queued

TOKEN, WEBHOOK_KEY = "of-the-agency", "signs-events"


class Desk:
    """The provider, with the agency on the other side."""

    def __init__(self, store: Store, vault: Vault, **values: Any) -> None:
        self.store, self.vault = store, vault
        self.agency = AgencyDouble(TOKEN)
        self.told: list[str] = []
        self.settings = http_settings(**values)
        transport = httpx.MockTransport(self.agency)
        self.provider = HttpProvider(store, vault, self.settings, self.progress, transport)

    @property
    def progress(self) -> CheckProgress:
        return CheckProgress(self.vault, lambda _session, check: self.told.append(check.status))

    def check(self, **answers: str | None) -> str:
        """A check that waits to be ordered."""
        check_id = add_check(self.store, self.vault, **answers)
        with self.store.write() as session:
            session.execute(update(Check).where(Check.id == check_id).values(provider="http"))
        return check_id

    def ordered(self) -> str:
        """A check that the agency has."""
        check_id = self.check()
        self.provider.start(check_id)
        return check_id


def http_settings(**values: Any) -> Settings:
    own: dict[str, Any] = {
        "check_provider": "http",
        "checks_url": "https://agency.example/v1",
        "checks_key": SecretStr(TOKEN),
        "checks_webhook_keys": SecretStr(WEBHOOK_KEY),
    }
    return Settings(_env_file=None, **(own | values))  # type: ignore[call-arg]


@pytest.fixture
def desk(store: Store, vault: Vault) -> Desk:
    return Desk(store, vault)


def test_an_order_has_what_the_agency_needs_and_nothing_else(desk: Desk) -> None:
    check_id = desk.ordered()
    expected = {"name": "Grace Brewster Hopper", "email": "grace@example.org", "date_of_birth": BORN}
    assert desk.agency.orders == {check_id: expected}
    assert check_of(desk.store, check_id).status == "waiting"


@pytest.mark.parametrize("region", ["US-NY", None])
def test_the_place_is_ordered_where_the_agency_needs_it(store: Store, vault: Vault, region: str | None) -> None:
    desk = Desk(store, vault, checks_need_place=True)
    assert desk.provider.needs_place
    check_id = desk.check(region=region)
    desk.provider.start(check_id)
    place = {name: desk.agency.orders[check_id].get(name) for name in ("country", "region")}
    assert place == {"country": "US", "region": region}


@pytest.mark.parametrize("missing", ["full_name", "email", "date_of_birth"])
def test_what_is_not_known_is_for_a_person(desk: Desk, missing: str) -> None:
    check_id = desk.check(**{missing: None})
    desk.provider.start(check_id)
    check = check_of(desk.store, check_id)
    assert (check.status, check.called_at, desk.agency.calls) == ("review", None, [])
    assert check.reason is not None
    assert missing.removeprefix("full_").replace("_", " ") in check.reason


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("waiting", "waiting"),
        ("clear", "clear"),
        ("review", "review"),
        ("cancelled", "cancelled"),
        ("expired", "expired"),
        ("declined", "review"),
        ("a new one", "review"),
    ],
)
def test_nobody_is_turned_down_by_what_the_agency_says(desk: Desk, said: str, status: str) -> None:
    check_id = desk.ordered()
    desk.agency.checks[check_id] = said
    for _ in range(2):
        desk.provider.look_up(check_id)
    assert check_of(desk.store, check_id).status == status
    assert desk.told == list(dict.fromkeys(["waiting", status]))
    has_ended = status in ("clear", "cancelled", "expired")
    assert queued(desk.store, CHECK_FORGET) == ([check_id] if has_ended else [])


@pytest.mark.parametrize("fault", [0, 401, 403, 404, 429, 500, 503])
@pytest.mark.parametrize("takes_effect", [False, True])
def test_an_order_that_fails_is_repeated_and_is_one_order(desk: Desk, fault: int, takes_effect: bool) -> None:
    check_id = desk.check()
    desk.agency.failures, desk.agency.does_what_it_fails_at = [fault], takes_effect
    with pytest.raises(ProviderError):
        desk.provider.start(check_id)
    assert check_of(desk.store, check_id).status == "queued"
    for _ in range(2):
        desk.provider.start(check_id)
    assert list(desk.agency.orders) == [check_id]
    assert check_of(desk.store, check_id).status == "waiting"


@pytest.mark.parametrize("refusal", [400, 422])
def test_an_order_that_the_agency_does_not_take_is_for_a_person(desk: Desk, refusal: int) -> None:
    desk.agency.failures = [refusal]
    check = check_of(desk.store, desk.ordered())
    assert (check.status, check.reason) == ("review", f"The agency does not take this order: {refusal}.")


def test_an_answer_without_a_status_is_a_failure(desk: Desk) -> None:
    check_id = desk.check()
    desk.agency.failures = [200]
    with pytest.raises(ProviderError, match="no status"):
        desk.provider.start(check_id)


@pytest.mark.parametrize("method", ["look_up", "cancel"])
def test_a_look_up_and_a_deletion_that_fail_are_repeated(desk: Desk, method: str) -> None:
    check_id = desk.ordered()
    desk.agency.failures = [503]
    with pytest.raises(ProviderError):
        getattr(desk.provider, method)(check_id)
    for _ in range(2):
        getattr(desk.provider, method)(check_id)
    assert (check_id in desk.agency.orders) == (method == "look_up")


def test_who_withdraws_while_the_order_is_on_its_way_is_deleted_there(desk: Desk, store: Store, vault: Vault) -> None:
    check_id = desk.check()
    answered = desk.agency.__call__

    def withdraws(request: httpx.Request) -> httpx.Response:
        answer = answered(request)
        if request.method == "PUT":
            with store.write() as session:
                withdraw(session, vault, session.scalars(select(Mentor.id)).one())
        return answer

    provider = HttpProvider(store, vault, desk.settings, desk.progress, httpx.MockTransport(withdraws))
    provider.start(check_id)
    assert (desk.agency.orders, desk.agency.calls) == ({}, ["PUT", "DELETE"])
    assert check_of(store, check_id).status == "withdrawn"


def test_nothing_is_asked_of_the_agency_for_a_check_that_it_never_had(desk: Desk) -> None:
    check_id = desk.check()
    desk.provider.look_up(check_id)
    desk.provider.cancel(check_id)
    assert desk.agency.calls == []


def test_a_check_that_the_agency_does_not_know_stays_as_it_is(desk: Desk) -> None:
    check_id = desk.ordered()
    desk.agency.checks.clear()
    desk.provider.look_up(check_id)
    assert check_of(desk.store, check_id).status == "waiting"


def posted(desk: Desk, body: bytes, key: str = WEBHOOK_KEY) -> int:
    """The status of the answer to a signed webhook."""
    app = FastAPI()
    app.include_router(checks_webhook(desk.store, desk.settings, lambda: None))
    headers = {SIGNATURE_HEADER: hmac.digest(key.encode(), body, "sha256").hex()}

    async def post() -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
            return (await client.post("/webhooks/checks", content=body, headers=headers)).status_code

    return asyncio.run(post())


def event(check_id: str, name: str = "e1", **more: str) -> bytes:
    return json.dumps({"id": name, "check": check_id, **more}).encode()


def test_a_signed_event_has_the_check_looked_up_once_and_is_not_believed(desk: Desk) -> None:
    check_id = desk.ordered()
    for _ in range(2):
        assert posted(desk, event(check_id, status="clear")) == 200
    [queued_event] = queued(desk.store, CHECK_EVENT)
    providers = Providers(desk.store, [desk.provider])
    providers.take_event(queued_event)
    assert check_of(desk.store, check_id).status == "waiting"
    desk.agency.checks[check_id] = "clear"
    providers.take_event(queued_event)
    assert check_of(desk.store, check_id).status == "clear"


def test_an_event_about_nothing_known_is_answered_alike(desk: Desk) -> None:
    assert posted(desk, event("f" * 32)) == 200
    [queued_event] = queued(desk.store, CHECK_EVENT)
    Providers(desk.store, [desk.provider]).take_event(queued_event)
    assert desk.agency.calls == []


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [
        (event("f" * 32), "another key", 401),
        (b"{}", WEBHOOK_KEY, 400),
        (event("../../etc"), WEBHOOK_KEY, 400),
        (event("f" * 32, "e" * 65), WEBHOOK_KEY, 400),
        (b" " * (MAXIMUM_BYTES + 1), WEBHOOK_KEY, 413),
    ],
)
def test_what_is_no_signed_event_is_refused(desk: Desk, body: bytes, key: str, status: int) -> None:
    assert posted(desk, body, key) == status
    with desk.store.read() as session:
        assert session.scalars(select(WebhookEvent)).all() == []


def test_without_a_key_no_event_is_taken(store: Store, vault: Vault) -> None:
    desk = Desk(store, vault, checks_webhook_keys=SecretStr(""))
    assert posted(desk, event("f" * 32), "") == 404


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"checks_url": None}, "CHECKS_URL and CHECKS_KEY"),
        ({"checks_key": SecretStr("")}, "CHECKS_URL and CHECKS_KEY"),
        ({"checks_url": "http://agency.example"}, "dates of birth go to https:// alone"),
    ],
)
def test_a_setting_that_is_missing_is_named(desk: Desk, values: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        configured(desk.store, desk.vault, http_settings(**values), desk.progress)


def test_checks_that_began_with_the_agency_go_on_there_when_another_is_chosen(desk: Desk) -> None:
    made = configured(desk.store, desk.vault, http_settings(check_provider="manual"), desk.progress)
    assert [each.name for each in made] == ["manual", "http"]
