"""The service in the bench's own process, for what can only be seen from within.

It is put together from its parts, as `bot.runtime.server` does it, without what goes on beside the conversations:
checks, accounts, events, the calendar.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp

from actions.registration import registration_actions
from bot.channels.telegram import TelegramChannel
from bot.channels.web import WebChannel
from bot.conversation.turns import Conversations
from bot.core.settings import load_settings
from bot.dialogue.agent import Agent
from bot.dialogue.compatibility import keep_quiet
from bot.dialogue.model import train
from bot.jobs.outbox import Handler, Outbox
from bot.notifications.emails.sender import SEND, MailSender
from bot.runtime.container import Services, build
from bot.security.rate_limits import RateLimits

#: Many mentors at one address: the limits are not what is measured.
UNLIMITED = {
    **dict.fromkeys(("sessions_per_hour", "messages_per_minute", "photos_per_hour", "codes_per_hour"), 1_000_000),
    **dict.fromkeys(("requests_per_minute", "telegram_messages_per_second"), 1_000_000),
    "telegram_chat_messages_per_second": 1_000_000,
    "consent_seconds": 0,  # the question was shown a moment ago, and nobody here has to read it
}
TOKEN = "4711:bench"  # noqa: S105  (of the double)


@dataclass(frozen=True)
class Inside:
    """A service in this process, as far as it is measured.

    Attributes:
        services: what its parts share.
        conversations: take the messages.
        outbox: sends e-mails; it is not running.
        web: the web application.
        telegram: takes updates; None without an address of the Bot API.
    """

    services: Services
    conversations: Conversations
    outbox: Outbox
    web: ASGIApp
    telegram: TelegramChannel | None


@asynccontextmanager
async def inside(folder: Path, telegram_url: str = "") -> AsyncIterator[Inside]:
    """A service on SQLite.

    Args:
        folder: an empty data folder.
        telegram_url: of the Bot API, or its double.
    """
    with_telegram = {"telegram_token": TOKEN, "telegram_api_url": telegram_url} if telegram_url else {}
    services = build(load_settings(_env_file=None, data_dir=folder, database_url="", **UNLIMITED, **with_telegram))
    settings, store, vault, photos = services.settings, services.store, services.vault, services.photos
    conversations = conversations_of(services)
    outbox = Outbox(store, Handlers({SEND: MailSender(store, vault, settings).send}))
    services.dialogue.queued = outbox.wake
    limits = RateLimits(settings)
    web = WebChannel(settings, store, vault, photos, conversations, limits)
    telegram = TelegramChannel(settings, store, vault, photos, conversations, limits) if telegram_url else None
    await conversations.resume()
    try:
        yield Inside(services, conversations, outbox, web.app(), telegram)
    finally:
        if telegram is not None:
            await telegram.stop()
        await conversations.stop()
        store.dispose()


def conversations_of(services: Services) -> Conversations:
    """The conversations of a service, with Rasa's agent and the model of this project."""
    settings, dialogue = services.settings, services.dialogue
    keep_quiet()
    return Conversations(
        services.store,
        services.vault,
        services.ledger,
        services.photos,
        dialogue,
        Agent(train(), registration_actions(dialogue), lambda: dialogue.position),
        settings.contact_email,
        settings.site_url,
        settings.consent_seconds,
        settings.turn_timeout,
    )


class Handlers(dict[str, Handler]):
    """What is not measured (accounts, events) is done at once."""

    def __missing__(self, kind: str) -> Handler:
        """Do nothing."""
        return lambda _subject: None
