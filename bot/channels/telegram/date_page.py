"""The Mini App for the date of birth: a page with the device's own date field, opened from the question."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from bot.channels.telegram.mini_apps import DATE_PAGE
from bot.channels.telegram.page import Noted, Opening, Page, digest
from bot.conversation.turns import Conversations
from bot.core.settings import Settings
from bot.messages.incoming import Incoming, Kind
from bot.registration import form
from bot.security.rate_limits import RateLimits

_WORDS = ("date-page-title", "date-page-label", "date-page-why", "date-page-send")
#: What the page says after a press on its button, or if it cannot be used.
_STATES = ("date-page-sending", "date-page-sent", "date-page-expired", "date-page-not-asked", "date-page-failed")


class PickedDate(Opening):
    """A date from the Mini App."""

    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="In ISO 8601.")


def date_page(settings: Settings, conversations: Conversations, limits: RateLimits, noted: Noted) -> APIRouter:
    """The routes at `DATE_PAGE`: the page, and what it posts to.

    Args:
        settings: hold the bot's token.
        conversations: takes the date, as a message at the question that asks for it.
        limits: counts the messages of each chat.
        noted: for `Page`.
    """
    router = APIRouter(prefix=DATE_PAGE, include_in_schema=False)
    page = Page("date", settings, conversations, limits, noted)

    async def show(language: str = "") -> Response:
        return page.show(language, _WORDS, _STATES, today=datetime.now(UTC).date().isoformat())

    async def take(picked: PickedDate) -> Response:
        conversation_id = await page.conversation(picked.init_data)
        seen = await conversations.seen_at(conversation_id, form.DATE_OF_BIRTH)
        if seen is None:
            return Response(status_code=HTTPStatus.CONFLICT)
        # The same opening of the page is the same message, so that nothing is sent twice.
        name = page.external_id(digest(picked.init_data.encode()))
        await conversations.accept(conversation_id, Incoming(Kind.TEXT, text=picked.date), name, seen)
        return JSONResponse({"taken": True})

    router.add_api_route("", show, methods=["GET"], response_model=None)
    router.add_api_route("", take, methods=["POST"], response_model=None)
    return router
