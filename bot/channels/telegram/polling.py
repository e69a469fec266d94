"""Polling for Telegram's updates: of several services one polls, because Telegram allows no second one."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from telegram.error import Conflict, TelegramError
from telegram.ext import ExtBot, Updater

from bot.channels.telegram.updates import UPDATES
from bot.storage import Store
from bot.storage.offices import Office, Work

logger = logging.getLogger(__name__)

#: Seconds between two looks which service polls.
OFFICE_SECONDS = 5.0


class Poller:
    """Polls while no other service does.

    Args:
        bot: makes the calls.
        queue: takes the updates.
        store: the database, in which the services agree.
    """

    def __init__(self, bot: ExtBot[Any], queue: asyncio.Queue[object], store: Store) -> None:
        self._updater = Updater(bot, queue)
        self._office = Office(store, Work.TELEGRAM_POLLING)
        self._task: asyncio.Task[None] | None = None
        #: Whether another service polls.
        self.is_waiting = False

    async def start(self) -> None:
        """Begin to poll, or to wait for the service that does."""
        await self._updater.initialize()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop polling, and let another service begin."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if self._updater.running:
            await self._updater.stop()
        await asyncio.to_thread(self._office.resign)

    async def shut_down(self) -> None:
        """Free what the library uses."""
        await self._updater.shutdown()

    async def _run(self) -> None:
        while True:
            try:
                await self._look()
            except (TelegramError, RuntimeError) as error:  # the library is still starting or stopping
                logger.warning("Telegram cannot be polled yet: %s", type(error).__name__)
            await asyncio.sleep(OFFICE_SECONDS)

    async def _look(self) -> None:
        is_held = await asyncio.to_thread(self._office.is_held)
        self.is_waiting = not is_held
        if is_held and not self._updater.running:
            await self._updater.start_polling(
                timeout=25, allowed_updates=UPDATES, bootstrap_retries=-1, error_callback=_log_polling_error
            )
        elif not is_held and self._updater.running:
            await self._updater.stop()


def _log_polling_error(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        logger.error("Telegram: another program polls with this TELEGRAM_TOKEN. Stop it, or use another bot.")
    else:
        logger.warning("Telegram cannot be polled: %s", type(error).__name__)
