"""The page of the web widget: its attributes, properties and events, and the CSS variables that a page may set."""

from __future__ import annotations

import re
from pathlib import Path

from docs_reference.markdown import GENERATED, table

WIDGET = Path(__file__).resolve().parents[1] / "bot" / "channels" / "widget"
#: One line of the comment on top of the module: a tag of the Custom Elements Manifest, a name and a description.
_LINE = re.compile(r"^ \* @(attr|prop|fires) (\w+) - (.+)$", re.MULTILINE)
_HEADINGS = {"attr": "Attributes", "prop": "Properties", "fires": "Events"}

_INTRODUCTION = """
# Widget

The element `<jobgen-mentor-chat>`. A script tag without the element takes the same attributes with `data-` in front.
How to put it on a page: [embed the chat](../how-to/embed.md).
"""
_VARIABLES = """
## CSS variables

Set them from the page: `jobgen-mentor-chat { --jg-accent: #0f6152; }`. `--jg-layer` (default 1000) is the `z-index` of button and window.

"""


def documented() -> dict[str, dict[str, str]]:
    """The module comment's entries: by tag, each name with its description."""
    found: dict[str, dict[str, str]] = {tag: {} for tag in _HEADINGS}
    for tag, name, what in _LINE.findall((WIDGET / "mentor-chat.js").read_text(encoding="utf-8")):
        found[tag][name] = what
    return found


def page() -> str:
    """The page."""
    parts = [GENERATED.format(source="bot/channels/widget"), _INTRODUCTION]
    for tag, names in documented().items():
        rows = [(f"`{name}`", what) for name, what in names.items()]
        parts.append(f"\n## {_HEADINGS[tag]}\n\n" + table(["name", "what it does"], rows))
    parts.append(_VARIABLES + table(["variable", "light", "dark"], _variables()))
    return "".join(parts)


def _variables() -> list[tuple[str, str, str]]:
    style = (WIDGET / "mentor-chat.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"(--jg-[\w-]+): (.+?);", block))
        for block in re.findall(r":host \{(.+?)\}", style, re.DOTALL)[:2]
    )
    return [(f"`{name}`", f"`{value}`", f"`{dark[name]}`" if name in dark else "") for name, value in light.items()]
