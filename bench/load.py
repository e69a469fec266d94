"""Puts load on a contender for a while, checks every reply, and notes times, CPU and memory."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiohttp
import psutil

from bench.contenders.contender import Contender, Conversation, WrongReplyError

#: Seconds that one reply may take.
LONGEST_TURN = 300
#: Seconds for which an idle connection is kept: less than any of the servers does.
IDLE_SECONDS = 2
#: With so many wrong replies a run is not worth going on with.
TOO_MANY_ERRORS = 20


@dataclass(frozen=True)
class Load:
    """What a contender gets.

    Attributes:
        conversations: how many go on at the same time.
        think: seconds that a mentor thinks before each message, on average; times are drawn exponentially.
        only: the contenders that get it; nobody for all.
    """

    conversations: int
    think: float = 0.0
    only: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """In the words of the page."""
        return f"{self.conversations}, thinking {self.think:g} s" if self.think else str(self.conversations)


@dataclass
class Run:
    """What was measured in one go.

    Attributes:
        turns: seconds from each message to its reply.
        seconds: from the first message to the last reply.
        cpu: seconds of CPU, user and system, of each of the contender's processes with its children.
        generator_cpu: the same of the process that makes the load.
        errors: what was said wrong.
    """

    turns: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    generator_cpu: float = 0.0
    errors: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Turns a second."""
        return len(self.turns) / self.seconds

    def cpu_ms(self, process: str | None = None) -> float:
        """Milliseconds of CPU a turn, of one process or of all."""
        seconds = sum(self.cpu.values()) if process is None else self.cpu[process]
        return 1000 * seconds / max(len(self.turns), 1)


class Mentors:
    """A contender's conversations. They go on from run to run, so that each run meets them at all kinds of questions.

    Args:
        contender: is up.
        seed: of the times that mentors think.
    """

    def __init__(self, contender: Contender, seed: int) -> None:
        self._contender = contender
        self._chance = random.Random(seed)
        self._conversations: dict[int, Conversation] = {}

    async def run(self, load: Load, seconds: float) -> Run:
        """Have ``load`` for so many seconds, and wait for the last replies."""
        run = Run()
        async with connection() as http:
            for number in range(load.conversations):
                await self._conversation(number, http)
            own, before = psutil.Process(), cpu_seconds(self._contender)
            own_before, started = _own_seconds(own), time.perf_counter()
            await asyncio.gather(
                *(self._chat(number, load, started + seconds, http, run) for number in range(load.conversations))
            )
            run.seconds = time.perf_counter() - started
            run.generator_cpu = _own_seconds(own) - own_before
            run.cpu = {name: now - before[name] for name, now in cpu_seconds(self._contender).items()}
        return run

    async def register(self) -> Run:
        """One whole registration."""
        run = Run()
        async with connection() as http:
            conversation = await self._contender.begin(http)
            started = time.perf_counter()
            while not conversation.is_over and not run.errors:
                await turn(conversation, http, run)
            run.seconds = time.perf_counter() - started
        return run

    async def _chat(self, number: int, load: Load, end: float, http: aiohttp.ClientSession, run: Run) -> None:
        while True:
            if load.think:
                await asyncio.sleep(self._chance.expovariate(1 / load.think))
            if time.perf_counter() >= end or len(run.errors) > TOO_MANY_ERRORS:
                return
            conversation = await self._conversation(number, http)
            had = len(run.errors)
            await turn(conversation, http, run)
            if conversation.is_over or len(run.errors) > had:
                del self._conversations[number]

    async def _conversation(self, number: int, http: aiohttp.ClientSession) -> Conversation:
        if number not in self._conversations:
            self._conversations[number] = await self._contender.begin(http)
        return self._conversations[number]


async def by_position(
    contender: Contender, positions: tuple[int, ...], window: int, longest: float
) -> tuple[dict[int, float], list[str]]:
    """How long a turn takes by how many came before it, in one conversation that asks aside all the time.

    Args:
        contender: is up.
        positions: the turns that are wanted, from 1 on.
        window: how many turns from each position on give its median.
        longest: seconds after which the conversation ends, wherever it is.

    Returns:
        Median seconds by position, of those that were reached, and what was said wrong.
    """
    run = Run()
    async with connection() as http:
        conversation = await contender.begin(http)
        end = time.perf_counter() + longest
        await turn(conversation, http, run)  # begins the registration, so that a question is open
        while len(run.turns) < positions[-1] + window and time.perf_counter() < end and not run.errors:
            await turn(conversation, http, run, aside=len(run.turns))
    whole = {each: run.turns[each - 1 : each - 1 + window] for each in positions}
    return {each: statistics.median(turns) for each, turns in whole.items() if len(turns) == window}, run.errors


@asynccontextmanager
async def connection() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections for as many mentors as there are; each keeps its own cookie."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS)
    timeout = aiohttp.ClientTimeout(total=LONGEST_TURN)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield http


def cpu_seconds(contender: Contender) -> dict[str, float]:
    """Seconds of CPU so far, user and system, of each process and of its children that have no name of their own."""
    named = contender.processes()
    return {name: _family_seconds(process, {each.pid for each in named.values()}) for name, process in named.items()}


def resident_bytes(contender: Contender) -> dict[str, int]:
    """Resident memory of each process and of its children that have no name of their own."""
    named = contender.processes()
    pids = {each.pid for each in named.values()}
    held = dict.fromkeys(named, 0)
    for name, process in named.items():
        for each in _family(process, pids - {process.pid}):
            with suppress(psutil.NoSuchProcess):  # it ended meanwhile
                held[name] += each.memory_info().rss
    return held


def _family(process: psutil.Process, others: set[int]) -> list[psutil.Process]:
    try:
        children = [each for each in process.children() if each.pid not in others]
    except psutil.NoSuchProcess:
        return []
    return [process, *(each for child in children for each in _family(child, others))]


def _family_seconds(process: psutil.Process, named: set[int]) -> float:
    total = 0.0
    for each in _family(process, named - {process.pid}):
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            # Those of children that have ended are in their parent's.
            total += times.user + times.system + times.children_user + times.children_system
    return total


def _own_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def turn(conversation: Conversation, http: aiohttp.ClientSession, run: Run, aside: int | None = None) -> None:
    """Answer the open question, or ask aside, and note in ``run`` how long that took or what was said wrong."""
    try:
        await conversation.prepare(http)
        started = time.perf_counter()
        await (conversation.answer(http) if aside is None else conversation.ask_aside(http, aside))
        run.turns.append(time.perf_counter() - started)
    except (WrongReplyError, aiohttp.ClientError, TimeoutError) as error:
        run.errors.append(f"{type(error).__name__}: {error}")
