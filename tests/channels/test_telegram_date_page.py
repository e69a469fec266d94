"""The Mini App for the date of birth: signed by Telegram, in a browser, and back in the chat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import httpx
import pytest
from playwright.sync_api import Browser, expect

from bot.channels.telegram.init_data import FRESH_SECONDS
from bot.channels.telegram.mini_apps import DATE_PAGE as PATH
from bot.i18n.catalogue import catalogue
from tests.channels.test_telegram import traces_of
from tests.doubles.telegram_api import PrivateChat, TelegramDouble
from tests.support.browser import COMPUTER
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
from tests.support.service import RunningBot
from tests.support.telegram import PATIENCE, answer_until, opening_of

BORN = "1973-11-17"


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture(scope="module")
def bot(telegram: TelegramDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    with bot_with_pages(telegram, tmp_path_factory.mktemp("date-page")) as running:
        yield running


@pytest.fixture
def ann(telegram: TelegramDouble, bot: RunningBot) -> PrivateChat:
    return telegram.user("Ann", language_code="en")


def posted(bot: RunningBot, init_data: str, date: str = BORN, **headers: str) -> int:
    sent = {"init_data": init_data, "date": date}
    return httpx.post(f"{bot.url}{PATH}", json=sent, headers=headers).status_code


def test_the_question_opens_the_page_and_its_date_goes_on_in_the_chat(
    ann: PrivateChat, telegram: TelegramDouble, bot: RunningBot, browser: Browser
) -> None:
    answer_until(ann, "date_of_birth", bot)
    button = page_button(ann.received[-1])
    assert button.label == catalogue().text("button-date-page")
    assert button.web_app == f"{SITE}{PATH}?language=en"
    with watched_page(browser, bot, COMPUTER) as page:
        opens(page, bot, PATH, signed(ann))
        page.get_by_label("Date of birth").fill(BORN)
        page.get_by_role("button", name="Send").click()
        says(page, "Thank you")
    ann.waits_for(opening_of("background_check"), timeout=PATIENCE)
    assert not any("1973" in each.text for each in ann.received)
    assert traces_of(bot.data_dir, BORN) == []
    assert telegram.calls_of("deleteMessage") == [], "the date was in no message"


def test_the_page_has_no_finding_in_any_look(
    ann: PrivateChat, bot: RunningBot, browser: Browser, looks: Sequence[Look]
) -> None:
    answer_until(ann, "date_of_birth", bot)
    page = browser.new_page(bypass_csp=True)  # axe and pictures add styles, which the page's policy forbids
    opens(page, bot, PATH, signed(ann))
    expect(page.get_by_label("Date of birth")).to_be_visible()
    for look in looks:
        examine_page(page, look, "date-page")
    page.close()


def test_the_page_without_what_telegram_signed_says_how_to_open_it(bot: RunningBot, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{bot.url}{PATH}?language=fr")
    says(page, catalogue("fr").text("date-page-expired"))
    expect(page.get_by_role("button")).to_have_count(0)
    page.close()


def test_only_who_telegram_names_and_only_at_the_question(
    ann: PrivateChat, telegram: TelegramDouble, bot: RunningBot
) -> None:
    ben = telegram.user("Ben", language_code="en")
    answer_until(ann, "expertise", bot)
    assert posted(bot, signed(ann)) == 409, "another question is open"
    ann.sends("Gardening")
    answer_until(ben, "date_of_birth", bot)
    assert posted(bot, signed(ben, age=FRESH_SECONDS + 60)) == 401
    assert posted(bot, signed(ben) + "0") == 401
    assert posted(bot, signed(telegram.user("Eve"))) == 401, "nobody who never wrote"
    assert posted(bot, signed(ben), date="17 November 1973") == 422
    assert posted(bot, signed(ben), Origin="https://elsewhere.example") == 403
    ben.sends("status")
    ben.waits_for("You are at", timeout=PATIENCE)
    ben.waits_for("Date of birth · step", timeout=PATIENCE)


def test_the_same_opening_is_one_message_and_a_wrong_date_is_explained_in_the_chat(
    ann: PrivateChat, bot: RunningBot
) -> None:
    answer_until(ann, "date_of_birth", bot)
    opened = signed(ann)
    assert [posted(bot, opened, "2020-01-01") for _ in range(2)] == [200, 200]
    ann.waits_for("18", timeout=PATIENCE)
    again = ann.waits_for("date of birth", timeout=PATIENCE)
    assert any(each.web_app for each in again.buttons)
    ann.sends("17 November 1973")  # typing goes on working
    ann.waits_for(opening_of("background_check"), timeout=PATIENCE)
    assert posted(bot, opened) == 409


def test_the_page_may_be_framed_by_telegram_alone(bot: RunningBot) -> None:
    assert_framed_by_telegram_alone(bot, PATH)
