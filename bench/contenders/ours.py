"""Ours, as ``bot run`` starts it: one process, through the web channel."""

from __future__ import annotations

import asyncio
import importlib.metadata
import importlib.util
import shutil
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from packaging.requirements import Requirement

from bench.contenders.contender import Contender, Conversation, WrongReplyError
from bench.contenders.database import count_submitted
from bench.contenders.script import SIDE_QUESTIONS
from bot.dialogue.model import TRAINING, model_path, rasa
from bot.i18n.catalogue import catalogue
from tests.support.answers import QUESTIONS, code_in, new_email, picture, reply_to
from tests.support.service import ROOT, START_SECONDS, RunningBot
from tests.support.web import ONE_BY_ONE

PICTURE = picture()
#: Begins what is said where a turn failed, though the next question follows it.
_APOLOGY = catalogue().text("error-internal", reference="", contact="").partition(" on our side")[0]
#: Seconds between two looks for the letter with the code.
EMAIL_SECONDS = 0.1
#: Seconds between two looks for a reply that took longer than the service lets a browser wait.
PENDING_SECONDS = 0.5
#: Seconds after which a reply will not come any more.
LONGEST_TURN = 120
#: What is installed to run the bot; in the environment that this runs in, there is more.
LOCK = ROOT / "requirements" / "bot.txt"


class WebConversation(Conversation):
    """A whole registration through the widget's API: a photo, and a code from a letter, included."""

    def __init__(self, url: str, count_done: Any) -> None:
        self._url = url
        self._count_done = count_done
        self._headers: dict[str, str] = {}
        self._cursor = 0
        self._open = 0
        self._code = ""

    async def open(self, http: aiohttp.ClientSession) -> None:
        """Open the page."""
        async with http.post(f"{self._url}/api/session", json={}) as response:
            opened = await _body(response)
            cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in response.cookies.items())
        self._headers = {"Cookie": cookies, "X-CSRF-Token": opened["token"]}
        self._take(opened, QUESTIONS[0])

    async def prepare(self, http: aiohttp.ClientSession) -> None:
        """Fetch the letter if the open question is about it."""
        while QUESTIONS[self._open] == "email_code" and not self._code:
            async with http.get(f"{self._url}/api/mailbox", headers=self._headers) as response:
                letters = await _body(response) if response.status == 200 else []
            if letters:
                self._code = code_in(letters[0]["text"])
            else:
                await asyncio.sleep(EMAIL_SECONDS)

    async def answer(self, http: aiohttp.ClientSession) -> None:
        """Answer the open question."""
        question = QUESTIONS[self._open]
        replied = await (self._send_photo(http) if question == "photo" else self._say(http, self._reply(question)))
        if replied["messages"] and "clauses" in replied["messages"][-1]:
            replied = await self._send(http, {"button": ONE_BY_ONE})  # a card of them is no question a turn
        self._open += 1
        self.is_over = self._open == len(QUESTIONS)
        if self.is_over:
            if "Your registration is complete" not in str(replied["messages"]):
                raise WrongReplyError(f"after {question}: {replied}")
            self._count_done()
        else:
            self._take(replied, QUESTIONS[self._open])

    async def ask_aside(self, http: aiohttp.ClientSession, number: int) -> None:
        """Ask one of the questions aside."""
        replied = await self._say(http, SIDE_QUESTIONS[number % len(SIDE_QUESTIONS)][0])
        if not [each for each in replied["messages"] if each["from"] == "bot" and not each.get("question")]:
            raise WrongReplyError(f"no answer to a question aside: {replied}")
        self._take(replied, QUESTIONS[self._open])

    def _reply(self, question: str) -> str:
        return {"email": new_email(), "email_code": self._code}.get(question) or reply_to(question)

    async def _say(self, http: aiohttp.ClientSession, text: str) -> dict[str, Any]:
        return await self._send(http, {"text": text})

    async def _send(self, http: aiohttp.ClientSession, content: dict[str, str]) -> dict[str, Any]:
        message = {"id": uuid.uuid4().hex, "after": self._cursor} | content
        async with http.post(f"{self._url}/api/messages", json=message, headers=self._headers) as response:
            return await self._whole(http, await _body(response))

    async def _send_photo(self, http: aiohttp.ClientSession) -> dict[str, Any]:
        form = aiohttp.FormData({"id": uuid.uuid4().hex, "after": str(self._cursor)})
        form.add_field("file", PICTURE, filename="me.jpg")
        async with http.post(f"{self._url}/api/photos", data=form, headers=self._headers) as response:
            return await self._whole(http, await _body(response))

    async def _whole(self, http: aiohttp.ClientSession, replied: dict[str, Any]) -> dict[str, Any]:
        """The reply, fetched as a browser does if it was not there in time."""
        url, end = f"{self._url}/api/messages", time.perf_counter() + LONGEST_TURN
        while replied["pending"] and time.perf_counter() < end:
            await asyncio.sleep(PENDING_SECONDS)
            async with http.get(url, params={"after": self._cursor}, headers=self._headers) as response:
                replied = await _body(response)
        return replied

    def _take(self, replied: dict[str, Any], expected: str) -> None:
        said = replied["messages"]
        is_next = bool(said) and said[-1].get("question") == expected
        if replied["pending"] or not is_next or any(_APOLOGY in each["text"] for each in said):
            raise WrongReplyError(f"{expected} was not asked: {str(replied)[:500]}")
        self._cursor = replied["cursor"]


class Ours(Contender):
    """The whole bot.

    Args:
        folder: an empty one for whatever it writes.
        settings: those that differ from the tests'.
    """

    name = "ours"
    title = "ours"

    def __init__(self, folder: Path, **settings: str) -> None:
        super().__init__(folder)
        self._bot = RunningBot(folder / "data", **settings)

    def train(self) -> float:
        """Train with ``rasa train``, whatever was trained before; the model in use is left alone."""
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            where = ["--force", "--out", folder, "--fixed-model-name", "bench"]
            result = rasa(*TRAINING, *where, capture=True)
            seconds = time.perf_counter() - started
            assert result.returncode == 0, result.stdout
            if not model_path().exists():
                model_path().parent.mkdir(exist_ok=True)
                shutil.move(Path(folder) / "bench.tar.gz", model_path())
        return seconds

    async def start(self) -> float:
        """Start it."""
        started = time.perf_counter()
        self._bot.start(wait=False)
        async with aiohttp.ClientSession() as http:
            while True:
                assert time.perf_counter() - started < START_SECONDS, self._bot.log()
                assert self._bot.process is not None
                assert self._bot.process.poll() is None, self._bot.log()
                try:
                    async with http.get(f"{self._bot.url}/readyz") as ready:
                        if ready.status == 200:
                            break
                except aiohttp.ClientConnectionError:
                    pass
                await asyncio.sleep(0.02)
            await (await self.begin(http)).answer(http)
        return time.perf_counter() - started

    def stop(self) -> None:
        """Stop it."""
        self._bot.stop()

    def processes(self) -> dict[str, psutil.Process]:
        """The service; the process for photos is its child and counts with it."""
        assert self._bot.process is not None
        return {"service": psutil.Process(self._bot.process.pid)}

    async def begin(self, http: aiohttp.ClientSession, /) -> Conversation:
        """A new conversation, its page open."""
        conversation = WebConversation(self._bot.url, self._count)
        await conversation.open(http)
        return conversation

    def committed(self) -> int:
        """Registrations that the service committed."""
        submitted = "SELECT count(*) FROM mentors WHERE submitted_at IS NOT NULL"
        return count_submitted(self._bot.data_dir / "bot.db", submitted)

    def environment_bytes(self) -> int:
        """Everything that `LOCK` installs."""
        return installed_bytes(LOCK.read_text(encoding="utf-8"))

    def _count(self) -> None:
        self.told_done += 1


def installed_bytes(lock: str) -> int:
    """Bytes on disk of the packages that a lock names, as they are installed here, compiled modules included."""
    pinned = (line.removesuffix("\\") for line in lock.splitlines() if line[:1].isalnum())
    wanted = [each for each in map(Requirement, pinned) if each.marker is None or each.marker.evaluate()]
    files = {
        Path(str(file.locate())) for each in wanted for file in importlib.metadata.distribution(each.name).files or ()
    }
    # What the installer compiled is in no package's list.
    files |= {Path(importlib.util.cache_from_source(str(file))) for file in files if file.suffix == ".py"}
    return sum(file.stat().st_size for file in files if file.is_file())


async def _body(response: aiohttp.ClientResponse) -> Any:
    if response.status != 200:
        raise WrongReplyError(f"{response.url.path}: status {response.status}")
    return await response.json()
