"""The Mini App for the date of birth: a page with the device's own date field, opened from the question."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field

from bot.channels.telegram.init_data import user_in
from bot.channels.telegram.mini_apps import DATE_PAGE, HEADERS
from bot.channels.telegram.updates import CHANNEL
from bot.conversation.turns import Conversations
from bot.core.pages import render
from bot.core.settings import Settings
from bot.i18n.catalogue import catalogue, spoken
from bot.messages.incoming import Incoming, Kind
from bot.registration import form
from bot.security.rate_limits import RateLimit, RateLimits

_WORDS = ("date-page-title", "date-page-label", "date-page-why", "date-page-send")
#: What the page says after a press on its button, or if it cannot be used.
_STATES = ("date-page-sending", "date-page-sent", "date-page-expired", "date-page-not-asked", "date-page-failed")


class PickedDate(BaseModel):
    """A date from the Mini App."""

    init_data: str = Field(max_length=8192, description="What Telegram signed: who opened the page, and when.")
    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="In ISO 8601.")


def date_page(settings: Settings, conversations: Conversations, limits: RateLimits) -> APIRouter:
    """The routes at `DATE_PAGE`: the page, and what it posts to.

    Args:
        settings: hold the bot's token.
        conversations: takes the date, as a message at the question that asks for it.
        limits: counts the messages of each chat.
    """
    router = APIRouter(prefix=DATE_PAGE, include_in_schema=False)
    token = settings.telegram_token.get_secret_value()

    async def show(language: str = "") -> Response:
        sentences = catalogue(spoken(language))
        values = {
            "language": sentences.language,
            "words": {name: sentences.text(name) for name in _WORDS},
            "states": {name: sentences.text(name) for name in _STATES},
            "today": datetime.now(UTC).date().isoformat(),
        }
        return HTMLResponse(render("telegram_date.html", **values), headers=HEADERS)

    async def take(picked: PickedDate) -> Response:
        user_id = user_in(picked.init_data, token, time.time())
        conversation_id = None if user_id is None else await conversations.find(CHANNEL, str(user_id))
        if conversation_id is None:
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        await limits.hit(RateLimit.MESSAGES, conversation_id)
        seen = await conversations.seen_at(conversation_id, form.DATE_OF_BIRTH)
        if seen is None:
            return Response(status_code=HTTPStatus.CONFLICT)
        # The same opening of the page is the same message, so that nothing is sent twice.
        opening = hashlib.sha256(picked.init_data.encode()).hexdigest()[:32]
        name = f"{token.partition(':')[0]}:date:{opening}"
        await conversations.accept(conversation_id, Incoming(Kind.TEXT, text=picked.date), name, seen)
        return JSONResponse({"taken": True})

    router.add_api_route("", show, methods=["GET"], response_model=None)
    router.add_api_route("", take, methods=["POST"], response_model=None)
    return router
