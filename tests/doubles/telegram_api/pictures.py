"""Pictures: their size in pixels, and which ones are taken as a photo."""

import base64
import struct
from typing import Final

from tests.doubles.telegram_api.refusals import bad_request

PHOTO_UPLOAD_LIMIT: Final = 10 * 1024 * 1024
PHOTO_SIDES_LIMIT: Final = 10_000
PHOTO_RATIO_LIMIT: Final = 20
PHOTO_BOXES: Final = (90, 320, 800, 1280)
NOMINAL_PHOTO_SIZE: Final = (1280, 960)
TINY_JPEG: Final = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////"
    "////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAI"
    "AQEAAD8AP//Z"
)


def image_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels of a JPEG, PNG or GIF from its header, None for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:6] in {b"GIF87a", b"GIF89a"} and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    return _jpeg_size(content) if content.startswith(b"\xff\xd8\xff") else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels from the first start-of-frame segment of a JPEG."""
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker, length = content[position + 1], int.from_bytes(content[position + 2 : position + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + length
    return None


def smaller_sizes(width: int, height: int) -> list[tuple[int, int]]:
    """Return the sizes in pixels of the scaled copies of a photo, smallest first, at least one."""
    longest = max(width, height)
    boxes = [box for box in PHOTO_BOXES if box < longest] or [max(longest // 2, 1)]
    return [(max(width * box // longest, 1), max(height * box // longest, 1)) for box in boxes]


def check_photo_upload(content: bytes) -> None:
    """Refuse a picture that sendPhoto does not take (Bot API page, sendPhoto)."""
    if not content:
        raise bad_request("file must be non-empty")
    if len(content) > PHOTO_UPLOAD_LIMIT:
        raise bad_request(f"file is too big for a photo; the maximum size is {PHOTO_UPLOAD_LIMIT} bytes")
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    size = NOMINAL_PHOTO_SIZE if is_webp else image_size(content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if sum(size) > PHOTO_SIDES_LIMIT or max(size) > PHOTO_RATIO_LIMIT * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
