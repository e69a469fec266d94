"""The provider ``manual``: people do the check."""

from __future__ import annotations

from bot.checks.progress import CheckProgress
from bot.checks.service import Status
from bot.storage import Check, Store


class ManualProvider:
    """The default provider: a person decides, on the staff page or with ``bot checks decide``.

    Args:
        store: the database.
        progress: advances checks.
    """

    name = "manual"
    needs_place = False

    def __init__(self, store: Store, progress: CheckProgress) -> None:
        self._store = store
        self._progress = progress

    def start(self, check_id: str) -> None:
        """Hand the check to a person."""
        with self._store.write() as session:
            check = session.get(Check, check_id, with_for_update=True)
            if check is not None:
                self._progress.advance(session, check, Status.WAITING)

    def look_up(self, check_id: str) -> None:
        """Do nothing: a person decides."""

    def take_event(self, event_id: str) -> None:
        """Do nothing: nobody sends events."""

    def cancel(self, check_id: str) -> None:
        """Do nothing: staff no longer see an ended check as open."""
