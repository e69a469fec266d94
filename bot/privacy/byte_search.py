"""The process that searches files for bytes: ``python -m bot.privacy.byte_search``.

It is a separate process because closing a database file drops all of SQLite's locks of the process, even after only
reading. The next connection to close would then think that it is the last and delete the log that the service still
writes (sqlite.org/howtocorrupt.html, section 2.2).
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

COMMAND = [sys.executable, "-m", "bot.privacy.byte_search"]
#: Bytes per read.
CHUNK_BYTES = 1 << 20


def search(files: Iterable[Path], wanted: Sequence[tuple[str, bytes]]) -> list[tuple[Path, str]]:
    """Search files in another process.

    Args:
        files: the files; a vanished one counts as empty.
        wanted: the name and bytes of each piece.

    Returns:
        File and name of each piece found.

    Raises:
        subprocess.CalledProcessError: a file could not be read.
    """
    asked = {
        "files": [str(path.absolute()) for path in files],
        "wanted": [[what, base64.b64encode(each).decode()] for what, each in wanted],
    }
    # The pieces are passed on standard input, because other users of the machine can see arguments.
    done = subprocess.run(COMMAND, input=json.dumps(asked).encode(), stdout=subprocess.PIPE, check=True)
    return [(Path(path), what) for path, what in json.loads(done.stdout)]


def in_file(path: Path, wanted: Sequence[tuple[str, bytes]]) -> list[str]:
    """The names of the pieces that a file holds."""
    longest = max((len(each) for _what, each in wanted), default=1)
    found: dict[str, None] = {}
    try:
        with path.open("rb") as file:
            before = b""
            while chunk := file.read(CHUNK_BYTES):
                window = before + chunk
                found |= dict.fromkeys(what for what, each in wanted if each in window)
                before = window[-longest:]
    except FileNotFoundError:
        return []
    return list(found)


def main() -> None:
    """Read the request from standard input, search, and print the result."""
    asked = json.load(sys.stdin)
    wanted = [(what, base64.b64decode(each)) for what, each in asked["wanted"]]
    try:
        found = [[path, what] for path in asked["files"] for what in in_file(Path(path), wanted)]
    except OSError as error:
        raise SystemExit(f"{error.filename or 'A file'} cannot be read: {error.strerror}.") from None
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
