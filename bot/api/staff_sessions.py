"""The sessions of the staff: a random token in a cookie that no script can read; the database holds its SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from bot.storage import StaffMember, StaffSession, Store
from bot.storage.models import utc_now

#: How long a session lasts without a request, and at most: NIST SP 800-63B-4, section 2.2.3, has one hour and a day.
IDLE, LONGEST = timedelta(hours=1), timedelta(hours=12)
#: A request is noted at most so often.
_NOTED_EACH = timedelta(minutes=1)


def begin(session: Session, name: str) -> str:
    """Begin a session of a member, and delete all that are over; returns its token.

    Args:
        session: an open write transaction.
        name: of the member.
    """
    now = utc_now()
    over = or_(StaffSession.seen_at < now - IDLE, StaffSession.begun_at < now - LONGEST)
    session.execute(delete(StaffSession).where(over))
    token = secrets.token_urlsafe(32)
    session.add(StaffSession(token_hash=_hash(token), name=name, begun_at=now, seen_at=now))
    return token


def member_of(store: Store, token: str) -> StaffMember | None:
    """Prolong the session that has this token and return its member; None if no session has it, or it has ended."""
    now = utc_now()
    with store.read() as session:
        row = session.get(StaffSession, _hash(token))
        if row is None or now - row.seen_at > IDLE or now - row.begun_at > LONGEST:
            return None
        member, is_noted = session.get(StaffMember, row.name), now - row.seen_at < _NOTED_EACH
    if not is_noted:
        with store.write() as session:
            row = session.get(StaffSession, _hash(token))
            if row is not None:
                row.seen_at = now
    return member


def end(session: Session, token: str) -> str | None:
    """End the session with this token; returns its member's name, or None if there was none.

    Args:
        session: an open write transaction.
        token: from the cookie.
    """
    row = session.get(StaffSession, _hash(token))
    if row is None:
        return None
    session.delete(row)
    return row.name


def end_all(session: Session, name: str) -> None:
    """End every session of a member."""
    session.execute(delete(StaffSession).where(StaffSession.name == name))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
