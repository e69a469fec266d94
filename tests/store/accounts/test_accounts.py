"""Accounts: in the local table, and at the organisation's account service as docs/api/accounts.yaml describes it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select

import bot.accounts.account_service
import bot.accounts.accounts
from bot.accounts.account_service import (
    CALLS,
    AccountsError,
    AccountsUnavailableError,
    HttpAccounts,
    LocalAccounts,
    account_service,
)
from bot.accounts.accounts import AccountTable
from bot.accounts.opener import OPEN, AccountOpener, queue_opening
from bot.core.settings import Settings, SettingsError, load_settings
from bot.jobs.outbox import Outbox
from bot.storage import Account, OutboxEntry, Store
from bot.storage.models import utc_now
from tests.doubles.accounts_api import DESCRIPTION, HANGS_UP, SILENT, AccountsDouble, Known, problems

EMAIL = "maria.silva@example.org"
NAME = "Maria Silva"
TOKEN = "the-token"
KEY = "a" * 32


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[AccountsDouble]:
    """The account service; no call waits long for it."""
    monkeypatch.setattr(bot.accounts.account_service, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(bot.accounts.account_service, "CALL_SECONDS", 0.3)
    with AccountsDouble(TOKEN) as double:
        yield double


@pytest.fixture(autouse=True)
def silent_about_people(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No log names an address, a person or the token."""
    caplog.set_level(logging.DEBUG)
    yield
    logged = "\n".join(map(logging.Formatter().format, caplog.get_records("call")))
    for secret in ("maria.silva", NAME, TOKEN):
        assert secret not in logged


def settings_for(url: str, token: str = TOKEN) -> Settings:
    return load_settings(_env_file=None, accounts_url=url, accounts_key=token)


def opened(store: Store, email: str = EMAIL, name: str | None = NAME, *, verified: bool = False) -> str:
    with store.write() as session:
        return AccountTable().open_account(session, email=email, full_name=name, verified=verified)


def account(store: Store, account_id: str) -> Account:
    with store.read() as session:
        return session.get_one(Account, account_id)


def test_an_address_has_one_account(store: Store) -> None:
    assert opened(store) == opened(store)
    assert opened(store, "another@example.org") != opened(store)


def test_a_known_name_is_not_overwritten(store: Store) -> None:
    account_id = opened(store, name=None)
    assert account(store, account_id).full_name is None
    opened(store)
    opened(store, name="Somebody Else")
    assert account(store, account_id).full_name == NAME


def test_an_address_is_proven_once(store: Store) -> None:
    account_id = opened(store)
    assert account(store, account_id).verified_at is None
    opened(store, verified=True)
    proven = account(store, account_id).verified_at
    assert proven is not None
    assert utc_now() - proven < timedelta(minutes=1)
    opened(store, verified=True)
    opened(store)
    assert account(store, account_id).verified_at == proven


def test_two_who_open_an_account_at_once_share_it(store: Store) -> None:
    ready = threading.Barrier(4)

    def open_one(_number: int) -> str:
        ready.wait(10)
        return opened(store)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(open_one, range(4)))) == 1


def test_an_account_that_another_opened_meanwhile_is_taken(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = opened(store)
    monkeypatch.setattr(bot.accounts.accounts, "_find", lambda _session, _email: None)
    assert opened(store, name="Somebody Else") == first
    assert account(store, first).full_name == NAME


def test_the_opening_is_queued_once(store: Store) -> None:
    account_id = opened(store)
    with store.write() as session:
        queue_opening(session, account_id, "m" * 32)
        queue_opening(session, account_id, "n" * 32)
    with store.write() as session:
        queue_opening(session, account_id, "m" * 32)
        [entry] = session.scalars(select(OutboxEntry))
        assert (entry.kind, entry.subject_id, entry.mentor_id) == (OPEN, account_id, "m" * 32)


def test_without_a_service_the_local_account_is_the_account(store: Store) -> None:
    service = account_service(load_settings(_env_file=None), store)
    assert isinstance(service, LocalAccounts)
    account_id = opened(store)
    AccountOpener(store, service).open(account_id)
    assert account(store, account_id).external_id == account_id
    another = service.open_account("another@example.org", NAME, KEY)
    assert account(store, another).full_name == NAME


def test_an_account_is_opened_at_the_service_and_its_id_kept(store: Store, service: AccountsDouble) -> None:
    account_id = opened(store)
    with store.write() as session:
        queue_opening(session, account_id, "m" * 32)
    opener = AccountOpener(store, account_service(settings_for(service.url), store))
    assert Outbox(store, {OPEN: opener.open}).run_one()
    assert service.accounts == {EMAIL: Known("account 1", NAME)}
    assert account(store, account_id).external_id == "account 1"
    opener.open(account_id)
    [exchange] = service.exchanges
    assert problems(exchange) == []
    assert exchange.status == 201
    assert exchange.path == f"/account-openings/{account_id}"
    assert exchange.body == {"email": EMAIL, "full_name": NAME}
    assert exchange.headers["authorization"] == f"Bearer {TOKEN}"


def test_what_was_erased_meanwhile_is_not_opened(store: Store, service: AccountsDouble) -> None:
    AccountOpener(store, HttpAccounts(settings_for(service.url))).open("a" * 32)
    assert service.exchanges == []


def test_a_service_that_fails_is_tried_again_by_the_outbox(store: Store, service: AccountsDouble) -> None:
    account_id = opened(store)
    with store.write() as session:
        queue_opening(session, account_id, "m" * 32)
    service.failures = [503] * CALLS
    outbox = Outbox(store, {OPEN: AccountOpener(store, HttpAccounts(settings_for(service.url))).open})
    assert outbox.run_one()
    assert account(store, account_id).external_id is None
    with store.write() as session:
        entry = session.scalars(select(OutboxEntry)).one()
        assert (entry.done_at, entry.last_error) == (
            None,
            "AccountsUnavailableError: the account service answered 503",
        )
        entry.next_attempt_at = utc_now() - timedelta(seconds=1)
    assert outbox.run_one()
    assert account(store, account_id).external_id == "account 1"


def test_no_transaction_is_open_while_the_service_is_called(store: Store) -> None:
    open_now: list[int] = []

    class Spy:
        def open_account(self, email: str, full_name: str | None, key: str) -> str:
            open_now.append(store._engine.pool.checkedout())
            return "1"

    AccountOpener(store, Spy()).open(opened(store))
    assert open_now == [0]


@pytest.mark.parametrize("email", [EMAIL, "maría@münchen.example", "o'hara+x%2F?#/..@example.org", "a" * 64 + "@b.org"])
@pytest.mark.parametrize("name", [NAME, "María 日本", None])
def test_every_call_is_as_the_description_says(service: AccountsDouble, email: str, name: str | None) -> None:
    accounts = HttpAccounts(settings_for(service.url))
    assert accounts.open_account(email, name, KEY) == accounts.open_account(email, name, KEY)
    assert accounts.open_account(email.upper(), "Somebody Else", "b" * 32) == service.accounts[email.lower()].id
    assert service.accounts[email.lower()].full_name == (name or "Somebody Else")
    assert [exchange.status for exchange in service.exchanges] == [201, 200, 200]
    assert [problems(exchange) for exchange in service.exchanges] == [[], [], []]


@pytest.mark.parametrize("failure", [429, 500, 502, 503, HANGS_UP, SILENT])
def test_what_may_pass_is_tried_again_at_once(service: AccountsDouble, failure: int) -> None:
    service.failures = [failure] * (CALLS - 1)
    assert HttpAccounts(settings_for(service.url)).open_account(EMAIL, NAME, KEY) == "account 1"
    assert len(service.exchanges) == CALLS
    bad = [problems(exchange) for exchange in service.exchanges if exchange.status > 0]
    assert bad == [[] for _ in bad]


@pytest.mark.parametrize("failure", [429, 503, HANGS_UP, SILENT])
def test_what_does_not_pass_is_an_error_without_names(service: AccountsDouble, failure: int) -> None:
    service.failures = [failure] * CALLS
    with pytest.raises(AccountsUnavailableError) as raised:
        HttpAccounts(settings_for(service.url)).open_account(EMAIL, NAME, KEY)
    assert len(service.exchanges) == CALLS
    assert EMAIL not in str(raised.value)


@pytest.mark.parametrize("failure", [500, HANGS_UP, SILENT])
def test_an_answer_that_was_lost_opens_no_second_account(service: AccountsDouble, failure: int) -> None:
    service.failures = [failure]
    service.does_what_it_fails_at = True
    assert HttpAccounts(settings_for(service.url)).open_account(EMAIL, NAME, KEY) == "account 1"
    assert len(service.accounts) == 1


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409])
def test_a_refusal_is_not_tried_again_at_once(service: AccountsDouble, status: int) -> None:
    service.failures = [status]
    with pytest.raises(AccountsError, match=str(status)):
        HttpAccounts(settings_for(service.url)).open_account(EMAIL, NAME, KEY)
    assert len(service.exchanges) == 1


def test_the_double_refuses_what_the_description_does_not_allow(service: AccountsDouble) -> None:
    accounts = HttpAccounts(settings_for(service.url))
    with pytest.raises(AccountsError, match="400"):
        accounts.open_account("no address", NAME, KEY)
    with pytest.raises(AccountsError, match="400"):
        accounts.open_account(EMAIL, NAME, "no key")
    accounts.open_account(EMAIL, NAME, KEY)
    with pytest.raises(AccountsError, match="409"):
        accounts.open_account("another@example.org", NAME, KEY)
    with pytest.raises(AccountsError, match="401"):
        HttpAccounts(settings_for(service.url, "another-token")).open_account(EMAIL, NAME, KEY)
    assert [problems(exchange) for exchange in service.exchanges] == [["request"], ["key"], [], [], []]


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"[]", b"null", b'{"id": 7}', b'{"id": ""}', b"\xff", b'{"name": 1}']
)
def test_an_answer_without_an_id_is_an_error(
    service: AccountsDouble, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    monkeypatch.setattr(service, "answer", lambda *_arguments: (200, answer))
    with pytest.raises(AccountsError, match="without an id"):
        HttpAccounts(settings_for(service.url)).open_account(EMAIL, NAME, KEY)


def test_an_id_that_is_too_long_to_keep_is_an_error(service: AccountsDouble) -> None:
    service.accounts[EMAIL] = Known("i" * 65, None)
    with pytest.raises(AccountsError, match="without an id"):
        HttpAccounts(settings_for(service.url)).open_account(EMAIL, NAME, KEY)


def test_a_service_without_a_token_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ACCOUNTS_KEY"):
        HttpAccounts(load_settings(_env_file=None, accounts_url="https://accounts.example.org"))


def test_the_description_holds_valid_schemas() -> None:
    assert DESCRIPTION["openapi"].startswith("3.1")
    for schema in DESCRIPTION["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
