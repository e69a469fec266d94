"""Rasa's agent in the service's own process: it reads messages, and decides the moves of one turn at a time.

Reading (NLU) is pure and belongs outside any transaction. Deciding runs within the transaction of the turn: the actions
work in its session, and none of them waits for anything. So a turn runs to its end in whatever thread it is in, without
an event loop.
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

#: What Rasa makes of a message: its text, intent and entities.
Reading = dict[str, Any]

#: Named where Rasa wants the name of an input channel. The responses in ``domain.yml`` are for this one.
CHANNEL = "collector"


class ActionFailedError(Exception):
    """A custom action raised; what it raised is the cause."""


class _FailedAction(BaseException):
    """Carries an action's exception past Rasa, which would log it, drop the action's events and go on with the rule."""


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
        """Run the action; its messages and events.

        The action is told the slots and the message. It gets neither the history nor the domain: facts are in the
        database.
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
        validation: the action that takes the mentor's message.
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
        """Take the message. When the form comes back after a digression, there is nothing left to take."""
        if tracker.latest_action_name != ACTION_LISTEN_NAME:
            return []
        return await self._validation.run(output_channel, nlg, tracker, domain)


class RegistrationProcessor(MessageProcessor):
    """Rasa's processor, with custom actions in this process and without what this bot has no use for.

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
        """The model's file name, its metadata, and a runner that does not plan each run anew as dask does."""
        with tempfile.TemporaryDirectory() as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, DirectGraphRunner
            )
        return Path(model_path).name, metadata, runner

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Nothing: ``bot validate`` asks once whether the domain has every intent and entity; Rasa asks each time."""

    async def fetch_tracker_and_update_session(
        self,
        sender_id: str,
        output_channel: OutputChannel | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> DialogueStateTracker:
        """The tracker as the database has it: no session has to be started or found expired."""
        return await self.get_tracker(sender_id)

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """The tracker as it is: every slot's mapping is custom, so there is nothing to extract."""
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
        position: where the mentor is in the form whose turn this thread takes.
    """

    def __init__(self, model: Path, actions: Iterable[CustomAction] = (), position: Position = lambda: NOWHERE) -> None:
        executor = ActionExecutor()
        for action in actions:
            executor.register_action(action)
        self._processor = RegistrationProcessor(model, ProjectedTrackers(position), executor)
        self._no_tracker = DialogueStateTracker("", [])

    def read(self, text: str, metadata: Mapping[str, Any]) -> Reading:
        """What a message means (NLU); touches no database.

        Args:
            text: as `bot.conversation.readable` gives it.
            metadata: of the open question, see `bot.understanding.reader.ReadingContext`.
        """
        message = UserMessage(text, metadata=dict(metadata))
        reading: Reading = run_to_end(self._processor.parse_message(message, self._no_tracker))
        return reading

    def read_many(self, messages: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Meaning]:
        """What many messages mean, in one run of the pipeline.

        Args:
            messages: each text with its metadata, as for `read`.
        """
        target = self._processor.model_metadata.nlu_target
        given = [UserMessage(text, metadata=dict(metadata)) for text, metadata in messages]
        found = self._processor.graph_runner.run(inputs={PLACEHOLDER_MESSAGE: given}, targets=[target])[target]
        return [_meaning(each.get(INTENT)["name"], each.get(ENTITIES) or []) for each in found]

    def decide(self, conversation_id: str, reading: Reading, metadata: Mapping[str, Any]) -> list[str]:
        """Let Rasa decide the moves that follow a message, its actions among them.

        Args:
            conversation_id: whose turn it is.
            reading: what `read` gave.
            metadata: as for `read`.

        Returns:
            The questions that Rasa asked, in order.

        Raises:
            ActionFailedError: a custom action raised.
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
    """What a coroutine gives that never waits.

    Raises:
        RuntimeError: it waits; what a turn has to wait for belongs into the outbox.
    """
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    coroutine.close()
    raise RuntimeError("a step of a turn waits: what takes long belongs into the outbox")


def _meaning(intent: str, entities: list[dict[str, Any]]) -> Meaning:
    """What the reader found, put together again from Rasa's intent and entities."""
    values: dict[str, list[str]] = {}
    for each in entities:
        values.setdefault(each["entity"], []).append(str(each["value"]))
    [target], [value] = values.get("question", [None]), values.get("value", [""])
    also, choices = (tuple(Act(*json.loads(each)) for each in values.get(name, [])) for name in ("also", "choice"))
    return Meaning(intent, target, value, also, choices)
