"""What the Mini Apps share: how a page is shown, and who opened it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

from fastapi import Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from bot.channels.telegram.init_data import FRESH_SECONDS, user_in
from bot.channels.telegram.mini_apps import page_headers
from bot.channels.telegram.updates import CHANNEL
from bot.conversation.turns import Conversations
from bot.core.pages import render
from bot.core.settings import Settings
from bot.i18n.catalogue import catalogue, spoken
from bot.security.rate_limits import RateLimit, RateLimits

#: Characters of what Telegram signed that are read.
INIT_DATA_LENGTH = 8192


#: Waits until the newest message of a conversation is recorded as delivered, if Telegram has it.
Noted = Callable[[str], Awaitable[None]]


class Opening(BaseModel):
    """The page was opened."""

    init_data: str = Field(
        max_length=INIT_DATA_LENGTH, description="What Telegram signed: who opened the page, and when."
    )


class Page:
    """A Mini App.

    Args:
        name: its template is ``telegram_NAME.html``, and its script ``telegram-NAME.js``.
        settings: hold the bot's token.
        conversations: know whose chat is which.
        limits: counts the messages of each chat.
        noted: see `Noted`; a mentor can answer on a page before the delivery of its question is recorded.
    """

    def __init__(
        self, name: str, settings: Settings, conversations: Conversations, limits: RateLimits, noted: Noted
    ) -> None:
        self._name = name
        self._token = settings.telegram_token.get_secret_value()
        self._conversations = conversations
        self._limits = limits
        self._noted = noted

    def show(
        self, language: str, words: Sequence[str], states: Sequence[str], *directives: str, **values: object
    ) -> Response:
        """The page.

        Args:
            language: code of the mentor's language.
            words: names of the sentences on it.
            states: names of the sentences of which it says one when something happens.
            directives: further ones of its content security policy.
            values: further variables of its template.
        """
        sentences = catalogue(spoken(language))
        values |= {
            "name": self._name,
            "language": sentences.language,
            "words": {each: sentences.text(each) for each in words},
            "states": {each: sentences.text(each) for each in states},
        }
        return HTMLResponse(render(f"telegram_{self._name}.html", **values), headers=page_headers(*directives))

    async def conversation(self, init_data: str, fresh_seconds: float = FRESH_SECONDS) -> str:
        """The conversation of the user who opened the page. The request counts as a message there.

        Args:
            init_data: what Telegram signed.
            fresh_seconds: after which it no longer counts.

        Raises:
            HTTPException: Telegram did not sign this, or too long ago, or it is nobody's.
            TooManyRequestsError: too many messages came from there.
        """
        user_id = user_in(init_data, self._token, time.time(), fresh_seconds)
        conversation_id = None if user_id is None else await self._conversations.find(CHANNEL, str(user_id))
        if conversation_id is None:
            raise HTTPException(HTTPStatus.UNAUTHORIZED)
        await self._limits.hit(RateLimit.MESSAGES, conversation_id)
        await self._noted(conversation_id)
        return conversation_id

    def external_id(self, name: str) -> str:
        """The external id of a message from the page; the same name is the same message."""
        return f"{self._token.partition(':')[0]}:{self._name}:{name}"


def digest(*parts: bytes) -> str:
    """A name that is the same for the same parts, and tells nothing about them."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:32]
