"""The links in reminders that end them. A link is a mentor's id with a code over it, so nothing has to be stored."""

from __future__ import annotations

import hashlib

from itsdangerous import BadSignature, Signer
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.security.vault import Vault
from bot.storage import Mentor
from bot.storage.models import utc_now

#: Path of the page, below which the token follows.
PATH = "/reminders/stop"


def stop_address(site: str, vault: Vault, mentor_id: str) -> str:
    """The address of the page that ends a mentor's reminders."""
    return f"{site}{PATH}/{_signer(vault).sign(mentor_id).decode()}"


def mentor_of(vault: Vault, token: str) -> str | None:
    """The id of the mentor whose reminders a token ends; None if it was not made here, or under an older master key."""
    try:
        return _signer(vault).unsign(token.encode(errors="replace")).decode()
    except BadSignature:
        return None


def stop(session: Session, mentor_id: str) -> None:
    """End a mentor's reminders; nothing is done if they are erased, or have none.

    Args:
        session: an open write transaction.
        mentor_id: whose.
    """
    theirs = update(Mentor).where(Mentor.id == mentor_id, Mentor.reminders_off_at.is_(None))
    session.execute(theirs.values(reminders_off_at=utc_now(), remind_at=None))


def _signer(vault: Vault) -> Signer:
    return Signer(vault.derived_key("stop reminders"), digest_method=hashlib.sha256)
