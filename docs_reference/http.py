"""The page of HTTP routes, from the service's OpenAPI description."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import httpx
from starlette.types import ASGIApp

from bot.api.health import health_routes
from bot.channels.web import WebChannel
from bot.core.settings import load_settings
from bot.runtime.container import build
from bot.runtime.server import routers
from bot.security.rate_limits import RateLimits
from docs_reference.markdown import GENERATED, table

_INTRODUCTION = """
# HTTP

A running bot describes these routes at `GET /openapi.json`. What the fields of a message mean: [the web channel](../web-channel.md). Staff pages and webhooks are not part of the description.

The calls of the chat answer an error with `{"error": "a sentence for the person"}`. Every call that writes, except
`POST /api/session`, carries the session's `token` as `X-CSRF-Token`.

"""
_METHODS = {"get", "post", "put", "delete"}


def page() -> str:
    """Every route with its requests and responses, and the fields of requests."""
    description = _description()
    parts = [GENERATED.format(source="the service's OpenAPI description"), _INTRODUCTION]
    parts.append(table(["route", "what it does"], ((f"`{name}`", _purpose(one)) for name, one in _routes(description))))
    for name, one in _routes(description):
        parameters = [*_parameters(one), *_body(one, description)]
        if parameters:
            parts.append(f"\n## {name}\n\n" + table(["field", "in", "type", "required", "what it is"], parameters))
    parts.append("\n# What is answered\n")
    for name, schema in sorted(_answers(description).items()):
        parts.append(
            f"\n## {name}\n\n{_plain(schema.get('description', ''))}\n\n"
            + table(["field", "type", "what it is"], _fields(schema))
        )
    return "".join(parts)


def _description() -> dict[str, Any]:
    """The description of a bot without Telegram; nothing processes messages behind it."""
    with tempfile.TemporaryDirectory() as folder:
        services = build(load_settings(_env_file=None, data_dir=Path(folder), database_url="", redis_url=""))
        settings, store, photos = services.settings, services.store, services.photos
        limits = RateLimits(settings)
        further = [health_routes({}), *routers(services, limits, lambda: None)]
        web = WebChannel(settings, store, services.vault, photos, MagicMock(), limits, further)
        description = asyncio.run(_asked(web.app()))
        store.dispose()
    return description


async def _asked(app: ASGIApp) -> dict[str, Any]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        description: dict[str, Any] = (await client.get("/openapi.json")).raise_for_status().json()
    return description


def _routes(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in sorted(description["paths"].items()):
        shown = re.sub(r"\{(\w+)\}", lambda found: found[1].rpartition("_")[2].upper(), path)
        yield from ((f"{method.upper()} {shown}", item[method]) for method in sorted(_METHODS & set(item)))


def _purpose(operation: dict[str, Any]) -> str:
    return _plain(operation.get("description") or operation.get("summary", ""))


def _parameters(operation: dict[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    for each in operation.get("parameters", []):
        what = _plain(each.get("description", ""))
        yield f"`{each['name']}`", each["in"], _type(each["schema"]), _yes(each.get("required", False)), what


def _body(operation: dict[str, Any], description: dict[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = content["schema"]
        named = next(iter(re.findall(r"schemas/(\w+)", str(schema))), "")
        schema = description["components"]["schemas"].get(named, schema)
        place = "JSON" if kind == "application/json" else "form"
        for name, field in schema.get("properties", {}).items():
            required = _yes(name in schema.get("required", []))
            yield f"`{name}`", place, _type(field), required, _plain(field.get("description", ""))


def _answers(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The schemas of responses, without those of requests."""
    sent = str([one.get("requestBody", {}) for _, one in _routes(description)])
    return {
        name: schema
        for name, schema in description["components"]["schemas"].items()
        if f"schemas/{name}'" not in sent and "properties" in schema and "Validation" not in name
    }


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, field in schema["properties"].items():
        yield f"`{name}`", _type(field), _plain(field.get("description", ""))


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if schema.get("format") == "binary" or "contentMediaType" in schema:
        return "file"
    return str(schema.get("type", "any"))


def _plain(text: str) -> str:
    """A docstring without its sections for Python developers."""
    return text.split("\n\n")[0].replace("``", "`").strip()


def _yes(value: bool) -> str:
    return "yes" if value else ""
