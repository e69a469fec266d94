"""Traces are sent only where the environment says so, and its mistakes stop the start."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bot.core.data_folder import StartError
from bot.core.tracing import is_traced, span
from bot.runtime.tracing import traced

ENDPOINT = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")


@pytest.mark.parametrize(
    "variables", [[], [ENDPOINT, ("OTEL_SDK_DISABLED", "true")], [ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")]]
)
def test_without_an_endpoint_nothing_is_traced(
    monkeypatch: pytest.MonkeyPatch, variables: list[tuple[str, str]]
) -> None:
    for each in variables:
        monkeypatch.setenv(*each)
    with traced(), span("turn", turn_id="7") as opened:
        assert (is_traced(), opened) == (False, None)


def test_a_wrong_protocol_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(*ENDPOINT)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")
    with pytest.raises(StartError, match=r"http/protobuf or grpc"), traced():
        pass


def test_without_an_endpoint_the_library_is_not_imported() -> None:
    program = (
        "import sys; from bot.runtime.tracing import traced\n"
        "with traced(): print(*(x for x in sys.modules if 'telemetry.sdk' in x))"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    found = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
