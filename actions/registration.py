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
#: Holds the id of the question that the form asks next: the responses ``utter_ask_…`` in ``domain.yml`` name it.
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
    """What the message does beside its intent."""
    return tuple(Act(*json.loads(each)) for each in tracker.get_latest_entity_values("also"))


def possible_meanings(tracker: Tracker) -> tuple[Act, ...]:
    """What a message may mean that was not understood."""
    return tuple(Act(*json.loads(each)) for each in tracker.get_latest_entity_values("choice"))


def section_slots(position: FormPosition) -> dict[str, bool | None]:
    """The value of every section's slot: set once all of the section is stored."""
    return {slot: True if slot in position.done_slots else None for slot in form.SLOTS}


class RegistrationAction(Action, ABC):
    """An action that works in the turn that is being taken.

    Args:
        dialogue: knows that turn. Without it the action runs for Rasa's own shell and takes each message by itself.
    """

    def __init__(self, dialogue: Dialogue | None = None) -> None:
        self._dialogue = dialogue

    @abstractmethod
    def name(self) -> str:
        """The action's name in ``domain.yml``. What has none is no action that the SDK's own server registers."""

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
        """The name Rasa looks for beside ``registration_form``."""
        return "validate_registration_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Take the message, unless a rule answers it, and set the slots after the database."""
        intent, requested = intent_of(tracker), tracker.slots.get(REQUESTED_SLOT)
        if intent.startswith(DIGRESSIONS) and requested is not None:
            return []  # nothing is extracted, so the form steps aside, a rule answers, and the form asks again
        with self._in_turn(dispatcher, tracker) as dialogue:
            dialogue.offer(possible_meanings(tracker))
            position = dialogue.take(intent, named_item(tracker), given_value(tracker), also_done(tracker))
        slots = section_slots(position)
        changed = {slot: value for slot, value in slots.items() if tracker.slots.get(slot) != value}
        if requested in slots:
            changed[requested] = slots[requested]  # the open one always, or Rasa takes it for not extracted
        following = {REQUESTED_SLOT: None if position.submitting else position.slot}
        if not position.submitting:
            following = {OPEN_QUESTION: position.question, **following}
        return [SlotSet(slot, value) for slot, value in {**changed, **following}.items()]


class ActionSubmit(RegistrationAction):
    """Submits the registration. The only action that says so is the one that does it."""

    def name(self) -> str:
        """The action that the submit rule runs when the form is complete."""
        return "action_submit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Submit and say so; done before, say how the check stands."""
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
    """Says that a message was not understood, where no question is open."""

    def name(self) -> str:
        """The action that Rasa runs when nothing else fits."""
        return "action_default_fallback"


def registration_actions(dialogue: Dialogue) -> list[Action]:
    """All actions of ``domain.yml``, for the turns of one dialogue."""
    kinds = (ValidateRegistrationForm, ActionSubmit, ActionAnswerDigression, ActionDefaultFallback)
    return [kind(dialogue) for kind in kinds]
