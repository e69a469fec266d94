"""Queueing work: written with what causes it, done by the outbox after the commit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.storage import OutboxEntry


def enqueue(
    session: Session, kind: str, subject_id: str, *, mentor_id: str | None = None, not_before: datetime | None = None
) -> None:
    """Have the outbox do some work once this transaction is committed.

    Args:
        session: an open write transaction.
        kind: of the work; one of the handlers in `bot.runtime.server`.
        subject_id: what the work is about, for example a check's id. The same kind and subject can be queued once.
        mentor_id: whose work it is, so that it is deleted with them; None if it outlives them.
        not_before: when the first attempt is due, in UTC; None for at once.
    """
    entry = OutboxEntry(kind=kind, subject_id=subject_id, mentor_id=mentor_id)
    if not_before is not None:
        entry.next_attempt_at = not_before
    session.add(entry)
