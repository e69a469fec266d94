"""The service: web server, dialogue, Telegram, outbox and scheduler."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
import uvloop
from fastapi import APIRouter

from actions.registration import registration_actions
from bot.accounts.account_service import account_service
from bot.accounts.opener import OPEN, AccountOpener
from bot.api.bounces import bounce_webhook
from bot.api.checkr_webhook import checkr_webhook
from bot.api.checks_webhook import checks_webhook
from bot.api.event_feed import event_feed
from bot.api.health import ReadinessCheck, StorageCheck, health_routes
from bot.api.profile_page import profile_page
from bot.api.reminder_stop import reminder_stop
from bot.api.staff_pages import staff_page
from bot.api.webhooks import CHECK_EVENT
from bot.channels.web import WebChannel
from bot.checks.service import CHECK_CANCEL, CHECK_FORGET
from bot.conversation.leftovers import clear_leftovers
from bot.conversation.turns import Conversations
from bot.core.settings import Settings
from bot.core.siblings import ALONE, Siblings
from bot.dialogue.agent import Agent
from bot.dialogue.components.sentence_vectors import VECTORS
from bot.jobs.outbox import Handler, Outbox
from bot.moves.deletion import ERASE
from bot.notifications import site_events
from bot.notifications.emails.sender import SEND, MailSender
from bot.notifications.notify import DELIVER
from bot.notifications.site_events import EventPoster
from bot.registration.registration import CHECK_START
from bot.runtime.container import Services, build
from bot.runtime.metrics import served_metrics
from bot.runtime.scheduler import Scheduler
from bot.runtime.startup import STARTED, tell
from bot.runtime.supervisor import Place, Supervisor, say_stopping
from bot.runtime.tracing import traced
from bot.runtime.watchdog import notify, threads_answer, watch
from bot.runtime.web_server import web_server
from bot.security.rate_limits import RateLimits

if TYPE_CHECKING:
    from bot.channels.telegram import TelegramChannel

logger = logging.getLogger(__name__)

#: The interpreter's switch interval in seconds, a tenth of Python's default: a thread that returns from SQLite holds
#: the writers' lock while it waits for the interpreter.
SWITCH_SECONDS = 0.0005


def serve(settings: Settings, listener: socket.socket, model: Path) -> None:
    """Serve until Ctrl-C, in as many processes as `WORKERS` says.

    Args:
        settings: all settings.
        listener: the web server's socket.
        model: file of the dialogue model.

    Raises:
        SettingsError: a setting is wrong.
        StartError: the port of the metrics cannot be used, or a variable of OpenTelemetry is wrong.
    """
    services = build(settings)
    agent = Agent(model, registration_actions(services.dialogue), lambda: services.dialogue.position)
    announce = partial(_say_ready, settings)
    place = Place(0, ALONE, None, announce)
    if settings.workers > 1:
        VECTORS.wait()
        services.store.dispose()  # a connection is its process's
        place = Supervisor(settings.workers, listener, announce).run()
    with (
        traced(),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        served_metrics(settings, services.store, place.number),
    ):
        is_whole = runner.run(_serve(services, agent, listener, place))
    if not is_whole:
        os._exit(0)  # a thread hangs in a cut-off turn, and Python would wait for it forever


def _conversations(services: Services, agent: Agent, siblings: Siblings) -> Conversations:
    settings = services.settings
    return Conversations(
        services.store,
        services.vault,
        services.ledger,
        services.photos,
        services.dialogue,
        agent,
        settings.contact_email,
        settings.site_url,
        settings.consent_seconds,
        settings.turn_timeout,
        siblings,
    )


async def _serve(services: Services, agent: Agent, listener: socket.socket, place: Place) -> bool:
    """Serve until told to stop; returns whether all started turns have ended."""
    settings = services.settings
    conversations = _conversations(services, agent, place.siblings)
    work = _Work(services, conversations)
    outbox = Outbox(services.store, work.handlers)
    services.dialogue.queued = outbox.wake
    database = StorageCheck(services.store, settings.data_dir)
    readiness: dict[str, ReadinessCheck] = {"database": database.is_ready}
    stop = _stop_signal(place.parent)
    limits = RateLimits(settings, place.siblings)
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
        [health_routes(readiness, stop.is_set), *routers(services, limits, outbox.wake), *telegram_routers],
        telegram.name if telegram else str,
    )
    server = web_server(web.app(), settings)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listener]))
        watching = group.create_task(_watch(conversations, outbox, work.scheduler))
        tasks = [
            group.create_task(outbox.run()),
            group.create_task(work.scheduler.run(outbox.wake)),
        ]
        try:
            if telegram:
                await telegram.start()
            await conversations.resume()
            _announce(place.announce)
            await stop.wait()
        finally:
            watching.cancel()
            if settings.workers == 1:
                say_stopping()
            try:
                await _drain(server, serving, conversations, telegram)
            finally:
                await conversations.stop()
                for task in [serving, *tasks]:
                    task.cancel()
    services.store.dispose()
    return not conversations.is_hanging


async def _watch(conversations: Conversations, outbox: Outbox, scheduler: Scheduler) -> None:
    parts = {"turns": conversations.answers, "outbox": outbox.progresses, "calendar": scheduler.progresses}
    await watch({"threads": threads_answer, **parts})


async def _drain(
    server: uvicorn.Server,
    serving: asyncio.Task[None],
    conversations: Conversations,
    telegram: TelegramChannel | None,
) -> None:
    """End what is underway: the turns, then the requests. Until then a proxy may still send some."""
    if telegram:
        await telegram.stop_taking()
    await conversations.drain()
    server.should_exit = True
    await asyncio.wait([serving])
    if telegram:
        await telegram.stop()


def _announce(announce: Callable[[], None]) -> None:
    """Prepare the interpreter for mentors, and tell that they can come."""
    gc.freeze()  # otherwise each full collection scans all imported objects, and everybody waits 0.13 s
    sys.setswitchinterval(SWITCH_SECONDS)
    announce()


def _say_ready(settings: Settings) -> None:
    """Print the address."""
    seconds = time.monotonic() - STARTED
    tell(f"Ready after {seconds:.1f} s. Open {settings.site_url} in a browser; Ctrl-C stops it.")
    notify("READY=1")


def _telegram(
    services: Services, conversations: Conversations, limits: RateLimits
) -> tuple[TelegramChannel | None, list[APIRouter]]:
    """Telegram and its routes, if there is a token; otherwise its library is not even imported."""
    if not services.settings.telegram_token.get_secret_value():
        return None, []
    from bot.channels.telegram import TelegramChannel, code_page, date_page, photo_page, telegram_webhook

    channel = TelegramChannel(services.settings, services.store, services.vault, services.photos, conversations, limits)
    pages = [each(services.settings, conversations, limits, channel.noted) for each in (date_page, code_page)]
    pages.append(photo_page(services.settings, conversations, limits, channel.noted, services.photos))
    return channel, [telegram_webhook(channel), *pages]


class _Work:
    """The outbox's handlers and the scheduler.

    Args:
        services: the parts.
        conversations: deliver messages from outside a turn.

    Raises:
        SettingsError: a setting that a part needs is missing or wrong.
    """

    def __init__(self, services: Services, conversations: Conversations) -> None:
        settings, store, vault = services.settings, services.store, services.vault
        with_provider = services.providers
        self.handlers: dict[str, Handler] = {
            CHECK_EVENT: with_provider.take_event,
            CHECK_START: with_provider.start,
            CHECK_CANCEL: with_provider.cancel,
            CHECK_FORGET: with_provider.cancel,
            SEND: MailSender(store, vault, settings, services.undeliverable.note).send,
            OPEN: AccountOpener(store, account_service(settings, store)).open,
            site_events.POST: EventPoster(store, settings).post,
            DELIVER: conversations.announce,
            ERASE: partial(services.erasure.delete_account, cancel=with_provider.cancel),
        }
        daily = [with_provider.reconcile]
        if services.photos.is_remote:
            daily.append(partial(clear_leftovers, store, vault, services.photos))
        self.scheduler = Scheduler(settings, store, vault, services.retention, services.progress, daily)


def routers(services: Services, limits: RateLimits, wake: Callable[[], None]) -> list[APIRouter]:
    """The routes outside the channels; `wake` lets the outbox look for new jobs at once."""
    settings, store = services.settings, services.store
    return [
        checkr_webhook(store, settings, wake),
        checks_webhook(store, settings, wake),
        bounce_webhook(store, settings, services.undeliverable, wake),
        event_feed(store, settings),
        profile_page(store, services.photos),
        reminder_stop(store, services.vault, settings.contact_email),
        staff_page(store, services.vault, services.photos, services.ledger, settings, limits, services.progress, wake),
    ]


def _stop_signal(parent: int | None) -> asyncio.Event:
    """Set by the signals that stop the service, and at the end of the pipe ``parent``."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)

    def is_orphaned(pipe: int) -> None:
        loop.remove_reader(pipe)
        stop.set()

    if parent is not None:
        loop.add_reader(parent, is_orphaned, parent)
    return stop
