"""Other stand-ins for the Bot API, called through python-telegram-bot as the double is.

telemelya is a server on Redis; here a dictionary replaces its S3 store for files.
tg-auto-test answers inside the library, in place of the network.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import httpx
from fastapi import FastAPI
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from tests.doubles.telegram_api import TelegramDouble
from tests.support.bot_api import NO_CERTIFICATES, TOKEN


@dataclass(frozen=True)
class Answer:
    """A server's answer to a call.

    Attributes:
        method: of the Bot API.
        body: the whole answer.
    """

    method: str
    body: dict[str, Any]

    @property
    def is_ok(self) -> bool:
        return bool(self.body["ok"])


class Recording(BaseRequest):
    """Passes calls on, and records the answers."""

    def __init__(self, inner: BaseRequest) -> None:
        self._inner = inner
        self.answers: list[Answer] = []

    @property
    def read_timeout(self) -> float | None:
        return self._inner.read_timeout

    async def initialize(self) -> None:
        await self._inner.initialize()

    async def shutdown(self) -> None:
        await self._inner.shutdown()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **options: Any
    ) -> tuple[int, bytes]:
        code, payload = await self._inner.do_request(url, method, request_data, *args, **options)
        answer = Answer(url.rpartition("/")[2], json.loads(payload))
        self.answers.append(answer)
        # telemelya refuses with a status of 200, which Telegram never does.
        return answer.body.get("error_code") or code, payload


@dataclass
class Peer:
    """A server of the Bot API with a bot.

    Attributes:
        name: of the package.
        bot: makes the calls.
        recording: has the answers.
    """

    name: str
    bot: Bot
    recording: Recording

    async def answer(self, call: Callable[[], Awaitable[object]]) -> Answer | None:
        """The answer to a call; None if the peer lacks the method."""
        before = len(self.recording.answers)
        try:
            await call()
        except TelegramError:
            pass  # the answer says it
        except AssertionError as error:
            if "Unexpected Telegram API method" not in str(error):
                raise
        found = self.recording.answers[before:]
        return found[-1] if found and found[-1].body.get("error_code", 0) != 404 and "ok" in found[-1].body else None


def of_double(telegram: TelegramDouble) -> Peer:
    """The double."""
    recording = Recording(HTTPXRequest(httpx_kwargs={"verify": NO_CERTIFICATES}))
    return Peer("double", Bot(TOKEN, base_url=f"{telegram.url}/bot", request=recording), recording)


def of_tg_auto_test() -> Peer:
    """The library's own stub."""
    from tg_auto_test.test_utils.stub_request import StubTelegramRequest

    recording = Recording(StubTelegramRequest())
    return Peer("tg-auto-test", Bot(TOKEN, request=recording), recording)


class _Files:
    """Replaces the S3 store."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    async def upload(self, session_id: str, file_id: str, filename: str, data: bytes, content_type: str) -> str:
        key = f"{session_id}/{file_id}/{filename}"
        self._kept[key] = data
        return key

    async def download_by_key(self, key: str) -> bytes | None:
        return self._kept.get(key)


def telemelya() -> ModuleType:
    """The package's server, with its files in memory."""
    for name, attribute in (("aiobotocore", ""), ("aiobotocore.session", "get_session"), ("botocore", "")):
        sys.modules.setdefault(name, _module(name, attribute))
    sys.modules.setdefault("botocore.config", _module("botocore.config", "Config"))
    import telemelya.server.bot_api as server
    import telemelya.server.control_api  # noqa: F401

    server.media_manager = _Files()
    return server


def _module(name: str, attribute: str) -> ModuleType:
    module = ModuleType(name)
    if attribute:
        setattr(module, attribute, lambda *_arguments, **_options: None)
    return module


def application_of(server: ModuleType) -> FastAPI:
    """The server of telemelya, for tests."""
    import telemelya.server.control_api as control

    application = FastAPI()
    application.include_router(server.router)
    application.include_router(control.router)
    return application


def of_telemelya(application: FastAPI) -> Peer:
    """The server in this process; its state is in Redis."""
    options = {"verify": NO_CERTIFICATES, "transport": httpx.ASGITransport(application)}
    recording = Recording(HTTPXRequest(httpx_kwargs=options))
    return Peer("telemelya", Bot(TOKEN, base_url="http://telemelya/bot", request=recording), recording)


@contextlib.asynccontextmanager
async def remembering() -> AsyncIterator[None]:
    """Connects telemelya to its Redis."""
    from telemelya.server.state import state_manager

    await state_manager.connect()
    try:
        yield
    finally:
        await state_manager.redis.aclose()
