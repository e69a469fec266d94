"""What follows when a check goes on: the mentor is told, and so is JobGen's site."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.checks.service import Status
from bot.notifications import site_events
from bot.notifications.notify import tell
from bot.registration.answers import Note
from bot.security.vault import Vault
from bot.storage import Check

#: What mentors are told of; a withdrawal was their own doing.
RESULTS = frozenset(
    {Status.CLEAR, Status.REVIEW, Status.PRE_ADVERSE, Status.DECLINED, Status.CANCELLED, Status.EXPIRED}
)
_EVENTS = {Status.CLEAR: site_events.Kind.CLEARED, Status.DECLINED: site_events.Kind.DECLINED}


class Results:
    """Tells of results, within the transaction that brings them about.

    Args:
        vault: encrypts letters.
        contact: where a mentor can write to a person.
        adverse_days: days that a mentor has to object.
    """

    def __init__(self, vault: Vault, contact: str, adverse_days: int) -> None:
        self._vault = vault
        self._contact = contact
        self._adverse_days = adverse_days

    def told(self, session: Session, check: Check) -> None:
        """Tell of where ``check`` stands now.

        Args:
            session: the open write transaction in which it went on.
            check: the check.
        """
        status = Status(check.status)
        if status in RESULTS:
            note = Note(f"result-{status.value}", (("days", self._adverse_days),))
            tell(session, self._vault, self._contact, check.mentor_id, note)
        if status in _EVENTS:
            site_events.record(session, _EVENTS[status], check.mentor_id)
