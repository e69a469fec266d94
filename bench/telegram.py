"""``python -m bench.telegram``: whole registrations on Telegram while calls and updates go wrong, in numbers.

A bot of its own talks to the double of the Bot API over HTTP. Mentors answer by button, text and photo. Calls are
refused with 429, 500 and 502, reset before their effect, answered with nothing after it or too late, and updates come
twice or in another order, each with a probability. Then everybody has to be registered, every message that was sent
has to be exactly one turn, and what each chat shows has to be what was said, in order; a message whose answer was lost
is there a second time. Who is told that a photo could not be fetched, after five attempts, sends it once more.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.page import as_rows, write_figures
from bot import form
from bot.catalogue import catalogue
from bot.store import Consent, Conversation, InboxMessage, Mentor, Store, TranscriptMessage
from tests.doubles.telegram_api import FaultKind, PrivateChat, TelegramDouble
from tests.doubles.telegram_api.world import Problem
from tests.support.answers import QUESTIONS, picture
from tests.support.service import RunningBot
from tests.support.telegram import answers, opening_of

TOKEN = "4711:bench"  # noqa: S105  (of the double)
#: Seconds for which a chat waits for a question.
PATIENCE = 600
#: Telegram allows 30; that would measure the limit.
MESSAGES_PER_SECOND = "10000"
#: What goes wrong. Who has blocked the bot would not get on, so that is tested elsewhere.
FAULTS = (
    *(FaultKind.FLOOD, FaultKind.INTERNAL, FaultKind.BAD_GATEWAY, FaultKind.RESET, FaultKind.LOST_ANSWER),
    *(FaultKind.HELD, FaultKind.DUPLICATE, FaultKind.OUT_OF_ORDER),
)
#: What Telegram says to a call that it has done before.
_DONE_BEFORE = ("message to delete not found", "message is not modified", "query is too old", "already")
#: Seconds for which an answer is held; python-telegram-bot gives up after 5.
HELD_SECONDS = 6
#: Calls that are held.
HELD_METHODS = ("sendMessage", "sendPhoto", "editMessageText", "deleteMessage")


def measure(folder: Path, registrations: int, at_once: int, probability: float) -> dict[str, Any]:
    """Let so many mentors register, and count what became of it.

    Args:
        folder: an empty data folder.
        registrations: how many mentors there are.
        at_once: how many of them chat at the same time.
        probability: of each fault, for each call or update.
    """
    with TelegramDouble(token=TOKEN) as telegram:
        settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
        limits = {"TELEGRAM_MESSAGES_PER_SECOND": MESSAGES_PER_SECOND, "CODES_PER_HOUR": "100000"}
        with RunningBot(folder, **settings, **limits) as bot:
            _disturb(telegram, probability)
            chats = [telegram.user(f"Mentor {number}") for number in range(registrations)]
            started = time.monotonic()
            with ThreadPoolExecutor(at_once) as threads:
                mentors = list(threads.map(lambda chat: _register(chat, bot), chats))
            seconds = list(itertools.chain.from_iterable(waited for waited, _ in mentors))
            photos_again = dict(zip((chat.id for chat in chats), (again for _, again in mentors), strict=True))
            minutes = (time.monotonic() - started) / 60
            injected = Counter(kind for (_, kind), number in telegram.injected.items() for _ in range(number))
            telegram.calm()
            _until_quiet(bot)
        found = _counted(folder, chats, photos_again)
        refused = [each for each in telegram.problems if not _is_repeated(each)]
        for each in refused:
            print(each.method, each.status, each.description, file=sys.stderr)
        found |= {"refused by the double": len(refused)}
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {
        "registrations": registrations,
        "chats at once": at_once,
        "probability of each fault": probability,
        **{f"faults: {kind.value}": injected[kind] for kind in FAULTS},
        **found,
        "from update to reply, p50 / p95 / p99 in ms": " / ".join(f"{1000 * cuts[cut]:.0f}" for cut in (49, 94, 98)),
        "longest": f"{max(seconds):.1f} s",
        "minutes": round(minutes, 1),
    }


def problems(found: dict[str, Any]) -> list[str]:
    """What is not as it should be, in sentences."""
    checks = {
        "somebody is not registered": found["registered"] == found["registrations"],
        "a message was lost, or taken twice": found["turns lost or doubled"] == 0,
        "a consent is missing, or there twice": found["consents missing or doubled"] == 0,
        "a chat does not show what was said, in order": found["chats out of order"] == 0,
        "Telegram would have refused a call": found["refused by the double"] == 0,
    }
    return [problem for problem, holds in checks.items() if not holds]


def _disturb(telegram: TelegramDouble, probability: float) -> None:
    for kind in FAULTS if probability else ():
        methods = HELD_METHODS if kind is FaultKind.HELD else None
        telegram.disturb(kind, probability, HELD_SECONDS if kind is FaultKind.HELD else 1, methods)


def _register(chat: PrivateChat, bot: RunningBot) -> tuple[list[float], int]:
    """One registration.

    Returns:
        The seconds from each message of the mentor's to the next question, and how often a photo was sent again.
    """
    seconds, again = [], 0
    chat.sends("/start")
    for question, following in itertools.pairwise([*QUESTIONS, None]):
        answers(chat, str(question), bot, PATIENCE)
        sent = time.monotonic()
        # Looked at, but not waited past: the next answer waits for it, too.
        words = opening_of(following) if following else "Your registration is complete"
        while not any(words in each.text for each in chat.received[-6:]):
            if time.monotonic() - sent > PATIENCE:
                raise TimeoutError(f"{following} never came")
            if question == "photo" and _refusals(chat) > again:
                again += 1
                chat.sends_photo(picture())
            time.sleep(0.02)
        seconds.append(time.monotonic() - sent)
    return seconds, again


def _refusals(chat: PrivateChat) -> int:
    """How often this mentor was told that a photo could not be fetched, a sentence that came twice counted once."""
    told = catalogue().text("note-photo-not-received")
    return len({each.text for each in chat.received if told in each.text})


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


def _counted(folder: Path, chats: list[PrivateChat], photos_again: dict[int, int]) -> dict[str, Any]:
    store = Store(f"sqlite:///{folder / 'bot.db'}")
    found = Counter(dict.fromkeys(("registered", "turns lost or doubled"), 0))
    found |= Counter(dict.fromkeys(("consents missing or doubled", "chats out of order", "messages sent twice"), 0))
    with store.read() as session:
        for chat in chats:
            conversation = session.scalars(select(Conversation).where(Conversation.external_id == str(chat.id))).one()
            found["registered"] += session.get_one(Mentor, conversation.mentor_id).submitted_at is not None
            taken = session.scalar(select(func.count()).where(InboxMessage.conversation_id == conversation.id))
            found["turns lost or doubled"] += abs((taken or 0) - len(QUESTIONS) - 1 - photos_again[chat.id])
            agreed = Counter(
                session.scalars(select(Consent.item_id).where(Consent.mentor_id == conversation.mentor_id))
            )
            found["consents missing or doubled"] += agreed != Counter(str(item.id) for item in form.CONSENTS)
            said = session.scalars(
                select(TranscriptMessage.body)
                .where(TranscriptMessage.conversation_id == conversation.id, TranscriptMessage.sender == "bot")
                .order_by(TranscriptMessage.id)
            ).all()
            shown = [each.text.split("\n\n✓ ")[0] for each in chat.received]
            found["chats out of order"] += not _is_in_order([body["text"] for body in said], shown)
            found["messages sent twice"] += len(shown) - len(said)
    store.dispose()
    return {**found, "photos sent again": sum(photos_again.values())}


def _is_repeated(problem: Problem) -> bool:
    """Whether a call was refused because it had been done, and its answer lost."""
    return any(each in problem.description for each in _DONE_BEFORE)


def _is_in_order(said: list[str], shown: list[str]) -> bool:
    """Whether a chat shows what was said, in order, with nothing between but the same once more."""
    position = 0
    for text in said:
        first = text.split("\n")[0]
        while position < len(shown) and first not in shown[position]:
            if position == 0 or shown[position] != shown[position - 1]:
                return False
            position += 1
        if position == len(shown):
            return False
        position += 1
    return all(each == shown[position - 1] for each in shown[position:])


def main() -> int:
    """Measure, print; 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m bench.telegram")
    parser.add_argument("--registrations", type=int, default=1_000)
    parser.add_argument("--at-once", type=int, default=40)
    parser.add_argument("--probability", type=float, default=0.05)
    parser.add_argument("--page", type=Path, help="write the figures into this page")
    parser.add_argument("--name", default="faults", help="where on the page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), arguments.registrations, arguments.at_once, arguments.probability)
    print(json.dumps(found, indent=2))
    if arguments.page:
        write_figures(arguments.page, arguments.name, as_rows(found))
    for problem in problems(found):
        print(problem, file=sys.stderr)
    return 1 if problems(found) else 0


if __name__ == "__main__":
    raise SystemExit(main())
