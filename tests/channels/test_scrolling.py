"""Reading further up: only what the mentor does moves the conversation, whatever comes meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Route, expect

from bot.registration import form
from tests.support.browser import PHONE, BrowserMentor
from tests.support.service import RunningBot

#: A window in which every conversation is longer than what is in sight.
SMALL = PHONE | {"viewport": {"width": 320, "height": 568}}
#: Where the conversation is scrolled to, at once and without any event before.
SCROLL = """(scroll, top) => { scroll.scrollTop = top; return scroll.scrollTop; }"""
TOP = "(scroll) => scroll.scrollTop"
#: How far the message that a mentor reads is below the upper edge.
OFFSET = "(message) => message.offsetTop - message.closest('.scroll').scrollTop"
#: The message at the upper edge.
READ = """(scroll) => [...scroll.querySelectorAll(".msg")]
  .findIndex((each) => each.offsetTop + each.offsetHeight > scroll.scrollTop)"""


class Held:
    """Requests that wait until they are let go."""

    def __init__(self, maria: BrowserMentor, address: str) -> None:
        self.maria = maria
        self.routes: list[Route] = []
        maria.page.route(address, lambda route: self.routes.append(route))

    def let_go(self) -> None:
        """Wait for the first one, and let it go."""
        while not self.routes:
            self.maria.page.wait_for_timeout(20)
        with self.maria.page.expect_response(self.routes[0].request.url):
            self.routes[0].continue_()
        self.maria.looks()


def _a_reply(maria: BrowserMentor) -> Callable[[], None]:
    maria.answers_until("reasons")
    held = Held(maria, "**/api/messages")
    maria.sends("Who sees my answer?")
    expect(maria.pending).to_have_count(1)

    def comes() -> None:
        held.let_go()
        maria.hears()

    return comes


def _the_card(maria: BrowserMentor) -> Callable[[], None]:
    held = Held(maria, "**/clauses.js")
    maria.answers_until(form.CLAUSES[0].id)

    def comes() -> None:
        held.let_go()
        maria.waits_for_all_parts()

    return comes


def _the_same_language(maria: BrowserMentor) -> Callable[[], None]:
    maria.answers_until(form.CLAUSES[0].id)
    maria.waits_for_all_parts()
    held = Held(maria, "**/api/language")
    maria.page.get_by_test_id("language").select_option("en")
    return held.let_go


@pytest.mark.parametrize("waits_for", [_a_reply, _the_card, _the_same_language])
def test_nobody_who_scrolled_meanwhile_is_thrown_back(
    browser: Browser, bot: RunningBot, waits_for: Callable[[BrowserMentor], Callable[[], None]]
) -> None:
    with BrowserMentor(browser, bot.url, SMALL) as maria:
        comes = waits_for(maria)
        scroll = maria.page.locator(".scroll")
        scroll.evaluate(SCROLL, 200)
        there = scroll.evaluate(SCROLL, 20)
        comes()
        assert scroll.evaluate(TOP) == there


def test_in_another_language_the_same_message_stays_in_sight(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, SMALL) as maria:
        maria.answers_until("reasons")
        held = Held(maria, "**/api/language")
        maria.page.get_by_test_id("language").select_option("fr")
        scroll = maria.page.locator(".scroll")
        scroll.evaluate(SCROLL, 30)
        read = maria.bubbles().nth(scroll.evaluate(READ))
        before = read.evaluate(OFFSET)
        held.let_go()
        expect(maria.page.locator(".panel")).to_have_attribute("lang", "fr")
        expect(maria.page.get_by_role("button", name="Envoyer", exact=True)).to_be_visible()
        assert read.evaluate(OFFSET) == before


@pytest.mark.parametrize("waits_for", [_a_reply, _the_card])
def test_what_came_is_shown_to_whoever_did_not_scroll(
    browser: Browser, bot: RunningBot, waits_for: Callable[[BrowserMentor], Callable[[], None]]
) -> None:
    with BrowserMentor(browser, bot.url, SMALL) as maria:
        waits_for(maria)()
        expect(maria.asked.locator("p, h3").first).to_be_in_viewport()


def test_the_line_above_a_new_chat_is_in_sight(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, SMALL, tolerates="401") as maria:
        maria.answers_until("reasons")
        maria.says("Because I could.")
        maria.page.context.clear_cookies()
        maria.sends("Because I can.")
        expect(maria.asked).to_have_attribute("data-question", "start")
        expect(maria.page.locator(".divider")).to_be_in_viewport(ratio=1)


def test_the_bar_below_the_conversation_goes_where_it_says(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, SMALL) as maria:
        maria.answers_until(form.CLAUSES[0].id)
        maria.waits_for_all_parts()
        newest, end = (maria.page.get_by_role("button", name=f"Go to the {each}") for each in ("newest message", "end"))
        # The card is longer than what is in sight, and begun.
        expect(end).to_be_visible()
        maria.page.locator(".scroll").evaluate(SCROLL, 0)
        maria.says("is it free?")
        answer = maria.bubbles("bot").filter(has_text="It is free")
        maria.page.locator(".scroll").evaluate(SCROLL, 0)
        maria.presses(newest)
        expect(answer).to_be_in_viewport(ratio=1)
        expect(newest).to_have_count(0)
        maria.presses(end)
        expect(maria.asked.get_by_test_id("answered")).to_be_in_viewport(ratio=1)
        expect(end.or_(newest)).to_have_count(0)
