"""Pages that are rendered here: Jinja2 templates in which every value is escaped and none may be missing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, /, **values: object) -> str:
    """The page of a template.

    Args:
        template: its path below the templates' folder.
        values: what it needs.

    Raises:
        jinja2.UndefinedError: it needs something else.
    """
    return _ENVIRONMENT.get_template(template).render(values)


def in_words(at: datetime | str) -> str:
    """A time, or one in ISO 8601, for people: ``2026-11-23 10:15 UTC``."""
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["in_words"] = in_words
