"""``python -m bench.reminders``: reminders sent by workers that are killed all the time, in numbers.

No mentor may be sent one twice, and one may be lost only where a worker was killed between marking and sending it;
then it has to be in the log.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from bench.page import as_rows, write_figures
from bot.core.organisation import ORGANISATION
from bot.notifications.reminders import log_lost, run
from bot.security.cipher import KEY_BYTES
from bot.security.vault import Vault
from bot.storage import Conversation, Mentor, OutboxEntry, Reminder, Store, TranscriptMessage
from bot.storage.models import new_id, utc_now

WORKERS = 3
#: Seconds that a worker lives at most before it is killed.
LONGEST_LIFE = 0.3
CONTACT = ORGANISATION.contact

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["bot.notifications.reminders"])


def measure(url: str, mentors: int, kills: int, chance: random.Random) -> dict[str, Any]:
    """Have everybody reminded by workers that are killed, and count what they were sent.

    Args:
        url: a database with all tables and no mentors.
        mentors: how many there are to remind.
        kills: how many times a worker is killed with SIGKILL, if there is work for that long.
        chance: decides when.
    """
    store = Store(url)
    _fill(store, mentors)
    killed = _work(url, kills, chance)
    again = run(store, _vault(), CONTACT)
    with store.read() as session:
        marked = session.scalar(select(func.count()).select_from(Reminder).where(Reminder.days == 1))
        told = session.scalars(
            select(Conversation.mentor_id).join(TranscriptMessage, TranscriptMessage.conversation_id == Conversation.id)
        ).all()
        queued = session.scalar(select(func.count()).select_from(OutboxEntry))
    lost = log_lost(store)
    store.dispose()
    return {
        "mentors": mentors,
        "workers": WORKERS,
        "killed": killed,
        "marked": marked,
        "sent": len(set(told)),
        "sent twice": sum(1 for number in Counter(told).values() if number > 1),
        "sent afterwards": again,
        "to be delivered": queued,
        "lost and logged": lost,
    }


def problems(found: dict[str, Any]) -> list[str]:
    """What is not as it should be, in sentences."""
    checks = {
        "somebody was reminded twice": found["sent twice"] == 0,
        "somebody was reminded again afterwards": found["sent afterwards"] == 0,
        "somebody was forgotten": found["marked"] == found["mentors"],
        "something was lost and not logged": found["sent"] + found["lost and logged"] == found["mentors"],
        "more were lost than workers were killed": found["lost and logged"] <= found["killed"],
        "what was said and what is delivered are not the same": found["to be delivered"] == found["sent"],
    }
    return [problem for problem, holds in checks.items() if not holds]


def _vault() -> Vault:
    return Vault([b"k" * KEY_BYTES])


def _fill(store: Store, mentors: int) -> None:
    """Mentors who began a registration and left it two days ago."""
    left = utc_now() - timedelta(days=2)
    ids = [new_id() for _ in range(mentors)]
    with store.write() as session:
        session.execute(insert(Mentor), [{"id": each, "started_at": left} for each in ids])
        rows = [{"mentor_id": each, "channel": "web", "external_id": each, "last_seen_at": left} for each in ids]
        session.execute(insert(Conversation), rows)


class _Worker:
    """A process that reminds until there is nobody left. The imports are done before it is forked."""

    def __init__(self, url: str) -> None:
        self.is_ready = _processes.Event()
        self.process = _processes.Process(target=_remind, args=(url, self.is_ready), daemon=True)
        self.process.start()

    def kill(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.join()


def _work(url: str, kills: int, chance: random.Random) -> int:
    """Keep the workers working and kill them until one finds nothing to do; how many were killed."""
    killed = 0
    workers = [_Worker(url) for _ in range(WORKERS)]
    try:
        while killed < kills:
            index = chance.randrange(WORKERS)
            worker = workers[index]
            worker.is_ready.wait(60)
            time.sleep(chance.uniform(0, LONGEST_LIFE))
            if worker.process.exitcode is not None:  # everybody is reminded
                break
            worker.kill()
            killed += 1
            workers[index] = _Worker(url)
        for worker in workers:
            worker.process.join()
            if worker.process.exitcode != 0:
                raise RuntimeError(f"a worker ended with {worker.process.exitcode}")
    finally:
        for worker in workers:
            worker.kill()
    return killed


def _remind(url: str, is_ready: Event) -> None:
    store, vault = Store(url), _vault()
    is_ready.set()
    while run(store, vault, CONTACT):
        pass


def main() -> int:
    """Measure, print; 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m bench.reminders")
    parser.add_argument("--mentors", type=int, default=5_000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="SQLAlchemy URL of an empty database; SQLite if not given")
    parser.add_argument("--page", type=Path, help="write the figures into this page")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.database or f"sqlite:///{folder}/bot.db"
        store = Store(url)
        store.upgrade()
        store.dispose()
        found = measure(url, arguments.mentors, arguments.kills, random.Random(arguments.seed))
    print(json.dumps(found, indent=2))
    if arguments.page:
        write_figures(arguments.page, "reminders", as_rows(found))
    for problem in problems(found):
        print(problem, file=sys.stderr)
    return 1 if problems(found) else 0


if __name__ == "__main__":
    raise SystemExit(main())
