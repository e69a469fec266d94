"""A running service tells Prometheus of its turns, OpenTelemetry of their steps and systemd of itself; its log is JSON.

None of it has a mentor's words.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.doubles.trace_collector import TraceCollector
from tests.support.answers import TEXTS
from tests.support.frail import FAIL
from tests.support.service import FrailBot, free_port
from tests.support.web import WebMentor

#: All that a span may say of the work.
ATTRIBUTES = {
    "turn.id",
    "channel",
    "kind",
    "attempt",
    "error.type",
    "http.request.method",
    "http.route",
    "http.response.status.code",
}


@pytest.fixture(scope="module")
def collector() -> Iterator[TraceCollector]:
    with TraceCollector() as running:
        yield running


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[socket.socket]:
    """systemd's end of the socket that a service notifies."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path_factory.mktemp("manager") / "notify"))
        listening.settimeout(20)
        yield listening


@pytest.fixture(scope="module")
def observed(
    tmp_path_factory: pytest.TempPathFactory, collector: TraceCollector, manager: socket.socket
) -> Iterator[FrailBot]:
    folder = tmp_path_factory.mktemp("observed")
    watched = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "60000000"}
    traces = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    with FrailBot(folder, METRICS_PORT=str(free_port()), LOG_FORMAT="json", **traces, **watched) as running:
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


def test_requests_turns_and_jobs_are_traced_without_personal_data(
    observed: FrailBot, collector: TraceCollector
) -> None:
    with WebMentor(observed.url) as mentor:
        mentor.opens().answers_until("email")
        mentor.answers()
        name = TEXTS["full_name"]
        with observed.broken(FAIL):
            mentor.says("What is it for?")
        httpx.get(f"{observed.url}/reminders/stop/{name.replace(' ', '')}")
        asked = collector.waits_for(lambda each: each.name == "POST /api/messages")
        turn_id = attributes(asked)["turn.id"]
        turn = collector.waits_for(lambda each: each.name == "turn" and attributes(each)["turn.id"] == turn_id)
        steps = {each.name: each for each in collector.spans() if each.trace_id == turn.trace_id}
        assert steps.keys() >= {"turn", "read", "write", "lock", "decide", "render"}
        assert steps["lock"].parent_span_id == steps["write"].span_id
        assert steps["write"].parent_span_id == turn.span_id
        failed = collector.waits_for(lambda each: each.name == "turn" and "error.type" in attributes(each))
        assert (failed.status.code, failed.status.message, list(failed.events)) == (2, "", [])
        assert attributes(collector.waits_for(lambda each: each.name == "outbox"))["kind"] == "mail.send"
        collector.waits_for(lambda each: each.name == "GET /reminders/stop/{token}")
        secrets = (name, name.replace(" ", ""), mentor.email, mentor.http.cookies["mentor_session"], "What is it")
    for span in collector.spans():
        assert attributes(span).keys() <= ATTRIBUTES
    sent = b"".join(collector.bodies)
    assert b"mentor-bot" in sent
    assert [each for each in secrets if each.encode() in sent] == []


def test_systemd_is_told_of_the_start_of_life_and_of_the_stop(observed: FrailBot, manager: socket.socket) -> None:
    told = [manager.recv(100), manager.recv(100)]
    assert set(told) == {b"READY=1", b"WATCHDOG=1"}
    observed.stop()
    while (state := manager.recv(100)) == b"WATCHDOG=1":
        pass
    assert state == b"STOPPING=1"
    assert "no progress" not in observed.log()


def attributes(span: Any) -> dict[str, Any]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}
