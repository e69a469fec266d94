"""Links that continue a registration elsewhere: good once, for a limited time, and stored only as hashes.

The token consists of a random id and a code over it. A transcript holds only the id, so it reveals no link.
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

#: How long a link is good for that a mentor asks for, and one in an e-mail, which may be read days later.
LIFETIME = timedelta(hours=1)
EMAIL_LIFETIME = timedelta(days=7)
#: Telegram takes start parameters of up to 64 letters, digits, "_" and "-": core.telegram.org/bots/features.
_CODE_BYTES = 16
_TOKEN = re.compile(r"[0-9a-f]{32}[A-Za-z0-9_-]{22}")


def make(session: Session, vault: Vault, mentor_id: str, lifetime: timedelta = LIFETIME) -> str:
    """Make a link for this mentor and return its id; earlier links stop working.

    Args:
        session: an open write transaction.
        vault: makes its token.
        mentor_id: of the registration.
        lifetime: how long it works.
    """
    session.execute(delete(ContinueLink).where(ContinueLink.mentor_id == mentor_id, ContinueLink.used_at.is_(None)))
    link_id = new_id()
    token_hash = _hash(token_of(vault, link_id))
    session.add(ContinueLink(token_hash=token_hash, mentor_id=mentor_id, expires_at=utc_now() + lifetime))
    return link_id


def token_of(vault: Vault, link_id: str) -> str:
    """The token of a link: 54 letters, digits, "_" and "-"."""
    code = hmac.digest(vault.derived_key("continue links"), link_id.encode(), hashlib.sha256)[:_CODE_BYTES]
    return link_id + base64.urlsafe_b64encode(code).decode().rstrip("=")


def address_of(site: str, token: str) -> str:
    """The address at which a link's token continues a registration on the site."""
    return f"{site}/?continue={token}"


def is_token(text: str) -> bool:
    """Whether a text looks like a token; ``/start`` may also carry a campaign's name."""
    return _TOKEN.fullmatch(text) is not None


def find(session: Session, token: str) -> ContinueLink | None:
    """The link of a token, locked; None if the link is used, too old or unknown."""
    link = session.get(ContinueLink, _hash(token), with_for_update=True)
    return link if link is not None and _works(link) else None


def works_for(session: Session, token: str, mentor_id: str) -> bool:
    """Whether a token continues this mentor's registration now."""
    link = session.get(ContinueLink, _hash(token))
    return link is not None and link.mentor_id == mentor_id and _works(link)


def used_for(session: Session, token: str) -> str | None:
    """The mentor whose registration a used link continued; None for any other token."""
    link = session.get(ContinueLink, _hash(token))
    return link.mentor_id if link is not None and link.used_at is not None else None


def _works(link: ContinueLink) -> bool:
    return link.used_at is None and link.expires_at >= utc_now()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
