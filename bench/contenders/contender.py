"""What is compared: something that runs in processes of its own, asks the form over HTTP, and can be checked."""

from __future__ import annotations

import subprocess
from abc import ABC, abstractmethod
from pathlib import Path

import aiohttp
import psutil


class WrongReplyError(Exception):
    """A bot said something else than it should have; the message says what."""


class Conversation(ABC):
    """One mentor's conversation, as far as it has come."""

    #: Whether the registration is complete.
    is_over = False

    async def prepare(self, http: aiohttp.ClientSession) -> None:  # noqa: B027  (most have nothing to prepare)
        """Get what the next answer needs. Its time counts for nobody."""

    @abstractmethod
    async def answer(self, http: aiohttp.ClientSession) -> None:
        """Answer the open question and check that the next one is asked.

        Raises:
            WrongReplyError: it was not.
        """

    @abstractmethod
    async def ask_aside(self, http: aiohttp.ClientSession, number: int) -> None:
        """Ask something at the open question, and check that it is answered and the same question asked again.

        Args:
            http: the connection.
            number: of the question asked aside; they take turns.

        Raises:
            WrongReplyError: it was not.
        """


class Contender(ABC):
    """Something that is measured.

    Args:
        folder: an empty one for whatever it writes.
    """

    #: Short, for files and figures.
    name: str
    #: In the words of the page.
    title: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        #: Registrations that a mentor was told are complete.
        self.told_done = 0

    @abstractmethod
    def train(self) -> float | None:
        """Train from nothing; gives seconds, or None where nothing is trained."""

    @abstractmethod
    async def start(self) -> float:
        """Start its processes; gives seconds until the first correct reply."""

    @abstractmethod
    def stop(self) -> None:
        """Stop them."""

    @abstractmethod
    def processes(self) -> dict[str, psutil.Process]:
        """Its processes by what they are; a process stands for its children, too, unless they are named."""

    @abstractmethod
    async def begin(self, http: aiohttp.ClientSession, /) -> Conversation:
        """A new conversation."""

    @abstractmethod
    def committed(self) -> int:
        """Registrations that its database holds as complete."""

    @abstractmethod
    def environment_bytes(self) -> int | None:
        """What everything that is installed to run it takes on disk, or None where it has no environment of its own."""


def start_process(command: list[str], log: Path, environment: dict[str, str], folder: Path) -> psutil.Popen:
    """Start a command that writes into a log."""
    with log.open("ab") as output:
        return psutil.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)


def stop_process(process: psutil.Popen | None) -> None:
    """End a process of ours and its children; whatever does not listen is killed."""
    if process is None or process.poll() is not None:
        return
    family = [process, *process.children(recursive=True)]
    process.terminate()
    _, alive = psutil.wait_procs(family, timeout=15)
    for each in alive:
        each.kill()
    process.wait()


def size_on_disk(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
