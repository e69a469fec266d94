"""Doubles for the tests, and a person who has written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.doubles.telegram_api import PrivateChat, TelegramDouble
from tests.support.bot_api import HTTP, TOKEN


@pytest.fixture(scope="session", autouse=True)
def _close_client() -> Iterator[None]:
    """Close the connections of the tests at their end."""
    yield
    HTTP.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[TelegramDouble]:
    """Return a double for the tests that need a chat of their own but no fresh service."""
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture
def telegram() -> Iterator[TelegramDouble]:
    """Return a fresh double."""
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture
def ann(shared: TelegramDouble) -> PrivateChat:
    """Return a person who has written to the bot of the shared double."""
    person = shared.user("Ann", language_code="en")
    person.sends("/start")
    return person
