"""The files of phrases in `bot/understanding/lists/`."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "lists"


def lines_of(name: str) -> list[str]:
    """The lines of a list that are neither empty nor a comment."""
    lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
