"""Rasa's agent in the service's own process: it reads messages, and decides the moves of one turn at a time.

Reading (NLU) is pure and runs outside any transaction. Deciding runs within the turn's transaction: the actions use its
session, and none of them waits. So a turn runs to its end in any thread, without an event loop.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Coroutine, Iterable, Mapping
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, RemoteAction
from rasa.core.actions.forms import FormAction
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import NaturalLanguageGenerator, TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine import loader
from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa_sdk import Action as CustomAction
from rasa_sdk.executor import ActionExecutor

from bot.dialogue.runner import DirectGraphRunner
from bot.dialogue.tracker import NOWHERE, Position, ProjectedTrackers
from bot.understanding.reader import Act, Meaning

#: Rasa's reading of a message: its text, intent and entities.
Reading = dict[str, Any]

#: The input channel's name for Rasa; the responses in ``domain.yml`` are for it.
CHANNEL = "collector"


class ActionFailedError(Exception):
    """A custom action raised an exception, which is the cause."""


class _FailedAction(BaseException):
    """Carries an action's exception past Rasa, which would otherwise log it, drop the action's events and go on."""


class InProcessAction(RemoteAction):
    """A custom action that rasa-sdk's executor runs in this process.

    Args:
        name: the action's.
        executor: knows it.
    """

    def __init__(self, name: str, executor: ActionExecutor) -> None:
        super().__init__(name, None)
        self._executor = executor

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
        metadata: dict[str, Any] | None = None,
    ) -> list[Event]:
        """Run the action; returns its messages and events.

        The action gets the slots and the message, but neither history nor domain: facts are in the database.
        """
        state = {**tracker.current_state(EventVerbosity.NONE), "events": []}
        call = {"next_action": self.name(), "sender_id": tracker.sender_id, "tracker": state, "domain": {}}
        try:
            result = await self._executor.run(call)
        except Exception as error:
            raise _FailedAction from error
        said = await self._utter_responses(result.responses, output_channel, nlg, tracker)
        return [*said, *deserialise_events(result.events)]


class RegistrationForm(FormAction):
    """Rasa's form, validated in this process.

    Args:
        name: the form's.
        validation: the action that processes the mentor's message.
    """

    def __init__(self, name: str, validation: InProcessAction) -> None:
        super().__init__(name, None)
        self._validation = validation

    async def validate_slots(
        self,
        slot_candidates: dict[str, Any],
        tracker: DialogueStateTracker,
        domain: Domain,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
    ) -> list[Event]:
        """Process the message. When the form returns after a digression, there is none left."""
        if tracker.latest_action_name != ACTION_LISTEN_NAME:
            return []
        return await self._validation.run(output_channel, nlg, tracker, domain)


class RegistrationProcessor(MessageProcessor):
    """Rasa's processor, with custom actions in this process and without unused features.

    Args:
        model: file of the trained model.
        trackers: makes the tracker of each turn.
        executor: runs the custom actions.
    """

    def __init__(self, model: Path, trackers: TrackerStore, executor: ActionExecutor) -> None:
        generator = TemplatedNaturalLanguageGenerator({})
        super().__init__(model, trackers, InMemoryLockStore(), generator)
        generator.responses = self.domain.responses
        trackers.domain = self.domain
        custom = {name: InProcessAction(name, executor) for name in executor.actions}
        self._in_process: dict[str, Action] = {
            **custom,
            **{
                form: RegistrationForm(form, custom[f"validate_{form}"])
                for form in self.domain.form_names
                if f"validate_{form}" in custom
            },
        }

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        """The model's file name, its metadata, and a runner that, unlike dask, does not plan each run again."""
        with tempfile.TemporaryDirectory() as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, DirectGraphRunner
            )
        return Path(model_path).name, metadata, runner

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Do nothing: ``bot validate`` checks the domain once; Rasa would check it at each message."""

    async def fetch_tracker_and_update_session(
        self,
        sender_id: str,
        output_channel: OutputChannel | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> DialogueStateTracker:
        """The tracker from the database: it has no session to start or expire."""
        return await self.get_tracker(sender_id)

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """The tracker unchanged: every slot's mapping is custom, so there is nothing to extract."""
        return tracker

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """The next action, run in this process if it is a custom one or the form."""
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        return self._in_process.get(action.name(), action), prediction


class Agent:
    """Reads messages and decides moves.

    Args:
        model: file of the trained model.
        actions: the custom actions; none for an agent that only reads.
        position: returns where the mentor of this thread's turn is in the form.
    """

    def __init__(self, model: Path, actions: Iterable[CustomAction] = (), position: Position = lambda: NOWHERE) -> None:
        executor = ActionExecutor()
        for action in actions:
            executor.register_action(action)
        self._processor = RegistrationProcessor(model, ProjectedTrackers(position), executor)
        self._no_tracker = DialogueStateTracker("", [])

    def read(self, text: str, metadata: Mapping[str, Any]) -> Reading:
        """Read a message (NLU), without the database.

        Args:
            text: as `bot.conversation.readable` gives it.
            metadata: of the open question, see `bot.understanding.reader.ReadingContext`.
        """
        message = UserMessage(text, metadata=dict(metadata))
        reading: Reading = run_to_end(self._processor.parse_message(message, self._no_tracker))
        return reading

    def read_many(self, messages: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Meaning]:
        """Read many messages in one run of the pipeline.

        Args:
            messages: each text with its metadata, as for `read`.
        """
        target = self._processor.model_metadata.nlu_target
        given = [UserMessage(text, metadata=dict(metadata)) for text, metadata in messages]
        found = self._processor.graph_runner.run(inputs={PLACEHOLDER_MESSAGE: given}, targets=[target])[target]
        return [_meaning(each.get(INTENT)["name"], each.get(ENTITIES) or []) for each in found]

    def decide(self, conversation_id: str, reading: Reading, metadata: Mapping[str, Any]) -> list[str]:
        """Let Rasa decide and run the actions that follow a message.

        Args:
            conversation_id: the turn's conversation.
            reading: the result of `read`.
            metadata: as for `read`.

        Returns:
            The questions that Rasa asked, in order.

        Raises:
            ActionFailedError: a custom action raised an exception.
        """
        collected = CollectingOutputChannel()
        message = UserMessage(
            reading[TEXT],
            collected,
            conversation_id,
            parse_data=reading,
            input_channel=CHANNEL,
            metadata=dict(metadata),
        )
        try:
            run_to_end(self._processor.handle_message(message))
        except _FailedAction as failed:
            raise ActionFailedError from failed.__cause__
        return [each["custom"]["ask"] for each in collected.messages if "ask" in each.get("custom", {})]


def run_to_end(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that never waits.

    Raises:
        RuntimeError: it waits; work that waits belongs into the outbox.
    """
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    coroutine.close()
    raise RuntimeError("a step of a turn waits: what takes long belongs into the outbox")


def _meaning(intent: str, entities: list[dict[str, Any]]) -> Meaning:
    """The reader's result, rebuilt from Rasa's intent and entities."""
    values: dict[str, list[str]] = {}
    for each in entities:
        values.setdefault(each["entity"], []).append(str(each["value"]))
    [target], [value] = values.get("question", [None]), values.get("value", [""])
    also, choices = (tuple(Act(*json.loads(each)) for each in values.get(name, [])) for name in ("also", "choice"))
    return Meaning(intent, target, value, also, choices)
