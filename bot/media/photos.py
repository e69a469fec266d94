"""Stores the files of photos, and of uploads that wait to be checked."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from sqlalchemy import bindparam, delete
from sqlalchemy.orm import Session

from bot.core.files import write_whole
from bot.media.images import Renditions
from bot.security.cipher import VaultError, decrypted, encrypted
from bot.storage import Base, Photo
from bot.storage.models import new_id

_photos = Base.metadata.tables[Photo.__tablename__]

_DROP_OTHERS = (
    delete(_photos)
    .where(_photos.c.mentor_id == bindparam("mentor"), _photos.c.id.not_in(bindparam("keep", expanding=True)))
    .returning(_photos.c.id)
)


class PhotoFolder:
    """The files of photos and of uploads that wait to be checked.

    Args:
        data_dir: the data folder.
    """

    def __init__(self, data_dir: Path) -> None:
        self._photos = data_dir / "photos"
        self._uploads = data_dir / "uploads"
        for folder in (self._photos, self._uploads):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def keep_upload(self, name: str, data: bytes, key: bytes) -> None:
        """Write a file as sent, to be checked later, encrypted.

        Args:
            name: of the file; the same again replaces it.
            data: the file.
            key: 32 bytes; it is stored only in the message's inbox body and destroyed with it.
        """
        # Its message is acknowledged next, so the file must be on the disk.
        write_whole(self._uploads / Path(name).name, encrypted(key, data, name.encode()))

    def take_upload(self, name: str, key: bytes) -> bytes | None:
        """The file that `keep_upload` wrote with the same key, or None if it is gone."""
        path = self._uploads / Path(name).name
        try:
            return decrypted(key, path.read_bytes(), name.encode())
        except (FileNotFoundError, VaultError):
            return None

    def drop_upload(self, name: str) -> None:
        """Delete a processed upload, if there is one: a channel may keep its files elsewhere."""
        if name:
            (self._uploads / Path(name).name).unlink(missing_ok=True)

    def clear_leftovers(self, uploads: set[str], photo_ids: set[str], seconds: float = 0) -> None:
        """Delete every upload except ``uploads``, and the files of every photo except ``photo_ids``.

        Args:
            uploads: names of uploads.
            photo_ids: ids of photos.
            seconds: how old a file has to be.
        """
        left = [path for path in self._uploads.iterdir() if path.name not in uploads]
        left += [path for path in self._photos.iterdir() if path.stem.removesuffix("-square") not in photo_ids]
        for path in left:
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime >= seconds:
                    path.unlink()

    def keep(self, renditions: Renditions) -> Photo:
        """Write a photo's files and return its row; the caller sets the mentor and adds it."""
        photo = Photo(
            id=new_id(), width=renditions.width, height=renditions.height, source_format=renditions.source_format
        )
        # The files must be on the disk before the row is committed.
        write_whole(self.full(photo.id), renditions.full)
        write_whole(self.square(photo.id), renditions.square)
        return photo

    def drop_others(self, session: Session, mentor_id: str, keep: list[str]) -> list[str]:
        """Delete the mentor's photo rows except ``keep``; returns their ids, to delete the files after the commit."""
        return list(session.connection().execute(_DROP_OTHERS, {"mentor": mentor_id, "keep": keep}).scalars())

    def drop_files(self, photo_ids: list[str]) -> None:
        """Delete the files of photos whose rows are gone."""
        for photo_id in photo_ids:
            self.full(photo_id).unlink(missing_ok=True)
            self.square(photo_id).unlink(missing_ok=True)

    def full(self, photo_id: str) -> Path:
        """The path of the upright rendition."""
        return self._photos / f"{Path(photo_id).name}.jpg"

    def square(self, photo_id: str) -> Path:
        """The path of the square rendition."""
        return self._photos / f"{Path(photo_id).name}-square.jpg"
