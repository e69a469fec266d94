"""The page with the chat; for a new visitor it contains the greeting.

So the visitor can read and answer the greeting while the conversation is still being opened. The greeting is the same
for everybody and starts no conversation; the widget does that.
"""

from __future__ import annotations

import html
import json
from functools import cache

from fastapi import Request, Response

from bot.channels.web.files import WIDGET, WidgetFile, source_of
from bot.core.organisation import ORGANISATION
from bot.core.paths import REPOSITORY
from bot.core.site_root import root
from bot.i18n.catalogue import catalogue, languages, spoken
from bot.messages.renderer import Message, Renderer, with_language
from bot.registration.answers import MessageRef
from bot.registration.registration import START, Registration
from bot.storage import Mentor, Store

#: Values of Sec-Fetch-Site with which the browser would have sent the session's cookie.
_WITH_COOKIE = frozenset({"none", "same-origin"})
#: The request headers that the page depends on.
_HEADERS = {"Vary": "Accept-Encoding, Accept-Language, Cookie, Sec-Fetch-Site"}


class ChatPage:
    """Answers with the page.

    Args:
        store: the database.
        contact_email: where a mentor can write to a person.
        press_ms: milliseconds that a question must be shown before a press on a button counts.
    """

    def __init__(self, store: Store, contact_email: str, press_ms: int) -> None:
        self._store = store
        self._press_ms = press_ms
        self._contact = contact_email
        logo = (REPOSITORY / ORGANISATION.logo).read_text(encoding="utf-8")
        self._source = source_of(WIDGET / "index.html").replace("{logo}", logo)
        self._file = cache(self._made)

    def response(self, request: Request, *, is_known: bool) -> Response:
        """The page.

        Args:
            request: holds the language, and the accepted encodings.
            is_known: whether it came with a session; then the page has no greeting.
        """
        # Browsers send no session cookie from other sites, so a visitor from there may have a session.
        site = request.headers.get("sec-fetch-site", "none")
        greets = not is_known and site in _WITH_COOKIE and "continue" not in request.query_params
        wished = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0]
        return self._file(spoken(wished.strip()) if greets else "").response(request.headers)

    def _made(self, language: str) -> WidgetFile:
        """The page with the greeting in this language; "" means no greeting."""
        page = self._source.replace("{contact}", html.escape(self._contact)).replace("{root}", root())
        # Between these tags only "<" could end the JSON.
        greeting = json.dumps(self._greeting(language), ensure_ascii=False).replace("<", "\\u003c") if language else ""
        data = f'<script type="application/json">{greeting}</script>' if greeting else ""
        return WidgetFile(page.replace("{greeting}", data).encode(), "text/html", _HEADERS)

    def _greeting(self, language: str) -> dict[str, object]:
        """The response that opens a new conversation."""
        return {
            "language": language,
            "press_ms": self._press_ms,
            "languages": [{"code": code, "name": name} for code, name in languages().items()],
            "messages": self._first_words(language),
        }

    def _first_words(self, language: str) -> list[Message]:
        with self._store.read() as session:
            renderer = Renderer(catalogue(language), Registration(session, Mentor()), self._contact)
            said = [*renderer.note(MessageRef("greeting")), renderer.question(START)]
            return [with_language(each, language) | {"from": "bot"} for each in said]
