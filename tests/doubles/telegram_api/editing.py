"""Methods that change what was sent, and that answer a tap."""

from typing import Final

from tests.doubles.telegram_api.entities import utf16_length
from tests.doubles.telegram_api.keyboards import read_reply_markup
from tests.doubles.telegram_api.parameters import Parameters
from tests.doubles.telegram_api.refusals import (
    NOT_MODIFIED,
    QUERY_TOO_OLD,
    ApiRefusalError,
    JsonObject,
    Keyboard,
    bad_request,
)
from tests.doubles.telegram_api.sending import (
    LINK_PREVIEW_FIELDS,
    caption_content,
    find_chat,
    open_chat,
    text_content,
)
from tests.doubles.telegram_api.world import StoredMessage, World

CALLBACK_ANSWER_LIMIT: Final = 200
#: Seconds after which a message can be deleted no more.
DELETION_LIMIT: Final = 48 * 3600
#: Seconds during which a dice in a private chat can't be deleted.
DICE_LIMIT: Final = 24 * 3600


def answer_callback_query(world: World, parameters: Parameters) -> bool:
    """Answer a tap, once."""
    query = world.queries.get(parameters.text("callback_query_id"))
    if query is None or query.answered or query.expired:
        raise bad_request(QUERY_TOO_OLD)
    text = parameters.text("text")
    if utf16_length(text) > CALLBACK_ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    if parameters.text("url"):
        raise bad_request("URL_INVALID")
    parameters.integer("cache_time", 0, 0)
    query.alert = parameters.boolean("show_alert")
    query.text, query.answered = text, True
    return True


def edit_message_text(world: World, parameters: Parameters) -> JsonObject:
    """Change the text of a message of the bot; without a keyboard its keyboard goes."""
    parameters.json_object("link_preview_options", LINK_PREVIEW_FIELDS)
    content = text_content(parameters)
    keyboard = read_reply_markup(parameters, inline_only=True).inline
    message = _own_message(world, parameters)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    rest = {name: value for name, value in message.content.items() if name not in {"text", "entities"}}
    return _edit(world, message, content | rest, keyboard)


def edit_message_caption(world: World, parameters: Parameters) -> JsonObject:
    """Change the caption of a message of the bot; without one its caption goes."""
    content = caption_content(parameters)
    keyboard = read_reply_markup(parameters, inline_only=True).inline
    message = _own_message(world, parameters)
    if "text" in message.content:
        raise bad_request("there is no caption in the message to edit")
    rest = {name: value for name, value in message.content.items() if name not in {"caption", "caption_entities"}}
    return _edit(world, message, rest | content, keyboard)


def edit_message_reply_markup(world: World, parameters: Parameters) -> JsonObject:
    """Change the inline keyboard of a message of the bot."""
    keyboard = read_reply_markup(parameters, inline_only=True).inline
    message = _own_message(world, parameters)
    return _edit(world, message, message.content, keyboard)


def leave_chat(world: World, parameters: Parameters) -> bool:
    """Leave a group or a channel (Bot API page, leaveChat)."""
    chat = find_chat(world, parameters)
    if chat.info["type"] == "private":
        raise bad_request("chat member status can't be changed in private chats")
    kind = chat.info["type"]
    chat.closed = ApiRefusalError(403, f"Forbidden: bot is not a member of the {kind} chat")
    return True


def delete_message(world: World, parameters: Parameters) -> bool:
    """Delete a message for everyone (Bot API page, deleteMessage)."""
    chat = find_chat(world, parameters)
    message = chat.messages.get(parameters.required_integer("message_id"))
    if message is None or message.deleted:
        raise bad_request("message to delete not found")
    is_private, age = chat.info["type"] == "private", world.now() - message.date
    if not message.from_bot and not is_private:
        raise bad_request("message can't be deleted")
    if age > DELETION_LIMIT or (is_private and "dice" in message.content and age < DICE_LIMIT):
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True
    return True


def _own_message(world: World, parameters: Parameters) -> StoredMessage:
    """Return the message to edit."""
    if parameters.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = open_chat(world, parameters)
    if not parameters.text("message_id"):
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(parameters.required_integer("message_id"))
    if message is None or message.deleted:
        raise bad_request("message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return message


def _edit(world: World, message: StoredMessage, content: JsonObject, keyboard: Keyboard) -> JsonObject:
    if content == message.content and keyboard == message.keyboard:
        raise bad_request(NOT_MODIFIED)
    message.content = content
    message.replace_keyboard(keyboard)
    message.edit_date = world.now()
    return message.as_json()
