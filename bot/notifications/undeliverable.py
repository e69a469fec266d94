"""Addresses to which e-mails do not arrive: noted, the mentor told in the chat, and nothing more sent there."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.messages.masks import masked_address
from bot.notifications.notify import tell
from bot.registration import form
from bot.registration.answers import MessageRef
from bot.registration.registration import Registration
from bot.security.vault import Vault
from bot.storage import Mentor


class Undeliverable:
    """Notes addresses that refuse e-mails.

    Args:
        vault: as for `tell`.
        contact: where a mentor can write to a person.
    """

    def __init__(self, vault: Vault, contact: str) -> None:
        self._vault = vault
        self._contact = contact

    def note(self, session: Session, mentor_id: str, address: str) -> None:
        """Note that an address refuses e-mails, and tell its mentor, once.

        Nothing is done if the mentor is erased, or has another address by now. A code that arrives ends it.

        Args:
            session: an open write transaction.
            mentor_id: who was written to.
            address: where.
        """
        mentor = session.get(Mentor, mentor_id, with_for_update=True)
        refused = address.lower()
        if mentor is None or mentor.undeliverable_email == refused:
            return
        current = Registration(session, mentor)
        theirs = {mentor.verified_email, current.answers.get(form.EMAIL, "").lower()}
        if refused not in theirs and not current.is_proving_other:
            return
        mentor.undeliverable_email = refused
        note = MessageRef("note-undeliverable", (("address", masked_address(address)),))
        tell(session, self._vault, self._contact, mentor_id, note)
