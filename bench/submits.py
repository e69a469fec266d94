"""``python -m bench.submits``: registrations submitted while service and worker are killed all the time, in numbers.

The service takes each mentor's last message through the inbox and the dialogue, as it came from a browser that sends
it again until it is answered; only Rasa's choice of the intent is left out. The worker has the checks begun at a
double of Checkr's API. Either is killed with SIGKILL at random, and started again. Then everybody has to be told once
that the registration is complete, and to have exactly one check there.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import logging
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.inside import Handlers, conversations_of
from bench.page import as_rows, write_figures
from bot.checks.providers.checkr import CheckrProvider
from bot.conversation.turns import open_conversation
from bot.conversation.workers import Channel
from bot.i18n.catalogue import catalogue
from bot.jobs import outbox
from bot.jobs.outbox import Outbox
from bot.messages.incoming import Incoming, Kind
from bot.registration.registration import CHECK_START, REVIEW, Registration
from bot.runtime.container import Services, build
from bot.storage import Check, Conversation, Mentor, OutboxEntry, Store, TranscriptMessage
from bot.storage.models import utc_now
from tests.doubles.checkr_api import CheckrDouble
from tests.support.checkr import checkr_settings
from tests.support.ledger import LEDGER_KEY, MASTER_KEY
from tests.support.registrations import answer_until

CHANNEL = "web"
#: Seconds that a process lives at most before it is killed, once it works.
LONGEST_LIFE = 0.4
#: Mentors who submit at once.
AT_ONCE = 8
#: Of an entry whose worker was killed; shorter than in operation, so that the end is not waited for.
LEASE = timedelta(seconds=10)
#: Seconds that all may take after the last kill.
PATIENCE = 600.0

_DONE = catalogue().text("note-submitted").splitlines()[0]
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["bench.inside"])


def measure(folder: Path, mentors: int, kills: int, chance: random.Random) -> dict[str, Any]:
    """Have everybody submit, under kills, and count what became of it.

    Args:
        folder: an empty data folder.
        mentors: how many there are.
        kills: how many times service or worker is killed.
        chance: decides which, and when.
    """
    with CheckrDouble() as checkr:
        services = _services(folder, checkr.url)
        _fill(services, mentors)
        services.store.dispose()
        started = time.monotonic()
        killed = _work(folder, checkr.url, mentors, kills, chance)
        seconds = time.monotonic() - started
        services = _services(folder, checkr.url)
        try:
            return _counted(services, checkr) | {"mentors": mentors, "seconds": round(seconds), **killed}
        finally:
            services.store.dispose()


def problems(found: dict[str, Any]) -> list[str]:
    """What is not as it should be, in sentences."""
    everybody = found["mentors"]
    checks = {
        "a submit was lost": found["submitted"] == everybody,
        "somebody was not told, or twice": found["told once"] == everybody,
        "a check is missing, or there are two": found["one check each"] == everybody,
        "a candidate is missing at the provider, or there are two": found["one candidate each"] == everybody,
        "an invitation is missing at the provider, or there are two": found["one invitation each"] == everybody,
        "a check does not wait for its result": found["waiting at the provider"] == everybody,
        "something is left in the outbox": found["left in the outbox"] == 0,
        "a call was not as described": found["calls refused"] == 0,
    }
    return [problem for problem, holds in checks.items() if not holds]


def _services(folder: Path, url: str) -> Services:
    keys = {"master_keys": MASTER_KEY, "ledger_key": LEDGER_KEY}
    coded = {name: base64.b64encode(key).decode() for name, key in keys.items()}
    return build(checkr_settings(url, data_dir=folder, **coded))


def _fill(services: Services, mentors: int) -> None:
    """Mentors who have answered everything, and look at it before they submit."""
    for number in range(mentors):
        conversation_id = open_conversation(services.store, CHANNEL, f"browser-{number}")
        with services.store.write() as session:
            conversation = session.get_one(Conversation, conversation_id)
            mentor = session.get_one(Mentor, conversation.mentor_id)
            mentor.check_provider, mentor.needs_place = CheckrProvider.name, CheckrProvider.needs_place
            current = Registration(session, mentor)
            answer_until(current, services.vault, REVIEW, f"mentor-{number}@example.org")
            conversation.delivered_question = REVIEW
            conversation.delivered_at = utc_now() - timedelta(minutes=1)  # they have read it


class _Part:
    """A process that works until it is told to end. The imports are done before it is forked."""

    def __init__(self, target: Callable[..., None], *arguments: Any) -> None:
        self._target, self._arguments = target, arguments
        self.is_ready: Event = _processes.Event()
        self.ends: Event = _processes.Event()
        self.process: BaseProcess = self._started()

    def _started(self) -> BaseProcess:
        self.is_ready.clear()
        process = _processes.Process(
            target=self._target, args=(*self._arguments, self.is_ready, self.ends), daemon=True
        )
        process.start()
        return process

    def lives(self, seconds: float) -> None:
        """Let it work for so long."""
        if not self.is_ready.wait(60) or self.process.exitcode is not None:
            raise RuntimeError(f"{self._target.__name__} does not work: {self.process.exitcode}")
        time.sleep(seconds)

    def kill(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.join()

    def starts_again(self) -> None:
        """Kill it, and start it."""
        self.kill()
        self.process = self._started()


def _work(folder: Path, url: str, mentors: int, kills: int, chance: random.Random) -> dict[str, int]:
    """Kill one after the other while mentors submit, a few more after each kill; how often each was killed."""
    wanted = _processes.Value("i", 0)
    parts = {"service": _Part(_serve, folder, url, wanted), "worker": _Part(_do_work, folder, url)}
    killed: Counter[str] = Counter()
    store = Store(f"sqlite:///{folder / 'bot.db'}")
    try:
        for number in range(kills):
            wanted.value = mentors * (number + 1) // kills
            name = chance.choice(sorted(parts))
            parts[name].lives(chance.uniform(0, LONGEST_LIFE))
            parts[name].starts_again()
            killed[name] += 1
        _until(lambda: _is_over(store, mentors))
    finally:
        store.dispose()
        for part in parts.values():
            part.kill()
    return {f"times the {name} was killed": killed[name] for name in parts}


def _is_over(store: Store, mentors: int) -> bool:
    with store.read() as session:
        told = session.scalar(select(func.count()).where(_is_told())) or 0
        left = session.scalar(select(func.count()).where(_is_open())) or 0
    return told >= mentors and left == 0


def _is_open() -> Any:
    return OutboxEntry.done_at.is_(None) & OutboxEntry.failed_at.is_(None)


def _is_told() -> Any:
    return TranscriptMessage.body["text"].as_string().contains(_DONE)


def _until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < ends:  # what is missing then is counted
        time.sleep(0.02)


def _serve(folder: Path, url: str, wanted: Any, is_ready: Event, ends: Event) -> None:
    """The service, and in it the mentors' browsers."""
    logging.disable(logging.ERROR)
    asyncio.run(_take_messages(_services(folder, url), wanted, is_ready, ends))


async def _take_messages(services: Services, wanted: Any, is_ready: Event, ends: Event) -> None:
    conversations = conversations_of(services)
    conversations.register(Channel(CHANNEL, _no_upload))
    await conversations.resume()
    is_ready.set()
    waiting = iter(_not_told(services.store))

    async def mentor() -> None:
        for number, conversation_id in waiting:
            await asyncio.to_thread(_until, lambda number=number: number < wanted.value)
            message = Incoming(Kind.TEXT, text="submit")
            turn_id = await conversations.accept(conversation_id, message, f"submit-{number}")
            while not await conversations.answered(turn_id, 0.5):
                pass

    await asyncio.gather(*(mentor() for _ in range(AT_ONCE)))
    await asyncio.to_thread(ends.wait)


async def _no_upload(_message: Incoming) -> bytes | None:
    return None


def _not_told(store: Store) -> list[tuple[int, str]]:
    """Number and conversation of each mentor whose browser still waits to be told."""
    told = select(TranscriptMessage.conversation_id).where(_is_told())
    wanted = select(Conversation.external_id, Conversation.id).where(Conversation.id.not_in(told))
    with store.read() as session:
        rows = session.execute(wanted).all()
    return sorted((int(name.removeprefix("browser-")), conversation_id) for name, conversation_id in rows)


def _do_work(folder: Path, url: str, is_ready: Event, _ends: Event) -> None:
    """The worker."""
    logging.disable(logging.ERROR)
    outbox.LEASE = LEASE
    services = _services(folder, url)
    worker = Outbox(services.store, Handlers({CHECK_START: services.providers.start}))
    is_ready.set()
    asyncio.run(worker.run())


def _counted(services: Services, checkr: CheckrDouble) -> dict[str, Any]:
    with services.store.read() as session:
        submitted = session.scalar(select(func.count()).where(Mentor.submitted_at.is_not(None)))
        told = Counter(session.scalars(select(TranscriptMessage.conversation_id).where(_is_told())))
        checks = list(session.scalars(select(Check)))
        left = session.scalar(select(func.count()).where(OutboxEntry.done_at.is_(None)))
        attempts = session.scalar(select(func.sum(OutboxEntry.attempts)).where(OutboxEntry.kind == CHECK_START))
    ids = {check.id for check in checks}
    candidates = Counter(each["custom_id"] for each in checkr.candidates.values())
    invited = Counter(checkr.candidates[each["candidate_id"]]["custom_id"] for each in checkr.invitations.values())
    return {
        "submitted": submitted,
        "told once": _once(told),
        "one check each": _once(Counter(check.mentor_id for check in checks)),
        "one candidate each": sum(1 for each in ids if candidates[each] == 1) if ids >= set(candidates) else -1,
        "one invitation each": sum(1 for each in ids if invited[each] == 1),
        "waiting at the provider": sum(check.status == "waiting" for check in checks),
        "left in the outbox": left,
        "attempts to begin a check": attempts,
        "calls refused": len(checkr.problems),
    }


def _once(counter: Counter[str]) -> int:
    return sum(1 for number in counter.values() if number == 1)


def main() -> int:
    """Measure, print; 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m bench.submits")
    parser.add_argument("--mentors", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=220)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, help="write the figures into this page")
    arguments = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), arguments.mentors, arguments.kills, random.Random(arguments.seed))
    print(json.dumps(found, indent=2))
    if arguments.page:
        write_figures(arguments.page, "submits", as_rows(found))
    for problem in problems(found):
        print(problem, file=sys.stderr)
    return 1 if problems(found) else 0


if __name__ == "__main__":
    raise SystemExit(main())
