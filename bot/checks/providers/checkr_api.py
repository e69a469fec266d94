"""Calls to Checkr's API, as docs/api/checkr.yaml describes them.

A call that fails temporarily is repeated within the time of one job. `WORK_SECONDS` is less than the outbox's lease, so
that no other worker starts the same job. After that the outbox repeats the job.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from types import TracebackType
from typing import Annotated, Any, Self

import httpx
from pydantic import BaseModel, Field, ValidationError
from tenacity import RetryCallState, Retrying, retry_if_exception_type
from tenacity.wait import wait_exponential_jitter

from bot.checks.providers.base import ProviderError
from bot.core.settings import Settings

#: Seconds for one job, seconds for one attempt at a call, and attempts per call.
WORK_SECONDS = 40.0
ATTEMPT_SECONDS = 10.0
ATTEMPTS = 5

#: Smaller numbers in ``X-Ratelimit-Reset`` are seconds to wait, others are Unix times.
_FIRST_TIME = 1_000_000_000
_ABSENT = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})

#: The form of Checkr's ids, which become parts of URLs.
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Candidate(BaseModel):
    """Checkr's record of the mentor; ``email`` is empty once their data is deleted."""

    id: Id
    custom_id: str | None = None
    email: str | None = None
    report_ids: list[Id] = []

    @property
    def candidate_id(self) -> str:
        """The same as ``id``, under the name that all of Checkr's objects use."""
        return self.id


class Invitation(BaseModel):
    """The invitation to give Checkr more data; its status is pending, completed, expired or cancelled."""

    id: Id
    status: str
    candidate_id: Id
    report_id: Id | None = None


class Report(BaseModel):
    """The result of the check; ``result`` is clear, consider, or nothing yet."""

    id: Id
    status: str
    candidate_id: Id
    result: str | None = None
    includes_canceled: bool | None = None


class _Candidates(BaseModel):
    data: list[Candidate]


class _Invitations(BaseModel):
    data: list[Invitation]


class _PassingError(ProviderError):
    """A temporary failure.

    Attributes:
        pause: seconds until Checkr accepts calls again, if it said so.
    """

    def __init__(self, message: str, pause: float | None = None) -> None:
        super().__init__(message)
        self.pause = pause


class CheckrApi:
    """The calls of one job, as a context manager; the job's time begins with it.

    Args:
        settings: address and key.
        seconds: for all calls together.
        attempt_seconds: for one attempt at a call, from first byte to last.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        seconds: float = WORK_SECONDS,
        attempt_seconds: float = ATTEMPT_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._seconds = seconds
        self._attempt_seconds = attempt_seconds
        self._sleep = sleep

    def __enter__(self) -> Self:
        """Begin."""
        self._ends = time.monotonic() + self._seconds
        # asyncio's time-outs cover a whole call; httpx's begin again with each byte.
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(
            base_url=str(self._settings.checkr_api_url),
            auth=(self._settings.checkr_api_key.get_secret_value(), ""),
            timeout=self._attempt_seconds,
            verify=_certificates(),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._runner.run(self._client.aclose())
        self._runner.close()

    def create_candidate(self, check_id: str, body: dict[str, Any]) -> Candidate:
        """Create a candidate; for the same check it is the same one, as long as Checkr remembers the key (24 hours).

        Raises:
            ProviderError: Checkr refused or did not answer. All these methods raise it.
        """
        headers = {"Idempotency-Key": f"{check_id}:candidate"}
        return self._object(Candidate, "create the candidate", "POST", "/candidates", json=body, headers=headers)

    def find_candidate(self, check_id: str) -> Candidate | None:
        """The candidate of a check; None if there is none, or their work location is outside the US."""
        found = self._object(
            _Candidates, "look for the candidate", "GET", "/candidates", params={"custom_id": check_id}
        )
        return next((each for each in found.data if each.custom_id == check_id), None)

    def candidate(self, candidate_id: str) -> Candidate | None:
        """A candidate, or None if there is none."""
        return self._object_if_any(Candidate, "fetch the candidate", f"/candidates/{candidate_id}")

    def delete_pii(self, candidate_id: str) -> None:
        """Delete a candidate's personal data; a repeated call is refused."""
        contact = {"deletion_contact_email_address": self._settings.contact_email}
        self._call("delete the candidate's data", "DELETE", f"/candidates/{candidate_id}/pii", params=contact)

    def create_invitation(self, check_id: str, body: dict[str, Any]) -> Invitation:
        """Create an invitation; the same one for the same check, while Checkr remembers the key (24 hours)."""
        headers = {"Idempotency-Key": f"{check_id}:invitation"}
        return self._object(Invitation, "create the invitation", "POST", "/invitations", json=body, headers=headers)

    def find_invitation(self, candidate_id: str) -> Invitation | None:
        """The invitation of a candidate; None if there is none, or its work location is outside the US."""
        parameters = {"candidate_id": candidate_id}
        found = self._object(_Invitations, "look for the invitation", "GET", "/invitations", params=parameters)
        return next((each for each in found.data if each.candidate_id == candidate_id), None)

    def invitation(self, invitation_id: str) -> Invitation | None:
        """An invitation, or None if there is none."""
        path = f"/invitations/{invitation_id}"
        return self._object_if_any(Invitation, "fetch the invitation", path, include_deleted="true")

    def cancel_invitation(self, invitation_id: str) -> None:
        """Cancel a pending invitation."""
        self._call("cancel the invitation", "DELETE", f"/invitations/{invitation_id}")

    def report(self, report_id: str) -> Report | None:
        """A report, or None if there is none."""
        return self._object_if_any(Report, "fetch the report", f"/reports/{report_id}")

    def cancel_report(self, report_id: str) -> None:
        """Cancel the unfinished parts of a report."""
        self._call("cancel the report", "POST", f"/reports/{report_id}/complete")

    def _object_if_any[T: BaseModel](self, model: type[T], what: str, path: str, **parameters: str) -> T | None:
        response = self._call(what, "GET", path, params=parameters)
        return None if response.status_code in _ABSENT else _read(model, what, response)

    def _object[T: BaseModel](self, model: type[T], what: str, method: str, path: str, **parts: Any) -> T:
        response = self._call(what, method, path, **parts)
        if response.status_code in _ABSENT:
            raise ProviderError(f"Checkr refused to {what} ({response.status_code})")
        return _read(model, what, response)

    def _call(self, what: str, method: str, path: str, **parts: Any) -> httpx.Response:
        """The response to a call: a success, or that the object does not exist."""
        retrying = Retrying(
            retry=retry_if_exception_type(_PassingError),
            wait=_pause,
            stop=self._is_over,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._attempt, what, method, path, **parts)

    def _attempt(self, what: str, method: str, path: str, **parts: Any) -> httpx.Response:
        # The exception's text is dropped, because it may quote the request.
        try:
            response = self._runner.run(self._exchange(self._client.build_request(method, path, **parts)))
        except (httpx.TransportError, TimeoutError) as error:
            raise _PassingError(f"Checkr did not answer to {what} ({type(error).__name__})") from None
        status = response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise _PassingError(f"Checkr has no time to {what} ({status})", _until_reset(response))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _PassingError(f"Checkr failed to {what} ({status})")
        if not response.is_success and status not in _ABSENT:
            raise ProviderError(f"Checkr refused to {what} ({status})")
        return response

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        left = max(self._ends - time.monotonic(), 0)
        async with asyncio.timeout(min(self._attempt_seconds, left)):
            return await self._client.send(request)

    def _is_over(self, state: RetryCallState) -> bool:
        return state.attempt_number >= ATTEMPTS or time.monotonic() + state.upcoming_sleep >= self._ends


@cache
def _certificates() -> ssl.SSLContext:
    """The trusted certificates; read once, because reading takes longer than a call."""
    return httpx.create_ssl_context()


_backoff = wait_exponential_jitter(multiplier=0.5, max=4, jitter=0.5)


def _pause(state: RetryCallState) -> float:
    """Seconds until the next attempt: as Checkr asked, else growing."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.pause if isinstance(error, _PassingError) else None
    return _backoff(state) if asked is None else asked


def _until_reset(response: httpx.Response) -> float | None:
    told = response.headers.get("X-Ratelimit-Reset", "")
    if not (told.isascii() and told.isdigit()):
        return None
    seconds = int(told)
    return float(seconds) if seconds < _FIRST_TIME else max(seconds - time.time(), 0.0)


def _read[T: BaseModel](model: type[T], what: str, response: httpx.Response) -> T:
    try:
        return model.model_validate_json(response.content)
    except ValidationError:
        raise ProviderError(f"Checkr's answer to {what} cannot be read") from None
