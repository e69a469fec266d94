"""Starting a background check with the provider, and deciding it."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot import form
from bot.store import Answer, AuditRecord, Check, SealedValue, Store
from bot.store.models import utc_now
from bot.vault import Purpose, Vault


class Status(StrEnum):
    """Where a check stands."""

    QUEUED = "queued"
    WAITING = "waiting"
    CLEAR = "clear"
    EXPIRED = "expired"
    DECLINED = "declined"


#: What a person can decide on the command line, and the status it leads to.
DECISIONS = {"clear": Status.CLEAR, "decline": Status.DECLINED}


class CheckError(Exception):
    """A check cannot be decided like that; the message says why."""


class ManualProvider:
    """The default provider: a person looks, and decides with ``bot checks decide``.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def start(self, check_id: str) -> None:
        """Put the check before a person. Doing it again changes nothing."""
        with self._store.write() as session:
            check = session.get_one(Check, check_id, with_for_update=True)
            if check.status == Status.QUEUED:
                check.status = Status.WAITING
                check.started_at = utc_now()


def decide(session: Session, vault: Vault, check_id: str, decision: str, reason: str | None = None) -> Check:
    """End a check: record the decision and delete the date of birth for good.

    Args:
        session: an open write transaction; checkpoint the store after its commit.
        vault: holds the key of what the check needed.
        check_id: the check's id, or the beginning of it if no other check's begins like that.
        decision: a key of `DECISIONS`.
        reason: why, in the words of who decided.

    Raises:
        CheckError: no such check, it is decided already, or the decision is none.
    """
    check = find_check(session, check_id)
    if decision not in DECISIONS:
        raise CheckError(f"A check can be decided {' or '.join(DECISIONS)}, not {decision!r}.")
    if check.decided_at is not None:
        raise CheckError(f"Check {check.id} was decided before: {check.status}.")
    end(session, vault, check, DECISIONS[decision])
    check.reason = reason
    return check


def end(session: Session, vault: Vault, check: Check, status: Status) -> None:
    """End a check, however it ends: the date of birth is deleted and its key destroyed."""
    check.status = status
    check.decided_at = utc_now()
    check.started_at = check.started_at or check.decided_at
    session.execute(delete(SealedValue).where(SealedValue.mentor_id == check.mentor_id))
    session.execute(delete(Answer).where(Answer.mentor_id == check.mentor_id, Answer.item_id == form.DATE_OF_BIRTH))
    vault.destroy(session, check.mentor_id, Purpose.CHECK)


def reveal_date_of_birth(session: Session, vault: Vault, check: Check, actor: str) -> str | None:
    """The date of birth that a check needs, in ISO 8601, or None once it is deleted; that it was read is recorded.

    Args:
        session: an open write transaction.
        vault: holds the mentor's key.
        check: the check that somebody works on.
        actor: who reads it.

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
    """The check whose id is, or alone begins with, ``check_id``.

    Raises:
        CheckError: there is none, or more than one.
    """
    found = session.scalars(select(Check).where(Check.id.startswith(check_id, autoescape=True)).with_for_update()).all()
    if not check_id or len(found) != 1:
        raise CheckError(f"{'No' if not found else 'More than one'} check has an id that begins with {check_id!r}.")
    return found[0]
