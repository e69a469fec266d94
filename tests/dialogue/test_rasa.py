"""What Rasa decides: the same from a tracker made for the turn as from one that lived through the conversation."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from ruamel.yaml import YAML

from actions.registration import registration_actions
from bot.dialogue.agent import CHANNEL, Agent
from bot.dialogue.model import REPOSITORY
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import (
    CANCEL,
    EMAIL_CODE,
    JOIN,
    RECONSIDER,
    REVIEW,
    START,
    START_OVER,
    FormPosition,
    Registration,
)
from bot.understanding.reader import DIGRESSIONS, Act

#: Turns of a drawn conversation.
TURNS = 40
INTENTS = [str(each) for each in YAML(typ="safe").load(REPOSITORY / "domain.yml")["intents"]]
ANSWERS = [each for each in INTENTS if not each.startswith(DIGRESSIONS)]
ASIDES = [each for each in INTENTS if each.startswith(DIGRESSIONS)]
QUESTIONS = [*(item.id for item in form.ASKED), EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START_OVER, CANCEL]


class DrawnDialogue:
    """Stands for the database: what becomes of a message is drawn, the same for the same seed.

    Attributes:
        calls: what the actions asked for in this turn.
        turn: its number.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._question: ItemId | None = START
        self._done: set[str] = set()
        self.calls: list[Any] = []
        self.turn = 0

    @property
    def position(self) -> FormPosition:
        slot = Registration._slot(self._question)
        return FormPosition(self._question, slot, [each for each in form.SLOTS if each in self._done and each != slot])

    def offer(self, choices: tuple[Act, ...]) -> None:
        self.calls.append(["offer", choices])

    def take(self, intent: str, target: str | None, value: str = "", also: tuple[Act, ...] = ()) -> FormPosition:
        self.calls.append(["take", intent, target, value, also, self.position])
        draw = random.Random(f"{self._seed} {self.turn}")
        chance = draw.random()
        if self._question == REVIEW and chance < 0.6:
            return self.position._replace(submitting=True)
        if chance < 0.1:  # everything was deleted
            self._question, self._done = START, set()
        elif chance < 0.15:  # nothing is open any more
            self._question = None
        elif chance < 0.25:
            self._open(REVIEW)
        elif chance < 0.45:  # not understood
            pass
        elif chance < 0.65:  # something is answered again, and some of what came after it, too
            self._open(draw.choice(QUESTIONS))
            self._done -= set(draw.sample(form.SLOTS, 3))
        else:
            self._done |= {self.position.slot or ""}
            self._open(draw.choice(QUESTIONS))
        return self.position

    def submit(self) -> FormPosition:
        self.calls.append(["submit", self.position])
        if self._question == REVIEW:
            self._question, self._done = None, set(form.SLOTS)
        return self.position

    def digression(self, intent: str, target: str | None, also: tuple[Act, ...] = ()) -> None:
        self.calls.append(["digression", intent, target, also, self.position])

    def _open(self, question: ItemId) -> None:
        self._question = question
        self._done.discard(str(Registration._slot(question)))


class InThisProcess(EndpointConfig):
    """Where stock Rasa finds its actions."""

    def __init__(self, executor: ActionExecutor) -> None:
        super().__init__("http://nowhere.example/webhook")
        self._executor = executor

    async def request(self, *_: Any, **given: Any) -> Any:
        result = await self._executor.run(given["json"])
        return {"events": result.events, "responses": result.responses}


class Living:
    """Stock Rasa with its in-memory tracker store: it keeps the tracker for the whole conversation."""

    def __init__(self, model: Path, dialogue: Any) -> None:
        executor = ActionExecutor()
        for action in registration_actions(dialogue):
            executor.register_action(action)
        self._trackers = InMemoryTrackerStore(None)
        generator = TemplatedNaturalLanguageGenerator({})
        endpoint = InThisProcess(executor)
        self._processor = MessageProcessor(model, self._trackers, InMemoryLockStore(), generator, endpoint)
        generator.responses = self._processor.domain.responses
        self._trackers.domain = self._processor.domain

    def hears(self, text: str) -> list[str]:
        """What is asked after a message."""
        collected = CollectingOutputChannel()
        asyncio.run(self._processor.handle_message(UserMessage(text, collected, "ann", input_channel=CHANNEL)))
        return [each["custom"]["ask"] for each in collected.messages]

    @property
    def length(self) -> int:
        """Events of the conversation."""
        return len(asyncio.run(self._trackers.retrieve("ann")).events)


def drawn_messages(seed: int) -> list[str]:
    """Answers and remarks, some about an item; the first one begins the registration."""
    draw = random.Random(seed)
    messages = ["/register"]
    while len(messages) < TURNS:
        intent = draw.choice(ASIDES if draw.random() < 0.35 else ANSWERS)
        named = json.dumps({"question": draw.choice(form.ASKED).id}) if draw.random() < 0.3 else ""
        messages.append(f"/{intent}{named}")
    return messages


@pytest.mark.parametrize("seed", range(3))
def test_a_tracker_made_for_the_turn_leads_to_the_same_moves_as_one_that_lived(seed: int, model: Path) -> None:
    lived, made = DrawnDialogue(seed), DrawnDialogue(seed)
    living = Living(model, lived)
    agent = Agent(model, registration_actions(made), lambda: made.position)  # type: ignore[arg-type]
    kinds: set[str] = set()
    for turn, text in enumerate(drawn_messages(seed)):
        lived.turn = made.turn = turn
        lived.calls, made.calls = [], []
        asked = agent.decide("ann", agent.read(text, {}), {})
        assert (living.hears(text), lived.calls) == (asked, made.calls), f"turn {turn}: {text}"
        assert made.calls
        assert made.position == lived.position
        assert made.position.slot is None or asked == [made.position.question]
        kinds |= {each[0] for each in made.calls}
    assert kinds == {"offer", "take", "submit", "digression"}
    assert living.length > 4 * TURNS, "it has a history that may decide otherwise"
