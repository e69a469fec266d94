"""Kills a service at every statement of a turn, starts it again, and writes what came of the turn each time, as JSON.

``python -m tests.store.killing URL FOLDER NUMBER EVERY``: the database at URL has a message of mentor NUMBER that
waits; EVERY 1 tries each statement, 2 every other one. The model is loaded once: each service is a fork of this
process, with a copy of the database and of FOLDER.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from bot.dialogue.compatibility import keep_quiet
from bot.security.vault import Vault
from bot.storage import Account, Answer, Check, Event, InboxMessage, Lease, Mail, Mentor, OutboxEntry, Photo, Store
from tests.store.mentor import ChattingMentor
from tests.support.ledger import MASTER_KEY, records

#: More statements than a turn has.
MOST = 100
#: Their values are drawn anew each time.
DRAWN = frozenset({"photo", "date_of_birth"})


class Copies:
    """Copies of the database and the folder, one for each service that is killed."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url, self._folder = url, folder

    def make(self, number: int) -> tuple[str, Path]:
        """Make a copy; gives its URL and its folder."""
        folder = self._folder.with_name(f"{self._folder.name}-{number}")
        if self._folder.exists():
            shutil.copytree(self._folder, folder)
        if self._url.startswith("sqlite"):
            source = Path(self._url.removeprefix("sqlite:///"))
            copied = source.with_name(f"copy-{number}.db")
            shutil.copy(source, copied)
            return f"sqlite:///{copied}", folder
        server, _, name = self._url.rpartition("/")
        self._run(f"CREATE DATABASE {name}_{number} TEMPLATE {name}")
        return f"{server}/{name}_{number}", folder

    def drop(self, number: int) -> None:
        """Drop a copy of a PostgreSQL database; those of SQLite go with the test's folder."""
        if not self._url.startswith("sqlite"):
            self._run(f"DROP DATABASE {self._url.rpartition('/')[2]}_{number} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        engine = sqlalchemy.create_engine(self._url.rpartition("/")[0] + "/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def take(url: str, folder: Path, number: int, dies_at: int) -> ChattingMentor:
    """Start a service and let it finish what waits, unless it dies before."""
    store, moments = Store(url), 0
    if not dies_at:
        with store.write() as session:  # the lease of the service that was killed has expired meanwhile
            session.connection().execute(update(Lease).values(until=0.0))

    def passes(*_: Any) -> None:
        nonlocal moments
        if not threading.current_thread().name.startswith("turn"):
            return  # who looks whether there is news
        moments += 1
        if moments == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    ChattingMentor._numbers = itertools.count(number)
    mentor = ChattingMentor(store, Vault([MASTER_KEY]), folder)
    # Before each statement and each commit, and after each.
    event.listen(store._engine, "before_cursor_execute", passes)
    event.listen(store._engine, "commit", passes)
    event.listen(Session, "after_commit", passes)
    mentor.service_starts_again()
    mentor.waits()
    mentor.__exit__(None, None, None)
    return mentor


def take_here(url: str, folder: Path, number: int) -> None:
    """Take the turn in this process, so that each fork has the model and whatever else is read once."""
    ChattingMentor._numbers = itertools.count(number)
    mentor = ChattingMentor(Store(url), Vault([MASTER_KEY]), folder)
    turn = mentor._conversations._preparation.next(mentor.conversation_id)
    assert turn is not None
    mentor.attempts(turn)
    mentor.__exit__(None, None, None)
    mentor.store.dispose()


def outcome(mentor: ChattingMentor) -> dict[str, Any]:
    """What is in the database, without what is drawn or a time."""
    with mentor.store.read() as session:

        def values(*columns: Any) -> list[Any]:
            return sorted(([*map(str, row)] for row in session.execute(select(*columns))), key=repr)

        waiting = [row for row in values(InboxMessage.id, InboxMessage.processed_at) if row[1] == "None"]
        answers = [(item, "…" if item in DRAWN else value) for item, value in values(Answer.item_id, Answer.value)]
        return {
            "answers": answers,
            "consents": [[each.item_id, each.decision] for each in records(session)],
            "transcript": [[each["from"], each["text"]] for each in mentor.messages()],
            "outbox": values(OutboxEntry.kind),
            "events": values(Event.kind),
            "checks": values(Check.status),
            "accounts": values(Account.email),
            "mails": values(Mail.sent_at),
            "photos": len(values(Photo.id)),
            "revisions": values(Mentor.revision),
            "waiting": len(waiting),
        }


def forked(work: Callable[[], object]) -> int:
    """Do something in a fork of this process; gives the signal that ended it, 0 if none did."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            sys.stdout.flush()
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    if status:
        raise SystemExit(f"a service failed with {status}")
    return 0


def main() -> None:
    """Write one line for each moment at which the service was killed, and one for when it was not."""
    url, folder, mentor, every = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    keep_quiet()
    copies = Copies(url, folder)
    take_here(*copies.make(0), mentor)
    copies.drop(0)
    for number in range(1, MOST, every):
        copied, own = copies.make(number)

        def goes_on(copied: str = copied, own: Path = own) -> None:
            sys.stdout.write(json.dumps(outcome(take(copied, own, mentor, 0))) + "\n")

        signalled = forked(partial(take, copied, own, mentor, number))
        forked(goes_on)
        copies.drop(number)
        if not signalled:
            return
    raise SystemExit("it is killed for ever")


if __name__ == "__main__":
    main()
