"""A mentor in the web channel, over HTTP, without a browser."""

from __future__ import annotations

import re
import time
import uuid
from types import TracebackType
from typing import Any, Self

import httpx

from bot.messages import clauses
from bot.messages.incoming import Tap
from tests.support.answers import code_in, new_email, picture, reply_to
from tests.support.dialogue import play
from tests.support.seeding import ASK, is_worth_seeding, seed, web_id
from tests.support.service import RunningBot

Message = dict[str, Any]
COOKIE = "mentor_session"
#: The button with which the clauses are asked one by one, whatever the language.
ONE_BY_ONE = Tap("repeat", reply=clauses.ONE_BY_ONE).payload()


def tells(text: str, words: str) -> bool:
    """Whether ``words`` are in ``text`` as words: 1971 is not in the fraction of a second or in a random id."""
    return re.search(rf"\b{re.escape(words)}\b", text) is not None


class WebMentor:
    """Chats through the widget's API. ``messages`` is the transcript, ``news`` what the last call brought."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)
        self.messages: list[Message] = []
        self.news: list[Message] = []
        self.cursor = 0
        self.session: dict[str, Any] = {}
        self.email = new_email()
        #: Whether this mentor wants the clauses one by one, and not on one card.
        self.one_by_one = True
        self._spent: set[str] = set()
        self._newest = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def opens(self, link: str = "", language: str = "") -> Self:
        """Open the page: a new conversation, the cookie's, or a link's."""
        self.messages, self.cursor = [], 0
        opened = self.http.post("/api/session", json={"link": link, "language": language})
        self.takes(opened)
        self.session = opened.json()
        self.http.headers["X-CSRF-Token"] = self.session["token"]
        return self

    def says(self, text: str, message_id: str | None = None) -> str:
        """Type a message; returns the bot's reply as one text."""
        return self.takes(self.http.post("/api/messages", json=self._message(message_id) | {"text": text}))

    def taps(self, label: str) -> str:
        """Tap the newest button with this label."""
        return self.taps_payload(self.payload(label))

    def taps_payload(self, payload: str, message_id: str | None = None) -> str:
        """Tap a button by its payload, even an old or invented one."""
        return self.takes(self.http.post("/api/messages", json=self._message(message_id) | {"button": payload}))

    def sends(self, data: bytes, name: str = "me.jpg", message_id: str | None = None) -> str:
        """Send a file."""
        fields = {key: str(value) for key, value in self._message(message_id).items()}
        return self.takes(self.http.post("/api/photos", data=fields, files={"file": (name, data)}))

    def looks(self) -> str:
        """Fetch new messages."""
        return self.takes(self.http.get("/api/messages", params={"after": self.cursor}))

    def payload(self, label: str) -> str:
        """The payload of the newest button with this label."""
        for message in reversed(self.messages):
            rows = [row for section in message.get("sections", []) for row in section["rows"]]
            for button in message.get("buttons", []):
                if button["label"] == label:
                    return str(button["payload"])
            for row in rows:
                if f"Change: {row['label']}" == label:
                    return str(row["change"]["payload"])
        raise AssertionError(f"no button {label!r} in {self.messages[-3:]}")

    @property
    def asked(self) -> Message:
        """The question asked last."""
        return next(each for each in reversed(self.messages) if each.get("question"))

    @property
    def question(self) -> str:
        """Its id."""
        return str(self.asked["question"])

    def heard(self) -> str:
        """The bot's messages in the last call, as one text."""
        return "\n\n".join(_as_text(each) for each in self.news if each["from"] == "bot")

    def answers(self, question: str | None = None) -> str:
        """Answer the open question as a willing mentor would; the clauses one by one."""
        self.prefers_one_by_one()
        open_question = question or self.question
        if open_question == "photo":
            return self.sends(picture())
        replies = {"email": lambda: self.email, "email_code": self.new_code}
        return self.says(replies.get(open_question, lambda: reply_to(open_question))())

    def letters(self) -> list[dict[str, str]]:
        """The e-mails to this mentor, the newest first."""
        found: list[dict[str, str]] = self.http.get("/api/mailbox").raise_for_status().json()
        return found

    def code(self, seconds: float = 20) -> str:
        """The code in the newest e-mail that has one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for each in self.letters():
                if "code" in each["subject"] and each["at"] not in self._spent:
                    self._newest = each["at"]
                    return code_in(each["text"])
            time.sleep(0.1)
        raise AssertionError("no code came")

    def new_code(self) -> str:
        """The code in the newest e-mail; waits for a new one if it was returned before."""
        code = self.code()
        self._spent.add(self._newest)
        return code

    def stands_at(self, question: str) -> Self:
        """Come to this question with everything before it answered, without the conversation.

        The conversation must be new, and the bot started by this test run.
        """
        folder = RunningBot.data_dirs[self._address]
        seed(folder, web_id(self.http.cookies[COOKIE]), question, self.email)
        self.says(ASK)
        self.prefers_one_by_one()
        assert self.question == question
        return self

    def prefers_one_by_one(self) -> None:
        """Have the clauses asked one by one, if all of them are on one card."""
        if self.one_by_one and "clauses" in self.asked:
            self.taps_payload(ONE_BY_ONE)

    def answers_until(self, question: str) -> Self:
        """Answer until this question is open; in a new conversation with a bot of this run, seed the answers."""
        has_just_begun = self.question == "start" and all(each["from"] == "bot" for each in self.messages)
        if has_just_begun and is_worth_seeding(question) and self._address in RunningBot.data_dirs:
            return self.stands_at(question)
        return self.walks_until(question)

    def walks_until(self, question: str) -> Self:
        """Answer every question until this one is open."""
        for _ in range(60):
            if self.question == question:
                return self
            before = self.question
            self.answers()
            assert self.question != before, f"stuck at {before}: {self.heard()}"
        raise AssertionError(f"{question} never came")

    def dialogue(self, script: str) -> Self:
        """Play a written conversation; `tests.support.dialogue` has the format."""
        play(self, script)
        return self

    def waits_for(self, text: str, seconds: float = 30) -> str:
        """Fetch until the bot says ``text``."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if text in self.looks():
                return self.heard()
            time.sleep(0.2)
        raise AssertionError(f"{text!r} never came; last: {self.messages[-3:]}")

    @property
    def _address(self) -> str:
        return str(self.http.base_url).rstrip("/")

    def _message(self, message_id: str | None) -> dict[str, Any]:
        return {"id": message_id or uuid.uuid4().hex, "after": self.cursor}

    def takes(self, response: httpx.Response) -> str:
        """Read a call's response; returns the bot's messages as one text."""
        assert response.status_code == 200, f"{response.status_code}: {response.text}"
        body = response.json()
        self.news = body["messages"]
        self.messages += self.news
        self.cursor = body["cursor"]
        self.pending = body["pending"]
        return self.heard()


def _as_text(message: Message) -> str:
    parts = [message.get("text", ""), message.get("clause", ""), message.get("notice", "")]
    parts += [f"{row['label']}: {row['value']}" for section in message.get("sections", []) for row in section["rows"]]
    return "\n".join(part for part in parts if part)
