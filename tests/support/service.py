"""A whole bot in a separate process, on a free port, with its own data folder."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self
from unittest import mock

import httpx
import psutil
from sqlalchemy import Select, select
from typer.testing import CliRunner

from bot.api.mentor_report import registration_details
from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.notifications.emails.files import mailbox
from bot.registration import form
from bot.storage import Answer, Mentor, Store
from tests.support.answers import code_in
from tests.support.ending import ends_with_this_run
from tests.support.frail import FILE
from tests.support.ledger import ledger_in

if TYPE_CHECKING:
    from bot.core.settings import Settings
    from bot.runtime.container import Services

ROOT = Path(__file__).resolve().parents[2]
BOT = Path(sys.executable).parent / "bot"
START_SECONDS = 120


#: Ports below those of outgoing connections, which could take one before the bot listens on it.
PORTS = range(10_000, 32_000)


def free_port() -> int:
    """A port that nothing listens on."""
    for port in random.SystemRandom().sample(PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


class RunningBot:
    """``bot run``, as a user starts it. The settings may be changed between two starts."""

    #: The program, before ``run``.
    program = (str(BOT),)
    #: The folder in which it is started.
    folder = ROOT
    #: Data folders of the bots of this run, by address.
    data_dirs: ClassVar[dict[str, Path]] = {}

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "TELEGRAM_TOKEN"}},
            "PORT": str(self.port),
            "DATA_DIR": str(data_dir),
            # Many mentors share an address; other tests have the limits.
            "SESSIONS_PER_HOUR": "100000",
            "MESSAGES_PER_MINUTE": "100000",
            "PHOTOS_PER_HOUR": "100000",
            "REQUESTS_PER_MINUTE": "1000000",
            "CODES_PER_HOUR": "1000",
            "TELEGRAM_CHAT_MESSAGES_PER_SECOND": "1000",
            # No wait for more lines; other tests have it.
            "GATHER_SECONDS": "0",
            # No time to read; tests/channels/test_consent.py has it.
            "CONSENT_SECONDS": "0",
            **settings,
        }
        self.data_dirs[self.url] = data_dir
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, *, wait: bool = True) -> Self:
        """Start it and wait until it can chat."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        log = (self.data_dir / "service.log").open("ab")
        self.process = subprocess.Popen(
            [*self.program, "run"], cwd=self.folder, env=self.environment, stdout=log, stderr=subprocess.STDOUT
        )
        log.close()
        ends_with_this_run(self.process.pid)
        if wait:
            self.waits_until_ready()
        return self

    def waits_until_ready(self, seconds: float = START_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, f"the bot ended: {self.log()[-3000:]}"
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"not ready: {self.log()[-3000:]}")

    def stop(self) -> None:
        """Stop it as Ctrl-C does; no process may be left."""
        if self.process is None or self.process.poll() is not None:
            return
        family = [self.process.pid, *(child.pid for child in psutil.Process(self.process.pid).children(recursive=True))]
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        _wait_for_end(family)

    def kill(self) -> None:
        """Kill it with SIGKILL; its child processes must notice by themselves."""
        assert self.process is not None
        family = [child.pid for child in psutil.Process(self.process.pid).children()]
        self.process.kill()
        self.process.wait(10)
        _wait_for_end(family)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a ``bot`` command on the same data."""
        return subprocess.run(
            [str(BOT), *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        """The output of a ``bot`` command with ``--json``, run in this process, because an interpreter takes seconds to
        start."""
        from bot.cli import app as commands

        build = commands.build
        built: list[Services] = []

        def building(settings: Settings) -> Services:
            built.append(build(settings))
            return built[-1]

        others: dict[str, str | None] = dict.fromkeys(os.environ.keys() - self.environment.keys())
        environment = others | self.environment
        with mock.patch.object(commands, "build", building):
            result = CliRunner().invoke(commands.app, [*arguments, "--json"], env=environment, catch_exceptions=False)
        for each in built:  # as the end of a program does; an open connection would not see a later start's data
            each.store.dispose()
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def newest_check(self, status: str, seconds: float = 60) -> dict[str, Any]:
        """The newest check, once it has this status."""
        deadline = time.monotonic() + seconds
        while (check := self.json("checks", "list")[-1])["status"] != status:
            assert time.monotonic() < deadline, check
            time.sleep(0.1)
        return dict(check)

    def registration(self, email: str) -> dict[str, Any]:
        """What ``bot registrations show --json`` prints for the newest registration with this address."""
        wanted = select(Answer.mentor_id).where(Answer.item_id == form.EMAIL, Answer.value == email)
        return self._first(wanted.order_by(Answer.id.desc()))

    def newest_registration(self) -> dict[str, Any]:
        """The same for the newest registration."""
        return self._first(select(Mentor.id).order_by(Mentor.created_at.desc()))

    def _first(self, wanted: Select[tuple[str]]) -> dict[str, Any]:
        store = Store(f"sqlite:///{self.data_dir / 'bot.db'}")
        with store.read() as session:
            mentor_id = session.scalars(wanted.limit(1)).first()
            assert mentor_id is not None, "nobody"
            details = registration_details(session, mentor_id, Photos(Folder(self.data_dir)), ledger_in(self.data_dir))
        store.dispose()
        return details

    def code_for(self, address: str, seconds: float = 20) -> str:
        """The code in the newest e-mail to this address."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            letters = [each for each in mailbox(self.data_dir) if each.to == address and "code" in each.subject]
            if letters:
                return code_in(letters[0].text)
            time.sleep(0.1)
        raise AssertionError(f"no code for {address}")

    def log(self) -> str:
        """Its log."""
        file = self.data_dir / "service.log"
        return file.read_text(errors="replace") if file.exists() else ""


class FrailBot(RunningBot):
    """A bot whose turns a test can make fail or hang."""

    program = (sys.executable, "-m", "tests.support.frail")

    @contextlib.contextmanager
    def broken(self, how: str) -> Iterator[Callable[[], int]]:
        """Let turns ``hang`` or ``fail`` during the block; yields a function that waits until one does, and returns the
        id of its process."""
        told, met = (self.data_dir / f"{FILE}{suffix}" for suffix in ("", ".met"))
        told.write_text(how)

        def wait() -> int:
            deadline = time.monotonic() + START_SECONDS
            while not (met.exists() and met.read_text()):
                assert time.monotonic() < deadline, "no turn came to that"
                time.sleep(0.01)
            return int(met.read_text())

        try:
            yield wait
        finally:
            told.unlink()
            met.unlink(missing_ok=True)


def _wait_for_end(pids: list[int], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids):
        assert time.monotonic() < deadline, f"still running: {pids}"
        time.sleep(0.05)
