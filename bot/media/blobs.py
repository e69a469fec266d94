"""Where the files of mentors lie: in the data folder, or in a bucket that several services share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.core.errors import StatedError
from bot.core.files import write_whole
from bot.core.settings import Settings, SettingsError

#: The folders of photos, and of uploads that wait to be checked.
PHOTOS, UPLOADS = "photos", "uploads"


class BlobError(StatedError):
    """The store on another machine cannot be used; the message says why."""


@dataclass(frozen=True)
class Blob:
    """One stored file.

    Attributes:
        name: its folder and its name in it, for example ``photos/0123.jpg``.
        written_at: in seconds since 1970.
    """

    name: str
    written_at: float


class Blobs(Protocol):
    """A store of files by name. Its methods block; they may be called from any thread."""

    #: Whether it is on another machine: what is put there has to be sealed, and may be out of reach.
    is_remote: bool

    def put(self, name: str, data: bytes) -> None:
        """Write a file whole, or leave the former one.

        Raises:
            BlobError: the store cannot be used.
            OSError: the disk cannot be written to.
        """

    def get(self, name: str) -> bytes | None:
        """The contents of a file; None if there is none.

        Raises:
            BlobError: the store cannot be used.
        """

    def delete(self, names: Iterable[str]) -> None:
        """Delete files; one that is not there counts as deleted.

        Raises:
            BlobError: the store cannot be used, and some may be left.
        """

    def list(self, folder: str) -> Iterator[Blob]:
        """The files of a folder.

        Raises:
            BlobError: the store cannot be used.
        """

    def address(self, name: str) -> str:
        """Where a file lies, for the operator."""


class Folder:
    """Files in the data folder, readable by their owner only.

    Args:
        data_dir: the data folder.
    """

    is_remote = False

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        for folder in (PHOTOS, UPLOADS):
            (data_dir / folder).mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, name: str, data: bytes) -> None:
        """As `Blobs.put`; the file is on the disk when this returns."""
        write_whole(self._data_dir / name, data)

    def get(self, name: str) -> bytes | None:
        """As `Blobs.get`."""
        with suppress(FileNotFoundError):
            return (self._data_dir / name).read_bytes()
        return None

    def delete(self, names: Iterable[str]) -> None:
        """As `Blobs.delete`."""
        for name in names:
            (self._data_dir / name).unlink(missing_ok=True)

    def list(self, folder: str) -> Iterator[Blob]:
        """As `Blobs.list`."""
        for path in (self._data_dir / folder).iterdir():
            with suppress(FileNotFoundError):  # deleted meanwhile
                yield Blob(f"{folder}/{path.name}", path.stat().st_mtime)

    def address(self, name: str) -> str:
        """As `Blobs.address`."""
        return str(self._data_dir / name)


def open_blobs(settings: Settings) -> Blobs:
    """The store that the settings name; none is reached yet.

    Raises:
        SettingsError: a setting that belongs to another one is missing.
    """
    if not settings.blob_url:
        return Folder(settings.data_dir)
    key_id, secret = settings.s3_access_key_id.get_secret_value(), settings.s3_secret_access_key.get_secret_value()
    if bool(key_id) != bool(secret):
        raise SettingsError("S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together. Set both, or neither.")
    from bot.media.bucket import Bucket  # its library costs time and memory

    endpoint = str(settings.s3_endpoint_url) if settings.s3_endpoint_url else ""
    return Bucket(settings.blob_url, endpoint, settings.s3_region, key_id, secret)
