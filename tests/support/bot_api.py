"""Calls the double of the Bot API as a bot does: through python-telegram-bot, and by plain HTTP requests."""

from __future__ import annotations

import asyncio
import json
import ssl
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.doubles.telegram_api import TelegramDouble

TOKEN = "123:abc"
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
HTTP = httpx.Client(trust_env=False, verify=NO_CERTIFICATES)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 1600, 1200) + b"\x08\x02\x00\x00\x00"


def new_bot(telegram: TelegramDouble) -> Bot:
    """Return a bot of the double, without the unused certificates, which take long to load."""
    requests = [HTTPXRequest(connection_pool_size=4, httpx_kwargs={"verify": NO_CERTIFICATES}) for _ in range(2)]
    address = telegram.url
    return Bot(
        TOKEN,
        base_url=f"{address}/bot",
        base_file_url=f"{address}/file/bot",
        get_updates_request=requests[0],
        request=requests[1],
    )


def with_bot[Result](telegram: TelegramDouble, work: Callable[[Bot], Awaitable[Result]]) -> Result:
    """Run a coroutine function with an initialised bot."""

    async def run() -> Result:
        async with new_bot(telegram) as bot:
            return await work(bot)

    return asyncio.run(run())


def call(telegram: TelegramDouble, method: str, **parameters: Any) -> dict[str, Any]:
    """Call a method with a form and return the whole answer."""
    answer: dict[str, Any] = HTTP.post(f"{telegram.url}/bot{TOKEN}/{method}", data=parameters).json()
    return answer


def reason(telegram: TelegramDouble, method: str, **parameters: Any) -> str:
    """Call a method that must be refused with 400 and return the reason."""
    answer = call(telegram, method, **parameters)
    assert answer["ok"] is False
    assert answer["error_code"] == 400
    return str(answer["description"]).removeprefix("Bad Request: ")


def keyboard(*buttons: dict[str, Any]) -> str:
    """Return an inline keyboard of one row as JSON."""
    return json.dumps({"inline_keyboard": [list(buttons)]})
