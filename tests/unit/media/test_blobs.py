"""The stores of files: the data folder and a bucket keep the same promises, and a bucket may be out of reach."""

from __future__ import annotations

import logging
import socket
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.settings import SECRETS, SettingsError, load_settings
from bot.media import blobs
from bot.media.blobs import PHOTOS, UPLOADS, BlobError, Blobs, Folder, open_blobs
from tests.support.s3 import BUCKET, S3, running_s3

PHOTO = f"{PHOTOS}/{'a' * 32}.jpg"
BYTES = bytes(range(256)) * 1000


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with running_s3() as store:
        yield store


def opened(folder: Path, **settings: Any) -> Blobs:
    return open_blobs(load_settings(_env_file=None, data_dir=folder, **settings))


@pytest.fixture(params=["folder", "bucket", "prefix"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Blobs]:
    if request.param == "folder":
        yield opened(tmp_path)
        return
    s3: S3 = request.getfixturevalue("s3")
    yield opened(tmp_path, **s3.settings("/some/prefix" if request.param == "prefix" else ""))
    s3.empty()


def names(store: Blobs, folder: str) -> set[str]:
    return {each.name for each in store.list(folder)}


def test_what_is_put_is_got_until_it_is_replaced_or_deleted(store: Blobs) -> None:
    assert store.get(PHOTO) is None
    store.put(PHOTO, BYTES)
    assert store.get(PHOTO) == BYTES
    store.put(PHOTO, b"")
    assert store.get(PHOTO) == b""
    store.delete([PHOTO, f"{PHOTOS}/nothing.jpg"])
    assert store.get(PHOTO) is None
    store.delete([PHOTO])
    store.delete([])


def test_a_folder_lists_its_own_files_with_their_time(store: Blobs) -> None:
    assert names(store, PHOTOS) == set()
    many = {f"{PHOTOS}/{number}.jpg" for number in range(5)}
    for name in {*many, f"{UPLOADS}/waits"}:
        store.put(name, b"x")
    assert names(store, PHOTOS) == many
    [upload] = store.list(UPLOADS)
    assert upload.name == f"{UPLOADS}/waits"
    assert abs(time.time() - upload.written_at) < 10


def test_a_folder_is_its_owners_alone_and_a_write_that_fails_leaves_the_former_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Folder(tmp_path)
    store.put(PHOTO, b"former")
    path = Path(store.address(PHOTO))
    assert (path.read_bytes(), path.parent.parent) == (b"former", tmp_path)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]
    monkeypatch.setattr("os.fsync", lambda _file: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.put(PHOTO, b"new")
    assert [each.read_bytes() for each in path.parent.iterdir()] == [b"former"]


def test_two_prefixes_of_a_bucket_see_nothing_of_each_other(s3: S3, tmp_path: Path) -> None:
    one, other = (opened(tmp_path, **s3.settings(prefix)) for prefix in ("/one", "/one-more/"))
    one.put(PHOTO, b"one")
    assert other.get(PHOTO) is None
    assert names(other, PHOTOS) == set()
    assert s3.names() == [f"one/{PHOTO}"]
    assert one.address(PHOTO) == f"s3://{BUCKET}/one/{PHOTO}"
    assert other.address(PHOTO) == f"s3://{BUCKET}/one-more/{PHOTO}"
    s3.empty()


def test_a_bucket_that_is_out_of_reach_is_left_alone_for_a_while(
    s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from bot.media import bucket

    monkeypatch.setattr(bucket, "REQUEST_SECONDS", 0.5)
    monkeypatch.setattr(bucket, "REST_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as hangs:
        address = f"http://127.0.0.1:{hangs.getsockname()[1]}"
        store = opened(tmp_path, **s3.settings() | {"s3_endpoint_url": address})
        ticks, stop = 0, threading.Event()

        def tick() -> None:
            nonlocal ticks
            while not stop.wait(0.01):
                ticks += 1

        other = threading.Thread(target=tick)
        other.start()
        began = time.monotonic()
        with pytest.raises(BlobError, match="cannot be reached"):
            store.put(PHOTO, b"secret")
        took = time.monotonic() - began
        stop.set()
        other.join()
        assert 0.4 < took < 2
        assert ticks > 20, "other threads go on meanwhile"
    for ask in (lambda: store.get(PHOTO), lambda: store.delete([PHOTO]), lambda: [*store.list(PHOTOS)]):
        with pytest.raises(BlobError, match="a moment ago"):
            ask()
    assert time.monotonic() - began - took < 0.5
    assert [(each.levelno, "ALERT" in each.message) for each in caplog.records] == [(logging.ERROR, True)]
    assert "secret" not in caplog.text


def test_it_is_tried_again_after_the_rest(
    s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import obstore

    from bot.media import bucket

    monkeypatch.setattr(bucket, "REST_SECONDS", 0.05)
    store = opened(tmp_path, **s3.settings())

    def fails(*_arguments: object) -> None:
        raise OSError("at https://secret.example")

    with monkeypatch.context() as out:
        out.setattr(obstore, "put", fails)
        with pytest.raises(BlobError, match=r"^the bucket cannot be reached \(OSError\)$"):
            store.put(PHOTO, b"x")
    time.sleep(0.1)
    store.put(PHOTO, b"x")
    assert store.get(PHOTO) == b"x"
    assert [each.message.partition(":")[0] for each in caplog.records] == [
        "ALERT the bucket is out of reach",
        "the bucket can be reached again",
    ]
    s3.empty()


def test_a_key_that_is_refused_is_no_outage(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import obstore
    from obstore.exceptions import PermissionDeniedError

    def refuses(*_arguments: object) -> None:
        raise PermissionDeniedError("secret")

    store = opened(tmp_path, **s3.settings())
    with monkeypatch.context() as refusing:
        refusing.setattr(obstore, "put", refuses)
        with pytest.raises(BlobError, match=r"^the bucket refuses the access key"):
            store.put(PHOTO, b"x")
    store.put(PHOTO, b"x")
    s3.empty()


def test_a_bucket_that_is_not_there_is_named(s3: S3, tmp_path: Path) -> None:
    store = opened(tmp_path, **s3.settings() | {"blob_url": "s3://nobodys"})
    with pytest.raises(BlobError, match="does not exist"):
        store.put(PHOTO, b"x")


@pytest.mark.parametrize(
    "url", ["https://bucket", "s3://", "s3:///prefix", "s3://UPPER", "s3://a-bucket/../up?x=1", "s3://id:secret@bucket"]
)
def test_what_is_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"BLOB_URL: .*should be s3://bucket or s3://bucket/prefix"):
        load_settings(_env_file=None, blob_url=url)


def test_half_an_access_key_is_refused_and_both_halves_may_lie_in_files(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="belong together"):
        opened(tmp_path, blob_url="s3://a-bucket", s3_access_key_id="id", s3_secret_access_key="")
    assert {"s3_access_key_id", "s3_secret_access_key"} <= set(SECRETS)


def test_the_default_is_the_data_folder(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert isinstance(store, blobs.Folder)
    assert not store.is_remote
