"""Deletes files of photos and uploads that a kill or an outage has left without a row."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

from bot.media.photos import Photos
from bot.messages.inbox import open_body
from bot.security.cipher import VaultError
from bot.security.vault import Vault
from bot.storage import InboxMessage, Photo, Store

#: Seconds after which a file without a row is a leftover, where a service may be at work meanwhile.
LEFT_SECONDS = 3600.0


def clear_leftovers(store: Store, vault: Vault, photos: Photos) -> int:
    """Delete files of uploads and photos without a row; returns their number.

    Args:
        store: the database.
        vault: opens inbox bodies, which name uploads.
        photos: where photos are kept.

    Raises:
        BlobError: the files cannot be listed or deleted.
    """
    uploads: set[str] = set()
    with store.read() as session:
        for row in session.scalars(select(InboxMessage).where(InboxMessage.processed_at.is_(None))):
            with suppress(VaultError):
                uploads.add(open_body(session, vault, row).upload)
        photo_ids = set(session.scalars(select(Photo.id)))
    # A service at work may be about to write the row.
    return photos.clear_leftovers(uploads, photo_ids, LEFT_SECONDS if store.is_shared or photos.is_remote else 0)
