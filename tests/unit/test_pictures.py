"""The documentation's pictures: each one is shown on a page, and what makes them works."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

from bot.core.paths import REPOSITORY
from docs_reference.pictures.film import Film, save_picture
from docs_reference.pictures.telegram_drawing import formatted
from tests.doubles.telegram_api import ReceivedMessage

PICTURES = REPOSITORY / "docs" / "screenshots"
PAGES = [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")]
#: Bytes of an animation in the README.
MOST = 500_000


def test_every_picture_is_shown_and_every_picture_shown_is_there() -> None:
    shown = {
        (page.parent / name).resolve()
        for page in PAGES
        for name in re.findall(r'(?:!\[[^\]]*\]\(|<img src=")([^)"]+)', page.read_text())
    }
    assert [file for file in shown if not file.exists()] == []
    assert {file.name for file in PICTURES.iterdir() if file.suffix != ".md"} == {
        file.name for file in shown if file.parent == PICTURES
    }


def test_every_picture_on_a_page_is_described() -> None:
    bare = r'!\[\s*\]\(|<img (?![^>]*alt="[^"]+")'
    assert [page for page in PAGES if re.search(bare, page.read_text())] == []


def test_the_walks_are_short_and_light() -> None:
    for channel in ("web", "telegram"):
        file = PICTURES / f"walk-{channel}.gif"
        assert file.stat().st_size <= MOST
        with Image.open(file) as walk:
            assert walk.n_frames > 10
            assert walk.size == (390, 844)


def test_a_film_shows_each_picture_for_its_time(tmp_path: Path) -> None:
    film = Film()
    film.adds(Image.new("RGB", (40, 40), "white"), 400)
    film.adds(Image.new("RGB", (40, 40), "white"), 800, press=(20, 20))
    film.save(tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as read:
        assert (read.n_frames, read.info["loop"], read.info["duration"]) == (2, 0, 400)
        assert read.convert("RGB").getpixel((20, 20)) == (255, 255, 255)
        read.seek(1)
        assert read.info["duration"] == 800
        assert read.convert("RGB").getpixel((20, 20)) != (255, 255, 255)
        assert read.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_a_picture_keeps_its_colours(tmp_path: Path) -> None:
    save_picture(Image.new("RGB", (4, 4), (15, 97, 82)), tmp_path / "picture.png")
    with Image.open(tmp_path / "picture.png") as read:
        assert read.convert("RGB").getpixel((0, 0)) == (15, 97, 82)


def test_the_text_of_a_message_is_drawn_with_its_formatting_and_never_as_html() -> None:
    text = "🙂 <b>\n\nI agree\n\nstep"
    entities = [{"type": "blockquote", "offset": 8, "length": 7}, {"type": "italic", "offset": 17, "length": 4}]
    message = ReceivedMessage(1, text, entities, [], [], [], None, None, edited=False, deleted=False, reply_to=None)
    assert formatted(message) == "🙂 &lt;b&gt;\n<blockquote>I agree</blockquote>\n<i>step</i>"
