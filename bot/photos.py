"""Photos: checked in a process of their own, kept in a folder."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import bindparam, delete
from sqlalchemy.orm import Session

from bot.files import write_whole
from bot.images import MAXIMUM_BYTES, RefusedPhotoError, Renditions
from bot.settings import REPOSITORY
from bot.store import Base, Photo
from bot.store.models import new_id
from bot.vault import VaultError, decrypted, encrypted

__all__ = [
    "MAXIMUM_BYTES",
    "REFUSED_FOR_SIZE",
    "Checked",
    "PhotoFolder",
    "RefusedPhotoError",
    "Renditions",
    "check_photo",
]

logger = logging.getLogger(__name__)

_photos = Base.metadata.tables[Photo.__tablename__]
_DROP_OTHERS = (
    delete(_photos)
    .where(_photos.c.mentor_id == bindparam("mentor"), _photos.c.id != bindparam("keep"))
    .returning(_photos.c.id)
)
#: Without ``site``, which takes as long as a small picture; what it would find is named in `_environment`.
COMMAND = [sys.executable, "-S", "-m", "bot.photo_process"]
#: Seconds that the process gets, all in all.
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Checked:
    """What came of a file.

    Attributes:
        renditions: the photo; None if it was refused.
        problem: name of the sentence that says why it was refused, or "".
        seconds: how long it took, the start of the process included.
        peak_bytes: the most memory that the process had at once.
    """

    renditions: Renditions | None
    problem: str
    seconds: float
    peak_bytes: int


#: What is not looked at.
REFUSED_FOR_SIZE = Checked(None, "note-photo-too-large", 0.0, 0)


def check_photo(data: bytes) -> Checked:
    """Check and render a file in a process of its own, with limits on memory and time.

    Whatever a decoder does with a hostile file, it does it there: a crash, too much memory or too much time is
    a damaged picture to the mentor.
    """
    if len(data) > MAXIMUM_BYTES:
        return REFUSED_FOR_SIZE
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603  (our own module, by our own interpreter)
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    try:
        output, _errors = process.communicate(data, timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        output = b""
    seconds = time.monotonic() - started
    header, newline, files = output.partition(b"\n")
    if process.returncode != 0 or not newline:
        logger.warning("a picture of %d bytes ended its process (%s)", len(data), process.returncode)
        return Checked(None, "note-photo-broken", seconds, 0)
    told = json.loads(header)
    peak = int(told["peak_bytes"])
    if told["problem"]:
        return Checked(None, str(told["problem"]), seconds, peak)
    full, square = files[: told["full"]], files[told["full"] :]
    renditions = Renditions(full, square, int(told["width"]), int(told["height"]), str(told["source_format"]))
    return Checked(renditions, "", seconds, peak)


def _environment() -> dict[str, str]:
    """No secret of the service's: where programs are, and where Python finds its libraries and us."""
    passed = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT")}
    places = dict.fromkeys((str(REPOSITORY), sysconfig.get_path("platlib"), sysconfig.get_path("purelib")))
    return {**passed, "PYTHONPATH": os.pathsep.join(places)}


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
            key: 32 bytes; it lies in the message's inbox body alone, and is destroyed with that.
        """
        # Its message is acknowledged next: it has to be on the disk.
        write_whole(self._uploads / Path(name).name, encrypted(key, data, name.encode()))

    def take_upload(self, name: str, key: bytes) -> bytes | None:
        """The file that `keep_upload` wrote with the same key, or None if it is gone."""
        path = self._uploads / Path(name).name
        try:
            return decrypted(key, path.read_bytes(), name.encode())
        except (FileNotFoundError, VaultError):
            return None

    def drop_upload(self, name: str) -> None:
        """Delete an upload that was dealt with; a channel that keeps its files elsewhere has none."""
        path = self._uploads / Path(name).name
        if path.is_file():
            path.unlink(missing_ok=True)

    def clear_leftovers(self, uploads: set[str], photo_ids: set[str]) -> None:
        """Delete every upload but ``uploads``, and the files of every photo but ``photo_ids``."""
        for path in self._uploads.iterdir():
            if path.name not in uploads:
                path.unlink(missing_ok=True)
        for path in self._photos.iterdir():
            if path.stem.removesuffix("-square") not in photo_ids:
                path.unlink(missing_ok=True)

    def add(self, session: Session, mentor_id: str, renditions: Renditions) -> str:
        """Store a photo's files and its row, replacing the mentor's earlier ones; gives the photo's id."""
        photo = Photo(
            id=new_id(),
            mentor_id=mentor_id,
            width=renditions.width,
            height=renditions.height,
            source_format=renditions.source_format,
        )
        self.full(photo.id).write_bytes(renditions.full)
        self.square(photo.id).write_bytes(renditions.square)
        session.add(photo)
        return photo.id

    def drop_others(self, session: Session, mentor_id: str, keep: str) -> list[str]:
        """Delete the rows of the mentor's photos but ``keep``; gives the ids whose files can go after the commit."""
        return list(session.connection().execute(_DROP_OTHERS, {"mentor": mentor_id, "keep": keep}).scalars())

    def drop_files(self, photo_ids: list[str]) -> None:
        """Delete the files of photos whose rows are gone."""
        for photo_id in photo_ids:
            self.full(photo_id).unlink(missing_ok=True)
            self.square(photo_id).unlink(missing_ok=True)

    def full(self, photo_id: str) -> Path:
        """Where the upright rendition lies."""
        return self._photos / f"{Path(photo_id).name}.jpg"

    def square(self, photo_id: str) -> Path:
        """Where the square rendition lies."""
        return self._photos / f"{Path(photo_id).name}-square.jpg"
