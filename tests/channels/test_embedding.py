"""The widget on pages of other sites, in a bubble, in several tabs, and its calendar, in a real browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from bench.widget import first_visit
from bot.core.organisation import ORGANISATION
from tests.support.browser import COMPUTER, PHONE, BrowserMentor
from tests.support.service import RunningBot, free_port

#: Bytes of the widget, compressed, that a first visit may take.
LIGHT = 15_500

#: A page of another site with the one line for the chat.
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A page elsewhere</title>
<link rel="icon" href="data:,">
<h1>Our own page</h1><p><a href="#">A link of ours</a></p>
<script type="module" src="{bot}/widget/mentor-chat.js" data-title="Mentors wanted" {more}></script>
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  (its name in the library)
        """Log nothing."""


@contextmanager
def _site(folder: Path, port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningBot, str]]:
    """A bot, and the address of a page of another site that embeds its chat."""
    port = free_port()
    folder = tmp_path_factory.mktemp("site")
    # For a browser, localhost and 127.0.0.1 are two sites.
    site = f"http://localhost:{port}"
    with RunningBot(tmp_path_factory.mktemp("embedded"), EMBED_ORIGINS=site) as bot, _site(folder, port):
        (folder / "index.html").write_text(PAGE.format(bot=bot.url, more=""))
        (folder / "start.html").write_text(PAGE.format(bot=bot.url, more='data-corner="start" data-open'))
        yield bot, site


@pytest.fixture(params=[COMPUTER, PHONE], ids=["computer", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, elsewhere: tuple[RunningBot, str]) -> Iterator[Page]:
    """The embedding page; its console must stay clean."""
    trouble: list[str] = []
    context = browser.new_context(**request.param)
    page = context.new_page()
    page.on("console", lambda each: trouble.append(each.text) if each.type in ("error", "warning") else None)
    page.on("pageerror", lambda each: trouble.append(str(each)))
    page.goto(elsewhere[1])
    yield page
    context.close()
    assert not trouble, trouble


def test_one_line_puts_the_chat_on_a_page_of_another_site(page: Page) -> None:
    opener = page.get_by_role("button", name="Open the chat: Mentors wanted")
    expect(opener).to_be_visible()
    assert not page.context.cookies(), "nobody has opened the chat"
    opener.click()
    dialog = page.get_by_role("dialog", name="Mentors wanted")
    page.get_by_role("button", name="Let’s start").click()
    expect(dialog.get_by_test_id("progress")).to_be_visible()
    dialog.get_by_role("button", name="I need to register").click()
    said = dialog.get_by_test_id("message")
    expect(said.last).to_have_attribute("data-question", "full_name")

    page.reload()
    page.get_by_role("button", name="Open the chat: Mentors wanted").click()
    expect(said.last).to_have_attribute("data-question", "full_name")


def test_the_chat_is_left_by_key_and_the_focus_goes_back(page: Page) -> None:
    opener = page.get_by_test_id("launcher")
    expect(opener).to_be_visible()  # it is hidden until its style sheet is there
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(page.get_by_test_id("input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    page.get_by_role("button", name="Close the chat").click()
    expect(dialog).to_be_hidden()


def test_over_a_whole_phone_the_page_behind_cannot_be_reached(
    browser: Browser, elsewhere: tuple[RunningBot, str]
) -> None:
    page = browser.new_page(**PHONE)
    page.goto(f"{elsewhere[1]}/start.html")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert dialog.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    inside = "document.activeElement === document.body || document.activeElement.localName === 'mentor-chat'"
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(inside)
    page.context.close()


def test_the_bubble_stands_in_the_corner_that_was_asked_for(
    browser: Browser, elsewhere: tuple[RunningBot, str]
) -> None:
    page = browser.new_page(**COMPUTER)
    for name, left in (("index.html", False), ("start.html", True)):
        page.goto(f"{elsewhere[1]}/{name}")
        bubble = page.get_by_test_id("launcher")
        expect(bubble).to_be_visible()  # it is shown once it is styled
        box = bubble.bounding_box()
        assert box is not None
        assert (box["x"] < 100) is left
        assert box["width"] >= 44
    page.context.close()


def test_a_page_that_is_not_listed_cannot_open_the_chat(browser: Browser, bot: RunningBot, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(PAGE.format(bot=bot.url, more="data-open"))
    port = free_port()
    with _site(tmp_path, port):
        page = browser.new_page(**COMPUTER)
        page.goto(f"http://localhost:{port}")
        expect(page.get_by_test_id("error")).to_be_visible(timeout=30_000)
        expect(page.get_by_test_id("message")).to_have_count(0)
        page.context.close()


def test_two_tabs_show_the_same_conversation(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.opens()
        maria.waits_until_ready()
        other = maria.page.context.new_page()
        other.goto(bot.url)
        expect(other.get_by_role("button", name="Let’s start")).to_be_visible()
        looked: list[str] = []
        other.on("request", lambda each: looked.append(each.url) if "/api/messages" in each.url else None)
        maria.taps("Let’s start")
        expect(other.get_by_role("button", name="I need to register")).to_be_visible(timeout=5_000)
        assert not looked, "it came as an event"
        other.get_by_role("button", name="I need to register").click()
        expect(maria.bubbles("bot").last).to_have_attribute("data-question", "full_name", timeout=5_000)
        assert maria.transcript() == [each.inner_text() for each in other.get_by_test_id("message").all()]


def test_where_events_do_not_get_through_the_page_asks(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, tolerates="Failed to load resource") as maria:
        maria.page.context.route("**/api/events*", lambda route: route.fulfill(status=502, body="no"))
        maria.opens()
        maria.waits_until_ready()
        other = maria.page.context.new_page()
        other.goto(bot.url)
        maria.page.bring_to_front()
        maria.taps("Let’s start")
        expect(other.get_by_role("button", name="I need to register")).to_be_visible(timeout=30_000)


def test_a_first_visit_is_light_and_asks_nobody_else(browser: Browser, bot: RunningBot) -> None:
    found = first_visit(browser, bot.url)
    assert "/widget/mentor-chat.js" in found["widget"]
    assert all(size > 0 for size in found["widget"].values()), found
    assert sum(found["widget"].values()) <= LIGHT, found
    assert found["strangers"] == []


def test_the_page_is_in_french_however_late_its_script_comes(browser: Browser, bot: RunningBot) -> None:
    def comes_late(route: Route) -> None:
        time.sleep(2)  # the chat speaks French by then
        route.continue_()

    with BrowserMentor(browser, bot.url, PHONE | {"locale": "fr-FR"}) as maria:
        maria.page.route("**/widget/demo.js", comes_late)
        maria.opens()
        expect(maria.page.locator("html")).to_have_attribute("lang", "fr")
        expect(maria.page).to_have_title(f"Devenir mentor {ORGANISATION.name}")
        expect(maria.page.get_by_role("heading", level=1)).to_have_text(f"Devenir mentor {ORGANISATION.name}")
        expect(maria.page.locator("#about summary")).to_have_text("Avant de commencer")


def test_the_letters_are_shown_however_late_their_script_comes(browser: Browser, bot: RunningBot) -> None:
    def comes_late(route: Route) -> None:
        time.sleep(2)  # the conversation is open by then
        route.continue_()

    with BrowserMentor(browser, bot.url) as maria:
        maria.page.route("**/widget/demo.js", comes_late)
        maria.opens()
        maria.answers_until("reasons")
