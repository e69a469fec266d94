"""Choosing, cropping, taking and sending a photo in a real browser."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Route, expect

from bot.media.images import MAXIMUM_BYTES
from tests.support.answers import picture
from tests.support.browser import COMPUTER, PHONE, REPLY_MS, BrowserMentor, running_browser
from tests.support.checkr import until
from tests.support.pictures import BLUE, GREEN, RED, YELLOW, corners, is_all, mean, near, quadrants, square_photo
from tests.support.service import RunningBot

EXIF_ORIENTATION = 0x0112

#: Counts decoded pictures that were made and freed, and active camera tracks.
WATCH = """
window.pictures = { made: 0, freed: 0 };
const make = window.createImageBitmap;
window.createImageBitmap = async (...all) => { const made = await make(...all); window.pictures.made++; return made; };
const close = ImageBitmap.prototype.close;
ImageBitmap.prototype.close = function () { window.pictures.freed++; return close.call(this); };
window.tracks = [];
const media = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = async function (wanted) {
  const stream = await media.call(this, wanted);
  window.tracks.push(...stream.getTracks());
  return stream;
};
"""

#: The focused element of the panel, if its last row of buttons covers it, even partly.
COVERED = """
(chat) => {
  const root = chat.shadowRoot, last = root.querySelector(".tray > .buttons"), focused = root.activeElement;
  if (!focused || !root.querySelector(".tray").contains(focused) || last.contains(focused)) return "";
  return focused.getBoundingClientRect().bottom > last.getBoundingClientRect().top + 1 ? focused.outerHTML : "";
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser with a camera that shows a moving test picture."""
    with running_browser("--use-fake-device-for-media-stream") as running:
        yield running


def test_a_photo_is_cut_by_keyboard_alone(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        email = maria.answers_until("photo")
        _chooses(maria, quadrants())
        maria.fits()
        stage = maria.photo_panel.get_by_test_id("crop")
        expect(stage).to_have_attribute("aria-label", re.compile("Arrow keys"))
        _tabs_back_to(maria, "crop")
        keys = maria.page.keyboard
        for _ in range(12):
            keys.press("+")
        expect(maria.photo_panel).to_contain_text("Size 220 %, 50 % across, 50 % down")
        for _ in range(5):
            keys.press("Shift+ArrowRight")
            keys.press("Shift+ArrowDown")
        expect(maria.photo_panel).to_contain_text("Size 220 %, 100 % across, 100 % down")
        _tabs_to(maria, "photo-send")
        _sends_by(maria, lambda: keys.press("Enter"))
        is_all(square_photo(bot, email), YELLOW)


def test_a_photo_is_cut_and_enlarged_by_the_mouse(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        email = maria.answers_until("photo")
        _chooses(maria, quadrants())
        box = maria.photo_panel.get_by_test_id("crop").bounding_box()
        assert box is not None
        mouse, middle = maria.page.mouse, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        mouse.move(*middle)
        for _ in range(6):
            mouse.wheel(0, -100)
        expect(maria.photo_panel).to_contain_text(re.compile(r"Size (2[2-9]\d|3\d\d) %"))
        for _ in range(3):
            mouse.move(*middle)
            mouse.down()
            mouse.move(middle[0] - 90, middle[1] + 90, steps=4)
            mouse.up()
        expect(maria.photo_panel).to_contain_text("100 % across, 0 % down")
        maria.sends_what_was_chosen()
        is_all(square_photo(bot, email), GREEN)


def test_the_buttons_and_the_slider_do_the_same(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        email = maria.answers_until("photo")
        _chooses(maria, quadrants())
        maria.fits()
        panel = maria.photo_panel
        panel.get_by_label("Size", exact=True).fill("2.5")
        for name in ("Show more of the left", "Show more of the bottom"):
            for _ in range(12):
                panel.get_by_role("button", name=name).tap()
        expect(panel).to_contain_text("Size 250 %, 0 % across, 100 % down")
        maria.sends_what_was_chosen()
        is_all(square_photo(bot, email), BLUE)


def test_a_photo_is_turned(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        email = maria.answers_until("photo")
        _chooses(maria, quadrants())
        maria.photo_panel.get_by_role("button", name="Turn").click()
        expect(maria.photo_panel).to_contain_text("Turned by 90°.")
        maria.sends_what_was_chosen()
        assert corners(square_photo(bot, email)) == [BLUE, RED, YELLOW, GREEN]


def test_a_large_sideways_photo_stands_upright_and_its_memory_is_freed(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.page.add_init_script(WATCH)
        email = maria.answers_until("photo")
        large = _sideways_noise()
        assert len(large) > 12_000_000
        _chooses(maria, large)
        maria.sends_what_was_chosen()
        # Its left half is red; it is shown at the top.
        square = square_photo(bot, email)
        is_all(square.crop((0, 0, 512, 240)), RED)
        assert not near(mean(square.crop((0, 270, 512, 512))), RED)
        pictures = maria.page.evaluate("window.pictures")
        assert pictures["made"] == pictures["freed"] == 2


def test_the_whole_picture_is_shown_with_white_beside_it(browser: Browser, bot: RunningBot) -> None:
    wide = io.BytesIO()
    Image.new("RGB", (1_200, 600), RED).save(wide, "JPEG")
    with BrowserMentor(browser, bot.url) as maria:
        email = maria.answers_until("photo")
        _chooses(maria, wide.getvalue())
        whole = maria.photo_panel.get_by_role("button", name="Use the whole picture")
        whole.click()
        expect(whole).to_have_attribute("aria-pressed", "true")
        expect(maria.photo_panel).to_contain_text("The whole picture is shown, on a white square.")
        maria.sends_what_was_chosen()
        square = square_photo(bot, email)
        is_all(square.crop((0, 140, 512, 372)), RED)
        for bar in ((0, 0, 512, 116), (0, 396, 512, 512)):
            is_all(square.crop(bar), (255, 255, 255))


@pytest.mark.long
def test_a_photo_of_more_than_20_mb_is_made_smaller_instead_of_refused(browser: Browser, bot: RunningBot) -> None:
    large = io.BytesIO()
    # Noise hardly shrinks: 9 million pixels are 27 MB.
    Image.frombytes("RGB", (3_000, 3_000), random.Random(3).randbytes(27_000_000)).save(large, "PNG", compress_level=0)
    assert len(large.getvalue()) > MAXIMUM_BYTES
    with BrowserMentor(browser, bot.url) as maria:
        email = maria.answers_until("photo")
        _chooses(maria, large.getvalue(), "large.png", "image/png")
        maria.sends_what_was_chosen()
        assert maria.question == "date_of_birth"
        assert square_photo(bot, email).size == (512, 512)


def test_what_cannot_be_made_smaller_is_refused_before_it_is_sent(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.answers_until("photo")
        maria.chooses(b"no picture" * 2_200_000, "IMG_1.HEIC", "")
        expect(maria.photo_panel).to_contain_text("This browser cannot show this photo.")
        maria.photo_panel.get_by_test_id("photo-send").click()
        expect(maria.page.get_by_role("alert")).to_contain_text("larger than 20 MB")
        assert maria.question == "photo"


def test_a_photo_that_the_browser_cannot_show_goes_as_it_is(browser: Browser, bot: RunningBot) -> None:
    heic = picture(800, 600, "HEIF")
    with BrowserMentor(browser, bot.url) as maria:
        email = maria.answers_until("photo")
        # Some systems report no type for a HEIC file.
        maria.chooses(heic, "IMG_1.HEIC", "")
        expect(maria.photo_panel).to_contain_text("This browser cannot show this photo. It is sent as it is")
        assert heic in _sent(maria)
        assert square_photo(bot, email).size == (512, 512)


def test_a_photo_can_be_dropped_or_pasted(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        email = maria.answers_until("photo")
        maria.drops(picture(), "dropped.png", "image/jpeg")
        expect(maria.photo_panel.get_by_test_id("crop")).to_be_visible()
        maria.box.evaluate(
            """(box, bytes) => {
                const clipboardData = new DataTransfer();
                clipboardData.items.add(new File([new Uint8Array(bytes)], "pasted.jpg", { type: "image/jpeg" }));
                const travels = { bubbles: true, cancelable: true, composed: true };
                box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, ...travels }));
            }""",
            list(quadrants()),
        )
        expect(maria.photo_panel).to_contain_text("pasted.jpg")
        expect(maria.photo_panel.get_by_test_id("crop")).to_have_count(1)
        maria.sends_what_was_chosen()
        assert corners(square_photo(bot, email)) == [RED, GREEN, BLUE, YELLOW]


def test_an_upload_can_be_called_off_and_the_photo_is_given_back(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        email = maria.answers_until("photo")
        _chooses(maria, _sideways_noise())
        line = maria.page.context.new_cdp_session(maria.page)
        slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", slow)
        maria.photo_panel.get_by_test_id("zoom").fill("2")
        maria.photo_panel.get_by_test_id("photo-send").click()
        expect(maria.pending).to_contain_text(re.compile(r"Sending the photo: [1-9]\d? %"))
        # Announced once, for mentors who cannot see the bar.
        told = maria.page.locator(".panel > .vh[role=status]")
        expect(told).to_have_text(re.compile(r"Sending the photo: \d+ %"))
        first = told.inner_text()
        expect(maria.pending.locator(".note span")).not_to_have_text(first)
        assert told.inner_text() == first
        maria.pending.get_by_role("button", name="Stop sending").click()
        expect(maria.pending).to_have_count(0)
        expect(maria.page.get_by_text("The photo was not sent. It is still here.")).to_be_attached()
        expect(maria.photo_panel.get_by_test_id("photo-send")).to_be_focused()
        expect(maria.photo_panel).to_contain_text("Size 200 %")  # as it was cropped
        assert "file" not in _answers(bot, email)["photo"]

        line.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
        assert "This is how job seekers will see you." in maria.sends_what_was_chosen()


def test_an_upload_that_failed_is_tried_again_or_called_off(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, tolerates="Failed to load resource: net::ERR_") as maria:
        maria.page.clock.install()
        maria.answers_until("photo")
        _chooses(maria, picture())

        def fails(send: Any) -> None:
            with maria.page.expect_event("requestfailed"):
                send()
            for seconds in (1, 2, 4, 8):
                expect(maria.pending).to_contain_text("Not sent yet")
                with maria.page.expect_event("requestfailed"):
                    maria.page.clock.fast_forward(seconds * 1000)
            expect(maria.pending).to_contain_text("Nothing is lost")

        maria.page.route("**/api/photos", lambda route: route.abort())
        fails(maria.photo_panel.get_by_test_id("photo-send").click)
        maria.pending.get_by_role("button", name="Stop sending").click()
        expect(maria.pending).to_have_count(0)
        expect(maria.photo_panel.get_by_test_id("crop")).to_be_visible()

        fails(maria.photo_panel.get_by_test_id("photo-send").click)
        maria.page.unroute("**/api/photos")
        maria.pending.get_by_role("button", name="Try again").click()
        expect(maria.asked).to_have_attribute("data-question", "date_of_birth")


def test_a_photo_is_replaced(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        email = maria.answers_until("photo")
        maria.chooses(picture(120, 90))
        maria.sends_what_was_chosen()
        assert maria.question == "photo"  # too small; another may be chosen at once
        maria.sends_photo()
        assert maria.question == "date_of_birth"

        maria.says("review my answers")
        maria.taps("Change: Your photo")
        assert maria.question == "photo"
        _chooses(maria, quadrants())
        maria.sends_what_was_chosen()
        assert corners(square_photo(bot, email)) == [RED, GREEN, BLUE, YELLOW]


def test_a_photo_is_taken_with_the_camera(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.page.add_init_script(WATCH)
        maria.page.context.grant_permissions(["camera"])
        maria.answers_until("photo")
        dialog = maria.page.get_by_role("dialog", name="Take a photo")

        maria.photo_panel.get_by_test_id("photo-camera").click()
        expect(dialog).to_contain_text("The camera is on.")
        assert dialog.locator("video").evaluate("(each) => getComputedStyle(each).transform").startswith("matrix(-1")
        maria.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        _camera_goes_off(maria, 1)
        expect(maria.photo_panel.get_by_test_id("photo-camera")).to_be_focused()

        maria.photo_panel.get_by_test_id("photo-camera").click()
        dialog.get_by_role("button", name="Take the photo").click()
        expect(dialog.get_by_role("img", name="The photo you took")).to_be_visible()
        dialog.get_by_role("button", name="Take another").click()
        dialog.get_by_role("button", name="Take the photo").click()
        dialog.get_by_role("button", name="Use this photo").click()
        expect(maria.photo_panel.get_by_test_id("crop")).to_be_visible()
        expect(maria.photo_panel).to_contain_text("camera.jpg")
        _camera_goes_off(maria, 2)
        assert "This is how job seekers will see you." in maria.sends_what_was_chosen()


def test_the_camera_is_let_go_when_the_chat_leaves_the_page(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.page.add_init_script(WATCH)
        maria.page.context.grant_permissions(["camera"])
        maria.answers_until("photo")
        maria.photo_panel.get_by_test_id("photo-camera").click()
        expect(maria.page.get_by_role("dialog")).to_contain_text("The camera is on.")
        maria.page.locator("mentor-chat").evaluate("(chat) => chat.remove()")
        _camera_goes_off(maria, 1)


def test_a_phone_opens_its_own_camera(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        maria.answers_until("photo")
        field = maria.page.get_by_test_id("file")
        for button, opened in (("photo-camera", "user"), ("photo-choose", None), ("photo-camera", "user")):
            with maria.page.expect_file_chooser() as chooser:
                maria.photo_panel.get_by_test_id(button).tap()
            assert field.get_attribute("capture") == opened
        chooser.value.set_files({"name": "image.jpg", "mimeType": "image/jpeg", "buffer": quadrants()})
        expect(maria.photo_panel.get_by_test_id("crop")).to_be_visible()
        assert "This is how job seekers will see you." in maria.sends_what_was_chosen()


def test_on_a_phone_the_way_to_send_the_photo_is_in_sight_and_covers_nothing(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        maria.answers_until("photo")
        _chooses(maria, quadrants())
        send = maria.photo_panel.get_by_test_id("photo-send")
        expect(send).to_be_in_viewport(ratio=1)
        expect(send).to_be_focused()
        # The focused element is not behind it (SC 2.4.11).
        for _ in range(10):
            maria.page.keyboard.press("Shift+Tab")
            assert maria.page.locator("mentor-chat").evaluate(COVERED) == ""
        expect(send).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        ("", "This page may not use the camera."),
        ("NotFoundError", "No camera was found."),
        ("NotReadableError", "The camera is in use by another program."),
    ],
)
def test_why_there_is_no_camera_is_said_in_words(
    browser: Browser, bot: RunningBot, failure: str, sentence: str
) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        if failure:
            maria.page.add_init_script(
                f"MediaDevices.prototype.getUserMedia = async () => {{ throw new DOMException('', '{failure}'); }};"
            )
        maria.answers_until("photo")
        maria.photo_panel.get_by_test_id("photo-camera").click()
        dialog = maria.page.get_by_role("dialog")
        expect(dialog).to_contain_text(sentence)
        expect(dialog.get_by_role("button")).to_have_text(["Cancel"])
        maria.page.keyboard.press("Enter")
        expect(dialog).to_have_count(0)
        expect(maria.photo_panel.get_by_test_id("photo-choose")).to_be_visible()


def test_nothing_of_it_is_loaded_before_it_is_needed(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, COMPUTER) as maria:
        loaded: list[str] = []
        maria.page.on("request", lambda request: loaded.append(request.url.rsplit("/", 1)[-1]))
        maria.answers_until("photo")
        assert not {"photo.js", "camera.js", "photo.css"} & set(loaded)
        _chooses(maria, picture())
        assert {"photo.js", "photo.css"} <= set(loaded)
        assert "camera.js" not in loaded


def test_the_controls_can_be_seen_in_forced_colours(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.page.emulate_media(forced_colors="active")
        maria.answers_until("photo")
        _chooses(maria, quadrants())
        stage = maria.photo_panel.get_by_test_id("crop")
        _tabs_back_to(maria, "crop")
        assert stage.evaluate("(each) => getComputedStyle(each).outlineStyle") == "solid"
        whole = maria.photo_panel.get_by_test_id("whole")
        plain = whole.evaluate("(each) => getComputedStyle(each).backgroundColor")
        whole.click()
        expect(whole).not_to_have_css("background-color", plain)


def _chooses(maria: BrowserMentor, data: bytes, name: str = "me.jpg", kind: str = "image/jpeg") -> None:
    maria.chooses(data, name, kind)
    expect(maria.photo_panel.get_by_test_id("crop")).to_be_visible()


def _sends_by(maria: BrowserMentor, action: Any) -> None:
    heard = maria.bubbles("bot").count()
    action()
    expect(maria.bubbles("bot").nth(heard)).to_be_attached(timeout=REPLY_MS)


def _sent(maria: BrowserMentor) -> bytes:
    """Send the chosen photo; returns the request's body."""
    bodies: list[bytes] = []

    def keep(route: Route) -> None:
        bodies.append(route.request.post_data_buffer or b"")
        route.continue_()

    maria.page.route("**/api/photos", keep)
    maria.sends_what_was_chosen()
    return bodies[0]


def _focused(maria: BrowserMentor) -> str:
    name: str = maria.page.locator("mentor-chat").evaluate(
        "(chat) => chat.shadowRoot.activeElement?.dataset.testid ?? ''"
    )
    return name


def _tabs_to(maria: BrowserMentor, name: str, key: str = "Tab") -> None:
    for _ in range(12):
        if _focused(maria) == name:
            return
        maria.page.keyboard.press(key)
    raise AssertionError(f"{key} never came to {name}")


def _tabs_back_to(maria: BrowserMentor, name: str) -> None:
    _tabs_to(maria, name, "Shift+Tab")


def _camera_goes_off(maria: BrowserMentor, times: int) -> None:
    """Assert that the camera was on this many times, and goes off soon after its dialog disappears."""
    states = "window.tracks.map((track) => track.readyState)"
    until(lambda: maria.page.evaluate(states) == ["ended"] * times)


def _sideways_noise() -> bytes:
    """A file of more than 12 MB, 6000 by 4000 pixels, the left half red; to be turned by 90° to stand upright."""
    image = Image.effect_noise((6000, 4000), 120).convert("RGB")
    image.paste(RED, (0, 0, 3000, 4000))
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=99, exif=exif)
    return buffer.getvalue()


def _answers(bot: RunningBot, email: str) -> dict[str, Any]:
    return {each["id"]: each for each in bot.registration(email)["answers"]}
