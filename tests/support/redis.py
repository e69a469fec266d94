"""A Redis for one test, without persistence."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.support.ending import ends_with_this_run
from tests.support.service import free_port


class Redis(NamedTuple):
    """A running Redis.

    Attributes:
        url: its address.
        process: a test can stop (SIGSTOP) and continue it.
    """

    url: str
    process: subprocess.Popen[bytes]


@contextlib.contextmanager
def running_redis(folder: Path) -> Iterator[Redis]:
    """Start it, and end it afterwards."""
    port = free_port()
    options = {"port": port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": folder}
    command = ["redis-server", *(str(each) for name, value in options.items() for each in (f"--{name}", value))]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    ends_with_this_run(server.pid)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield Redis(f"redis://127.0.0.1:{port}/0", server)
    finally:
        server.send_signal(signal.SIGCONT)
        server.terminate()
        server.wait(10)
