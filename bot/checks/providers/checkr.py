"""The provider ``checkr``: background checks by Checkr, Inc. How a check goes: docs/checks.md.

The check's id is stored before the first call. It is the idempotency key at Checkr and the candidate's ``custom_id``:
within 24 hours Checkr recognises a repeated call, and later the provider looks for the candidate before it creates one.
A webhook only makes the provider look up the check, so it may come late, twice or in any order.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.checks.progress import CheckProgress
from bot.checks.providers.base import ProviderError
from bot.checks.providers.checkr_api import CheckrApi, Invitation, Report
from bot.checks.providers.checkr_candidate import US, split_name, work_location
from bot.checks.providers.checkr_stopping import CheckrIds, stop
from bot.checks.providers.person import UnfitError, account_name, answers_of
from bot.checks.service import ENDS, Status, reveal_date_of_birth
from bot.core.settings import Settings
from bot.registration import form
from bot.security.vault import Vault
from bot.storage import Check, Store, WebhookEvent
from bot.storage.models import utc_now

logger = logging.getLogger(__name__)

PROVIDER = "checkr"

#: How long an idempotency key is relied upon; Checkr remembers it for 24 hours.
KEY_LIFE = timedelta(hours=23)


@dataclass(frozen=True)
class _Order:
    """The data needed to start a check.

    Attributes:
        check_id: the check.
        candidate_id: set if the candidate exists already.
        person: the candidate's fields; empty if the candidate exists.
        places: the work location in Checkr's format.
        is_forgotten: whether Checkr may have forgotten the idempotency keys of an earlier attempt.
    """

    check_id: str
    candidate_id: str | None
    person: dict[str, Any]
    places: list[dict[str, str]]
    is_forgotten: bool

    def require_listed(self) -> None:
        """Make sure that an object missing from Checkr's lists does not exist.

        Raises:
            ProviderError: Checkr does not list objects outside the US.
        """
        if self.places[0]["country"] != US:
            raise ProviderError("Checkr lists nobody outside the US: look for the check in its dashboard")


class CheckrProvider:
    """Background checks by Checkr: the mentor gets an invitation, gives Checkr the rest, and Checkr makes a report.

    Each public method is one job of the outbox and ends within `bot.checks.providers.checkr_api.WORK_SECONDS`.

    Args:
        store: the database.
        vault: opens the date of birth.
        settings: key, address and package.
        progress: advances checks.
        api: makes the calls of one job.
    """

    name = PROVIDER
    needs_place = True

    def __init__(
        self,
        store: Store,
        vault: Vault,
        settings: Settings,
        progress: CheckProgress,
        *,
        api: Callable[[Settings], CheckrApi] = CheckrApi,
    ) -> None:
        self._store = store
        self._vault = vault
        self._settings = settings
        self._progress = progress
        self._api = api

    def start(self, check_id: str) -> None:
        """Start the check, or hand it to a person if Checkr cannot do it.

        Raises:
            ProviderError: it could not be started.
            VaultError: the date of birth cannot be opened.
        """
        order = self._order(check_id)
        if order is None:
            return
        with self._api(self._settings) as api:
            candidate_id = order.candidate_id or self._candidate(api, order)
            if not self._note(check_id, candidate_id=candidate_id):
                stop(api, CheckrIds(candidate_id, None, None))
                return
            invitation = self._invitation(api, order, candidate_id)
            if not self._note(check_id, Status.WAITING, invitation_id=invitation.id):
                stop(api, CheckrIds(candidate_id, invitation.id, None))

    def look_up(self, check_id: str) -> None:
        """Ask Checkr for the check's status, and advance the check.

        Raises:
            ProviderError: Checkr could not be asked.
        """
        with self._api(self._settings) as api:
            self._look_up(api, check_id)

    def cancel(self, check_id: str) -> None:
        """Stop the check at Checkr and delete the mentor's data there; a repeated call changes nothing.

        Raises:
            ProviderError: it could not be stopped.
        """
        with self._store.read() as session:
            check = session.get(Check, check_id)
            if check is not None and check.called_at is None:
                return
            known = CheckrIds.of(check) if check else CheckrIds(None, None, None)
        with self._api(self._settings) as api:
            if known.candidate_id is None:
                found = api.find_candidate(check_id)
                known = CheckrIds(found.id if found else None, known.invitation_id, known.report_id)
            if known.candidate_id is None:
                if self._is_elsewhere(check_id):
                    logger.error("ALERT Checkr does not list candidates outside the US: look for check %s", check_id)
                return
            stop(api, known)

    def forget(self, check_id: str) -> None:
        """After a check's end, stop it at Checkr and delete the mentor's data there.

        Raises:
            ProviderError: the data could not be deleted.
        """
        with self._store.read() as session:
            check = session.get(Check, check_id)
            if check is not None and check.status not in ENDS:
                return
        self.cancel(check_id)

    def take_event(self, event_id: str) -> None:
        """Look up the check of a webhook's event; the event's own content is not trusted.

        Args:
            event_id: of a `WebhookEvent`.

        Raises:
            ProviderError: Checkr could not be asked.
        """
        with self._store.read() as session:
            event = session.get(WebhookEvent, event_id)
        if event is None:
            return
        with self._api(self._settings) as api:
            check_id = self._check_of(api, event.object_type, event.object_id)
            if check_id is None:
                logger.info("Checkr's event %s concerns no check of ours", event_id)
                return
            self._look_up(api, check_id)

    def _order(self, check_id: str) -> _Order | None:
        """The data to start the check; None if it has started or ended, or if Checkr cannot do it."""
        with self._store.write() as session:
            check = session.get(Check, check_id, with_for_update=True)
            if check is None or check.provider != self.name or check.status != Status.QUEUED:
                return None
            try:
                answers = answers_of(session, check.mentor_id)
                places = [work_location(answers)]
                person = {} if check.candidate_id else self._person(session, check, answers)
            except UnfitError as error:
                self._progress.advance(session, check, Status.REVIEW, reason=str(error))
                return None
            is_forgotten = check.called_at is not None and check.called_at < utc_now() - KEY_LIFE
            check.called_at = check.called_at or utc_now()
            return _Order(check_id, check.candidate_id, person, places, is_forgotten)

    def _person(self, session: Session, check: Check, answers: dict[str, str]) -> dict[str, Any]:
        first, last = split_name(answers.get(form.FULL_NAME) or account_name(session, check.mentor_id) or "")
        if form.EMAIL not in answers:
            raise UnfitError("Checkr needs an e-mail address, and there is none.")
        born = reveal_date_of_birth(session, self._vault, check, self.name)
        if born is None:
            raise UnfitError("Checkr needs the date of birth, and there is none.")
        return {
            "first_name": first,
            "last_name": last,
            "no_middle_name": True,
            "email": answers[form.EMAIL],
            "dob": born,
        }

    @staticmethod
    def _candidate(api: CheckrApi, order: _Order) -> str:
        if order.is_forgotten:
            found = api.find_candidate(order.check_id)
            if found is not None:
                return found.id
            order.require_listed()
        body = {**order.person, "work_locations": order.places, "custom_id": order.check_id}
        return api.create_candidate(order.check_id, body).id

    def _invitation(self, api: CheckrApi, order: _Order, candidate_id: str) -> Invitation:
        if order.is_forgotten:
            found = api.find_invitation(candidate_id)
            if found is not None:
                return found
            order.require_listed()
        body = {
            "candidate_id": candidate_id,
            "package": self._settings.checkr_package,
            "work_locations": order.places,
        }
        return api.create_invitation(order.check_id, body)

    def _note(self, check_id: str, status: Status | None = None, **ids: str | None) -> bool:
        """Store Checkr's ids and, if known, the check's status; returns whether the check is still open."""
        with self._store.write() as session:
            check = session.get(Check, check_id, with_for_update=True)
            if check is None:
                return False
            for name, value in ids.items():
                setattr(check, name, value or getattr(check, name))
            if status is not None:
                self._progress.advance(session, check, status)
            return check.status not in ENDS

    def _look_up(self, api: CheckrApi, check_id: str) -> None:
        with self._store.read() as session:
            check = session.get(Check, check_id)
            if check is None or check.provider != self.name or check.called_at is None or check.status in ENDS:
                return
            known = CheckrIds.of(check)
        candidate = api.candidate(known.candidate_id) if known.candidate_id else api.find_candidate(check_id)
        if candidate is None:
            logger.warning("Checkr does not know the candidate of check %s", check_id)
            return
        invitation = api.invitation(known.invitation_id) if known.invitation_id else None
        report_id = known.report_id or (invitation.report_id if invitation else None)
        report_id = report_id or next(reversed(candidate.report_ids), None)
        report = api.report(report_id) if report_id else None
        with self._store.write() as session:
            check = session.get(Check, check_id, with_for_update=True)
            if check is None:
                return
            check.candidate_id = candidate.id
            check.report_id = report.id if report else check.report_id
            check.looked_up_at = utc_now()
            status = standing(invitation, report)
            if status is not None:
                self._progress.advance(session, check, status)
            has_ended = check.status in ENDS
        if has_ended:
            self._store.checkpoint()  # the date of birth leaves SQLite's log, too

    def _check_of(self, api: CheckrApi, object_type: str, object_id: str) -> str | None:
        """The check of an object at Checkr."""
        fetch = {"candidate": api.candidate, "invitation": api.invitation, "report": api.report}.get(object_type)
        found = fetch(object_id) if fetch else None
        if found is None:
            return None
        with self._store.read() as session:
            mine = select(Check.id).where(
                Check.provider == self.name,
                or_(
                    Check.candidate_id == found.candidate_id,
                    Check.invitation_id == found.id,
                    Check.report_id == found.id,
                ),
            )
            check_id = session.scalars(mine.limit(1)).one_or_none()
        if check_id is not None:
            return check_id
        candidate = api.candidate(found.candidate_id)
        return self._own(candidate.custom_id) if candidate and candidate.custom_id else None

    def _own(self, check_id: str) -> str | None:
        with self._store.read() as session:
            return session.scalars(
                select(Check.id).where(Check.id == check_id, Check.provider == self.name)
            ).one_or_none()

    def _is_elsewhere(self, check_id: str) -> bool:
        """Whether the mentor works outside the US."""
        with self._store.read() as session:
            check = session.get(Check, check_id)
            return check is not None and answers_of(session, check.mentor_id).get("country", US) != US


def standing(invitation: Invitation | None, report: Report | None) -> Status | None:
    """A check's status, from its invitation and report; None if they do not tell.

    Only a report that is clear in every part clears the check. A report with anything to consider, a cancelled
    screening, an unknown result or a dispute goes to a person.
    """
    if report is not None:
        if report.status == "complete":
            is_clear = report.result == "clear" and not report.includes_canceled
            return Status.CLEAR if is_clear else Status.REVIEW
        return {"dispute": Status.REVIEW, "canceled": Status.CANCELLED}.get(report.status, Status.WAITING)
    if invitation is not None:
        ends = {"expired": Status.EXPIRED, "cancelled": Status.CANCELLED}
        return ends.get(invitation.status, Status.WAITING)
    return None
