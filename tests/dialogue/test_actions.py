"""The custom actions: in this process for the service, in the SDK's own server for Rasa's shell."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, cast

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from ruamel.yaml import YAML

from actions.registration import registration_actions
from bot.dialogue.agent import ActionFailedError, Agent
from bot.dialogue.model import REPOSITORY
from bot.dialogue.tracker import NOWHERE
from bot.moves.dialogue import Dialogue


class Answers(Action):
    """Answers a digression in a way of the test's own."""

    def __init__(self, way: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._way = way

    def name(self) -> str:
        return "action_answer_digression"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        await self._way()
        return []


def decided(model: Path, way: Callable[[], Coroutine[Any, Any, None]]) -> list[str]:
    agent = Agent(model, [Answers(way)], lambda: NOWHERE)
    return agent.decide("ann", agent.read("/faq_cost", {}), {})


def test_what_an_action_raises_comes_out_as_it_was(model: Path) -> None:
    raised = ValueError("of its own")

    async def fails() -> None:
        raise raised

    with pytest.raises(ActionFailedError) as caught:
        decided(model, fails)
    assert caught.value.__cause__ is raised


def test_an_agent_whose_action_failed_goes_on(model: Path) -> None:
    failures = [ValueError("once")]

    async def fails_once() -> None:
        if failures:
            raise failures.pop()

    agent = Agent(model, [Answers(fails_once)], lambda: NOWHERE)
    with pytest.raises(ActionFailedError):
        agent.decide("ann", agent.read("/faq_cost", {}), {})
    assert agent.decide("ann", agent.read("/faq_cost", {}), {}) == []


def test_an_action_that_waits_for_something_is_refused_with_a_sentence(model: Path) -> None:
    async def waits() -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="what takes long belongs into the outbox"):
        decided(model, waits)


def test_the_sdks_own_server_finds_every_action_of_the_domain(tmp_path: Path) -> None:
    code = (
        "import json\n"
        "from rasa_sdk.executor import ActionExecutor\n"
        "executor = ActionExecutor()\n"
        "executor.register_package('actions')\n"
        "print(json.dumps(sorted(executor.actions)))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env=os.environ | {"DATA_DIR": str(tmp_path / "untouched")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    domain = YAML(typ="safe").load(REPOSITORY / "domain.yml")
    assert json.loads(result.stdout) == sorted(domain["actions"])
    assert not (tmp_path / "untouched").exists(), "importing the actions opens no database"


def test_the_service_has_every_action_of_the_domain() -> None:
    domain = YAML(typ="safe").load(REPOSITORY / "domain.yml")
    assert sorted(each.name() for each in registration_actions(cast(Dialogue, None))) == sorted(domain["actions"])
