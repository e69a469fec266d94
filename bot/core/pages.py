"""Renders pages from Jinja2 templates; every value is escaped, and a missing one is an error."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.core.organisation import ORGANISATION
from bot.core.site_root import root

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, /, **values: object) -> str:
    """Render a template.

    Args:
        template: its path below the templates' folder.
        values: its variables.

    Raises:
        jinja2.UndefinedError: a variable is missing.
    """
    return _ENVIRONMENT.get_template(template).render(values)


def in_words(at: datetime | str) -> str:
    """A time, given as such or in ISO 8601, for people: ``2026-11-23 10:15 UTC``."""
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
_ENVIRONMENT.globals |= {"root": root, "organisation": ORGANISATION.name, "colours": ORGANISATION.colours}
