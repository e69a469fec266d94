"""JobGen accounts. The local table stands for JobGen's own account service."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store import Account


class AccountService:
    """Accounts in the local table.

    An address is not proven to be the mentor's yet: ``Account.verified_at`` stays empty until it is.
    """

    def open_account(self, session: Session, *, email: str, full_name: str | None) -> str:
        """Find the account of an e-mail address, or open one.

        Args:
            session: an open write transaction.
            email: a normalised address.
            full_name: full legal name, if the mentor gave one; an account's known name is not overwritten.

        Returns:
            The account's id.
        """
        account = session.scalars(select(Account).where(Account.email == email)).one_or_none()
        if account is None:
            account = Account(email=email)
            session.add(account)
        if account.full_name is None:
            account.full_name = full_name
        session.flush()
        return account.id
