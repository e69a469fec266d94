"""What has to be done by the calendar: deadlines, reminders, and the checks that nobody heard of again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.accounts.email_codes import forget_old
from bot.checks.results import Results
from bot.checks.service import Status, advance, overdue_notices
from bot.core.errors import described
from bot.core.settings import Settings
from bot.jobs import outbox
from bot.notifications import email, reminders
from bot.privacy.erasure import Erasure
from bot.security.vault import Vault
from bot.storage import Store
from bot.storage.models import utc_now

logger = logging.getLogger(__name__)

_HOUR_SECONDS = 60 * 60.0
_HOURS_A_DAY = 24


class Upkeep:
    """Does what is due every hour, and what is due every day.

    Args:
        settings: tells the deadlines.
        store: the database.
        vault: holds the keys that are destroyed.
        erasure: erases what is over its deadline.
        results: tells mentors of what came of their checks.
        reconcile: each looks up checks without a result at their providers, and gives how many could be.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        vault: Vault,
        erasure: Erasure,
        results: Results,
        reconcile: Sequence[Callable[[], int]] = (),
    ) -> None:
        self._settings = settings
        self._store = store
        self._vault = vault
        self._erasure = erasure
        self._results = results
        self._reconcile = reconcile

    async def run(self, wake: Callable[[], None]) -> None:
        """Do it, until cancelled; ``wake`` is called where there may be work for the outbox then."""
        await asyncio.to_thread(reminders.log_lost, self._store)
        hour = 0
        while True:
            works = [self.remind, self.carry_out_notices]
            if hour % _HOURS_A_DAY == 0:
                works += [
                    self.erase_overdue,
                    self.forget_codes,
                    self.forget_letters,
                    self.forget_work,
                    *self._reconcile,
                ]
            for work in works:
                await asyncio.to_thread(_attempt, work)
            wake()
            hour += 1
            await asyncio.sleep(_HOUR_SECONDS)

    def remind(self) -> int:
        """Remind mentors of what they did not finish; how many were reminded."""
        return reminders.run(self._store, self._vault, self._settings.contact_email)

    def carry_out_notices(self) -> int:
        """End the checks whose mentors had their time to object; how many there were."""
        waiting = timedelta(days=self._settings.adverse_days)
        with self._store.write() as session:
            found = overdue_notices(session, utc_now(), waiting)
            for check in found:
                advance(session, self._vault, check, Status.DECLINED, by_person=True)
                self._results.told(session, check)
        if found:
            self._store.checkpoint()
        return len(found)

    def erase_overdue(self) -> int:
        """Erase what is over its deadline; how many drafts and dates of birth that were."""
        drafts, checks = timedelta(days=self._settings.draft_days), timedelta(days=self._settings.check_days)
        erased, late = self._erasure.run(drafts, checks, self._results.told)
        if erased or late:
            logger.info("%d drafts were erased, %d checks ended, by their deadlines", len(erased), len(late))
        for each in erased:
            if each.found:
                logger.error(
                    "ALERT traces of erased mentor %s are left in %d files",
                    each.mentor_id,
                    len({one.file for one in each.found}),
                )
        return len(erased) + len(late)

    def forget_codes(self) -> int:
        """Delete old codes; how many there were."""
        with self._store.write() as session:
            return forget_old(session, utc_now())

    def forget_letters(self) -> int:
        """Delete the letters that were kept as files for long enough; how many there were."""
        return email.forget_files(self._settings.data_dir, utc_now())

    def forget_work(self) -> int:
        """Delete what the outbox did long ago; how many entries there were."""
        with self._store.write() as session:
            return outbox.forget_done(session, utc_now())


def _attempt(work: Callable[[], int]) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001  (the next hour is another one)
        logger.error("upkeep %s failed: %s", getattr(work, "__name__", "work"), described(error))
