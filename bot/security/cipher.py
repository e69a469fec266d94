"""AES-256-GCM: encrypts bytes under a key, bound to their place."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.core.errors import StatedError

KEY_BYTES = 32

NONCE_BYTES = 12  # NIST SP 800-38D, section 8.2: 96 bits


class VaultError(StatedError):
    """A sealed value cannot be opened: its key is gone or wrong, or it was tampered with."""


def encrypted(key: bytes, plaintext: bytes, identity: bytes) -> bytes:
    """The nonce, followed by ``plaintext`` encrypted with AES-256-GCM.

    Args:
        key: 32 bytes.
        plaintext: the bytes to encrypt.
        identity: names its place; decryption needs the same identity.
    """
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, identity)


def decrypted(key: bytes, sealed: bytes, identity: bytes) -> bytes:
    """The plaintext that `encrypted` was called with.

    Raises:
        VaultError: the key or the identity is wrong, or the value was changed.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], identity)
    except (InvalidTag, ValueError):  # ValueError: cut off within the nonce
        raise VaultError("the sealed value does not belong here, or was changed") from None
