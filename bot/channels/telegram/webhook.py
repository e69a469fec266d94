"""The webhook route for Telegram's updates."""

from __future__ import annotations

import hmac
import json
import logging
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from bot.channels.telegram.channel import WEBHOOK_PATH, TelegramChannel

logger = logging.getLogger(__name__)

#: core.telegram.org/bots/api#setwebhook
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (its name)
#: In bytes; an update with the longest text and many entities is far smaller.
MAXIMUM_BODY = 1_000_000


def telegram_webhook(channel: TelegramChannel) -> APIRouter:
    """The webhook's router. It answers 200 once an update is in the inbox.

    Args:
        channel: takes the updates.
    """
    router = APIRouter()

    @router.post(WEBHOOK_PATH, include_in_schema=False)
    async def take(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), channel.secret.encode()):
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MAXIMUM_BODY:
                return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            taken = await channel.receive(json.loads(body))
        except ValueError:
            logger.warning("Telegram posted something that is not an update")
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        return Response(status_code=HTTPStatus.OK if taken else HTTPStatus.SERVICE_UNAVAILABLE)

    return router
