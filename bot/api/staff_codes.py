"""One-time codes of the staff (TOTP, RFC 6238), from an authenticator app that knows a member's key."""

from __future__ import annotations

import secrets
import time

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy.orm import Session

from bot.api.staff_accounts import found
from bot.api.staff_sessions import end_all
from bot.core.organisation import ORGANISATION
from bot.security.vault import Purpose, Vault
from bot.storage import AuditRecord, StaffMember

DIGITS = 6
#: Seconds that a code is for.
STEP_SECONDS = 30
#: Of a key: RFC 4226, section 4, recommends 160 bits.
_KEY_BYTES = 20
#: Steps by which a clock may be wrong: RFC 6238, section 5.2, recommends one.
_TOLERANCE = 1


def enrol(session: Session, vault: Vault, name: str, actor: str) -> str:
    """Give a member a new key; the one before and their sessions end, and the audit records it.

    Args:
        session: an open write transaction.
        vault: seals the key.
        name: of the member.
        actor: who made the change, for the audit.

    Returns:
        The key's address for an authenticator app: ``otpauth://totp/…``.

    Raises:
        StaffError: nobody has this name.
    """
    member = found(session, name)
    key = secrets.token_bytes(_KEY_BYTES)
    vault.destroy(session, name, Purpose.STAFF)
    member.code_key = vault.seal(session, name, Purpose.STAFF, "code", key)
    member.code_step = 0
    end_all(session, name)
    session.add(AuditRecord(actor=actor, action="new key for codes", subject_id=name))
    return _codes(key).get_provisioning_uri(name, ORGANISATION.name)


def accept(session: Session, vault: Vault, name: str, code: str) -> bool:
    """Whether ``code`` is a code of now that the member has not used; it cannot be used again.

    Args:
        session: an open write transaction.
        vault: opens the key.
        name: of the member.
        code: as typed; spaces do not count.
    """
    member = session.get(StaffMember, name, with_for_update=True, populate_existing=True)
    if member is None or member.code_key is None:
        return False
    codes = _codes(vault.open(session, name, Purpose.STAFF, "code", member.code_key))
    typed, now = "".join(code.split()).encode(), int(time.time()) // STEP_SECONDS
    for step in range(now - _TOLERANCE, now + _TOLERANCE + 1):
        if step > member.code_step and bytes_eq(codes.generate(step * STEP_SECONDS), typed):
            member.code_step = step
            return True
    return False


def _codes(key: bytes) -> TOTP:
    return TOTP(key, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303  (the only hash that every authenticator app knows)
