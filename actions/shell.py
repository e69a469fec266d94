"""Rasa's own shell (``make shell``): it has no turns, so each action makes one for its message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.conversation.turns import open_conversation
from bot.core.settings import load_settings
from bot.i18n.catalogue import catalogue
from bot.messages.date_choices import fill_placeholders
from bot.messages.inbox import accept, finish, load, open_body
from bot.messages.incoming import Incoming, Kind
from bot.messages.transcript import render_messages, shown
from bot.moves.dialogue import Dialogue
from bot.moves.turn import Turn
from bot.registration.registration import Registration
from bot.runtime.container import Services, build

CHANNEL = "shell"


@cache
def services() -> Services:
    """The parts of the bot, created at the first message."""
    return build(load_settings())


@contextmanager
def turn(dispatcher: CollectingDispatcher, tracker: Tracker) -> Iterator[Dialogue]:
    """A turn for the newest message; its replies and the open question are shown as text.

    Args:
        dispatcher: prints to the terminal.
        tracker: holds the message.
    """
    parts, message = services(), tracker.latest_message
    conversation_id = open_conversation(parts.store, CHANNEL, tracker.sender_id)
    typed = Incoming(Kind.TEXT, text=message.get("text") or "")
    name, patience = str(message.get("message_id")), parts.settings.consent_seconds
    turn_id = accept(parts.store, parts.vault, conversation_id, typed, name, consent_seconds=patience).turn_id
    with parts.store.write() as session:
        rows = load(session, turn_id)
        incoming = open_body(session, parts.vault, rows.inbox) if rows.inbox.body else typed
        taken = Turn(session, rows, incoming, Registration(session, rows.mentor))
        with parts.dialogue.taking(taken):
            yield parts.dialogue
        question = taken.registration.open_question
        messages = render_messages(
            session,
            rows.conversation,
            taken.registration,
            taken.said,
            question,
            vault=parts.vault,
            contact_email=parts.settings.contact_email,
        )
        finish(session, rows, shown(question))
        sentences, mentor_id = catalogue(rows.conversation.language), taken.registration.mentor.id
        messages = [fill_placeholders(session, parts.vault, sentences, mentor_id, each) for each in messages]
    for each in messages:
        dispatcher.utter_message(text=_as_text(each))


def _as_text(message: dict[str, Any]) -> str:
    parts = [message["text"], *(message.get(name, "") for name in ("notice", "clause", "example"))]
    for section in message.get("sections", []):
        parts += [f"{row['label']}: {row['value']}" for row in section["rows"]]
    parts += [f"[{button['label']}]" for button in message.get("buttons", [])]
    return "\n".join(part for part in parts if part)
