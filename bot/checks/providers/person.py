"""What a provider has to know of a mentor."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage import Account, Answer, Mentor


class UnfitError(Exception):
    """The provider cannot do this check; the message says why, for the person who decides instead."""


def answers_of(session: Session, mentor_id: str) -> dict[str, str]:
    """The mentor's answers, by question."""
    rows = session.execute(select(Answer.item_id, Answer.value).where(Answer.mentor_id == mentor_id))
    return {row.item_id: row.value for row in rows}


def account_name(session: Session, mentor_id: str) -> str | None:
    """The name in the mentor's account: mentors with an account were not asked for it."""
    mentor = session.get(Mentor, mentor_id)
    account = session.get(Account, mentor.account_id) if mentor and mentor.account_id else None
    return account.full_name if account else None
