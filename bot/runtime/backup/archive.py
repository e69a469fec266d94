"""The file of a backup."""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import re
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from pydantic import BaseModel, ValidationError

from bot.core.errors import StatedError

#: Names in the file.
DATABASE, PHOTOS = "database", "photos"
_MANIFEST, _CODE = "manifest.json", "manifest.hmac"
_NAME = re.compile(rf"{DATABASE}|{PHOTOS}/[0-9a-f]{{32}}(-square)?\.jpg")
#: Bytes of a manifest and its code, at most; a larger one is no manifest.
_LARGEST = 256 * 1024 * 1024


class BackupError(StatedError):
    """There can be no backup, or it cannot be restored; the message says why and what to do."""


class Manifest(BaseModel):
    """What is in a backup.

    Attributes:
        format: of the file.
        made_at: when it was made.
        database: the kind of the database, ``sqlite`` or ``postgresql``.
        schema_version: the version of its tables.
        head: the ledger's head, as `bot.registration.ledger.Anchor` writes it.
        registrations: their number.
        master_key_ids: of the master keys that the data needs.
        files: the SHA-256 of each file, by its name.
    """

    format: int = 1
    made_at: datetime
    database: str
    schema_version: str
    head: str
    registrations: int
    master_key_ids: list[str]
    files: dict[str, str] = {}


def write(path: Path, manifest: Manifest, database: Path, photos: Iterable[tuple[str, bytes]], key: bytes) -> None:
    """Write a backup, readable by its owner only; a crash leaves no half of one.

    Args:
        path: the file, which must not exist.
        manifest: what is in it; its `files` are filled in.
        database: the copy of the database.
        photos: the files of photos, with their names in the backup.
        key: signs the manifest.

    Raises:
        OSError: a file cannot be read or written.
    """
    fresh = path.with_name(f"{path.name}.{uuid4().hex}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w") as tar:
                with database.open("rb") as source:
                    manifest.files[DATABASE] = hashlib.file_digest(source, "sha256").hexdigest()
                tar.add(database, DATABASE, filter=_anonymous)
                for name, data in photos:
                    manifest.files[name] = hashlib.sha256(data).hexdigest()
                    _add(tar, name, data)
                written = manifest.model_dump_json(indent=1).encode()
                _add(tar, _MANIFEST, written)
                _add(tar, _CODE, _code(key, written).encode())
            raw.flush()
            os.fsync(raw.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


class Backup:
    """A backup that is opened to be read.

    Attributes:
        manifest: what is in it.

    Args:
        tar: the file.
        key: that signed it.

    Raises:
        BackupError: it is no backup, was changed, or was signed with another key.
    """

    def __init__(self, tar: tarfile.TarFile, key: bytes) -> None:
        self._tar = tar
        written = self._read(_MANIFEST)
        if not hmac.compare_digest(self._read(_CODE), _code(key, written).encode()):
            raise BackupError("The backup was changed, or LEDGER_KEY is not the one with which it was made.")
        try:
            self.manifest = Manifest.model_validate_json(written)
        except ValidationError:
            raise BackupError("The backup is of another version of this program.") from None

    def extract(self, folder: Path) -> None:
        """Write all files of the backup into a folder.

        Raises:
            BackupError: a file is missing or was changed.
            OSError: a file cannot be written.
        """
        (folder / PHOTOS).mkdir()
        for name, digest in self.manifest.files.items():
            source = self._member(name) if _NAME.fullmatch(name) else None
            if source is None:
                raise BackupError(f"The backup lacks its file {name}.")
            target = folder / name
            with source, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                while part := source.read(1024**2):
                    file.write(part)
            with target.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                    raise BackupError(f"The backup's file {name} was changed.")

    def _read(self, name: str) -> bytes:
        source = self._member(name)
        if source is None:
            raise BackupError("The file is no backup of this program.")
        with source:
            return source.read(_LARGEST)

    def _member(self, name: str) -> io.BufferedIOBase | None:
        try:
            return self._tar.extractfile(name)  # type: ignore[return-value]  # typeshed: IO[bytes], which it is
        except KeyError:
            return None


@contextmanager
def opened(path: Path, key: bytes) -> Iterator[Backup]:
    """Open a backup.

    Raises:
        BackupError: as for `Backup`, also if it is damaged where it is read.
        OSError: it cannot be read.
    """
    try:
        with tarfile.open(path, mode="r:") as tar:
            yield Backup(tar, key)
    except tarfile.TarError:
        raise BackupError("The file is no backup of this program, or it is damaged.") from None


def _code(key: bytes, manifest: bytes) -> str:
    return hmac.digest(key, b"backup\n" + manifest, "sha256").hex()


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    tar.addfile(info, io.BytesIO(data))


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """The entry without the name of the user who runs the bot."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info
