"""Fixtures of the browser tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Browser

from tests.support.browser import running_browser
from tests.support.looks import LOOKS, Look
from tests.support.service import FrailBot


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser, one per file, because no other test can have an event loop while it runs."""
    with running_browser() as running:
        yield running


@pytest.fixture(scope="module")
def frail_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrailBot]:
    """A bot that a test may kill or break, because no other test uses it."""
    with FrailBot(tmp_path_factory.mktemp("frail"), TURN_TIMEOUT="3") as running:
        yield running


@pytest.fixture(params=[pytest.param(LOOKS[1::2], id="some"), pytest.param(LOOKS, id="all", marks=pytest.mark.long)])
def looks(request: pytest.FixtureRequest) -> Sequence[Look]:
    """The looks in which a page is examined: each width and each kind of colours; in `make test-long` both together."""
    chosen: Sequence[Look] = request.param
    return chosen
