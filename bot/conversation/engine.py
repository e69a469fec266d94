"""The client of the dialogue engine's channel."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import aiohttp

SECRET_HEADER = "X-Engine-Secret"  # noqa: S105  (the header's name, not a secret)


class EngineUnavailableError(Exception):
    """The engine did not take the message: it is down, too slow, or failed on its side."""


class EngineClient:
    """Sends one message at a time of each conversation to the engine.

    Args:
        url: the engine's base address.
        secret: shared with the engine's channel.
        timeout: seconds to wait for a reply.
    """

    def __init__(self, url: str, secret: str, timeout: float) -> None:
        self._url = url
        self._headers = {SECRET_HEADER: secret}
        self._timeout = timeout
        self._kept: aiohttp.ClientSession | None = None

    @property
    def _client(self) -> aiohttp.ClientSession:
        """One session for all calls; made at the first, which has a running event loop."""
        if self._kept is None:
            # As many connections as there are conversations: each has one message there at a time.
            connector = aiohttp.TCPConnector(limit=0)
            timeout = aiohttp.ClientTimeout(total=self._timeout)
            self._kept = aiohttp.ClientSession(self._url, headers=self._headers, timeout=timeout, connector=connector)
        return self._kept

    async def send(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        """Send one message and give the references of the replies, in order.

        Args:
            conversation_id: the sender id.
            text: the message, or ``/intent``.
            metadata: reaches the reader and the actions whole.

        Returns:
            What the actions said: dictionaries with ``say`` or ``ask``; nothing if handling the message failed.

        Raises:
            EngineUnavailableError: no reply came.
        """
        try:
            body = {"sender": conversation_id, "message": text, "metadata": metadata}
            async with self._client.post("/webhooks/engine/webhook", json=body) as response:
                if response.status == HTTPStatus.INTERNAL_SERVER_ERROR:
                    return []  # it lives, but could not handle this message: as good as no reply
                response.raise_for_status()
                replies = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise EngineUnavailableError(type(error).__name__) from None
        return [reply["custom"] for reply in replies if isinstance(reply.get("custom"), dict)]

    async def is_ready(self) -> bool:
        """Whether the engine has its model loaded and takes messages."""
        try:
            timeout = aiohttp.ClientTimeout(total=2)
            async with self._client.get("/webhooks/engine/", timeout=timeout) as response:
                return response.ok and (await response.json()).get("ready") is True
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return False

    async def wait_until_ready(self, seconds: float) -> bool:
        """Wait up to ``seconds`` for the engine; whether it became ready."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not await self.is_ready():
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.1)
        return True

    async def close(self) -> None:
        """Close the connections."""
        if self._kept is not None:
            await self._kept.close()
