"""What the documentation names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.core.settings import REPOSITORY

OTHERS = ("README.md", "SECURITY.md", "CONTRIBUTING.md", "changelog.d/README.md")
PAGES = sorted([*(REPOSITORY / "docs").rglob("*.md"), *(REPOSITORY / name for name in OTHERS)])
TESTS = "\n".join(path.read_text() for path in (REPOSITORY / "tests").rglob("*.py"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    named = set(re.findall(r"`(test_\w+)`", page.read_text()))
    assert not [name for name in named if not re.search(rf"def {name}\b", TESTS)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_that_a_page_links_to_is_there(page: Path) -> None:
    linked = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text())
    assert not [link for link in linked if not (page.parent / link).exists()]
