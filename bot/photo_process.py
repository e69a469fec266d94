"""The process in which one picture is decoded: ``python -m bot.photo_process``.

It reads the file from standard input and writes one line of JSON and the two renditions to standard output. It
limits itself before it looks at a byte, opens no file and no connection, and knows no secret.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from pathlib import Path

#: Bytes of address space, seconds of processor time, and files it may have open.
ADDRESS_SPACE = 1 << 30
CPU_SECONDS = 8
OPEN_FILES = 16


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


def main() -> None:
    """Check the file on standard input."""
    from bot.images import RefusedPhotoError, render_photo

    limit()
    data = sys.stdin.buffer.read()
    told: dict[str, object] = {"problem": ""}
    files = b""
    try:
        found = render_photo(data)
    except RefusedPhotoError as refused:
        told["problem"] = refused.note
    except MemoryError:
        told["problem"] = "note-photo-broken"
    else:
        told |= {"full": len(found.full), "width": found.width, "height": found.height}
        told["source_format"] = found.source_format
        files = found.full + found.square
    told["peak_bytes"] = peak_bytes()
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + files)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
