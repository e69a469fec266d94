"""The calendar's work: reminders and notices every hour, deadlines and clean-up every day."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.accounts.email_codes import forget_old
from bot.checks.progress import CheckProgress
from bot.checks.service import Status, overdue_notices
from bot.core.errors import described
from bot.core.settings import Settings
from bot.jobs import outbox
from bot.notifications import reminders
from bot.notifications.emails.files import delete_old_files
from bot.privacy.retention import Retention
from bot.privacy.rewriting import Rewriting
from bot.security.vault import Vault
from bot.storage import Store
from bot.storage.models import utc_now
from bot.storage.offices import Office, Work

logger = logging.getLogger(__name__)

_HOUR_SECONDS = 60 * 60.0
_HOURS_A_DAY = 24
#: Seconds after which a service that has not the calendar looks whether nobody else has it any more.
_LOOK_SECONDS = 30.0


class Scheduler:
    """Runs the hourly and the daily work.

    Args:
        settings: hold the deadlines.
        store: the database.
        vault: encrypts reminders that are sent by e-mail.
        retention: applies the deadlines.
        progress: declines the mentors whose time to respond is over.
        daily: further daily work, such as looking up open checks at their providers; each returns a number.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        vault: Vault,
        retention: Retention,
        progress: CheckProgress,
        daily: Sequence[Callable[[], int]] = (),
    ) -> None:
        self._settings = settings
        self._store = store
        self._vault = vault
        self._retention = retention
        self._progress = progress
        self._daily = daily
        self._rewriting = Rewriting(store)
        #: When the work that is being done began, by the monotonic clock; None while none is.
        self._began: float | None = None

    async def progresses(self) -> bool:
        """Whether no work has been going on for longer than an hour."""
        return self._began is None or time.monotonic() - self._began < _HOUR_SECONDS

    async def run(self, wake: Callable[[], None]) -> None:
        """Run until cancelled; of several services one at a time does the work.

        Args:
            wake: called after each round, which may have queued jobs.
        """
        office = Office(self._store, Work.CALENDAR)
        try:
            while True:
                if await asyncio.to_thread(office.is_held):
                    await self._follow_calendar(office, wake)
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            office.resign()

    async def _follow_calendar(self, office: Office, wake: Callable[[], None]) -> None:
        """Do the work of each hour while the office is held."""
        await asyncio.to_thread(reminders.log_lost, self._store)
        hour = 0
        while await asyncio.to_thread(office.is_held):
            works = [self.remind, self.carry_out_notices, self.rewrite_tables]
            if hour % _HOURS_A_DAY == 0:
                works += [
                    self.erase_overdue,
                    self.delete_old_codes,
                    self.delete_old_emails,
                    self.delete_done_work,
                    *self._daily,
                ]
            for work in works:
                self._began = time.monotonic()
                await asyncio.to_thread(_attempt, work)
                self._began = None
            wake()
            hour += 1
            await asyncio.sleep(_HOUR_SECONDS)

    def remind(self) -> int:
        """Remind mentors of unfinished registrations; returns how many were reminded."""
        settings = self._settings
        return reminders.run(self._store, self._vault, settings.contact_email, site=settings.site_in_emails)

    def carry_out_notices(self) -> int:
        """Decline the mentors whose time to respond is over; returns their number."""
        waiting = timedelta(days=self._settings.adverse_days)
        with self._store.write() as session:
            found = overdue_notices(session, utc_now(), waiting)
            for check in found:
                self._progress.advance(session, check, Status.DECLINED, by_person=True)
        if found:
            self._store.checkpoint()
        return len(found)

    def rewrite_tables(self) -> int:
        """Write PostgreSQL's tables anew at night, if mentors were erased; returns the number of tables."""
        return self._rewriting.run_at_night(utc_now())

    def erase_overdue(self) -> int:
        """Apply the deadlines; returns the number of erased drafts and ended checks."""
        drafts, checks = timedelta(days=self._settings.draft_days), timedelta(days=self._settings.check_days)
        erased, late = self._retention.run(drafts, checks)
        if erased or late:
            logger.info("%d drafts were erased and %d checks ended by their deadlines", len(erased), len(late))
        return len(erased) + len(late)

    def delete_old_codes(self) -> int:
        """Delete old codes; returns their number."""
        with self._store.write() as session:
            return forget_old(session, utc_now())

    def delete_old_emails(self) -> int:
        """Delete old e-mail files; returns their number."""
        return delete_old_files(self._settings.data_dir, utc_now())

    def delete_done_work(self) -> int:
        """Delete old finished entries of the outbox; returns their number."""
        with self._store.write() as session:
            return outbox.forget_done(session, utc_now())


def _attempt(work: Callable[[], int]) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001  (the other work continues, and this is tried again)
        logger.error("scheduled work %s failed: %s", getattr(work, "__name__", "work"), described(error))
