"""The web chat in pictures: each kind of step, a walk through a registration, and other looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from bot.registration import form
from docs_reference.pictures.film import LONG, PRESS, READ, Film, as_image, middle_of, save_picture
from tests.support.answers import TEXTS, picture
from tests.support.browser import COMPUTER, PHONE, BrowserMentor

#: Animations would be caught on their way.
_STILL: dict[str, Any] = {"reduced_motion": "reduce"}


class _Registration:
    """A mentor who registers in the web chat, with pictures of each kind of step.

    Args:
        mentor: in a new browser.
        email: the mentor's address.
        new_code: gives the code that was sent to an address.
        folder: for the pictures.
        name: of the device, with which the names of the pictures begin.
    """

    def __init__(
        self, mentor: BrowserMentor, email: str, new_code: Callable[[str], str], folder: Path, name: str
    ) -> None:
        self._mentor = mentor
        self._texts = TEXTS | {"email": email}
        self._new_code = new_code
        self._folder = folder
        self._name = name
        self.film = Film()

    def walks(self) -> None:
        """Register, from the greeting to the confirmation."""
        mentor = self._mentor
        mentor.opens()
        self._keep("1-greeting")
        self._frame(LONG)
        self._taps("Let’s start")
        mentor.taps("I need to register")
        for question in ("full_name", "email", "email_code", "reasons", "experience", "expertise"):
            if question == "reasons":
                self._keep("2-question")
            self._writes(question, is_shown=question in {"full_name", "reasons"})
        self._sends_photo()
        self._writes("date_of_birth", is_shown=True)
        mentor.page.emulate_media(color_scheme="dark", forced_colors="active")
        self._keep("forced-colours")
        mentor.page.emulate_media(color_scheme="light", forced_colors="none")
        self._taps("I agree")
        for _ in ("two_months", "published_and_rated"):
            mentor.taps("I agree")
        self._answers_the_code()
        mentor.taps("I agree")
        self._keep("5-review")
        self._frame(LONG)
        mentor.page.emulate_media(color_scheme="dark")
        self._keep("dark")
        mentor.page.emulate_media(color_scheme="light")
        self._taps("Submit")
        self._keep("6-end")
        self._frame(LONG)

    def _writes(self, question: str, *, is_shown: bool) -> None:
        text = self._texts.get(question) or self._new_code(self._texts["email"])
        if is_shown:
            self._mentor.types(text)
            self._frame(READ)
            self._mentor.box.fill("")
        self._mentor.says(text)

    def _sends_photo(self) -> None:
        self._frame(READ)
        self._mentor.chooses(picture())
        expect(self._mentor.photo_panel.get_by_test_id("crop")).to_be_visible()
        self._keep("3-photo")
        self._frame(READ)
        self._mentor.sends_what_was_chosen()
        self._frame(READ)

    def _answers_the_code(self) -> None:
        mentor = self._mentor
        self._keep("4-consent")
        self._frame(READ)
        for clause in form.CLAUSES[:3]:
            button = mentor.part(clause.id).get_by_role("button", name="I agree", exact=True)
            button.scroll_into_view_if_needed()
            self._press(button)
            mentor.presses(button)
            expect(mentor.part(clause.id)).to_contain_class("done")
        self._frame(READ)
        mentor.agrees_to_the_code()
        self._frame(READ)

    def _taps(self, label: str) -> None:
        page = self._mentor.page
        self._press(page.get_by_role("button", name=label, exact=True).and_(page.locator(":enabled")))
        self._mentor.taps(label)

    def _press(self, button: Locator) -> None:
        self._frame(PRESS, middle_of(button))

    def _frame(self, milliseconds: int, press: tuple[float, float] | None = None) -> None:
        self.film.adds(_screenshot(self._mentor), milliseconds, press)

    def _keep(self, step: str) -> None:
        save_picture(_screenshot(self._mentor), self._folder / f"{self._name}-{step}.png")


def web_pictures(browser: Browser, url: str, new_code: Callable[[str], str], folder: Path) -> None:
    """Make all pictures of the web chat.

    Args:
        browser: a running one.
        url: of a running bot of this process.
        new_code: gives the code that was sent to an address.
        folder: for the pictures.
    """
    with BrowserMentor(browser, url, PHONE | _STILL) as maria:
        walk = _Registration(maria, "maria@example.org", new_code, folder, "phone")
        walk.walks()
        walk.film.save(folder / "walk-web.gif")
    with BrowserMentor(browser, url, COMPUTER | _STILL) as maria:
        _Registration(maria, "maria.oconnor@example.org", new_code, folder, "desktop").walks()
    _other_looks(browser, url, folder)


def _other_looks(browser: Browser, url: str, folder: Path) -> None:
    with BrowserMentor(browser, url, PHONE | _STILL | {"locale": "fr-FR"}) as maria:
        maria.opens()
        save_picture(_screenshot(maria), folder / "phone-french.png")
    with BrowserMentor(browser, url, COMPUTER | _STILL) as maria:
        maria.page.goto(f"{url}/widget/example.html")
        maria.page.get_by_test_id("launcher").click()
        expect(maria.asked).to_be_visible()
        save_picture(_screenshot(maria), folder / "desktop-on-another-page.png")


def _screenshot(mentor: BrowserMentor) -> Image.Image:
    mentor.page.mouse.move(0, 0)
    mentor.looks()
    return as_image(mentor.page.screenshot(animations="disabled", caret="hide"))
