"""Checks and re-encodes pictures; `bot.media.photo_check` runs this in a separate process.

A file is decoded by its content, never by its name, turned upright, cropped to a square for the profile, and re-encoded
as JPEG: no byte of the original, and no metadata, is kept.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

MAXIMUM_BYTES = 20 * 1024 * 1024
MAXIMUM_PIXELS = 50_000_000
MAXIMUM_WEBP_PIXELS = 24_000_000  # WebP decodes whole: 50 million pixels take 790 MB
MINIMUM_SIDE = 200
PROFILE_SIDE = 512
LONGEST_SIDE = 1_600
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")  # an MPO file is opened as JPEG
#: The first bytes of every file of HEIF's family (ISO/IEC 14496-12), after four bytes of length.
_BOXED = b"ftyp"


class RefusedPhotoError(Exception):
    """The file cannot be used as a photo.

    Attributes:
        note: name of the catalogue's sentence for the mentor.
    """

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


@dataclass(frozen=True)
class Renditions:
    """A photo, re-encoded.

    Attributes:
        full: upright JPEG, at most `LONGEST_SIDE` pixels on its longer side.
        square: JPEG of `PROFILE_SIDE` by `PROFILE_SIDE` pixels, as job seekers see it.
        width: of ``full``, in pixels.
        height: of ``full``, in pixels.
        source_format: of the file as sent, for example ``JPEG``.
    """

    full: bytes
    square: bytes
    width: int
    height: int
    source_format: str


def render_photo(data: bytes) -> Renditions:
    """Check a file and render it.

    Args:
        data: the file as sent.

    Raises:
        RefusedPhotoError: it is too large, of another format, broken, animated, or too small.
    """
    if len(data) > MAXIMUM_BYTES:
        raise RefusedPhotoError("note-photo-too-large")
    image = _open(data)
    _check(image)
    source_format = str(image.format)
    try:
        # Shrunk first, turned second: turning a large picture takes a second copy of it in memory.
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        # Pillow cannot shrink pictures of 16 bits per pixel while it decodes them.
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=None if image.mode.startswith("I") else 2.0)
        upright = ImageOps.exif_transpose(image)
        full = _flat(upright)
    except Exception:  # noqa: BLE001  (Pillow's decoders raise OSError, SyntaxError, ValueError, IndexError and more)
        raise RefusedPhotoError("note-photo-broken") from None
    square = ImageOps.fit(full, (PROFILE_SIDE, PROFILE_SIDE))
    return Renditions(_jpeg(full), _jpeg(square), full.width, full.height, source_format)


def _open(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the pixel limit is checked below, with a sentence
            return Image.open(io.BytesIO(data), formats=_formats(data))
    except Image.DecompressionBombError:
        raise RefusedPhotoError("note-photo-too-many-pixels") from None
    except UnidentifiedImageError:
        raise RefusedPhotoError("note-photo-not-an-image") from None
    except Exception:  # noqa: BLE001  (a header can fail in as many ways as a body)
        raise RefusedPhotoError("note-photo-broken") from None


def _formats(data: bytes) -> tuple[str, ...]:
    """The formats that a file may have; HEIF's slow decoder is loaded only if needed."""
    if data[4:8] != _BOXED:
        return FORMATS
    import pillow_heif

    pillow_heif.register_heif_opener()
    return (*FORMATS, "HEIF")


def _check(image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > (MAXIMUM_WEBP_PIXELS if image.format == "WEBP" else MAXIMUM_PIXELS):
        raise RefusedPhotoError("note-photo-too-many-pixels")
    if min(image.size) < MINIMUM_SIDE:
        raise RefusedPhotoError("note-photo-too-small")
    if image.format != "MPO" and image.format != "HEIF" and getattr(image, "n_frames", 1) > 1:
        raise RefusedPhotoError("note-photo-animated")


def _flat(image: Image.Image) -> Image.Image:
    """``image`` in RGB, its transparent parts on white."""
    if image.mode.startswith("I"):  # 16 bits per pixel, which Pillow would clip at 255 instead of scaling
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return image.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    clean = Image.new("RGB", image.size)
    clean.paste(image)  # a new picture has no metadata that an encoder could copy
    buffer = io.BytesIO()
    clean.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()
