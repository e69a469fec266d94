"""Accessibility of the pages around the chat: what a mentor opens from it, or from an e-mail."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Browser, Page

from bot.notifications.stop_links import stop_address
from bot.security.key_files import load_master_keys
from bot.security.vault import Vault
from tests.support.browser import COMPUTER, BrowserMentor
from tests.support.looks import Look, examine_page
from tests.support.service import RunningBot

#: Axe and pictures add styles, which the pages' policies forbid.
EXAMINED = COMPUTER | {"bypass_csp": True, "reduced_motion": "reduce"}
#: The standard's narrowest window (SC 1.4.10).
NARROWEST = {"width": 320, "height": 568}


def test_no_page_beside_the_chat_has_a_finding_or_scrolls_sideways(
    browser: Browser, bot: RunningBot, looks: Sequence[Look]
) -> None:
    with BrowserMentor(browser, bot.url, EXAMINED) as maria:
        email = maria.answers_until("review")
        maria.taps("Submit")
        mentor_id = bot.registration(email)["id"]
        check = next(each for each in bot.json("checks", "list") if each["registration"] == mentor_id)
        decided = bot.command("checks", "decide", check["id"], "clear", "--reason", "No concerns found")
        assert decided.returncode == 0, decided.stderr
        for step, address in {
            "receipt": f"{bot.url}/api/receipt.html",
            "my-data": f"{bot.url}/api/my-data.html",
            "profile": f"{bot.url}/mentors/{mentor_id}",
            "stop-reminders": stop_address(bot.url, Vault(load_master_keys("", bot.data_dir)), mentor_id),
        }.items():
            answer = maria.page.goto(address)
            assert answer is not None
            assert answer.status == 200, f"{step}: {answer.status}"
            for look in looks:
                examine_page(maria.page, look, step)
            _fits(maria.page)


def _fits(page: Page) -> None:
    page.set_viewport_size({"width": NARROWEST["width"], "height": NARROWEST["height"]})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROWEST["width"], f"{page.url} is {wide} px wide"
