"""Queues e-mails in the transaction that causes them, and sends them from the outbox."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.core.files import write_whole
from bot.core.settings import Settings
from bot.jobs.queue import enqueue
from bot.notifications.emails.files import email_file
from bot.notifications.emails.message import Email, RefusedError, compose, read_sender
from bot.notifications.emails.smtp import MailServer
from bot.security.vault import Purpose, Vault
from bot.storage import Mail, Store
from bot.storage.models import new_id, utc_now

logger = logging.getLogger(__name__)

#: Sends an e-mail; its subject is the e-mail's id.
SEND = "mail.send"
#: Is called with the transaction, the mentor's id and the address.
OnRefused = Callable[[Session, str, str], None]


def queue_email(session: Session, vault: Vault, mentor_id: str, email: Email) -> str:
    """Queue an e-mail, to be sent after this transaction's commit; returns its id.

    Args:
        session: an open write transaction.
        vault: encrypts it while it waits.
        mentor_id: the recipient.
        email: the e-mail.
    """
    mail_id = new_id()
    contents = vault.seal(session, mentor_id, Purpose.CONVERSATION, mail_id, json.dumps(asdict(email)).encode())
    session.add(Mail(id=mail_id, mentor_id=mentor_id, contents=contents))
    enqueue(session, SEND, mail_id, mentor_id=mentor_id)
    return mail_id


class MailSender:
    """Sends queued e-mails.

    Args:
        store: the database.
        vault: opens them.
        settings: hold ``MAIL_URL``, ``MAIL_FROM`` and ``DATA_DIR``.
        on_refused: is told who was written to at which address that refuses e-mails, in the transaction that gives
            the e-mail up.

    Raises:
        SettingsError: ``MAIL_URL`` or ``MAIL_FROM`` cannot be used.
    """

    def __init__(self, store: Store, vault: Vault, settings: Settings, on_refused: OnRefused = lambda *_: None) -> None:
        self._on_refused = on_refused
        self._store = store
        self._vault = vault
        self._data_dir = settings.data_dir
        self._sender = read_sender(settings.mail_from)
        url = settings.mail_url.get_secret_value()
        self._server = MailServer.parse(url) if url else None

    def send(self, mail_id: str) -> None:
        """Send one e-mail and destroy its contents; do nothing if it was sent, refused or erased before.

        If the service dies in between it is sent again, with the same Message-ID.

        Args:
            mail_id: the e-mail's id.

        Raises:
            MailError: it could not be sent now.
            VaultError: it cannot be opened.
        """
        try:
            if self._server is None:
                self._keep(mail_id)
            else:
                self._hand_over(mail_id, self._server)
        except RefusedError as refused:
            alert = "ALERT SPF, DKIM or DMARC may be wrong: " if refused.by_policy else ""
            logger.error("%se-mail %s cannot be delivered: %s", alert, mail_id, refused)
            self._give_up(mail_id, refused)

    def _hand_over(self, mail_id: str, server: MailServer) -> None:
        with self._store.read() as session:
            message = self._message(session, session.get(Mail, mail_id))
        if message is not None:
            asyncio.run(server.deliver(message, self._sender))
            self._finish(mail_id, utc_now())

    def _keep(self, mail_id: str) -> None:
        with self._store.write() as session:
            # Under the row's lock: after an earlier erasure there is nothing to write, and a later one finds the file.
            mail = session.get(Mail, mail_id, with_for_update=True)
            message = self._message(session, mail)
            if mail is None or message is None:
                return
            path = email_file(self._data_dir, mail_id)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, message.as_bytes())
            mail.contents, mail.sent_at = None, utc_now()

    def _give_up(self, mail_id: str, refused: RefusedError) -> None:
        """Destroy what nobody takes, and note its address in the same transaction, so that it is noted once."""
        with self._store.write() as session:
            mail = session.get(Mail, mail_id, with_for_update=True)
            if mail is None or mail.contents is None:
                return
            email = self._opened(session, mail, mail.contents)
            mail.contents = None
            if not refused.by_policy:
                self._on_refused(session, mail.mentor_id, email.to)

    def _message(self, session: Session, mail: Mail | None) -> EmailMessage | None:
        if mail is None or mail.contents is None:
            return None
        return compose(mail.id, self._sender, self._opened(session, mail, mail.contents), utc_now())

    def _opened(self, session: Session, mail: Mail, sealed: bytes) -> Email:
        return Email(**json.loads(self._vault.open(session, mail.mentor_id, Purpose.CONVERSATION, mail.id, sealed)))

    def _finish(self, mail_id: str, sent_at: datetime) -> None:
        with self._store.write() as session:
            session.execute(update(Mail).where(Mail.id == mail_id).values(contents=None, sent_at=sent_at))
