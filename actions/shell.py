"""Rasa's own shell (``make shell``): it brings text and no turn, and shows text and no references."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.answers import Note
from bot.app import services
from bot.conversation.inbox import accept, finish_without_transcript
from bot.conversation.incoming import Incoming, Kind
from bot.conversation.transcript import render

CHANNEL = "cmdline"


def is_shell(tracker: Tracker) -> bool:
    """Whether the message comes from Rasa's shell."""
    return bool(tracker.get_latest_input_channel() == CHANNEL)


def accept_typed(tracker: Tracker) -> str:
    """Put what was typed into the inbox, as a channel of the service would have done; gives the turn id."""
    message = tracker.latest_message
    incoming = Incoming(Kind.TEXT, text=message.get("text") or "")
    parts, name = services(), str(message.get("message_id"))
    patience = parts.settings.consent_seconds
    return accept(parts.store, parts.vault, tracker.sender_id, incoming, name, consent_seconds=patience).turn_id


def show(dispatcher: CollectingDispatcher, tracker: Tracker, notes: Iterable[Note], *, ask: bool) -> None:
    """Print sentences and, if asked, the open question, as the channels would show them."""
    parts = services()
    for message in render(parts.store, parts.vault, parts.settings.contact_email, tracker.sender_id, notes, ask=ask):
        dispatcher.utter_message(text=_as_text(message))


def finish(turn_id: str) -> None:
    """Take the message out of the inbox: nobody else will."""
    finish_without_transcript(services().store, turn_id)


def _as_text(message: dict[str, Any]) -> str:
    parts = [message["text"], *(message.get(name, "") for name in ("notice", "clause", "example"))]
    for section in message.get("sections", []):
        parts += [f"{row['label']}: {row['value']}" for row in section["rows"]]
    parts += [f"[{button['label']}]" for button in message.get("buttons", [])]
    return "\n".join(part for part in parts if part)
