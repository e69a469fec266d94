"""The Telegram channel, on python-telegram-bot.

`updates` reads what people send, `messages` composes what they are sent, `delivery` hands it over until Telegram has
taken it, and `channel` puts these together, with polling or a webhook.
"""

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.webhook import telegram_webhook

__all__ = ["TelegramChannel", "telegram_webhook"]
