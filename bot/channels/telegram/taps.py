"""Answers taps on buttons, and updates the tapped message."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from telegram import (
    CallbackQuery,
)
from telegram import Message as TelegramMessage
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.channels.telegram.calls import persistently
from bot.channels.telegram.choices import show_choice
from bot.channels.telegram.code_of_ethics import SHOW
from bot.channels.telegram.delivery import Delivery
from bot.conversation.turns import Conversations
from bot.i18n.catalogue import catalogue
from bot.messages.incoming import Tap
from bot.registration import form

#: Seconds that a tapped message waits for its turn's result; until then its buttons stay.
CLOSING_SECONDS = 30.0
#: Intents whose tap ends the use of a message's buttons.
FINAL_TAPS = frozenset({"affirm", "deny", "inform", "register", "resume"})
CHANNEL = "telegram"
_CLAUSES = frozenset(item.id for item in form.CLAUSES)


class Taps:
    """Answers taps.

    Args:
        bot: calls Telegram.
        conversations: know the result of a turn.
        delivery: shows the choice.
        in_background: runs work without delaying updates.
    """

    def __init__(
        self,
        bot: ExtBot[Any],
        conversations: Conversations,
        delivery: Delivery,
        in_background: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._bot = bot
        self._conversations = conversations
        self._delivery = delivery
        self._in_background = in_background

    async def pass_over(self, query: CallbackQuery | None, conversation_id: str) -> None:
        """Say on the button that the tap was too quick; the message stays unchanged."""
        if query is None:
            return
        if query.message:
            self._delivery.unclaim(query.message.chat.id, query.message.message_id)
        text = catalogue(await self._conversations.language(conversation_id)).text("note-too-quick")
        self._in_background(self.answer(query, text))

    async def answer(self, query: CallbackQuery, text: str = "") -> None:
        """Answer a tap, so that Telegram no longer shows it as waiting; with a text as a toast."""
        await persistently(partial(self._bot.answer_callback_query, query.id, text or None))

    async def fold(self, query: CallbackQuery, conversation_id: str) -> None:
        """Unfold the answers to the clauses in their message, or fold them away."""
        message = query.message
        if isinstance(message, TelegramMessage):
            where = (message.chat.id, message.message_id)
            await self._delivery.show_answers(conversation_id, *where, unfolded=query.data == SHOW)
        await self.answer(query)

    async def close(self, query: CallbackQuery, turn_id: str) -> None:
        """Answer a tap; its message then shows the choice, or the earlier one, with a button to change it."""
        with contextlib.suppress(TelegramError):  # for example, too old; the choice is still shown
            await self.answer(query)
        tap = Tap.parse(query.data or "")
        message = query.message
        if tap is None or not is_final(query) or not isinstance(message, TelegramMessage):
            return
        if not await self._conversations.answered(turn_id, CLOSING_SECONDS):
            return
        label = await asyncio.to_thread(self._delivery.choice, turn_id)
        conversation_id = await self._conversations.find(CHANNEL, str(message.chat.id))
        if conversation_id is None:
            return  # erased meanwhile
        if not label and await self._delivery.show_as_it_stands(conversation_id, message.message_id):
            return
        change = tap.question if label and tap.question in form.BY_ID else ""
        sentences = catalogue(await self._conversations.language(conversation_id))
        text = message.text_html if message.text else ""
        await show_choice(self._bot, message.chat.id, message.message_id, text, label, change, sentences)


def is_final(query: CallbackQuery) -> bool:
    """Whether a tap ends the use of its message's buttons; not one on a clause, whose message may ask the next one."""
    tap = Tap.parse(query.data or "")
    return tap is not None and tap.intent in FINAL_TAPS and tap.question not in _CLAUSES
