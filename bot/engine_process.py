"""Runs the engine as a child process, and starts it again when it dies."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

from bot.model import ENGINE_PYTHON, engine_environment, require_engine
from bot.settings import REPOSITORY, Settings

logger = logging.getLogger(__name__)

#: Seconds before a dead engine is started again, at first and at most.
RESTART_SECONDS = (0.5, 30.0)
#: An engine that lived this many seconds had started well.
GOOD_LIFE_SECONDS = 60.0
#: Seconds that a stopping engine gets.
STOP_SECONDS = 10.0


class EngineProcess:
    """The engine as a child of the service.

    It holds the read end of a pipe as standard input; that it closes with the service, even a killed one, is how
    the engine knows to stop.

    Args:
        settings: tells the ports and the data folder.
        secret: shared between service and engine.
        model: the trained model.
    """

    def __init__(self, settings: Settings, secret: str, model: Path) -> None:
        self._settings = settings
        self._environment = engine_environment(settings, secret)
        self._model = model
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The engine's process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def run(self) -> None:
        """Keep the engine running until cancelled."""
        wait = RESTART_SECONDS[0]
        clock = asyncio.get_running_loop().time
        while True:
            started = clock()
            self._process = await self._start()
            try:
                code = await self._process.wait()
            except asyncio.CancelledError:
                await self._stop()
                raise
            wait = RESTART_SECONDS[0] if clock() - started > GOOD_LIFE_SECONDS else min(wait * 2, RESTART_SECONDS[1])
            logger.warning("the engine ended with code %s and is started again in %.1f s", code, wait)
            await asyncio.sleep(wait)

    async def _start(self) -> asyncio.subprocess.Process:
        require_engine()
        log = os.open(self._settings.data_dir / "engine.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            return await asyncio.create_subprocess_exec(
                str(ENGINE_PYTHON),
                "-m",
                "engine",
                f"--port={self._settings.engine_port}",
                f"--model={self._model}",
                cwd=REPOSITORY,
                env=self._environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is the service's to handle
            )
        finally:
            os.close(log)

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
