"""The generated pages and their generators."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from docs_reference import commands, http, packages, settings, widget

DOCS = Path(__file__).resolve().parents[1] / "docs"

#: The generated files below `docs/`, each with its generator.
PAGES: dict[str, Callable[[], str]] = {
    "reference/settings.md": settings.page,
    "reference/commands.md": commands.page,
    "reference/http.md": http.page,
    "reference/widget.md": widget.page,
    "reference/packages.md": packages.page,
    "reference/packages.svg": packages.picture,
}


def stale() -> list[str]:
    """The generated files that are out of date."""
    return [page for page, text in PAGES.items() if _content(DOCS / page) != text()]


def write(page: str) -> None:
    """Write one generated file again."""
    path = DOCS / page
    path.parent.mkdir(exist_ok=True)
    path.write_text(PAGES[page](), encoding="utf-8")


def _content(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
