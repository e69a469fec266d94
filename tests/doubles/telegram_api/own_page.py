"""Methods for the bot's own page: its commands and descriptions."""

import json
import re
from typing import Any, Final

from tests.doubles.telegram_api.entities import utf16_length
from tests.doubles.telegram_api.parameters import Parameters, check_fields
from tests.doubles.telegram_api.refusals import JsonObject, bad_request
from tests.doubles.telegram_api.world import World

DESCRIPTION_LIMIT: Final = 512
SHORT_DESCRIPTION_LIMIT: Final = 120
COMMAND_COUNT_LIMIT: Final = 100
COMMAND_DESCRIPTION_LIMIT: Final = 256
COMMAND_SCOPES: Final = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)
#: Scopes of commands that name a chat.
_CHAT_SCOPES: Final = frozenset({"chat", "chat_administrators", "chat_member"})


def get_me(world: World, _: Parameters) -> JsonObject:
    """Return the bot itself."""
    return world.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_my_commands(world: World, parameters: Parameters) -> bool:
    """Remember the commands of the menu."""
    commands = parameters.json_list("commands")
    if commands is None:
        raise bad_request("can't parse commands JSON object")
    if len(commands) > COMMAND_COUNT_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    key = _scope(parameters), _language(parameters)
    world.commands[key] = [_checked_command(command) for command in commands]
    return True


def get_my_commands(world: World, parameters: Parameters) -> list[JsonObject]:
    """Return the commands of exactly this scope and language."""
    commands = world.commands.get((_scope(parameters), _language(parameters)), [])
    return [{"command": name, "description": description} for name, description in commands]


def set_my_description(world: World, parameters: Parameters) -> bool:
    """Remember what an empty chat shows."""
    text = parameters.text("description")
    if utf16_length(text) > DESCRIPTION_LIMIT:
        raise bad_request("description is too long")
    world.descriptions[_language(parameters)] = text
    return True


def get_my_description(world: World, parameters: Parameters) -> JsonObject:
    """Return the description in this language, else the one for every other."""
    return {"description": _in_language(world.descriptions, _language(parameters))}


def set_my_short_description(world: World, parameters: Parameters) -> bool:
    """Remember what the profile shows."""
    text = parameters.text("short_description")
    if utf16_length(text) > SHORT_DESCRIPTION_LIMIT:
        raise bad_request("short description is too long")
    world.short_descriptions[_language(parameters)] = text
    return True


def get_my_short_description(world: World, parameters: Parameters) -> JsonObject:
    """Return the short description in this language, else the one for every other."""
    return {"short_description": _in_language(world.short_descriptions, _language(parameters))}


def _in_language(texts: dict[str, str], language: str) -> str:
    return texts.get(language) or texts.get("", "")


def _language(parameters: Parameters) -> str:
    code = parameters.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _scope(parameters: Parameters) -> str:
    scope = parameters.json_object("scope") or {"type": "default"}
    kind = scope.get("type")
    if kind not in COMMAND_SCOPES:
        raise bad_request("unsupported type specified in BotCommandScope")
    fields = (
        {"type"} | ({"chat_id"} if kind in _CHAT_SCOPES else set()) | ({"user_id"} if kind == "chat_member" else set())
    )
    check_fields(scope, frozenset(fields), "scope")
    if kind in _CHAT_SCOPES and not scope.get("chat_id"):
        raise bad_request("chat_id is empty")
    return json.dumps(scope, sort_keys=True) if len(scope) > 1 else str(kind)


def _checked_command(command: Any) -> tuple[str, str]:
    """Return name and description of a command (Bot API page, BotCommand)."""
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    check_fields(command, frozenset({"command", "description", "is_ephemeral"}), "BotCommand")
    name, description = command.get("command"), command.get("description")
    if not isinstance(name, str) or not re.fullmatch(r"/?[a-z0-9_]{1,32}", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not isinstance(description, str) or not 1 <= utf16_length(description) <= COMMAND_DESCRIPTION_LIMIT:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return name.removeprefix("/"), description
