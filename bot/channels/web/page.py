"""The page with the chat. Who comes to it for the first time finds in it what the bot says first.

So the greeting can be read, and answered, while the conversation is still being opened. It is the same for everybody
and begins nothing: a conversation is opened by the widget, as before.
"""

from __future__ import annotations

import html
import json
from functools import cache

from fastapi import Request, Response

from bot.channels.web.files import WIDGET, WidgetFile
from bot.i18n.catalogue import catalogue, languages, spoken
from bot.messages.renderer import Message, Renderer, with_language
from bot.registration.answers import MessageRef
from bot.registration.registration import START, Registration
from bot.storage import Mentor, Store

#: Where the page may have been asked for from, if the session's cookie would have come along.
_WITH_COOKIE = frozenset({"none", "same-origin"})
#: What the page depends on besides its address.
_HEADERS = {"Vary": "Accept-Encoding, Accept-Language, Cookie, Sec-Fetch-Site"}


class ChatPage:
    """Answers with the page.

    Args:
        store: the database.
        contact_email: where a mentor can write to a person.
        press_ms: milliseconds that a question has to be on the screen before a press on a button counts.
    """

    def __init__(self, store: Store, contact_email: str, press_ms: int) -> None:
        self._store = store
        self._press_ms = press_ms
        self._contact = contact_email
        self._source = (WIDGET / "index.html").read_text(encoding="utf-8")
        self._file = cache(self._made)

    def response(self, request: Request, *, is_known: bool) -> Response:
        """The page.

        Args:
            request: tells the language, and what the browser takes.
            is_known: whether it came with a session; then the conversation has begun, and the greeting is past.
        """
        # A session's cookie does not come along from other sites, so from there everybody may be known.
        site = request.headers.get("sec-fetch-site", "none")
        greets = not is_known and site in _WITH_COOKIE and "continue" not in request.query_params
        wished = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0]
        return self._file(spoken(wished.strip()) if greets else "").response(request.headers)

    def _made(self, language: str) -> WidgetFile:
        """The page with the greeting in this language; without any for ""."""
        page = self._source.replace("{contact}", html.escape(self._contact))
        # Between these tags only "<" could end what is no HTML.
        greeting = json.dumps(self._greeting(language), ensure_ascii=False).replace("<", "\\u003c") if language else ""
        data = f'<script type="application/json">{greeting}</script>' if greeting else ""
        return WidgetFile(page.replace("{greeting}", data).encode(), "text/html", _HEADERS)

    def _greeting(self, language: str) -> dict[str, object]:
        """What a session of a new conversation would bring."""
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
