"""Reading what Telegram answers: updates one by one, and nothing of any of them in a log.

python-telegram-bot reads a batch of updates in one go, and a single one that it cannot read (a newer Bot API left out a
field that it wants) fails all of them: it logs the whole batch and fetches it again at once, for ever.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from telegram import Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

logger = logging.getLogger(__name__)

#: Seconds without a successful poll after which the bot counts as cut off from Telegram. A poll takes 25, and the
#: library waits up to 30 after one that failed.
SILENCE_SECONDS = 90.0


def readable(update: Any) -> dict[str, Any]:
    """An update as it came; for one that the library cannot read, an empty one of the same id, which needs no answer.

    Raises:
        ValueError: it has no id, and so is no update.
    """
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int):
        raise ValueError("an update has no id")  # noqa: TRY004  (whatever came instead of a number, it is no update)
    try:
        Update.de_json(update, None)
    except Exception as error:  # noqa: BLE001  (whatever the library makes of it; the next one must not wait for it)
        logger.error(
            "ALERT update %d of Telegram's cannot be read (%s) and is passed over", number, type(error).__name__
        )
        return {"update_id": number}
    return dict(update)


class PollingRequest(HTTPXRequest):
    """What python-telegram-bot fetches updates with.

    `parse_json_payload` is the library's own place to change how an answer is read.
    """

    def __init__(self) -> None:
        super().__init__(connection_pool_size=1)
        self._succeeded_at = time.monotonic()

    @property
    def is_silent(self) -> bool:
        """Whether no poll has succeeded for a while."""
        return time.monotonic() - self._succeeded_at > SILENCE_SECONDS

    # Telegram's answers are read by an object here, not by a class: when one came is of interest.
    def parse_json_payload(self, payload: bytes) -> dict[str, Any]:  # type: ignore[override]
        """An answer with every update readable.

        Raises:
            TelegramError: it is no answer to a poll; the library waits before it polls again.
        """
        answer = super().parse_json_payload(payload)
        if not answer.get("ok"):
            return answer
        try:
            updates = [readable(each) for each in answer["result"]]
        except (TypeError, KeyError, ValueError):
            raise TelegramError("Telegram answered a poll with what are no updates") from None
        self._succeeded_at = time.monotonic()
        return {**answer, "result": updates}


class _WithoutContents(logging.Handler):
    """Passes on what the library logs, without what it fills in: updates, messages and errors quote mentors."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log the record's own words, and the kind of its exception."""
        kind = record.exc_info[0] if record.exc_info else None
        logger.log(record.levelno, "%s: %s%s", record.name, record.msg, f" ({kind.__name__})" if kind else "")


def quiet_library() -> None:
    """Have python-telegram-bot log nothing that it was sent or sends, at any level."""
    library = logging.getLogger("telegram")
    library.handlers = [_WithoutContents()]
    library.propagate = False
