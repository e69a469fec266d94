"""Fixtures of the tests of Rasa in the process; nothing here needs a database or a running bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.compatibility import keep_quiet
from bot.dialogue.model import train
from tests.support.vectors import remember_all

keep_quiet()
remember_all()


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model's file."""
    return train()
