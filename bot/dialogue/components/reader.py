"""The reader as a component of Rasa's NLU pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.dialogue.components.intents import LIKELIHOODS, by_rule, names_intent, reading_context
from bot.understanding.reader import Likelihoods, Meaning, Thresholds, read_in_parts


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Reader(GraphComponent):
    """Decides the intent from the whole message, the open question and the classifier's likelihoods.

    It sets the entity ``question`` if the message names an item of the form, ``value`` if a part of it is the answer,
    ``also`` for further acts, and ``choice`` for likely meanings of a message that is not understood. See
    `bot.understanding.reader.read`.

    Config: the fields of `bot.understanding.reader.Thresholds`.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's settings in ``config.yml`` with their defaults."""
        return dict(vars(Thresholds()))

    def __init__(self, thresholds: Thresholds) -> None:
        """Create the component."""
        self._thresholds = thresholds

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Reader:
        """Create the component; called by Rasa."""
        return cls(Thresholds(**{name: float(config[name]) for name in vars(Thresholds())}))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the entity."""
        for message in messages:
            text = message.get(TEXT) or ""
            if names_intent(text):
                continue  # the text names its intent
            meaning = by_rule(message) or read_in_parts(
                text, reading_context(message), _likelihoods(message), self._thresholds
            )
            message.set(INTENT, {"name": meaning.intent, "confidence": 1.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [], add_to_output=True)
            found = [_entity(name, value, len(text)) for name, value in entities(meaning)]
            if found:
                message.set(ENTITIES, found, add_to_output=True)
        return messages


def entities(meaning: Meaning) -> Iterator[tuple[str, str]]:
    """The meaning beside the intent, as names and values of Rasa's entities."""
    if meaning.target:
        yield "question", meaning.target
    if meaning.value:
        yield "value", meaning.value
    for act in meaning.also:
        yield "also", json.dumps([act.intent, act.item, act.value])
    for act in meaning.choices:
        yield "choice", json.dumps([act.intent, act.item])


def _likelihoods(message: Message) -> Likelihoods:
    """The likelihoods of texts, from the bot's classifier, or from another one, which knows only the whole message."""
    whole = {each["name"]: each["confidence"] for each in message.get(INTENT_RANKING_KEY) or []}
    known: Likelihoods | None = message.get(LIKELIHOODS)
    return known or (lambda text: whole if text == message.get(TEXT) else {})


def _entity(name: str, value: str, length: int) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": 0, "end": length, "extractor": "Reader"}
