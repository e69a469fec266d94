"""Addresses, tokens and parameters of the double of the Bot API."""

from __future__ import annotations

import asyncio

import pytest
from telegram import (
    Bot,
)
from telegram.error import (
    InvalidToken,
)

from tests.doubles.telegram_api import (
    PrivateChat,
    TelegramDouble,
)
from tests.support.bot_api import HTTP, TOKEN, call


def test_wrong_token_and_unknown_method(shared: TelegramDouble) -> None:
    answer = HTTP.get(f"{shared.url}/bot999:zzz/getMe")
    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert call(shared, "getNothing") == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert HTTP.get(f"{shared.url}/elsewhere").status_code == 404
    assert [problem.status for problem in shared.problems[-2:]] == [401, 404]


def test_bot_with_wrong_token(shared: TelegramDouble) -> None:
    async def start() -> None:
        async with Bot("999:zzz", base_url=f"{shared.url}/bot"):
            pass

    with pytest.raises(InvalidToken):
        asyncio.run(start())


def test_parameters_from_query_form_and_json(shared: TelegramDouble, ann: PrivateChat) -> None:
    address = f"{shared.url}/bot{TOKEN}/SENDMESSAGE"
    assert HTTP.get(address, params={"chat_id": ann.id, "text": "one"}).json()["ok"]
    assert HTTP.post(address, data={"chat_id": ann.id, "text": "two"}).json()["ok"]
    markup = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    assert HTTP.post(address, json={"chat_id": ann.id, "text": "three", "reply_markup": markup}).json()["ok"]
    assert HTTP.post(address, files={"chat_id": (None, str(ann.id)), "text": (None, "four")}).json()["ok"]
    assert [message.text for message in ann.received] == ["one", "two", "three", "four"]
    assert shared.calls[-1].method == "sendMessage"


def test_unreadable_bodies(shared: TelegramDouble) -> None:
    address = f"{shared.url}/bot{TOKEN}/sendMessage"
    headers = {"content-type": "application/json"}
    assert HTTP.post(address, content=b"{", headers=headers).json()["error_code"] == 400
    assert HTTP.post(address, content=b"[]", headers=headers).json()["error_code"] == 400
