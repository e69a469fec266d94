"""``python -m bench.registration``: what one registration takes a practised mentor, on the web and on Telegram.

The mentor knows all answers, pastes them, and looks at each question for as long as a press on a button has to wait.
Their own time is not counted. A wait runs in the browser's clock from a press to the frame in which the bot's next
message is there and nothing is being sent; of the presses on the card of clauses only the last one is followed by a
wait, because the others can be pressed meanwhile. Words are counted as shown, without buttons and what is folded.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from bench.page import as_rows, write_figures
from bot.core.settings import CONSENT_SECONDS
from bot.registration import form
from tests.doubles.mail_server import MailServerDouble
from tests.doubles.telegram_api import TelegramDouble
from tests.support.answers import QUESTIONS, TEXTS, new_email, picture
from tests.support.browser import COMPUTER, PHONE, BrowserMentor, running_browser
from tests.support.looks import RULES
from tests.support.service import RunningBot
from tests.support.telegram import PATIENCE, answers

TOKEN = "4711:registration"  # noqa: S105  (of the double)
#: Milliseconds for which a question is looked at: a little more than a press has to wait.
LOOK_MS = 750
#: Notes in `waits` the milliseconds from each press to the bot's next message.
WATCH = """
window.waits = [];
const watch = () => {
  const root = document.querySelector("mentor-chat")?.shadowRoot;
  if (!root) { requestAnimationFrame(watch); return; }
  const newest = () => [...root.querySelectorAll("[data-testid=message][data-from=bot]")].at(-1);
  let pressed, before;
  document.addEventListener("click", () => { pressed = performance.now(); before = newest(); }, true);
  new MutationObserver(() => {
    if (pressed === undefined || newest() === before || root.querySelector("[data-pending]")) return;
    const since = pressed;
    pressed = undefined;
    requestAnimationFrame(() => window.waits.push(performance.now() - since));
  }).observe(root, { childList: true, subtree: true, attributes: true });
};
watch();
"""
#: How many words of a message are shown beside its buttons.
WORDS = """(message) => {
  const shown = message.cloneNode(true);
  for (const each of shown.querySelectorAll("button, details:not([open]), .vh")) each.remove();
  return [...shown.querySelectorAll(".bubble")].map((each) => each.textContent).join(" ").trim()
    .split(/\\s+/).filter(Boolean).length;
}"""
SCREENS = """(review) => review.offsetHeight / review.getRootNode().querySelector(".scroll").clientHeight"""


@dataclass
class Walk:
    """What a registration on the web took.

    Attributes:
        taps: presses of buttons that answer something, the choice of the photo included.
        sends: texts that were sent.
        waits: milliseconds of each wait for the bot.
        words: to read, from the question after "Let's start" to Submit.
        screens: height of the check of the answers, in views of the conversation.
    """

    taps: int = 0
    sends: int = 0
    waits: list[float] = field(default_factory=list)
    words: int = 0
    screens: float = 0.0


class PractisedMentor:
    """Registers in a browser and counts.

    Args:
        mentor: in a new browser.
        new_code: gives the code that was sent to an address.
        examine: called at each question.
    """

    def __init__(
        self, mentor: BrowserMentor, new_code: Callable[[str], str], examine: Callable[[Page], None] = lambda _: None
    ) -> None:
        self._mentor = mentor
        self._new_code = new_code
        self._examine = examine
        self._read = 0
        self._email = new_email()
        self._walk = Walk()

    def registers(self) -> Walk:
        """Register, from the greeting to the confirmation."""
        mentor = self._mentor
        mentor.page.context.add_init_script(WATCH)
        mentor.opens()
        self._examine(mentor.page)
        self._read = mentor.bubbles("bot").count()
        self._taps("Let’s start")
        while mentor.question != "review":
            self._reads()
            self._answers(mentor.question)
        self._reads()
        self._walk.screens = mentor.asked.evaluate(SCREENS)
        self._taps("Submit")
        self._walk.waits = mentor.page.evaluate("() => window.waits")
        return self._walk

    def _reads(self) -> None:
        said = self._mentor.bubbles("bot").all()
        self._walk.words += sum(each.evaluate(WORDS) for each in said[self._read :])
        self._read = len(said)
        self._examine(self._mentor.page)

    def _answers(self, question: str) -> None:
        match question:
            case "account":
                self._taps("I need to register")
            case "email":
                self._sends(self._email)
            case "email_code":
                self._sends(self._new_code(self._email))
            case "photo":
                self._walk.taps += 1
                self._mentor.chooses(picture())
                expect(self._mentor.photo_panel.get_by_test_id("crop")).to_be_visible()
                self._presses(self._mentor.photo_panel.get_by_test_id("photo-send"))
            case _ if question in TEXTS:
                self._sends(TEXTS[question])
            case _ if question == form.CLAUSES[0].id:
                self._answers_the_card()
            case _:
                self._taps("I agree")

    def _answers_the_card(self) -> None:
        heard = self._mentor.bubbles("bot").count()
        for clause in form.CLAUSES:
            part = self._mentor.part(clause.id)
            part.locator(".part-words").scroll_into_view_if_needed()
            self._look_and_press(part.get_by_role("button", name="I agree", exact=True))
        self._hears(heard)

    def _taps(self, label: str) -> None:
        page = self._mentor.page
        self._presses(page.get_by_role("button", name=label, exact=True).and_(page.locator(":enabled")))

    def _presses(self, button: Locator) -> None:
        heard = self._mentor.bubbles("bot").count()
        self._look_and_press(button)
        self._hears(heard)

    def _look_and_press(self, button: Locator) -> None:
        button.scroll_into_view_if_needed()
        self._mentor.page.wait_for_timeout(LOOK_MS)
        self._walk.taps += 1
        self._mentor.presses(button)

    def _sends(self, text: str) -> None:
        heard = self._mentor.bubbles("bot").count()
        self._mentor.box.fill(text)
        self._mentor.page.wait_for_timeout(LOOK_MS)
        self._walk.sends += 1
        self._mentor.presses(self._mentor.page.get_by_test_id("send"))
        self._hears(heard)

    def _hears(self, heard: int) -> None:
        expect(self._mentor.bubbles("bot").nth(heard)).to_be_attached()
        expect(self._mentor.pending).to_have_count(0)


def findings(browser: Browser, url: str, new_code: Callable[[str], str]) -> int:
    """Findings of axe at every question of a registration, on a phone and on a computer."""
    found = 0
    rules = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}

    def examine(page: Page) -> None:
        nonlocal found
        found += len(Axe().run(page, options=rules).response["violations"])

    for device in (PHONE, COMPUTER):
        with BrowserMentor(browser, url, device | {"bypass_csp": True, "reduced_motion": "reduce"}) as mentor:
            PractisedMentor(mentor, new_code, examine).registers()
            examine(mentor.page)
    return found


def on_telegram(folder: Path) -> dict[str, int]:
    """Messages that the bot sent, and edits, in a registration on Telegram."""
    with TelegramDouble(token=TOKEN) as telegram:
        settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
        with RunningBot(folder, **settings) as bot:
            maria = telegram.user("Maria", language_code="en")
            maria.sends("/start")
            for question in QUESTIONS:
                answers(maria, question, bot)
            maria.waits_for("Your registration is complete", timeout=PATIENCE)
            time.sleep(1)  # the last edits
            edits = sum(call.method.lower().startswith("editmessage") for call in telegram.calls)
            return {"messages": len(maria.received), "edits": edits}


def as_figures(walks: list[Walk], found: int, telegram: dict[str, int]) -> dict[str, object]:
    """What was found, as rows."""
    one = walks[0]
    waits = [sum(walk.waits) / 1000 for walk in walks]
    in_all = f"{statistics.median(waits):.1f} s (slowest of {len(walks)}: {max(waits):.1f} s)"
    consents = sum(len(item.wording.split()) for item in form.CONSENTS)
    return {
        "taps and texts sent, from “Let’s start” to Submit": f"{one.taps} and {one.sends}",
        "waiting for the bot, in all": in_all,
        "longest single wait": f"{max(max(walk.waits) for walk in walks) / 1000:.1f} s",
        "words to read, of these in the consents": f"{one.words}, {consents}",
        "the check of the answers on a phone, before anything is opened": f"{one.screens:.1f} screens",
        "findings of axe-core at every question, on a phone and on a computer": found,
        "errors on the page, requests to others, names left in the browser": 0,
        "on Telegram: messages of the bot, edits": f"{telegram['messages']}, {telegram['edits']}",
    }


def main() -> None:
    """Measure, print, write."""
    arguments = _arguments()
    walks = []
    with tempfile.TemporaryDirectory() as folder, MailServerDouble() as mail, running_browser() as browser:
        settings = {"CONSENT_SECONDS": str(CONSENT_SECONDS), "MAIL_URL": f"smtp://127.0.0.1:{mail.port}"}
        with RunningBot(Path(folder) / "web", **settings) as bot:
            for _ in range(arguments.times):
                with BrowserMentor(browser, bot.url, PHONE) as mentor:  # fails on an error or a request to others
                    walks.append(PractisedMentor(mentor, mail.code_for).registers())
                    assert mentor.left_behind() == []
            found = findings(browser, bot.url, mail.code_for)
        telegram = on_telegram(Path(folder) / "telegram")
    table = as_rows(as_figures(walks, found, telegram))
    print(table)
    if arguments.page:
        write_figures(arguments.page, "registration", table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.registration", description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="registrations on the web")
    parser.add_argument("--page", type=Path, help="a page to write the figures into")
    return parser.parse_args()


if __name__ == "__main__":
    main()
