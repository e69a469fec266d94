"""The provider of docs/how-to/add-a-provider.md, word for word, which a test checks."""

from __future__ import annotations

import httpx

from bot.checks.progress import CheckProgress
from bot.checks.providers.base import ProviderError
from bot.checks.service import Status
from bot.storage import Check, Store
from bot.storage.models import utc_now

# begin
STATUSES = {"running": Status.WAITING, "clear": Status.CLEAR, "unclear": Status.REVIEW}


class AgencyProvider:
    """Checks by an agency that takes an order under our own id: the same order twice is one order."""

    name = "agency"
    needs_place = False

    def __init__(self, store: Store, progress: CheckProgress, client: httpx.Client) -> None:
        self._store = store
        self._progress = progress
        self._client = client

    def start(self, check_id: str) -> None:
        with self._store.write() as session:
            check = session.get(Check, check_id, with_for_update=True)
            if check is None or check.status != Status.QUEUED:
                return
            check.called_at = check.called_at or utc_now()  # from now on the agency may know of the mentor
        self._call("PUT", check_id)
        self._take_on(check_id, Status.WAITING)

    def look_up(self, check_id: str) -> None:
        found = self._call("GET", check_id).json().get("status")
        self._take_on(check_id, STATUSES.get(found, Status.WAITING))

    def take_event(self, event_id: str) -> None:
        """Do nothing: the agency sends no events."""

    def cancel(self, check_id: str) -> None:
        self._call("DELETE", check_id)

    def _call(self, method: str, check_id: str) -> httpx.Response:
        try:
            return self._client.request(method, f"/orders/{check_id}").raise_for_status()
        except httpx.HTTPError as error:
            raise ProviderError(f"the agency did not take {method} ({type(error).__name__})") from None

    def _take_on(self, check_id: str, status: Status) -> None:
        with self._store.write() as session:
            check = session.get(Check, check_id, with_for_update=True)
            if check is not None:
                self._progress.advance(session, check, status)


# end
