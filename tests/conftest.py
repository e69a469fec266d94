"""Fixtures that several layers share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pillow_heif
import pytest

from tests.support.service import RunningBot

# python-telegram-bot warns of a changed type unless the new one is asked for.
os.environ.setdefault("PTB_TIMEDELTA", "true")
# The tests make pictures as phones do; the bot itself learns the format where it needs it.
pillow_heif.register_heif_opener()


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """A running bot that the tests of this run share; each test brings mentors of its own."""
    with RunningBot(tmp_path_factory.mktemp("bot")) as running:
        yield running


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty data folder."""
    return tmp_path / "data"
