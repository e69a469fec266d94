"""The status of a registration and its background check, as one sentence."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.checks.service import Status, current_check
from bot.messages.home import STANDING
from bot.registration.answers import MessageRef
from bot.registration.registration import Registration
from bot.storage.models import utc_now

#: Checks that ended without a result, not by the mentor.
ENDED_EARLY = frozenset({Status.CANCELLED, Status.EXPIRED})


def status_note(session: Session, current: Registration) -> MessageRef:
    """How a registration and its background check stand, and since when."""
    check, mentor = current_check(session, current.mentor.id), current.mentor
    since = (check and (check.decided_at or check.notice_at)) or mentor.submitted_at or utc_now()
    here = since.astimezone(ZoneInfo(mentor.time_zone or "UTC"))
    return MessageRef(f"{STANDING}{stage(session, current)}", (("since", here),))


def with_standing(session: Session, current: Registration, note: MessageRef) -> MessageRef:
    """A note; if it says how the registration stands, with since when."""
    return status_note(session, current) if note.id.startswith(STANDING) else note


def stage(session: Session, current: Registration) -> str:
    """How far a registration is: ``new``, ``draft``, ``withdrawn``, or a value of `Status` once it is submitted."""
    check = current_check(session, current.mentor.id)
    if current.mentor.submitted_at is None and check is not None and check.status not in ENDED_EARLY:
        return "withdrawn"  # a consent was withdrawn after the check
    if current.mentor.submitted_at is None or check is None:
        return "draft" if current.mentor.started_at else "new"
    return str(check.status)
