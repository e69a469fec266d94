"""Sets the bot's command menu and descriptions on Telegram."""

from __future__ import annotations

from typing import Any

from telegram import BotCommand
from telegram.ext import ExtBot

from bot.channels.telegram.updates import COMMANDS
from bot.i18n.catalogue import ENGLISH, catalogue, languages


async def show_profile(bot: ExtBot[Any]) -> None:
    """Set the menu and the descriptions."""
    for language in languages():
        sentences = catalogue(language)
        # Without a code: for all languages that have no texts.
        code = None if language == ENGLISH else language
        commands = [BotCommand(name, sentences.text(sentence)) for name, sentence in COMMANDS.items()]
        await bot.set_my_commands(commands, language_code=code)
        await bot.set_my_description(sentences.text("telegram-description"), language_code=code)
        await bot.set_my_short_description(sentences.text("telegram-short-description"), language_code=code)
