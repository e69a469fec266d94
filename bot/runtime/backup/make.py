"""Makes a backup."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, make_url, select
from sqlalchemy.orm import Session

from bot.core.settings import Settings
from bot.media.photos import open_photos
from bot.registration.ledger import Ledger
from bot.runtime.backup import archive, databases
from bot.runtime.backup.archive import BackupError, Manifest
from bot.security.key_files import load_ledger_key, load_master_keys, missing_key_files
from bot.security.vault import Vault
from bot.storage import DataKey, Mentor, Photo, Store
from bot.storage.models import utc_now


def make_backup(settings: Settings, path: Path) -> Manifest:
    """Back the database and the photos up, while the bot may run; returns what is in the backup.

    Args:
        settings: name the database and the data folder.
        path: the file, which must not exist, outside the data folder.

    Raises:
        BackupError: there is nothing to back up, or the file is not allowed.
        BlobError: a photo cannot be read.
        OSError: a file cannot be read or written.
    """
    path = path.resolve()
    if path.exists():
        raise BackupError(f"{path} exists. Name another file.")
    if settings.data_dir.resolve() in path.parents:
        raise BackupError("Name a file outside the data folder: what is erased must not stay in it.")
    if missing := missing_key_files(settings):
        raise BackupError(f"There is no {missing[0]}, so nothing has been written yet that could be backed up.")
    key = load_ledger_key(settings.ledger_key.get_secret_value(), settings.data_dir)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
        copy = Path(folder) / archive.DATABASE
        with databases.copied(settings.database, copy) as session:
            manifest = _manifest(session, settings)
            photo_ids = list(session.scalars(select(Photo.id)))
        archive.write(path, manifest, copy, _photos(settings, photo_ids), key)
    return manifest


def _manifest(session: Session, settings: Settings) -> Manifest:
    return Manifest(
        made_at=utc_now(),
        database=make_url(settings.database).get_backend_name(),
        schema_version=databases.schema_version(session),
        head=str(Ledger.head(session)),
        registrations=session.scalars(select(func.count()).select_from(Mentor)).one(),
        master_key_ids=sorted(session.scalars(select(DataKey.master_key_id).distinct())),
    )


def _photos(settings: Settings, photo_ids: list[str]) -> Iterator[tuple[str, bytes]]:
    """The files of photos, readable; one whose mentor is being erased may be gone already."""
    store = Store(settings.database)
    try:
        vault = Vault(load_master_keys(settings.master_keys.get_secret_value(), settings.data_dir))
        photos = open_photos(settings, store, vault)
        for photo_id in photo_ids:
            yield from photos.files(photo_id)
    finally:
        store.dispose()
