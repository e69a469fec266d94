"""Shows "typing…" while a mentor waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from telegram.constants import ChatAction
from telegram.ext import ExtBot

#: Seconds before "typing…" is shown.
TYPING_SECONDS = 0.5
#: Seconds between two calls: Telegram shows each for five seconds, core.telegram.org/bots/api#sendchataction.
AGAIN_SECONDS = 4.0
#: At most so many calls, about two minutes: by then something is broken, and the mentor is told.
MOST_CALLS = 30


async def show_typing(bot: ExtBot[Any], chat_id: int, ends: Callable[[float], Awaitable[bool]]) -> None:
    """Show "typing…" until the mentor need not wait any more.

    Args:
        bot: makes the calls.
        chat_id: of the chat.
        ends: waits at most so many seconds; returns whether the mentor need not wait any more.

    Raises:
        TelegramError: Telegram refuses, or cannot be reached.
    """
    seconds = TYPING_SECONDS
    for _ in range(MOST_CALLS):
        if await ends(seconds):
            return
        await bot.send_chat_action(chat_id, ChatAction.TYPING)
        seconds = AGAIN_SECONDS
