"""The engine's memory of its conversations: only what is new is written, and nothing of what the mentors wrote.

One row for each turn, numbered within its conversation. Who writes a number that is there already worked from an old
state: another engine was faster, and the turn fails as a whole. Trackers that were used lately stay in memory and
are good as long as their number is the highest in the database. A tracker that a turn is working on is not among them,
so what a failed turn did to it is forgotten with it.
"""

from __future__ import annotations

import copy
import json
from collections import OrderedDict, deque
from typing import Any, Deque, Iterable, List, Optional

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sqlalchemy.exc import IntegrityError

from engine.history import compacted, since_session_start
from engine.twins import twin

#: Trackers that stay in memory, each of some ten kilobytes.
HOT_TRACKERS = 500

_metadata = sa.MetaData()
_turns = sa.Table(
    "engine_turns",
    _metadata,
    sa.Column("conversation", sa.String(255), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    # The whole history up to here; what came before was deleted.
    sa.Column("is_base", sa.Boolean, nullable=False),
    sa.Column("events", sa.Text, nullable=False),
)
_newest = sa.select(sa.func.max(_turns.c.number)).where(_turns.c.conversation == sa.bindparam("conversation"))
_all = (
    sa.select(_turns.c.number, _turns.c.events)
    .where(_turns.c.conversation == sa.bindparam("conversation"))
    .order_by(_turns.c.number)
)
_add = _turns.insert()
_drop = _turns.delete().where(_turns.c.conversation == sa.bindparam("of"), _turns.c.number < sa.bindparam("below"))


class StaleTrackerError(RasaException):
    """Another engine took a turn of the same conversation meanwhile."""


class StoredTracker(DialogueStateTracker):
    """A tracker that knows how much of it is in the database, and is copied without replaying its events."""

    #: Number of the newest turn that it holds, and how many of its events are stored.
    number = 0
    stored = 0

    def copy(self) -> DialogueStateTracker:
        """A tracker that can be changed without changing this one."""
        other = twin(self)
        other.events = self.events.copy()
        other.slots = {name: twin(slot) for name, slot in self.slots.items()}
        other.active_loop = copy.copy(self.active_loop)
        return other

    def settle(self, events: List[Event]) -> None:
        """Hold these events, which lead to the state that it is in."""
        self.events: Deque[Event] = deque(events)
        self.stored = len(events)


class AppendingTrackerStore(TrackerStore):
    """Keeps trackers in SQLite or PostgreSQL; chosen in ``endpoints.yml``.

    Args:
        domain: of the model.
        host: address of the database as SQLAlchemy writes it, ``url`` in ``endpoints.yml``.
        event_broker: not used by this bot.
        hot_trackers: how many stay in memory.
    """

    def __init__(
        self,
        domain: Optional[Domain] = None,
        host: Optional[str] = None,
        event_broker: Optional[EventBroker] = None,
        hot_trackers: int = HOT_TRACKERS,
        **kwargs: Any,
    ) -> None:
        """Create the store and its table."""
        super().__init__(domain, event_broker, **kwargs)
        if not host:
            raise ValueError("endpoints.yml: the tracker store needs a url")
        # A pool for SQLite, too: to open a file costs more than to write a turn to it.
        self._database = sa.create_engine(host, future=True, poolclass=sa.pool.QueuePool)
        if self._database.dialect.name == "sqlite":
            sa.event.listen(self._database, "connect", _prepare_sqlite)
        _metadata.create_all(self._database)
        self._hot: OrderedDict[str, StoredTracker] = OrderedDict()
        self._hot_trackers = hot_trackers

    def init_tracker(self, sender_id: str) -> StoredTracker:
        """An empty tracker."""
        return StoredTracker(sender_id, self.domain.slots if self.domain else [])

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The tracker of a conversation, if it has one; it is the caller's until it is saved."""
        hot = self._hot.pop(sender_id, None)
        with self._database.connect() as connection:
            newest = connection.execute(_newest, {"conversation": sender_id}).scalar()
            if newest is None:
                return None
            if hot is not None and hot.number == newest:
                return hot
            rows = connection.execute(_all, {"conversation": sender_id}).all()
        tracker = self.init_tracker(sender_id)
        for event in (Event.from_parameters(each) for row in rows for each in json.loads(row.events)):
            if event is not None:
                tracker.update(event)
        tracker.number, tracker.stored = rows[-1].number, len(tracker.events)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write what is new.

        Raises:
            StaleTrackerError: another engine did meanwhile; nothing was written.
        """
        if not isinstance(tracker, StoredTracker):
            raise RasaException("this tracker store saves the trackers that it gave")
        await self.stream_events(tracker)
        events = [_wordless(each) if isinstance(each, UserUttered) else each for each in tracker.events]
        new = events[tracker.stored :]
        whole = events
        if any(isinstance(each, SessionStarted) for each in new):
            whole = since_session_start(events)
        whole = compacted(tracker.sender_id, whole, self.domain.slots if self.domain else [])
        is_base = whole is not events
        if new or is_base:
            self._write(tracker, whole if is_base else new, is_base=is_base)
        tracker.settle(whole)
        tracker.latest_message = next(
            (each for each in reversed(whole) if isinstance(each, UserUttered)), UserUttered.empty()
        )
        self._hot[tracker.sender_id] = tracker
        if len(self._hot) > self._hot_trackers:
            self._hot.popitem(last=False)

    async def keys(self) -> Iterable[str]:
        """Ids of all conversations."""
        with self._database.connect() as connection:
            return list(connection.execute(sa.select(_turns.c.conversation).distinct()).scalars())

    def _write(self, tracker: StoredTracker, events: List[Event], *, is_base: bool) -> None:
        row = {
            "conversation": tracker.sender_id,
            "number": tracker.number + 1,
            "is_base": is_base,
            "events": json.dumps([event.as_dict() for event in events], separators=(",", ":")),
        }
        try:
            with self._database.begin() as connection:
                connection.execute(_add, row)
                if is_base:
                    connection.execute(_drop, {"of": tracker.sender_id, "below": row["number"]})
        except IntegrityError:
            raise StaleTrackerError(f"conversation {tracker.sender_id} went on elsewhere") from None
        tracker.number += 1


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Durable at each commit, and readable by other engines meanwhile."""
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 5000"):
        connection.execute(f"PRAGMA {pragma}")


def _wordless(event: UserUttered) -> UserUttered:
    """A copy of ``event`` with what the dialogue needs, and nothing else.

    No policy of ours looks at a message's text once its intent is known, and the facts are in the service's
    database. So what a mentor writes never lies in a second place, where nobody would think of erasing it.
    """
    bare = copy.copy(event)
    bare.text = ""
    bare.metadata = {name: value for name, value in (event.metadata or {}).items() if name == "turn"}
    bare.parse_data = {
        "intent": {"name": event.intent_name},
        "entities": event.entities,
        "text": "",
        "message_id": event.message_id,
        "metadata": bare.metadata,
    }
    return bare
