"""The page that ends reminders, linked in each of them; mail programs post to it with one click (RFC 8058)."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from bot.core.pages import render
from bot.i18n.catalogue import catalogue, spoken
from bot.notifications.stop_links import PATH, mentor_of, stop
from bot.security.vault import Vault
from bot.storage import Store

_WORDS = ("stop-title", "stop-question", "stop-button", "stop-done", "stop-unknown")


def reminder_stop(store: Store, vault: Vault, contact: str) -> APIRouter:
    """The routes below `PATH`: a page that asks, and what its button posts to.

    Nothing ends by a look at the page, as programs that check the links in e-mails look, too. Whether a mentor is
    still known is answered alike.

    Args:
        store: the database.
        vault: checks the tokens.
        contact: where a mentor can write to a person.
    """
    router = APIRouter(prefix=PATH, include_in_schema=False)

    def page(request: Request, state: str) -> HTMLResponse:
        wished = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0]
        sentences = catalogue(spoken(wished.strip()))
        words = {name: sentences.text(name, contact=contact) for name in _WORDS}
        shown = render("stop_reminders.html", language=sentences.language, words=words, state=state)
        return HTMLResponse(shown, 404 if state == "unknown" else 200, {"Cache-Control": "no-store"})

    async def ask(request: Request, token: str) -> Response:
        return page(request, "question" if mentor_of(vault, token) else "unknown")

    async def end(request: Request, token: str) -> Response:
        mentor_id = mentor_of(vault, token)
        if mentor_id is None:
            return page(request, "unknown")
        await asyncio.to_thread(_stop, store, mentor_id)
        return page(request, "done")

    router.add_api_route("/{token}", ask, methods=["GET"], response_model=None)
    router.add_api_route("/{token}", end, methods=["POST"], response_model=None)
    return router


def _stop(store: Store, mentor_id: str) -> None:
    with store.write() as session:
        stop(session, mentor_id)
