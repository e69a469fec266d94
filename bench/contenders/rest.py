"""Conversations through Rasa's ``rest`` channel, which the plain state machine speaks as well."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable

import aiohttp
import psutil

from bench.contenders.contender import Conversation, WrongReplyError
from bench.contenders.script import BEGIN, DONE, SIDE_QUESTIONS, Question, digression_text

#: Seconds that a bot may take to start.
START_SECONDS = 600


class RestConversation(Conversation):
    """A conversation that goes as written in `bench.contenders.script`.

    Args:
        url: of the channel's webhook.
        asked: the form.
        on_done: called when the bot says that the registration is complete.
    """

    def __init__(self, url: str, asked: list[Question], on_done: Callable[[], None]) -> None:
        self._url = url
        self._asked = asked
        self._on_done = on_done
        self._sender = uuid.uuid4().hex
        self._open = -1

    async def answer(self, http: aiohttp.ClientSession) -> None:
        """Answer the open question, or begin."""
        text = BEGIN if self._open < 0 else self._asked[self._open].reply
        said = await self._say(http, text)
        self._open += 1
        self.is_over = self._open == len(self._asked)
        expected = DONE if self.is_over else self._asked[self._open].text
        if said != [expected]:
            raise WrongReplyError(f"{text!r}: expected {expected!r}, got {said!r}")
        if self.is_over:
            self._on_done()

    async def ask_aside(self, http: aiohttp.ClientSession, number: int) -> None:
        """Ask one of the questions aside."""
        text, intent = SIDE_QUESTIONS[number % len(SIDE_QUESTIONS)]
        said = await self._say(http, text)
        expected = [digression_text(intent), self._asked[self._open].text]
        if said != expected:
            raise WrongReplyError(f"{text!r}: expected {expected!r}, got {said!r}")

    async def _say(self, http: aiohttp.ClientSession, text: str) -> list[str]:
        async with http.post(self._url, json={"sender": self._sender, "message": text}) as response:
            if response.status != 200:
                raise WrongReplyError(f"{text!r}: status {response.status}")
            return [str(each.get("text")) for each in await response.json()]


async def first_reply(url: str, asked: list[Question], process: psutil.Popen) -> float:
    """Seconds from now until a new conversation gets its first correct reply.

    Raises:
        RuntimeError: the process ended, or took too long.
    """
    started, problem = time.perf_counter(), ""
    while process.poll() is None and time.perf_counter() - started < START_SECONDS:
        try:
            async with aiohttp.ClientSession() as http:
                await RestConversation(url, asked, lambda: None).answer(http)
        except (aiohttp.ClientConnectionError, WrongReplyError) as error:
            problem = str(error)
            await asyncio.sleep(0.02)
        else:
            return time.perf_counter() - started
    raise RuntimeError(f"no right reply from {url}: {problem}")
