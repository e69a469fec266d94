"""Files in a bucket of an S3-compatible store."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from bot.media.blobs import Blob, BlobError

if TYPE_CHECKING:
    from obstore.store import S3Config

logger = logging.getLogger(__name__)

#: Seconds for a connection, and for a whole request with its repetitions.
CONNECT_SECONDS, REQUEST_SECONDS = 2.0, 10.0
#: Seconds for which nothing is tried after an outage was found.
REST_SECONDS = 5.0


class Bucket:
    """Files in a bucket.

    After a failure everything fails at once for some seconds, so that a store that hangs holds up few threads.

    Args:
        url: ``s3://bucket/prefix``, with or without a prefix.
        endpoint: address of the server; empty means Amazon's.
        region: that requests are signed for.
        key_id: of the access key; empty means what the environment offers, such as the machine's role.
        secret: of the access key.
    """

    is_remote = True

    def __init__(self, url: str, endpoint: str, region: str, key_id: str, secret: str) -> None:
        self._url = url.rstrip("/")
        bucket, _, prefix = self._url.removeprefix("s3://").partition("/")
        config: S3Config = {"region": region}
        if endpoint:
            config["endpoint"] = endpoint
        if key_id:
            config |= {"access_key_id": key_id, "secret_access_key": secret}
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            config=config,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
                "timeout": timedelta(seconds=REQUEST_SECONDS),
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=REQUEST_SECONDS / 2)},
        )
        self._rests_until = 0.0
        self._is_out = False

    def put(self, name: str, data: bytes) -> None:
        """As `Blobs.put`."""
        try:
            self._call(lambda: obstore.put(self._store, name, data))
        except FileNotFoundError:
            raise BlobError("the bucket does not exist") from None

    def get(self, name: str) -> bytes | None:
        """As `Blobs.get`."""
        try:
            return self._call(lambda: bytes(obstore.get(self._store, name).bytes()))
        except FileNotFoundError:
            return None

    def delete(self, names: Iterable[str]) -> None:
        """As `Blobs.delete`."""
        if listed := list(names):
            self._call(lambda: obstore.delete(self._store, listed))

    def list(self, folder: str) -> Iterator[Blob]:
        """As `Blobs.list`."""
        parts = self._call(lambda: obstore.list(self._store, folder))
        while part := self._call(lambda: next(parts, None)):
            yield from (Blob(each["path"], each["last_modified"].timestamp()) for each in part)

    def address(self, name: str) -> str:
        """As `Blobs.address`."""
        return f"{self._url}/{name}"

    def _call[Result](self, request: Callable[[], Result]) -> Result:
        if time.monotonic() < self._rests_until:
            raise BlobError("the bucket was out of reach a moment ago")
        try:
            result = request()
        except FileNotFoundError:
            raise
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise BlobError(f"the bucket refuses the access key ({type(error).__name__})") from None
        except (BaseError, OSError, ValueError) as error:  # its text is left out: it quotes what the server says
            self._rests_until = time.monotonic() + REST_SECONDS
            if not self._is_out:
                self._is_out = True
                logger.error("ALERT the bucket is out of reach: %s", type(error).__name__)
            raise BlobError(f"the bucket cannot be reached ({type(error).__name__})") from None
        if self._is_out:
            self._is_out = False
            logger.warning("the bucket can be reached again")
        return result
