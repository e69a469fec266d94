"""A running service tells Prometheus of its turns, and logs failures as JSON without a mentor's words."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.answers import TEXTS
from tests.support.frail import FAIL
from tests.support.service import FrailBot, free_port
from tests.support.web import WebMentor


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrailBot]:
    folder = tmp_path_factory.mktemp("observed")
    with FrailBot(folder, METRICS_PORT=str(free_port()), LOG_FORMAT="json") as running:
        yield running


def value(bot: FrailBot, name: str, **labels: str) -> float:
    """A sample of the service's metrics."""
    text = httpx.get(f"http://127.0.0.1:{bot.environment['METRICS_PORT']}/metrics").text
    families = text_string_to_metric_families(text)
    return sum(
        each.value
        for family in families
        for each in family.samples
        if each.name == name and labels.items() <= each.labels.items()
    )


def test_turns_and_failures_are_counted_and_logged(observed: FrailBot) -> None:
    with WebMentor(observed.url) as mentor:
        mentor.opens().answers_until("reasons")
        answered = value(observed, "mentor_bot_turns_total", outcome="answered")
        assert answered >= 1
        for step in ("wait", "read", "write", "total"):
            assert value(observed, "mentor_bot_turn_step_seconds_count", step=step) >= answered
        assert 0 < value(observed, "mentor_bot_turn_step_seconds_sum", step="total") < 10 * answered
        assert value(observed, "mentor_bot_inbox_messages") == 0
        with observed.broken(FAIL):
            mentor.says(TEXTS["reasons"])
    assert value(observed, "mentor_bot_turns_total", outcome="failed") >= 1
    lines = [line for line in observed.log().splitlines() if line.startswith("{")]
    failures = [each for each in map(json.loads, lines) if each["message"].startswith("conversation ")]
    assert failures
    for each in failures:
        assert (each["level"], len(each["turn"]), " at " in each["cause"]) == ("ERROR", 32, True)
    assert TEXTS["reasons"] not in observed.log()
