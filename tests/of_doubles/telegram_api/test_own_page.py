"""The bot's own page in the double of the Bot API."""

from __future__ import annotations

import json

import pytest
from telegram import (
    Bot,
)

from tests.doubles.telegram_api import (
    PrivateChat,
    TelegramDouble,
)
from tests.support.bot_api import reason, with_bot


def test_own_page(shared: TelegramDouble) -> None:
    async def describe(bot: Bot) -> None:
        await bot.set_my_commands([("start", "Begin"), ("help", "Get help")], language_code="en")
        await bot.set_my_description("What I do", language_code="en")
        await bot.set_my_short_description("In short")
        assert bot.username == "test_bot"

    with_bot(shared, describe)
    assert shared.commands[("default", "en")] == [("start", "Begin"), ("help", "Get help")]
    assert shared.descriptions["en"] == "What I do"
    assert shared.short_descriptions[""] == "In short"


@pytest.mark.parametrize(
    ("method", "parameters", "expected"),
    [
        ("setMyCommands", {}, "can't parse commands JSON object"),
        ("setMyCommands", {"commands": '[{"command": "Start", "description": "x"}]'}, "BOT_COMMAND_INVALID"),
        (
            "setMyCommands",
            {"commands": '[{"command": "start", "description": ""}]'},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        ("setMyCommands", {"commands": "[1]"}, "can't parse BotCommand: expected an Object"),
        ("setMyCommands", {"commands": json.dumps([{}] * 101)}, "BOT_COMMANDS_TOO_MUCH"),
        (
            "setMyCommands",
            {"commands": "[]", "scope": '{"type": "x"}'},
            "unsupported type specified in BotCommandScope",
        ),
        ("setMyDescription", {"description": "x" * 513}, "description is too long"),
        ("setMyDescription", {"description": "x", "language_code": "english"}, "invalid language code specified"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "short description is too long"),
    ],
)
def test_refused_page(shared: TelegramDouble, method: str, parameters: dict[str, str], expected: str) -> None:
    assert reason(shared, method, **parameters) == expected


def test_chat_action(shared: TelegramDouble, ann: PrivateChat) -> None:
    with_bot(shared, lambda bot: bot.send_chat_action(ann.id, "typing"))
    assert reason(shared, "sendChatAction", chat_id=ann.id, action="sleep") == "wrong parameter action in request"


def test_own_page_is_read_again(shared: TelegramDouble) -> None:
    async def read(bot: Bot) -> None:
        await bot.set_my_commands([("go", "Begin")], language_code="fr")
        assert [(c.command, c.description) for c in await bot.get_my_commands(language_code="fr")] == [("go", "Begin")]
        assert await bot.get_my_commands(language_code="it") == ()
        await bot.set_my_description("For all")
        await bot.set_my_short_description("Kurz", language_code="de")
        assert (await bot.get_my_description("fr")).description == "For all"
        assert (await bot.get_my_short_description("de")).short_description == "Kurz"

    with_bot(shared, read)
    assert reason(shared, "getMyCommands", scope='{"type": "chat"}') == "chat_id is empty"
    assert (
        reason(shared, "getMyCommands", scope='{"type": "default", "chat_id": 1}') == "unknown field chat_id in scope"
    )
