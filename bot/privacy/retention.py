"""Applies the deadlines: erases abandoned drafts, and ends overdue checks."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, select
from sqlalchemy.exc import NoResultFound

from bot.checks.progress import CheckProgress
from bot.checks.service import Status
from bot.privacy.erasure import Erased, Erasure
from bot.storage import (
    AuditRecord,
    Check,
    Conversation,
    Mentor,
    Store,
)
from bot.storage.models import utc_now

#: What the audit calls a check that was ended by its deadline.
EXPIRED = "expire check"


class Retention:
    """Erases drafts and ends checks after their deadlines.

    Args:
        store: the database.
        erasure: erases the drafts.
        progress: ends the checks.
    """

    def __init__(self, store: Store, erasure: Erasure, progress: CheckProgress) -> None:
        self._store = store
        self._erasure = erasure
        self._progress = progress

    def overdue(self, drafts: timedelta, checks: timedelta) -> tuple[list[str], list[str]]:
        """The mentors whose drafts are older than ``drafts``, and the checks open for longer than ``checks``."""
        now = utc_now()
        with self._store.read() as session:
            left = _abandoned(now - drafts)
            # A check that a person decided against a mentor has its own deadline and end.
            is_undecided = and_(Check.decided_at.is_(None), Check.status != Status.PRE_ADVERSE)
            late = select(Check.id).where(is_undecided, Check.created_at < now - checks)
            return list(session.scalars(left)), list(session.scalars(late))

    def run(self, drafts: timedelta, checks: timedelta) -> tuple[list[Erased], list[str]]:
        """Erase abandoned drafts, and end overdue checks, deleting the date of birth.

        Args:
            drafts: how long a draft is kept.
            checks: how long a check may take.

        Returns:
            The erasures, and the ids of the ended checks.
        """
        left, late = self.overdue(drafts, checks)
        erased: list[Erased] = []
        for mentor_id in left:
            if self._is_abandoned(mentor_id, drafts):  # not if they came back meanwhile
                with suppress(NoResultFound):  # by their own request, meanwhile
                    erased.append(self._erasure.erase(mentor_id, "retention"))
        for check_id in late:
            with self._store.write() as session:
                check = session.get(Check, check_id, with_for_update=True)  # none: erased meanwhile
                if check is not None and check.decided_at is None and check.status != Status.PRE_ADVERSE:
                    session.add(AuditRecord(actor="retention", action=EXPIRED, subject_id=check.id))
                    self._progress.advance(session, check, Status.EXPIRED, by_person=True)
        if late:
            self._erasure.settle()
        return erased, late

    def _is_abandoned(self, mentor_id: str, drafts: timedelta) -> bool:
        with self._store.read() as session:
            return session.scalar(_abandoned(utc_now() - drafts).where(Mentor.id == mentor_id)) is not None


def _abandoned(since: datetime) -> Select[str]:
    """The ids of mentors who never submitted and were not seen since."""
    return (
        select(Mentor.id)
        .join(Conversation, Conversation.mentor_id == Mentor.id)
        .where(Mentor.submitted_at.is_(None))
        .group_by(Mentor.id)
        .having(func.max(Conversation.last_seen_at) < since)
    )
