"""Figures on a page of the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def as_rows(found: dict[str, Any]) -> str:
    """Figures as a Markdown table."""
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in found.items())])


def write_figures(page: Path, name: str, text: str) -> None:
    """Put ``text`` where the page says ``<!-- name -->``, up to ``<!-- /name -->``.

    Raises:
        ValueError: the page has no such place.
    """
    begins, ends = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, is_there, rest = page.read_text(encoding="utf-8").partition(begins)
    _, has_end, after = rest.partition(ends)
    if not (is_there and has_end):
        raise ValueError(f"{page} has no place for {name}")
    page.write_text(f"{before}{begins}{text}\n{ends}{after}", encoding="utf-8")
