"""The person at the command line: their name for the audit, and sentences instead of tracebacks."""

from __future__ import annotations

import getpass
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from bot.core.data_folder import NO_ROOM
from bot.core.errors import LOCKED, is_disk_full, named
from bot.media.blobs import BlobError
from bot.privacy import byte_search
from bot.security.cipher import VaultError


def actor() -> str:
    """The name of the user who runs the command, for the audit; a container's user may have only a number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # OSError from Python 3.13 on
        return f"uid {os.getuid()}"


@contextmanager
def sentences() -> Iterator[None]:
    """End the program with a sentence for failures of database, keys and search; others keep their traceback.

    Raises:
        SystemExit: with the sentence.
    """
    try:
        yield
    except VaultError as error:
        raise SystemExit(f"A value cannot be decrypted: {error}. Do the master keys belong to this database?") from None
    except SQLAlchemyError as error:
        raise SystemExit(_of_database(error)) from None
    except BlobError as error:
        raise SystemExit(f"BLOB_URL: {error}. Run: bot doctor") from None
    except subprocess.CalledProcessError as error:
        if error.cmd != byte_search.COMMAND:
            raise
        raise SystemExit("Not every file could be searched, see above.") from None


def _of_database(error: SQLAlchemyError) -> str:
    """The driver's own text is left out: it may quote an answer or the password."""
    if is_disk_full(error):
        return NO_ROOM
    reason = named(error)
    advice = " Try again once the other program is done with it." if reason == LOCKED else ""
    return f"DATABASE_URL: the database cannot be used ({reason or type(error).__name__}).{advice}"
