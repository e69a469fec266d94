"""The service's log, on standard error: lines for a person, or one JSON object a line. It never quotes a mentor."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from bot.core.errors import Cause, described
from bot.core.metrics import ALERTS
from bot.core.settings import Settings
from bot.core.turn_logging import current_turn

#: Libraries whose information is left out. httpx logs every URL it calls, and Telegram's URLs hold the token.
_NOISY = ("httpx", "httpcore", "telegram", "rasa_sdk", "alembic", "uvicorn", "asyncio", "PIL", "python_multipart")
#: The word in lines that need a person.
_ALERT = "ALERT"


def configure(settings: Settings) -> None:
    """Send the log to standard error, as `LOG_LEVEL` and `LOG_FORMAT` say."""
    handler = logging.StreamHandler(sys.stderr)
    if settings.log_format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_count_alert)
    logging.basicConfig(level=settings.log_level, handlers=[handler])
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonFormatter(logging.Formatter):
    """Writes a record as a JSON object.

    Its fields are ``time`` (UTC), ``level``, ``logger`` and ``message``; ``turn`` where the line is about a turn;
    ``cause`` where an exception caused it, as type and place; and ``alert`` where a person is needed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        message = record.getMessage()
        causes = [str(each) for each in record.args or () if isinstance(each, Cause)]
        if record.exc_info and record.exc_info[1]:
            # Neither its text nor its traceback: a database driver quotes the value that it refuses.
            causes.append(described(record.exc_info[1]))
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message,
        }
        if turn := current_turn():
            fields["turn"] = turn
        if causes:
            fields["cause"] = causes[0]
        if _ALERT in message:
            fields["alert"] = True
        return json.dumps(fields, ensure_ascii=False)


def _count_alert(record: logging.LogRecord) -> bool:
    """Count the lines that need a person; every line passes."""
    if _ALERT in record.getMessage():
        ALERTS.inc()
    return True
