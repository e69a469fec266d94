"""Pictures in colours that are found again after they were cropped."""

from __future__ import annotations

import io

from PIL import Image

from tests.support.service import RunningBot

Colour = tuple[int, int, int]
RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 160, 30), (30, 30, 220), (230, 220, 30)


def quadrants() -> bytes:
    """Red, green, blue and yellow, in reading order."""
    image = Image.new("RGB", (1200, 1200))
    for place, colour in zip(((0, 0), (600, 0), (0, 600), (600, 600)), (RED, GREEN, BLUE, YELLOW), strict=True):
        image.paste(colour, (*place, place[0] + 600, place[1] + 600))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def square_photo(bot: RunningBot, email: str) -> Image.Image:
    """The photo of the mentor with this address, as job seekers will see it."""
    [photo] = [each for each in bot.registration(email)["answers"] if each["id"] == "photo"]
    with Image.open(photo["profile_file"]) as image:
        return image.convert("RGB")


def is_all(image: Image.Image, colour: Colour) -> None:
    """Assert that a picture has this colour in its corners, at its sides and in the middle."""
    width, height = image.size
    for x in (4, width // 2, width - 5):
        for y in (4, height // 2, height - 5):
            found = mean(image.crop((x - 4, y - 4, x + 5, y + 5)))
            assert near(found, colour), f"{found} at {x}, {y}"


def corners(image: Image.Image) -> list[Colour | None]:
    """Which of the four colours the quarters have, in reading order."""
    found = [mean(image.crop((x, y, x + 100, y + 100))) for y in (50, 360) for x in (50, 360)]
    return [next((each for each in (RED, GREEN, BLUE, YELLOW) if near(colour, each)), None) for colour in found]


def mean(image: Image.Image) -> Colour:
    """The mean colour of a picture."""
    red, green, blue = image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return red, green, blue


def near(found: Colour, wanted: Colour) -> bool:
    """Whether two colours are the same, apart from what JPEG changes."""
    return all(abs(a - b) < 25 for a, b in zip(found, wanted, strict=True))
