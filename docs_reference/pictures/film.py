"""Screenshots as files: single ones, and several as an animation."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Locator

#: Colours of a picture: enough for text, buttons and one photo.
COLOURS = 256
#: Milliseconds for which a frame is shown: while the mentor presses, while one reads, and at the beginning and end.
PRESS, READ, LONG = 400, 800, 1600
_FILM_COLOURS = 128
#: Radius in pixels, outline and inside of the dot that shows where a mentor presses.
_RADIUS, _OUTLINE, _INSIDE = 16, (37, 33, 28, 200), (255, 176, 32, 150)


def as_image(screenshot: bytes) -> Image.Image:
    """A screenshot as an image."""
    with Image.open(io.BytesIO(screenshot)) as image:
        return image.convert("RGB")


def save_picture(image: Image.Image, file: Path) -> None:
    """Save a picture as a small PNG."""
    image.quantize(COLOURS, kmeans=1, dither=Image.Dither.NONE).save(file, optimize=True)


def middle_of(part: Locator) -> tuple[float, float]:
    """The middle of a part of the page: pixels from the left and from the top."""
    box = part.evaluate("(part) => part.getBoundingClientRect().toJSON()")
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class Film:
    """Pictures of one size, and for how long each is shown."""

    def __init__(self) -> None:
        self._frames: list[tuple[Image.Image, int]] = []

    def adds(self, image: Image.Image, milliseconds: int, press: tuple[float, float] | None = None) -> None:
        """Add a frame.

        Args:
            image: the picture.
            milliseconds: for which it is shown.
            press: where a dot shows that the mentor presses, in pixels from the left and from the top.
        """
        self._frames.append((_with_dot(image, *press) if press else image, milliseconds))

    def save(self, file: Path) -> None:
        """Save the frames as a GIF that is repeated for ever; forges can pause a GIF, but no animated PNG."""
        images = [image for image, _ in self._frames]
        width, height = images[0].size
        together = Image.new("RGB", (width * len(images), height))
        for place, image in enumerate(images):
            together.paste(image, (place * width, 0))
        palette = together.quantize(_FILM_COLOURS, kmeans=1, dither=Image.Dither.NONE)
        first, *others = (each.quantize(palette=palette, dither=Image.Dither.NONE) for each in images)
        durations = [milliseconds for _, milliseconds in self._frames]
        first.save(file, save_all=True, append_images=others, duration=durations, loop=0, optimize=True)


def _with_dot(image: Image.Image, x: float, y: float) -> Image.Image:
    layer = Image.new("RGBA", image.size)
    box = (x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS)
    ImageDraw.Draw(layer).ellipse(box, fill=_INSIDE, outline=_OUTLINE, width=2)
    return Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")
