"""One mentor sends far too many messages, within Telegram's own limits; the others notice nothing."""

from __future__ import annotations

import time
from pathlib import Path

from bot.i18n.catalogue import catalogue
from tests.doubles.telegram_api import FloodLimits, PrivateChat, ReceivedMessage, TelegramDouble
from tests.support.answers import TEXTS
from tests.support.service import RunningBot
from tests.support.telegram import PATIENCE, answers, opening_of

TOKEN = "4713:flooded"
#: The limit of messages per minute.
ALLOWED = 16
FLOOD = 200


def test_a_flood_gets_one_line_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    limits = {"MESSAGES_PER_MINUTE": str(ALLOWED), "TELEGRAM_CHAT_MESSAGES_PER_SECOND": "1"}
    telegram = TelegramDouble(token=TOKEN, flood=FloodLimits(burst=5))
    with telegram, RunningBot(tmp_path, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, **limits) as bot:
        eve, ann = telegram.user("Eve", language_code="en"), telegram.user("Ann", language_code="en")
        eve.sends("/start")
        for question in ("start", "account", "full_name"):
            answers(eve, question, bot)
        asked = eve.waits_for(opening_of("email"), timeout=PATIENCE)
        for number in range(FLOOD):
            eve.sends(f"eve{number}")
        ann.sends("/start")
        for question in ("start", "account"):
            answers(ann, question, bot)
        ann.waits_for(opening_of("full_name"), timeout=PATIENCE)
        assert len(after(eve, asked.message_id)) <= ALLOWED - 4, "who sends little is served before the flood is"

        told = eve.waits_for("I did not take your last message", timeout=2 * PATIENCE)
        tap = eve.taps(asked, "Back", stale=True)
        assert "I did not take your last message" in tap.waits_for_answer()
        telegram.waits_until_read()
        # The accepted ones have few replies, the last of which asks the question, and earlier answers are kept.
        deadline = time.monotonic() + 2 * PATIENCE
        while "e-mail" not in eve.received[-1].text:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        lines = [each for each in eve.received if "I did not take your last message" in each.text]
        assert [each.message_id for each in lines] == [told.message_id], "said once"
        details = [bot.json("registrations", "show", each["id"]) for each in bot.json("registrations", "list")]
        names = [answer.get("value") for each in details for answer in each["answers"] if answer["id"] == "full_name"]
        assert TEXTS["full_name"] in names
        # The bot itself stayed within the limits.
        assert [each for each in telegram.problems if each.status == 429] == []


def after(chat: PrivateChat, number: int) -> list[ReceivedMessage]:
    """The bot's messages after one of them."""
    return [each for each in chat.received if each.message_id > number]


def test_what_is_said_fits_where_a_tap_is_answered() -> None:
    for language in ("en", "fr"):
        assert len(catalogue(language).text("note-too-many", seconds=59)) <= 200
