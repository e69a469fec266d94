"""Switches the bot's language on request, and offers another language once."""

from __future__ import annotations

from bot.i18n.catalogue import languages
from bot.messages.incoming import CHANGE_LANGUAGE, Kind
from bot.moves.turn import Turn
from bot.registration.answers import MessageRef
from bot.registration.registration import START
from bot.understanding.languages import language_of


def change_language(turn: Turn) -> list[MessageRef]:
    """Switch to the language that the mentor asked for, and greet them in it if they have not begun."""
    wanted = turn.tap.reply if turn.tap is not None else turn.value
    if wanted in languages():
        turn.conversation.language = wanted
    turn.conversation.language_offered = True
    return [MessageRef("greeting" if turn.registration.open_question == START else "note-language")]


def offered_language(turn: Turn) -> list[MessageRef]:
    """Offer the mentor's language if it is not the bot's; once per conversation.

    It is no question: a yes or no after it answers the form's.
    """
    conversation = turn.conversation
    if turn.message.kind is not Kind.TEXT or turn.intent == CHANGE_LANGUAGE or conversation.language_offered:
        return []
    written = language_of(turn.message.text)
    if written in (None, conversation.language) or written not in languages():
        return []
    conversation.language_offered = True
    return [MessageRef("note-other-language", (("language", written),))]
