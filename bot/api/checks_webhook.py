"""The agency's webhook: authenticated and answered; the outbox looks up the check."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError

from bot.api.webhooks import body_of, is_signed, keys_in, note_event, refusal
from bot.checks.providers.over_http import PROVIDER
from bot.core.settings import Settings
from bot.storage import Store

logger = logging.getLogger(__name__)

SIGNATURE_HEADER = "X-Signature"


class Event(BaseModel):
    """Something happened to a check; what else it says is not read."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    check: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


def checks_webhook(store: Store, settings: Settings, wake: Callable[[], None]) -> APIRouter:
    """The route ``POST /webhooks/checks``; docs/api/checks.yaml says what it answers.

    Whether the check is known is answered alike.

    Args:
        store: knows the checks.
        settings: hold the keys that sign events.
        wake: tells the outbox to look for work.
    """
    keys = keys_in(settings.checks_webhook_keys)
    router = APIRouter()

    async def receive(request: Request) -> JSONResponse:
        if not keys:
            return refusal(404, "This service expects no events of an agency.")
        body = await body_of(request)
        if body is None:
            return refusal(413, "An event has at most 64 KiB.")
        if not is_signed(body, request.headers.get(SIGNATURE_HEADER, ""), keys):
            logger.warning("an agency's event with a wrong signature was refused")
            return refusal(401, "The signature is missing or wrong.")
        try:
            event = Event.model_validate_json(body)
        except ValidationError:
            return refusal(400, "This is no event.")
        if await asyncio.to_thread(note_event, store, PROVIDER, event.id, "check", event.check):
            wake()
        return JSONResponse({"received": True})

    router.add_api_route("/webhooks/checks", receive, methods=["POST"], include_in_schema=False)
    return router
