"""Backs an installation up into one file, and restores it: ``bot backup`` and ``bot restore``.

A backup is a tar file: the database, the photos that it refers to, and a manifest with the SHA-256 of each and the head
of the ledger. The manifest is signed with the ledger's key. The keys are not in it.
"""

from bot.runtime.backup.archive import BackupError
from bot.runtime.backup.make import make_backup
from bot.runtime.backup.restore import Restored, Restoring

__all__ = ["BackupError", "Restored", "Restoring", "make_backup"]
