"""What the staff pages show of a check and of an answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from bot.api.mentor_report import check_row
from bot.checks.service import DECISIONS, ENDS, Status
from bot.registration import form
from bot.storage import Check
from bot.storage.models import utc_now

#: The status of a check, in words for the staff.
STANDS = {
    Status.QUEUED: "not with the provider yet",
    Status.WAITING: "waiting",
    Status.REVIEW: "a report to look at",
    Status.PRE_ADVERSE: "decline proposed; the mentor can respond",
    Status.CLEAR: "clear",
    Status.DECLINED: "declined",
    Status.CANCELLED: "cancelled",
    Status.EXPIRED: "expired",
    Status.WITHDRAWN: "withdrawn",
}


def row_of(session: Session, check: Check) -> dict[str, Any]:
    """A check as a row of the list, and at the top of its page."""
    since = {
        Status.QUEUED: check.created_at,
        Status.PRE_ADVERSE: check.notice_at or check.created_at,
    }.get(Status(check.status), check.started_at or check.created_at)
    return {
        **check_row(session, check),
        "stands": STANDS[Status(check.status)],
        "since": check.decided_at or since,
        "days": (utc_now() - check.created_at).days,
        "first_actor": check.first_actor,
        "first_decision": check.first_decision,
    }


def decisions_for(check: Check) -> list[tuple[str, str]]:
    """The decisions that are possible now, with their labels."""
    labels = {
        "clear": "Clear: no concerns found",
        "decline": "Propose to decline: the mentor is told and can respond",
    }
    status = Status(check.status)
    return [] if status in ENDS else [(name, labels[name]) for name, to in DECISIONS.items() if to != status]


def answer_row(row: dict[str, Any]) -> dict[str, Any]:
    """An answer with the wording of a choice in place of its value."""
    options = dict(form.BY_ID[row["id"]].options)
    return {**row, "value": options.get(row["value"], row["value"])}
