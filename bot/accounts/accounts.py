"""Mentors' accounts in the local table.

A submit finds or opens the account there in its own transaction. The outbox then has it opened at the account service
(`bot.accounts.opener`).
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.storage import Account
from bot.storage.models import utc_now


class AccountTable:
    """Accounts in the local table.

    An address is not proven to be the mentor's yet: ``Account.verified_at`` stays empty until it is.
    """

    def open_account(self, session: Session, *, email: str, full_name: str | None, verified: bool = False) -> str:
        """Find the account of an e-mail address, or open one.

        Args:
            session: an open write transaction.
            email: a normalised address.
            full_name: full legal name, if the mentor gave one; an account's known name is not overwritten.
            verified: whether the mentor proved that the address is theirs.

        Returns:
            The account's id.
        """
        account = _find(session, email) or _open(session, email)
        if account.full_name is None:
            account.full_name = full_name
        if verified and account.verified_at is None:
            account.verified_at = utc_now()
        session.flush()
        return account.id


def _find(session: Session, email: str) -> Account | None:
    return session.scalars(select(Account).where(Account.email == email)).one_or_none()


def _open(session: Session, email: str) -> Account:
    account = Account(email=email)
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:  # another transaction opened it meanwhile
        return session.scalars(select(Account).where(Account.email == email)).one()
    return account
