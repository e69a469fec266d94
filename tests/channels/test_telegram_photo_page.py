"""The Mini App for the photo: signed by Telegram, cropped in a browser, and back in the chat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.channels.telegram.init_data import FRESH_SECONDS
from bot.channels.telegram.mini_apps import PHOTO_PAGE as PATH
from bot.i18n.catalogue import catalogue
from bot.media.images import MAXIMUM_BYTES
from tests.doubles.telegram_api import PrivateChat, TelegramDouble
from tests.support.answers import picture
from tests.support.browser import COMPUTER, PHONE
from tests.support.looks import Look, examine_page
from tests.support.mini_apps import (
    SITE,
    TOKEN,
    assert_framed_by_telegram_alone,
    bot_with_pages,
    opens,
    page_button,
    says,
    signed,
    watched_page,
)
from tests.support.pictures import BLUE, GREEN, RED, YELLOW, corners, is_all, quadrants, square_photo
from tests.support.service import RunningBot
from tests.support.telegram import PATIENCE, address_of, answer_until, opening_of

SAVED = catalogue().text("note-photo-saved")

#: Drops or pastes a file on the page; the browser must not open it.
GIVE = """
([bytes, name]) => {
  const given = new DataTransfer();
  given.items.add(new File([new Uint8Array(bytes)], `${name}.jpg`, { type: "image/jpeg" }));
  const event = name === "drop"
    ? new DragEvent("drop", { dataTransfer: given, bubbles: true, cancelable: true })
    : new ClipboardEvent("paste", { clipboardData: given, bubbles: true, cancelable: true });
  if (document.body.dispatchEvent(event)) throw new Error("not prevented");
}
"""


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture(scope="module")
def bot(telegram: TelegramDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    with bot_with_pages(telegram, tmp_path_factory.mktemp("photo-page")) as running:
        yield running


@pytest.fixture
def ann(telegram: TelegramDouble, bot: RunningBot) -> PrivateChat:
    """A mentor who is asked for the photo."""
    chat = telegram.user("Ann", language_code="en")
    answer_until(chat, "photo", bot)
    return chat


def posted(bot: RunningBot, init_data: str, data: bytes | None = None, **headers: str) -> httpx.Response:
    """Post a photo as the page does."""
    files = {"file": ("me.jpg", picture() if data is None else data, "image/jpeg")}
    return httpx.post(f"{bot.url}{PATH}", data={"init_data": init_data}, files=files, headers=headers, timeout=30)


def chooses(page: Page, data: bytes, name: str = "me.jpg") -> Locator:
    """Choose a photo on the page; returns the panel that shows it."""
    panel = page.get_by_test_id("photo-panel")
    with page.expect_file_chooser() as chooser:
        panel.get_by_role("button", name="Choose").click()
    chooser.value.set_files({"name": name, "mimeType": "image/jpeg", "buffer": data})
    expect(panel.get_by_test_id("photo-send")).to_be_focused()
    return panel


def answers_nothing(bot: RunningBot, chat: PrivateChat) -> bool:
    """Whether a mentor has no photo, and none waits to be checked."""
    [photo] = [each for each in bot.registration(address_of(chat))["answers"] if each["id"] == "photo"]
    return "profile_file" not in photo and not list((bot.data_dir / "uploads").iterdir())


def test_the_question_opens_the_page_and_the_photo_is_cropped_by_keys_and_goes_on_in_the_chat(
    ann: PrivateChat, telegram: TelegramDouble, bot: RunningBot, browser: Browser
) -> None:
    button = page_button(ann.received[-1])
    assert (button.label, button.web_app) == ("Crop a photo", f"{SITE}{PATH}?language=en")
    with watched_page(browser, bot, COMPUTER) as page:
        opens(page, bot, PATH, signed(ann))
        panel = chooses(page, quadrants())
        panel.get_by_test_id("crop").focus()
        for _ in range(12):
            page.keyboard.press("+")
        for _ in range(5):
            page.keyboard.press("Shift+ArrowRight")
            page.keyboard.press("Shift+ArrowDown")
        expect(panel).to_contain_text("Size 220 %, 100 % across, 100 % down")
        panel.get_by_role("button", name="Send this photo").press("Enter")
        says(page, "Thank you")
        expect(panel).to_be_hidden()
    assert ann.waits_for(SAVED, timeout=PATIENCE).photo is not None
    ann.waits_for(opening_of("date_of_birth"), timeout=PATIENCE)
    is_all(square_photo(bot, address_of(ann)), YELLOW)
    assert list((bot.data_dir / "uploads").iterdir()) == []
    assert telegram.calls_of("getFile") == [], "the photo was in no message of the mentor"
    assert telegram.problems == []


def test_a_photo_that_cannot_be_used_is_explained_on_the_page_and_another_one_taken(
    ann: PrivateChat, bot: RunningBot, browser: Browser
) -> None:
    before = len(ann.received)
    with watched_page(browser, bot, PHONE, tolerates="Failed to load resource") as page:
        opens(page, bot, PATH, signed(ann))
        panel = chooses(page, picture(90, 90))
        panel.get_by_test_id("photo-send").tap()
        says(page, "That picture is too small")
        assert answers_nothing(bot, ann)
        page.route(f"**{PATH}", lambda route: route.abort())
        chooses(page, picture()).get_by_test_id("photo-send").tap()
        says(page, "That did not work")
        page.unroute(f"**{PATH}")
        panel.get_by_test_id("photo-send").tap()
        says(page, "Thank you")
    ann.waits_for(opening_of("date_of_birth"), timeout=PATIENCE)
    assert not any("too small" in each.text for each in ann.received[before:])


def test_a_photo_can_be_dropped_or_pasted(ann: PrivateChat, bot: RunningBot, browser: Browser) -> None:
    with watched_page(browser, bot, COMPUTER) as page:
        opens(page, bot, PATH, signed(ann))
        panel = page.get_by_test_id("photo-panel")
        expect(panel.get_by_text("You can also drop or paste it here.")).to_be_visible()
        for event in ("drop", "paste"):
            page.evaluate(GIVE, [list(picture()), event])
            expect(panel).to_contain_text(f"{event}.jpg")
            expect(panel.get_by_test_id("crop")).to_have_count(1)
        panel.get_by_role("button", name="Send this photo").click()
        says(page, "Thank you")
    ann.waits_for(SAVED, timeout=PATIENCE)


def test_a_photo_that_was_sent_in_the_chat_meanwhile_stays(ann: PrivateChat, bot: RunningBot, browser: Browser) -> None:
    with watched_page(browser, bot, PHONE, tolerates="Failed to load resource") as page:
        opens(page, bot, PATH, signed(ann))
        panel = chooses(page, quadrants())
        ann.sends_photo(picture())  # the usual way
        ann.waits_for(opening_of("date_of_birth"), timeout=PATIENCE)
        kept = square_photo(bot, address_of(ann)).tobytes()
        panel.get_by_test_id("photo-send").tap()
        says(page, "The photo is no longer asked for here.")
        expect(panel).to_be_hidden()
    assert square_photo(bot, address_of(ann)).tobytes() == kept


def test_only_who_telegram_names_only_at_the_question_and_only_a_photo(
    ann: PrivateChat, telegram: TelegramDouble, bot: RunningBot
) -> None:
    ben = telegram.user("Ben", language_code="en")
    answer_until(ben, "expertise", bot)
    before = len(ann.received)
    assert posted(bot, signed(ben)).status_code == 409, "another question is open in that chat"
    assert posted(bot, signed(ann, age=FRESH_SECONDS + 60)).status_code == 401
    assert posted(bot, signed(ann) + "0").status_code == 401
    assert posted(bot, signed(telegram.user("Eve"))).status_code == 401, "nobody who never wrote"
    assert posted(bot, signed(ann), Origin="https://elsewhere.example").status_code == 403
    large = posted(bot, signed(ann), b"\xff" * (MAXIMUM_BYTES + 100_000))
    assert (large.status_code, large.json()["error"]) == (413, catalogue().text("note-photo-too-large"))
    for data in (b"", b"no picture"):
        refused = posted(bot, signed(ann), data)
        expected = (422, catalogue().text("note-photo-not-an-image"))
        assert (refused.status_code, refused.json()["error"]) == expected
    assert httpx.post(f"{bot.url}{PATH}", data={"init_data": signed(ann)}).status_code == 422, "no file"
    assert answers_nothing(bot, ann)
    assert len(ann.received) == before


def test_the_same_opening_and_photo_are_one_message_and_another_photo_replaces_it(
    ann: PrivateChat, bot: RunningBot
) -> None:
    opened, large = signed(ann), picture(3000, 2000)  # more than a page posts as JSON
    assert posted(bot, opened, large).status_code == 200
    ann.waits_for(opening_of("date_of_birth"), timeout=PATIENCE)
    assert posted(bot, opened, large).status_code == 409
    ann.sends("change my photo")
    again = ann.waits_for(opening_of("photo"), timeout=PATIENCE)
    assert page_button(again).label == "Crop a photo"
    assert posted(bot, signed(ann), quadrants()).status_code == 200
    ann.waits_for("date of birth", timeout=PATIENCE)
    assert corners(square_photo(bot, address_of(ann))) == [RED, GREEN, BLUE, YELLOW]
    assert list((bot.data_dir / "uploads").iterdir()) == []


def test_in_french_a_stale_page_says_how_to_open_it(
    telegram: TelegramDouble, bot: RunningBot, browser: Browser
) -> None:
    anne = telegram.user("Anne", language_code="en")
    answer_until(anne, "photo", bot)
    anne.sends("en français")
    asked = anne.waits_for("une photo nette de votre visage", timeout=PATIENCE)
    assert page_button(asked).label == "Recadrer une photo"
    with watched_page(browser, bot, PHONE, tolerates="Failed to load resource") as page:
        page.goto(f"{bot.url}{PATH}?language=fr")  # without what Telegram signed
        says(page, catalogue("fr").text("photo-page-expired"))
        expect(page.get_by_role("button")).to_have_count(0)
        opens(page, bot, PATH, signed(anne, age=FRESH_SECONDS + 60), "fr")
        expect(page.get_by_role("heading", level=2)).to_have_text("Votre photo")
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Choisir une photo").tap()
        chooser.value.set_files({"name": "moi.jpg", "mimeType": "image/jpeg", "buffer": picture()})
        page.get_by_role("button", name="Envoyer cette photo").tap()
        says(page, "Veuillez ouvrir de nouveau cette page")
    assert answers_nothing(bot, anne)


def test_the_page_has_no_finding_in_any_look(
    ann: PrivateChat, bot: RunningBot, browser: Browser, looks: Sequence[Look]
) -> None:
    page = browser.new_page(bypass_csp=True)  # axe and pictures add styles, which the page's policy forbids
    opens(page, bot, PATH, signed(ann))
    expect(page.get_by_role("button", name="Choose a photo")).to_be_visible()
    for look in looks:
        examine_page(page, look, "photo-page")
    chooses(page, picture())
    for look in looks:
        examine_page(page, look, "photo-page-cropping")
    page.close()


def test_the_page_may_be_framed_by_telegram_alone(bot: RunningBot) -> None:
    assert_framed_by_telegram_alone(bot, PATH)
