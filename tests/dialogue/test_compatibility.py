"""Each mend of Rasa is needed: without it something fails that works with it."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from typing import NamedTuple

import pytest

from bot.dialogue.compatibility import MENDS
from bot.dialogue.model import REPOSITORY, train

AGENT = "from bot.dialogue.agent import Agent; Agent(Path(sys.argv[1]))"
#: What `rasa run` does to serve.
SERVE = """
from sanic import Sanic
app = Sanic("rasa")
app.add_route(lambda request: None, "/")
app.after_server_start(lambda app: app.stop())
app.run("127.0.0.1", 0, motd=False)
"""
REPORT = "import rasa.nlu.test as nlu; print(nlu._calculate_report(None, [], []))"
#: What the channel does that `rasa shell` talks to.
STREAM = "import rasa.shared; from sanic import response; response.stream"
TELEMETRY = """
from rasa import telemetry
telemetry.TELEMETRY_WRITE_KEY = "somewhere"
telemetry.initialize_telemetry()
print("tells", telemetry.is_telemetry_enabled())
"""


class Need(NamedTuple):
    """What a mend is for.

    Attributes:
        code: what is tried.
        sign: what is written where the mend is missing.
    """

    code: str
    sign: str


NEEDS = {
    "legacy_versions": Need(AGENT, "LegacyVersion"),
    "numpy_deprecation_warning": Need(AGENT, "VisibleDeprecationWarning"),
    "filtered_archives": Need(AGENT, "filter extracted tar archives"),
    "servers_in_one_process": Need(f"import rasa\n{SERVE}", "Sanic app name 'rasa' not found"),
    "streamed_responses": Need(STREAM, "has no attribute 'stream'"),
    "no_telemetry": Need(TELEMETRY, "tells True"),
    "reports_of_nothing": Need(REPORT, "Found empty input array"),
    "pkg_resources_without_warnings": Need(AGENT, "pkg_resources is deprecated"),
}


@functools.cache  # with every mend, the same is tried for several of them
def tried(code: str, without: str) -> str:
    """What a fresh interpreter writes that tries ``code`` without a mend."""
    whole = (
        "import sys; from pathlib import Path\n"
        "from bot.dialogue import compatibility\n"
        f"compatibility.MENDS = tuple(each for each in compatibility.MENDS if each.__name__ != {without!r})\n"
        f"if __name__ == '__main__':\n    exec({code!r}, globals())\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "RASA_TELEMETRY_ENABLED"}
    result = subprocess.run(
        [sys.executable, "-W", "always::DeprecationWarning", "-c", whole, str(train())],
        cwd=REPOSITORY,
        env=environment,
        start_new_session=True,  # Sanic kills its whole group where its worker does not come up
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return result.stdout + result.stderr


def test_each_mend_has_its_need() -> None:
    assert {each.__name__ for each in MENDS} == set(NEEDS)


@pytest.mark.parametrize("mend", NEEDS)
def test_a_mend_is_needed_and_enough(mend: str) -> None:
    need = NEEDS[mend]
    assert need.sign in tried(need.code, without=mend)
    written = tried(need.code, without="")
    assert need.sign not in written
    assert "Traceback" not in written
