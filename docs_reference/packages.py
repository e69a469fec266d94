"""The page and the picture of the packages of `bot/`, from what their modules import."""

from __future__ import annotations

import ast
from functools import cache
from html import escape
from pathlib import Path

from docs_reference.markdown import GENERATED, table

BOT = Path(__file__).resolve().parents[1] / "bot"

_INTRODUCTION = """
# Packages

Each package of `bot/` imports only packages that are below it.

![The packages of bot/ in layers](packages.svg)

An arrow means "imports"; an arrow that follows from other arrows is left out. A package's layer is the length of its
longest path to a package that imports nothing.

"""
_WIDTH, _BOX, _HEIGHT, _GAP = 940, 118, 34, 84


class CircleError(Exception):
    """Packages import each other in a circle; the message names them."""


@cache
def imports() -> dict[str, frozenset[str]]:
    """The packages of `bot/`, each with the packages that its modules import."""
    names = {path.parent.name for path in BOT.glob("*/__init__.py")}
    return {name: frozenset(_imported(BOT / name) & names - {name}) for name in sorted(names)}


def _imported(package: Path) -> set[str]:
    found = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
            found |= {each.split(".")[1] for each in modules if each.startswith("bot.")}
    return found


def layers() -> list[list[str]]:
    """The packages by layer, the lowest first.

    Raises:
        CircleError: packages import each other in a circle.
    """
    depths: dict[str, int] = {}

    def depth(name: str, above: tuple[str, ...] = ()) -> int:
        if name in above:
            raise CircleError(" → ".join((*above[above.index(name) :], name)))
        if name not in depths:
            depths[name] = max((1 + depth(each, (*above, name)) for each in imports()[name]), default=0)
        return depths[name]

    for each in imports():
        depth(each)
    return [[name for name in depths if depths[name] == layer] for layer in sorted(set(depths.values()))]


def page() -> str:
    """Every package with its purpose and what it imports, the highest first."""
    rows = [
        (f"`bot/{name}/`", _purpose(name), ", ".join(sorted(imports()[name])) or "–")
        for layer in reversed(layers())
        for name in sorted(layer)
    ]
    source = "the imports in bot/"
    return GENERATED.format(source=source) + _INTRODUCTION + table(["package", "what it holds", "imports"], rows)


def _purpose(name: str) -> str:
    documented = ast.get_docstring(ast.parse((BOT / name / "__init__.py").read_text(encoding="utf-8"))) or ""
    return documented.split("\n\n")[0]


def picture() -> str:
    """The layers as an SVG: a box for each package, an arrow for each import that does not follow from others."""
    rows = layers()
    height = len(rows) * _GAP - (_GAP - _HEIGHT) + 20
    places = {
        name: (_WIDTH * (at + 1) / (len(row) + 1), height - 10 - _HEIGHT - layer * _GAP)
        for layer, row in enumerate(rows)
        for at, name in enumerate(sorted(row))
    }
    arrows = [_arrow(places[name], places[each]) for name in sorted(places) for each in sorted(_direct(name))]
    boxes = [_box(name, *place) for name, place in sorted(places.items())]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        'aria-label="The packages of bot/ in layers" font-family="system-ui, sans-serif" font-size="14">\n'
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#8b8276"/></marker></defs>\n'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>\n' + "".join(arrows + boxes) + "</svg>\n"
    )


def _direct(name: str) -> set[str]:
    """What a package imports, without what its other imports import as well."""
    return {each for each in imports()[name] if not any(each in _below(other) for other in imports()[name] - {each})}


def _below(name: str) -> set[str]:
    return set(imports()[name]).union(*(_below(each) for each in imports()[name]))


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    (x, y), (to_x, to_y) = start, end
    y += _HEIGHT
    middle = (y + to_y) / 2
    path = f"M{x:.0f} {y:.0f}C{x:.0f} {middle:.0f} {to_x:.0f} {middle:.0f} {to_x:.0f} {to_y:.0f}"
    return f'<path d="{path}" fill="none" stroke="#8b8276" marker-end="url(#head)"/>\n'


def _box(name: str, x: float, y: float) -> str:
    return (
        f'<rect x="{x - _BOX / 2:.0f}" y="{y:.0f}" width="{_BOX}" height="{_HEIGHT}" rx="6" fill="#f5f0e7" '
        f'stroke="#0f6152"/><text x="{x:.0f}" y="{y + 22:.0f}" text-anchor="middle" fill="#25211c">{escape(name)}</text>\n'
    )
