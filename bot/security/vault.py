"""Encrypts values that must not be readable in the database.

Each owner (a mentor, a conversation, a photo, or a member of the staff) has a data key for each purpose, wrapped by the
master key. Destroying a data key makes everything it sealed unreadable; in a backup of the database only once the
master key of that time is destroyed, too.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.security.cipher import KEY_BYTES, VaultError, decrypted, encrypted
from bot.storage import DataKey


class Purpose(StrEnum):
    """The purpose of a data key; each key is destroyed separately."""

    CHECK = "check"
    RECORD = "record"
    CONVERSATION = "conversation"
    STAFF = "staff"
    PHOTO = "photo"


class Vault:
    """Seals and opens values.

    Args:
        master_keys: keys of 32 bytes; the first wraps new data keys, the others still unwrap older ones.
    """

    def __init__(self, master_keys: list[bytes]) -> None:
        self._current_key = master_keys[0]
        self._current = _key_id(self._current_key)
        self._master = {_key_id(key): key for key in master_keys}

    @property
    def master_key_ids(self) -> list[str]:
        """The ids of the master keys, the current one first."""
        return list(self._master)

    def derived_key(self, purpose: str) -> bytes:
        """A key of 32 bytes for another purpose, derived from the current master key (HKDF, RFC 5869)."""
        return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self._current_key)

    def seal(self, session: Session, owner: str, purpose: Purpose, context: str, plaintext: bytes) -> bytes:
        """Encrypt ``plaintext`` with AES-256-GCM under the owner's key, made at first use.

        Args:
            session: an open write transaction.
            owner: its id.
            purpose: which of the owner's keys.
            context: identifies the value, for example its row's id; opening needs the same context.
            plaintext: the value.
        """
        key = self._data_key(session, owner, purpose) or self._new_data_key(session, owner, purpose)
        return encrypted(key, plaintext, _identity(owner, purpose, context))

    def open(self, session: Session, owner: str, purpose: Purpose, context: str, sealed: bytes) -> bytes:
        """Decrypt a value that `seal` returned for the same owner, purpose and context.

        Raises:
            VaultError: the key was destroyed, or the value is not what was sealed there.
        """
        key = self._data_key(session, owner, purpose)
        if key is None:
            raise VaultError("the data key was destroyed")
        return decrypted(key, sealed, _identity(owner, purpose, context))

    def rewrap(self, session: Session) -> int:
        """Wrap every data key of an older master key with the current one; returns their number.

        Sealed values do not change. Afterwards the older master keys are no longer needed.

        Raises:
            VaultError: the master key of a data key is missing, or a wrapped key was changed; then nothing is
            rewrapped.
        """
        rows = session.scalars(select(DataKey).where(DataKey.master_key_id != self._current)).all()
        for row in rows:
            key = self._unwrapped(row)
            row.wrapped = self._wrapped(row.owner_id, Purpose(row.purpose), key)
            row.master_key_id = self._current
        return len(rows)

    def without_master_key(self, session: Session) -> int:
        """The number of data keys that none of the master keys unwraps."""
        wanted = select(func.count()).where(DataKey.master_key_id.not_in(self._master))
        return session.scalar(wanted) or 0

    @staticmethod
    def has_key(session: Session, owner: str, purpose: Purpose) -> bool:
        """Whether the owner has a key of this purpose, so that its sealed values can be opened."""
        return session.get(DataKey, (owner, purpose)) is not None

    @staticmethod
    def destroy(session: Session, owner: str, purpose: Purpose) -> None:
        """Delete the owner's key of this purpose; everything sealed under it is unreadable from then on."""
        session.execute(delete(DataKey).where(DataKey.owner_id == owner, DataKey.purpose == purpose))

    def _data_key(self, session: Session, owner: str, purpose: Purpose) -> bytes | None:
        row = session.get(DataKey, (owner, purpose))
        return None if row is None else self._unwrapped(row)

    def _unwrapped(self, row: DataKey) -> bytes:
        master = self._master.get(row.master_key_id)
        if master is None:
            raise VaultError(f"master key {row.master_key_id} is not among MASTER_KEYS")
        identity = _identity(row.owner_id, Purpose(row.purpose), "key")
        try:
            return decrypted(master, row.wrapped, identity)
        except VaultError:
            raise VaultError("the wrapped data key was changed") from None

    def _wrapped(self, owner: str, purpose: Purpose, key: bytes) -> bytes:
        return encrypted(self._current_key, key, _identity(owner, purpose, "key"))

    def _new_data_key(self, session: Session, owner: str, purpose: Purpose) -> bytes:
        key = AESGCM.generate_key(bit_length=KEY_BYTES * 8)
        wrapped = self._wrapped(owner, purpose, key)
        row = DataKey(owner_id=owner, purpose=purpose, wrapped=wrapped, master_key_id=self._current)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # another transaction made it meanwhile
            return self._data_key(session, owner, purpose) or key
        return key


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"master key id" + key).hexdigest()[:16]


def _identity(owner: str, purpose: Purpose, context: str) -> bytes:
    return f"{owner}|{purpose}|{context}".encode()
