"""The account service: the site's over HTTP (docs/api/accounts.yaml), or only the local table if none is set."""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import quote

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from bot.accounts.accounts import AccountTable
from bot.core.errors import StatedError
from bot.core.settings import Settings, SettingsError
from bot.storage import Store

#: Seconds for each step of a call, and the most attempts; the outbox repeats it later.
CALL_SECONDS = 3.0

CALLS = 3

#: Seconds before the second call, at most; twice that before the third.
FIRST_WAIT = 0.5

#: The most characters of an id of the service.
ID_LENGTH = 64


class AccountsError(StatedError):
    """The account service refused or did not answer; the message never names an address or a person."""


class AccountsUnavailableError(AccountsError):
    """The account service could not answer just now."""


class AccountService(Protocol):
    """Knows the accounts."""

    def open_account(self, email: str, full_name: str | None, key: str) -> str:
        """Find the account of an e-mail address, or open one; the same again changes nothing.

        Args:
            email: a normalised address.
            full_name: full legal name, if it is known; an account's known name is not overwritten.
            key: the idempotency key.

        Returns:
            The account's id at the service.

        Raises:
            AccountsError: it could not be opened.
        """
        ...


class LocalAccounts:
    """No account service: accounts are only in the local table.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def open_account(self, email: str, full_name: str | None, key: str) -> str:  # noqa: ARG002  (the address is enough)
        """Find the account of an e-mail address, or open one; see `AccountService`."""
        with self._store.write() as session:
            return AccountTable().open_account(session, email=email, full_name=full_name)


class HttpAccounts:
    """The site's account service, as docs/api/accounts.yaml describes it.

    Args:
        settings: its address and token, ``ACCOUNTS_URL`` and ``ACCOUNTS_KEY``.

    Raises:
        SettingsError: one of the two is missing.
    """

    def __init__(self, settings: Settings) -> None:
        key = settings.accounts_key.get_secret_value()
        if not settings.accounts_url or not key:
            raise SettingsError("ACCOUNTS_KEY: the account service of ACCOUNTS_URL needs a token.")
        self._url = settings.accounts_url
        self._headers = {"Authorization": f"Bearer {key}"}

    def open_account(self, email: str, full_name: str | None, key: str) -> str:
        """Find the account of an e-mail address, or open one; see `AccountService`."""
        body = {"email": email} | ({"full_name": full_name} if full_name else {})
        with httpx.Client(headers=self._headers, timeout=CALL_SECONDS) as client:
            calls = Retrying(
                retry=retry_if_exception_type(AccountsUnavailableError),
                stop=stop_after_attempt(CALLS),
                wait=wait_random_exponential(FIRST_WAIT, max=2),
                reraise=True,
            )
            return calls(self._open, client, key, body)

    def _open(self, client: httpx.Client, key: str, body: dict[str, str]) -> str:
        # The address is in the body, because URLs end up in logs.
        try:
            response = client.put(f"{self._url}/account-openings/{quote(key, safe='')}", json=body)
        except httpx.RequestError as error:
            raise AccountsUnavailableError(f"the account service did not answer ({type(error).__name__})") from None
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
            raise AccountsUnavailableError(f"the account service answered {response.status_code}")
        if response.status_code not in (httpx.codes.OK, httpx.codes.CREATED):
            raise AccountsError(f"the account service answered {response.status_code}")
        return _id_in(response)


def _id_in(response: httpx.Response) -> str:
    try:
        found: Any = response.json()["id"]
    except (ValueError, TypeError, KeyError):  # a JSONDecodeError and a UnicodeDecodeError are ValueErrors
        found = None
    if not isinstance(found, str) or not 0 < len(found) <= ID_LENGTH:
        raise AccountsError("the account service answered without an id")
    return found


def account_service(settings: Settings, store: Store) -> AccountService:
    """The account service that the settings name.

    Raises:
        SettingsError: its token is missing.
    """
    return HttpAccounts(settings) if settings.accounts_url else LocalAccounts(store)
