"""The engine's memory: what is written, what is kept, what is cut, and that cutting changes no move."""

from __future__ import annotations

import json
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.model import ENGINE_PYTHON, REPOSITORY, engine_environment, model_path
from bot.server import _Server
from bot.settings import load_settings
from tests.store.postgresql import running_cluster

#: Turns of a drawn conversation, long enough for its history to be cut several times.
TURNS = 60


def report(*arguments: str) -> Any:
    """What the engine's interpreter reports."""
    result = subprocess.run(
        [str(ENGINE_PYTHON), "-m", "tests.engine.in_engine", *arguments],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=engine_environment(load_settings(), "secret") | {"LOG_LEVEL": "ERROR"},
        timeout=240,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return json.loads(result.stdout.splitlines()[-1])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a store did, in each database."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('trackers') / 'trackers.db'}"
        else:
            url = stack.enter_context(running_cluster()).replace("+psycopg:", "+psycopg2:") + "postgres"
        found: dict[str, Any] = report("store", url)
    return found


def test_each_turn_adds_what_is_new(stored: dict[str, Any]) -> None:
    assert stored["rows"] == [[1, 3, False], [2, 3, False], [3, 3, False]]


def test_what_is_in_memory_is_what_is_in_the_database(stored: dict[str, Any]) -> None:
    assert stored["hot is cold"]
    assert stored["latest"] == ["", "", {"turn": "t"}]
    assert stored["nothing is left of the words"]
    assert stored["slots"] == [True, True]
    assert stored["copy"] == [True, 1]


def test_nothing_is_left_of_a_turn_that_failed(stored: dict[str, Any]) -> None:
    assert stored["after a failure"] == [True, 9]


def test_of_two_engines_the_slower_one_writes_nothing_and_sees_the_other_ones_turn(stored: dict[str, Any]) -> None:
    assert stored["stale"]
    assert stored["after the other"] == [10, 4]


def test_what_was_erased_is_in_no_memory(stored: dict[str, Any]) -> None:
    assert stored["erased"]


def test_a_long_history_is_cut_and_leads_to_the_same_state(stored: dict[str, Any]) -> None:
    events, slot, bases, rows = stored["long"]
    assert events <= 40
    assert slot is False
    assert bases == 1
    assert rows <= 9


@pytest.mark.parametrize("seed", range(6))
def test_a_history_that_was_cut_leads_to_the_same_actions(seed: int, tmp_path: Path) -> None:
    found = report("histories", str(model_path()), str(tmp_path), str(seed), str(TURNS))
    *cut, length = found["cut"]
    *whole, whole_length = found["whole"]
    assert len(cut) == TURNS
    assert sum(len(calls) for _, calls, *_ in cut) > TURNS
    assert cut == whole
    assert length <= 50
    if seed % 2 == 0:  # without a session that begins anew in between
        assert length < whole_length / 3


def test_a_digression_calls_the_service_twice_and_everything_else_once(tmp_path: Path) -> None:
    said = ["inform", "inform", "faq_cost", "inform"]  # the first one begins the session, too
    found = report("calls", str(model_path()), f"sqlite:///{tmp_path / 'trackers.db'}", *said)
    form, digression, asked = "validate_registration_form", "action_answer_digression", {"ask": "email"}
    assert found[0][0] == ["action_session_start", form]
    assert found[1] == found[3] == [[form], [{"say": form}, asked]]
    assert found[2] == [[form, digression], [{"say": digression}, asked]]


SLOT = {"event": "slot", "name": "email", "value": True}


REPLIES: list[tuple[Any, bool]] = [
    ({"events": [SLOT, {"event": "active_loop", "name": None}], "responses": [{"custom": {"say": "x"}}]}, True),
    ({"events": [], "responses": []}, True),
    ({"responses": []}, True),
    ({"events": [SLOT | {"timestamp": 1.5}]}, True),
    ({"events": [SLOT | {"timestamp": "now"}]}, False),
    ({"events": [SLOT | {"metadata": []}]}, False),
    ({"events": [{"event": "slot", "name": "email"}]}, False),
    ({"events": [{"event": "slot", "name": 7, "value": 1}]}, False),
    ({"events": [{"event": "action", "name": 7}]}, False),
    ({"events": [{"event": "no such event"}]}, False),
    ({"events": [{"event": ["slot"]}]}, False),
    ({"events": [{"name": "email", "value": True}]}, False),
    ({"events": ["slot"]}, False),
    ({"events": {}}, False),
    ({"events": None}, False),
    ({"events": [], "responses": [7]}, False),
    ([], False),
    ("events", False),
]


def test_what_an_action_answers_is_checked_as_rasa_checks_it() -> None:
    found = report("validations", json.dumps([reply for reply, _ in REPLIES]))
    assert found == [[is_good, is_good] for _, is_good in REPLIES]


def test_the_engine_hangs_up_before_the_service_does() -> None:
    found = report("connections")
    assert (found["kept"], found["let go"]) == (1, 2)
    served = _Server(Starlette()).config.timeout_keep_alive
    assert found["idle"] < served / 2


def test_examples_and_messages_are_read_once() -> None:
    assert report("once") == {"files": 1, "messages": 1}


def test_an_example_is_copied_with_fields_of_its_own() -> None:
    assert report("copies") == {"same": [True, True], "unchanged": True, "changed": True, "features": [1, 2]}


def test_the_margins_are_those_of_scikit_learn(tmp_path: Path) -> None:
    found = report("margins", "7", str(tmp_path))
    assert found["texts"] > 300
    assert found["labels"]
    assert found["spread"] > 1
    assert found["apart"] < 1e-5


def test_what_is_changed_of_rasa_is_what_was_studied() -> None:
    found = report("sources")
    assert found["found"] == found["studied"], "Rasa's code is another: read it, then write its digest into SOURCES"
