"""The intent classifier of Rasa's NLU pipeline: TF-IDF of words and of their letters, and a linear SVM.

Why not Rasa's own `LogisticRegressionClassifier`: see docs/decisions/0006.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue.components.linear_model import LinearModel, pipeline
from bot.understanding.reader import BY_RULE_ONLY, LEARNED_AS, SOUNDS_LIKE_YES, Asked, Meaning, read_as_one
from bot.understanding.text import plain

_COMMAND = re.compile(r"/[a-z_]+\s*(\{.*\})?\s*", re.DOTALL)
#: Where a message keeps what it certainly means.
_BY_RULE = "meaning_by_rule"
#: Where a message keeps a function that gives the likelihoods of a clause.
LIKELIHOODS = "likelihoods"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """Gives every intent a likelihood, where the reader has no rule for a message.

    Config:
        words: longest run of words, in words.
        letters: longest run of letters within a word, in letters.
        C: inverse strength of the SVM's regularisation.
        sharpness: the likelihoods are the softmax of the SVM's margins times this.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's settings in ``config.yml`` with their defaults."""
        return {"words": 2, "letters": 5, "C": 1.0, "sharpness": 4.0}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: LinearModel | None = None
    ) -> None:
        """Create the component; ``model`` is None before training."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Create an untrained component; called by Rasa."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_kwargs: Any,
    ) -> LinearIntentClassifier:
        """Load the trained component; called by Rasa."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, LinearModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and store the classifier."""
        examples = [each for each in training_data.intent_examples if _learned(each.get(INTENT)) and each.get(TEXT)]
        longest = (self._config["words"], self._config["letters"])
        fitted = pipeline(longest, self._config["C"]).fit(
            [_normal(each.get(TEXT)) for each in examples], [_learned(each.get(INTENT)) for each in examples]
        )
        self._model = LinearModel.of(fitted, longest)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the likeliest intent, the ranking of all, and the likelihoods of each clause."""
        for message in messages:
            if self._model is not None and _is_open(message):
                text = message.get(TEXT) or ""
                ranking = self._ranking(self._model, text)
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
                message.set(LIKELIHOODS, partial(self._likelihoods, self._model))
        return messages

    def _likelihoods(self, model: LinearModel, text: str) -> dict[str, float]:
        return {each["name"]: each["confidence"] for each in self._ranking(model, text)}

    def _ranking(self, model: LinearModel, text: str) -> list[dict[str, Any]]:
        margins = model.margins(_normal(text)) * self._config["sharpness"]
        likelihoods = np.exp(margins - margins.max())
        likelihoods /= likelihoods.sum()
        order = np.argsort(-likelihoods, kind="stable")
        return [{"name": model.labels[each], "confidence": float(likelihoods[each])} for each in order]


def _learned(intent: str | None) -> str | None:
    """As what an example of ``intent`` is learned, if at all: what is read by rule only gets no likelihood."""
    return LEARNED_AS.get(intent or "", None if intent in BY_RULE_ONLY | {SOUNDS_LIKE_YES} else intent)


def names_intent(text: str) -> bool:
    """Whether a text is one of Rasa's commands, ``/intent``, which say themselves what they mean."""
    return _COMMAND.fullmatch(text) is not None


def asked(message: Message) -> Asked:
    """The question that was open when a message was sent."""
    return Asked.from_metadata(message.get("metadata") or {})


def by_rule(message: Message) -> Meaning | None:
    """What a message certainly means. It is read once, by whichever component asks first."""
    if _BY_RULE not in message.data:
        message.set(_BY_RULE, read_as_one(message.get(TEXT) or "", asked(message)))
    meaning: Meaning | None = message.get(_BY_RULE)
    return meaning


def _is_open(message: Message) -> bool:
    """Whether it takes a likelihood to tell what a message means.

    Rasa reads what names its intent itself, as a pressed button does. The reader behind this component reads by rule
    what it can, and looks at no likelihood then: to find one costs more than all the rest of the pipeline.
    """
    return not names_intent(message.get(TEXT) or "") and by_rule(message) is None


def _normal(text: str) -> str:
    return plain(text).casefold()
