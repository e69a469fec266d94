"""Restores a backup, and erases again who was erased since."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url, select

from bot.core.data_folder import one_instance, prepare_folder
from bot.core.files import write_whole
from bot.core.settings import Settings
from bot.media.photos import Photos, photo_of
from bot.privacy.erasure import Searched
from bot.privacy.rewriting import RewriteError, Rewriting
from bot.registration.ledger import Anchor, Verdict
from bot.runtime.backup import archive, databases
from bot.runtime.backup.archive import Backup, BackupError, Manifest
from bot.runtime.container import Services, build
from bot.security.key_files import keys_folder, load_ledger_key, load_master_keys, missing_key_files
from bot.security.vault import Vault
from bot.storage import Mentor, Photo


@dataclass(frozen=True)
class Restored:
    """The result of a restore.

    Attributes:
        manifest: what was in the backup.
        erased: the mentors who were erased again.
        knows_erasures: whether the audit of the former database could be read.
        lost_consents: number of consents that were recorded after the backup.
        verdict: on the ledger.
    """

    manifest: Manifest
    erased: list[Searched]
    knows_erasures: bool
    lost_consents: int
    verdict: Verdict


class Restoring:
    """Restores one backup.

    Args:
        settings: name the database and the data folder, which the backup replaces.
        path: the backup.

    Raises:
        BackupError: the keys are missing.
        SettingsError: the data folder or a key cannot be used.
    """

    def __init__(self, settings: Settings, path: Path) -> None:
        prepare_folder(settings)
        if missing := missing_key_files(settings):
            names = " and ".join(str(each) for each in missing)
            raise BackupError(f"The keys are not in a backup. Put them back first: {names}")
        self._settings = settings
        self._path = path
        self._key = load_ledger_key(settings.ledger_key.get_secret_value(), settings.data_dir)

    def manifest(self) -> Manifest:
        """What is in the backup.

        Raises:
            BackupError: it is no backup, was changed, or does not belong to these keys or this kind of database.
        """
        with archive.opened(self._path, self._key) as backup:
            return self._checked(backup)

    def restore(self, erased: Iterable[str], actor: str) -> Restored:
        """Replace the database and the photos, and erase again who was erased since.

        Args:
            erased: further mentors to erase.
            actor: who restores, for the audit.

        Raises:
            BackupError: as for `manifest`, or something still uses the database; then nothing was changed.
            StartError: a service uses the data folder.
            BlobError: a photo cannot be written; run it again.
            OSError: a file cannot be written.
        """
        settings = self._settings
        with one_instance(settings), archive.opened(self._path, self._key) as backup:
            manifest = self._checked(backup)
            known = databases.erased_mentors(settings.database)
            wanted = {*(known or ()), *erased, *self._noted()}
            head_file = keys_folder(settings.data_dir) / "ledger.head"
            lost = max(0, _position(head_file) - Anchor.parse(manifest.head).position)
            with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.data_dir) as name:
                folder = Path(name)
                backup.extract(folder)
                # The audit goes with the former database; a restore that ends in the middle is run again.
                write_whole(self._notes, "\n".join(sorted(wanted)).encode())
                databases.put_back(settings.database, folder / archive.DATABASE, manifest.schema_version)
                services = build(settings, is_rotating=True)  # the backup may be from before a rotation
                _put_back(services.photos, folder / archive.PHOTOS)
            write_whole(head_file, f"{manifest.head}\n".encode())
            try:
                again = _erase_again(services, wanted, actor)
                with services.store.read() as session:
                    verdict = services.ledger.verify(session, [Anchor.parse(manifest.head)])
            finally:
                services.store.dispose()
            self._notes.unlink()
        return Restored(manifest, again, known is not None, lost, verdict)

    @property
    def _notes(self) -> Path:
        return self._settings.data_dir / "restore.erased"

    def _noted(self) -> list[str]:
        """Who was to be erased again by a restore that did not end."""
        return self._notes.read_text().split() if self._notes.exists() else []

    def _checked(self, backup: Backup) -> Manifest:
        manifest, settings = backup.manifest, self._settings
        kind = make_url(settings.database).get_backend_name()
        if manifest.database != kind:
            raise BackupError(f"The backup is of {manifest.database}, and DATABASE_URL names {kind}.")
        vault = Vault(load_master_keys(settings.master_keys.get_secret_value(), settings.data_dir))
        if set(manifest.master_key_ids) - set(vault.master_key_ids):
            raise BackupError("MASTER_KEYS does not hold the key of the backup. Set the keys of that time, too.")
        return manifest


def _put_back(photos: Photos, folder: Path) -> None:
    for path in folder.iterdir():
        photos.put_back(photo_of(path.name), {f"{archive.PHOTOS}/{path.name}": path.read_bytes()})


def _erase_again(services: Services, wanted: set[str], actor: str) -> list[Searched]:
    """Erase those mentors who are there again, and the files of photos that nobody has."""
    with services.store.read() as session:
        photo_ids = set(session.scalars(select(Photo.id)))
        again = sorted(wanted & set(session.scalars(select(Mentor.id))))
    services.photos.clear_leftovers(set(), photo_ids)
    erased = [services.erasure.erase_and_search(mentor_id, actor) for mentor_id in again]
    with suppress(RewriteError):  # the calendar does it once it can be done
        Rewriting(services.store).run(actor)
    return erased


def _position(head_file: Path) -> int:
    """The position of the newest record that was written here; 0 if it is not known."""
    try:
        return Anchor.parse(head_file.read_text()).position
    except (OSError, ValueError):
        return 0
