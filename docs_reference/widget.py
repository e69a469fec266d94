"""The page of the web widget: its attributes, properties and events, and the CSS variables that a page may set."""

from __future__ import annotations

import re

from bot.channels.web.files import WIDGET, source_of
from docs_reference.markdown import GENERATED, table

#: One line of the comment on top of the module: a tag of the Custom Elements Manifest, a name and a description.
_LINE = re.compile(r"^ \* @(attr|prop|fires) (\w+) - (.+)$", re.MULTILINE)
#: The rules that set the variables, by indentation: other rules are in conditions, too.
_LIGHT = r"^:host(?:, :root)? \{(.+?)^\}"
_DARK = r"^@media \(prefers-color-scheme: dark\) \{\s+:host(?:, :root)? \{(.+?)\}"
_HEADINGS = {"attr": "Attributes", "prop": "Properties", "fires": "Events"}

_INTRODUCTION = """
# Widget

The element `<mentor-chat>`. A script tag without the element takes the same attributes with `data-` in front.
How to put it on a page: [embed the chat](../how-to/embed.md).
"""
_VARIABLES = """
## CSS variables

Set them from the page: `mentor-chat { --chat-accent: #0f6152; }`. `--chat-layer` (default 1000) is the `z-index` of button and window.

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
    style = re.sub(r"/\*.*?\*/", "", source_of(WIDGET / "mentor-chat.css"), flags=re.DOTALL)
    light, dark = (
        {name: value for block in blocks for name, value in re.findall(r"(--chat-[\w-]+): (.+?);", block)}
        for blocks in (re.findall(pattern, style, re.MULTILINE | re.DOTALL) for pattern in (_LIGHT, _DARK))
    )
    return [(f"`{name}`", f"`{value}`", f"`{dark[name]}`" if name in dark else "") for name, value in light.items()]
