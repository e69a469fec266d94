"""The example of a third provider in docs/how-to/add-a-provider.md works as it stands there."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.checks.progress import CheckProgress
from bot.checks.providers.base import Provider, ProviderError
from bot.checks.service import CHECK_FORGET
from bot.core.organisation import ORGANISATION
from bot.security.vault import Vault
from bot.storage import Check, Store
from tests.store.mentor import ChattingMentor
from tests.support import example_provider
from tests.support.checkr import add_check, check_of, queued
from tests.support.example_provider import AgencyProvider

GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "add-a-provider.md"


class Agency:
    """The other side: orders by their id, each with its status."""

    def __init__(self) -> None:
        self.orders: dict[str, str] = {}
        self.calls: list[str] = []
        self.is_down = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request.method)
        order = request.url.path.removeprefix("/orders/")
        if self.is_down:
            return httpx.Response(503)
        if request.method == "PUT":
            self.orders.setdefault(order, "running")
        if request.method == "DELETE":
            self.orders.pop(order, None)
        return httpx.Response(200, json={"status": self.orders.get(order, "unknown")})


def test_the_guide_shows_the_tested_class() -> None:
    source = Path(example_provider.__file__).read_text(encoding="utf-8")
    shown = source.partition("# begin\n")[2].partition("# end\n")[0].strip()
    assert shown in GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("found", "status"), [("clear", "clear"), ("unclear", "review"), ("a new one", "waiting")])
def test_a_check_goes_through_the_example(store: Store, vault: Vault, found: str, status: str) -> None:
    agency, told = Agency(), []
    with httpx.Client(transport=httpx.MockTransport(agency), base_url="https://agency.example") as client:
        provider: Provider = AgencyProvider(
            store, CheckProgress(vault, lambda _session, check: told.append(check.status)), client
        )
        check_id = add_check(store, vault)
        agency.is_down = True
        with pytest.raises(ProviderError):
            provider.start(check_id)
        agency.is_down = False
        for _ in range(2):
            provider.start(check_id)
        assert agency.orders == {check_id: "running"}
        agency.orders[check_id] = found
        for _ in range(2):
            provider.look_up(check_id)
        assert check_of(store, check_id).status == status
        assert told == list(dict.fromkeys(["waiting", status]))
        assert queued(store, CHECK_FORGET) == ([check_id] if status == "clear" else [])
        for _ in range(2):
            provider.cancel(check_id)
        assert agency.orders == {}


@pytest.mark.parametrize("needs", [True, False])
@pytest.mark.parametrize("account", [f"I already have a {ORGANISATION.name} account", "I need to register"])
def test_a_provider_that_has_to_know_it_has_country_and_region_asked(
    store: Store, vault: Vault, data_dir: Path, monkeypatch: pytest.MonkeyPatch, needs: bool, account: str
) -> None:
    monkeypatch.setattr(AgencyProvider, "needs_place", needs)
    with httpx.Client() as client:
        agency = AgencyProvider(store, CheckProgress(vault, lambda _session, _check: None), client)
        with ChattingMentor(store, vault, data_dir, provider=agency) as mentor:
            mentor.taps("Let’s start")
            mentor.taps(account)
            with mentor.registration() as current:
                asked = [each.id for each in current.asked]
            assert ("country" in asked) == needs
            mentor.comes_to("country" if needs else "date_of_birth")
            assert mentor.question == ("country" if needs else "date_of_birth")
            mentor.comes_to("review").says("submit")
        with store.read() as session:
            assert session.scalars(select(Check.provider)).one() == "agency"
