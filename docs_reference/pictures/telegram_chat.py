"""The chat on Telegram in pictures: each kind of step, and a walk through a registration."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from bot.registration import form
from docs_reference.pictures.film import LONG, PRESS, READ, Film, save_picture
from docs_reference.pictures.telegram_drawing import TelegramDrawing
from tests.doubles.telegram_api import PrivateChat, ReceivedMessage
from tests.support.answers import QUESTIONS, TEXTS, picture
from tests.support.telegram import PATIENCE, opening_of

_EMAIL = "maria.jose@example.org"
#: Names of the pictures by the question that they show.
_STILLS = {
    "start": "1-greeting",
    "reasons": "2-question",
    "date_of_birth": "3-photo",
    str(form.CLAUSES[3].id): "4-consent",
    "review": "5-review",
}
#: Questions of which the animation shows the mentor's answer; it passes over the others.
_IN_THE_WALK = {
    *("start", "full_name", "reasons", "photo", "date_of_birth", "background_check", "review"),
    *(str(clause.id) for clause in (*form.CLAUSES[:3], form.CLAUSES[-1])),
}
_LABELS = {"start": "Let’s start", "account": "I need to register", "review": "Submit"}

#: Seconds without a change after which nothing more is edited.
_QUIET = 0.5


class _Registration:
    """A mentor who registers on Telegram."""

    def __init__(self, chat: PrivateChat, browser: Browser, new_code: Callable[[str], str], folder: Path) -> None:
        self._chat = chat
        self._photos: dict[int, bytes] = {}
        self._drawing = TelegramDrawing(browser, self._photos)
        self._new_code = new_code
        self._folder = folder
        self.film = Film()

    def walks(self) -> None:
        """Register, from the greeting to the confirmation."""
        self._chat.sends("/start")
        for question in QUESTIONS:
            asked = self._chat.waits_for(opening_of(question), timeout=PATIENCE)
            if question in _STILLS or question in _IN_THE_WALK:
                self._shows(question)
            self._answers(question, asked)
        self._chat.waits_for("Your registration is complete", timeout=PATIENCE)
        self._settles()
        drawn = self._drawing.draws(self._chat)
        self._keep("6-end", drawn)
        self.film.adds(drawn, LONG)

    def _shows(self, question: str) -> None:
        self._settles()
        drawn = self._drawing.draws(self._chat, from_the_top=question == "review")
        if question in _STILLS:
            self._keep(_STILLS[question], drawn)
        if question in _IN_THE_WALK:
            self.film.adds(drawn, READ)

    def _answers(self, question: str, asked: ReceivedMessage) -> None:
        if question == "photo":
            self._photos[self._chat.sends_photo(picture())] = picture()
        elif text := self._text(question):
            self._chat.sends(text)
        else:
            label = _LABELS.get(question, "I agree")
            if question in _IN_THE_WALK:
                self.film.adds(self._drawing.draws(self._chat), PRESS, self._drawing.place_of(label))
            self._chat.taps(asked, label)

    def _settles(self) -> None:
        """Wait until the bot has also edited the messages before the newest."""
        earlier: list[tuple[bool, ReceivedMessage]] = []
        while (shown := self._chat.shown) != earlier:
            earlier = shown
            time.sleep(_QUIET)

    def _text(self, question: str) -> str | None:
        if question == "email_code":
            return self._new_code(_EMAIL)
        return (TEXTS | {"email": _EMAIL}).get(question)

    def _keep(self, step: str, drawn: Image.Image) -> None:
        save_picture(drawn, self._folder / f"telegram-{step}.png")


def telegram_pictures(browser: Browser, chat: PrivateChat, new_code: Callable[[str], str], folder: Path) -> None:
    """Make all pictures of the chat on Telegram.

    Args:
        browser: a running one, to draw with.
        chat: of a mentor who has not written yet.
        new_code: gives the code that was sent to an address.
        folder: for the pictures.
    """
    walk = _Registration(chat, browser, new_code, folder)
    walk.walks()
    walk.film.save(folder / "walk-telegram.gif")
