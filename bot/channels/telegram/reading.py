"""Reads Telegram's responses: updates one by one, and none of their content in a log.

python-telegram-bot reads a batch of updates at once. If it cannot read one, for example because a newer Bot API dropped
a field, all of them fail: it logs the whole batch and fetches it again, forever.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from telegram import Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

logger = logging.getLogger(__name__)

#: Seconds without a successful poll after which Telegram counts as unreachable. A poll takes 25, and the library waits
#: up to 30 after a failed one.
SILENCE_SECONDS = 90.0


def readable(update: Any) -> dict[str, Any]:
    """An update; if the library cannot read it, an empty one with the same id, which needs no answer.

    Raises:
        ValueError: it has no id.
    """
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int):
        raise ValueError("an update has no id")  # noqa: TRY004  (without an id it is no update)
    try:
        Update.de_json(update, None)
    except Exception as error:  # noqa: BLE001  (any failure of the library; the next update must not wait for it)
        logger.error("ALERT Telegram's update %d cannot be read (%s) and is skipped", number, type(error).__name__)
        return {"update_id": number}
    return dict(update)


class PollingRequest(HTTPXRequest):
    """The HTTP requests of python-telegram-bot for updates.

    The library lets `parse_json_payload` change how a response is read.
    """

    def __init__(self) -> None:
        super().__init__(connection_pool_size=1)
        self._succeeded_at = time.monotonic()

    @property
    def is_silent(self) -> bool:
        """Whether no poll has succeeded for a while."""
        return time.monotonic() - self._succeeded_at > SILENCE_SECONDS

    # An instance method here, not a static one, because it records the time.
    def parse_json_payload(self, payload: bytes) -> dict[str, Any]:  # type: ignore[override]
        """A response in which every update is readable.

        Raises:
            TelegramError: it is no response to a poll; the library waits before it polls again.
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
    """Passes on the library's log records without their arguments, which may quote mentors."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log the record's own text, and its exception's type."""
        kind = record.exc_info[0] if record.exc_info else None
        logger.log(record.levelno, "%s: %s%s", record.name, record.msg, f" ({kind.__name__})" if kind else "")


def quiet_library() -> None:
    """Keep the content of messages out of python-telegram-bot's logs, at any level."""
    library = logging.getLogger("telegram")
    library.handlers = [_WithoutContents()]
    library.propagate = False
