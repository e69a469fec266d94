"""Updates by webhook in the double of the Bot API."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from telegram import (
    Bot,
)
from telegram.error import (
    BadRequest,
    Conflict,
)

from tests.doubles.telegram_api import (
    SECRET_HEADER,
    TelegramDouble,
)
from tests.support.bot_api import call, reason, with_bot


class Receiver:
    """A bot's webhook that keeps what it gets, and answers with the given statuses, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.got: list[tuple[str, str | None, dict[str, Any]]] = []
        self.arrived = threading.Event()
        self.expected = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, self.headers.get(SECRET_HEADER), json.loads(body)))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                if len(receiver.got) >= receiver.expected:
                    receiver.arrived.set()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def texts(self, count: int) -> list[str]:
        """Wait for so many deliveries and return the texts of their messages."""
        self.expected = count
        if len(self.got) < count:
            assert self.arrived.wait(10), self.got
        return [update["message"]["text"] for _, _, update in self.got]


@pytest.fixture
def receiver(telegram: TelegramDouble) -> Iterator[Receiver]:
    made = Receiver()
    telegram.delivers_to(made.origin)
    yield made
    call(telegram, "deleteWebhook")
    made.server.shutdown()
    made.server.server_close()


def test_deliveries_carry_the_secret(telegram: TelegramDouble, receiver: Receiver) -> None:
    call(telegram, "setWebhook", url="https://bot.example.org/telegram?a=1", secret_token="s3cret")
    telegram.user("Ann").sends("hello")
    assert receiver.texts(1) == ["hello"]
    assert receiver.got[0][:2] == ("/telegram?a=1", "s3cret")
    telegram.waits_until_read(timeout=5)


def test_a_delivery_is_tried_until_it_is_taken_and_the_next_of_its_chat_waits(
    telegram: TelegramDouble, receiver: Receiver
) -> None:
    receiver.statuses = [500, 403]
    ann = telegram.user("Ann")
    ann.sends("one")
    ann.sends("two")
    call(telegram, "setWebhook", url="https://bot.example.org/")
    assert receiver.texts(4) == ["one", "one", "one", "two"]
    telegram.waits_until_read(timeout=5)
    info = call(telegram, "getWebhookInfo")["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 403 Forbidden"
    assert (info["pending_update_count"], info["max_connections"]) == (0, 40)


def test_several_chats_at_once(telegram: TelegramDouble, receiver: Receiver) -> None:
    people = [telegram.user(name) for name in ("Ann", "Bob")]
    for text in ("one", "two"):
        for person in people:
            person.sends(text)
    call(telegram, "setWebhook", url="https://bot.example.org/")
    receiver.texts(4)
    for person in people:
        own = [u["message"]["text"] for _, _, u in receiver.got if u["message"]["chat"]["id"] == person.id]
        assert own == ["one", "two"]


def test_a_webhook_that_is_gone(telegram: TelegramDouble) -> None:
    made = Receiver()
    made.server.shutdown()
    made.server.server_close()
    telegram.delivers_to(made.origin)
    call(telegram, "setWebhook", url="https://bot.example.org/")
    telegram.user("Ann").sends("hello")
    deadline = time.monotonic() + 10
    while "last_error_message" not in (info := call(telegram, "getWebhookInfo")["result"]):
        assert time.monotonic() < deadline
    assert (info["last_error_message"], info["pending_update_count"]) == ("Connection refused", 1)
    call(telegram, "deleteWebhook")
    assert len(call(telegram, "getUpdates")["result"]) == 1


def test_a_delivery_twice(telegram: TelegramDouble, receiver: Receiver) -> None:
    telegram.duplicate_updates(1)
    call(telegram, "setWebhook", url="https://bot.example.org/")
    telegram.user("Ann").sends("hello")
    assert receiver.texts(2) == ["hello", "hello"]
    assert receiver.got[0] == receiver.got[1]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"url": "https://bot.example.org:8080/"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "https://"}, "bad webhook: invalid webhook URL specified"),
        ({"url": "https://bot.example.org", "max_connections": "101"}, 'parameter "max_connections" is out of range'),
        ({"url": "https://bot.example.org", "secret_token": "x" * 257}, "secret token contains unallowed characters"),
    ],
)
def test_refused_webhooks(telegram: TelegramDouble, parameters: dict[str, str], expected: str) -> None:
    assert reason(telegram, "setWebhook", **parameters) == expected
    assert call(telegram, "getWebhookInfo")["result"]["url"] == ""


def test_setting_and_deleting(telegram: TelegramDouble) -> None:
    async def set_and_delete(bot: Bot) -> None:
        with pytest.raises(BadRequest, match="an https url must be provided"):
            await bot.set_webhook("http://example.org")
        with pytest.raises(BadRequest, match="unallowed characters"):
            await bot.set_webhook("https://example.org", secret_token="a b")
        await bot.set_webhook("https://example.org", secret_token="abc")
        assert (await bot.get_webhook_info()).url == "https://example.org"
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        telegram.user("Ann").sends("hello")
        await bot.delete_webhook(drop_pending_updates=True)
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count) == ("", 0)

    with_bot(telegram, set_and_delete)
