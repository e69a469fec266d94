"""What Telegram shows of the bot: its menu of commands, and its descriptions."""

from __future__ import annotations

from typing import Any

from telegram import BotCommand
from telegram.ext import ExtBot

from bot.channels.telegram.updates import COMMANDS
from bot.i18n.catalogue import ENGLISH, catalogue, languages


async def show_profile(bot: ExtBot[Any]) -> None:
    """Tell Telegram what its menu and the bot's page show."""
    for language in languages():
        sentences = catalogue(language)
        # Without a code: for everybody whose language has nothing of its own.
        code = None if language == ENGLISH else language
        commands = [BotCommand(name, sentences.text(sentence)) for name, sentence in COMMANDS.items()]
        await bot.set_my_commands(commands, language_code=code)
        await bot.set_my_description(sentences.text("telegram-description"), language_code=code)
        await bot.set_my_short_description(sentences.text("telegram-short-description"), language_code=code)
