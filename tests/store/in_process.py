"""The web channel and the Telegram channel in this process, over real connections, with the real Rasa."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from pydantic import SecretStr
from sqlalchemy import select

from bot.accounts.accounts import AccountTable
from bot.accounts.email_codes import Codes
from bot.channels.telegram import TelegramChannel
from bot.channels.web import WebChannel
from bot.channels.web.sessions import fingerprint
from bot.checks.providers.manual import ManualProvider
from bot.conversation.turns import Conversations
from bot.core.settings import Settings
from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.moves.dialogue import Dialogue
from bot.privacy.erasure import Erasure
from bot.privacy.retention import Retention
from bot.registration.registration import Registration
from bot.security.rate_limits import RateLimits
from bot.security.vault import Vault
from bot.storage import Conversation, Mentor, Store
from tests.doubles.telegram_api import TelegramDouble
from tests.support.agent import WatchedAgent
from tests.support.ledger import LEDGER
from tests.support.progress import silent_progress
from tests.support.registrations import answer_until
from tests.support.web import WebMentor

TOKEN = "123456:in-process"
START_SECONDS = 20
TURN_SECONDS = 10
#: None of the limits is what these tests are about.
_UNLIMITED: dict[str, Any] = {
    "sessions_per_hour": 100_000,
    "messages_per_minute": 100_000,
    "photos_per_hour": 100_000,
    "requests_per_minute": 1_000_000,
    "telegram_messages_per_second": 1000,
    "telegram_chat_messages_per_second": 1000,
}


class InProcess:
    """A service in a thread of this process.

    Attributes:
        erasure: erases mentors, as their own deletion does.
        url: where the web channel is.
        channel: the Telegram channel, where there is one.

    Args:
        store: the database.
        vault: as everywhere.
        data_dir: for photos and letters.
        telegram: the other side of Telegram; None for none.
    """

    def __init__(self, store: Store, vault: Vault, data_dir: Path, telegram: TelegramDouble | None = None) -> None:
        data_dir.mkdir(exist_ok=True)
        self.store, self.vault, self.photos, self.data_dir = store, vault, Photos(Folder(data_dir)), data_dir
        self.erasure = Erasure(store, vault, LEDGER, self.photos, data_dir)
        self.retention = Retention(store, self.erasure, silent_progress(vault))
        self._socket = socket.create_server(("127.0.0.1", 0))  # who calls before it is served waits
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        token = SecretStr(TOKEN if telegram else "")
        address = {"telegram_api_url": telegram.url} if telegram else {}
        self._settings = Settings(_env_file=None, data_dir=data_dir, telegram_token=token, **address, **_UNLIMITED)  # type: ignore[call-arg]
        self.channel: TelegramChannel | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._ready.wait(0.1):
            assert self._thread.is_alive(), "the service does not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(START_SECONDS)
        assert not self._thread.is_alive(), "the service does not stop"

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        contact, site = self._settings.contact_email, self._settings.site_url
        codes, provider = Codes(self.vault, 1000), ManualProvider(self.store, silent_progress(self.vault))
        dialogue = Dialogue(self.store, self.vault, LEDGER, AccountTable(), codes, provider, contact)
        parts = (self.store, self.vault, LEDGER, self.photos, dialogue, WatchedAgent(dialogue))
        # Nobody here has to read.
        conversations = Conversations(*parts, contact, site, consent_seconds=0, turn_timeout=TURN_SECONDS)
        self.conversations = conversations
        limits = RateLimits(self._settings)
        if self._settings.telegram_token.get_secret_value():
            self.channel = TelegramChannel(self._settings, self.store, self.vault, self.photos, conversations, limits)
        web = WebChannel(self._settings, self.store, self.vault, self.photos, conversations, limits)
        server = uvicorn.Server(uvicorn.Config(web.app(), log_config=None, lifespan="off", ws="none"))
        serving = asyncio.create_task(server.serve(sockets=[self._socket]))
        await conversations.resume()
        if self.channel:
            await self.channel.start()
        self._ready.set()
        await self._stop.wait()
        if self.channel:
            await self.channel.stop()
        await conversations.stop()
        server.should_exit = True
        await serving

    def mentor_of(self, channel: str, external_id: str) -> str:
        """The id of the mentor of a conversation."""
        wanted = select(Conversation.mentor_id).where(
            Conversation.channel == channel, Conversation.external_id == external_id
        )
        with self.store.read() as session:
            return session.scalars(wanted).one()

    def of_browser(self, browser: WebMentor) -> str:
        """The id of the mentor who chats in a browser."""
        return self.mentor_of("web", fingerprint(browser.http.cookies["mentor_session"]))

    def comes_to(self, mentor_id: str, question: str) -> None:
        """Have a mentor be asked ``question`` with the next turn, everything before it having been answered."""
        with self.store.write() as session:
            current = Registration(session, session.get_one(Mentor, mentor_id))
            answer_until(current, self.vault, question, f"{mentor_id[:8]}@example.org")
