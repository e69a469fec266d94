"""The Mini App for the code of ethics: signed by Telegram, the card in a browser, each clause by itself, and back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.channels.telegram.code_page import READING_SECONDS
from bot.channels.telegram.mini_apps import CODE_PAGE
from bot.core.settings import CONSENT_SECONDS
from bot.i18n.catalogue import catalogue
from bot.registration import form
from bot.registration.answers import AGREED, REFUSED
from tests.doubles.telegram_api import PrivateChat, TelegramDouble
from tests.support import mini_apps
from tests.support.browser import PHONE
from tests.support.looks import Look, examine_page
from tests.support.mini_apps import (
    SITE,
    TOKEN,
    assert_framed_by_telegram_alone,
    bot_with_pages,
    page_button,
    says,
    signed,
    watched_page,
)
from tests.support.service import RunningBot
from tests.support.telegram import PATIENCE, answer_until, opening_of

CLAUSES = [str(item.id) for item in form.CLAUSES]
FIRST, SECOND, THIRD, LAST = CLAUSES[0], CLAUSES[1], CLAUSES[2], CLAUSES[-1]
NO = "I do not agree"
#: Milliseconds after which a press counts, and a little more.
A_LOOK_MS = 900
BUTTON = catalogue().text("button-code-page")


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture(scope="module")
def bot(telegram: TelegramDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """A bot with a public address that takes as long as for mentors."""
    folder = tmp_path_factory.mktemp("code-page")
    with bot_with_pages(telegram, folder, CONSENT_SECONDS=str(CONSENT_SECONDS)) as running:
        yield running


@pytest.fixture
def ann(telegram: TelegramDouble, bot: RunningBot) -> PrivateChat:
    """A mentor at the first clause."""
    chat = telegram.user("Ann", language_code="en")
    answer_until(chat, FIRST, bot)
    return chat


@pytest.fixture
def page(browser: Browser, bot: RunningBot) -> Iterator[Page]:
    """A phone's page; a response may be a refusal."""
    with watched_page(browser, bot, PHONE, tolerates="Failed to load resource") as page:
        yield page


def opens(page: Page, bot: RunningBot, chat: PrivateChat, language: str = "en", age: float = 0) -> None:
    """Open the page as Telegram does, and look at what comes first."""
    mini_apps.opens(page, bot, CODE_PAGE, signed(chat, age), language)
    expect(part(page, FIRST)).to_be_visible(timeout=PATIENCE * 1000)
    page.wait_for_timeout(A_LOOK_MS)


def part(page: Page, clause: str) -> Locator:
    return page.locator(f"[data-clause={clause}]")


def presses(page: Page, clause: str, label: str = "I agree") -> None:
    """Scroll to a clause, read it, and press one of its buttons."""
    button = part(page, clause).get_by_role("button", name=label, exact=True)
    part(page, clause).locator("blockquote").scroll_into_view_if_needed()
    page.wait_for_timeout(A_LOOK_MS)
    button.tap()


def decided(bot: RunningBot) -> list[tuple[str, str]]:
    """What the newest mentor said to the clauses."""
    records: list[dict[str, Any]] = bot.newest_registration()["consents"]
    return [(each["id"], each["decision"]) for each in records if each["id"] in CLAUSES]


def posted(bot: RunningBot, init_data: str, path: str = "", **more: object) -> httpx.Response:
    return httpx.post(f"{bot.url}{CODE_PAGE}{path}", json={"init_data": init_data, **more})


def test_all_clauses_are_answered_on_the_page_and_the_chat_goes_on(
    ann: PrivateChat, telegram: TelegramDouble, bot: RunningBot, page: Page
) -> None:
    message = ann.received[-1]
    assert [each.label for each in message.rows[0]] == ["I agree", NO], "the chat asks as before"
    button = page_button(message)
    assert (button.label, button.web_app) == (BUTTON, f"{SITE}{CODE_PAGE}?language=en")
    opens(page, bot, ann)
    below = ann.waits_for("Here is the code of ethics", timeout=PATIENCE)
    assert [each.label for each in below.buttons if each.web_app] == [BUTTON]
    for clause in CLAUSES:
        presses(page, clause, NO if clause == THIRD else "I agree")
        if clause != LAST:
            expect(part(page, clause).locator("[aria-pressed=true]")).to_have_count(1)
    says(page, "Thank you")
    expect(part(page, FIRST)).to_be_hidden()
    expected = [(clause, REFUSED if clause == THIRD else AGREED) for clause in CLAUSES]
    assert decided(bot) == expected
    ann.waits_for_edit(below, "you agreed to 14", timeout=PATIENCE)
    assert telegram.problems == []


def test_the_chat_can_be_gone_on_in_at_any_time(ann: PrivateChat, bot: RunningBot, page: Page) -> None:
    opens(page, bot, ann)
    presses(page, FIRST)
    expect(part(page, FIRST).locator("[aria-pressed=true]")).to_have_count(1)
    card = ann.waits_for("Here is the code of ethics", timeout=PATIENCE)
    ann.taps(card, "One at a time")
    asked = ann.waits_for(opening_of(SECOND), timeout=PATIENCE)
    time.sleep(A_LOOK_MS / 1000)
    ann.taps(asked, "I agree").waits_for_answer()
    ann.waits_for_edit(asked, opening_of(THIRD), timeout=PATIENCE)
    assert [each.label for each in asked.buttons if each.web_app] == [BUTTON]
    presses(page, THIRD)
    says(page, "no longer asked here")
    assert decided(bot) == [(FIRST, AGREED), (SECOND, AGREED)]
    opens(page, bot, ann)  # anew from the button
    expect(part(page, SECOND).locator("[aria-pressed=true]")).to_have_text("I agree")


def test_a_clause_counts_only_once_it_could_be_read(ann: PrivateChat, bot: RunningBot, page: Page) -> None:
    opens(page, bot, ann)
    last = part(page, LAST).get_by_role("button", name="I agree", exact=True)
    last.evaluate("(button) => { button.focus(); button.click(); }")
    expect(page.get_by_text("That was very quick")).to_be_visible()
    opened = posted(bot, signed(ann)).json()["card"]
    [clause] = [each for each in opened["clauses"] if each["id"] == LAST]
    press = {"id": "1", "button": clause["buttons"][0]["payload"], "seen": opened["id"], "seen_ms": 600}
    assert posted(bot, signed(ann), "/presses", **press).status_code == 409
    assert decided(bot) == []
    assert posted(bot, signed(ann), "/presses", **press | {"seen_ms": 800}).status_code == 200
    assert posted(bot, signed(ann), "/presses", **press | {"seen_ms": 800}).status_code == 200, "sent twice"
    assert decided(bot) == [(LAST, AGREED)]


def test_only_who_telegram_names_and_only_at_the_code(
    ann: PrivateChat, telegram: TelegramDouble, bot: RunningBot
) -> None:
    assert posted(bot, signed(ann, age=READING_SECONDS + 60)).status_code == 401
    assert posted(bot, signed(ann) + "0").status_code == 401
    assert posted(bot, signed(telegram.user("Eve"))).status_code == 401, "nobody who never wrote"
    ben = telegram.user("Ben", language_code="en")
    answer_until(ben, "expertise", bot)
    assert posted(bot, signed(ben)).status_code == 404, "another question is open"
    card = posted(bot, signed(ann)).json()["card"]
    time.sleep(A_LOOK_MS / 1000)
    press = {"id": "1", "button": card["clauses"][0]["buttons"][0]["payload"], "seen": card["id"], "seen_ms": 5000}
    assert posted(bot, signed(ben), "/presses", **press).status_code == 404, "another mentor's card"
    assert posted(bot, signed(ann, age=READING_SECONDS + 60), "/presses", **press).status_code == 401
    assert posted(bot, signed(ann) + "0", "/presses", **press).status_code == 401
    assert posted(bot, signed(ann), "/presses", **press | {"seen": card["id"] - 1}).status_code == 404
    assert posted(bot, signed(ann), "/presses", **press | {"button": "submit"}).status_code == 404
    elsewhere = {"Origin": "https://elsewhere.example"}
    sent = {"init_data": signed(ann), **press}
    assert httpx.post(f"{bot.url}{CODE_PAGE}/presses", json=sent, headers=elsewhere).status_code == 403


def test_in_french_each_clause_has_its_translation_and_a_lost_line_is_told(
    telegram: TelegramDouble, bot: RunningBot, page: Page
) -> None:
    chat = telegram.user("Anne", language_code="en")
    answer_until(chat, FIRST, bot)
    chat.sends("en français")
    chat.waits_for(catalogue("fr").text(f"wording-{FIRST}"), timeout=PATIENCE)
    opens(page, bot, chat, "fr")
    expect(page.get_by_role("heading", level=2)).to_have_text("Code d’éthique")
    assert page.locator("html").get_attribute("lang") == "fr"
    assert catalogue("fr").text(f"wording-{FIRST}") in part(page, FIRST).inner_text()
    page.route("**/presses", lambda route: route.abort())
    presses(page, FIRST, "J’accepte")
    expect(page.get_by_text("Cela n’a pas fonctionné")).to_be_visible()
    page.unroute("**/presses")
    page.get_by_role("button", name="Réessayer").tap()
    expect(page.get_by_text("Cela n’a pas fonctionné")).to_be_hidden()
    expect(part(page, FIRST).locator("[aria-pressed=true]")).to_have_count(1)


def test_the_page_has_no_finding_in_any_look(
    ann: PrivateChat, bot: RunningBot, browser: Browser, looks: Sequence[Look]
) -> None:
    page = browser.new_page(bypass_csp=True)  # axe and pictures add styles, which the page's policy forbids
    opens(page, bot, ann)
    for look in looks:
        examine_page(page, look, "code-page")
    page.close()


def test_without_what_telegram_signed_the_page_says_how_to_open_it(bot: RunningBot, page: Page) -> None:
    page.goto(f"{bot.url}{CODE_PAGE}?language=fr")
    says(page, catalogue("fr").text("code-page-expired"))
    assert_framed_by_telegram_alone(bot, CODE_PAGE)
