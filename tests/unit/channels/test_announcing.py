"""What is done when the bot can chat."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from functools import partial

import pytest

from bot.core.settings import load_settings
from bot.runtime.server import _announce, _say_ready


@pytest.fixture(autouse=True)
def _interpreter() -> Iterator[None]:
    """Leave the interpreter as it was."""
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)
    gc.unfreeze()


def test_what_was_there_at_the_start_is_not_collected_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    frozen: list[str] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(capsys.readouterr().out))
    _announce(partial(_say_ready, load_settings()))
    assert frozen == [""], "before it says that it is ready"
    assert "Ready after" in capsys.readouterr().out


def test_who_holds_the_lock_of_all_writers_waits_a_short_time_for_the_interpreter() -> None:
    before = sys.getswitchinterval()
    _announce(lambda: None)
    assert sys.getswitchinterval() < before / 5
