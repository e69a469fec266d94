"""The Mini App for the code of ethics: the card of the web chat, with the same rules, opened from the question."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.exceptions import HTTPException

from bot.channels.telegram.mini_apps import CODE_PAGE
from bot.channels.telegram.page import Noted, Opening, Page, digest
from bot.conversation.turns import Conversations
from bot.core.settings import Settings
from bot.messages.clauses import IN_TURN, TO_CARD
from bot.messages.incoming import Incoming, Kind
from bot.messages.sight import Seen, press_seconds
from bot.security.rate_limits import RateLimits

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
        noted: for `Page`.
    """

    def __init__(self, settings: Settings, conversations: Conversations, limits: RateLimits, noted: Noted) -> None:
        self._page = Page("code", settings, conversations, limits, noted)
        self._press_ms = round(1000 * press_seconds(settings.consent_seconds))
        self._conversations = conversations

    def router(self) -> APIRouter:
        """The page, what it shows, and what it posts to."""
        router = APIRouter(prefix=CODE_PAGE, include_in_schema=False)
        router.add_api_route("", self._show, methods=["GET"], response_model=None)
        router.add_api_route("", self._open, methods=["POST"], response_model=None)
        router.add_api_route("/presses", self._press, methods=["POST"], response_model=None)
        return router

    async def _show(self, language: str = "") -> Response:
        return self._page.show(language, _WORDS, _STATES)

    async def _open(self, opening: Opening) -> Response:
        """The card; if the clauses are asked in turn, they are asked on it from now on."""
        conversation_id = await self._page.conversation(opening.init_data, READING_SECONDS)
        asked = await self._asked(conversation_id)
        if IN_TURN in asked:
            # The same opening of the page is the same message.
            name = digest(opening.init_data.encode())
            await self._take(conversation_id, TO_CARD.payload(), f"open-{name}", Seen())
            asked = await self._asked(conversation_id)
        if "clauses" not in asked:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return self._card(asked)

    async def _press(self, press: Press) -> Response:
        """Take a press on a clause; returns the card as it stands then, or none if that was the last clause."""
        conversation_id = await self._page.conversation(press.init_data, READING_SECONDS)
        asked = await self._asked(conversation_id)
        buttons = [button["payload"] for clause in asked.get("clauses", []) for button in clause["buttons"]]
        if asked.get("id") != press.seen or press.button not in buttons:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        seen = Seen(newest=press.seen, seconds=press.seen_ms / 1000)
        if not await self._take(conversation_id, press.button, press.id, seen):
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE)  # it is in the inbox: the page asks again
        return self._card(await self._asked(conversation_id))

    async def _asked(self, conversation_id: str) -> dict[str, Any]:
        return await self._conversations.asked(conversation_id) or {}

    async def _take(self, conversation_id: str, payload: str, name: str, seen: Seen) -> bool:
        """Take a press as a message; returns whether its turn has ended.

        Raises:
            TooQuickError: the card or the clause had not been there for long enough.
        """
        message = Incoming(Kind.BUTTON, payload=payload)
        external_id = self._page.external_id(name)
        turn_id = await self._conversations.accept(conversation_id, message, external_id, seen)
        return await self._conversations.answered(turn_id, REPLY_SECONDS)

    def _card(self, asked: dict[str, Any]) -> Response:
        card = asked if "clauses" in asked else None
        return JSONResponse({"card": card, "press_ms": self._press_ms}, headers={"Cache-Control": "no-store"})


def code_page(settings: Settings, conversations: Conversations, limits: RateLimits, noted: Noted) -> APIRouter:
    """The routes of `CodePage`."""
    return CodePage(settings, conversations, limits, noted).router()
