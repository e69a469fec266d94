"""Runs the service: web server, action server, Telegram, outbox and, unless it runs elsewhere, the engine."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import logging
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO

import uvicorn
import uvloop
from fastapi import APIRouter
from starlette.types import ASGIApp

from bot import events, mail
from bot.accounts import OPEN, AccountOpener, account_service
from bot.action_server import action_app
from bot.app import Services, build, prepare_folder, use
from bot.channels.staff_page import staff_page
from bot.channels.telegram import TelegramChannel, telegram_webhook
from bot.channels.web import ReadinessCheck, WebChannel
from bot.checks.checks import CHECK_FORGET
from bot.checks.webhooks import CHECK_EVENT, checkr_webhook
from bot.conversation.dialogue import CANCEL_CHECK, ERASE
from bot.conversation.engine import EngineClient
from bot.conversation.turns import Conversations
from bot.engine_process import EngineProcess
from bot.events import EventPoster, event_feed
from bot.failures import described
from bot.mail import MailSender
from bot.model import EngineError, model_path, train
from bot.notices import DELIVER
from bot.outbox import Handler, Outbox
from bot.profile import profile_page
from bot.registration import CHECK_START
from bot.settings import Settings
from bot.upkeep import Upkeep

logger = logging.getLogger(__name__)

#: Seconds that the engine gets to load its model.
ENGINE_START_SECONDS = 120.0
_DAY_SECONDS = 24 * 60 * 60.0


class StartError(Exception):
    """The service cannot start; the message says why and what to do."""


def run(settings: Settings) -> None:
    """Train if needed, start everything, print the address, and stop it all on Ctrl-C.

    Raises:
        StartError: a port is taken, or another instance uses the data folder.
        EngineError: the engine is not installed, or cannot be trained.
        SettingsError: a setting turned out to be wrong.
    """
    prepare_folder(settings)
    with one_instance(settings):
        sockets = _Sockets(settings)
        if not model_path().exists():
            _tell("Training the dialogue model. This happens once and takes about half a minute …")
        train(settings, _tell)
        use(services := build(settings))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(services, sockets))


class _Sockets:
    """The listening sockets, taken before anything slow, so that a taken port is said at once."""

    def __init__(self, settings: Settings) -> None:
        self.web = _listen(settings.host, settings.port, "PORT")
        self.actions = _listen("127.0.0.1", settings.actions_port, "ACTIONS_PORT")
        _listen("127.0.0.1", settings.engine_port, "ENGINE_PORT").close()


def _listen(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, because asyncio turns Nagle's delay off only on sockets that name theirs.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise StartError(f"HOST: {host} is no address of this machine; 127.0.0.1 is the usual one.") from None
        raise StartError(
            f"Port {port} on {host} cannot be used ({error.strerror}). Stop what uses it, "
            f"or choose another one with the setting {setting}, for example: {setting}={port % 65535 + 1} make run"
        ) from None
    return listener


@contextlib.contextmanager
def one_instance(settings: Settings) -> Iterator[IO[str]]:
    """Hold the data folder's lock file; the system lets go of it when the process ends, however it ends."""
    path = settings.data_dir / "service.lock"
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StartError(
                f"The bot already runs with the data folder {settings.data_dir}. Stop it first, "
                "or choose another folder with the setting DATA_DIR."
            ) from None
        yield file


async def _serve(services: Services, sockets: _Sockets) -> None:
    settings = services.settings
    secret = settings.engine_secret.get_secret_value() or secrets.token_urlsafe(32)
    engine = EngineClient(settings.engine_url, secret, settings.engine_timeout)
    conversations = Conversations(
        services.store,
        services.vault,
        services.ledger,
        services.photos,
        engine,
        settings.contact_email,
        settings.site_url,
    )
    work = _Work(services, conversations)
    outbox = Outbox(services.store, work.handlers)
    services.dialogue.queued = outbox.wake
    process = EngineProcess(settings, secret, model_path())
    web_server = _Server(action_app("actions", secret))
    readiness: dict[str, ReadinessCheck] = {
        "engine": engine.is_ready,
        "actions": web_server.is_started,
        "database": lambda: _answers(services),
    }
    telegram = (
        TelegramChannel(settings, services.store, services.vault, services.photos, conversations)
        if settings.telegram_token.get_secret_value()
        else None
    )
    web = WebChannel(
        settings,
        services.store,
        services.vault,
        services.photos,
        conversations,
        readiness,
        [*_routers(services, outbox.wake), *([telegram_webhook(telegram)] if telegram else [])],
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
            _tell("Stopping …")
            try:
                if telegram:
                    await telegram.stop()
            finally:
                await conversations.stop()
                for task in tasks:
                    task.cancel()
    await engine.close()
    services.store.dispose()


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
        reconcile = [checkr.reconcile] if checkr else []
        self.handlers |= {
            CHECK_START: with_provider.start,
            CANCEL_CHECK: with_provider.cancel,
            CHECK_FORGET: with_provider.cancel,
            mail.SEND: MailSender(store, vault, settings).send,
            OPEN: AccountOpener(store, account_service(settings, store)).open,
            events.POST: EventPoster(store, settings).post,
            DELIVER: conversations.announce,
            ERASE: partial(services.erasure.delete_account, cancel=with_provider.cancel),
        }
        self.upkeep = Upkeep(settings, store, vault, services.erasure, services.results, reconcile)


def _routers(services: Services, wake: Callable[[], None]) -> list[APIRouter]:
    settings, store = services.settings, services.store
    told = services.results.told
    return [
        checkr_webhook(store, settings, wake),
        event_feed(store, settings),
        profile_page(store, services.photos),
        staff_page(store, services.vault, services.photos, services.ledger, settings, told, wake),
    ]


async def _announce(
    engine: EngineClient, settings: Settings, telegram: TelegramChannel | None, stop: asyncio.Event
) -> None:
    """Wait until the bot can chat, and say where; not at all if it is told to stop meanwhile."""
    started = time.monotonic()
    _tell("Starting the dialogue engine …")
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
    _tell(f"Ready after {time.monotonic() - started:.1f} s. Open {settings.site_url} in a browser; Ctrl-C stops it.")


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    return stop


async def _answers(services: Services) -> bool:
    try:
        await asyncio.to_thread(services.store.ping)
    except Exception as error:  # noqa: BLE001  (whatever it is, the bot cannot chat)
        logger.error("the database does not answer: %s", described(error))
        return False
    return True


class _Server(uvicorn.Server):
    """A web server that leaves signals to `run`."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off", ws="none")
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield

    async def is_started(self) -> bool:
        """Whether it takes requests."""
        return self.started


def _tell(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
