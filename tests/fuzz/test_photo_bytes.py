"""Hostile picture files: each becomes a clean photo or a sentence, and nothing else."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from bot.i18n.catalogue import catalogue
from bot.media.images import LONGEST_SIDE, PROFILE_SIDE, RefusedPhotoError, Renditions, render_photo
from bot.media.photo_check import check_photo
from tests.fuzz.profile import examples
from tests.unit.media.test_photos import CANARY, encoded, marked, png_claiming, webp_claiming

# A decoder's warning is an error in the other tests; here it would hide what happens to the mentor's file after it.
pytestmark = pytest.mark.filterwarnings("ignore")

KINDS = ("JPEG", "PNG", "WEBP", "HEIF")
#: What a length, an offset or a dimension is overwritten with.
HOSTILE = [0, 1, 2, 7, 199, 200, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFF]
NUMBER = st.sampled_from(HOSTILE) | st.integers(0, 2**32 - 1)
SIDE = st.sampled_from([0, 1, 199, 200, 300, 5_000, 16_384, 65_500, 0x7FFFFFFF, 0xFFFFFFFF]) | st.integers(1, 2_000)
CANARIES = st.sampled_from([CANARY.encode(), CANARY.encode() * 20, CANARY.encode("utf-16-le")])
JUNK = st.binary(max_size=60) | CANARIES


@cache
def seeds() -> tuple[bytes, ...]:
    """A small valid picture of each kind with the canary wherever metadata can be, and plain ones."""
    small = Image.new("RGB", (220, 210), "teal")
    return (
        *(marked(kind) for kind in KINDS),
        *(encoded(small, kind) for kind in KINDS),
        encoded(small, "JPEG", progressive=True, comment=CANARY.encode()),
        encoded(small.quantize(8), "PNG", transparency=0),
        encoded(Image.new("I;16", (210, 220), 900), "PNG"),
        encoded(Image.new("RGBA", (220, 210), (9, 9, 9, 99)), "WEBP", lossless=True),
        encoded(Image.new("CMYK", (220, 210)), "JPEG"),
        encoded(small, "MPO", save_all=True, append_images=[small]),
        encoded(small, "HEIF", save_all=True, append_images=[small.rotate(9)]),
    )


SEEDS = st.builds(lambda number: seeds()[number], st.integers(0, 14))


def assert_clean(found: Renditions) -> None:
    for data in (found.full, found.square):
        for trace in (CANARY.encode(), CANARY.encode("utf-16-le"), b"Exif", b"ICC_PROFILE", b"http://ns.adobe"):
            assert trace not in data
        assert data.startswith(b"\xff\xd8\xff")
        assert data.endswith(b"\xff\xd9")
    full, square = Image.open(io.BytesIO(found.full)), Image.open(io.BytesIO(found.square))
    assert (full.format, full.size, square.size) == ("JPEG", (found.width, found.height), (PROFILE_SIDE, PROFILE_SIDE))
    assert max(full.size) <= LONGEST_SIDE
    full.load()
    square.load()


def assert_a_sentence(note: str) -> None:
    assert note.startswith("note-photo-")
    assert catalogue().text(note)


def assert_safe(data: bytes) -> None:
    """The file becomes a clean photo, or a refusal that the mentor can read."""
    try:
        found = render_photo(data)
    except RefusedPhotoError as refused:
        assert_a_sentence(refused.note)
    else:
        assert_clean(found)


@st.composite
def mutated(draw: st.DrawFn, seed: st.SearchStrategy[bytes] = SEEDS) -> bytes:
    """A valid picture after a few changes such as a fuzzer makes."""
    data = bytearray(draw(seed))
    # Most of what a decoder decides on is in the first bytes.
    reach = draw(st.sampled_from([40, 200, 1_000, 1 << 20]))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, max(0, min(reach, len(data)) - 1)))
        kind = draw(st.sampled_from(["flip", "number", "bytes", "delete", "double", "cut", "insert"]))
        if kind == "flip" and data:
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "number":
            form = draw(st.sampled_from([">I", "<I", ">H", "<H"]))
            limit = 0xFFFFFFFF if form[1] == "I" else 0xFFFF
            number = struct.pack(form, draw(NUMBER) & limit)
            data[at : at + len(number)] = number
        elif kind == "bytes":
            junk = draw(JUNK)
            data[at : at + len(junk)] = junk
        elif kind == "delete":
            del data[at : at + draw(st.integers(1, 300))]
        elif kind == "double":
            part = bytes(data[at : at + draw(st.integers(1, 300))])
            data[at:at] = part * draw(st.integers(1, 20))
        elif kind == "cut":
            del data[draw(st.integers(0, len(data))) :]
        else:
            data[at:at] = draw(JUNK)
    return bytes(data)


@st.composite
def png_of_chunks(draw: st.DrawFn) -> bytes:
    """A PNG of chunks of all kinds, with lengths and checksums that may be wrong."""

    def chunk(name: bytes, data: bytes) -> bytes:
        length = draw(st.just(len(data)) | st.just(len(data)) | st.just(len(data)) | NUMBER)
        check = zlib.crc32(name + data) if draw(st.integers(0, 5)) else 0
        return struct.pack(">I", length) + name + data + struct.pack(">I", check)

    width, height = draw(st.just(220) | SIDE), draw(st.just(210) | SIDE)
    depth, colour = draw(st.sampled_from([8, 8, 1, 16, 3])), draw(st.sampled_from([2, 2, 0, 3, 4, 6, 5]))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, draw(st.sampled_from([0, 0, 1, 9])))
    rows = zlib.compress(b"\x00" * (220 * 3 + 1) * 210)
    profile = b"icc\x00\x00" + zlib.compress(CANARY.encode() * draw(st.sampled_from([1, 100_000])))
    bodies = {
        b"IDAT": st.just(rows) | JUNK,
        b"PLTE": st.binary(max_size=800),
        b"tRNS": st.binary(max_size=300),
        b"iCCP": st.just(profile) | JUNK,
        b"zTXt": st.just(profile) | JUNK,
        b"iTXt": st.just(b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + CANARY.encode()) | JUNK,
        b"tEXt": st.just(b"Comment\x00" + CANARY.encode()) | JUNK,
        b"eXIf": JUNK,
        b"acTL": st.binary(min_size=8, max_size=8) | JUNK,
        b"fcTL": st.binary(min_size=26, max_size=26) | JUNK,
        b"fdAT": JUNK,
        b"gAMA": JUNK,
        b"IEND": st.just(b""),
        b"IHDR": st.just(header),
    }
    names = draw(st.lists(st.sampled_from(sorted(bodies)), max_size=8))
    chunks = [chunk(b"IHDR", header), *(chunk(name, draw(bodies[name])) for name in names)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@st.composite
def jpeg_of_segments(draw: st.DrawFn) -> bytes:
    """A JPEG with segments of all kinds put before its own, with lengths that may be wrong."""
    markers = [*range(0xC0, 0xD0), *range(0xDA, 0xF0), 0xFE, 0x00, 0x01]
    headers = [
        b"",
        b"Exif\x00\x00MM\x00*",
        b"Exif\x00\x00II*\x00",
        b"ICC_PROFILE\x00\x01\x01",
        b"MPF\x00II*\x00",
        b"8BIM",
    ]
    segments = []
    for _ in range(draw(st.integers(1, 6))):
        marker = draw(st.sampled_from(markers))
        body = draw(st.sampled_from(headers)) + draw(JUNK)
        if 0xC0 <= marker <= 0xCF:
            sides = struct.pack(">HH", draw(SIDE) & 0xFFFF, draw(SIDE) & 0xFFFF)
            body = b"\x08" + sides + draw(st.sampled_from([b"\x01", b"\x03\x01\x11\x00", b"\xff"])) + body
        length = draw(st.just(len(body) + 2) | st.just(len(body) + 2) | NUMBER) & 0xFFFF
        segments.append(b"\xff" + bytes([marker]) + struct.pack(">H", length) + body)
    return b"\xff\xd8" + b"".join(segments) + draw(SEEDS)[2:]


@st.composite
def webp_of_chunks(draw: st.DrawFn) -> bytes:
    """A WebP of chunks of all kinds, with lengths that may be wrong."""
    still = encoded(Image.new("RGB", (220, 210), "teal"), "WEBP", lossless=True)[12:]

    def chunk(name: bytes, data: bytes) -> bytes:
        length = draw(st.just(len(data)) | st.just(len(data)) | NUMBER)
        return name + struct.pack("<I", length) + data + b"\x00" * (len(data) % 2)

    names = [b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"EXIF", b"ICCP", b"XMP ", b"JUNK"]
    sides = [(draw(SIDE) - 1) & 0xFFFFFF for _ in range(2)]
    canvas = bytes([draw(st.integers(0, 255)), 0, 0, 0]) + b"".join(side.to_bytes(3, "little") for side in sides)
    body = b"".join(chunk(draw(st.sampled_from(names)), draw(JUNK)) for _ in range(draw(st.integers(0, 5))))
    place = draw(st.booleans())
    body = chunk(b"VP8X", canvas) + (still + body if place else body + still)
    return b"RIFF" + struct.pack("<I", draw(st.just(len(body) + 4) | NUMBER)) + b"WEBP" + body


@st.composite
def heic_of_boxes(draw: st.DrawFn) -> bytes:
    """A HEIC whose boxes tell wrong lengths, sizes and counts."""
    data = bytearray(seeds()[draw(st.sampled_from([3, 7, 14]))])
    names = [b"ftyp", b"meta", b"iloc", b"iinf", b"infe", b"iprp", b"ipco", b"ispe", b"hvcC", b"ipma", b"iref", b"mdat"]
    for _ in range(draw(st.integers(1, 4))):
        at = data.find(draw(st.sampled_from(names)))
        if at < 4:
            continue
        # The length comes before the name; behind it are the version, then counts, offsets and sizes.
        at += draw(st.sampled_from([-4, -4, 4, 8, 12, 16, 20]))
        data[at : at + 4] = struct.pack(">I", draw(NUMBER | SIDE))
    return bytes(data)


@st.composite
def polyglot(draw: st.DrawFn) -> bytes:
    """A file that is more than one thing."""
    one, other = draw(SEEDS), draw(SEEDS)
    strangers = [
        b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF",
        b"GIF89a\x2c\x01\x2c\x01\x00\x00\x00",
        b"<html><script>alert(1)</script></html>",
        b"PK\x03\x04" + b"\x00" * 26,
        b"#!/bin/sh\n",
        b"\x7fELF",
        b"BM" + struct.pack("<I", 99) + b"\x00" * 48,
        b"II*\x00\x08\x00\x00\x00\xff\xff",
        b"P6 300 300 255\n",
    ]
    stranger = draw(st.sampled_from(strangers)) + draw(JUNK)
    at = draw(st.integers(0, 64))
    return draw(
        st.sampled_from(
            [
                one + other,
                one[:-2] + other,
                one[:at] + other,
                one[:at] + other[at:],
                one[: len(one) // 2] + other[len(other) // 2 :],
                stranger + one,
                one + stranger,
                one[:4] + stranger + one[4:],
                b"\xff\xd8\xff\xfe" + struct.pack(">H", (len(other) + 2) & 0xFFFF) + other + one[2:],
                b"\xff\xd8\xff\xfe" + struct.pack(">H", len(stranger) + 2) + stranger + one[2:],
            ]
        )
    )


@examples(600)
@given(mutated())
def test_a_mutated_photo_is_refused_or_comes_out_clean(data: bytes) -> None:
    assert_safe(data)


@examples(300)
@given(png_of_chunks())
@example(png_claiming(7_000, 7_000))
def test_a_png_of_hostile_chunks_is_refused_or_comes_out_clean(data: bytes) -> None:
    assert_safe(data)


@examples(300)
@given(jpeg_of_segments())
def test_a_jpeg_of_hostile_segments_is_refused_or_comes_out_clean(data: bytes) -> None:
    assert_safe(data)


@examples(300)
@given(webp_of_chunks())
@example(webp_claiming(16_383, 16_383))
@example(webp_claiming(16_383, 1))
def test_a_webp_of_hostile_chunks_is_refused_or_comes_out_clean(data: bytes) -> None:
    assert_safe(data)


@examples(300)
@given(heic_of_boxes())
def test_a_heic_of_hostile_boxes_is_refused_or_comes_out_clean(data: bytes) -> None:
    assert_safe(data)


@examples(300)
@given(polyglot())
def test_a_file_that_is_several_things_is_refused_or_comes_out_clean(data: bytes) -> None:
    assert_safe(data)


@pytest.mark.parametrize("size", [(200, 40_000), (40_000, 200), (200, 200), (16_000, 3_000)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_longest_and_narrowest_photos_come_out_clean(kind: str, size: tuple[int, int]) -> None:
    assert_clean(render_photo(encoded(Image.new("L", size, 99), kind)))


ANY_FILE: st.SearchStrategy[Any] = st.one_of(
    mutated(), png_of_chunks(), jpeg_of_segments(), webp_of_chunks(), heic_of_boxes(), polyglot(), st.binary()
)


@examples(30)
@given(ANY_FILE)
def test_in_the_photo_process_too_every_file_is_a_photo_or_a_problem(data: bytes) -> None:
    checked = check_photo(data)
    if checked.renditions is None:
        assert_a_sentence(checked.problem)
    else:
        assert checked.problem == ""
        assert_clean(checked.renditions)
    assert checked.seconds < 20
    assert 0 < checked.peak_bytes < 1 << 30, "it ended by itself, within its limits"
