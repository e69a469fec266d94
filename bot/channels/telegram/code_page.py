"""The Mini App for the code of ethics: the card of the web chat, with the same rules, opened from the question."""

from __future__ import annotations

import hashlib
import time
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from bot.channels.telegram.init_data import user_in
from bot.channels.telegram.mini_apps import CODE_PAGE, HEADERS
from bot.channels.telegram.updates import CHANNEL
from bot.conversation.turns import Conversations
from bot.core.pages import render
from bot.core.settings import Settings
from bot.i18n.catalogue import catalogue, spoken
from bot.messages.clauses import IN_TURN, TO_CARD
from bot.messages.incoming import Incoming, Kind
from bot.messages.sight import Seen, press_seconds
from bot.security.rate_limits import RateLimit, RateLimits

#: Seconds for which what Telegram signed counts here: the clauses take longer to read than a date to pick.
READING_SECONDS = 3600
#: Seconds that a request waits for the turn.
REPLY_SECONDS = 13.0
_WORDS = ("code-page-title", "code-page-retry")
#: What the page says if something happens.
_STATES = (
    "code-page-loading",
    "code-page-sent",
    "code-page-expired",
    "code-page-not-asked",
    "code-page-too-quick",
    "code-page-failed",
)


class Opening(BaseModel):
    """The page was opened."""

    init_data: str = Field(max_length=8192, description="What Telegram signed: who opened the page, and when.")


class Press(Opening):
    """A press on a clause of the card."""

    id: str = Field(pattern=r"^[\x21-\x7e]{1,64}$", description="The page's own id; the same id is the same press.")
    button: str = Field(max_length=128, description="The payload of the button.")
    seen: int = Field(ge=0, le=2**53, description="Id of the card.")
    seen_ms: int = Field(ge=0, le=2**53, description="Milliseconds that the clause had been on the screen.")


class CodePage:
    """The routes at `CODE_PAGE`.

    Args:
        settings: hold the bot's token.
        conversations: take the presses.
        limits: counts the messages of each chat.
    """

    def __init__(self, settings: Settings, conversations: Conversations, limits: RateLimits) -> None:
        self._token = settings.telegram_token.get_secret_value()
        self._press_ms = round(1000 * press_seconds(settings.consent_seconds))
        self._conversations = conversations
        self._limits = limits

    def router(self) -> APIRouter:
        """The page, what it shows, and what it posts to."""
        router = APIRouter(prefix=CODE_PAGE, include_in_schema=False)
        router.add_api_route("", self._show, methods=["GET"], response_model=None)
        router.add_api_route("", self._open, methods=["POST"], response_model=None)
        router.add_api_route("/presses", self._press, methods=["POST"], response_model=None)
        return router

    async def _show(self, language: str = "") -> Response:
        sentences = catalogue(spoken(language))
        values = {
            "language": sentences.language,
            "words": {name: sentences.text(name) for name in _WORDS},
            "states": {name: sentences.text(name) for name in _STATES},
        }
        return HTMLResponse(render("telegram_code.html", **values), headers=HEADERS)

    async def _open(self, opening: Opening) -> Response:
        """The card; if the clauses are asked in turn, they are asked on it from now on."""
        conversation_id = await self._conversation(opening)
        asked = await self._asked(conversation_id)
        if IN_TURN in asked:
            # The same opening of the page is the same message.
            name = f"open-{hashlib.sha256(opening.init_data.encode()).hexdigest()[:32]}"
            await self._take(conversation_id, TO_CARD.payload(), name, Seen())
            asked = await self._asked(conversation_id)
        if "clauses" not in asked:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return self._card(asked)

    async def _press(self, press: Press) -> Response:
        """Take a press on a clause; returns the card as it stands then, or none if that was the last clause."""
        conversation_id = await self._conversation(press)
        asked = await self._asked(conversation_id)
        buttons = [button["payload"] for clause in asked.get("clauses", []) for button in clause["buttons"]]
        if asked.get("id") != press.seen or press.button not in buttons:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        seen = Seen(newest=press.seen, seconds=press.seen_ms / 1000)
        if not await self._take(conversation_id, press.button, press.id, seen):
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE)  # it is in the inbox: the page asks again
        return self._card(await self._asked(conversation_id))

    async def _conversation(self, opening: Opening) -> str:
        """The conversation of whoever opened the page.

        Raises:
            HTTPException: Telegram did not sign this, or too long ago, or it is nobody's.
            TooManyRequestsError: too many messages came from there.
        """
        user_id = user_in(opening.init_data, self._token, time.time(), READING_SECONDS)
        conversation_id = None if user_id is None else await self._conversations.find(CHANNEL, str(user_id))
        if conversation_id is None:
            raise HTTPException(HTTPStatus.UNAUTHORIZED)
        await self._limits.hit(RateLimit.MESSAGES, conversation_id)
        return conversation_id

    async def _asked(self, conversation_id: str) -> dict[str, Any]:
        return await self._conversations.asked(conversation_id) or {}

    async def _take(self, conversation_id: str, payload: str, name: str, seen: Seen) -> bool:
        """Take a press as a message; returns whether its turn has ended.

        Raises:
            TooQuickError: the card or the clause had not been there for long enough.
        """
        message = Incoming(Kind.BUTTON, payload=payload)
        external_id = f"{self._token.partition(':')[0]}:code:{name}"
        turn_id = await self._conversations.accept(conversation_id, message, external_id, seen)
        return await self._conversations.answered(turn_id, REPLY_SECONDS)

    def _card(self, asked: dict[str, Any]) -> Response:
        card = asked if "clauses" in asked else None
        return JSONResponse({"card": card, "press_ms": self._press_ms}, headers={"Cache-Control": "no-store"})


def code_page(settings: Settings, conversations: Conversations, limits: RateLimits) -> APIRouter:
    """The routes of `CodePage`."""
    return CodePage(settings, conversations, limits).router()
