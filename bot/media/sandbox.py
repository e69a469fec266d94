"""The process in which pictures are decoded, one forked copy per picture: ``python -m bot.media.sandbox``.

It starts once, loads the decoders and forks for each picture, because starting Python and loading them takes eight
times as long as a picture. It decodes no picture itself, so each copy begins with the same clean memory. A copy limits
itself before it reads a byte, opens no file and no connection, and knows no secret. It gets one connection, from which
it reads the file and to which it writes a line of JSON and the two renditions.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import socket
import sys
from pathlib import Path

#: Limits of a copy: bytes of address space, seconds of processor time, open files.
ADDRESS_SPACE = 1 << 30
CPU_SECONDS = 8
OPEN_FILES = 16
#: The size of a first picture, rendered so that the modules for rendering are loaded before any fork.
_FIRST_PICTURE = (400, 300)


def limit() -> None:
    """Set the limits of this process; a decoder that exceeds one ends or fails."""
    limits = (
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in limits:
        with contextlib.suppress(ValueError, OSError):  # a stricter limit is set already
            resource.setrlimit(kind, (most, most))


def peak_bytes() -> int:
    """The most memory that this process has used."""
    status = Path("/proc/self/status")
    if status.exists():  # the kernel's other count starts with the parent's value
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def check(connection: socket.socket) -> None:
    """Read a file from a connection to its end, check it, and answer there."""
    from bot.media.images import RefusedPhotoError, render_photo

    limit()
    with connection.makefile("rb") as file:
        data = file.read()
    told: dict[str, object] = {"problem": "", "full": 0, "square": 0}
    files = b""
    try:
        found = render_photo(data)
    except RefusedPhotoError as refused:
        told["problem"] = refused.note
    except MemoryError:
        told["problem"] = "note-photo-broken"
    else:
        told |= {"full": len(found.full), "square": len(found.square), "width": found.width, "height": found.height}
        told["source_format"] = found.source_format
        files = found.full + found.square
    told["peak_bytes"] = peak_bytes()
    connection.sendall(json.dumps(told).encode() + b"\n" + files)


def main() -> None:
    """Check pictures, one after another, until the service ends.

    For each picture the service sends a byte, with one end of a connection, over the socket that is standard input.
    """
    _prepare()
    with socket.socket(fileno=sys.stdin.fileno()) as service:
        while True:
            told, descriptors, _flags, _address = socket.recv_fds(service, 1, 1)
            if not told:
                return
            [descriptor] = descriptors
            copy = os.fork()
            if copy == 0:
                service.close()
                try:
                    with socket.socket(fileno=descriptor) as connection:
                        check(connection)
                finally:
                    os._exit(0)
            os.close(descriptor)
            os.waitpid(copy, 0)


def _prepare() -> None:
    """Load the modules for rendering by rendering a picture made here."""
    from PIL import Image

    from bot.media.images import render_photo

    buffer = io.BytesIO()
    Image.new("RGB", _FIRST_PICTURE).save(buffer, "JPEG")
    render_photo(buffer.getvalue())


if __name__ == "__main__":
    main()
