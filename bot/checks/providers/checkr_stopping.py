"""Stops a check at Checkr and deletes the mentor's data there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bot.checks.providers.base import ProviderError
from bot.checks.providers.checkr_api import CheckrApi, Invitation, Report
from bot.storage import Check

#: Statuses of invitations and reports that can be cancelled.
_OPEN = frozenset({"pending", "paused", "suspended"})


@dataclass(frozen=True)
class CheckrIds:
    """A check's known ids at Checkr."""

    candidate_id: str | None
    invitation_id: str | None
    report_id: str | None

    @classmethod
    def of(cls, check: Check) -> CheckrIds:
        """The ids that are stored with a check."""
        return cls(check.candidate_id, check.invitation_id, check.report_id)


def stop(api: CheckrApi, known: CheckrIds) -> None:
    """Cancel a candidate's open invitations and reports, and delete their data."""
    candidate = api.candidate(known.candidate_id) if known.candidate_id else None
    if candidate is None or candidate.email is None:
        return  # their data is already deleted, which is the last step
    invitation = api.invitation(known.invitation_id) if known.invitation_id else api.find_invitation(candidate.id)
    if invitation is not None:
        _once(partial(_has_ended, api.invitation, invitation.id), partial(api.cancel_invitation, invitation.id))
    report_ids = {*candidate.report_ids, known.report_id, invitation.report_id if invitation else None}
    for report_id in filter(None, report_ids):
        _once(partial(_has_ended, api.report, report_id), partial(api.cancel_report, report_id))
    _once(partial(_is_deleted, api, candidate.id), partial(api.delete_pii, candidate.id))


def _once(is_done: Callable[[], bool], act: Callable[[], None]) -> None:
    """Do a step unless it is done; a refusal is no error if it is done by then, for example after a lost answer."""
    if is_done():
        return
    try:
        act()
    except ProviderError:
        if not is_done():
            raise


def _has_ended(fetch: Callable[[str], Invitation | Report | None], object_id: str) -> bool:
    found = fetch(object_id)
    return found is None or found.status not in _OPEN


def _is_deleted(api: CheckrApi, candidate_id: str) -> bool:
    candidate = api.candidate(candidate_id)
    return candidate is None or candidate.email is None
