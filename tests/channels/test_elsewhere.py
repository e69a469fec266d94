"""Continuing on another device: the link is copied or shown as a QR code, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Browser, expect

from bot.channels.web.downloads import qr_code
from tests.channels.test_accessibility import EXAMINED
from tests.support.browser import COMPUTER, PHONE, BrowserMentor
from tests.support.looks import Look, examine_page
from tests.support.service import RunningBot
from tests.support.web import WebMentor

ASK = "continue on another device"


@pytest.mark.parametrize("device", [COMPUTER, PHONE], ids=["computer", "phone"])
def test_the_link_is_copied_and_its_code_is_loaded_once_it_is_asked_for(
    browser: Browser, bot: RunningBot, device: dict[str, object]
) -> None:
    with BrowserMentor(browser, bot.url, device | {"permissions": ["clipboard-read", "clipboard-write"]}) as maria:
        asked: list[str] = []
        maria.page.on("request", lambda request: asked.append(request.url))
        maria.answers_until("reasons")
        assert not [each for each in asked if "elsewhere" in each], "a visit without such a link does not load it"
        maria.says(ASK)
        link = maria.page.get_by_role("link", name="Go on in a browser").get_attribute("href")
        assert link is not None

        maria.presses(maria.page.get_by_role("button", name="Copy the link"))
        expect(maria.page.get_by_text("The link is copied.")).to_be_visible()
        assert maria.page.evaluate("navigator.clipboard.readText()") == link

        assert not [each for each in asked if each.endswith(".svg")]
        with maria.page.expect_response(re.compile(r"/api/links/\w+\.svg$")) as answer:
            maria.presses(maria.page.get_by_role("button", name="Show as a QR code"))
        assert answer.value.body() == qr_code(link)
        picture = maria.page.get_by_role("img", name="QR code of the link")
        expect(picture).to_be_focused()
        assert maria.width_of(picture) > 0
        maria.fits()

        maria.says("I like to help.")
        expect(maria.page.get_by_role("button", name="Copy the link")).to_be_enabled()


def test_where_the_page_may_not_copy_the_link_is_there_to_be_copied_by_hand(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined });")
        maria.answers_until("reasons")
        maria.says(ASK)
        maria.page.get_by_role("button", name="Copy the link").click()
        field = maria.page.get_by_role("textbox", name="The link")
        expect(field).to_have_value(re.compile(r"\?continue="))
        assert field.evaluate("(field) => field.selectionEnd - field.selectionStart === field.value.length")


@pytest.mark.parametrize("device", [EXAMINED, EXAMINED | PHONE], ids=["computer", "phone"])
def test_no_way_to_continue_elsewhere_has_a_finding_in_any_look(
    browser: Browser, bot: RunningBot, device: dict[str, object], looks: Sequence[Look]
) -> None:
    with BrowserMentor(browser, bot.url, device) as maria:
        maria.page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined });")
        maria.answers_until("reasons")
        maria.says(ASK)

        def examine(step: str) -> None:
            for look in looks:
                examine_page(maria.page, look, step)

        expect(maria.page.get_by_test_id("copy")).to_be_visible()
        examine("elsewhere")
        maria.presses(maria.page.get_by_test_id("copy"))
        expect(maria.page.get_by_role("textbox", name="The link")).to_be_visible()
        maria.presses(maria.page.get_by_test_id("code"))
        expect(maria.page.get_by_role("img", name="QR code of the link")).to_be_visible()
        examine("elsewhere-opened")


def test_the_code_is_shown_to_the_links_own_mentor_while_the_link_works(bot: RunningBot) -> None:
    with WebMentor(bot.url) as maria, WebMentor(bot.url) as tomas:
        maria.opens().answers_until("reasons")
        tomas.opens()
        maria.says(ASK)
        [way] = next(each["links"] for each in maria.messages if "links" in each)
        answer = maria.http.get(way["code"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.content == qr_code(way["url"])
        assert b"<script" not in answer.content
        assert tomas.http.get(way["code"]).status_code == 404
        assert maria.http.get(f"/api/links/{'0' * 32}.svg").status_code == 404
        assert maria.http.get("/api/links/1.svg").status_code == 422
        maria.says(ASK)  # the earlier link no longer works
        assert maria.http.get(way["code"]).status_code == 404
