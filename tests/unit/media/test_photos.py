"""Photos: what is taken, what is refused, and that nothing but the picture is kept."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bot.media.images import (
    LONGEST_SIDE,
    MAXIMUM_BYTES,
    MAXIMUM_PIXELS,
    MAXIMUM_WEBP_PIXELS,
    MINIMUM_SIDE,
    PROFILE_SIDE,
    RefusedPhotoError,
    render_photo,
)
from tests.support.answers import picture

RED, GREEN, BLUE, GREY = (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)

#: How a picture is stored for each value of the Exif tag Orientation, so that it is seen as `corners` shows it.
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}

CANARY = "canary-5f3a"


def encoded(image: Image.Image, kind: str, **save: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **save)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def corners(width: int = 400, height: int = 300) -> Image.Image:
    """A picture with a colour of its own in each corner: red, green below, blue, grey clockwise from top left."""
    image = Image.new("RGB", (width, height), "white")
    half = (width // 2, height // 2)
    image.paste(RED, (0, 0, *half))
    image.paste(BLUE, (half[0], 0, width, half[1]))
    image.paste(GREEN, (0, half[1], half[0], height))
    image.paste(GREY, (*half, width, height))
    return image


def near(found: object, wanted: tuple[int, int, int], distance: int = 24) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) <= distance for one, other in zip(found, wanted, strict=True))


def refusal(data: bytes) -> str:
    with pytest.raises(RefusedPhotoError) as caught:
        render_photo(data)
    return caught.value.note


def frames(kind: str, **save: Any) -> bytes:
    first, second = Image.new("RGB", (300, 300), RED), Image.new("RGB", (300, 300), BLUE)
    return encoded(first, kind, save_all=True, append_images=[second], **save)


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims a size and that holds hardly a pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 64)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def webp_claiming(width: int, height: int) -> bytes:
    """A WebP whose header claims a size."""
    data = bytearray(encoded(Image.new("RGB", (300, 300), RED), "WEBP", lossless=True))
    assert data[12:16] == b"VP8L"
    (bits,) = struct.unpack_from("<I", data, 21)
    struct.pack_into("<I", data, 21, bits >> 28 << 28 | (height - 1) << 14 | (width - 1))
    return bytes(data)


@pytest.mark.parametrize(
    ("kind", "source_format"),
    [("JPEG", "JPEG"), ("PNG", "PNG"), ("WEBP", "WEBP"), ("HEIF", "HEIF")],
)
def test_photos_of_every_usual_kind_are_taken(kind: str, source_format: str) -> None:
    renditions = render_photo(encoded(corners(), kind, quality=90))
    assert renditions.source_format == source_format
    assert (renditions.width, renditions.height) == (400, 300)
    full = opened(renditions.full)
    assert full.format == "JPEG"
    assert full.mode == "RGB"
    assert full.size == (400, 300)
    assert near(full.getpixel((40, 30)), RED)
    assert near(full.getpixel((360, 270)), GREY)


def test_the_several_pictures_of_a_phones_mpo_are_one_photo() -> None:
    data = encoded(corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (400, 300), BLUE)])
    assert opened(data).format == "MPO"
    renditions = render_photo(data)
    assert near(opened(renditions.full).getpixel((40, 30)), RED)
    assert opened(renditions.full).format == "JPEG"
    assert getattr(opened(renditions.full), "n_frames", 1) == 1


def test_progressive_jpegs_are_taken() -> None:
    assert near(opened(render_photo(encoded(corners(), "JPEG", progressive=True)).full).getpixel((40, 30)), RED)


@pytest.mark.parametrize("size", [(200, 200), (400, 300), (300, 900), (2_000, 1_000), (210, 2_100)])
def test_the_profile_picture_is_a_square_from_the_middle(size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, BLUE)
    width, height = size
    image.paste(RED, (width // 2 - 20, height // 2 - 20, width // 2 + 20, height // 2 + 20))
    square = opened(render_photo(encoded(image, "PNG")).square)
    assert square.format == "JPEG"
    assert square.size == (PROFILE_SIDE, PROFILE_SIDE) == (512, 512)
    assert near(square.getpixel((256, 256)), RED, 60)
    assert near(square.getpixel((5, 5)), BLUE, 60)


@pytest.mark.parametrize(("size", "expected"), [((3_200, 1_600), (1_600, 800)), ((1_000, 4_000), (400, 1_600))])
def test_a_large_photo_is_made_smaller_in_proportion(size: tuple[int, int], expected: tuple[int, int]) -> None:
    renditions = render_photo(picture(*size))
    assert (renditions.width, renditions.height) == expected
    assert opened(renditions.full).size == expected
    assert max(expected) == LONGEST_SIDE


def test_a_small_photo_is_not_made_larger() -> None:
    assert render_photo(picture(MINIMUM_SIDE, 250)).width == MINIMUM_SIDE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", sorted(STORED_AS))
def test_every_photo_comes_out_upright(kind: str, orientation: int) -> None:
    stored = corners()
    transposition = STORED_AS[orientation]
    if transposition is not None:
        stored = stored.transpose(transposition)
    exif = Image.Exif()
    exif[0x0112] = orientation
    renditions = render_photo(encoded(stored, kind, exif=exif, quality=95))
    for rendition in (renditions.full, renditions.square):
        image = opened(rendition)
        width, height = image.size
        assert near(image.getpixel((width // 4, height // 4)), RED)
        assert near(image.getpixel((3 * width // 4, height // 4)), BLUE)
        assert near(image.getpixel((width // 4, 3 * height // 4)), GREEN)
        assert near(image.getpixel((3 * width // 4, 3 * height // 4)), GREY)
    assert (renditions.width, renditions.height) == (400, 300)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_photos_of_an_iphone_come_out_upright(orientation: int) -> None:
    transposition = STORED_AS[orientation]
    assert transposition is not None
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(corners().transpose(transposition), "HEIF", exif=exif.tobytes(), quality=90)
    image = opened(render_photo(data).full)
    assert image.size == (400, 300)
    assert near(image.getpixel((40, 30)), RED)
    assert near(image.getpixel((360, 30)), BLUE)


def test_a_large_photo_that_lies_on_its_side_is_cut_to_size_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    renditions = render_photo(picture(3_200, 2_400, exif=exif))
    assert (renditions.width, renditions.height) == (1_200, 1_600)


def marked(kind: str) -> bytes:
    """A picture of this kind with the canary wherever metadata can be."""
    image = corners()
    exif = Image.Exif()
    exif[0x010E] = f"description {CANARY}"
    exif[0x010F] = f"maker {CANARY}"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 0x1D: f"date {CANARY}"}
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CANARY}</x:xmpmeta>".encode()
    profile = b"\x00" * 128 + CANARY.encode()
    save: dict[str, Any] = {"exif": exif.tobytes()}
    if kind == "PNG":
        text = PngInfo()
        text.add_text("Comment", CANARY)
        text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        save |= {"pnginfo": text, "icc_profile": profile}
    elif kind == "JPEG":
        save |= {"comment": CANARY.encode(), "xmp": xmp, "icc_profile": profile}
    else:
        save |= {"xmp": xmp}
    data = encoded(image, kind, **save)
    return data + CANARY.encode() if kind == "JPEG" else data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_no_metadata_is_kept(kind: str) -> None:
    data = marked(kind)
    assert CANARY.encode() in data
    assert b"exif" in data.lower()
    renditions = render_photo(data)
    for rendition in (renditions.full, renditions.square):
        assert CANARY.encode() not in rendition
        for trace in (b"Exif", b"xmp", b"http://", b"ICC_PROFILE", b"Photoshop"):
            assert trace not in rendition
        image = opened(rendition)
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1"])
def test_what_is_transparent_comes_out_white(mode: str) -> None:
    if mode == "P":
        image = Image.new("P", (300, 300), 0)
        image.putpalette([0, 0, 0, *RED])
        image.paste(1, (100, 100, 200, 200))
        data = encoded(image, "PNG", transparency=0)
    elif mode == "1":
        image = Image.new("1", (300, 300), 0)
        data = encoded(image, "PNG", transparency=0)
    else:
        image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
        image.paste((*RED, 255), (100, 100, 200, 200))
        data = encoded(image.convert(mode), "PNG")
    full = opened(render_photo(data).full)
    assert near(full.getpixel((20, 20)), (255, 255, 255))
    if mode in ("RGBA", "P"):
        assert near(full.getpixel((150, 150)), RED)


def test_what_is_half_transparent_is_mixed_with_white() -> None:
    full = opened(render_photo(encoded(Image.new("RGBA", (300, 300), (0, 0, 0, 128)), "WEBP", lossless=True)).full)
    assert near(full.getpixel((150, 150)), (127, 127, 127))


@pytest.mark.parametrize(
    ("mode", "kind", "colour", "expected"),
    [
        ("CMYK", "JPEG", (0, 255, 255, 0), RED),
        ("L", "JPEG", 128, GREY),
        ("L", "PNG", 128, GREY),
        ("I;16", "PNG", 0x8080, GREY),
        ("I;16", "PNG", 0x2020, (32, 32, 32)),
        ("1", "PNG", 1, (255, 255, 255)),
    ],
)
def test_pictures_of_every_colour_model_keep_their_colours(
    mode: str, kind: str, colour: Any, expected: tuple[int, int, int]
) -> None:
    full = opened(render_photo(encoded(Image.new(mode, (300, 300), colour), kind)).full)
    assert full.mode == "RGB"
    assert near(full.getpixel((150, 150)), expected)


def test_palettes_keep_their_colours() -> None:
    full = opened(render_photo(encoded(corners().quantize(16), "PNG")).full)
    assert near(full.getpixel((40, 30)), RED)
    assert near(full.getpixel((360, 30)), BLUE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\xff\xd8",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7\n" + b"x" * 5_000,
        b"PK\x03\x04" + b"x" * 5_000,
        b"<svg xmlns='http://www.w3.org/2000/svg' width='300' height='300'/>",
        b"GIF89a",
        b"\x00\x00\x00\x18ftypheic",
        encoded(corners(), "BMP"),
        encoded(corners(), "TIFF"),
        encoded(corners(), "PPM"),
    ],
    ids=["empty", "nul", "jpeg", "png", "pdf", "zip", "svg", "gif", "heic", "bmp", "tiff", "ppm"],
)
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    assert refusal(data) in ("note-photo-not-an-image", "note-photo-broken")


@pytest.mark.parametrize("data", [b"", b"Dear mentor" * 500, encoded(corners(), "TIFF"), encoded(corners(), "GIF")])
def test_what_cannot_be_opened_is_said_to_be_no_picture(data: bytes) -> None:
    assert refusal(data) == "note-photo-not-an-image"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_truncated_photo_is_said_to_be_damaged(kind: str, share: float) -> None:
    noise = Image.effect_noise((400, 400), 80).convert("RGB")
    data = encoded(noise, kind)
    assert refusal(data[: int(len(data) * share)]) == "note-photo-broken"


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_moving_pictures_are_refused(kind: str) -> None:
    assert refusal(frames(kind, duration=100)) == "note-photo-animated"


def test_a_moving_gif_is_refused() -> None:
    assert refusal(frames("GIF", duration=100)) in ("note-photo-animated", "note-photo-not-an-image")


@pytest.mark.parametrize("size", [(199, 400), (400, 199), (1, 1), (199, 199)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_too_small_a_photo_is_refused(kind: str, size: tuple[int, int]) -> None:
    assert refusal(encoded(Image.new("RGB", size, RED), kind)) == "note-photo-too-small"


@pytest.mark.parametrize(
    ("width", "height"),
    [(7_072, 7_071), (10_000, 9_000), (12_000, 12_000), (30_000, 30_000), (2**31 - 1, 2**31 - 1), (200, 2**31 - 1)],
)
def test_too_many_pixels_are_refused_before_they_are_decoded(width: int, height: int) -> None:
    assert width * height > MAXIMUM_PIXELS
    assert refusal(png_claiming(width, height)) == "note-photo-too-many-pixels"


def test_a_header_within_the_limit_whose_pixels_are_missing_is_damaged() -> None:
    assert refusal(png_claiming(300, 300)) == "note-photo-broken"


def test_a_webp_may_have_fewer_pixels_because_it_is_decoded_whole() -> None:
    width, height = 6_000, 4_100
    assert MAXIMUM_WEBP_PIXELS < width * height < MAXIMUM_PIXELS
    assert refusal(webp_claiming(width, height)) == "note-photo-too-many-pixels"


def test_too_large_a_file_is_refused_and_one_at_the_limit_is_not() -> None:
    photo = picture()
    assert MAXIMUM_BYTES == 20 * 1024 * 1024
    assert refusal(photo + b"\x00" * (MAXIMUM_BYTES + 1 - len(photo))) == "note-photo-too-large"
    assert render_photo(photo + b"\x00" * (MAXIMUM_BYTES - len(photo))).source_format == "JPEG"


@cache
def valid_photos() -> tuple[bytes, ...]:
    image = corners(220, 210)
    return (
        encoded(image, "JPEG"),
        encoded(image, "JPEG", progressive=True, exif=Image.Exif().tobytes()),
        encoded(image, "PNG"),
        encoded(image.quantize(8), "PNG", transparency=0),
        encoded(image, "WEBP"),
        frames("WEBP", duration=50),
        frames("PNG", duration=50),
        encoded(image, "HEIF"),
        encoded(image, "MPO", save_all=True, append_images=[image]),
    )


def note_or_square(data: bytes) -> str | bytes:
    try:
        return render_photo(data).square
    except RefusedPhotoError as refused:
        return refused.note


def refused_or_rendered(data: bytes) -> None:
    found = note_or_square(data)
    if isinstance(found, str):
        assert found.startswith("note-photo-")
    else:
        assert opened(found).size == (PROFILE_SIDE, PROFILE_SIDE)


@given(st.binary(max_size=400))
def test_random_bytes_are_refused(data: bytes) -> None:
    assert refusal(data).startswith("note-photo-")


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"\x00\x00\x00\x18ftypheic"]), st.binary())
def test_random_bytes_after_a_true_beginning_are_refused(beginning: bytes, data: bytes) -> None:
    assert refusal(beginning + data).startswith("note-photo-")


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=300)
@given(
    st.integers(0, 8),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), min_size=1, max_size=6),
    st.sampled_from([1.0, 0.2, 0.05]),
)
def test_a_damaged_photo_is_refused_or_rendered_whole(
    photo: int, changes: list[tuple[float, bytes]], share: float
) -> None:
    data = bytearray(valid_photos()[photo])
    for place, change in changes:
        start = int(place * share * (len(data) - len(change)))
        data[start : start + len(change)] = change
    refused_or_rendered(bytes(data))


@given(st.integers(0, 8), st.floats(0, 1), st.binary(max_size=40))
def test_a_photo_cut_anywhere_is_refused_or_rendered_whole(photo: int, place: float, tail: bytes) -> None:
    data = valid_photos()[photo]
    refused_or_rendered(data[: int(place * len(data))] + tail)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_broken_metadata_does_not_cost_a_good_photo(kind: str, recwarn: pytest.WarningsRecorder) -> None:
    exif = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff" + b"\x12\x01\x03\x00\xff\xff\xff\xff" * 3
    renditions = render_photo(encoded(corners(), kind, exif=exif))
    assert renditions.width == 400


def test_a_large_picture_of_sixteen_bits_a_pixel_is_taken() -> None:
    full = opened(render_photo(encoded(Image.new("I;16", (2_400, 1_800), 0x8080), "PNG")).full)
    assert full.size == (LONGEST_SIDE, 1_200)
    assert near(full.getpixel((40, 30)), GREY)
