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
        cookies: to send with each request; those of responses are kept.
        client: the address that the requests come from.
    """

    def __init__(self, app: ASGIApp, cookies: dict[str, str] | None = None, client: str = "127.0.0.1") -> None:
        self._transport = httpx.ASGITransport(app, client=(client, 4711))
        self.cookies = httpx.Cookies(cookies)

    def request(self, method: str, address: str, **options: Any) -> httpx.Response:
        """Send one request; redirects are not followed."""
        return self.together([(method, address, options)])[0]

    def together(self, requests: list[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        """Send several requests at once."""

        async def send() -> list[httpx.Response]:
            async with httpx.AsyncClient(
                transport=self._transport, base_url="http://test", cookies=self.cookies
            ) as client:
                responses = await asyncio.gather(*(client.request(*each[:2], **each[2]) for each in requests))
                self.cookies = client.cookies
                return list(responses)

        return asyncio.run(send())

    def get(self, address: str, **options: Any) -> httpx.Response:
        """Read a page."""
        return self.request("GET", address, **options)

    def post(self, address: str, **options: Any) -> httpx.Response:
        """Send a form."""
        return self.request("POST", address, **options)
