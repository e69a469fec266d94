"""Fixtures that several layers share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pillow_heif
import pytest
from httpx._transports import default

from tests.support.service import RunningBot

# python-telegram-bot warns of a changed type unless the new one is asked for.
os.environ.setdefault("PTB_TIMEDELTA", "true")
# Each HTTP client would load all certificates, which no test needs.
default.create_ssl_context = lru_cache(default.create_ssl_context)
# The tests make HEIC pictures; the bot loads this format only where needed.
pillow_heif.register_heif_opener()


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """A running bot that all tests of this run share; each test has its own mentors."""
    with RunningBot(tmp_path_factory.mktemp("bot")) as running:
        yield running


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty data folder."""
    return tmp_path / "data"
