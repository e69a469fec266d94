"""Where the focus is after an answer: in the text field for words, else at the question, with its buttons next."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from bot.registration import form
from tests.support.answers import TEXTS
from tests.support.browser import BrowserMentor
from tests.support.service import RunningBot

#: Presses of Tab from a question to its first button, or to the tray below it.
MOST_TABS = 3
#: A typed answer that leads to a question without words, and the button there.
LEADS_TO_BUTTONS = [
    ("expertise", "photo", "Choose a photo"),
    ("date_of_birth", "background_check", "I agree"),
    ("background_check", "two_months", "I agree"),
]
AGREE = "I agree"


def _at(maria: BrowserMentor, question: str) -> Locator:
    """The open question, which has the focus."""
    expect(maria.asked).to_have_attribute("data-question", question)
    expect(maria.pending).to_have_count(0)
    expect(maria.asked).to_be_focused()
    return maria.asked


def _tabs(maria: BrowserMentor, name: str) -> int:
    """How often Tab was pressed until the button has the focus."""
    button = maria.page.get_by_role("button", name=name, exact=True).and_(maria.page.locator(":focus"))
    for presses in range(1, MOST_TABS + 1):
        maria.page.keyboard.press("Tab")
        if button.count():
            return presses
    raise AssertionError(f"{name!r} is more than {MOST_TABS} presses away")


@pytest.mark.parametrize(("question", "following", "button"), LEADS_TO_BUTTONS)
def test_after_a_typed_answer_the_buttons_of_the_next_question_are_next(
    browser: Browser, bot: RunningBot, question: str, following: str, button: str
) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.answers_until(question)
        maria.says(TEXTS.get(question, AGREE))
        asked = _at(maria, following)
        expect(asked).to_have_role("group")
        expect(asked).to_have_accessible_name(maria.page.get_by_test_id("progress").inner_text())
        assert asked.evaluate("(each) => getComputedStyle(each).outlineStyle") != "none"
        _tabs(maria, button)


def test_after_a_button_the_next_buttons_are_next(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.answers_until("background_check")
        maria.box.focus()
        for following in ("two_months", "published_and_rated", form.CLAUSES[0].id):
            maria.asked.get_by_role("button", name=AGREE, exact=True).press("Enter")
            _at(maria, following)
            if following != form.CLAUSES[0].id:
                assert _tabs(maria, AGREE) == 1


def test_what_is_typed_at_a_question_goes_into_the_field(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.answers_until("date_of_birth")
        maria.says(TEXTS["date_of_birth"])
        _at(maria, "background_check")
        maria.page.keyboard.press("Control+c")
        expect(maria.asked).to_be_focused()
        maria.page.keyboard.type("Why?")
        expect(maria.box).to_have_value("Why?")
        maria.page.keyboard.press("Enter")
        maria.hears()
        # The same question is still open: whoever asks something may ask more.
        expect(maria.box).to_be_focused()


def test_nobody_who_writes_meanwhile_loses_the_focus(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.answers_until("date_of_birth")
        held: list[Route] = []
        maria.page.route("**/api/dates", lambda route: held.append(route))
        maria.sends(TEXTS["date_of_birth"])
        maria.page.keyboard.type("and ")
        held.pop().continue_()
        expect(maria.asked).to_have_attribute("data-question", "background_check")
        expect(maria.pending).to_have_count(0)
        maria.page.keyboard.type("why?")
        expect(maria.box).to_have_value("and why?")


def test_nobody_who_went_elsewhere_is_called_back(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.answers_until("date_of_birth")
        held: list[Route] = []
        maria.page.route("**/api/dates", lambda route: held.append(route))
        maria.sends(TEXTS["date_of_birth"])
        maria.page.get_by_test_id("language").focus()
        held.pop().continue_()
        expect(maria.asked).to_have_attribute("data-question", "background_check")
        expect(maria.pending).to_have_count(0)
        expect(maria.page.get_by_test_id("language")).to_be_focused()
