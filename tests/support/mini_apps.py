"""A service with Mini Apps, and a mentor who opens one as Telegram does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.doubles.telegram_api import PrivateChat, ReceivedMessage, TelegramDouble
from tests.doubles.telegram_api.mini_apps import launch_fragment, signed_launch
from tests.doubles.telegram_api.received import Button
from tests.support.browser import REPORT_VIOLATIONS
from tests.support.service import RunningBot

TOKEN = "4721:mini-app"
SITE = "https://mentors.example.org"


@contextmanager
def bot_with_pages(telegram: TelegramDouble, data_dir: Path, **settings: str) -> Iterator[RunningBot]:
    """A bot with a public address, to which Telegram posts updates."""
    running = RunningBot(data_dir, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, PUBLIC_URL=SITE, **settings)
    # The browser comes without the proxy that stands in front of a public address.
    running.environment["EMBED_ORIGINS"] = running.url
    with running:
        telegram.delivers_to(running.url)
        yield running


def signed(chat: PrivateChat, age: float = 0) -> str:
    """What Telegram signs when this mentor opens a page; `age` is in seconds."""
    return signed_launch(TOKEN, chat.person, int(time.time() - age))


def opens(page: Page, bot: RunningBot, path: str, init_data: str, language: str = "en") -> None:
    """Open a Mini App as a Telegram app does."""
    page.goto("about:blank")  # another fragment alone would open nothing anew
    page.goto(f"{bot.url}{path}?language={language}#{launch_fragment(init_data)}")


def says(page: Page, sentence: str) -> None:
    """Assert that a Mini App says this, and nothing else that it may say."""
    expect(page.locator("[data-state]:visible")).to_contain_text(sentence)


def page_button(message: ReceivedMessage) -> Button:
    """The one button of a message that opens a page."""
    [button] = [each for each in message.buttons if each.web_app]
    return button


@contextmanager
def watched_page(browser: Browser, bot: RunningBot, device: dict[str, Any], *, tolerates: str = "") -> Iterator[Page]:
    """A page that must ask no other server and must leave its console clean.

    Args:
        browser: The browser.
        bot: The one server.
        device: `tests.support.browser.COMPUTER` or `PHONE`.
        tolerates: The beginning of lines in the console that the test causes itself.
    """
    context = browser.new_context(**device)
    context.add_init_script(REPORT_VIOLATIONS)
    page = context.new_page()
    asked: list[str] = []
    trouble: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: trouble.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    yield page
    context.close()
    assert [each for each in trouble if not (tolerates and each.startswith(tolerates))] == []
    own = (bot.url, f"blob:{bot.url}", "about:blank")
    assert [url for url in asked if not url.startswith(own)] == [], "no other server is asked"


def assert_framed_by_telegram_alone(bot: RunningBot, path: str) -> None:
    """Assert what a page's content security policy allows."""
    policy = httpx.get(f"{bot.url}{path}").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors https://web.telegram.org")
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
