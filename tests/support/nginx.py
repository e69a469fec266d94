"""nginx in front of a service, with what the documentation has for its configuration."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bot.core.paths import REPOSITORY
from tests.support.ending import ends_with_this_run

_MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    {paths}
    server {{
        listen 127.0.0.1:{port};
{server}
    }}
}}
"""
_KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
START_SECONDS = 10


def documented() -> str:
    """The configuration in docs/how-to/production.md."""
    page = (REPOSITORY / "docs" / "how-to" / "production.md").read_text()
    [found] = re.findall(r"```nginx\n(.+?)```", page, re.DOTALL)
    return str(found)


@contextmanager
def running_nginx(folder: Path, port: int, server: str) -> Iterator[None]:
    """nginx on 127.0.0.1.

    Args:
        folder: for its files.
        port: that it listens on.
        server: the directives of its server.
    """
    folder.mkdir()
    paths = "\n    ".join(f"{kind}_temp_path {folder}/{kind};" for kind in _KINDS)
    main = folder / "nginx.conf"
    main.write_text(_MAIN.format(folder=folder, port=port, paths=paths, server=server))
    process = subprocess.Popen(["nginx", "-c", str(main), "-e", f"{folder}/error.log"])
    ends_with_this_run(process.pid)
    try:
        _wait_for(process, port, folder)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/", timeout=1)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nginx does not start: {(folder / 'error.log').read_text()}")
