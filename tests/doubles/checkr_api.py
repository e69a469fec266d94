"""A double of Checkr's API over HTTP, and of the webhooks it sends.

The double listens on 127.0.0.1, stores the created objects, and lets a test play the other side: the candidate
completes
the invitation, a report is decided, events are sent. It is strict: a request that differs from docs/api/checkr.yaml is
refused, noted in `CheckrDouble.problems`, and has no effect.

Example::

    with CheckrDouble() as checkr:
        provider.start(check_id)
        [invitation] = checkr.invitations.values()
        report_id = checkr.completes(invitation["id"])
        checkr.decides(report_id, "clear")
        checkr.send(checkr.events[-1], webhook)

Deliberately simpler than the real service: it knows no packages by name, an answer holds only the described fields, and
only a test sends events.
"""

from __future__ import annotations

import base64
import copy
import hmac
import json
import os
import secrets
import socket
import struct
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.support.openapi import Description

type JsonObject = dict[str, Any]

DESCRIPTION = Description(Path(__file__).parents[2] / "docs" / "api" / "checkr.yaml")
API_KEY = "checkr-test-key"
#: How long an idempotency key is remembered.
KEY_LIFE = timedelta(hours=24)


class Fault(Enum):
    """Faults of a call."""

    #: 500, before and after the effect.
    ERROR = auto()
    ERROR_AFTER = auto()
    #: 503, before the effect.
    UNAVAILABLE = auto()
    #: 429, before the effect.
    LIMITED = auto()
    #: No byte of an answer, before and after the effect.
    SILENCE = auto()
    SILENCE_AFTER = auto()
    #: The connection is reset, before and after the effect.
    RESET = auto()
    RESET_AFTER = auto()
    #: The effect happens, and the answer comes one byte at a time.
    SLOW = auto()
    #: The effect happens, and the answer is cut off.
    CUT = auto()


_BEFORE = frozenset({Fault.ERROR, Fault.UNAVAILABLE, Fault.LIMITED, Fault.SILENCE, Fault.RESET})


@dataclass(frozen=True)
class Exchange:
    """One call and its answer, as the double saw them; ``status`` is None if no answer was begun."""

    operation: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    status: int | None
    answer: Any


class RefusalError(Exception):
    """A call that is refused."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class CheckrDouble:
    """Checkr on a free port of 127.0.0.1, for use as a context manager.

    Attributes:
        url: address of the API.
        candidates, invitations, reports: the objects by id.
        events: the webhooks' events, oldest first.
        exchanges: every call with its answer.
        problems: the problems of refused calls.
    """

    def __init__(self, key: str = API_KEY) -> None:
        self.key = key
        self.url = ""
        self.candidates: dict[str, JsonObject] = {}
        self.invitations: dict[str, JsonObject] = {}
        self.reports: dict[str, JsonObject] = {}
        self.events: list[JsonObject] = []
        self.exchanges: list[Exchange] = []
        self.problems: list[str] = []
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self.reset_at = 0
        self._shift = timedelta()
        self._keys: dict[str, tuple[datetime, str, JsonObject]] = {}
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._calls: dict[str, Callable[[str, dict[str, str], Any], JsonObject]] = {
            "createCandidate": self._create_candidate,
            "listCandidates": self._list_candidates,
            "getCandidate": lambda each, _query, _body: _found(self.candidates, each),
            "deleteCandidatePii": self._delete_pii,
            "createInvitation": self._create_invitation,
            "listInvitations": self._list_invitations,
            "getInvitation": lambda each, _query, _body: _found(self.invitations, each),
            "cancelInvitation": self._cancel_invitation,
            "getReport": lambda each, _query, _body: _found(self.reports, each),
            "completeReport": self._complete_report,
        }

    def __enter__(self) -> Self:
        """Start the server."""
        double = self

        class Handler(_Handler):
            checkr = double

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="checkr-double", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server; calls that wait end."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    # The test's side

    def fail(self, operation: str, *faults: Fault) -> None:
        """Let the next calls of an operation fail, one fault each."""
        with self.lock:
            self._faults[operation].extend(faults)

    def pass_time(self, **parts: float) -> None:
        """Let time pass in the double: ``pass_time(hours=25)``."""
        self._shift += timedelta(**parts)

    def calls(self) -> Counter[str]:
        """How often each operation was called."""
        return Counter(each.operation for each in self.exchanges)

    def completes(self, invitation_id: str) -> str:
        """The candidate completes the invitation; returns the id of the new report."""
        with self.lock:
            invitation = self.invitations[invitation_id]
            candidate = self.candidates[invitation["candidate_id"]]
            report = {
                "id": secrets.token_hex(12),
                "object": "report",
                "status": "pending",
                "result": None,
                "includes_canceled": False,
                "candidate_id": candidate["id"],
            }
            self.reports[report["id"]] = report
            candidate["report_ids"].append(report["id"])
            invitation.update(status="completed", report_id=report["id"])
            self._happened("invitation.completed", invitation)
            self._happened("report.created", report)
            return str(report["id"])

    def expires(self, invitation_id: str) -> None:
        """The invitation expires."""
        self._becomes(self.invitations[invitation_id], "expired", "invitation.expired")

    def suspends(self, report_id: str) -> None:
        """Something is missing for the report."""
        self._becomes(self.reports[report_id], "suspended", "report.suspended")

    def resumes(self, report_id: str) -> None:
        """The missing data has arrived."""
        self._becomes(self.reports[report_id], "pending", "report.resumed")

    def decides(self, report_id: str, result: str, *, includes_canceled: bool = False) -> None:
        """The report is complete."""
        report = self.reports[report_id]
        report.update(result=result, includes_canceled=includes_canceled)
        self._becomes(report, "complete", "report.completed")

    def disputes(self, report_id: str) -> None:
        """The candidate disputes the report."""
        self._becomes(self.reports[report_id], "dispute", "report.disputed")

    def event(self, kind: str, about: JsonObject) -> JsonObject:
        """An event that something happened to an object."""
        return {
            "id": secrets.token_hex(12),
            "object": "event",
            "type": kind,
            "created_at": self._now().isoformat(),
            "data": {"object": {"id": about["id"], "object": about["object"], "uri": f"/v1/{about['object']}s"}},
        }

    def signed(self, event: JsonObject, key: str | None = None) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the webhook for ``event``."""
        body = json.dumps(event).encode()
        signature = hmac.digest((key or self.key).encode(), body, "sha256").hex()
        return body, {"X-Checkr-Signature": signature, "Content-Type": "application/json"}

    def send(self, event: JsonObject, post: Callable[[bytes, dict[str, str]], int]) -> int:
        """Send an event with ``post``, which gets body and headers; returns the answer's status."""
        return post(*self.signed(event))

    # The service's side

    def answer(
        self, operation: str, object_id: str, query: dict[str, str], key: str | None, body: Any
    ) -> tuple[int, JsonObject]:
        """Carry out a call; the same idempotency key gives the same answer."""
        with self.lock:
            made = operation.startswith("create")
            if key is not None and key in self._keys:
                at, sent, kept = self._keys[key]
                if self._now() - at < KEY_LIFE:
                    if sent != json.dumps(body, sort_keys=True):
                        self.problems.append(f"{operation}: another body with the same idempotency key")
                        raise RefusalError(422, "This idempotency key was used for something else.")
                    return 201, kept
            result = copy.deepcopy(self._calls[operation](object_id, query, body))
            if key is not None:
                self._keys[key] = (self._now(), json.dumps(body, sort_keys=True), result)
            return (201 if made else 200), result

    def next_fault(self, operation: str) -> Fault | None:
        """The fault of this call."""
        with self.lock:
            return self._faults[operation].popleft() if self._faults[operation] else None

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def _happened(self, kind: str, about: JsonObject) -> None:
        self.events.append(self.event(kind, about))

    def _becomes(self, about: JsonObject, status: str, kind: str) -> None:
        with self.lock:
            about["status"] = status
            self._happened(kind, about)

    def _create_candidate(self, _id: str, _query: dict[str, str], body: JsonObject) -> JsonObject:
        candidate = {**body, "id": secrets.token_hex(12), "object": "candidate", "report_ids": []}
        self.candidates[candidate["id"]] = candidate
        return candidate

    def _list_candidates(self, _id: str, query: dict[str, str], _body: Any) -> JsonObject:
        matching = [each for each in self.candidates.values() if each["custom_id"] == query["custom_id"]]
        return {"object": "list", "data": [each for each in matching if _is_in_us(each)]}

    def _delete_pii(self, candidate_id: str, _query: dict[str, str], _body: Any) -> JsonObject:
        candidate = _found(self.candidates, candidate_id)
        if candidate["email"] is None:
            raise RefusalError(400, "The data was deleted before.")
        candidate.update(dict.fromkeys(("first_name", "last_name", "email", "dob")))
        return candidate

    def _create_invitation(self, _id: str, _query: dict[str, str], body: JsonObject) -> JsonObject:
        if body["candidate_id"] not in self.candidates:
            raise RefusalError(400, "There is no such candidate.")
        fixed = {"id": secrets.token_hex(12), "object": "invitation", "status": "pending", "report_id": None}
        invitation = {**body, **fixed}
        self.invitations[invitation["id"]] = invitation
        self._happened("invitation.created", invitation)
        return invitation

    def _list_invitations(self, _id: str, query: dict[str, str], _body: Any) -> JsonObject:
        matching = [each for each in self.invitations.values() if each["candidate_id"] == query["candidate_id"]]
        return {"object": "list", "data": [each for each in matching if _is_in_us(each)]}

    def _cancel_invitation(self, invitation_id: str, _query: dict[str, str], _body: Any) -> JsonObject:
        invitation = _found(self.invitations, invitation_id)
        if invitation["status"] != "pending":
            raise RefusalError(400, "It is not pending.")
        self._becomes(invitation, "cancelled", "invitation.deleted")
        return invitation

    def _complete_report(self, report_id: str, _query: dict[str, str], _body: Any) -> JsonObject:
        report = _found(self.reports, report_id)
        if report["status"] not in ("pending", "paused", "suspended"):
            raise RefusalError(400, "It is complete.")
        self._becomes(report, "canceled", "report.canceled")
        return report


def _found(objects: dict[str, JsonObject], object_id: str) -> JsonObject:
    if object_id not in objects:
        raise RefusalError(404, "Not found.")
    return objects[object_id]


def _is_in_us(each: JsonObject) -> bool:
    return bool(each["work_locations"][0]["country"] == "US")


class _Handler(BaseHTTPRequestHandler):
    """One call."""

    checkr: CheckrDouble

    def do_GET(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def do_DELETE(self) -> None:
        self._take()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (named so in the base class)
        """Say nothing."""

    def _take(self) -> None:
        split = urlsplit(self.path)
        query = dict(parse_qsl(split.query, keep_blank_values=True))
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if len(raw) < length:  # the client died while sending this
            self.close_connection = True
            return
        operation = DESCRIPTION.operation(self.command, split.path.removeprefix("/v1"))
        name = operation.id if operation else f"{self.command} {split.path}"
        fault = self.checkr.next_fault(name)
        status, answer = (None, None) if fault in _BEFORE else self._effect(name, query, raw)
        if fault is Fault.ERROR_AFTER:
            status, answer = None, None
        body = json.loads(raw) if raw else None
        seen = Exchange(name, self.command, split.path, query, dict(self.headers), body, status, answer)
        self.checkr.exchanges.append(seen)
        try:
            self._reply(fault, status, answer)
        except OSError:
            self.close_connection = True  # the client has left

    def _effect(self, name: str, query: dict[str, str], raw: bytes) -> tuple[int, JsonObject]:
        checkr, path = self.checkr, urlsplit(self.path).path.removeprefix("/v1")
        try:
            self._authenticate()
            operation = DESCRIPTION.operation(self.command, path)
            if operation is None:
                raise self._problem(404, f"{name} is not described")
            body = json.loads(raw) if raw else None
            problems = DESCRIPTION.request_problems(operation, query, dict(self.headers), body)
            if problems:
                raise self._problem(422, f"{name}: {'; '.join(problems)}")
            key = self.headers.get("Idempotency-Key")
            return checkr.answer(operation.id, operation.path_values.get("id", ""), query, key, body)
        except RefusalError as error:
            return error.status, {"error": str(error)}

    def _authenticate(self) -> None:
        wanted = base64.b64encode(f"{self.checkr.key}:".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {wanted}":
            raise RefusalError(401, "Bad authentication error")

    def _problem(self, status: int, text: str) -> RefusalError:
        self.checkr.problems.append(text)
        return RefusalError(status, text)

    def _reply(self, fault: Fault | None, status: int | None, answer: Any) -> None:
        match fault:
            case Fault.ERROR | Fault.ERROR_AFTER:
                self._send(500, {"error": "Internal error"})
            case Fault.UNAVAILABLE:
                self._send(503, {"error": "Unavailable"})
            case Fault.LIMITED:
                self._send(429, {"error": "Too many"}, {"X-Ratelimit-Reset": str(self.checkr.reset_at)})
            case Fault.RESET | Fault.RESET_AFTER:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                os.close(self.connection.detach())  # at once, with a reset
                self.close_connection = True
            case Fault.SILENCE | Fault.SILENCE_AFTER:
                self.checkr.closing.wait(30)
            case Fault.CUT:
                body = json.dumps(answer).encode()
                self._begin(status or 500, len(body), {})
                self.wfile.write(body[: len(body) // 2])
            case Fault.SLOW:
                body = json.dumps(answer).encode()
                self._begin(status or 500, len(body), {})
                for number in range(len(body)):
                    self.wfile.write(body[number : number + 1])
                    self.wfile.flush()
                    if self.checkr.closing.wait(0.05):
                        return
            case _:
                self._send(status or 500, answer)

    def _begin(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(length), **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(answer).encode()
        usual = {"X-Ratelimit-Limit": "1200", "X-Ratelimit-Reset": str(int(time.time()) + 60)}
        self._begin(status, len(body), {**usual, **(headers or {})})
        self.wfile.write(body)
