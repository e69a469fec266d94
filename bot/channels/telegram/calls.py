"""Makes calls to Telegram that may fail temporarily."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

#: Seconds between attempts while Telegram cannot be reached, at first and at most.
RETRY_SECONDS = (0.5, 30.0)
#: Errors that a repeated call would meet again.
FINAL_ERRORS = (BadRequest, ChatMigrated, Forbidden, InvalidToken)
#: Telegram's error texts for a chat that is gone, or belonged to another bot.
_NO_CHAT = "chat not found"


async def persistently[Result](call: Callable[[], Awaitable[Result]], attempts: int = 8) -> Result:
    """Make a call, and repeat it while Telegram is unreachable or busy.

    Args:
        call: makes the call.
        attempts: at most so many; eight take a minute.

    Raises:
        TelegramError: Telegram refused the call, or all attempts failed.
    """
    wait = RETRY_SECONDS[0]
    for _ in range(attempts - 1):
        try:
            return await call()
        except FINAL_ERRORS:
            raise
        except TelegramError:
            await asyncio.sleep(wait)
            wait = min(wait * 2, RETRY_SECONDS[1])
    return await call()


def is_unreachable(error: TelegramError) -> bool:
    """Whether nothing can be sent to a chat: the mentor blocked the bot, or the account is gone."""
    return isinstance(error, Forbidden) or (isinstance(error, BadRequest) and _NO_CHAT in str(error).lower())
