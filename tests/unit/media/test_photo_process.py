"""Pictures are decoded in a process of their own: whatever happens there is a sentence here."""

from __future__ import annotations

import json
import sys
import textwrap
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from bot.media import photo_check
from bot.media.blobs import Folder
from bot.media.images import MAXIMUM_BYTES, PROFILE_SIDE
from bot.media.photo_check import check_photo
from bot.media.photos import Photos
from bot.media.sandbox import ADDRESS_SPACE, CPU_SECONDS, OPEN_FILES
from tests.support.answers import picture
from tests.unit.media.test_photos import CANARY, corners, encoded, opened

MEBIBYTE = 1 << 20


def test_a_good_photo_comes_back_rendered_with_its_cost() -> None:
    checked = check_photo(picture(800, 600))
    assert checked.problem == ""
    assert checked.renditions is not None
    assert (checked.renditions.width, checked.renditions.height, checked.renditions.source_format) == (800, 600, "JPEG")
    assert opened(checked.renditions.full).size == (800, 600)
    assert opened(checked.renditions.square).size == (PROFILE_SIDE, PROFILE_SIDE)
    assert 10 * MEBIBYTE < checked.peak_bytes < 300 * MEBIBYTE
    assert checked.seconds > 0


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "note-photo-not-an-image"),
        (b"hello", "note-photo-not-an-image"),
        (b"\xff\xd8\xff" + b"\x00" * 100, "note-photo-not-an-image"),
        (picture(400, 300)[:2000], "note-photo-broken"),
        (picture(100, 300), "note-photo-too-small"),
        (b"x" * (MAXIMUM_BYTES + 1), "note-photo-too-large"),
    ],
)
def test_what_is_refused_in_there_is_refused_here(data: bytes, problem: str) -> None:
    checked = check_photo(data)
    assert (checked.renditions, checked.problem) == (None, problem)


def test_a_picture_of_fifty_million_pixels_stays_within_half_a_gibibyte() -> None:
    wide = Image.new("L", (10_000, 5_000), 128)
    checked = check_photo(encoded(wide, "PNG", compress_level=1))
    assert checked.renditions is not None
    assert checked.peak_bytes < 512 * MEBIBYTE
    coloured = check_photo(encoded(Image.new("RGB", (8_000, 6_000), "teal"), "PNG", compress_level=1))
    assert coloured.renditions is not None
    assert coloured.peak_bytes < 512 * MEBIBYTE


@pytest.fixture
def afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Has the process started anew: its copies run ``code`` in the place of the check; ``before`` runs before it."""

    def start(code: str, before: str = "") -> None:
        check = "def check(connection):\n" + textwrap.indent(code, "    ")
        program = f"{IMPORTS}\n{check}\n{before}\nphoto_process.check = check\nphoto_process.main()"
        monkeypatch.setattr(photo_check, "COMMAND", [sys.executable, "-c", program])
        photo_check._process._end()

    yield start
    monkeypatch.undo()
    photo_check._process._end()


IMPORTS = """
import json, os, resource, signal, sys, time
from bot.media import images, sandbox as photo_process
from bot.media.sandbox import limit
"""
TOLD = '{"problem": "note-photo-too-small", "full": 0, "square": 0, "peak_bytes": 1}'


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        "os.kill(os.getpid(), signal.SIGSEGV)",
        "raise SystemExit(3)",
        "raise ValueError",
        "pass",
        "connection.sendall(b'no newline')",
        """connection.sendall(b'{"problem": "", "full": 9, "square": 9, "peak_bytes": 1}\\ncut off')""",
        "limit(); bytearray(4 << 30)",
        "limit(); open('/tmp/written', 'wb').write(b'x' * 100)",
        "limit(); [None for each in iter(int, 1)]",
        "os.kill(os.getppid(), signal.SIGKILL)",
        "os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)",
        "time.sleep(60)",
    ],
)
def test_a_copy_that_dies_or_hangs_is_a_damaged_picture_and_the_next_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, afresh: Callable[..., None], code: str
) -> None:
    monkeypatch.setattr(photo_check, "PATIENCE_SECONDS", 2.0)
    bad = "if len(connection.makefile('rb').read()) < 2000:\n" + textwrap.indent(f"{code}\nreturn", "    ")
    afresh(f"{bad}\nconnection.sendall({TOLD!r}.encode() + b'\\n')")
    for _again in range(2):
        checked = check_photo(b"x" * 1999)
        assert (checked.renditions, checked.problem) == (None, "note-photo-broken")
        assert checked.seconds < 5
        assert check_photo(b"x" * 2000).problem == "note-photo-too-small"


@pytest.mark.slow
@pytest.mark.parametrize("program", ["pass", "raise SystemExit(3)", "import time; time.sleep(60)"])
def test_a_process_that_does_not_start_is_a_damaged_picture(
    monkeypatch: pytest.MonkeyPatch, afresh: Callable[..., None], program: str
) -> None:
    monkeypatch.setattr(photo_check, "PATIENCE_SECONDS", 2.0)
    afresh("pass")
    monkeypatch.setattr(photo_check, "COMMAND", [sys.executable, "-c", program])
    assert check_photo(picture(300, 300)).problem == "note-photo-broken"
    monkeypatch.undo()
    assert check_photo(picture(300, 300)).problem == ""


def test_a_picture_that_meets_a_dying_process_has_another_go(
    monkeypatch: pytest.MonkeyPatch, afresh: Callable[..., None], tmp_path: Path
) -> None:
    dies = f"""
import os, pathlib, socket
from bot.media import sandbox as photo_process
seen = pathlib.Path({str(tmp_path / "seen")!r})
if not seen.exists():
    seen.touch()
    socket.recv_fds(socket.socket(fileno=0), 1, 1)
    os._exit(1)
photo_process.main()
"""
    afresh("pass")
    monkeypatch.setattr(photo_check, "COMMAND", [sys.executable, "-c", dies])
    assert check_photo(picture(300, 300)).problem == ""


def test_a_copy_has_limits_before_the_picture_is_looked_at(afresh: Callable[..., None]) -> None:
    looks = """
real = photo_process.check
def looks(data):
    kinds = [resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE]
    raise images.RefusedPhotoError(str([resource.getrlimit(kind)[1] for kind in kinds]))
"""
    afresh("images.render_photo = looks; real(connection)", before=looks)
    assert check_photo(b"x").problem == str([ADDRESS_SPACE, CPU_SECONDS, OPEN_FILES, 0])
    assert ADDRESS_SPACE <= 1 << 30
    assert CPU_SECONDS <= 10
    assert OPEN_FILES <= 32


def test_what_a_picture_leaves_behind_never_meets_the_next(afresh: Callable[..., None]) -> None:
    leaves = """
left = getattr(images, "left", []); images.left = [*left, connection.makefile("rb").read().decode()]
told = {"problem": str(left), "full": 0, "square": 0, "peak_bytes": 1}
connection.sendall(json.dumps(told).encode() + b"\\n")
"""
    afresh(leaves)
    assert [check_photo(each).problem for each in (b"a", b"b", b"c")] == ["[]"] * 3


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists them so")
def test_a_copy_has_no_other_connection_than_its_own(afresh: Callable[..., None]) -> None:
    tells = """
links = [os.path.join("/proc/self/fd", each) for each in os.listdir("/proc/self/fd")]
sockets = [each for each in links if os.path.islink(each) and "socket" in os.readlink(each)]
told = {"problem": str(len(sockets)), "full": 0, "square": 0, "peak_bytes": 1}
connection.sendall(json.dumps(told).encode() + b"\\n")
"""
    afresh(tells)
    assert check_photo(b"x").problem == "1"


def test_nothing_of_the_environment_reaches_the_process(
    monkeypatch: pytest.MonkeyPatch, afresh: Callable[..., None]
) -> None:
    monkeypatch.setenv("MASTER_KEYS", CANARY)
    tells = """
names = [name for name in os.environ if name not in ("PATH", "PYTHONPATH", "LC_CTYPE")]
told = {"problem": json.dumps([names, list(os.environ.values())]), "full": 0, "square": 0, "peak_bytes": 1}
connection.sendall(json.dumps(told).encode() + b"\\n")
"""
    afresh(tells)
    names, values = json.loads(check_photo(b"x").problem)
    assert names == []
    assert not any(CANARY in value for value in values)


def test_the_process_ends_with_the_service(afresh: Callable[..., None]) -> None:
    afresh("pass")
    check_photo(b"x")
    process = photo_check._process._process
    assert process is not None
    assert photo_check._process._service is not None
    photo_check._process._service.close()
    assert process.wait(5) == 0


def test_pictures_that_come_at_once_are_each_answered() -> None:
    sizes = [(300 + 10 * each, 300) for each in range(12)]
    with ThreadPoolExecutor(6) as threads:
        checked = list(threads.map(lambda size: check_photo(picture(*size)), sizes))
    assert [(each.renditions.width, each.renditions.height) for each in checked if each.renditions] == sizes


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (50_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
    )
    checked = check_photo(bomb)
    assert checked.problem == "note-photo-too-many-pixels"
    assert checked.peak_bytes < 200 * MEBIBYTE


def test_an_upload_waits_encrypted_and_opens_with_its_key_alone(tmp_path: Path) -> None:
    folder = Photos(Folder(tmp_path))
    data = encoded(corners(), "JPEG", comment=CANARY.encode())
    folder.keep_upload("name", data, b"k" * 32)
    [path] = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert CANARY.encode() not in path.read_bytes()
    assert folder.take_upload("name", b"k" * 32) == data
    assert folder.take_upload("name", b"x" * 32) is None
    path.rename(path.with_name("other"))
    assert folder.take_upload("other", b"k" * 32) is None
    assert folder.take_upload("name", b"k" * 32) is None
    folder.drop_upload("")
    folder.drop_upload("of nobody")
    assert path.with_name("other").is_file()
    folder.drop_upload("other")
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
