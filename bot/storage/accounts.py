"""Accounts that no mentor has any more."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.storage.models import Account, Mentor


def delete_unused_account(session: Session, account_id: str | None) -> int:
    """Delete an account from the local table unless a mentor has it; how many that were.

    Args:
        session: an open write transaction.
        account_id: its id in the local table; None for no account.
    """
    used = select(Mentor.id).where(Mentor.account_id == Account.id).exists()
    unused = delete(Account).where(Account.id == account_id, ~used).execution_options(synchronize_session=False)
    return session.connection().execute(unused).rowcount
