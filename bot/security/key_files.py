"""The master keys and the ledger's key: from the settings, or from files that only their owner can read."""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.core.files import write_whole
from bot.core.settings import Settings, SettingsError
from bot.security.cipher import KEY_BYTES


def keys_folder(data_dir: Path) -> Path:
    """The folder of the keys and the ledger head, readable by its owner only; created at first use."""
    folder = data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def load_master_keys(configured: str, data_dir: Path) -> list[bytes]:
    """The master keys from the setting, or from the data folder, where one is made at first use.

    Args:
        configured: the setting ``MASTER_KEYS``: base64 keys separated by commas, or empty.
        data_dir: the data folder; the key file lies in ``keys/`` there, readable by its owner only.

    Raises:
        SettingsError: a key is not base64 of 32 bytes.
        OSError: the key file cannot be read.
    """
    if configured:
        return [_decode(part.strip(), "MASTER_KEYS") for part in configured.split(",")]
    return _kept_keys(keys_folder(data_dir) / "master.key")


def missing_key_files(settings: Settings) -> list[Path]:
    """The files of keys that are neither set nor there yet, so that the next start would make new keys."""
    folder = settings.data_dir / "keys"
    files = {"master.key": settings.master_keys, "ledger.key": settings.ledger_key}
    return [folder / name for name, key in files.items() if not key.get_secret_value() and not (folder / name).exists()]


def add_master_key(data_dir: Path) -> None:
    """Add a new master key before those in the data folder."""
    path = data_dir / "keys" / "master.key"
    write_whole(path, _new_key() + b"," + path.read_bytes().strip())


def drop_older_master_keys(data_dir: Path) -> None:
    """Delete all master keys in the data folder except the newest."""
    path = data_dir / "keys" / "master.key"
    write_whole(path, path.read_bytes().split(b",")[0].strip())


def _new_key() -> bytes:
    return base64.b64encode(AESGCM.generate_key(bit_length=KEY_BYTES * 8))


def load_ledger_key(configured: str, data_dir: Path) -> bytes:
    """The key of the consent ledger from the setting ``LEDGER_KEY``, or from the data folder, as the master key.

    Raises:
        SettingsError: the key is not base64 of 32 bytes.
        OSError: the key file cannot be read.
    """
    if configured:
        return _decode(configured.strip(), "LEDGER_KEY")
    return _kept_keys(keys_folder(data_dir) / "ledger.key")[0]


def _kept_keys(path: Path) -> list[bytes]:
    """The keys in a file that only its owner can read; the first one is made at first use."""
    if not path.exists():
        write_whole(path, _new_key(), unless_there=True)  # two processes never end up with two keys
    return [_decode(part.strip(), str(path)) for part in path.read_bytes().split(b",")]


def _decode(text: str | bytes, source: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error is a ValueError, and non-ASCII text raises one too
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{source}: a key must be base64 of {KEY_BYTES} bytes.")
    return key
