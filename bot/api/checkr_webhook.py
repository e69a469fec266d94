"""Checkr's webhooks: authenticated, stored and answered; the outbox does the rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError

from bot.api.webhooks import body_of, is_signed, keys_in, note_event, refusal
from bot.checks.providers.checkr import PROVIDER
from bot.checks.providers.checkr_api import Id
from bot.core.settings import Settings
from bot.storage import Store

logger = logging.getLogger(__name__)

SIGNATURE_HEADER = "X-Checkr-Signature"


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
    keys = keys_in(settings.checkr_webhook_keys, settings.checkr_api_key)
    router = APIRouter()

    async def receive(request: Request) -> JSONResponse:
        if not keys:
            return refusal(404, "This service expects no events of Checkr's.")
        signature = request.headers.get(SIGNATURE_HEADER, "")
        body = await body_of(request)
        if body is None:
            return refusal(413, "An event has at most 64 KiB.")
        if not is_signed(body, signature, keys):
            logger.warning("an event of Checkr's with a wrong signature was refused")
            return refusal(401, "The signature is missing or wrong.")
        try:
            event = Event.model_validate_json(body)
        except ValidationError:
            logger.warning("Checkr signed a body that is not an event")
            return refusal(400, "This is no event.")
        about = event.data.object
        if await asyncio.to_thread(note_event, store, PROVIDER, event.id, about.object, about.id):
            wake()
        return JSONResponse({"received": True})

    router.add_api_route("/webhooks/checkr", receive, methods=["POST"], include_in_schema=False)
    return router
