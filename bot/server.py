"""The service: web server, action server, Telegram, outbox, and the care for the engine."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import uvicorn
import uvloop
from fastapi import APIRouter
from starlette.types import ASGIApp

from bot import events, mail
from bot.accounts import OPEN, AccountOpener, account_service
from bot.action_server import action_app
from bot.app import Services, build, use
from bot.channels.rate_limits import RateLimits
from bot.channels.staff_page import staff_page
from bot.channels.web import WebChannel
from bot.checks.checks import CHECK_CANCEL, CHECK_FORGET
from bot.checks.webhooks import CHECK_EVENT, checkr_webhook
from bot.conversation.deletion import ERASE
from bot.conversation.engine import EngineClient
from bot.conversation.turns import Conversations
from bot.engine_process import EngineProcess
from bot.events import EventPoster, event_feed
from bot.mail import MailSender
from bot.model import EngineError
from bot.notices import DELIVER
from bot.outbox import Handler, Outbox
from bot.profile import profile_page
from bot.readiness import Readiness, ReadinessCheck, StorageCheck
from bot.registration import CHECK_START
from bot.settings import Settings
from bot.start import STARTED, Sockets, tell
from bot.upkeep import Upkeep

if TYPE_CHECKING:
    from bot.channels.telegram import TelegramChannel

logger = logging.getLogger(__name__)

#: Seconds for which a connection is kept that nothing comes through. A mentor's next message needs no new one, and it
#: is more than those who call keep theirs (`engine.actions`): who hangs up first cannot be called into the void.
KEEP_ALIVE_SECONDS = 75
#: Seconds after which a thread that waits for the interpreter is given it. By itself Python waits ten times as long,
#: and a thread that comes back from SQLite waits while it holds the lock of all writers.
SWITCH_SECONDS = 0.0005
#: Seconds that the engine gets to load its model.
ENGINE_START_SECONDS = 120.0


def serve(settings: Settings, secret: str, sockets: Sockets, engine: EngineProcess) -> None:
    """Serve until Ctrl-C.

    Args:
        settings: of everything.
        secret: shared with the engine.
        sockets: to listen on.
        engine: is started.

    Raises:
        EngineError: the engine does not answer.
        SettingsError: a setting turned out to be wrong.
    """
    use(services := build(settings))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(services, secret, sockets, engine))


async def _serve(services: Services, secret: str, sockets: Sockets, process: EngineProcess) -> None:
    settings = services.settings
    engine = EngineClient(settings.engine_url, secret, settings.engine_timeout)
    conversations = Conversations(
        services.store,
        services.vault,
        services.ledger,
        services.photos,
        engine,
        settings.contact_email,
        settings.site_url,
        settings.consent_seconds,
    )
    work = _Work(services, conversations)
    outbox = Outbox(services.store, work.handlers)
    services.dialogue.queued = outbox.wake
    web_server = _Server(action_app("actions", secret))
    readiness: dict[str, ReadinessCheck] = {
        "engine": engine.is_ready,
        "actions": web_server.is_started,
        "database": StorageCheck(services.store, settings.data_dir).is_ready,
    }
    limits = RateLimits(settings)
    telegram, telegram_routers = _telegram(services, conversations, limits)
    if telegram:
        readiness["telegram"] = telegram.is_ready
    web = WebChannel(
        settings,
        services.store,
        services.vault,
        services.photos,
        conversations,
        limits,
        Readiness(readiness),
        [*_routers(services, limits, outbox.wake), *telegram_routers],
        telegram.name if telegram else str,
    )
    stop = _stop_signal()
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(web_server.serve(sockets=[sockets.actions])),
            group.create_task(_Server(web.app()).serve(sockets=[sockets.web])),
            group.create_task(process.run()),
            group.create_task(outbox.run()),
            group.create_task(work.upkeep.run(outbox.wake)),
        ]
        try:
            await _announce(engine, settings, telegram, stop)
            await conversations.resume()
            await stop.wait()
        finally:
            tell("Stopping …")
            try:
                if telegram:
                    await telegram.stop()
            finally:
                await conversations.stop()
                for task in tasks:
                    task.cancel()
    await engine.close()
    services.store.dispose()


def _telegram(
    services: Services, conversations: Conversations, limits: RateLimits
) -> tuple[TelegramChannel | None, list[APIRouter]]:
    """Telegram, with its webhook's route, where there is a token; else its library is not even imported."""
    if not services.settings.telegram_token.get_secret_value():
        return None, []
    from bot.channels.telegram import TelegramChannel, telegram_webhook

    channel = TelegramChannel(services.settings, services.store, services.vault, services.photos, conversations, limits)
    return channel, [telegram_webhook(channel)]


class _Work:
    """What the outbox and the calendar have done, and by which part.

    Args:
        services: the parts.
        conversations: deliver what is said outside a turn.

    Raises:
        SettingsError: a setting that a part needs is missing or wrong.
    """

    def __init__(self, services: Services, conversations: Conversations) -> None:
        settings, store, vault = services.settings, services.store, services.vault
        with_provider, checkr = services.providers, services.checkr
        self.handlers: dict[str, Handler] = {CHECK_EVENT: checkr.take_event} if checkr else {}
        self.handlers |= {
            CHECK_START: with_provider.start,
            CHECK_CANCEL: with_provider.cancel,
            CHECK_FORGET: with_provider.cancel,
            mail.SEND: MailSender(store, vault, settings).send,
            OPEN: AccountOpener(store, account_service(settings, store)).open,
            events.POST: EventPoster(store, settings).post,
            DELIVER: conversations.announce,
            ERASE: partial(services.erasure.delete_account, cancel=with_provider.cancel),
        }
        self.upkeep = Upkeep(settings, store, vault, services.erasure, services.results, [with_provider.reconcile])


def _routers(services: Services, limits: RateLimits, wake: Callable[[], None]) -> list[APIRouter]:
    settings, store = services.settings, services.store
    told = services.results.told
    return [
        checkr_webhook(store, settings, wake),
        event_feed(store, settings),
        profile_page(store, services.photos),
        staff_page(store, services.vault, services.photos, services.ledger, settings, limits, told, wake),
    ]


async def _announce(
    engine: EngineClient, settings: Settings, telegram: TelegramChannel | None, stop: asyncio.Event
) -> None:
    """Wait until the bot can chat, and say where; not at all if it is told to stop meanwhile."""
    waiting = asyncio.create_task(engine.wait_until_ready(ENGINE_START_SECONDS))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([waiting, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set():
        waiting.cancel()
        return
    if not waiting.result():
        raise EngineError(f"The dialogue engine did not start. Its log is {settings.data_dir / 'engine.log'}.")
    if telegram:
        await telegram.start()
    gc.freeze()  # else each full collection looks through all that was imported, and everybody waits 0.13 s
    sys.setswitchinterval(SWITCH_SECONDS)
    tell(f"Ready after {time.monotonic() - STARTED:.1f} s. Open {settings.site_url} in a browser; Ctrl-C stops it.")


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    return stop


class _Server(uvicorn.Server):
    """A web server that leaves signals to `run`."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="none",
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield

    async def is_started(self) -> bool:
        """Whether it takes requests."""
        return self.started
