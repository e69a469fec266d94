"""The log: lines for a person, or JSON for a log store; neither quotes a mentor."""

from __future__ import annotations

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.core.errors import described
from bot.core.metrics import REGISTRY
from bot.core.settings import load_settings
from bot.core.turn_logging import about_turn
from bot.runtime import logs

SECRET = "I was born in Ushant"


@contextmanager
def logged(**settings: str) -> Iterator[io.StringIO]:
    """The log with these settings; pytest's own handlers are put aside."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    try:
        root.handlers = []
        with contextlib.redirect_stderr(stream):
            logs.configure(load_settings(**settings))
        yield stream
    finally:
        root.handlers = handlers
        root.setLevel(level)


def failure() -> Exception:
    """An exception that was raised."""
    with pytest.raises(ValueError, match=SECRET) as caught:
        int(SECRET)
    return caught.value


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_of_json_has_turn_and_cause() -> None:
    with logged(log_format="json") as written:
        with about_turn("t1"):
            logging.getLogger("bot.a").error("conversation %s: %s", "c1", described(failure()))
        logging.getLogger("bot.b").warning("ready again: %s — “database”", "database")
    first, second = lines(written)
    assert first["time"].endswith("+00:00")
    assert (first["level"], first["logger"], first["turn"]) == ("ERROR", "bot.a", "t1")
    assert first["cause"].startswith("ValueError at ")
    assert first["message"] == f"conversation c1: {first['cause']}"
    assert second.keys() == {"time", "level", "logger", "message"}
    assert second["message"] == "ready again: database — “database”"
    assert SECRET not in written.getvalue()


def test_an_exception_is_logged_without_its_text() -> None:
    with logged(log_format="json") as written:
        logging.getLogger("library").error("something failed\nin two lines", exc_info=failure())
    [line] = lines(written)
    assert line["cause"].startswith("ValueError at ")
    assert SECRET not in written.getvalue()


@pytest.mark.parametrize("form", ["text", "json"])
def test_lines_that_need_a_person_are_counted(form: str) -> None:
    before = REGISTRY.get_sample_value("mentor_bot_alerts_total") or 0
    with logged(log_format=form) as written:
        logging.getLogger("bot").error("ALERT %s", "the disk is full")
        logging.getLogger("bot").error("nothing special")
    assert REGISTRY.get_sample_value("mentor_bot_alerts_total") == before + 1
    if form == "json":
        assert [each.get("alert", False) for each in lines(written)] == [True, False]
    else:
        assert written.getvalue().splitlines()[0].endswith(" ERROR bot: ALERT the disk is full")


def test_libraries_that_log_addresses_are_quiet() -> None:
    with logged(log_level="INFO") as written:
        logging.getLogger("httpx").info("HTTP Request: GET https://api.telegram.org/bot123:hush/getMe")
    assert written.getvalue() == ""
