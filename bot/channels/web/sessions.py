"""Finds the conversation of a browser's request, by a random token in a cookie that no script can read.

Pages of the service's own site get a cookie for that site only. If a page of another site embeds the chat, the browser
keeps a separate cookie for that pair of sites (`Partitioned`,
`CHIPS <https://developer.mozilla.org/docs/Web/Privacy/Guides/Privacy_sandbox/Partitioned_cookies>`_), which a page of a
third site never sends. Every write carries a second token, which only a reader of this session's responses can know.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from datetime import timedelta
from http.cookies import SimpleCookie

from fastapi import Request, Response
from sqlalchemy import select

from bot.channels.web.problems import CONVERSATION, SessionError, TokenError
from bot.conversation.turns import Conversations
from bot.core.settings import Settings
from bot.core.site_root import cookie_name
from bot.security.vault import Vault
from bot.storage import Conversation, Store

CHANNEL = "web"
SESSION_DAYS = 180
#: Sessions whose conversation is cached.
REMEMBERED = 10_000
#: The header of the token that a write carries.
TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105  (a name)


class Sessions:
    """The conversations of browsers.

    Args:
        settings: hold the public address.
        store: the database.
        vault: derives the key of the tokens that writes carry.
        conversations: opens conversations.
    """

    def __init__(self, settings: Settings, store: Store, vault: Vault, conversations: Conversations) -> None:
        self._store = store
        self._conversations = conversations
        self._key = vault.derived_key("writes of web sessions")
        self._secure = str(settings.public_url or "").startswith("https://")
        self._path = settings.site_path
        self._own = cookie_name("mentor_session", path=self._path, secure=self._secure)
        self._remembered: OrderedDict[str, str] = OrderedDict()
        self._embedded = f"{self._own}_embedded"

    async def open(self, response: Response, request: Request, language: str) -> tuple[str, str]:
        """Open a new conversation and set its cookie; returns its id and the session."""
        session = secrets.token_urlsafe(32)
        conversation_id = await self._conversations.open(CHANNEL, fingerprint(session), language)
        setattr(request.state, CONVERSATION, conversation_id)
        response.headers.append("Set-Cookie", self._set_cookie(request, session))
        return conversation_id, session

    async def known(self, request: Request) -> str | None:
        """The id of the request's conversation; None if it has none."""
        session = self.of(request)
        found = await asyncio.to_thread(self._find, fingerprint(session)) if session else None
        setattr(request.state, CONVERSATION, found or "")
        return found

    async def conversation(self, request: Request) -> str:
        """The id of the request's conversation.

        Raises:
            SessionError: it has none.
        """
        conversation_id = await self.known(request)
        if conversation_id is None:
            raise SessionError
        return conversation_id

    async def writing(self, request: Request) -> str:
        """The id of the conversation that a request writes to.

        Raises:
            SessionError: it has none.
            TokenError: it does not carry the token of its session.
        """
        session = self.of(request)
        # Cached for writes only: a write notices by itself that a conversation is gone.
        conversation_id = self._remembered.get(session) or await self.conversation(request)
        token = self.token(session)
        if not hmac.compare_digest(token.encode(), request.headers.get(TOKEN_HEADER, "").encode()):
            raise TokenError
        self._remembered[session] = conversation_id
        setattr(request.state, CONVERSATION, conversation_id)
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return conversation_id

    def forget(self, request: Request) -> None:
        """Drop the request's conversation from the cache: it is gone."""
        self._remembered.pop(self.of(request), None)

    def of(self, request: Request) -> str:
        """The session that the request's cookie names; "" if it has none."""
        return request.cookies.get(self._cookie(request), "")

    def token(self, session: str) -> str:
        """The token that this session's writes must carry: 64 hexadecimal digits."""
        return hmac.digest(self._key, session.encode(), hashlib.sha256).hex()

    def _cookie(self, request: Request) -> str:
        return self._embedded if is_from_another_site(request) else self._own

    def _set_cookie(self, request: Request, session: str) -> str:
        elsewhere = is_from_another_site(request)
        cookie: SimpleCookie = SimpleCookie({self._cookie(request): session})
        morsel = cookie[self._cookie(request)]
        morsel["path"] = self._path or "/"
        morsel["max-age"] = int(timedelta(days=SESSION_DAYS).total_seconds())
        morsel["httponly"] = True
        # Browsers keep a partitioned cookie only if it is secure; 127.0.0.1 counts as secure for them.
        morsel["secure"] = self._secure or elsewhere
        morsel["samesite"] = "none" if elsewhere else "strict"
        # http.cookies knows the attribute from Python 3.14 on.
        return morsel.OutputString() + ("; Partitioned" if elsewhere else "")

    def _find(self, external_id: str) -> str | None:
        with self._store.read() as session:
            return session.scalars(
                select(Conversation.id).where(Conversation.channel == CHANNEL, Conversation.external_id == external_id)
            ).one_or_none()


def is_from_another_site(request: Request) -> bool:
    """Whether a page of another site made the request, as the browser says."""
    return request.headers.get("sec-fetch-site") == "cross-site" and request.headers.get("sec-fetch-mode") != "navigate"


def fingerprint(token: str) -> str:
    """A token's SHA-256 in hexadecimal digits, under which it is stored."""
    return hashlib.sha256(token.encode()).hexdigest()
