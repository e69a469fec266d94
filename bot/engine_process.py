"""Runs the engine as a child process, and starts it again when it dies."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
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
        self._process: subprocess.Popen[bytes] | None = None
        # It waits for the process, and for nothing else.
        self._waiter = ThreadPoolExecutor(1, thread_name_prefix="engine")

    def start(self) -> None:
        """Start it, ahead of `run`.

        Raises:
            EngineError: it is not installed.
        """
        require_engine()
        log = os.open(self._settings.data_dir / "engine.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._process = subprocess.Popen(
                [
                    str(ENGINE_PYTHON),
                    "-m",
                    "engine",
                    f"--port={self._settings.engine_port}",
                    f"--model={self._model}",
                ],
                cwd=REPOSITORY,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is the service's to handle
            )
        finally:
            os.close(log)

    async def run(self) -> None:
        """Keep the engine, once started, running until cancelled."""
        loop = asyncio.get_running_loop()
        wait = RESTART_SECONDS[0]
        while self._process is not None:
            started = loop.time()
            code = await loop.run_in_executor(self._waiter, self._process.wait)
            lived = loop.time() - started
            wait = RESTART_SECONDS[0] if lived > GOOD_LIFE_SECONDS else min(wait * 2, RESTART_SECONDS[1])
            logger.warning("the engine ended with code %s and is started again in %.1f s", code, wait)
            await asyncio.sleep(wait)
            self.start()

    def close(self) -> None:
        """Have it stop, and wait until it has."""
        process = self._process
        if process is not None:
            if process.stdin:
                process.stdin.close()
            process.terminate()  # before it looks at its standard input it has nothing to finish
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._waiter.shutdown()
