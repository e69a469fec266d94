"""The Telegram channel, on python-telegram-bot.

`updates` reads incoming updates, `messages` formats outgoing messages, `delivery` sends them until Telegram has
accepted them, and `channel` connects these, with polling or a webhook. `date_page`, `code_page`
and `photo_page` are Mini Apps.
"""

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.code_page import code_page
from bot.channels.telegram.date_page import date_page
from bot.channels.telegram.photo_page import photo_page
from bot.channels.telegram.webhook import telegram_webhook

__all__ = ["TelegramChannel", "code_page", "date_page", "photo_page", "telegram_webhook"]
