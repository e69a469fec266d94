"""Answers taps on buttons, and updates the tapped message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from telegram import CallbackQuery
from telegram import Message as TelegramMessage
from telegram.ext import ExtBot

from bot.channels.telegram.calls import persistently
from bot.channels.telegram.choices import show_choice
from bot.channels.telegram.code_of_ethics import SHOW
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.updates import CHANNEL
from bot.conversation.turns import Conversations
from bot.i18n.catalogue import catalogue
from bot.messages.incoming import Tap
from bot.registration import form

#: Seconds that a tapped message waits for its turn's result; until then its buttons stay.
CLOSING_SECONDS = 30.0
#: Intents whose tap ends the use of a message's buttons.
FINAL_TAPS = frozenset({"affirm", "deny", "inform", "register", "resume"})
_CLAUSES = frozenset(item.id for item in form.CLAUSES)
#: The chat and number of a tapped message, and the question.
_Place = tuple[int, int, str]


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
        #: The query of the tap whose turn has not ended, by what it answers.
        self._underway: dict[_Place | None, str] = {}

    async def is_idle(self, query: CallbackQuery, conversation_id: str, external_id: str) -> bool:
        """Whether a tap changes nothing: a second one on the same question, or one on an earlier question.

        Such a tap is answered with a toast, and begins no turn.

        Args:
            query: the tap.
            conversation_id: where it was made.
            external_id: of its message; a second delivery of the first tap is not a second tap.
        """
        if self._underway.get(_place(query), query.id) != query.id:
            note = "note-tapped-twice"
        elif await self._conversations.is_outdated(conversation_id, query.data or "", external_id):
            note = "note-stale"
            if query.message and is_final(query):
                self._in_background(self._show_as_it_stands(conversation_id, query.message.message_id))
        else:
            return False
        self._in_background(self.answer(query, await self._sentence(conversation_id, note)))
        return True

    def begin(self, query: CallbackQuery, turn_id: str) -> None:
        """Answer a tap that was accepted; its message then shows the choice, with a button to change it."""
        self._underway[_place(query)] = query.id
        self._in_background(self.answer(query))
        self._in_background(self._close(query, turn_id))

    async def pass_over(self, query: CallbackQuery | None, conversation_id: str) -> None:
        """Say on the button that the tap was too quick; the message stays unchanged."""
        if query is None:
            return
        if query.message:
            self._delivery.unclaim(query.message.chat.id, query.message.message_id)
        self._in_background(self.answer(query, await self._sentence(conversation_id, "note-too-quick")))

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

    async def _sentence(self, conversation_id: str, name: str) -> str:
        return catalogue(await self._conversations.language(conversation_id)).text(name)

    async def _show_as_it_stands(self, conversation_id: str, message_id: int) -> None:
        await self._delivery.show_as_it_stands(conversation_id, message_id)

    async def _close(self, query: CallbackQuery, turn_id: str) -> None:
        try:
            has_ended = await self._conversations.answered(turn_id, CLOSING_SECONDS)
        finally:
            if self._underway.get(_place(query)) == query.id:
                del self._underway[_place(query)]
        if has_ended:
            await self._show_choice(query, turn_id)

    async def _show_choice(self, query: CallbackQuery, turn_id: str) -> None:
        """Show on a tapped message the choice, or the earlier one if the tap was not accepted."""
        tap = Tap.parse(query.data or "")
        message = query.message
        if tap is None or not is_final(query) or not isinstance(message, TelegramMessage):
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


def _place(query: CallbackQuery) -> _Place | None:
    """What a tap answers; one message can ask several questions in turn."""
    tap = Tap.parse(query.data or "")
    return (query.message.chat.id, query.message.message_id, tap.question if tap else "") if query.message else None


def is_final(query: CallbackQuery) -> bool:
    """Whether a tap ends the use of its message's buttons; not one on a clause, whose message may ask the next one."""
    tap = Tap.parse(query.data or "")
    return tap is not None and tap.intent in FINAL_TAPS and tap.question not in _CLAUSES
