"""The registration form's actions."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import shell
from bot.moves.dialogue import Dialogue
from bot.registration import form
from bot.registration.registration import FormPosition
from bot.understanding.reader import DIGRESSIONS, Act

REQUESTED_SLOT = "requested_slot"
#: Holds the id of the form's next question; the responses ``utter_ask_…`` in ``domain.yml`` name it.
OPEN_QUESTION = "open_question"

Domain = dict[str, Any]


def intent_of(tracker: Tracker) -> str:
    """The intent that Rasa understood."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def named_item(tracker: Tracker) -> str | None:
    """The item of the form that a command or a question names."""
    return next(tracker.get_latest_entity_values("question"), None)


def given_value(tracker: Tracker) -> str:
    """The part of the message that is the answer; "" for all of it."""
    return str(next(tracker.get_latest_entity_values("value"), ""))


def also_done(tracker: Tracker) -> tuple[Act, ...]:
    """Further acts in the message, beside its intent."""
    return tuple(Act(*json.loads(each)) for each in tracker.get_latest_entity_values("also"))


def possible_meanings(tracker: Tracker) -> tuple[Act, ...]:
    """The likeliest meanings of a message that was not understood."""
    return tuple(Act(*json.loads(each)) for each in tracker.get_latest_entity_values("choice"))


def section_slots(position: FormPosition) -> dict[str, bool | None]:
    """The value of every section's slot: set once all of the section is stored."""
    return {slot: True if slot in position.done_slots else None for slot in form.SLOTS}


class RegistrationAction(Action, ABC):
    """An action that works in the current turn.

    Args:
        dialogue: knows that turn. Without it the action runs in Rasa's own shell, where each message is a turn.
    """

    def __init__(self, dialogue: Dialogue | None = None) -> None:
        self._dialogue = dialogue

    @abstractmethod
    def name(self) -> str:
        """The action's name in ``domain.yml``. The SDK's server registers only actions with a name."""

    @contextmanager
    def _in_turn(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Iterator[Dialogue]:
        if self._dialogue is not None:
            yield self._dialogue
        else:
            with shell.turn(dispatcher, tracker) as dialogue:
                yield dialogue


class ValidateRegistrationForm(RegistrationAction):
    """Takes the mentor's message at the open question."""

    def name(self) -> str:
        """Rasa looks for this name because the form is called ``registration_form``."""
        return "validate_registration_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Take the message, unless a rule answers it, and set the slots from the database."""
        intent, requested = intent_of(tracker), tracker.slots.get(REQUESTED_SLOT)
        if intent.startswith(DIGRESSIONS) and requested is not None:
            return []  # nothing is extracted, so the form steps aside, a rule answers, and the form asks again
        with self._in_turn(dispatcher, tracker) as dialogue:
            dialogue.offer(possible_meanings(tracker))
            position = dialogue.take(intent, named_item(tracker), given_value(tracker), also_done(tracker))
        slots = section_slots(position)
        changed = {slot: value for slot, value in slots.items() if tracker.slots.get(slot) != value}
        if requested in slots:
            changed[requested] = slots[requested]  # always set the open one, or Rasa regards it as not extracted
        following = {REQUESTED_SLOT: None if position.submitting else position.slot}
        if not position.submitting:
            following = {OPEN_QUESTION: position.question, **following}
        return [SlotSet(slot, value) for slot, value in {**changed, **following}.items()]


class ActionSubmit(RegistrationAction):
    """Submits the registration; only this action says that it is submitted."""

    def name(self) -> str:
        """The action that the submit rule runs when the form is complete."""
        return "action_submit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Submit and say so; if it is submitted already, say how the check stands."""
        with self._in_turn(dispatcher, tracker) as dialogue:
            position = dialogue.submit()
        return [SlotSet(slot, value) for slot, value in section_slots(position).items()]


class ActionAnswerDigression(RegistrationAction):
    """Answers a question or remark; the form, or the start question, follows."""

    def name(self) -> str:
        """The action of the digression rule."""
        return "action_answer_digression"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Say the sentence for the intent."""
        with self._in_turn(dispatcher, tracker) as dialogue:
            dialogue.offer(possible_meanings(tracker))
            dialogue.digression(intent_of(tracker), named_item(tracker), also_done(tracker))
        return []


class ActionDefaultFallback(ActionAnswerDigression):
    """Says that a message was not understood when no question is open."""

    def name(self) -> str:
        """The action that Rasa runs when nothing else fits."""
        return "action_default_fallback"


def registration_actions(dialogue: Dialogue) -> list[Action]:
    """All actions of ``domain.yml``, for the turns of one dialogue."""
    kinds = (ValidateRegistrationForm, ActionSubmit, ActionAnswerDigression, ActionDefaultFallback)
    return [kind(dialogue) for kind in kinds]
