"""The service is killed again and again in the middle of registrations on Telegram."""

from __future__ import annotations

import itertools
import random
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.i18n.catalogue import catalogue
from bot.registration import form
from bot.storage import Consent, Conversation, InboxMessage, Store
from tests.doubles.telegram_api import PrivateChat, TelegramDouble
from tests.support.answers import QUESTIONS
from tests.support.service import RunningBot
from tests.support.telegram import answers, opening_of

TOKEN = "4714:killed"
MENTORS = 3
KILLS = 3
TOO_EARLY = [catalogue().text(f"note-too-early{again}") for again in ("", ".again")]
#: The most seconds for a question, with restarts.
PATIENCE = 180


def _came_too_early(text: str) -> bool:
    return any(words in text for words in TOO_EARLY)


def register(chat: PrivateChat, bot: RunningBot, sent: list[str]) -> None:
    """A registration by a mentor who waits for each question; returns the sent messages.

    Where the bot was killed before it knew that Telegram had taken a question, it says that the answer came too early,
    and asks again; then the mentor answers again.
    """
    chat.sends("/start")
    sent.append("/start")
    for question, following in itertools.pairwise([*QUESTIONS, "end"]):
        seen = max((each.message_id for each in chat.received), default=0)
        answers(chat, question, bot, PATIENCE)
        sent.append(question)
        words = opening_of(following) if following in QUESTIONS else "Your registration is complete"
        deadline = time.monotonic() + PATIENCE
        while not any(words in each.text for each in chat.received[-8:]):
            assert time.monotonic() < deadline, f"{following} never came after {chat.received[-1].text!r}"
            too_early = [each for each in chat.received if each.message_id > seen and _came_too_early(each.text)]
            if too_early:
                seen = too_early[-1].message_id
                time.sleep(1)  # wait for the question after that sentence
                answers(chat, question, bot, PATIENCE)
                sent.append(question)
            time.sleep(0.05)


@pytest.mark.long
def test_registrations_survive_being_killed(tmp_path: Path) -> None:
    dice = random.Random(7)
    sent: list[list[str]] = [[] for _ in range(MENTORS)]
    with TelegramDouble(token=TOKEN) as telegram:
        bot = RunningBot(tmp_path, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url)
        with bot:
            chats = [telegram.user(f"Mentor {number}") for number in range(MENTORS)]
            threads = [
                threading.Thread(target=register, args=(chat, bot, each), daemon=True)
                for chat, each in zip(chats, sent, strict=True)
            ]
            for each in threads:
                each.start()
            for kill in range(KILLS):
                while bot.log().count("Ready after") <= kill:
                    time.sleep(0.1)
                time.sleep(dice.uniform(0.5, 4))
                bot.kill()
                bot.start()
            for each in threads:
                each.join(2 * PATIENCE)
                assert not each.is_alive()
        store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
        with store.read() as session:
            for chat, names in zip(chats, sent, strict=True):
                conversation = session.scalars(select(Conversation).filter_by(external_id=str(chat.id))).one()
                taken = session.scalar(select(func.count()).where(InboxMessage.conversation_id == conversation.id))
                agreed = session.scalars(select(Consent.item_id).filter_by(mentor_id=conversation.mentor_id)).all()
                assert names[-1] == "review"
                assert taken == len(names)
                assert sorted(agreed) == sorted(str(item.id) for item in form.CONSENTS)
        store.dispose()
