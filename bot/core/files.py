"""Writes files atomically."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from uuid import uuid4

#: Bytes that `check_room` writes: more than a practically full disk has left.
ROOM_BYTES = 64 * 1024


def check_room(folder: Path) -> None:
    """Write a small file into ``folder``, down to the disk, and delete it again.

    Raises:
        OSError: the file cannot be written; for example, the disk is full.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(ROOM_BYTES))
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, data: bytes, *, unless_there: bool = False) -> None:
    """Write ``data`` to ``path``, readable by its owner only; a crash leaves the old file or the new one.

    Args:
        path: the file; its folder exists.
        data: the new contents.
        unless_there: keep an existing file; if two processes write at once, the first wins.
    """
    fresh = path.with_name(f"{path.name}.{uuid4().hex}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if unless_there:
            os.link(fresh, path)
        else:
            fresh.replace(path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
