"""An S3-compatible store for tests: moto's server, with one bucket."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx

from tests.support.ending import ends_with_this_run
from tests.support.service import free_port

BUCKET = "mentors"


class S3:
    """A running store.

    Attributes:
        endpoint: its address.
    """

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        # The server looks for a signature and does not verify it.
        signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=id/20260101/us-east-1/s3/aws4_request"}
        self._bucket = httpx.Client(base_url=f"{endpoint}/{BUCKET}", headers=signed, trust_env=False)

    def settings(self, prefix: str = "") -> dict[str, str]:
        """The settings of a bot that keeps its photos here, by field."""
        return {
            "blob_url": f"s3://{BUCKET}{prefix}",
            "s3_endpoint_url": self.endpoint,
            "s3_access_key_id": "id",
            "s3_secret_access_key": "secret",
        }

    def create(self) -> None:
        """Create the bucket."""
        self._bucket.put("").raise_for_status()

    def names(self) -> list[str]:
        """The names of all objects."""
        return re.findall("<Key>([^<]*)</Key>", self._bucket.get("").text)

    def contents(self, name: str) -> bytes:
        """What lies there under a name, without this program's help."""
        return self._bucket.get(f"/{name}").raise_for_status().content

    def empty(self) -> None:
        """Delete all objects."""
        for name in self.names():
            self._bucket.delete(f"/{name}")


@contextlib.contextmanager
def running_s3() -> Iterator[S3]:
    """Start it, and end it afterwards."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ends_with_this_run(server.pid)
    try:
        store = S3(f"http://127.0.0.1:{port}")
        deadline = time.monotonic() + 30
        while True:
            try:
                store.create()
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline, "it does not start"
                assert server.poll() is None, "it ended"
                time.sleep(0.05)
        yield store
    finally:
        server.terminate()
        server.wait(10)
