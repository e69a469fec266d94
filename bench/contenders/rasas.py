"""Unmodified Rasa 3.6.21: the pipeline of ``rasa init``, and the leanest one of its own components."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import aiohttp
import psutil

from bench.contenders.contender import Contender, Conversation, size_on_disk, start_process, stop_process
from bench.contenders.database import count_submitted
from bench.contenders.project import write_project
from bench.contenders.rest import RestConversation, first_reply
from bench.contenders.script import questions
from tests.support.service import ROOT, free_port

STOCK_PYTHON = ROOT / ".venv-stock" / "bin" / "python"
TITLES = {"stock": "stock Rasa (`rasa init`)", "lean": "lean Rasa, unmodified"}


class UnmodifiedRasa(Contender):
    """``rasa run`` and an action server, on a project that is written for them.

    Args:
        folder: an empty one.
        pipeline: ``stock`` or ``lean``.
        examples: how many of each intent it is trained on.
        epochs: for which its networks are trained, if it has any.
    """

    def __init__(self, folder: Path, pipeline: str, examples: int, epochs: int) -> None:
        super().__init__(folder)
        self.name, self.title = pipeline, TITLES[pipeline]
        self._asked = questions()
        self._port, self._actions_port = free_port(), free_port()
        self._project = folder / "project"
        write_project(self._project, pipeline, self._asked, self._actions_port, examples, epochs)
        self._engine: psutil.Popen | None = None
        self._actions: psutil.Popen | None = None

    @property
    def _url(self) -> str:
        return f"http://127.0.0.1:{self._port}/webhooks/rest/webhook"

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "ANSWERS": str(self.folder / "answers.db"),
            "RASA_TELEMETRY_ENABLED": "false",
            "SANIC_HOST": "127.0.0.1",
            # After Sanic's five seconds the action server hangs up on an engine that is busy with other turns; Rasa
            # then goes on without the action, and thanks for a registration of which nothing is saved.
            "SANIC_KEEP_ALIVE_TIMEOUT": "600",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }

    def train(self) -> float:
        """Train with ``rasa train``, with nothing in its cache."""
        shutil.rmtree(self._project / ".rasa", ignore_errors=True)
        started = time.perf_counter()
        with (self.folder / "train.log").open("wb") as log:
            subprocess.run(
                [str(STOCK_PYTHON), "-m", "rasa", "train", "--fixed-model-name", "bench"],
                cwd=self._project,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=True,
            )
        return time.perf_counter() - started

    async def start(self) -> float:
        """Start the two processes."""
        python, log = str(STOCK_PYTHON), self.folder / "run.log"
        actions = [python, "-m", "rasa_sdk", "--actions", "actions", "--port", str(self._actions_port)]
        engine = [python, "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(self._port)]
        engine += ["--model", "models/bench.tar.gz"]
        self._actions = start_process(actions, log, self._environment, self._project)
        self._engine = start_process(engine, log, self._environment, self._project)
        return await first_reply(self._url, self._asked, self._engine)

    def stop(self) -> None:
        """Stop them."""
        stop_process(self._engine)
        stop_process(self._actions)

    def processes(self) -> dict[str, psutil.Process]:
        """The engine and the action server."""
        assert self._engine is not None
        assert self._actions is not None
        return {"engine": self._engine, "actions": self._actions}

    async def begin(self, _http: aiohttp.ClientSession) -> Conversation:
        """A new conversation."""
        return RestConversation(self._url, self._asked, self._count)

    def committed(self) -> int:
        """Registrations that the action server committed."""
        return count_submitted(self.folder / "answers.db", "SELECT count(*) FROM submitted")

    def environment_bytes(self) -> int:
        """Its whole environment."""
        return size_on_disk(STOCK_PYTHON.parents[1])

    def _count(self) -> None:
        self.told_done += 1
