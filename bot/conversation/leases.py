"""Leases of conversations: one process at a time runs a conversation's turns and delivers its messages.

A process claims a conversation when it takes a message for it, renews its leases every few seconds, and deletes those
that it no longer needs. A process that meets the lease of another one leaves a mark in it, and the owner looks for work
when it renews. After a process has died its leases expire, and the others take them over. All times are the database's.
A process that has its SQLite file to itself needs no leases.

A lease spares work; it is not what makes a turn count once. A process that stood still may believe that it has a lease
which another one has by now: so each turn's transaction locks its message, and looks whether it was processed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from functools import partial
from typing import NamedTuple

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.orm import Session

from bot.storage import Lease, Store, after_commit
from bot.storage.models import new_id
from bot.storage.upserts import insert_into

#: Seconds after which the lease of a process that does not renew it expires.
LEASE_SECONDS = 9.0
#: Seconds between two renewals. A dead process's work goes on after `LEASE_SECONDS` and this, at the latest.
BEAT_SECONDS = 3.0
#: Leases of dead processes that one renewal takes over.
_AT_ONCE = 100


class Beat(NamedTuple):
    """What a renewal found.

    Attributes:
        to_do: conversations of this process that may have work: taken over, or marked by another process.
        lost: conversations that another process has taken over, or that were erased.
    """

    to_do: set[str]
    lost: set[str]


class Leases:
    """The leases of this process. All methods may be called from any thread.

    Args:
        store: the database.
        is_alone: whether no other process uses it: then every conversation is ours, and nothing is written.
    """

    def __init__(self, store: Store, *, is_alone: bool = False) -> None:
        self._store = store
        self.is_alone = is_alone
        self._owner = new_id()
        self._lock = threading.Lock()
        #: The conversations, and when each was last claimed or worked for, in seconds of the monotonic clock.
        self._held: dict[str, float] = {}
        self._until = store.clock + LEASE_SECONDS
        self._mine = Lease.owner == self._owner

    def holds(self, conversation_id: str) -> bool:
        """Whether this process has the lease, as far as it knows; then it keeps it for a while longer."""
        if self.is_alone:
            return True
        with self._lock:
            is_held = conversation_id in self._held
            if is_held:
                self._held[conversation_id] = time.monotonic()
            return is_held

    def claim(self, session: Session, conversation_id: str) -> bool:
        """Claim a conversation, or leave a mark in the lease of the process that has it.

        Args:
            session: an open write transaction.
            conversation_id: the conversation.

        Returns:
            Whether the lease is ours once the transaction is committed.
        """
        if self.is_alone:
            return True
        new = insert_into(session, Lease).values(
            conversation_id=conversation_id, owner=self._owner, until=self._until, is_asked=False
        )
        is_free = or_(self._mine, Lease.until < self._store.clock)
        kept = {
            "owner": case((is_free, new.excluded.owner), else_=Lease.owner),
            "until": case((is_free, new.excluded.until), else_=Lease.until),
            "is_asked": case((is_free, False), else_=True),
        }
        claimed = new.on_conflict_do_update(index_elements=["conversation_id"], set_=kept).returning(Lease.owner)
        is_ours: bool = session.connection().execute(claimed).scalar_one() == self._owner
        if is_ours:
            after_commit(session, partial(self._hold, {conversation_id}))
        return is_ours

    def obtain(self, conversation_id: str) -> bool:
        """As `claim`, in a transaction of its own, which a held lease needs not.

        Raises:
            IntegrityError: the conversation was erased.
        """
        if self.holds(conversation_id):
            return True
        with self._store.write() as session:
            return self.claim(session, conversation_id)

    def beat(self, busy: Collection[str], takes_over: bool = True) -> Beat:
        """Renew and release leases, and take over those of dead processes.

        Args:
            busy: the conversations that this process works for now.
            takes_over: whether to take over.
        """
        kept, idle = self._sorted(busy)
        with self._store.read() as session:
            if not kept and session.scalar(select(Lease.conversation_id).limit(1)) is None:
                return Beat(set(), set())  # as mostly, and nothing is written
        # A claim that was made since then is not undone.
        is_old = Lease.until < self._store.clock + (LEASE_SECONDS - BEAT_SECONDS / 2)
        unused = delete(Lease).where(self._mine, Lease.conversation_id.in_(idle), is_old, Lease.is_asked.is_(False))
        renewed = update(Lease).where(self._mine, Lease.conversation_id.in_(kept)).values(until=self._until)
        asked = update(Lease).where(self._mine, Lease.is_asked.is_(True)).values(until=self._until, is_asked=False)
        expired = select(Lease.conversation_id).where(Lease.until < self._store.clock).limit(_AT_ONCE)
        taken = (
            update(Lease)
            .where(Lease.conversation_id.in_(expired.with_for_update(skip_locked=True).scalar_subquery()))
            .values(owner=self._owner, until=self._until, is_asked=False)
        )
        with self._store.write() as session:
            connection = session.connection()
            if idle:
                connection.execute(unused)
            still = set(connection.scalars(renewed.returning(Lease.conversation_id))) if kept else set[str]()
            to_do = set(connection.scalars(asked.returning(Lease.conversation_id)))
            if takes_over:
                to_do |= set(connection.scalars(taken.returning(Lease.conversation_id)))
            after_commit(session, partial(self._hold, to_do))
        lost = kept - still - to_do
        with self._lock:
            for each in lost:
                self._held.pop(each, None)
        return Beat(to_do, lost)

    def release_all(self) -> None:
        """Let others take over everything at once."""
        with self._lock:
            self._held.clear()
        with self._store.write() as session:
            session.connection().execute(update(Lease).where(self._mine).values(until=0.0))

    def _hold(self, conversations: Collection[str]) -> None:
        with self._lock:
            self._held |= dict.fromkeys(conversations, time.monotonic())

    def _sorted(self, busy: Collection[str]) -> tuple[set[str], set[str]]:
        """The conversations to renew, and those without work for a while, which are not held from now on."""
        with self._lock:
            now = time.monotonic()
            self._held |= {each: now for each in busy if each in self._held}
            idle = {each for each, used in self._held.items() if now - used > BEAT_SECONDS}
            for each in idle:
                del self._held[each]
            return set(self._held), idle
