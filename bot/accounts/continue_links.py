"""Links with which a registration goes on on another channel: one use, an hour, and only their hashes are stored.

The token is made of a random id and a code over it, so that a transcript, which holds the id, gives no link away.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.security.vault import Vault
from bot.storage import ContinueLink
from bot.storage.models import new_id, utc_now

#: How long a link is good for.
LIFETIME = timedelta(hours=1)
#: Telegram takes start parameters of up to 64 letters, digits, "_" and "-": core.telegram.org/bots/features.
_CODE_BYTES = 16
_TOKEN = re.compile(r"[0-9a-f]{32}[A-Za-z0-9_-]{22}")


def make(session: Session, vault: Vault, mentor_id: str) -> str:
    """The id of a new link for this mentor; the ones before it are no longer good."""
    session.execute(delete(ContinueLink).where(ContinueLink.mentor_id == mentor_id, ContinueLink.used_at.is_(None)))
    link_id = new_id()
    row = ContinueLink(token_hash=_hash(token_of(vault, link_id)), mentor_id=mentor_id, expires_at=utc_now() + LIFETIME)
    session.add(row)
    return link_id


def token_of(vault: Vault, link_id: str) -> str:
    """The token of a link: 54 letters, digits, "_" and "-"."""
    code = hmac.digest(vault.derived_key("continue links"), link_id.encode(), hashlib.sha256)[:_CODE_BYTES]
    return link_id + base64.urlsafe_b64encode(code).decode().rstrip("=")


def is_token(text: str) -> bool:
    """Whether a text is written as our tokens are; what follows ``/start`` may be somebody's campaign."""
    return _TOKEN.fullmatch(text) is not None


def find(session: Session, token: str) -> ContinueLink | None:
    """The link of a token, locked; None if it is used up or too old, or never was one."""
    link = session.get(ContinueLink, _hash(token), with_for_update=True)
    if link is None or link.used_at is not None or link.expires_at < utc_now():
        return None
    return link


def used_for(session: Session, token: str) -> str | None:
    """The mentor whose registration a link went on with that is used up; None for any other token."""
    link = session.get(ContinueLink, _hash(token))
    return link.mentor_id if link is not None and link.used_at is not None else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
