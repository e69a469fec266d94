"""What happened to a check, in order, from the check itself, the audit, the ledger, the chat and the e-mails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from bot.api.staff_list import EXPORTED, STANDS
from bot.checks.service import FIRST, Status
from bot.registration import form
from bot.registration.answers import AGREED
from bot.storage import AuditRecord, Check, Consent, Conversation, Mail, TranscriptMessage

#: A mentor is told in the transaction that changes the status, so both have nearly the same time.
_SAME_MOMENT = timedelta(seconds=5)
_ACTIONS = {
    "decide clear": "Decided: clear",
    "decide decline": "Decided: propose to decline",
    f"decide clear{FIRST}": "First decision: clear",
    f"decide decline{FIRST}": "First decision: propose to decline",
    "reveal date of birth": "Looked at the date of birth",
    "expire check": "Ended because nothing came in time",
    EXPORTED: "Exported in a list",
}


class Step(NamedTuple):
    """A line of the timeline.

    Attributes:
        at: when it happened.
        what: in words for the staff.
        actor: the name of the staff member, or "".
    """

    at: datetime
    what: str
    actor: str = ""


def timeline(session: Session, check: Check) -> list[Step]:
    """The steps of a check, the oldest first."""
    steps = [*_consents(session, check), *_progress(check), *_audit(session, check), *_notices(session, check)]
    return sorted(steps, key=lambda step: step.at)


def _consents(session: Session, check: Check) -> Iterator[Step]:
    """Those in one line that were agreed to; the others each."""
    wanted = select(Consent.item_id, Consent.decision, Consent.answered_at).where(Consent.mentor_id == check.mentor_id)
    rows = session.execute(wanted.order_by(Consent.id)).all()
    agreed = [row for row in rows if row.decision == AGREED]
    if agreed:
        number = len({row.item_id for row in agreed})
        yield Step(agreed[-1].answered_at, f"{number} consent{'s' if number > 1 else ''} given")
    for row in rows:
        if row.decision != AGREED:
            item = form.BY_ID.get(row.item_id)
            yield Step(row.answered_at, f"Consent {row.decision}: {item.wording if item else row.item_id}")


def _progress(check: Check) -> Iterator[Step]:
    yield Step(check.created_at, "Submitted")
    if check.called_at:
        yield Step(check.called_at, f"Sent to the provider ({check.provider})")
    if check.started_at and check.started_at != check.decided_at:
        yield Step(check.started_at, "Started; waiting for a decision")
    if check.notice_at:
        yield Step(check.notice_at, "Decline proposed; the mentor can respond")
    if check.decided_at:
        yield Step(check.decided_at, f"Ended: {STANDS[Status(check.status)]}")


def _audit(session: Session, check: Check) -> Iterator[Step]:
    wanted = select(AuditRecord).where(AuditRecord.subject_id == check.id).order_by(AuditRecord.id)
    for record in session.scalars(wanted):
        yield Step(record.at, _ACTIONS.get(record.action, record.action), record.actor or "unknown")


def _notices(session: Session, check: Check) -> Iterator[Step]:
    moments = [at for at in (check.notice_at, check.decided_at) if at is not None]

    def near(column: ColumnElement[datetime]) -> ColumnElement[bool]:
        return or_(false(), *(column.between(at - _SAME_MOMENT, at + _SAME_MOMENT) for at in moments))

    said = (
        select(TranscriptMessage.created_at, TranscriptMessage.delivered_at, Conversation.channel)
        .join(Conversation, Conversation.id == TranscriptMessage.conversation_id)
        .where(Conversation.mentor_id == check.mentor_id, TranscriptMessage.turn_id.is_(None))
        .where(TranscriptMessage.sender == "bot", near(TranscriptMessage.created_at.expression))
    )
    for row in session.execute(said):
        yield Step(row.delivered_at or row.created_at, f"Mentor told in the chat ({row.channel})")
    sent = select(Mail.sent_at).where(Mail.mentor_id == check.mentor_id, near(Mail.created_at.expression))
    for at in session.scalars(sent):
        if at is not None:
            yield Step(at, "Mentor told by e-mail")
