"""Checkr's webhooks: authenticated, stored and answered; the outbox does the rest."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import IntegrityError

from bot.checks.providers.checkr import PROVIDER
from bot.checks.providers.checkr_api import Id
from bot.core.settings import Settings
from bot.jobs.queue import enqueue
from bot.storage import Store, WebhookEvent

logger = logging.getLogger(__name__)

#: Looks up the check that an event is about; its subject is the `WebhookEvent`'s id.
CHECK_EVENT = "check.event"
SIGNATURE_HEADER = "X-Checkr-Signature"
MAXIMUM_BYTES = 64 * 1024


class _Object(BaseModel):
    id: Id
    object: Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")]


class _Data(BaseModel):
    object: _Object


class Event(BaseModel):
    """The part of Checkr's event that is used: something happened to an object."""

    id: Id
    object: Literal["event"]
    type: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")]
    data: _Data


def checkr_webhook(store: Store, settings: Settings, wake: Callable[[], None]) -> APIRouter:
    """The route ``POST /webhooks/checkr``; docs/api/checkr.yaml says what it answers.

    Args:
        store: stores the events.
        settings: hold the keys that sign them.
        wake: tells the outbox to look for work.
    """
    keys = _keys(settings)
    router = APIRouter()

    async def receive(request: Request) -> JSONResponse:
        if not keys:
            return _answer(404, "This service expects no events of Checkr's.")
        signature = request.headers.get(SIGNATURE_HEADER, "")
        body = await _body(request)
        if body is None:
            return _answer(413, "An event has at most 64 KiB.")
        if not is_signed(body, signature, keys):
            logger.warning("an event of Checkr's with a wrong signature was refused")
            return _answer(401, "The signature is missing or wrong.")
        try:
            event = Event.model_validate_json(body)
        except ValidationError:
            logger.warning("Checkr signed a body that is not an event")
            return _answer(400, "This is no event.")
        if await asyncio.to_thread(_note, store, event):
            wake()
        return JSONResponse({"received": True})

    router.add_api_route("/webhooks/checkr", receive, methods=["POST"], include_in_schema=False)
    return router


def is_signed(body: bytes, signature: str, keys: list[bytes]) -> bool:
    """Whether ``signature`` is the HMAC-SHA-256 of ``body`` under one of ``keys``, in hexadecimal digits.

    The comparison takes constant time.
    """
    given = signature.encode("utf-8", "replace")
    return any(hmac.compare_digest(hmac.digest(key, body, "sha256").hex().encode(), given) for key in keys)


def _keys(settings: Settings) -> list[bytes]:
    """The keys that events may be signed with; none if no key is set."""
    own = [each.strip() for each in settings.checkr_webhook_keys.get_secret_value().split(",")]
    chosen = [each for each in own if each] or [settings.checkr_api_key.get_secret_value().strip()]
    return [each.encode() for each in chosen if each]


async def _body(request: Request) -> bytes | None:
    """The raw body, or None if it is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAXIMUM_BYTES:
            return None
    return body


def _note(store: Store, event: Event) -> bool:
    """Record an event and queue its work; True if the event is new."""
    try:
        with store.write() as session:
            about = event.data.object
            row = WebhookEvent(provider=PROVIDER, event_id=event.id, object_type=about.object, object_id=about.id)
            session.add(row)
            session.flush()
            enqueue(session, CHECK_EVENT, row.id)
    except IntegrityError:  # the same event came before
        return False
    return True


def _answer(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status)
