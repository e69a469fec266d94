"""Making a call to Telegram that may fail for now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

#: Seconds between attempts while Telegram cannot be reached, at first and at most.
RETRY_SECONDS = (0.5, 30.0)
#: Errors after which the same call would fail again.
FINAL_ERRORS = (BadRequest, ChatMigrated, Forbidden, InvalidToken)
#: What Telegram says of a chat that is no more, or was another bot's.
_NO_CHAT = "chat not found"


async def persistently[Result](call: Callable[[], Awaitable[Result]], attempts: int = 8) -> Result:
    """The result of a call, which is made again while Telegram cannot be reached or has no time.

    Args:
        call: makes the call.
        attempts: how often, at most; eight take a minute.

    Raises:
        TelegramError: the call is refused, or was made in vain too often.
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
    """Whether nothing can be sent to a chat: the mentor blocked the bot, or the account is no more."""
    return isinstance(error, Forbidden) or (isinstance(error, BadRequest) and _NO_CHAT in str(error).lower())
