"""The background check: its status, its progress and its end.

A check only moves forward (`advance`), so a provider's messages lead to the same end when they come twice, late or in
another order. No machine turns anyone down: a report that is not clear goes to a person, and a mentor is told before
they are turned down and has time to respond. No provider changes what a person has decided.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.jobs.queue import enqueue
from bot.registration import form
from bot.security.vault import Purpose, Vault
from bot.storage import Answer, AuditRecord, Check, SealedValue
from bot.storage.models import utc_now

logger = logging.getLogger(__name__)

#: Job: the provider deletes the mentor's data; its subject is the check's id.
CHECK_FORGET = "check.forget"
#: Job: stops a check at its provider; its subject is the check's id.
CHECK_CANCEL = "check.cancel"


class Status(StrEnum):
    """The status of a check.

    `QUEUED`: submitted, not yet with the provider. `WAITING`: with the provider, or with the person who decides.
    `REVIEW`: a person has to look at the report. `PRE_ADVERSE`: decided against the mentor, who was told and can
    respond. All others are ends.
    """

    QUEUED = "queued"
    WAITING = "waiting"
    REVIEW = "review"
    PRE_ADVERSE = "pre_adverse"
    CLEAR = "clear"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


#: A person's possible decisions, and the status of each.
DECISIONS = {"clear": Status.CLEAR, "decline": Status.PRE_ADVERSE}
#: Ends the audit's "decide clear" of the first of two people; only the second decision changes the check.
FIRST = " first"
ENDS = frozenset({Status.CLEAR, Status.DECLINED, Status.CANCELLED, Status.EXPIRED, Status.WITHDRAWN})
#: The statuses that a provider may set. Anything else is against the mentor, so a person looks at it.
_OF_PROVIDERS = frozenset({Status.WAITING, Status.REVIEW, Status.CLEAR, Status.CANCELLED, Status.EXPIRED})
_ORDER = {Status.QUEUED: 0, Status.WAITING: 1, Status.REVIEW: 2, Status.PRE_ADVERSE: 3}


class CheckError(Exception):
    """The decision is not possible; the message says why."""


def current_check(session: Session, mentor_id: str) -> Check | None:
    """The newest check of a mentor."""
    wanted = select(Check).where(Check.mentor_id == mentor_id).order_by(Check.created_at.desc(), Check.id).limit(1)
    return session.scalars(wanted).one_or_none()


def advance(session: Session, vault: Vault, check: Check, status: Status, *, by_person: bool = False) -> bool:
    """Advance a check to ``status``, unless it is there or further already.

    Once a person has begun to decide, a provider changes nothing. A provider never turns a mentor down: such a status
    sends the check to a person.

    Args:
        session: an open write transaction; the check's row is locked in it, or nobody else has it.
        vault: holds the key of the date of birth, which is destroyed at an end.
        check: the check.
        status: the new status.
        by_person: whether a person decided that, or it follows from a person's decision; otherwise it comes from the
            provider.

    Returns:
        Whether the status changed.
    """
    known = Status(check.status)
    if not by_person:
        has_decider = known is Status.PRE_ADVERSE or check.first_decision is not None
        if has_decider and status is not Status.WAITING:
            logger.info("check %s is %s at its provider; a person is deciding it", check.id, status)
            return False
        status = status if status in _OF_PROVIDERS else Status.REVIEW
    if known in ENDS or (status not in ENDS and _ORDER[status] <= _ORDER[known]):
        return False
    if status in ENDS:
        end(session, vault, check, status)
    else:
        check.status = status
        check.started_at = check.started_at or utc_now()
        if status is Status.PRE_ADVERSE:
            check.notice_at = utc_now()
    return True


def decide(
    session: Session,
    vault: Vault,
    check_id: str,
    decision: str,
    reason: str | None = None,
    *,
    actor: str = "",
    four_eyes: bool = False,
) -> Check:
    """Record a person's decision: "clear" ends the check; "decline" first tells the mentor.

    Args:
        session: an open write transaction; checkpoint the store after its commit.
        vault: holds the key of the date of birth.
        check_id: the check's id, or a unique beginning of it.
        decision: a key of `DECISIONS`.
        reason: the person's reason.
        actor: the person's name.
        four_eyes: whether a second person must make the same decision before the check changes.

    Raises:
        CheckError: there is no such check or decision, the check is decided already, or the second decision differs or
        comes from the same person.
    """
    check = find_check(session, check_id)
    if decision not in DECISIONS:
        raise CheckError(f"A check can be decided {' or '.join(DECISIONS)}, not {decision!r}.")
    if check.decided_at is not None:
        raise CheckError(f"Check {check.id} was decided before: {check.status}.")
    if check.status == DECISIONS[decision]:
        raise CheckError(f"Check {check.id} was already decided so; the mentor has time to respond.")
    record = AuditRecord(actor=actor, action=f"decide {decision}", subject_id=check.id)
    session.add(record)
    check.reason = reason if reason is not None else check.reason
    if four_eyes and not _second(check, decision, actor):
        record.action += FIRST
        return check
    check.first_decision = check.first_actor = None
    advance(session, vault, check, DECISIONS[decision], by_person=True)
    return check


def _second(check: Check, decision: str, actor: str) -> bool:
    """Whether ``decision`` confirms another person's first one; if there is none, it becomes the first."""
    if check.first_decision is None:
        check.first_decision, check.first_actor = decision, actor
        return False
    if check.first_actor == actor:
        if check.first_decision == decision:
            raise CheckError(f"{actor} decided so already: another person has to decide, too.")
        check.first_decision = decision  # they may have talked
        return False
    if check.first_decision != decision:
        raise CheckError(f"{check.first_actor} decided {check.first_decision!r}: talk to each other first.")
    return True


def overdue_notices(session: Session, now: datetime, waiting: timedelta) -> list[Check]:
    """The checks whose mentors have had their time to respond, locked so that the decision takes effect."""
    return list(
        session.scalars(
            select(Check)
            .where(Check.status == Status.PRE_ADVERSE, Check.notice_at < now - waiting)
            .with_for_update(skip_locked=True)
        )
    )


def end(session: Session, vault: Vault, check: Check, status: Status) -> None:
    """End a check: delete the date of birth and its key, and queue the deletion at the provider."""
    if check.decided_at is None and check.called_at is not None:
        enqueue(session, CHECK_FORGET, check.id)
    check.status = status
    check.decided_at = utc_now()
    check.started_at = check.started_at or check.decided_at
    session.execute(delete(SealedValue).where(SealedValue.mentor_id == check.mentor_id))
    session.execute(delete(Answer).where(Answer.mentor_id == check.mentor_id, Answer.item_id == form.DATE_OF_BIRTH))
    vault.destroy(session, check.mentor_id, Purpose.CHECK)


def withdraw(session: Session, vault: Vault, mentor_id: str) -> None:
    """End a mentor's open check, if there is one, here and at its provider, because the mentor withdrew."""
    check = current_check(session, mentor_id)
    if check is not None and check.status not in ENDS:
        end(session, vault, check, Status.WITHDRAWN)
        enqueue(session, CHECK_CANCEL, check.id, mentor_id=check.mentor_id)


def reveal_date_of_birth(session: Session, vault: Vault, check: Check, actor: str) -> str | None:
    """The date of birth for a check, in ISO 8601, or None once it is deleted; the audit records the reading.

    Args:
        session: an open write transaction.
        vault: holds the mentor's key.
        check: the check.
        actor: the reader's name.

    Raises:
        VaultError: the value cannot be opened.
    """
    value = session.scalars(
        select(SealedValue).where(SealedValue.mentor_id == check.mentor_id, SealedValue.name == form.DATE_OF_BIRTH)
    ).one_or_none()
    session.add(AuditRecord(actor=actor, action="reveal date of birth", subject_id=check.id))
    if value is None:
        return None
    return vault.open(session, check.mentor_id, Purpose.CHECK, form.DATE_OF_BIRTH, value.ciphertext).decode()


def find_check(session: Session, check_id: str) -> Check:
    """The check with this id, or the only one whose id begins with it.

    Raises:
        CheckError: there is none, or more than one.
    """
    found = session.scalars(select(Check).where(Check.id.startswith(check_id, autoescape=True)).with_for_update()).all()
    if not check_id or len(found) != 1:
        raise CheckError(f"{'No' if not found else 'More than one'} check has an id that begins with {check_id!r}.")
    return found[0]
