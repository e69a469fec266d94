"""``python -m bench.passes``: which functions of ours a message passes, from the channel to the committed reply.

Two turns are looked at, in a service in this process: a typed answer in the web channel, from its route on, and a tap
on Telegram, from the update on. Each ends with the commit of the transaction that writes the reply. A function counts
if it is handed the message: its text, or a tap's payload, or an object that holds it. It counts once, however often it
is called, in whatever thread. It is ours if it stands in one of `ROOMS`; `bot/understanding/`, which reads a text, is
counted as one. Lambdas, comprehensions and properties are part of who uses them.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import os
import sys
import tempfile
import threading
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import httpx
from sqlalchemy import Connection, Engine, event, select

from bench.inside import TOKEN, Inside, inside
from bench.page import as_rows, write_figures
from bot.channels.telegram import TelegramChannel
from bot.channels.web import WebChannel
from bot.core.paths import REPOSITORY
from bot.messages.incoming import Tap
from bot.registration import form
from bot.registration.registration import Registration
from bot.storage import Conversation, Mentor, TranscriptMessage
from tests.doubles.telegram_api import TelegramDouble
from tests.support.answers import reply_to
from tests.support.registrations import answer_until
from tests.support.telegram import opening_of

#: Where functions of ours stand.
ROOMS = tuple(f"{REPOSITORY / room}{os.sep}" for room in ("bot", "actions"))
TYPED, TAPPED = "a typed answer on the web", "a tap on Telegram"
#: Counted as one: whatever reads a text takes it apart.
READER = "bot/understanding/"
#: Where the classes of objects that may hold a message come from.
_MESSAGES = ("bot.channels", "bot.conversation", "bot.messages", "bot.moves", "telegram")
#: Functions of ours that each message may pass.
GOALS = {TYPED: 25, TAPPED: 35}
#: What is answered by a text, and what by a tap.
QUESTIONS = {TYPED: "reasons", TAPPED: str(form.CONSENTS[0].id)}
#: In what is typed, and in nothing else.
MARK = "Quetzalcoatlus"
#: Seconds that a turn may take.
SECONDS = 30.0


class Passed:
    """The functions of ours between the call of one of them and the commit of a reply.

    Attributes:
        names: file and qualified name of each, in the order in which they were first entered.
        is_over: set once the reply is committed.

    Args:
        first: code of the function with which it begins, which is one of them.
        mark: is in the message and in nothing else.
    """

    def __init__(self, first: CodeType, mark: str) -> None:
        self.names: dict[str, None] = {}
        self.is_over = threading.Event()
        self._first = first
        self._mark = mark
        self._replying: Connection | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch all threads."""
        listeners = {"after_cursor_execute": self._executed, "commit": self._committed}
        for name, listener in listeners.items():
            event.listen(Engine, name, listener)
        threading.setprofile_all_threads(self._entered)
        try:
            yield
        finally:
            threading.setprofile_all_threads(None)
            for name, listener in listeners.items():
                event.remove(Engine, name, listener)

    def _entered(self, frame: FrameType, what: str, _argument: object) -> None:
        code = frame.f_code
        has_begun = self.names or code is self._first
        if what == "call" and has_begun and code.co_filename.startswith(ROOMS) and not self.is_over.is_set():
            file = str(Path(code.co_filename).relative_to(REPOSITORY))
            name = READER if file.startswith(READER) else f"{file}: {code.co_qualname}"
            if name in self.names or code.co_name.startswith("<") or _is_property(frame):
                return
            handed = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            if code is self._first or any(
                _holds(frame.f_locals[each], self._mark) for each in handed if each not in ("self", "cls")
            ):
                self.names[name] = None

    def _executed(self, connection: Connection, _cursor: object, statement: str, *_others: object) -> None:
        if self.names and statement.startswith(f"INSERT INTO {TranscriptMessage.__tablename__} "):
            self._replying = connection

    def _committed(self, connection: Connection) -> None:
        if connection is self._replying:
            self.is_over.set()


def _holds(value: object, mark: str, depth: int = 4) -> bool:
    """Whether a value is the message, or holds it."""
    if isinstance(value, str):
        return mark in value
    if isinstance(value, bytes):
        return mark.encode() in value
    if depth == 0:
        return False
    if isinstance(value, Mapping):
        return any(_holds(each, mark, depth - 1) for each in value.values())
    if isinstance(value, list | tuple):
        return any(_holds(each, mark, depth - 1) for each in value)
    if not type(value).__module__.startswith(_MESSAGES):
        return False
    slots = (name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()))
    names = {*getattr(value, "__dict__", ()), *slots}
    return any(_holds(getattr(value, name, None), mark, depth - 1) for name in names)


def _is_property(frame: FrameType) -> bool:
    found: Any = sys.modules.get(frame.f_globals["__name__"])
    for name in frame.f_code.co_qualname.split("."):
        found = inspect.getattr_static(found, name, None)
    return isinstance(found, property | cached_property)


async def passed(first: CodeType, mark: str, turn: Callable[[], Awaitable[Any]]) -> list[str]:
    """What a message passes between the call of ``first`` and the reply, while ``turn`` is made.

    ``mark`` is in the message and in nothing else.

    Raises:
        RuntimeError: there was no reply.
    """
    await _nothing_goes_on()
    seen = Passed(first, mark)
    with seen.watching():
        await turn()
        if not await asyncio.to_thread(seen.is_over.wait, SECONDS):
            raise RuntimeError(f"no reply; passed until then: {list(seen.names)}")
    return list(seen.names)


async def _nothing_goes_on() -> None:
    """Wait until the turn before is done with: a message may still be on its way, or be noted as sent."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)


def _begun(service: Inside, question: str) -> None:
    """Have whoever opened a conversation and has not begun come to a question."""
    wanted = select(Conversation).join(Mentor, Mentor.id == Conversation.mentor_id).where(Mentor.started_at.is_(None))
    with service.services.store.write() as session:
        mentor = session.get_one(Mentor, session.scalars(wanted).one().mentor_id)
        current = Registration(session, mentor)
        answer_until(current, service.services.vault, question, f"{uuid.uuid4().hex}@example.org")


async def typed(service: Inside) -> list[str]:
    """What a typed answer in the web channel passes."""
    question = QUESTIONS[TYPED]
    transport = httpx.ASGITransport(service.web)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=SECONDS) as browser:

        async def says(text: str) -> dict[str, Any]:
            message = {"id": uuid.uuid4().hex, "text": text}
            replied: dict[str, Any] = (await browser.post("/api/messages", json=message)).raise_for_status().json()
            return replied

        opened = (await browser.post("/api/session", json={})).raise_for_status().json()
        browser.headers["X-CSRF-Token"] = opened["token"]
        await asyncio.to_thread(_begun, service, question)
        asked = await says("repeat")
        assert asked["messages"][-1]["question"] == question, asked
        names = await passed(WebChannel._message.__code__, MARK, lambda: says(f"{reply_to(question)} {MARK}"))
        replied = (await browser.get("/api/messages")).raise_for_status().json()
        assert replied["messages"][-1]["question"] not in (None, question), replied
    return names


async def tapped(service: Inside, telegram: TelegramDouble) -> list[str]:
    """What a tap on Telegram passes."""
    question = QUESTIONS[TAPPED]
    channel, chat = service.telegram, telegram.user("Maria")
    assert channel is not None

    async def updated() -> None:
        assert await channel.receive(telegram.unconfirmed_updates[-1])

    chat.sends("/start")
    await updated()
    await asyncio.to_thread(chat.waits_for, opening_of("start"))
    await asyncio.to_thread(_begun, service, question)
    chat.sends("repeat")
    await updated()
    asked = await asyncio.to_thread(chat.waits_for, opening_of(question))
    chat.taps(asked, "I agree")
    names = await passed(TelegramChannel.receive.__code__, Tap("affirm", question).payload(), updated)
    await _nothing_goes_on()
    assert chat.received[-1].message_id > asked.message_id, chat.received[-1]
    return names


async def measure(folder: Path) -> dict[str, list[str]]:
    """The functions that each turn passes.

    Args:
        folder: an empty data folder.
    """
    found = {}
    with TelegramDouble(token=TOKEN) as telegram:
        async with inside(folder, telegram.url) as service:
            for _ in range(2):  # the first time is only to be warm
                found = {TYPED: await typed(service), TAPPED: await tapped(service, telegram)}
    return found


def main() -> None:
    """Look at both turns; print, write."""
    parser = argparse.ArgumentParser(prog="python -m bench.passes", description=__doc__)
    parser.add_argument("--page", type=Path, help="write the figures into this page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(Path(folder)))
    for turn, names in found.items():
        rooms = Counter(name.partition(": ")[0].rpartition("/")[0] for name in names)
        print(f"{turn}: {len(names)} functions, goal ≤ {GOALS[turn]}")
        print("".join(f"{number:4} in {room}/\n" for room, number in rooms.most_common()))
        print("".join(f"{number:4} {name}\n" for number, name in enumerate(names, start=1)))
    if arguments.page:
        rows = {f"the bot's functions that {turn} calls": f"{len(found[turn])}, goal ≤ {GOALS[turn]}" for turn in GOALS}
        write_figures(arguments.page, "passes", as_rows(rows))


if __name__ == "__main__":
    main()
