"""A small double of the organisation's account service, strict about docs/api/accounts.yaml.

It listens on 127.0.0.1, refuses requests that the description does not allow, and can be made to fail.

Example::

    with AccountsDouble(token="secret") as service:
        ...  # call service.url
        assert service.accounts == {"maria@example.org": Known("1", "Maria Silva")}
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml
from jsonschema import Draft202012Validator

DESCRIPTION: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "api" / "accounts.yaml").read_text(encoding="utf-8")
)
OPERATION: dict[str, Any] = DESCRIPTION["paths"]["/account-openings/{key}"]["put"]
#: Instead of an answer: the connection is closed, or nothing happens until the double ends.
HANGS_UP, SILENT = 0, -1


@dataclass(frozen=True)
class Known:
    """An account of the service.

    Attributes:
        id: its id there.
        full_name: the name, if it is known.
    """

    id: str
    full_name: str | None


@dataclass(frozen=True)
class Exchange:
    """One call and its answer.

    Attributes:
        path: of the request.
        headers: of the request, names in lower case.
        body: of the request.
        status: of the answer.
        answer: its body.
    """

    path: str
    headers: dict[str, str]
    body: Any
    status: int
    answer: Any


class AccountsDouble:
    """The service, in a separate thread.

    Args:
        token: the only accepted token.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        self.accounts: dict[str, Known] = {}
        self.exchanges: list[Exchange] = []
        #: The next calls' faults: a status, `HANGS_UP` or `SILENT`.
        self.failures: list[int] = []
        #: Whether a failing call takes effect.
        self.does_what_it_fails_at = False
        self._by_key: dict[str, str] = {}
        self._guard = threading.Lock()
        self._ends = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.set()
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()

    def answer(self, path: str, headers: dict[str, str], raw: bytes) -> tuple[int, Any]:
        """Answer one call; returns status and body, or a fault."""
        with self._guard:
            failure = self.failures.pop(0) if self.failures else None
            body = _parsed(raw)
            status, answer = (0, None)
            if failure is None or self.does_what_it_fails_at:
                status, answer = self._answered(path, headers, body)
            if failure is not None:
                status, answer = failure, {"error": "a failure for a test"}
            self.exchanges.append(Exchange(path, headers, body, status, answer))
            return status, answer

    def _answered(self, path: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        found = re.fullmatch(r"/account-openings/([^/?]*)", path)
        if found is None:
            return 404, {"error": "no such path"}
        if headers.get("authorization") != f"Bearer {self.token}":
            return 401, {"error": "the token is missing or wrong"}
        key = found[1]
        if not _is_valid(OPERATION["parameters"][0]["schema"], key):
            return 400, {"error": "the key is not as described"}
        if not _is_valid(DESCRIPTION["components"]["schemas"]["Opening"], body):
            return 400, {"error": "the body is not as described"}
        email = body["email"].lower()
        if self._by_key.setdefault(key, email) != email:
            return 409, {"error": "the key was used for another address"}
        known = self.accounts.get(email)
        name = known.full_name if known and known.full_name else body.get("full_name")
        self.accounts[email] = Known(known.id if known else f"account {len(self.accounts) + 1}", name)
        return 200 if known else 201, {"id": self.accounts[email].id}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, answer = double.answer(self.path, headers, raw)
                if status == SILENT:
                    double._ends.wait(30)
                if status in (SILENT, HANGS_UP):
                    self.close_connection = True
                    return
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        return Handler


def problems(exchange: Exchange) -> list[str]:
    """The differences of a call or its answer from docs/api/accounts.yaml."""
    found: list[str] = []
    key = exchange.path.removeprefix("/account-openings/")
    if not _is_valid(OPERATION["parameters"][0]["schema"], key):
        found.append("key")
    if not _is_valid(DESCRIPTION["components"]["schemas"]["Opening"], exchange.body):
        found.append("request")
    if not exchange.headers.get("authorization", "").startswith("Bearer "):
        found.append("token")
    if exchange.headers.get("content-type") != "application/json":
        found.append("content type")
    responses = OPERATION["responses"]
    described = responses.get(str(exchange.status)) or responses.get(f"{exchange.status // 100}XX")
    if described is None:
        found.append("status")
    elif "content" in described and not _is_valid(described["content"]["application/json"]["schema"], exchange.answer):
        found.append("answer")
    return found


def _is_valid(schema: dict[str, Any], value: Any) -> bool:
    # The schema is validated inside the whole description, so that its references resolve.
    return bool(Draft202012Validator({**schema, "components": DESCRIPTION["components"]}).is_valid(value))


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
