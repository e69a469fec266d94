"""Every method of the Bot API that the double knows, except getUpdates, which waits."""

from collections.abc import Callable
from typing import Any, Final

from tests.doubles.telegram_api import editing, own_page, sending, webhooks
from tests.doubles.telegram_api.parameters import Parameters
from tests.doubles.telegram_api.world import World

#: Called with the lock of the world held.
METHODS: Final[dict[str, Callable[[World, Parameters], Any]]] = {
    "getMe": own_page.get_me,
    "setWebhook": webhooks.set_webhook,
    "deleteWebhook": webhooks.delete_webhook,
    "getWebhookInfo": webhooks.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendChatAction": sending.send_chat_action,
    "getFile": sending.get_file,
    "answerCallbackQuery": editing.answer_callback_query,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "leaveChat": editing.leave_chat,
    "setMyCommands": own_page.set_my_commands,
    "getMyCommands": own_page.get_my_commands,
    "setMyDescription": own_page.set_my_description,
    "getMyDescription": own_page.get_my_description,
    "setMyShortDescription": own_page.set_my_short_description,
    "getMyShortDescription": own_page.get_my_short_description,
}
