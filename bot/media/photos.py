"""Stores the files of photos, and of uploads that wait to be checked."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import PurePath

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from bot.core.errors import described
from bot.core.settings import Settings
from bot.media.blobs import PHOTOS, UPLOADS, BlobError, Blobs, open_blobs
from bot.media.images import Renditions
from bot.security.cipher import VaultError, decrypted, encrypted
from bot.security.vault import Purpose, Vault
from bot.storage import Base, DataKey, Photo, Store
from bot.storage.models import new_id, utc_now

logger = logging.getLogger(__name__)

#: Threads that read and write photos; while a store hangs, only they do.
_THREADS = 4

_photos = Base.metadata.tables[Photo.__tablename__]

_DROP_OTHERS = (
    delete(_photos)
    .where(_photos.c.mentor_id == bindparam("mentor"), _photos.c.id.not_in(bindparam("keep", expanding=True)))
    .returning(_photos.c.id)
)


class PhotoKeys:
    """The data keys of photos that lie on another machine.

    Each photo has its own, so that it stays readable when it becomes another mentor's, and goes with its row.

    Args:
        store: the database.
        vault: holds the keys.
    """

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def seal(self, photo_id: str, files: dict[str, bytes]) -> dict[str, bytes]:
        """Encrypt files, by name, under the photo's key; it is committed when this returns."""
        with self._store.write() as session:
            return {
                name: self._vault.seal(session, photo_id, Purpose.PHOTO, name, data) for name, data in files.items()
            }

    def open(self, photo_id: str, name: str, sealed: bytes) -> bytes | None:
        """Decrypt a file; None if the key was destroyed.

        Raises:
            VaultError: it is not what was sealed there.
        """
        with self._store.read() as session:
            if not self._vault.has_key(session, photo_id, Purpose.PHOTO):
                return None
            return self._vault.open(session, photo_id, Purpose.PHOTO, name, sealed)

    def destroy_leftovers(self, seconds: float) -> None:
        """Destroy the keys without a photo that are so old."""
        old = DataKey.created_at <= utc_now() - timedelta(seconds=seconds)
        with self._store.write() as session:
            session.execute(
                delete(DataKey).where(DataKey.purpose == Purpose.PHOTO, old, DataKey.owner_id.not_in(select(Photo.id)))
            )


def destroy_keys(session: Session, photo_ids: Iterable[str]) -> None:
    """Destroy the keys of photos, if they have any, in the transaction that deletes their rows."""
    session.execute(delete(DataKey).where(DataKey.owner_id.in_(photo_ids), DataKey.purpose == Purpose.PHOTO))


class Photos:
    """The files of photos and of uploads that wait to be checked.

    Args:
        blobs: where they lie.
        keys: seal photos; needed if they lie on another machine.
    """

    def __init__(self, blobs: Blobs, keys: PhotoKeys | None = None) -> None:
        self._blobs = blobs
        self._keys = keys if blobs.is_remote else None
        self._threads = ThreadPoolExecutor(_THREADS, "photos")

    @property
    def is_remote(self) -> bool:
        """Whether they lie on another machine."""
        return self._blobs.is_remote

    async def aside[**Arguments, Result](
        self, function: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Result:
        """Run something that reads or writes photos in a thread that nothing else waits for."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: function(*arguments, **named))

    def keep_upload(self, name: str, data: bytes, key: bytes) -> None:
        """Write a file as sent, to be checked later, encrypted.

        Args:
            name: of the file; the same again replaces it.
            data: the file.
            key: 32 bytes; it is stored only in the message's inbox body and destroyed with it.

        Raises:
            BlobError: it cannot be written.
        """
        # Its message is acknowledged next, so the file must be there to stay.
        self._blobs.put(_upload(name), encrypted(key, data, name.encode()))

    def take_upload(self, name: str, key: bytes) -> bytes | None:
        """The file that `keep_upload` wrote with the same key, or None if it is gone or out of reach."""
        try:
            sealed = self._blobs.get(_upload(name))
            return None if sealed is None else decrypted(key, sealed, name.encode())
        except BlobError as error:
            logger.error("an upload cannot be read: %s", error)
        except VaultError:
            pass
        return None

    def drop_upload(self, name: str) -> None:
        """Delete a processed upload, if there is one: a channel may keep its files elsewhere."""
        if name:
            self._unhurried(lambda: self._blobs.delete([_upload(name)]))

    def clear_leftovers(self, uploads: set[str], photo_ids: set[str], seconds: float = 0) -> int:
        """Delete every upload except ``uploads``, and the files of every photo except ``photo_ids``.

        Args:
            uploads: names of uploads.
            photo_ids: ids of photos.
            seconds: how old a file has to be.

        Returns:
            The number of deleted files.

        Raises:
            BlobError: they cannot be listed or deleted.
        """
        waiting = {_upload(name) for name in uploads}
        left = [each for each in self._blobs.list(UPLOADS) if each.name not in waiting]
        left += [each for each in self._blobs.list(PHOTOS) if photo_of(each.name) not in photo_ids]
        old = [each.name for each in left if time.time() - each.written_at >= seconds]
        self._blobs.delete(old)
        if self._keys:
            self._keys.destroy_leftovers(seconds)
        return len(old)

    def keep(self, renditions: Renditions) -> Photo:
        """Write a photo's files and return its row; the caller sets the mentor and adds it.

        Raises:
            BlobError: they cannot be written.
        """
        photo = Photo(
            id=new_id(), width=renditions.width, height=renditions.height, source_format=renditions.source_format
        )
        full, square = _files(photo.id)
        try:
            # The files must be there to stay before the row is committed.
            self.put_back(photo.id, {full: renditions.full, square: renditions.square})
        except BlobError:
            self.drop_files([photo.id])
            raise
        return photo

    def put_back(self, photo_id: str, files: dict[str, bytes]) -> None:
        """Write files of a photo, by their names, as `files` gives them.

        Raises:
            BlobError: they cannot be written.
        """
        for name, data in (self._keys.seal(photo_id, files) if self._keys else files).items():
            self._blobs.put(name, data)

    def drop_others(self, session: Session, mentor_id: str, keep: list[str]) -> list[str]:
        """Delete the mentor's photo rows except ``keep``; returns their ids, to delete the files after the commit."""
        dropped = list(session.connection().execute(_DROP_OTHERS, {"mentor": mentor_id, "keep": keep}).scalars())
        if dropped and self._keys:
            destroy_keys(session, dropped)
        return dropped

    def drop_files(self, photo_ids: list[str]) -> None:
        """Delete the files of photos whose rows are gone; those that are out of reach are deleted the next day."""
        if photo_ids:
            self._unhurried(lambda: self._drop(photo_ids))

    def _drop(self, photo_ids: list[str]) -> None:
        self._blobs.delete(name for photo_id in photo_ids for name in _files(photo_id))

    def erase_files(self, photo_ids: list[str]) -> list[str]:
        """Delete the files of photos whose rows are gone at once; returns the addresses of those that may be left."""
        try:
            self._drop(photo_ids)
        except BlobError as error:
            logger.error("the files of photos are left: %s", described(error))
            return [address for photo_id in photo_ids for address in self.addresses(photo_id)]
        return []

    def full(self, photo_id: str) -> bytes | None:
        """The upright rendition, a JPEG; None if it is gone.

        Raises:
            BlobError: it cannot be read.
            VaultError: it is not what was sealed there.
        """
        return self._read(photo_id, _files(photo_id)[0])

    def square(self, photo_id: str) -> bytes | None:
        """The square rendition, as `full`."""
        return self._read(photo_id, _files(photo_id)[1])

    def files(self, photo_id: str) -> Iterator[tuple[str, bytes]]:
        """The name and the contents of each file of a photo that is there, for a backup; errors as `full`."""
        for name in _files(photo_id):
            data = self._read(photo_id, name)
            if data is not None:
                yield name, data

    def _read(self, photo_id: str, name: str) -> bytes | None:
        data = self._blobs.get(name)
        return self._keys.open(photo_id, name, data) if self._keys and data is not None else data

    def addresses(self, photo_id: str) -> tuple[str, str]:
        """Where the upright and the square rendition lie, for the operator."""
        full, square = _files(photo_id)
        return self._blobs.address(full), self._blobs.address(square)

    def _unhurried(self, work: Callable[[], None]) -> None:
        """Do what nobody waits for: on another machine in a thread, where a failure is only logged."""
        if self._blobs.is_remote:
            self._threads.submit(_attempt, work)
        else:
            work()


def open_photos(settings: Settings, store: Store, vault: Vault) -> Photos:
    """The photos where the settings have them.

    Raises:
        SettingsError: a setting that belongs to another one is missing.
    """
    return Photos(open_blobs(settings), PhotoKeys(store, vault))


def photo_of(name: str) -> str:
    """The id of the photo to which a file belongs."""
    return PurePath(name).stem.removesuffix("-square")


def _attempt(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001  (what is left over is deleted the next day)
        logger.warning("files are left for the next day: %s", described(error))


def _upload(name: str) -> str:
    return f"{UPLOADS}/{PurePath(name).name}"


def _files(photo_id: str) -> tuple[str, str]:
    """The names of the upright and the square rendition."""
    own = PurePath(photo_id).name
    return f"{PHOTOS}/{own}.jpg", f"{PHOTOS}/{own}-square.jpg"
