"""``python -m bench.erasures``: one mentor erased among very many on PostgreSQL, and the night after it.

Meanwhile another thread writes, and one watches which tables are locked. The other mentors are written by SQL. The
server is a temporary one, which does not wait for the disk.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import sqlalchemy
from sqlalchemy import text

from bench.page import as_rows, write_figures
from bot.conversation.turns import open_conversation
from bot.core.settings import load_settings
from bot.messages.transcript import append
from bot.privacy.rewriting import Rewriting
from bot.registration.registration import REVIEW, Registration
from bot.runtime.container import Services, build
from bot.storage import Conversation, Mentor, Store
from tests.store.postgresql import running_cluster
from tests.support.registrations import answer_until

#: Messages of the mentor that is erased in the measurement.
MESSAGES = 100
#: Drafts that are over their deadline in the night.
DRAFTS = 100
#: Seconds between looks at the locks.
LOOK = 0.002
#: The most seconds that an erasure may take, that it may lock a table, and the most memory in MB by which it may grow.
SECONDS, LOCK_SECONDS, MEGABYTES = 2.0, 0.05, 20.0

_DATABASE = "bench_erasures"
_FILL = (
    "INSERT INTO mentors (id, created_at, submitted_at, revision, needs_place) SELECT md5('mentor' || number), now(), "
    "CASE WHEN number > :drafts THEN now() END, 20, false FROM generate_series(1, :mentors) number",
    "INSERT INTO conversations (id, mentor_id, channel, external_id, language, language_offered, one_by_one, "
    "created_at, last_seen_at, misses) SELECT md5('conversation' || number), md5('mentor' || number), 'web', "
    "md5('browser' || number), 'en', false, false, now(), "
    "now() - CASE WHEN number > :drafts THEN 0 ELSE 400 END * interval '1 day', 0 "
    "FROM generate_series(1, :mentors) number",
    "INSERT INTO data_keys (owner_id, purpose, wrapped, master_key_id, created_at) "
    "SELECT md5('mentor' || number), purpose, decode(repeat(md5(purpose || number), 2), 'hex'), '0123456789abcdef', "
    "now() FROM generate_series(1, :mentors) number, unnest(ARRAY['check', 'record']) purpose",
    "INSERT INTO answers (mentor_id, item_id, value, wording_version, turn_id, answered_at) "
    "SELECT md5('mentor' || number), 'item ' || item, repeat('some words of a mentor ', item) || number, "
    "1, md5('turn'), now() FROM generate_series(1, :mentors) number, generate_series(1, 8) item",
    "INSERT INTO transcript (conversation_id, turn_id, sender, body, created_at) "
    "SELECT md5('conversation' || number), md5('turn' || row), CASE row % 3 WHEN 0 THEN 'mentor' ELSE 'bot' END, "
    "json_build_object('kind', 'say', 'text', repeat('what was said in a conversation ', 6) || row), now() "
    "FROM generate_series(1, :rows) row, LATERAL (SELECT row % :mentors + 1 AS number) mentor",
    "INSERT INTO inbox (id, conversation_id, external_id, received_at, attempts, processed_at) "
    "SELECT md5('turn' || row), md5('conversation' || number), md5('message' || row), now(), 1, now() "
    "FROM generate_series(1, :rows / 3) row, LATERAL (SELECT row % :mentors + 1 AS number) mentor",
)
_LOCKED = text(
    "SELECT relation FROM pg_locks JOIN pg_class ON pg_class.oid = relation JOIN pg_namespace ON pg_namespace.oid = "
    "relnamespace WHERE locktype = 'relation' AND granted AND relkind = 'r' AND nspname = 'public' "
    "AND mode IN ('ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')"
)
_WRITE = text(
    "INSERT INTO transcript (conversation_id, sender, body, created_at) VALUES (:conversation, 'bot', '{}', now())"
)


class Beside:
    """What goes on beside an erasure: a writer, and a look at the locks.

    Attributes:
        lock_seconds: the longest time for which a table was locked against writers.
        wait_seconds: the longest time that a row took to be written.
    """

    def __init__(self, store: Store, conversation: str) -> None:
        self.lock_seconds = self.wait_seconds = 0.0
        self._store, self._conversation = store, conversation
        self._ends = Event()

    @contextmanager
    def going_on(self) -> Iterator[Beside]:
        """Write and look until the end of the block."""
        threads = [Thread(target=each) for each in (self._write, self._look)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._ends.set()
            for thread in threads:
                thread.join()

    def _write(self) -> None:
        with closing(self._store.connection()) as connection:
            while not self._ends.wait(LOOK):
                began = time.monotonic()
                connection.execute(_WRITE, {"conversation": self._conversation})
                self.wait_seconds = max(self.wait_seconds, time.monotonic() - began)

    def _look(self) -> None:
        since: dict[int, float] = {}
        with closing(self._store.connection()) as connection:
            while not self._ends.wait(LOOK):
                locked = set(connection.scalars(_LOCKED))
                now = time.monotonic()
                since = {each: since.get(each, now) for each in locked}
                self.lock_seconds = max([self.lock_seconds, *(now - each for each in since.values())])


def measure(url: str, folder: Path, mentors: int, rows: int) -> dict[str, Any]:
    """Erase a mentor among few and one among many, let the night come, and apply the deadlines.

    Args:
        url: an empty PostgreSQL database.
        folder: an empty data folder.
        mentors: how many others there are.
        rows: of their transcripts.
    """
    services = build(load_settings(_env_file=None, data_dir=folder, database_url=url))
    store = services.store
    first, second, third, stays = (_register(services, number) for number in range(4))
    _erase(services, first, Beside(store, _conversation_of(store, stays)))  # what is done once is done
    few = _erase(services, second, Beside(store, _conversation_of(store, stays)))
    with closing(store.connection()) as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")  # it checks no references
        for statement in _FILL:
            given = {"mentors": mentors, "rows": rows, "drafts": DRAFTS}
            connection.execute(text(statement), {name: each for name, each in given.items() if f":{name}" in statement})
        connection.exec_driver_sql("VACUUM ANALYZE")
        size = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar()
    many = _erase(services, third, Beside(store, _conversation_of(store, stays)))
    night = Beside(store, _conversation_of(store, stays))
    with night.going_on():
        night_seconds, _ = _timed(lambda: Rewriting(store).run("bench"))
    deadlines_seconds, (erased, _late) = _timed(lambda: services.retention.run(timedelta(days=180), timedelta(days=90)))
    store.dispose()
    return {
        "other mentors": mentors,
        "rows of their transcripts": rows,
        "database, MB": round((size or 0) / 1e6),
        "one mentor erased among three, s": few["seconds"],
        "one mentor erased among all, s": many["seconds"],
        "more memory, MB": many["megabytes"],
        "longest lock of a table, s": many["lock"],
        "longest wait of a writer, s": many["wait"],
        "the night's rewriting of all tables, s": round(night_seconds, 1),
        "longest lock of a table at night, s": round(night.lock_seconds, 1),
        "drafts erased by their deadline": len(erased),
        "for which it took, s": round(deadlines_seconds, 1),
    }


def problems(found: dict[str, Any]) -> list[str]:
    """What is not as it should be, in sentences."""
    checks = {
        "an erasure takes too long": found["one mentor erased among all, s"] <= SECONDS,
        "an erasure locks a table": found["longest lock of a table, s"] <= LOCK_SECONDS,
        "an erasure needs more memory among more mentors": found["more memory, MB"] <= MEGABYTES,
        "drafts are left": found["drafts erased by their deadline"] == min(DRAFTS, found["other mentors"]),
    }
    return [problem for problem, holds in checks.items() if not holds]


def _register(services: Services, number: int) -> str:
    """Add a mentor with every answer; returns the id."""
    conversation_id = open_conversation(services.store, "web", f"browser-{number}")
    with services.store.write() as session:
        mentor = session.get_one(Mentor, session.get_one(Conversation, conversation_id).mentor_id)
        current = Registration(session, mentor)
        answer_until(current, services.vault, REVIEW, f"mentor-{number}@example.org", ledger=services.ledger)
        own = [
            (None, {"kind": "say", "text": f"What I say here is my own, for the time {each}."})
            for each in range(MESSAGES)
        ]
        append(session, conversation_id, None, [], own)
        return mentor.id


def _conversation_of(store: Store, mentor_id: str) -> str:
    with store.read() as session:
        return session.scalars(sqlalchemy.select(Conversation.id).where(Conversation.mentor_id == mentor_id)).one()


def _erase(services: Services, mentor_id: str, beside: Beside) -> dict[str, float]:
    before = _peak()
    with beside.going_on():
        seconds, _ = _timed(lambda: services.erasure.delete_account(mentor_id, lambda _check: None))
    megabytes = round((_peak() - before) / 1e3, 1)
    lock, wait = (round(each, 3) for each in (beside.lock_seconds, beside.wait_seconds))
    return {"seconds": round(seconds, 3), "megabytes": megabytes, "lock": lock, "wait": wait}


def _peak() -> int:
    """The most memory that this process ever had, in KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _timed[Result](function: Callable[[], Result]) -> tuple[float, Result]:
    began = time.monotonic()
    result = function()
    return time.monotonic() - began, result


def main() -> int:
    """Measure, print; 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m bench.erasures")
    parser.add_argument("--mentors", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--page", type=Path, help="write the figures into this page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_cluster() as url:
        administrator = sqlalchemy.create_engine(url + "postgres", isolation_level="AUTOCOMMIT")
        with administrator.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {_DATABASE}")
        administrator.dispose()
        found = measure(url + _DATABASE, Path(folder), arguments.mentors, arguments.rows)
    print(json.dumps(found, indent=2))
    if arguments.page:
        write_figures(arguments.page, "erasures", as_rows(found))
    for problem in problems(found):
        print(problem, file=sys.stderr)
    return 1 if problems(found) else 0


if __name__ == "__main__":
    raise SystemExit(main())
