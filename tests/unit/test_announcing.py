"""What is done when the bot can chat."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterator
from typing import cast

import pytest
from bot.conversation.engine import EngineClient

from bot.model import EngineError
from bot.server import _announce
from bot.settings import load_settings


@pytest.fixture(autouse=True)
def _interpreter() -> Iterator[None]:
    """Leave the interpreter as it was."""
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)
    gc.unfreeze()


class Engine:
    """An engine that becomes ready, or does not."""

    def __init__(self, *, is_ready: bool) -> None:
        self._is_ready = is_ready

    async def wait_until_ready(self, _seconds: float) -> bool:
        return self._is_ready


def announced(*, is_ready: bool) -> None:
    async def announce() -> None:
        await _announce(cast(EngineClient, Engine(is_ready=is_ready)), load_settings(), None, asyncio.Event())

    asyncio.run(announce())


def test_what_was_there_at_the_start_is_not_collected_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    frozen: list[str] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(capsys.readouterr().out))
    announced(is_ready=True)
    assert frozen == [""], "before it says that it is ready"
    assert "Ready after" in capsys.readouterr().out


def test_who_holds_the_lock_of_all_writers_waits_a_short_time_for_the_interpreter() -> None:
    before = sys.getswitchinterval()
    announced(is_ready=True)
    assert sys.getswitchinterval() < before / 5


def test_an_engine_that_does_not_start_is_an_error() -> None:
    with pytest.raises(EngineError, match=r"engine\.log"):
        announced(is_ready=False)
