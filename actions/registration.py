"""The registration form's actions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import shell
from bot import form
from bot.answers import Note
from bot.app import services
from bot.conversation.dialogue import Outcome, State
from bot.registration import START
from understanding.reader import DIGRESSIONS

FORM = "registration_form"
REQUESTED_SLOT = "requested_slot"
#: Holds the id of the question that the form asks next: the responses ``utter_ask_…`` in ``domain.yml`` name it.
OPEN_QUESTION = "open_question"

Domain = dict[str, Any]


def turn_of(tracker: Tracker) -> str:
    """The id of the inbox message that the engine is handling."""
    return str((tracker.latest_message.get("metadata") or {}).get("turn", ""))


def intent_of(tracker: Tracker) -> str:
    """The intent that the engine understood."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def named_item(tracker: Tracker) -> str | None:
    """The item of the form that a command or a question names."""
    return next(tracker.get_latest_entity_values("question"), None)


def say(dispatcher: CollectingDispatcher, tracker: Tracker, notes: Iterable[Note]) -> None:
    """Pass sentences on by name: the service renders them when it finishes the turn."""
    if shell.is_shell(tracker):
        shell.show(dispatcher, tracker, notes, ask=False)
        return
    for note in notes:
        dispatcher.utter_message(json_message={"say": note.id, "args": dict(note.arguments)})


def ask(dispatcher: CollectingDispatcher, tracker: Tracker, state: State) -> None:
    """Have the open question asked."""
    if state.question is None:
        return
    if shell.is_shell(tracker):
        shell.show(dispatcher, tracker, [], ask=True)
        return
    dispatcher.utter_message(json_message={"ask": state.question})


def take(tracker: Tracker) -> Outcome:
    """Take the message at the open question."""
    dialogue, intent, target = services().dialogue, intent_of(tracker), named_item(tracker)
    if not shell.is_shell(tracker):
        return dialogue.take(tracker.sender_id, turn_of(tracker), intent, target)
    turn_id = shell.accept_typed(tracker)
    outcome = dialogue.take(tracker.sender_id, turn_id, intent, target)
    shell.finish(turn_id)
    return outcome


def section_slots(state: State) -> dict[str, bool | None]:
    """The value of every section's slot: set once all of the section is stored."""
    return {slot: True if slot in state.done_slots else None for slot in form.SLOTS}


def _requested(state: State) -> list[EventType]:
    """What has the form ask the open question."""
    return [SlotSet(OPEN_QUESTION, state.question), SlotSet(REQUESTED_SLOT, state.slot)]


class ActionSessionStart(Action):
    """Starts a tracker, new, lost or expired, where the database says that the mentor is."""

    def name(self) -> str:
        """The name Rasa gives to the action that begins every session."""
        return "action_session_start"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rebuild slots, form and requested slot."""
        state = await asyncio.to_thread(services().dialogue.state, tracker.sender_id)
        events: list[EventType] = [SessionStarted()]
        events += [SlotSet(slot, value) for slot, value in section_slots(state).items() if value]
        if state.slot is not None:
            events += [ActiveLoop(FORM), *_requested(state)]
        return [*events, ActionExecuted("action_listen")]


class ValidateRegistrationForm(Action):
    """Takes the mentor's message at the open question."""

    def name(self) -> str:
        """The name Rasa looks for beside ``registration_form``."""
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Take the message, unless a rule answers it, and set the slots after the database."""
        intent, requested = intent_of(tracker), tracker.slots.get(REQUESTED_SLOT)
        if intent.startswith(DIGRESSIONS) and requested is not None:
            return []  # nothing is extracted, so the form steps aside, a rule answers, and the form asks again
        outcome = await asyncio.to_thread(take, tracker)
        say(dispatcher, tracker, outcome.notes)
        if shell.is_shell(tracker):
            ask(dispatcher, tracker, outcome.state)
        return self._events(tracker, outcome, requested)

    @staticmethod
    def _events(tracker: Tracker, outcome: Outcome, requested: str | None) -> list[EventType]:
        slots = section_slots(outcome.state)
        changed = {slot: value for slot, value in slots.items() if tracker.slots.get(slot) != value}
        if requested in slots:
            changed[requested] = slots[requested]  # the open one always, or Rasa takes it for not extracted
        following = [SlotSet(REQUESTED_SLOT, None)] if outcome.state.submitting else _requested(outcome.state)
        return [*(SlotSet(slot, value) for slot, value in changed.items()), *following]


class ActionSubmit(Action):
    """Submits the registration. The only action that says so is the one that committed it."""

    def name(self) -> str:
        """The action that the submit rule runs when the form is complete."""
        return "action_submit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Commit and say so; done before, say how the check stands."""
        outcome = await asyncio.to_thread(services().dialogue.submit, tracker.sender_id, turn_of(tracker))
        say(dispatcher, tracker, outcome.notes)
        ask(dispatcher, tracker, outcome.state)
        return [SlotSet(slot, value) for slot, value in section_slots(outcome.state).items()]


class ActionAnswerDigression(Action):
    """Answers a question or remark; the form, or the start question, follows."""

    def name(self) -> str:
        """The action of the digression rule."""
        return "action_answer_digression"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Say the sentence for the intent."""
        outcome = await asyncio.to_thread(
            services().dialogue.digression,
            tracker.sender_id,
            turn_of(tracker),
            intent_of(tracker),
            named_item(tracker),
        )
        say(dispatcher, tracker, outcome.notes)
        if outcome.state.question == START or shell.is_shell(tracker):
            ask(dispatcher, tracker, outcome.state)
        return []


class ActionDefaultFallback(ActionAnswerDigression):
    """Says that a message was not understood, where no question is open."""

    def name(self) -> str:
        """The action that Rasa runs when nothing else fits."""
        return "action_default_fallback"
