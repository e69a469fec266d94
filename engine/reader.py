"""The reader as a component of Rasa's NLU pipeline."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from understanding.reader import TEXT_KINDS, read
from understanding.text import is_question

#: Prefixes of the intents that a trained classifier may decide: questions and small talk, never an answer.
DIGRESSIONS = ("faq_", "chat_")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Reader(GraphComponent):
    """Decides the intent from the whole message and the kind of the open question.

    It stands behind the trained classifier: where `understanding.reader.read` knows what the message is, that
    holds. Elsewhere the classifier's intent stands only if it is a digression and likely enough; a yes, a no
    or an answer is never a matter of likelihood.

    Config:
        question_threshold: the least confidence at which the classifier's digression is believed of a question.
        statement_threshold: the same of a statement, and while a question asks for free text.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """The component's settings in ``config.yml`` with their defaults."""
        return {"question_threshold": 0.4, "statement_threshold": 0.6}

    def __init__(self, config: Dict[str, Any]) -> None:
        """Create the component."""
        self._config = config

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Reader:
        """Create the component; called by Rasa."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the intent, and the entity ``question`` where a command names an item of the form."""
        for message in messages:
            self._decide(message)
        return messages

    def _decide(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        kind = (message.get("metadata") or {}).get("kind")
        meaning = read(text, kind)
        if meaning.intent is not None:
            _set_intent(message, meaning.intent, 1.0)
        else:
            self._keep_digression(message, kind)
        if meaning.target:
            entity = {
                "entity": "question",
                "value": meaning.target,
                "start": 0,
                "end": len(text),
                "extractor": "Reader",
            }
            message.set(ENTITIES, [entity], add_to_output=True)

    def _keep_digression(self, message: Message, kind: object) -> None:
        guess = message.get(INTENT) or {}
        name, confidence = guess.get("name") or "", float(guess.get("confidence") or 0.0)
        answerable = kind in TEXT_KINDS or not is_question(message.get(TEXT) or "")
        threshold = self._config["statement_threshold" if answerable else "question_threshold"]
        if name.startswith(DIGRESSIONS) and confidence >= threshold:
            return
        _set_intent(message, "inform" if kind in TEXT_KINDS else "nlu_fallback", 1.0)


def _set_intent(message: Message, name: str, confidence: float) -> None:
    message.set(INTENT, {"name": name, "confidence": confidence}, add_to_output=True)
