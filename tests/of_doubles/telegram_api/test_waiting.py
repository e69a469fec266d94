"""Waiting for the bot in the double of the Bot API."""

from __future__ import annotations

import asyncio
import threading

import pytest
from telegram import (
    Update,
)
from telegram.ext import Application, CommandHandler, ContextTypes

from tests.doubles.telegram_api import (
    PrivateChat,
    TelegramDouble,
)
from tests.support.bot_api import TOKEN, call


def test_waiting_for_messages_in_order(shared: TelegramDouble, ann: PrivateChat) -> None:
    for text in ("one", "same", "same", "gone"):
        call(shared, "sendMessage", chat_id=ann.id, text=text)
    call(shared, "deleteMessage", chat_id=ann.id, message_id=5)
    assert ann.waits_for("same", timeout=1).message_id == 3
    assert ann.waits_for("same", timeout=1).message_id == 4
    with pytest.raises(AssertionError, match="no message with 'one'") as missing:
        ann.waits_for("one", timeout=0.01)
    assert "3: 'same'" in str(missing.value)
    with pytest.raises(AssertionError, match="no message with 'gone'"):
        ann.waits_for("gone", timeout=0.01)
    assert ann.last is not None
    assert ann.last.deleted


def test_waiting_for_calls(shared: TelegramDouble) -> None:
    made = len(shared.calls_of("getMe"))
    threading.Timer(0.05, call, [shared, "getMe"]).start()
    assert shared.waits_for_call("getMe", times=made + 1, timeout=5).parameters == {}
    with pytest.raises(AssertionError, match=f"was called {made + 1} and not {made + 2} times"):
        shared.waits_for_call("getMe", times=made + 2, timeout=0.01)


def test_application_in_a_conversation(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann", language_code="en")

    async def greet(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None
        await update.effective_message.reply_html("<b>Hello</b>")

    async def talk() -> None:
        builder = Application.builder().token(TOKEN).base_url(f"{telegram.url}/bot")
        application = builder.base_file_url(f"{telegram.url}/file/bot").build()
        application.add_handler(CommandHandler("start", greet))
        async with application:
            assert application.updater is not None
            await application.updater.start_polling()
            await application.start()
            ann.sends("/start")
            await asyncio.to_thread(ann.waits_for, "Hello", 5)
            await application.updater.stop()
            await application.stop()

    asyncio.run(talk())
    assert telegram.problems == []
    assert telegram.unconfirmed_updates == []
