"""Notifies the mentor and the site of a check's new status."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.checks.service import Status
from bot.notifications import site_events
from bot.notifications.notify import tell
from bot.registration.answers import MessageRef
from bot.security.vault import Vault
from bot.storage import Check

#: Path below which job seekers see the mentors.
PROFILES = "/mentors"
#: The statuses that a mentor is notified of, except a withdrawal, which is the mentor's own decision.
NOTIFIED = frozenset(
    {Status.CLEAR, Status.REVIEW, Status.PRE_ADVERSE, Status.DECLINED, Status.CANCELLED, Status.EXPIRED}
)
_EVENTS = {Status.CLEAR: site_events.Kind.CLEARED, Status.DECLINED: site_events.Kind.DECLINED}


class StatusNotifier:
    """Notifies of new statuses, in the transaction that changes them.

    Args:
        vault: encrypts e-mails.
        contact: e-mail address at which a mentor reaches a person.
        adverse_days: days that a mentor has to respond.
        site: beginning of links in e-mails; "" for no links.
    """

    def __init__(self, vault: Vault, contact: str, adverse_days: int, site: str = "") -> None:
        self._vault = vault
        self._contact = contact
        self._adverse_days = adverse_days
        self._site = site

    def notify_status_change(self, session: Session, check: Check) -> None:
        """Notify the mentor and the site of the status that ``check`` has now.

        Args:
            session: the open write transaction in which the status changed.
            check: the check.
        """
        status = Status(check.status)
        if status in NOTIFIED:
            profile = f"{self._site}{PROFILES}/{check.mentor_id}" if self._site else "none"
            note = MessageRef(f"result-{status.value}", (("days", self._adverse_days), ("profile", profile)))
            tell(session, self._vault, self._contact, check.mentor_id, note, self._site)
        if status in _EVENTS:
            site_events.record(session, _EVENTS[status], check.mentor_id)
