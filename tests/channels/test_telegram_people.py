"""A mentor on Telegram and a person of the staff talk, and a restart repeats nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from bot.core.organisation import ORGANISATION
from tests.doubles.telegram_api import PrivateChat, TelegramDouble
from tests.support.service import RunningBot
from tests.support.staff import on_the_staff, signed_in
from tests.support.telegram import PATIENCE, answer_until, opening_of

TOKEN = "4719:people"


@pytest.fixture
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture
def bot(telegram: TelegramDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    folder = tmp_path_factory.mktemp("people")
    with RunningBot(folder, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, PERSON_HOURS="on Mondays") as running:
        yield running


def sends(staff: httpx.Client, address: str, text: str) -> None:
    fields = dict(re.findall(r'name="(token|before|seen)" value="([^"]+)"', staff.get(address).text))
    assert staff.post(f"{address}/answer", data={**fields, "text": text}).status_code == 303


def test_a_person_answers_on_telegram_once_also_after_a_restart(telegram: TelegramDouble, bot: RunningBot) -> None:
    ann = on_the_staff(bot, "ann")
    mia: PrivateChat = telegram.user("Mia", language_code="en")
    answer_until(mia, "two_months", bot)
    mia.sends("I want to talk to a person")
    offer = mia.waits_for("They answer on Mondays", timeout=PATIENCE)
    mia.taps(offer, "Yes, answer me here")
    mia.waits_for("passed your wish on", timeout=PATIENCE)
    mia.sends("my neighbour mentors in Lisbon since 2011")
    mia.waits_for("passed this on", timeout=PATIENCE)
    with signed_in(bot, ann) as staff:
        address = re.search(r'href="(/staff/people/\w+)"', staff.get("/staff/people").text)
        assert address
        assert "my neighbour mentors in Lisbon since 2011" in staff.get(address[1]).text
        sends(staff, address[1], "That is <b>good</b> to know.")
        mia.waits_for(f"A person at {ORGANISATION.name}: That is <b>good</b> to know.", timeout=PATIENCE)
        bot.stop()
        bot.start()
        sends(staff, address[1], "And how are you?")
        mia.waits_for(f"A person at {ORGANISATION.name}: And how are you?", timeout=PATIENCE)
        person = f"A person at {ORGANISATION.name}: "
        said = [each.text for each in mia.received if each.text.startswith(person)]
        assert said == [f"{person}That is <b>good</b> to know.", f"{person}And how are you?"]
        before = len(mia.received)
        sends(staff, address[1], f"{'🙂🙂🙂 ' * 900}That is all.")  # 6,300 of Telegram's characters, of 4,096
    last = mia.waits_for("That is all.", timeout=PATIENCE)
    parts = [each.text for each in mia.received[before:]]
    assert len(parts) == 2
    assert "".join(parts).count("🙂") == 2700
    mia.taps(last, "Go on with the form")
    mia.waits_for(opening_of("two_months"), timeout=PATIENCE)
