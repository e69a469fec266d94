"""Telegram posts updates to a bot with a public address."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from bot.channels.telegram.channel import WEBHOOK_PATH
from bot.channels.telegram.webhook import MAXIMUM_BODY, SECRET_HEADER
from tests.doubles.telegram_api import TelegramDouble
from tests.support.service import RunningBot
from tests.support.telegram import PATIENCE, answers, opening_of

TOKEN = "4712:another-token"


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture(scope="module")
def bot(telegram: TelegramDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    folder = tmp_path_factory.mktemp("webhook")
    running = RunningBot(
        folder, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, PUBLIC_URL="https://mentors.example.org"
    )
    with running:
        telegram.delivers_to(running.url)
        yield running


def test_updates_come_by_webhook(telegram: TelegramDouble, bot: RunningBot) -> None:
    ann = telegram.user("Ann")
    ann.sends("/start")
    for question in ("start", "account", "full_name"):
        answers(ann, question, bot)
    ann.waits_for(opening_of("email"), timeout=PATIENCE)
    assert telegram.calls_of("getUpdates") == []
    assert telegram.problems == []


@pytest.mark.parametrize("secret", [None, "", "wrong", TOKEN])
def test_an_update_without_the_secret_is_refused(bot: RunningBot, secret: str | None) -> None:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    answer = httpx.post(f"{bot.url}{WEBHOOK_PATH}", json={"update_id": 1}, headers=headers)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"no json", 400),
        (b'"text"', 400),
        (b'{"update_id": "7"}', 400),
        (b'{"message": {"text": "Hello"}}', 400),
        (b"x" * (MAXIMUM_BODY + 1), 413),
        (b'{"update_id": 8}', 200),
    ],
)
def test_what_is_no_update_is_refused(telegram: TelegramDouble, bot: RunningBot, body: bytes, status: int) -> None:
    headers = {SECRET_HEADER: secret_of(telegram)}
    assert httpx.post(f"{bot.url}{WEBHOOK_PATH}", content=body, headers=headers).status_code == status


def test_an_update_that_cannot_be_read_is_passed_over(telegram: TelegramDouble, bot: RunningBot) -> None:
    """Telegram repeats an update until it is answered with 200, and sends no other until then."""
    headers = {SECRET_HEADER: secret_of(telegram)}
    unreadable = {"update_id": 9, "message": {"text": "born on 5 March 1975"}}
    assert httpx.post(f"{bot.url}{WEBHOOK_PATH}", json=unreadable, headers=headers).status_code == 200
    assert "ALERT Telegram's update 9 cannot be read" in bot.log()
    assert "1975" not in bot.log()


def test_the_secret_is_neither_the_token_nor_in_a_log(telegram: TelegramDouble, bot: RunningBot) -> None:
    secret = secret_of(telegram)
    assert len(secret) == 64
    assert TOKEN not in secret
    assert secret not in bot.log()


def secret_of(telegram: TelegramDouble) -> str:
    return str(telegram.calls_of("setWebhook")[-1].parameters["secret_token"])
