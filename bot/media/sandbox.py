"""The process that pictures are decoded in, each in a copy of its own: ``python -m bot.media.sandbox``.

Started once, it loads the decoders, and is forked for each picture: to start Python and load them takes eight times as
long as the picture. It looks at no picture itself, so that each copy begins with the same clean memory. A copy limits
itself before it reads a byte, opens no file and no connection, and knows no secret; what it is given is one connection,
over which the file comes in and one line of JSON and the two renditions go out.
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

#: Bytes of address space, seconds of processor time, and files a copy may have open.
ADDRESS_SPACE = 1 << 30
CPU_SECONDS = 8
OPEN_FILES = 16
#: Sides of the picture that is rendered first, so that no copy has to load what rendering needs.
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
    """The most memory that this process has had."""
    status = Path("/proc/self/status")
    if status.exists():  # what the kernel's other count begins with is the parent's
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def check(connection: socket.socket) -> None:
    """Check the file that comes over a connection, until its sender writes no more; answer there."""
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
    """Check pictures, one after another, until the service has gone.

    For each of them it sends a byte with one end of a connection over the socket that is our standard input.
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
    """Load what rendering needs, by rendering a picture of our own."""
    from PIL import Image

    from bot.media.images import render_photo

    buffer = io.BytesIO()
    Image.new("RGB", _FIRST_PICTURE).save(buffer, "JPEG")
    render_photo(buffer.getvalue())


if __name__ == "__main__":
    main()
