"""Pictures are decoded in a process of their own: whatever happens there is a sentence here."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from bot import photos
from bot.images import MAXIMUM_BYTES, PROFILE_SIDE
from bot.photo_process import ADDRESS_SPACE, CPU_SECONDS
from bot.photos import Checked, PhotoFolder, check_photo
from tests.support.answers import picture
from tests.unit.test_photos import CANARY, corners, encoded, opened

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


def process(code: str) -> list[str]:
    """A command like the one of the photo process, that does something else."""
    return [sys.executable, "-c", code]


@pytest.mark.parametrize(
    "code",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "raise SystemExit(3)",
        "pass",
        "import sys; sys.stdout.write('no newline')",
        "from bot.photo_process import limit; limit(); bytearray(4 << 30)",
        "from bot.photo_process import limit; limit(); open('/tmp/written', 'wb').write(b'x' * 100)",
        "import time; time.sleep(60)",
    ],
)
def test_a_process_that_dies_or_hangs_is_a_damaged_picture(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(photos, "PATIENCE_SECONDS", 2.0)
    monkeypatch.setattr(photos, "COMMAND", process(code))
    checked = check_photo(picture(300, 300))
    assert (checked.renditions, checked.problem) == (None, "note-photo-broken")
    assert checked.seconds < 5


def test_the_process_has_limits_and_no_secrets() -> None:
    code = (
        "import os, resource, json\n"
        "from bot.photo_process import limit\n"
        "limit()\n"
        "kinds = [resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE]\n"
        "print(json.dumps([resource.getrlimit(kind)[0] for kind in kinds]))"
    )
    done = subprocess.run(process(code), capture_output=True, check=True)
    space, seconds, files, written = json.loads(done.stdout)
    assert 0 < space <= 1 << 30
    assert 0 < seconds <= 10
    assert 0 < files <= 32
    assert written == 0


def test_the_limits_are_set_before_the_picture_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import resource\n"
        "from bot import images, photo_process\n"
        "def looks(data):\n"
        "    kinds = [resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE]\n"
        "    raise images.RefusedPhotoError(str([resource.getrlimit(kind)[1] for kind in kinds]))\n"
        "images.render_photo = looks\n"
        "photo_process.main()"
    )
    monkeypatch.setattr(photos, "COMMAND", process(code))
    assert check_photo(b"x").problem == str([ADDRESS_SPACE, CPU_SECONDS, 0])


def test_nothing_of_the_environment_reaches_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTER_KEYS", CANARY)
    code = f"import os, sys; sys.exit(any({CANARY!r} in value for value in os.environ.values()))"
    monkeypatch.setattr(photos, "COMMAND", process(code + "\nprint('x')"))
    assert check_photo(picture(300, 300)).problem == "note-photo-broken"
    told = json.dumps({"problem": "note-photo-too-small", "peak_bytes": 1})
    monkeypatch.setattr(photos, "COMMAND", process(f"import os\nif 'MASTER_KEYS' not in os.environ: print({told!r})"))
    assert check_photo(picture(300, 300)) == Checked(None, "note-photo-too-small", pytest.approx(0, abs=5), 1)


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
    folder = PhotoFolder(tmp_path)
    data = encoded(corners(), "JPEG", comment=CANARY.encode())
    folder.keep_upload("name", data, b"k" * 32)
    [path] = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert CANARY.encode() not in path.read_bytes()
    assert folder.take_upload("name", b"k" * 32) == data
    assert folder.take_upload("name", b"x" * 32) is None
    path.rename(path.with_name("other"))
    assert folder.take_upload("other", b"k" * 32) is None
    assert folder.take_upload("name", b"k" * 32) is None
    folder.drop_upload("other")
    assert list(tmp_path.rglob("*.j*")) == []
