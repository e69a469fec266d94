"""The intent classifier of Rasa's NLU pipeline: two linear models, of a message's words and of its sentence vector.

The words recognise messages that resemble the examples; the vector also recognises other words and languages. Why not
Rasa's own `LogisticRegressionClassifier`: see docs/decisions/0006.
"""

from __future__ import annotations

import re
import sys
from functools import cache
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

from bot.dialogue.components.linear_model import LinearModel, VectorModel, logistic_regression, pipeline
from bot.dialogue.components.sentence_vectors import VECTORS, cache_file
from bot.understanding.learned import as_learned, learned_as
from bot.understanding.reader import Meaning, ReadingContext, read_as_one

_COMMAND = re.compile(r"/[a-z_]+\s*(\{.*\})?\s*", re.DOTALL)
#: The message's key for its certain meaning.
_BY_RULE = "meaning_by_rule"
#: The message's key for a function that returns the likelihoods of a clause.
LIKELIHOODS = "likelihoods"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """Gives every intent a likelihood, if the reader has no rule for the message.

    Config:
        words: longest n-gram of words.
        letters: longest n-gram of letters within a word.
        C: inverse strength of the regularisation of the words' model.
        vectors_C: the same of the vectors' model.
        sharpness: factor for the margins of the words' model before the softmax, without vectors.
        sharpness_beside: the same factor with vectors.
        vectors_sharpness: factor for the margins of the vectors' model.

    The last three are calibrated: they minimise the log loss of three held-out folds (0.87 with words alone, 0.46 with
    both), so a likelihood of 0.6 is right in some 60 % of cases.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's settings in ``config.yml`` with their defaults."""
        return {
            **{"words": 2, "letters": 5, "C": 1.0, "vectors_C": 30.0},
            **{"sharpness": 6.0, "sharpness_beside": 2.0, "vectors_sharpness": 0.9},
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
        of_vectors: VectorModel | None = None,
    ) -> None:
        """Create the component; ``model`` is None before training, ``of_vectors`` if it was trained without vectors."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._of_vectors = of_vectors

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
        """Load the trained component, and the sentence vectors in the background; called by Rasa."""
        with model_storage.read_from(resource) as folder:
            of_vectors = VectorModel.load(folder)
            if of_vectors is not None:
                VECTORS.load_in_background()
            return cls(config, model_storage, resource, LinearModel.load(folder), of_vectors)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and store the classifier."""
        examples = [each for each in training_data.intent_examples if learned_as(each.get(INTENT)) and each.get(TEXT)]
        longest = (self._config["words"], self._config["letters"])
        texts, labels = (
            [as_learned(each.get(TEXT)) for each in examples],
            [learned_as(each.get(INTENT)) for each in examples],
        )
        self._model = LinearModel.of(pipeline(longest, self._config["C"]).fit(texts, labels), longest)
        if VECTORS.load():
            vectors = VECTORS.of_many(texts, cache_file(), _tell)
            self._of_vectors = VectorModel.of(logistic_regression(self._config["vectors_C"]).fit(vectors, labels))
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
            if self._of_vectors is not None:
                self._of_vectors.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the likeliest intent, the ranking of all, and the likelihoods of each clause."""
        for message in messages:
            if self._model is not None and _is_open(message):
                likelihoods = cache(self._likelihoods)
                ranking = [{"name": name, "confidence": each} for name, each in likelihoods(message.get(TEXT)).items()]
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
                message.set(LIKELIHOODS, likelihoods)
        return messages

    def _likelihoods(self, text: str) -> dict[str, float]:
        """The likelihood of every intent, the likeliest first."""
        assert self._model is not None  # noqa: S101  (`process` has looked)
        margins = self._margins(self._model, as_learned(text))
        likelihoods = np.exp(margins - margins.max())
        likelihoods /= likelihoods.sum()
        order = np.argsort(-likelihoods, kind="stable")
        return {self._model.labels[each]: float(likelihoods[each]) for each in order}

    def _margins(self, words: LinearModel, text: str) -> Any:
        if self._of_vectors is None or not VECTORS.is_ready:
            return words.margins(text) * self._config["sharpness"]
        of_vector = self._of_vectors.margins(VECTORS.of(text))
        return words.margins(text) * self._config["sharpness_beside"] + of_vector * self._config["vectors_sharpness"]


def names_intent(text: str) -> bool:
    """Whether a text is one of Rasa's commands, ``/intent``, which name their intent."""
    return _COMMAND.fullmatch(text) is not None


def reading_context(message: Message) -> ReadingContext:
    """The question that was open when a message was sent."""
    return ReadingContext.from_metadata(message.get("metadata") or {})


def by_rule(message: Message) -> Meaning | None:
    """The certain meaning of a message, read once, by the first component that needs it."""
    if _BY_RULE not in message.data:
        message.set(_BY_RULE, read_as_one(message.get(TEXT) or "", reading_context(message)))
    meaning: Meaning | None = message.get(_BY_RULE)
    return meaning


def _is_open(message: Message) -> bool:
    """Whether a message needs likelihoods.

    Rasa itself reads a message that names its intent, such as a pressed button. The reader after this component uses
    rules first and then ignores likelihoods, which cost more than the rest of the pipeline.
    """
    return not names_intent(message.get(TEXT) or "") and by_rule(message) is None


def _tell(line: str) -> None:
    """Report the progress of a training; `bot.dialogue.model` passes the line on to the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
