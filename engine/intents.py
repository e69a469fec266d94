"""The intent classifier of Rasa's NLU pipeline: TF-IDF of words and of their letters, and a linear SVM.

scikit-learn does the work. Why not Rasa's own `LogisticRegressionClassifier`: see docs/decisions/.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.svm import LinearSVC

from understanding.reader import Asked, Meaning, read_by_rule
from understanding.text import plain

_COMMAND = re.compile(r"/[a-z_]+\s*(\{.*\})?\s*", re.DOTALL)
#: One word, with its apostrophe.
WORD = r"\w+(?:'\w+)?"
#: Where a message keeps what it certainly means.
_BY_RULE = "meaning_by_rule"


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
    def get_default_config() -> Dict[str, Any]:
        """The component's settings in ``config.yml`` with their defaults."""
        return {"words": 2, "letters": 5, "C": 1.0, "sharpness": 4.0}

    def __init__(
        self, config: Dict[str, Any], storage: ModelStorage, resource: Resource, model: Optional[Pipeline] = None
    ) -> None:
        """Create the component; ``model`` is None before training."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Create an untrained component; called by Rasa."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_kwargs: Any,
    ) -> LinearIntentClassifier:
        """Load the trained component; called by Rasa."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(folder / "classifier.joblib"))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and store the classifier."""
        examples = [each for each in training_data.intent_examples if each.get(INTENT) and each.get(TEXT)]
        letters, features = (2, self._config["letters"]), {"sublinear_tf": True, "dtype": np.float32}
        self._model = make_pipeline(
            make_union(
                TfidfVectorizer(ngram_range=(1, self._config["words"]), token_pattern=WORD, **features),
                TfidfVectorizer(analyzer="char_wb", ngram_range=letters, **features),
            ),
            LinearSVC(C=self._config["C"], class_weight="balanced", random_state=0),
        )
        self._model.fit([_normal(each.get(TEXT)) for each in examples], [each.get(INTENT) for each in examples])
        svm = self._model.steps[-1][1]
        svm.coef_ = svm.coef_.astype(np.float32)  # half as much to pack, to load and to keep
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(
                self._model, folder / "classifier.joblib", compress=1
            )  # quicker than to leave it to the archive
        return self._resource

    @staticmethod
    def _margins(model: Pipeline, texts: List[str]) -> Any:
        """The SVM's margins, (texts, intents): what the pipeline gives, without the processes it would plan for."""
        union, svm = (step for _, step in model.steps)
        return svm.decision_function(sparse.hstack([each.transform(texts) for _, each in union.transformer_list]))

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the likeliest intent and the ranking of all."""
        unread = [each for each in messages if _is_open(each)]
        if self._model is None or not unread:
            return messages
        margins = (
            self._margins(self._model, [_normal(each.get(TEXT) or "") for each in unread]) * self._config["sharpness"]
        )
        likelihoods = np.exp(margins - margins.max(axis=1, keepdims=True))
        likelihoods /= likelihoods.sum(axis=1, keepdims=True)
        for message, row in zip(unread, likelihoods):
            ranked = sorted(zip(self._model.classes_, row), key=lambda pair: -pair[1])
            ranking = [{"name": str(name), "confidence": float(value)} for name, value in ranked]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


def names_intent(text: str) -> bool:
    """Whether a text is one of Rasa's commands, ``/intent``, which say themselves what they mean."""
    return _COMMAND.fullmatch(text) is not None


def asked(message: Message) -> Asked:
    """The question that was open when a message was sent."""
    return Asked.from_metadata(message.get("metadata") or {})


def by_rule(message: Message) -> Optional[Meaning]:
    """What a message certainly means. It is read once, by whichever component asks first."""
    if _BY_RULE not in message.data:
        message.set(_BY_RULE, read_by_rule(message.get(TEXT) or "", asked(message)))
    meaning: Optional[Meaning] = message.get(_BY_RULE)
    return meaning


def _is_open(message: Message) -> bool:
    """Whether it takes a likelihood to tell what a message means.

    Rasa reads what names its intent itself, as a pressed button does. The reader behind this component reads by rule
    what it can, and looks at no likelihood then: to find one costs more than all the rest of the pipeline.
    """
    return not names_intent(message.get(TEXT) or "") and by_rule(message) is None


def _normal(text: str) -> str:
    return plain(text).casefold()
