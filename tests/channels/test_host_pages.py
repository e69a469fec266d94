"""The chat on pages that it knows nothing about: their letters do not come in, and a narrow place is room enough."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from bot.registration import form
from tests.support.browser import BrowserMentor, launched
from tests.support.service import RunningBot

#: A wide window, so that only the chat's own place is narrow.
WINDOW: dict[str, Any] = {"viewport": {"width": 1000, "height": 800}}
#: A page whose own styles would come into the chat by inheritance, or through sizes in rem.
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A page</title>
<link rel="icon" href="data:,">
<style>
  html {{ font-size: {root}; }}
  body {{ letter-spacing: .3em; text-transform: uppercase; line-height: 3; text-align: center; }}
  div {{ width: {width}px; }}
</style>
<div><mentor-chat></mentor-chat></div>
<script type="module" src="/widget/mentor-chat.js"></script>
"""
#: Each kind of step.
STEPS = ["start", "reasons", "photo", "date_of_birth", "background_check", form.CLAUSES[0].id, "review"]

#: Sizes of all letters that can be seen, in pixels, and what the page's styles have changed.
LETTERS = """(chat) => {
  const shown = [...chat.shadowRoot.querySelectorAll("*")].filter((each) => each.checkVisibility()
    && [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
  const styles = shown.map((each) => getComputedStyle(each));
  return {
    sizes: [...new Set(styles.map(({ fontSize }) => parseFloat(fontSize)))],
    bubble: parseFloat(getComputedStyle(chat.shadowRoot.querySelector(".bubble")).fontSize),
    inherited: styles.filter((style) => style.letterSpacing !== "normal" || style.textTransform !== "none").length,
  };
}"""

#: Words and controls that lie on each other, are cut off, or are too small for a finger.
CROWDED = """(chat) => {
  const root = chat.shadowRoot;
  const frame = root.querySelector(".scroll").getBoundingClientRect();
  const place = (each) => {
    let { left, top, right, bottom } = each.getBoundingClientRect();
    if (!each.matches("button, select, input, textarea")) {
      const words = document.createRange();
      words.selectNodeContents(each);
      ({ left, top, right, bottom } = words.getBoundingClientRect());
    }
    if (each.closest(".scroll")) [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
    return { left, top, right, bottom };
  };
  const kinds = "button, select, input, textarea, label, h2, h3, .step, .bubble p, #progress-label";
  const parts = [...root.querySelectorAll(kinds)]
    .filter((each) => each.checkVisibility()).map((each) => [each, place(each)]).filter(([, at]) => at.bottom > at.top);
  const found = [];
  const name = (each) => each.textContent.trim().slice(0, 30) || each.localName;
  parts.forEach(([one, a], i) => {
    for (const [other, b] of parts.slice(i + 1)) {
      const apart = a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
      if (!apart && !one.contains(other) && !other.contains(one)) found.push(`${name(one)} lies on ${name(other)}`);
    }
    const chatAt = chat.getBoundingClientRect();
    if (a.left < chatAt.left - 1 || a.right > chatAt.right + 1) found.push(`${name(one)} is outside`);
    if (one.scrollWidth > one.clientWidth + 1 && one.localName !== "textarea") found.push(`${name(one)} is cut off`);
    const pressed = one.matches("button:enabled, select");
    if (pressed && Math.min(one.offsetWidth, one.offsetHeight) < 44) found.push(`${name(one)} is small`);
    if (one.localName === "select") {
      const whole = one.cloneNode(true);
      Object.assign(whole.style, { position: "absolute", maxWidth: "none" });
      one.after(whole);
      if (whole.offsetWidth > one.offsetWidth + 1) found.push(`${name(one)} is cut off`);
      whole.remove();
    }
  });
  return found;
}"""


def _hosted(maria: BrowserMentor, root: str, width: int) -> None:
    """Put the chat on a page with this root size, in a place of this many pixels."""

    def page(route: Route) -> None:
        route.fulfill(body=PAGE.format(root=root, width=width), content_type="text/html")

    maria.page.route(f"{maria.url}/", page)


@pytest.mark.parametrize("root", ["62.5%", "150%"])
def test_the_letters_are_the_readers_and_not_the_pages(browser: Browser, bot: RunningBot, root: str) -> None:
    with BrowserMentor(browser, bot.url, WINDOW) as maria:
        _hosted(maria, root, 480)
        maria.answers_until("review")
        found = maria.page.locator("mentor-chat").evaluate(LETTERS)
        assert found["bubble"] == 16
        assert 13 <= min(found["sizes"]) <= max(found["sizes"]) <= 18
        assert not found["inherited"]


def test_who_has_set_larger_letters_in_the_browser_gets_them(browser: Browser, bot: RunningBot) -> None:
    with (
        launched(browser.browser_type, "--blink-settings=defaultFontSize=24") as larger,
        BrowserMentor(larger, bot.url, WINDOW) as maria,
    ):
        _hosted(maria, "62.5%", 480)
        maria.opens()
        assert maria.page.locator("mentor-chat").evaluate(LETTERS)["bubble"] == 24


@pytest.mark.parametrize("width", [240, 320])
def test_a_narrow_place_on_a_wide_page_is_room_enough(browser: Browser, bot: RunningBot, width: int) -> None:
    for step in STEPS:
        with BrowserMentor(browser, bot.url, WINDOW) as maria:
            _hosted(maria, "62.5%", width)
            maria.answers_until(step)
            maria.looks()
            if step == "date_of_birth":
                maria.page.get_by_test_id("pick-date").click()
            maria.fits()
            assert maria.page.locator("mentor-chat").evaluate(CROWDED) == [], step


def test_the_chat_has_a_width_of_its_own_where_the_page_gives_none(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, WINDOW) as maria:
        _hosted(maria, "100%", 480)
        maria.opens()
        place = maria.page.locator("body > div")
        place.evaluate("(place) => Object.assign(place.style, { width: 'auto', display: 'flex' })")
        box = maria.page.locator("mentor-chat").bounding_box()
        assert box is not None
        assert box["width"] >= 320
