"""The provider ``http``: an agency that offers the three requests of docs/api/checks.yaml; only settings are needed.

The order has our own id, so the same order twice is one order at the agency. A webhook only makes the provider look up
the check, so it may come late, twice or never.
"""

from __future__ import annotations

import logging
from typing import Annotated

import httpx
from pydantic import BaseModel, Field, ValidationError

from bot.checks.progress import CheckProgress
from bot.checks.providers.base import ProviderError
from bot.checks.providers.person import UnfitError, account_name, answers_of
from bot.checks.service import ENDS, Status, reveal_date_of_birth
from bot.core.settings import Settings, SettingsError
from bot.registration import form
from bot.security.vault import Vault
from bot.storage import Check, Store, WebhookEvent
from bot.storage.models import utc_now

logger = logging.getLogger(__name__)

PROVIDER = "http"
NEEDS = "CHECKS_URL and CHECKS_KEY: the provider http needs the agency's address and key."
#: Seconds for one request. An order makes two at most, which is less than the outbox's lease of a minute.
CALL_SECONDS = 20.0
#: Answers to an order that say that the agency cannot do this check.
_UNFIT = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY})
_ABSENT = frozenset({httpx.codes.NOT_FOUND, httpx.codes.GONE})


class Found(BaseModel):
    """What the agency says of a check.

    Attributes:
        status: a status of docs/api/checks.yaml; any other one sends the check to a person.
        reason: for that person.
    """

    status: Annotated[str, Field(max_length=100)]
    reason: Annotated[str, Field(max_length=1000)] = ""

    @property
    def standing(self) -> Status:
        """The check's status; a person looks at what is not clear, and at a status that is not described."""
        known = {each.value: each for each in (Status.WAITING, Status.CLEAR, Status.CANCELLED, Status.EXPIRED)}
        return known.get(self.status, Status.REVIEW)


class HttpProvider:
    """Background checks by an agency over HTTP.

    Args:
        store: the database.
        vault: opens the date of birth.
        settings: address and key of the agency, and whether it has to know where a mentor lives.
        progress: advances checks.
        transport: makes the calls; None for the usual one.

    Raises:
        SettingsError: the address or the key is missing, or the address is not https.
    """

    name = PROVIDER

    def __init__(
        self,
        store: Store,
        vault: Vault,
        settings: Settings,
        progress: CheckProgress,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.needs_place = settings.checks_need_place
        self._store = store
        self._vault = vault
        self._progress = progress
        self._transport = transport
        self._url, self._key = agency(settings)

    def start(self, check_id: str) -> None:
        """Order the check, or hand it to a person if the agency cannot do it.

        Raises:
            ProviderError: the agency did not take the order.
            VaultError: the date of birth cannot be opened.
        """
        order = self._order(check_id)
        if order is None:
            return
        response = self._call("PUT", check_id, order)
        if response.status_code in _UNFIT:
            found = Found(status=Status.REVIEW, reason=f"The agency does not take this order: {response.status_code}.")
        else:
            found = _found_in(response)
        if not self._advance(check_id, found):
            self._call("DELETE", check_id)  # withdrawn or erased meanwhile

    def look_up(self, check_id: str) -> None:
        """Ask the agency for the check's status, and advance the check.

        Raises:
            ProviderError: the agency could not be asked.
        """
        with self._store.read() as session:
            check = session.get(Check, check_id)
            if check is None or check.provider != self.name or check.called_at is None or check.status in ENDS:
                return
        response = self._call("GET", check_id)
        if response.status_code in _ABSENT:
            logger.warning("the agency does not know check %s", check_id)
            return
        self._advance(check_id, _found_in(response))

    def take_event(self, event_id: str) -> None:
        """Look up the check of a webhook's event.

        Args:
            event_id: of a `WebhookEvent`.

        Raises:
            ProviderError: the agency could not be asked.
        """
        with self._store.read() as session:
            event = session.get(WebhookEvent, event_id)
        if event is not None:
            self.look_up(event.object_id)

    def cancel(self, check_id: str) -> None:
        """Have the agency stop the check and delete the mentor's data; a repeated call changes nothing.

        Raises:
            ProviderError: it could not be stopped.
        """
        with self._store.read() as session:
            check = session.get(Check, check_id)
            if check is not None and check.called_at is None:
                return
        self._call("DELETE", check_id)

    def _order(self, check_id: str) -> dict[str, str] | None:
        """The order; None if the check has begun or ended, or if the agency cannot do it."""
        with self._store.write() as session:
            check = session.get(Check, check_id, with_for_update=True)
            if check is None or check.provider != self.name or check.status != Status.QUEUED:
                return None
            answers = answers_of(session, check.mentor_id)
            order = {
                "name": answers.get(form.FULL_NAME) or account_name(session, check.mentor_id),
                "email": answers.get(form.EMAIL),
                "date_of_birth": reveal_date_of_birth(session, self._vault, check, self.name),
            }
            if self.needs_place:
                order["country"] = answers.get(form.COUNTRY)
            try:
                complete = _complete(order)
            except UnfitError as error:
                self._progress.advance(session, check, Status.REVIEW, reason=str(error))
                return None
            if self.needs_place and form.REGION in answers:  # not every country has regions
                complete["region"] = answers[form.REGION]
            check.called_at = check.called_at or utc_now()
            return complete

    def _advance(self, check_id: str, found: Found) -> bool:
        """Advance the check; returns whether it was still open."""
        with self._store.write() as session:
            check = session.get(Check, check_id, with_for_update=True)
            if check is None or check.status in ENDS:
                return False
            check.looked_up_at = utc_now()
            self._progress.advance(session, check, found.standing, reason=found.reason or None)
            has_ended = check.status in ENDS
        if has_ended:
            self._store.checkpoint()  # the date of birth leaves SQLite's log, too
        return True

    def _call(self, method: str, check_id: str, order: dict[str, str] | None = None) -> httpx.Response:
        """Make a request.

        Raises:
            ProviderError: there was no answer, or one that the description does not have.
        """
        headers = {"Authorization": f"Bearer {self._key}"}
        try:
            with httpx.Client(headers=headers, timeout=CALL_SECONDS, transport=self._transport) as client:
                response = client.request(method, f"{self._url}/checks/{check_id}", json=order)
        except httpx.HTTPError as error:
            raise ProviderError(f"the agency did not answer {method} ({type(error).__name__})") from None
        expected = _UNFIT if method == "PUT" else _ABSENT
        if not response.is_success and response.status_code not in expected:
            raise ProviderError(f"the agency answered {method} with {response.status_code}")
        return response


def agency(settings: Settings) -> tuple[str, str]:
    """The agency's address and key.

    Raises:
        SettingsError: one of them is missing, or the address is not https.
    """
    key = settings.checks_key.get_secret_value()
    if settings.checks_url is None or not key:
        raise SettingsError(NEEDS)
    address = str(settings.checks_url)
    url = httpx.URL(address)
    if url.scheme != "https" and url.host not in ("127.0.0.1", "localhost", "::1"):
        raise SettingsError("CHECKS_URL: dates of birth go to https:// alone.")
    return address, key


def _complete(order: dict[str, str | None]) -> dict[str, str]:
    """An order that has everything.

    Raises:
        UnfitError: something is not known.
    """
    complete = {name: value for name, value in order.items() if value}
    missing = [name.replace("_", " ") for name in order if name not in complete]
    if missing:
        raise UnfitError(f"The agency needs what is not known: {', '.join(missing)}.")
    return complete


def _found_in(response: httpx.Response) -> Found:
    try:
        return Found.model_validate_json(response.content)
    except ValidationError:
        raise ProviderError("the agency's answer has no status") from None
