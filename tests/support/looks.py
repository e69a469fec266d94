"""Looks at a page as different people see it, and has axe examine it."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, Literal, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: The folder for pictures of every step, to look at after a run.
STEPS = Path("var/steps")
#: The standard's rules, and axe's best practices.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Look(NamedTuple):
    """A way of viewing a page."""

    width: int
    height: int
    scheme: Literal["light", "dark"]
    forced: Literal["active", "none"]

    @property
    def name(self) -> str:
        return f"{self.width}-{'forced' if self.forced == 'active' else self.scheme}"


LOOKS = [
    Look(width, height, scheme, forced)
    for (width, height), (scheme, forced) in itertools.product(
        [(1280, 800), (390, 844)], [("light", "none"), ("dark", "none"), ("dark", "active")]
    )
]


def examine_page(page: Page, look: Look, step: str) -> None:
    """Fail on any finding of axe in this look, and keep a picture of the page."""
    page.set_viewport_size({"width": look.width, "height": look.height})
    page.emulate_media(color_scheme=look.scheme, forced_colors=look.forced, reduced_motion="reduce")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
    violations: list[dict[str, Any]] = found.response["violations"]
    assert not violations, f"{step} in {look.name}: " + "\n".join(
        f"{each['id']}: {each['help']}\n  "
        + "\n  ".join(node["html"][:200] + " " + node.get("failureSummary", "") for node in each["nodes"][:3])
        for each in violations
    )
    STEPS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=STEPS / f"{step}-{look.name}.png")
