"""The staff members, who look at registrations and decide checks, and their passwords."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from enum import StrEnum

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.api.staff_sessions import end_all
from bot.security.vault import Purpose, Vault
from bot.storage import AuditRecord, StaffMember, Store

#: Valid names: a name is written to the audit, and RFC 7617 allows no colon in it.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,31}")
#: NIST SP 800-63B-4, section 3.1.1.2, for a password without a second factor: no code makes up for a weak one here.
MINIMUM_PASSWORD = 15
MAXIMUM_PASSWORD = 200
_GENERATED_BYTES = 18


class Role(StrEnum):
    """What a staff member may do; each role may also do what the ones before it may.

    `READ`: see the checks. `DECIDE`: decide them and see a date of birth. `ADMINISTER`: export the list.
    """

    READ = "read"
    DECIDE = "decide"
    ADMINISTER = "administer"

    def includes(self, needed: Role) -> bool:
        """Whether somebody with this role may do what ``needed`` may."""
        roles = list(Role)
        return roles.index(self) >= roles.index(needed)


class StaffError(Exception):
    """The staff cannot be changed in this way; the message says why."""


def add(session: Session, name: str, password: str, actor: str, role: Role = Role.DECIDE) -> None:
    """Add a staff member; the audit records it.

    Args:
        session: an open write transaction.
        name: their name for signing in and in the audit.
        password: their password.
        actor: who made the change, for the audit.
        role: what they may do.

    Raises:
        StaffError: the name is invalid or taken, or the password is too short or too long.
    """
    if not _NAME.fullmatch(name):
        raise StaffError(
            "A name has up to 32 letters (a to z), digits and the signs . _ @ -, and begins with a letter or digit."
        )
    if not MINIMUM_PASSWORD <= len(password) <= MAXIMUM_PASSWORD:
        raise StaffError(f"A password has {MINIMUM_PASSWORD} to {MAXIMUM_PASSWORD} characters.")
    if session.get(StaffMember, name) is not None:
        raise StaffError(f"{name} is there already. For a new password, remove {name} and add them again.")
    session.add(StaffMember(name=name, password_hash=hashed(password), role=role.value))
    session.add(AuditRecord(actor=actor, action="add to staff", subject_id=name))


def remove(session: Session, name: str, actor: str) -> None:
    """Remove a staff member; their sessions end.

    Args:
        session: an open write transaction.
        name: who.
        actor: who made the change, for the audit.

    Raises:
        StaffError: nobody has this name.
    """
    member = found(session, name)
    end_all(session, name)
    session.flush()
    session.delete(member)
    Vault.destroy(session, name, Purpose.STAFF)
    session.add(AuditRecord(actor=actor, action="remove from staff", subject_id=name))


def authenticate(store: Store, name: str, password: str) -> bool:
    """Whether this is the password of ``name``; an unknown name takes the same work.

    The hash is computed outside the transaction, so that no connection is held meanwhile.
    """
    with store.read() as session:
        stored = known(session, name)
    is_theirs, newer = _HASHES.verify_and_update(_normal(password), stored.password_hash if stored else _NOBODYS)
    if is_theirs and newer is not None:
        with store.write() as session:
            member = session.get(StaffMember, name)
            if member is not None:
                member.password_hash = newer
    return is_theirs and stored is not None


def known(session: Session, name: str) -> StaffMember | None:
    """The member with this name, or None."""
    return session.get(StaffMember, name) if _NAME.fullmatch(name) else None


def found(session: Session, name: str) -> StaffMember:
    """The member with this name.

    Raises:
        StaffError: nobody has it.
    """
    member = known(session, name)
    if member is None:
        raise StaffError(f"Nobody on the staff is called {name!r}.")
    return member


def is_anybody(store: Store) -> bool:
    """Whether the staff has members."""
    with store.read() as session:
        return session.scalars(select(StaffMember.name).limit(1)).first() is not None


def generated_password() -> str:
    """A new password, of 144 random bits."""
    return secrets.token_urlsafe(_GENERATED_BYTES)


def hashed(password: str) -> str:
    """The Argon2id hash to store for ``password``, with the library's settings."""
    return _HASHES.hash(_normal(password))


def _normal(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode(errors="surrogatepass")  # NFC: RFC 8265, section 4.2


class _EarlierHasher:
    """Checks older hashes, ``scrypt$n$r$p$salt$hash``; it makes none."""

    @classmethod
    def identify(cls, hash: str | bytes) -> bool:  # noqa: A002  (the library's name)
        return str(hash).startswith("scrypt$")

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        raise NotImplementedError

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:  # noqa: A002  (the library's name)
        _scheme, n, r, p, salt, key = str(hash).split("$")
        wanted = base64.b64decode(key)
        plain = password.encode() if isinstance(password, str) else password
        found = hashlib.scrypt(plain, salt=base64.b64decode(salt), n=int(n), r=int(r), p=int(p), dklen=len(wanted))
        return hmac.compare_digest(found, wanted)

    def check_needs_rehash(self, hash: str | bytes) -> bool:  # noqa: A002, ARG002  (the library's name)
        return True


_HASHES = PasswordHash((Argon2Hasher(), _EarlierHasher()))
#: Compared with the password if nobody has the name; nobody knows its password.
_NOBODYS = hashed(secrets.token_urlsafe())
