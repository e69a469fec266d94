"""The data folder: only its owner can read it, and with SQLite one service at a time uses it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from bot.core.errors import is_disk_full
from bot.core.settings import Settings, SettingsError

#: The message of a command that ends because the disk is full.
NO_ROOM = "The disk is full: nothing can be saved. Free some space, and start again."


class StartError(Exception):
    """The service cannot start; the message says why and what to do."""


def prepare_folder(settings: Settings) -> None:
    """Create the data folder; from now on only the owner can read the files that this process writes.

    Raises:
        SettingsError: it cannot be made or written to.
    """
    os.umask(0o077)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        for left in settings.data_dir.glob("engine-tracker.db*"):  # Rasa's tracker store of earlier versions
            left.unlink(missing_ok=True)
        if not os.access(settings.data_dir, os.W_OK | os.X_OK):
            raise PermissionError
    except OSError as error:
        if is_disk_full(error):
            raise SettingsError(NO_ROOM) from None
        raise SettingsError(f"DATA_DIR: {settings.data_dir} cannot be written to ({type(error).__name__}).") from None


def is_in_use(settings: Settings) -> bool:
    """Whether a service holds the data folder's lock file, alone or with others.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        with _lock_file(settings).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # several services may share it
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _lock_file(settings: Settings) -> Path:
    return settings.data_dir / "service.lock"


@contextlib.contextmanager
def one_instance(settings: Settings, *, is_shared: bool = False) -> Iterator[None]:
    """Hold the data folder's lock file; the system releases the lock when the process ends or dies.

    Args:
        settings: all settings.
        is_shared: whether others may hold it, too, that share it.

    Raises:
        StartError: another process holds it.
    """
    with _lock_file(settings).open("w") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            raise StartError(
                f"The bot is already running with the data folder {settings.data_dir}. Stop it first, "
                "or choose another folder with the setting DATA_DIR."
            ) from None
        yield
