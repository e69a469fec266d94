"""Changes a check's status and notifies of it, in one operation and one transaction."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from bot.checks import service
from bot.checks.service import Status
from bot.security.vault import Vault
from bot.storage import Check

#: Called with each check whose status changed, in the transaction that changed it.
OnStatusChange = Callable[[Session, Check], None]


class CheckProgress:
    """Changes the status of checks, and notifies of each change.

    Args:
        vault: holds the keys that are destroyed when a check ends.
        on_status_change: is called after each change.
    """

    def __init__(self, vault: Vault, on_status_change: OnStatusChange) -> None:
        self._vault = vault
        self._on_status_change = on_status_change

    def advance(
        self, session: Session, check: Check, status: Status, *, reason: str | None = None, by_person: bool = False
    ) -> bool:
        """Advance a check to ``status``; see `bot.checks.service.advance`.

        Args:
            session: an open write transaction; the check's row is locked in it.
            check: the check.
            status: its new status.
            reason: for the people who work on the check; None keeps the current reason.
            by_person: whether a person decided that, or it follows from a person's decision.

        Returns:
            Whether the status changed.
        """
        if not service.advance(session, self._vault, check, status, by_person=by_person):
            return False
        check.reason = reason or check.reason
        self._on_status_change(session, check)
        return True

    def decide(
        self,
        session: Session,
        check_id: str,
        decision: str,
        reason: str | None = None,
        *,
        actor: str,
        four_eyes: bool,
    ) -> Check:
        """Record a person's decision; see `bot.checks.service.decide`, which has the same arguments.

        Raises:
            CheckError: the decision is not possible.
        """
        before = service.find_check(session, check_id).status
        check = service.decide(session, self._vault, check_id, decision, reason, actor=actor, four_eyes=four_eyes)
        if check.status != before:
            self._on_status_change(session, check)
        return check
