"""Health and readiness: what ``/healthz`` and ``/readyz`` answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from bot.core.errors import StatedError, in_short, named
from bot.core.files import check_room
from bot.storage import Store

logger = logging.getLogger(__name__)

#: Seconds that each part gets to answer.
PATIENCE_SECONDS = 3.0
#: Seconds to wait for another writer of the database; less than the patience, so that the answer can name the cause.
WRITER_SECONDS = 2.0
#: Seconds for which the result of a write is reused, so that frequent requests cost nothing.
FRESH_SECONDS = 1.0

#: Tells whether a part is ready; raises `NotReadyError` if it can say why not.
ReadinessCheck = Callable[[], Awaitable[bool]]


class NotReadyError(StatedError):
    """A part is not ready; the message says why."""


class Readiness:
    """Asks all parts at once; concurrent requests share one answer.

    Args:
        checks: by the name of the part.
    """

    def __init__(self, checks: Mapping[str, ReadinessCheck]) -> None:
        self._checks = checks
        self._look: asyncio.Task[dict[str, Any]] | None = None
        self._problems: dict[str, str] = {}

    async def answer(self) -> dict[str, Any]:
        """Whether everything is ready, and each part; if not, ``problems`` has the known reasons."""
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._ask())
        return await asyncio.shield(self._look)

    async def _ask(self) -> dict[str, Any]:
        problems: dict[str, str] = {}
        answers = await asyncio.gather(*(self._part(name, check, problems) for name, check in self._checks.items()))
        for name in problems.keys() - self._problems.keys():
            logger.error("ALERT not ready, %s: %s", name, problems[name])
        for name in self._problems.keys() - problems.keys():
            logger.warning("ready again: %s", name)
        self._problems = problems
        parts = {"ready": all(answers), **dict(zip(self._checks, answers, strict=True))}
        return parts | {"problems": problems} if problems else parts

    async def _part(self, name: str, check: ReadinessCheck, problems: dict[str, str]) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await check()
        except TimeoutError:
            problems[name] = f"no answer within {PATIENCE_SECONDS:.0f} s"
        except NotReadyError as error:
            problems[name] = str(error)
        return False


class StorageCheck:
    """Whether messages can be stored: the database and the data folder accept a write.

    Args:
        store: the database.
        folder: the data folder.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        # The next check waits for a write that hangs; there is never a second one.
        self._thread = ThreadPoolExecutor(1, "readiness")
        self._write: asyncio.Future[None] | None = None
        self._began_at = 0.0

    async def is_ready(self) -> bool:
        """Write to both.

        Raises:
            NotReadyError: one of them refused the write; the message says why.
        """
        now = time.monotonic()
        if self._write is None or (self._write.done() and now - self._began_at > FRESH_SECONDS):
            self._began_at = now
            self._write = asyncio.get_running_loop().run_in_executor(self._thread, self._write_both)
        await asyncio.shield(self._write)
        return True

    def _write_both(self) -> None:
        try:
            check_room(self._folder)  # first, because SQLite sometimes reports a full disk as an input/output error
            self._store.check_write(WRITER_SECONDS)
        except TimeoutError:
            raise NotReadyError(f"another writer was not done within {WRITER_SECONDS:.0f} s") from None
        except Exception as error:  # noqa: BLE001  (whatever the error, nothing can be stored)
            raise NotReadyError(named(error) or f"nothing can be written ({in_short(error)})") from None


def health_routes(checks: Mapping[str, ReadinessCheck], is_stopping: Callable[[], bool] = bool) -> APIRouter:
    """The routes for monitoring.

    Args:
        checks: the check of each part, by its name.
        is_stopping: whether the service is being stopped; then it is not ready for new visitors.
    """
    readiness = Readiness(checks)
    router = APIRouter()

    @router.get("/healthz")
    async def health() -> dict[str, str]:
        """The process is alive (liveness)."""
        return {"status": "ok"}

    @router.get("/readyz", responses={503: {}})
    async def ready() -> JSONResponse:
        """The bot can chat: database and data folder accept a write, Telegram answers, and it is not being stopped."""
        if is_stopping():
            return JSONResponse({"ready": False, "problems": {"service": "it is being stopped"}}, 503)
        parts = await readiness.answer()
        return JSONResponse(parts, 200 if parts["ready"] else 503)

    return router
