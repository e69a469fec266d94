"""A small double of an agency for background checks, strict about docs/api/checks.yaml; it is a transport for httpx.

Example::

    agency = AgencyDouble(token="secret")
    HttpProvider(..., transport=httpx.MockTransport(agency))
    agency.checks[check_id] = "clear"
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import yaml
from jsonschema import Draft202012Validator, FormatChecker

DESCRIPTION: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "api" / "checks.yaml").read_text(encoding="utf-8")
)
PATH: dict[str, Any] = DESCRIPTION["paths"]["/checks/{id}"]


class AgencyDouble:
    """The agency.

    Args:
        token: the only accepted token.

    Attributes:
        orders: what was ordered, by the caller's id.
        checks: how each stands.
        calls: the requests' methods, in order.
        failures: statuses of the next answers; 0 for none at all.
        does_what_it_fails_at: whether a failing request takes effect.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self.orders: dict[str, dict[str, str]] = {}
        self.checks: dict[str, str] = {}
        self.calls: list[str] = []
        self.failures: list[int] = []
        self.does_what_it_fails_at = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises:
            httpx.ConnectError: a failure without an answer.
        """
        self.calls.append(request.method)
        failure = self.failures.pop(0) if self.failures else None
        answer = self._answered(request) if failure is None or self.does_what_it_fails_at else httpx.Response(500)
        assert str(answer.status_code) in PATH[request.method.lower()]["responses"] or answer.is_server_error
        if failure == 0:
            raise httpx.ConnectError("nobody is there")
        return answer if failure is None else httpx.Response(failure)

    def _answered(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return httpx.Response(401)
        _, found, check_id = request.url.path.rpartition("/checks/")
        assert found, request.url.path
        assert _is_valid(PATH["parameters"][0]["schema"], check_id), check_id
        if request.method == "PUT":
            order = json.loads(request.content)
            assert _is_valid(DESCRIPTION["components"]["schemas"]["Order"], order), order
            status = 200 if check_id in self.orders else 201
            self.orders.setdefault(check_id, order)
            return httpx.Response(status, json={"status": self.checks.setdefault(check_id, "waiting")})
        if check_id not in self.checks:
            return httpx.Response(404)
        if request.method == "DELETE":
            del self.orders[check_id], self.checks[check_id]
            return httpx.Response(204)
        return httpx.Response(200, json={"status": self.checks[check_id]})


def _is_valid(schema: dict[str, Any], value: Any) -> bool:
    return bool(Draft202012Validator(schema, format_checker=FormatChecker()).is_valid(value))
