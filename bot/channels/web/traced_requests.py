"""A span for each request, with its route in place of its address, which could hold a token."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.core.tracing import span


class TracedRequests:
    """Traces requests.

    Args:
        app: the application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with span(scope["method"], http_request_method=scope["method"]) as opened:

            async def send_and_note(message: Message) -> None:
                if message["type"] == "http.response.start" and opened is not None:
                    route = getattr(scope.get("route"), "path", "")
                    opened.update_name(f"{scope['method']} {route}".rstrip())
                    opened.set_attribute("http.route", route)
                    opened.set_attribute("http.response.status.code", message["status"])
                await send(message)

            await self._app(scope, receive, send_and_note)
