"""Queues jobs in the transaction that causes them; the outbox does them after the commit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.storage import OutboxEntry


def enqueue(
    session: Session, kind: str, subject_id: str, *, mentor_id: str | None = None, not_before: datetime | None = None
) -> None:
    """Queue a job that the outbox does after this transaction's commit.

    Args:
        session: an open write transaction.
        kind: of the job; `bot.runtime.server` maps it to a handler.
        subject_id: for example a check's id. The same kind and subject can be queued once.
        mentor_id: the mentor with whom the job is deleted; None if it outlives them.
        not_before: when the first attempt is due, in UTC; None for at once.
    """
    entry = OutboxEntry(kind=kind, subject_id=subject_id, mentor_id=mentor_id)
    if not_before is not None:
        entry.next_attempt_at = not_before
    session.add(entry)
