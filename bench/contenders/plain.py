"""The plain state machine as a contender."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import aiohttp
import psutil

from bench.contenders.contender import Contender, Conversation, start_process, stop_process
from bench.contenders.database import count_submitted
from bench.contenders.rest import RestConversation, first_reply
from bench.contenders.script import questions
from tests.support.service import ROOT, free_port


class PlainStateMachine(Contender):
    """`bench.contenders.state_machine` in a process of its own."""

    name = "plain"
    title = "plain state machine (Starlette, SQLite)"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._asked = questions()
        self._port = free_port()
        self._process: psutil.Popen | None = None

    @property
    def _url(self) -> str:
        return f"http://127.0.0.1:{self._port}/webhooks/rest/webhook"

    def train(self) -> None:
        """Nothing is trained."""

    async def start(self) -> float:
        """Start the process."""
        command = [sys.executable, "-m", "bench.contenders.state_machine", "--port", str(self._port)]
        command += ["--database", str(self.folder / "answers.db")]
        self._process = start_process(command, self.folder / "run.log", dict(os.environ), ROOT)
        return await first_reply(self._url, self._asked, self._process)

    def stop(self) -> None:
        """Stop it."""
        stop_process(self._process)

    def processes(self) -> dict[str, psutil.Process]:
        """The one process."""
        assert self._process is not None
        return {"service": self._process}

    async def begin(self, _http: aiohttp.ClientSession) -> Conversation:
        """A new conversation."""
        return RestConversation(self._url, self._asked, self._count)

    def committed(self) -> int:
        """Registrations that it committed."""
        return count_submitted(self.folder / "answers.db", "SELECT count(*) FROM mentors WHERE submitted")

    def environment_bytes(self) -> None:
        """It runs in the service's environment."""

    def _count(self) -> None:
        self.told_done += 1
