"""Fixtures of all conversations: each test has a mentor of its own, at the bot that they share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.records import Records
from tests.support.service import RunningBot
from tests.support.web import WebMentor


@pytest.fixture
def mentor(bot: RunningBot) -> Iterator[WebMentor]:
    """A mentor who has just opened the page."""
    with WebMentor(bot.url) as someone:
        yield someone.opens()


@pytest.fixture
def records(bot: RunningBot, mentor: WebMentor) -> Records:
    """What the bot has stored of the mentor."""
    return Records(bot, mentor)
