"""A mentor in front of the chat page, in a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, Self

from playwright.sync_api import (
    Browser,
    BrowserType,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

from bot.registration import form
from tests.support.answers import TEXTS, code_in, new_email, picture
from tests.support.seeding import is_worth_seeding
from tests.support.web import COOKIE, WebMentor

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COMPUTER: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "user_agent": (
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Mobile Safari/537.36"
    ),
}
#: The most milliseconds for a reply.
REPLY_MS = 30_000
#: A finger needs this many pixels.
FINGER = 44
LONGEST_WAY_BY_TAB = 40
#: Answers longer than this are pasted, shorter ones typed key by key.
TYPED_LENGTH = 300

#: Turns any violation of the page's security policy into an error in the console.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (e) =>
  console.error(`policy violation: ${e.violatedDirective} ${e.blockedURI}`));
"""

#: Names of everything that a page can store in a browser.
LEFT_BEHIND = """
async () => [
  ...Object.keys(localStorage), ...Object.keys(sessionStorage), ...document.cookie.split(";").filter(Boolean),
  ...(await indexedDB.databases()).map((each) => each.name), ...(window.caches ? await caches.keys() : []),
  ...(await navigator.serviceWorker?.getRegistrations() ?? []).map((each) => each.scope),
]
"""

#: Elements that are too wide, and buttons that are too low for a finger.
UNFIT = """
(chat, finger) => [
  ...[document.documentElement, ...chat.shadowRoot.querySelectorAll(".panel, .scroll, .msg, .bubble")]
    .filter((part) => part.scrollWidth > part.clientWidth + 1)
    .map((part) => `${part.className || part.tagName} is ${part.scrollWidth} px wide in ${part.clientWidth}`),
  ...[...chat.shadowRoot.querySelectorAll("button:enabled")]
    .map((button) => [button.textContent, button.offsetHeight])
    .filter(([, height]) => height && height < finger)
    .map(([label, height]) => `${label} is ${height} px high`),
]
"""


@contextmanager
def running_browser(*arguments: str) -> Iterator[Browser]:
    """The machine's own Chromium, with further arguments for its command line."""
    with sync_playwright() as playwright, launched(playwright.chromium, *arguments) as browser:
        yield browser


@contextmanager
def launched(chromium: BrowserType, *arguments: str) -> Iterator[Browser]:
    """The same where Playwright runs already."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise RuntimeError("The browser tests need Chromium: install it (on Debian: apt install chromium).")
    browser = chromium.launch(executable_path=program, args=[*ARGUMENTS, *arguments])
    yield browser
    browser.close()


class BrowserMentor:
    """Chats in a browser. Any error on the page fails the test at the end.

    Args:
        browser: the browser; the mentor gets a profile of their own in it.
        url: of the page.
        device: `COMPUTER` or `PHONE`.
        tolerates: beginnings of the errors that the test causes itself.
    """

    def __init__(self, browser: Browser, url: str, device: dict[str, Any] = COMPUTER, *, tolerates: str = "") -> None:
        self.url = url
        self.touch = bool(device.get("has_touch"))
        self.trouble: list[str] = []
        self._tolerates = tolerates
        self._heard = 0
        self._context = browser.new_context(**device)
        self._context.add_init_script(REPORT_VIOLATIONS)
        self._context.on("request", self._watch_request)
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(REPLY_MS)
        self.page.on("console", self._watch_console)
        self.page.on("pageerror", lambda error: self.trouble.append(f"page error: {error}"))
        self.page.on("dialog", self._watch_dialog)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._context.close()
        if error is None:
            assert not self.trouble, self.trouble

    # What the person does.

    def looks(self) -> None:
        """Wait until the page knows what is on the screen, one frame after drawing it."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")

    def opens(self) -> Self:
        """Open the page, or come back to it."""
        self.page.goto(self.url)
        self._greeted()
        return self

    def reloads(self) -> None:
        """Reload the page."""
        self.page.reload()
        self._greeted()

    def waits_until_ready(self) -> None:
        """Wait until the conversation is open; the greeting is there before, and another tab would begin its own."""
        self.page.wait_for_function("() => document.querySelector('mentor-chat').ready")

    def waits_for_all_parts(self) -> None:
        """Wait until what only some messages need has come."""
        expect(self.page.locator("[data-later]")).to_have_count(0, timeout=REPLY_MS)

    def tabs_to(self, name: str) -> None:
        """Press Tab until the element with this name has a visible focus."""
        kinds: list[Literal["button", "link", "textbox"]] = ["button", "link", "textbox"]
        for _ in range(LONGEST_WAY_BY_TAB):
            self.page.keyboard.press("Tab")
            for kind in kinds:
                wanted = self.page.get_by_role(kind, name=name, exact=True).and_(self.page.locator(":focus"))
                if wanted.count():
                    assert wanted.evaluate("(each) => getComputedStyle(each).outlineStyle") != "none"
                    return
        raise AssertionError(f"Tab never came to {name!r}")

    def left_behind(self) -> list[str]:
        """Everything that the page stores in the browser, except HttpOnly cookies."""
        return [str(each) for each in self.page.evaluate(LEFT_BEHIND)]

    def types(self, text: str) -> None:
        """Put text into the box, without sending it."""
        if len(text) > TYPED_LENGTH or "\n" in text:
            self.box.fill(text)
        else:
            self.box.press_sequentially(text)

    def sends(self, text: str) -> None:
        """Type a message and send it, without waiting for a reply."""
        self._heard = self.bubbles("bot").count()
        self.types(text)
        if self.touch:
            self.page.get_by_role("button", name="Send", exact=True).tap()
        else:
            self.box.press("Enter")

    def says(self, text: str) -> str:
        """Type and send a message; returns the bot's reply as one text."""
        self.sends(text)
        return self.hears()

    def taps(self, label: str) -> str:
        """Press the button with this label; returns the bot's reply."""
        self._heard = self.bubbles("bot").count()
        self.presses(self.page.get_by_role("button", name=label, exact=True).and_(self.page.locator(":enabled")))
        return self.hears()

    def presses(self, button: Locator) -> None:
        """Press something, with the finger or the mouse."""
        if self.touch:
            button.tap()
        else:
            button.click()

    def chooses(self, data: bytes, name: str = "me.jpg", kind: str = "image/jpeg") -> None:
        """Choose a photo with the button; it is shown, not sent yet."""
        with self.page.expect_file_chooser() as chooser:
            self.presses(self.photo_panel.get_by_role("button", name=re.compile("^Choose")))
        chooser.value.set_files({"name": name, "mimeType": kind, "buffer": data})

    def drops(self, data: bytes, name: str, kind: str) -> None:
        """Drag a file onto the chat; it is shown, not sent yet."""
        transfer = self.page.evaluate_handle(
            """([bytes, name, type]) => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
                return transfer;
            }""",
            [list(data), name, kind],
        )
        for event in ("dragenter", "dragover", "drop"):
            self.box.dispatch_event(event, {"dataTransfer": transfer})

    def sends_what_was_chosen(self) -> str:
        """Send the file in the panel; returns the bot's reply."""
        self._heard = self.bubbles("bot").count()
        self.presses(self.photo_panel.get_by_role("button", name=re.compile("^Send this")))
        return self.hears()

    def sends_photo(self) -> str:
        """Choose a photo, look at it and send it."""
        self.chooses(picture())
        expect(self.photo_panel.get_by_test_id("crop")).to_be_visible()
        return self.sends_what_was_chosen()

    def chooses_at(self, clause: str, label: str = "I agree") -> None:
        """Press a button of a clause on the card."""
        self.presses(self.part(clause).get_by_role("button", name=label, exact=True))

    def agrees_to_the_code(self) -> str:
        """Agree to each clause on the card that is not answered; gives what the bot said when all were."""
        self._heard = self.bubbles("bot").count()
        for item in form.CLAUSES:
            if self.part(item.id).evaluate("(part) => !part.classList.contains('done')"):
                self.chooses_at(item.id)
        return self.hears()

    # What the person sees.

    def part(self, clause: str) -> Locator:
        """A clause on the card, with its buttons."""
        return self.asked.locator(f"[data-clause={clause}]")

    def answers_until(self, wanted: str) -> str:
        """Open the page and answer until this question is open; returns the e-mail address.

        In a new conversation the earlier answers are seeded, and the page is opened again.
        """
        if self.page.url == "about:blank" and is_worth_seeding(wanted):
            email = self._began_elsewhere(wanted)
            self.opens()
            assert self.question == wanted
            return email
        email = new_email()
        self.opens()
        while (question := self.question) != wanted:
            match question:
                case "start":
                    self.taps("Let’s start")
                case "account":
                    self.taps("I need to register")
                case "photo":
                    self.sends_photo()
                case _:
                    self.says({"email": email, "email_code": self.code()}.get(question) or TEXTS[question])
            assert self.question != question, f"stuck at {question}"
        return email

    def _began_elsewhere(self, question: str) -> str:
        """Give this browser a conversation at a question; returns the e-mail address."""
        with WebMentor(self.url) as begun:
            begun.one_by_one = False
            begun.opens().answers_until(question)
            cookie = {"name": COOKIE, "value": begun.http.cookies[COOKIE], "url": self.url}
        self._context.add_cookies([cookie | {"httpOnly": True, "sameSite": "Lax"}])
        return begun.email

    def hears(self) -> str:
        """The bot's reply to the last message, once it is there."""
        expect(self.bubbles("bot").nth(self._heard)).to_be_attached(timeout=REPLY_MS)
        expect(self.pending).to_have_count(0, timeout=REPLY_MS)
        return "\n\n".join(self.bubbles("bot").all_inner_texts()[self._heard :])

    @property
    def box(self) -> Locator:
        """The box to type in."""
        return self.page.get_by_test_id("input")

    @property
    def photo_panel(self) -> Locator:
        """The panel for choosing, viewing and sending a photo."""
        return self.page.get_by_test_id("photo-panel")

    @property
    def pending(self) -> Locator:
        """The messages without an answer."""
        return self.page.locator("[data-pending]")

    @property
    def asked(self) -> Locator:
        """The question asked last."""
        return self.page.locator("[data-testid=message][data-question]").last

    @property
    def question(self) -> str:
        """Its id."""
        return str(self.asked.get_attribute("data-question"))

    @property
    def progress(self) -> str:
        """The line above the conversation."""
        return self.page.locator(".progress-words").inner_text().replace("\n", " ")

    def bubbles(self, sender: str = "") -> Locator:
        """The messages of the conversation, or those of one side."""
        who = f"[data-from={sender}]" if sender else ""
        return self.page.locator(f"[data-testid=message]{who}:not([data-pending])")

    def transcript(self) -> list[str]:
        """The whole conversation."""
        return self.bubbles().all_inner_texts()

    def everything(self) -> str:
        """Everything on the page: text, attributes, field values, stored data."""
        held: str = self.page.locator("mentor-chat").evaluate(
            """(chat) => [
                document.documentElement.outerHTML, chat.shadowRoot.innerHTML, location.href, document.title,
                ...[...chat.shadowRoot.querySelectorAll("input, textarea")].map((field) => field.value),
                JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }),
            ].join("\\n")"""
        )
        return held

    def width_of(self, image: Locator) -> int:
        """The natural width of a picture in pixels; 0 if it did not load."""
        width: int = image.evaluate(
            "async (image) => { await image.decode().catch(() => {}); return image.naturalWidth; }"
        )
        return width

    def fits(self) -> None:
        """Assert that nothing is too wide, and every enabled button is large enough for a finger."""
        found = self.page.locator("mentor-chat").evaluate(UNFIT, FINGER)
        assert found == [], f"at {self.question}: {found}"

    def _greeted(self) -> None:
        expect(self.asked).to_be_visible(timeout=REPLY_MS)

    def code(self) -> str:
        """The code in the newest e-mail beside the chat; "" if there is none."""
        if self.question != "email_code":
            return ""
        letter = self.page.locator("#letters li").first
        expect(letter).to_contain_text("code", timeout=REPLY_MS)
        return code_in(letter.inner_text())

    # What must not happen.

    def _trouble(self, text: str) -> None:
        if not self._tolerates or self._tolerates not in text:
            self.trouble.append(text)

    def _watch_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._trouble(f"console: {message.text}")

    def _watch_dialog(self, dialog: Dialog) -> None:
        self._trouble(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _watch_request(self, request: Request) -> None:
        address = request.url.removeprefix("blob:")
        if not address.startswith(f"{self.url}/"):
            self._trouble(f"another origin: {request.url}")
