"""Opens accounts at the account service, after the submit has created them in the local table."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.accounts.account_service import AccountService
from bot.jobs.queue import enqueue
from bot.storage import Account, OutboxEntry, Store

#: Opens an account at the service; its subject is the id in the local table.
OPEN = "account.open"


def queue_opening(session: Session, account_id: str, mentor_id: str) -> None:
    """Queue the opening of an account at the service, after this transaction's commit; a repeated call changes nothing.

    Args:
        session: an open write transaction.
        account_id: its id in the local table.
        mentor_id: who registered with it.
    """
    known = select(OutboxEntry.id).where(OutboxEntry.kind == OPEN, OutboxEntry.subject_id == account_id)
    if session.scalars(known).one_or_none() is None:
        enqueue(session, OPEN, account_id, mentor_id=mentor_id)


class AccountOpener:
    """Opens accounts at the service.

    Args:
        store: the database.
        service: the account service.
    """

    def __init__(self, store: Store, service: AccountService) -> None:
        self._store = store
        self._service = service

    def open(self, account_id: str) -> None:
        """Open one account at the service and store its id; does nothing if the id is known or the account erased.

        Args:
            account_id: its id in the local table, also used as the idempotency key.

        Raises:
            AccountsError: it could not be opened now.
        """
        with self._store.read() as session:
            account = session.get(Account, account_id)
        if account is None or account.external_id is not None:
            return
        external_id = self._service.open_account(account.email, account.full_name, account.id)
        with self._store.write() as session:
            session.execute(update(Account).where(Account.id == account_id).values(external_id=external_id))
