"""Sends requests to an application in this process, without a server."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from starlette.types import ASGIApp


class Browser:
    """Sends requests to an application; its exceptions are raised here.

    Args:
        app: the application.
        auth: name and password to send with each request.
    """

    def __init__(self, app: ASGIApp, auth: tuple[str, str] | None = None) -> None:
        self._app = app
        self._auth = auth

    def request(self, method: str, address: str, **options: Any) -> httpx.Response:
        """Send one request; redirects are not followed."""
        return self.together([(method, address, options)])[0]

    def together(self, requests: list[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        """Send several requests at once."""

        async def send() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test", auth=self._auth) as client:
                return list(await asyncio.gather(*(client.request(*each[:2], **each[2]) for each in requests)))

        return asyncio.run(send())

    def get(self, address: str, **options: Any) -> httpx.Response:
        """Read a page."""
        return self.request("GET", address, **options)

    def post(self, address: str, **options: Any) -> httpx.Response:
        """Send a form."""
        return self.request("POST", address, **options)
