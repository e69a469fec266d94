"""The check of the answers, on a phone, by keyboard, and on Telegram: Submit is always within reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from bot.registration import form
from tests.channels.test_accessibility import EXAMINED, STILL
from tests.doubles.telegram_api import TelegramDouble, utf16_length
from tests.support.answers import TEXTS
from tests.support.browser import PHONE, BrowserMentor
from tests.support.looks import LOOKS, examine_page
from tests.support.service import RunningBot
from tests.support.telegram import PATIENCE, answer_until, opening_of

#: Of a phone's view of the conversation: how much the answers may take before anything is opened.
MOST_SCREENS = 2.0
#: Presses of Tab from the beginning of the conversation to Submit: a Change for each answer, and what was agreed to.
MOST_TABS = 10
#: Characters below a photo on Telegram: core.telegram.org/bots/api#sendphoto.
CAPTION = 1_024
LONG = "I led a team of five for ten years, and each of them has found work that they like since then. " * 8
STILL_PHONE = PHONE | {"reduced_motion": "reduce"}
SCREENS = """(review) => review.offsetHeight / review.getRootNode().querySelector(".scroll").clientHeight"""
SCROLL_WITHIN = """(review, part) => { const view = review.getRootNode().querySelector(".scroll");
    view.scrollTop = review.offsetTop + part * (review.offsetHeight - view.clientHeight); }"""
SCROLL = """(chat, part) => { const view = chat.shadowRoot.querySelector(".scroll");
    view.scrollTop = part * (view.scrollHeight - view.clientHeight); }"""


@pytest.mark.parametrize("answer", [TEXTS["reasons"], LONG], ids=["short", "long"])
def test_the_review_takes_two_screens_of_a_phone_and_submit_is_in_each(
    browser: Browser, bot: RunningBot, answer: str
) -> None:
    with BrowserMentor(browser, bot.url, STILL_PHONE) as maria:
        maria.answers_until("review")
        for item in ("reasons", "experience", "expertise") if answer == LONG else ():
            maria.says(f"change my {item}")
            maria.says(answer)
        assert maria.question == "review"
        assert maria.asked.evaluate(SCREENS) <= MOST_SCREENS
        submit = maria.page.locator(".submit").get_by_role("button", name="Submit")
        for part in (0, 0.5, 1):
            maria.asked.evaluate(SCROLL_WITHIN, part)
            expect(submit).to_be_in_viewport(ratio=1)
            expect(maria.page.locator(".jump")).to_be_hidden()
        maria.fits()


def test_what_was_agreed_to_is_opened_and_what_was_refused_is_open(browser: Browser, bot: RunningBot) -> None:
    clause = form.CONSENTS[4].wording
    with BrowserMentor(browser, bot.url, EXAMINED) as maria:
        maria.answers_until("review")
        expect(maria.asked.get_by_text(clause)).to_be_hidden()
        maria.asked.get_by_text(f"You agreed to all {len(form.CONSENTS)}").click()
        expect(maria.asked.get_by_text(clause)).to_be_visible()
        for look in LOOKS[::2]:
            examine_page(maria.page, look, "review-opened")
        maria.page.get_by_role("button", name=f"Change: {clause}").click()
        maria.hears()
        maria.taps("I do not agree")
        assert maria.question == "reconsider"
        maria.says("review my answers")
        summary = (
            maria.bubbles("bot").filter(has_text=f"You agreed to {len(form.CONSENTS) - 1} of {len(form.CONSENTS)}").last
        )
        expect(summary.get_by_text(clause)).to_be_visible()


def test_a_question_does_not_print_the_answers_again(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, STILL_PHONE) as maria:
        maria.answers_until("review")
        heard = maria.says("how long does the check take?")
        assert TEXTS["reasons"] not in heard
        expect(maria.page.locator(".submit button")).to_have_text(["Submit", "Show my answers"])
        expect(maria.page.locator(".submit").get_by_role("button", name="Submit")).to_be_in_viewport(ratio=1)
        assert TEXTS["reasons"] in maria.taps("Show my answers")
        maria.page.locator("mentor-chat").evaluate(SCROLL, 0)
        jump = maria.page.get_by_role("button", name="Go to your answers")
        expect(jump).to_be_visible()
        maria.presses(jump)
        expect(jump).to_be_hidden()
        maria.taps("Submit")
        expect(maria.bubbles("bot").last).to_contain_text("background check")


def test_a_changed_answer_is_shown_with_submit_below(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, STILL) as maria:
        maria.page.set_viewport_size({"width": 640, "height": 600})
        maria.answers_until("review")
        maria.page.get_by_role("button", name="Change: Your experience").click()
        maria.hears()
        maria.says("I taught my brother to bake")
        row = maria.asked.locator(".row").filter(has_text="Your experience")
        expect(row).to_be_focused()
        expect(row).to_contain_text("Changed")
        expect(row).to_contain_text("I taught my brother to bake")
        expect(row).to_be_in_viewport(ratio=1)
        expect(maria.page.locator(".submit").get_by_role("button", name="Submit")).to_be_in_viewport(ratio=1)
        maria.says("what happens now?")
        assert maria.question == "review"
        clause = form.CONSENTS[14].wording
        maria.taps("Show my answers")
        maria.asked.get_by_text(f"You agreed to all {len(form.CONSENTS)}").click()
        maria.page.get_by_role("button", name=f"Change: {clause}").click()
        maria.hears()
        maria.taps("I agree")
        changed = maria.asked.locator(".row").filter(has_text=clause)
        expect(changed).to_be_focused()
        expect(changed).to_be_in_viewport(ratio=1)


def test_submit_is_few_tabs_away(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, STILL) as maria:
        maria.answers_until("review")
        maria.page.locator(".scroll").focus()
        submit = maria.page.locator(".submit").get_by_role("button", name="Submit")
        for _ in range(MOST_TABS):
            maria.page.keyboard.press("Tab")
            if submit.evaluate("(button) => button.matches(':focus')"):
                break
            expect(maria.asked.locator(":focus")).to_be_in_viewport(ratio=1)
        else:
            raise AssertionError("Submit is farther away")
        maria.box.focus()
        maria.page.keyboard.press("Shift+Tab")
        expect(submit).to_be_focused()


def test_the_check_is_in_french_too(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, STILL) as maria:
        maria.answers_until("review")
        maria.page.get_by_test_id("language").select_option("fr")
        expect(maria.asked.get_by_text(f"Vous avez accepté les {len(form.CONSENTS)} points")).to_be_visible()
        maria.page.set_viewport_size({"width": 390, "height": 844})
        show = maria.asked.get_by_text("Afficher")
        expect(show).to_be_visible()
        assert show.evaluate("(word) => word.offsetHeight") < 30, "it stands on one line"
        maria.says("combien de temps dure la vérification ?")
        expect(maria.page.locator(".submit button")).to_have_text(["Valider", "Voir mes réponses"])
        expect(maria.page.locator("label[for=text]")).to_have_text("Ou posez une question")


TOKEN = "4711:a-token-that-must-not-be-logged"


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture(scope="module")
def telegram_bot(telegram: TelegramDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    folder = tmp_path_factory.mktemp("telegram")
    with RunningBot(folder, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url) as running:
        yield running


def test_on_telegram_the_review_is_one_message_with_the_photo(
    telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    ann = telegram.user("Ann", language_code="en")
    answer_until(ann, "review", telegram_bot)
    first = ann.received[-1]
    assert first.photo is not None
    assert TEXTS["reasons"] in first.text
    ann.taps(first, "✎ Your expertise")
    ann.waits_for(opening_of("expertise"), timeout=PATIENCE)
    ann.sends(LONG)
    review = ann.waits_for("Your expertise · Changed", timeout=PATIENCE)
    assert review.photo is not None
    assert utf16_length(review.text) <= CAPTION
    assert LONG[:30] in review.text
    assert LONG not in review.text
    assert f"✓ You agreed to all {len(form.CONSENTS)}" in review.text
    assert [each.label for each in review.rows[0]] == ["Submit"]
    assert len(review.rows) <= 6
    ann.taps(review, "Read all answers")
    ann.waits_for(form.CONSENTS[-1].wording, timeout=PATIENCE)
    assert any(LONG.strip() in each.text for each in ann.received)
    below = ann.waits_for("Nothing is sent before you press Submit", timeout=PATIENCE)
    assert [each.label for each in below.buttons] == ["Submit", "Show my answers"]
    ann.sends("how long does the check take?")
    ann.waits_for("It can take a few days", timeout=PATIENCE)
    again = ann.waits_for("If everything looks right, press Submit.", timeout=PATIENCE)
    assert again.photo is None
    ann.taps(again, "Submit")
    ann.waits_for("Your registration is complete", timeout=PATIENCE)
    assert telegram.problems == []
