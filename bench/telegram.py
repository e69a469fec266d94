"""``python -m bench.telegram``: whole registrations on Telegram while calls and updates go wrong, in numbers.

A bot of its own talks to the double of the Bot API over HTTP. Mentors answer by button, text and photo. Calls are
refused with 429, 500 and 502, reset before their effect, answered with nothing after it or too late; updates come twice
or in another order; and mentors block the bot and come back, each with a probability. Then everybody has to be
registered, every message that was sent has to be exactly one turn, every tap answered, and what each chat shows has to
be what was said, in order; the bot sends a message twice if Telegram's reply to it was lost. When the bot says that a
photo could not be fetched, or that an answer or a press came before its question, the mentor sends it once more.

One thread plays all the mentors: it is told of each chat in which something came, so that it waits for nothing else and
costs next to nothing.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
import queue
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.page import as_rows, write_figures
from bot.i18n.catalogue import catalogue
from bot.messages.clauses import IN_TURN
from bot.registration import form
from bot.storage import Consent, Conversation, InboxMessage, Mentor, Store, TranscriptMessage
from tests.doubles.mail_server import MailServerDouble
from tests.doubles.telegram_api import FaultKind, PrivateChat, ReceivedMessage, TelegramDouble
from tests.doubles.telegram_api.received import Tap
from tests.doubles.telegram_api.world import Problem
from tests.support.answers import QUESTIONS, TEXTS, code_in, picture
from tests.support.service import RunningBot
from tests.support.telegram import address_of, opening_of

TOKEN = "4711:bench"  # noqa: S105  (of the double)
#: Seconds without anything new after which a chat counts as stuck; what it saw is printed.
PATIENCE = 600
#: Seconds between two lines about how far it is.
PROGRESS_SECONDS = 15
#: Telegram allows 30 in all and 1 to a chat; that would measure the limits.
MESSAGES_PER_SECOND = "10000"
#: What goes wrong with calls and updates.
FAULTS = (
    *(FaultKind.FLOOD, FaultKind.INTERNAL, FaultKind.BAD_GATEWAY, FaultKind.RESET, FaultKind.LOST_ANSWER),
    *(FaultKind.HELD, FaultKind.DUPLICATE, FaultKind.OUT_OF_ORDER),
)
#: Seconds for which a mentor has blocked the bot, at least and at most.
BLOCKED_SECONDS = (0.2, 2.0)
#: What Telegram says to a call that it has done before.
_DONE_BEFORE = ("message to delete not found", "message is not modified", "query is too old", "already")
#: What it says to one to a mentor who has blocked the bot.
_BLOCKED = "bot was blocked by the user"
#: Seconds for which an answer is held; python-telegram-bot gives up after 5.
HELD_SECONDS = 6
#: Calls that are held.
HELD_METHODS = ("sendMessage", "sendPhoto", "editMessageText", "deleteMessage")
#: Words by which each question is known.
_OPENINGS = {question: opening_of(question) for question in QUESTIONS}
#: How a message begins that asks the clauses, and that says how they were answered.
_CODE = re.compile(r"Code of ethics \d|(?:✓ )?Code of ethics:")
_COMPLETE = "Your registration is complete"
#: What asks for the last answer once more, the first time and later.
_ONCE_MORE = [
    catalogue().text(f"{note}{again}")
    for note in ("note-too-early", "note-photo-not-received")
    for again in ("", ".again")
]
#: The notification that says to press once more.
_TOO_QUICK = catalogue().text("note-too-quick")
_PHOTO = picture()


@dataclass
class _Mentor:
    """A mentor in their chat.

    Attributes:
        chat: with the bot.
        dice: decides when the bot is blocked, and how long an answer takes.
        block: probability of blocking the bot after an answer.
        think: seconds that an answer takes, on average.
        place: of the question in `QUESTIONS` that is waited for.
        sent: messages and taps that were sent.
        again: how often an answer was sent once more.
        blocks: how often the bot was blocked.
        seconds: from each answer to the question after it.
    """

    chat: PrivateChat
    dice: random.Random
    block: float
    think: float
    place: int = 0
    sent: int = 0
    again: int = 0
    blocks: int = 0
    seconds: list[float] = field(default_factory=list)
    taps: list[Tap] = field(default_factory=list)
    is_done: bool = False
    is_blocking: bool = False
    last_news: float = field(default_factory=time.monotonic)
    code: str = ""
    _asked: ReceivedMessage | None = None
    _pressed: ReceivedMessage | None = None
    _seen: int = 0
    _text: str = ""
    _sent_at: float | None = None
    _wants_again: bool = False

    @property
    def question(self) -> str:
        """What is waited for."""
        return QUESTIONS[self.place] if self.place < len(QUESTIONS) else "the end"

    def begins(self) -> None:
        """Open the chat."""
        self.last_news = time.monotonic()
        self.sent += 1
        self.chat.sends("/start")

    def looks(self, at: float) -> bool:
        """Read what is new; whether an answer is due.

        Args:
            at: when it came, in seconds of the monotonic clock.
        """
        if self.is_blocking:
            return False
        is_due = False
        for message in self.chat.received_after(max(self._seen - 1, 0)):  # the last one may be edited
            is_same = message.message_id == self._seen
            is_repeated = message.text == self._text or (is_same and message.text.startswith(self._text))
            if not (is_same and is_repeated):
                self.last_news = time.monotonic()
            self._seen, self._text = message.message_id, message.text
            if not is_repeated:
                is_due = self._reads(message, at) or is_due
        return is_due

    def _reads(self, message: ReceivedMessage, at: float) -> bool:
        if _COMPLETE in message.text and self.place == len(QUESTIONS):
            self._arrived(at)
            self.is_done = True
        elif self.place < len(QUESTIONS) and _OPENINGS[self.question] in message.text:
            self._arrived(at)
            self._asked, self._wants_again = message, False
            return True
        elif any(words in message.text for words in _ONCE_MORE):
            self._wants_again = True
            if message.text not in _ONCE_MORE:  # the question stands below, in the same message
                return self._is_asked_again(message)
        elif self._wants_again:  # the question after that sentence is the same as before
            return self._is_asked_again(message)
        return False

    def _is_asked_again(self, message: ReceivedMessage) -> bool:
        self.again += 1
        self.place -= 1
        self._asked, self._wants_again = message, False
        return True

    def _arrived(self, at: float) -> None:
        if self._sent_at is not None:
            self.seconds.append(at - self._sent_at)
        self._sent_at = None

    def answers(self) -> bool:
        """Answer the question that was read, as a willing mentor would; whether that was possible."""
        question = self.question
        if self._asked is None or self.is_blocking or (question == "email_code" and not self.code):
            return False
        asked, self._asked = self._asked, None
        self.place += 1
        self.sent += 1
        self._sent_at = time.monotonic()
        if question == "photo":
            self.chat.sends_photo(_PHOTO)
        elif question == "email":
            self.chat.sends(address_of(self.chat))
        elif question == "email_code":
            self.chat.sends(self.code)
        elif question in TEXTS:
            self.chat.sends(TEXTS[question])
        else:
            label = {"start": "Let’s start", "account": "I need to register", "review": "Submit"}
            self.taps.append(self.chat.taps(asked, label.get(question, "I agree"), stale=True))
            self._pressed = asked
        if self.dice.random() < self.block:
            self.blocks += 1
            self.is_blocking = True
            self._sent_at = None  # how long that takes is not the bot's
            self.chat.blocks()
        return True

    def is_told_to_press_again(self) -> bool:
        """Whether the last press did not count, because the bot did not know yet that its question was shown."""
        if self._pressed is None or self.is_blocking or not self.taps[-1].answered:
            return False
        pressed, self._pressed = self._pressed, None
        if self.taps[-1].text != _TOO_QUICK:
            return False
        self.sent -= 1  # it became no turn
        return self._is_asked_again(pressed)

    def comes_back(self) -> None:
        """Unblock the bot."""
        self.is_blocking = False
        self.last_news = time.monotonic()
        self.chat.unblocks()

    def described(self) -> str:
        """Where this mentor is, for whoever looks into it."""
        lines = [
            f"chat {self.chat.id} waits for {self.question}; {self.sent} sent, {self.again} of them again; it saw:"
        ]
        lines += [f"  {each.message_id}: {each.text[:100]!r}" for each in self.chat.received[-5:]]
        lines += [f"  last press answered: {each.answered}, {each.text!r}" for each in self.taps[-1:]]
        return "\n".join(lines)


class _Play:
    """All mentors, so many at once."""

    def __init__(self, telegram: TelegramDouble, mail: MailServerDouble, mentors: list[_Mentor], at_once: int) -> None:
        self._mail = mail
        self._mentors = {each.chat.id: each for each in mentors}
        self._addresses = {address_of(each.chat): each for each in mentors}
        self._waiting = iter(mentors)
        self._free = at_once
        self._news: queue.SimpleQueue[tuple[int, float]] = queue.SimpleQueue()
        self._letters = 0
        #: What is to be done later: when, a number that keeps the order, by whom, and whether it is to come back.
        self._later: list[tuple[float, int, _Mentor, bool]] = []
        self._numbers = itertools.count()
        self._active: set[int] = set()
        self.stuck: list[_Mentor] = []
        telegram.listens(lambda chat_id: self._news.put((chat_id, time.monotonic())))

    def run(self) -> None:
        """Play until all are done or stuck."""
        told = began = time.monotonic()
        self._begin()
        while self._active:
            self._read_news()
            self._read_letters()
            for chat_id in list(self._active):
                if self._mentors[chat_id].is_told_to_press_again():
                    self._answer(self._mentors[chat_id])
            now = time.monotonic()
            while self._later and self._later[0][0] <= now:
                *_, mentor, is_return = heapq.heappop(self._later)
                self._returns(mentor) if is_return else self._answer(mentor)
            if now - told > PROGRESS_SECONDS:
                told = now
                self._give_up_on_stuck(now)
                self._tell(now - began)

    def _begin(self) -> None:
        for mentor in itertools.islice(self._waiting, self._free - len(self._active)):
            self._active.add(mentor.chat.id)
            mentor.begins()

    def _read_news(self) -> None:
        until_next = self._later[0][0] - time.monotonic() if self._later else 0.05
        try:
            chat_id, at = self._news.get(timeout=min(max(until_next, 0.001), 0.05))
        except queue.Empty:
            return
        mentor = self._mentors.get(chat_id)
        if mentor is not None and chat_id in self._active:
            self._look(mentor, at)

    def _look(self, mentor: _Mentor, at: float) -> None:
        if mentor.looks(at):
            wait = mentor.dice.uniform(0, 2 * mentor.think)
            if wait:
                heapq.heappush(self._later, (time.monotonic() + wait, next(self._numbers), mentor, False))
            else:
                self._answer(mentor)
        if mentor.is_done:
            self._active.discard(mentor.chat.id)
            self._begin()

    def _answer(self, mentor: _Mentor) -> None:
        if mentor.answers() and mentor.is_blocking:
            back = time.monotonic() + mentor.dice.uniform(*BLOCKED_SECONDS)
            heapq.heappush(self._later, (back, next(self._numbers), mentor, True))

    def _returns(self, mentor: _Mentor) -> None:
        mentor.comes_back()
        self._look(mentor, time.monotonic())
        self._answer(mentor)  # what was asked before, if anything was

    def _read_letters(self) -> None:
        while self._letters < len(self._mail.letters):
            letter = self._mail.letters[self._letters]
            self._letters += 1
            mentor = self._addresses.get(letter.recipients[0])
            if mentor is not None and "code" in str(letter.message["Subject"]):
                body = letter.message.get_body(("plain",))
                assert body is not None
                mentor.code = code_in(body.get_content())
                self._answer(mentor)

    def _give_up_on_stuck(self, now: float) -> None:
        for chat_id in list(self._active):
            mentor = self._mentors[chat_id]
            if now - mentor.last_news > PATIENCE:
                print(mentor.described(), file=sys.stderr, flush=True)
                self.stuck.append(mentor)
                self._active.discard(chat_id)
        self._begin()

    def _tell(self, seconds: float) -> None:
        done = sum(each.is_done for each in self._mentors.values())
        turns = sum(each.sent for each in self._mentors.values())
        print(
            f"{seconds:5.0f} s: {done} of {len(self._mentors)} registered, {len(self._active)} chatting, "
            f"{turns} messages, {turns / seconds:.1f} a second",
            file=sys.stderr,
            flush=True,
        )


def measure(
    folder: Path, registrations: int, at_once: int, probability: float, think_seconds: float = 0
) -> dict[str, Any]:
    """Let so many mentors register, and count what became of it.

    Args:
        folder: an empty data folder.
        registrations: how many mentors there are.
        at_once: how many of them chat at the same time.
        probability: of each fault, for each call, update or answer.
        think_seconds: how long a mentor takes to answer, on average.
    """
    with TelegramDouble(token=TOKEN, calls_kept=1_000) as telegram, MailServerDouble() as mail:
        settings = {
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.url,
            "MAIL_URL": f"smtp://127.0.0.1:{mail.port}",
            "TELEGRAM_MESSAGES_PER_SECOND": MESSAGES_PER_SECOND,
            "TELEGRAM_CHAT_MESSAGES_PER_SECOND": MESSAGES_PER_SECOND,
            "CODES_PER_HOUR": "100000",
            "GATHER_SECONDS": "0",  # these mentors write one line an answer
        }
        with RunningBot(folder, **settings) as bot:
            _disturb(telegram, probability)
            mentors = [
                _Mentor(telegram.user(f"Mentor {number}"), random.Random(number), probability, think_seconds)
                for number in range(registrations)
            ]
            started = time.monotonic()
            play = _Play(telegram, mail, mentors, at_once)
            play.run()
            minutes = (time.monotonic() - started) / 60
            injected = Counter(kind for (_, kind), number in telegram.injected.items() for _ in range(number))
            telegram.calm()
            _until_quiet(bot)
            ends = time.monotonic() + 90
            while any(not each.answered for mentor in mentors for each in mentor.taps) and time.monotonic() < ends:
                time.sleep(0.2)
        found = _counted(folder, mentors)
        refused = [each for each in telegram.problems if not _is_expected(each)]
        for each in refused:
            print(each.method, each.status, each.description, file=sys.stderr)
        found |= {"refused by the double": len(refused)}
        injected[FaultKind.FORBIDDEN] = sum(_BLOCKED in each.description for each in telegram.problems)
    means = [statistics.fmean(mentor.seconds) for mentor in mentors if mentor.seconds]
    seconds = [each for mentor in mentors for each in mentor.seconds]
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {
        "registrations": registrations,
        "chats at once": at_once,
        "seconds that a mentor thinks, on average": think_seconds,
        "probability of each fault": probability,
        **{f"faults: {kind.value}": injected[kind] for kind in (*FAULTS, FaultKind.FORBIDDEN)},
        "mentors' blocks of the bot": sum(each.blocks for each in mentors),
        **found,
        "from update to reply, p50 / p95 / p99 in ms": " / ".join(f"{1000 * cuts[cut]:.0f}" for cut in (49, 94, 98)),
        "longest": f"{max(seconds):.1f} s",
        "mean wait in a chat, median / slowest chat, in ms": " / ".join(
            f"{1000 * mean:.0f}" for mean in (statistics.median(means), max(means))
        ),
        "turns a second": round(sum(each.sent for each in mentors) / minutes / 60, 1),
        "minutes": round(minutes, 1),
    }


def problems(found: dict[str, Any]) -> list[str]:
    """What is not as it should be, in sentences."""
    checks = {
        "somebody is not registered": found["registered"] == found["registrations"],
        "a message was lost, or taken twice": found["turns lost or doubled"] == 0,
        "a consent is missing, or there twice": found["consents missing or doubled"] == 0,
        "a tap was not answered": found["taps without an answer"] == 0,
        "a chat does not show what was said, in order": found["chats out of order"] == 0,
        "Telegram would have refused a call": found["refused by the double"] == 0,
    }
    return [problem for problem, holds in checks.items() if not holds]


def _disturb(telegram: TelegramDouble, probability: float) -> None:
    for kind in FAULTS if probability else ():
        methods = HELD_METHODS if kind is FaultKind.HELD else None
        telegram.disturb(kind, probability, HELD_SECONDS if kind is FaultKind.HELD else 1, methods)


def _until_quiet(bot: RunningBot) -> None:
    """Wait until everything is delivered."""
    store = Store(f"sqlite:///{bot.data_dir / 'bot.db'}")
    waiting = select(func.count()).where(TranscriptMessage.sender == "bot", TranscriptMessage.delivered_at.is_(None))
    ends = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < ends:
            with store.read() as session:
                if not session.scalar(waiting):
                    return
            time.sleep(0.2)
    finally:
        store.dispose()


def _counted(folder: Path, mentors: list[_Mentor]) -> dict[str, Any]:
    store = Store(f"sqlite:///{folder / 'bot.db'}")
    found = dict.fromkeys(("registered", "turns lost or doubled", "consents missing or doubled"), 0)
    found |= dict.fromkeys(("taps without an answer", "chats out of order", "messages sent twice"), 0)
    with store.read() as session:
        for mentor in mentors:
            wanted = select(Conversation).where(Conversation.external_id == str(mentor.chat.id))
            conversation = session.scalars(wanted).one_or_none()
            if conversation is None:
                found["turns lost or doubled"] += mentor.sent
                continue
            found["registered"] += session.get_one(Mentor, conversation.mentor_id).submitted_at is not None
            taken = session.scalar(select(func.count()).where(InboxMessage.conversation_id == conversation.id))
            found["turns lost or doubled"] += abs((taken or 0) - mentor.sent)
            agreed = Counter(
                session.scalars(select(Consent.item_id).where(Consent.mentor_id == conversation.mentor_id))
            )
            found["consents missing or doubled"] += agreed != Counter(str(item.id) for item in form.CONSENTS)
            found["taps without an answer"] += sum(not each.answered for each in mentor.taps)
            said = session.scalars(
                select(TranscriptMessage.body)
                .where(TranscriptMessage.conversation_id == conversation.id, TranscriptMessage.sender == "bot")
                .order_by(TranscriptMessage.id)
            ).all()
            # The clauses are asked in one message, which shows none of them in the end.
            shown = [each.text.split("\n\n✓ ")[0] for each in mentor.chat.received if not _CODE.match(each.text)]
            is_in_order = _is_in_order([body["text"] for body in said if IN_TURN not in body], shown)
            if not is_in_order:
                print("out of order:", mentor.described(), file=sys.stderr)
            found["chats out of order"] += not is_in_order
            found["messages sent twice"] += sum(one == other for one, other in itertools.pairwise(shown))
    store.dispose()
    return {**found, "answers sent again": sum(each.again for each in mentors)}


def _is_expected(problem: Problem) -> bool:
    """Whether a call was refused because it had been done and its answer lost, or because the bot was blocked."""
    return any(each in problem.description for each in (*_DONE_BEFORE, _BLOCKED))


def _is_in_order(said: list[str], shown: list[str]) -> bool:
    """Whether a chat shows what was said, in order, with nothing between but the same once more.

    A sentence and the question after it may be in one message.
    """
    position, is_read = 0, False
    for text in said:
        first = text.split("\n")[0]
        while position < len(shown) and first not in shown[position]:
            if not is_read and (position == 0 or shown[position] != shown[position - 1]):
                return False
            position, is_read = position + 1, False
        if position == len(shown):
            return False
        is_read = True
    return all(each == shown[position] for each in shown[position + 1 :])


def main() -> int:
    """Measure, print; 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m bench.telegram")
    parser.add_argument("--registrations", type=int, default=1_000)
    parser.add_argument("--at-once", type=int, default=40)
    parser.add_argument("--probability", type=float, default=0.05)
    parser.add_argument("--think", type=float, default=0, help="seconds that a mentor takes to answer, on average")
    parser.add_argument("--page", type=Path, help="write the figures into this page")
    parser.add_argument("--name", default="faults", help="where on the page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(
            Path(folder), arguments.registrations, arguments.at_once, arguments.probability, arguments.think
        )
    print(json.dumps(found, indent=2))
    if arguments.page:
        write_figures(arguments.page, arguments.name, as_rows(found))
    for problem in problems(found):
        print(problem, file=sys.stderr)
    return 1 if problems(found) else 0


if __name__ == "__main__":
    raise SystemExit(main())
