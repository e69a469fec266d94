"""Checks requests and responses against an OpenAPI 3.1 description, whose schemas are JSON Schema 2020-12."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

_URI = "urn:description"
_METHODS = frozenset({"get", "put", "post", "patch", "delete"})


class Operation(NamedTuple):
    """The operation of a request: its id in the description, its pointer, and its path parameters."""

    id: str
    pointer: str
    path_values: dict[str, str]


class Description:
    """An OpenAPI description.

    Args:
        path: its file.
    """

    def __init__(self, path: Path) -> None:
        self.document = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._registry = Registry().with_resource(_URI, DRAFT202012.create_resource(self.document))
        self._paths = [
            (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$"), path, sorted(set(item) & _METHODS))
            for path, item in self.document["paths"].items()
        ]

    def operation_ids(self) -> set[str]:
        """Every described operation."""
        return {
            self.document["paths"][path][method]["operationId"] for _re, path, all_ in self._paths for method in all_
        }

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation of a request to ``path``, or None if it is not described."""
        for pattern, template, methods in self._paths:
            match = pattern.match(path)
            if match and method.lower() in methods:
                escaped = template.replace("~", "~0").replace("/", "~1")
                described = self.document["paths"][template][method.lower()]
                return Operation(described["operationId"], f"/paths/{escaped}/{method.lower()}", match.groupdict())
        return None

    def request_problems(
        self, operation: Operation, query: dict[str, str], headers: dict[str, str], body: Any
    ) -> list[str]:
        """The differences of a request from its description; undescribed parameters and bodies count."""
        described = self._at(operation.pointer)
        given = {"path": operation.path_values, "query": query, "header": {k.lower(): v for k, v in headers.items()}}
        problems: list[str] = []
        known: set[str] = set()
        for reference in described.get("parameters", []):
            parameter = self._resolved(reference)
            name, place = parameter["name"], parameter["in"]
            known |= {name} if place == "query" else set()
            value = given[place].get(name.lower() if place == "header" else name)
            if value is not None:
                problems += self.problems(parameter["schema"], value, name)
            elif parameter.get("required"):
                problems.append(f"{name} is missing")
        problems += [f"{name} is not known" for name in sorted(set(query) - known)]
        content = described.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return problems + (["there is a body"] if body is not None else [])
        return problems + self.problems(content["schema"], body, "body")

    def response_problems(self, operation: Operation, status: int, body: Any) -> list[str]:
        """The differences of a response from its description."""
        responses = self._at(operation.pointer)["responses"]
        reference = responses.get(str(status)) or responses.get(f"{status // 100}XX")
        if reference is None:
            return [f"{operation.id} does not answer {status}"]
        content = self._resolved(reference).get("content", {}).get("application/json")
        return self.problems(content["schema"], body, f"{operation.id} {status}") if content else []

    def problems(self, schema: dict[str, Any], value: Any, what: str) -> list[str]:
        """The differences of a value from its schema; references point into this description."""
        absolute = _absolute(schema)
        validator = Draft202012Validator(
            absolute, registry=self._registry, format_checker=FormatChecker(["email", "date"])
        )
        return [f"{what}: {error.json_path}: {error.validator}" for error in validator.iter_errors(value)]

    def _at(self, pointer: str) -> Any:
        found = self.document
        for part in pointer.split("/")[1:]:
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return found

    def _resolved(self, item: dict[str, Any]) -> dict[str, Any]:
        resolved: dict[str, Any] = self._at(item["$ref"].removeprefix("#")) if "$ref" in item else item
        return resolved


def _absolute(node: Any) -> Any:
    """A schema with absolute references."""
    if isinstance(node, dict):
        return {k: _URI + v if k == "$ref" and v.startswith("#") else _absolute(v) for k, v in node.items()}
    return [_absolute(each) for each in node] if isinstance(node, list) else node
