"""The real agent, with its model loaded once; a test can make it fail and see what it read."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from actions.registration import registration_actions
from bot.dialogue.agent import Agent, Reading, RegistrationProcessor
from bot.dialogue.compatibility import keep_quiet
from bot.dialogue.components.reader import entities as entities_of
from bot.dialogue.components.sentence_vectors import VECTORS
from bot.dialogue.model import train
from bot.moves.dialogue import Dialogue
from bot.understanding.reader import ReadingContext
from tests.support.reading import read

RegistrationProcessor._load_model = staticmethod(functools.cache(RegistrationProcessor._load_model))  # type: ignore[method-assign]


class FailureForTestError(Exception):
    """The failure that a test asked for."""


class WatchedAgent(Agent):
    """The agent of a dialogue.

    Attributes:
        texts: all texts that it has read.
        likelihoods: the likelihoods for every message; None for the trained classifier's.
        failure: the last exception in a turn.
        before_commit: functions to call before the commits of the next turns, one each.
    """

    def __init__(self, dialogue: Dialogue) -> None:
        keep_quiet()
        super().__init__(train(), registration_actions(dialogue), lambda: dialogue.position)
        VECTORS.load()
        self.texts: list[str] = []
        self.likelihoods: dict[str, float] | None = None
        self.failure: Exception | None = None
        self.before_commit: list[Callable[[], object]] = []

    def fails(self, times: int) -> None:
        """Let the next turns fail after their decision and before their commit."""
        self.before_commit = [_fail] * times

    def read(self, text: str, metadata: Mapping[str, Any]) -> Reading:
        self.texts.append(text)
        if self.likelihoods is None or text.startswith("/"):
            return super().read(text, metadata)
        meaning = read(text, ReadingContext.from_metadata(dict(metadata)), likelihoods=self.likelihoods)
        entities = [{"entity": name, "value": value} for name, value in entities_of(meaning)]
        return {"text": text, "intent": {"name": meaning.intent, "confidence": 1.0}, "entities": entities}

    def decide(self, conversation_id: str, reading: Reading, metadata: Mapping[str, Any]) -> list[str]:
        try:
            asked = super().decide(conversation_id, reading, metadata)
        except Exception as error:
            if not isinstance(error.__cause__, FailureForTestError):
                self.failure = error
            raise
        if self.before_commit:
            self.before_commit.pop(0)()
        return asked


def _fail() -> None:
    raise FailureForTestError
