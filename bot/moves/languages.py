"""The language that the bot writes: it changes when the mentor asks, and is offered once to who writes another."""

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
    """The offer to write the language of a mentor who writes another one than the bot; once in a conversation.

    It is no question: a yes or a no that follows it answers the form's.
    """
    conversation = turn.conversation
    if turn.message.kind is not Kind.TEXT or turn.intent == CHANGE_LANGUAGE or conversation.language_offered:
        return []
    written = language_of(turn.message.text)
    if written in (None, conversation.language) or written not in languages():
        return []
    conversation.language_offered = True
    return [MessageRef("note-other-language", (("language", written),))]
