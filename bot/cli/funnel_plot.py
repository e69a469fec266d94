"""The funnel as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bot.registration.funnel import Step

#: Sizes of the plot, in pixels.
_ROW, _BAR, _LABELS, _BARS, _NUMBERS, _MARGIN = 26, 16, 230, 420, 290, 12

_TITLE_HEIGHT = 56


def plot(steps: Sequence[Step]) -> str:
    """The funnel as a picture: one bar per question; the dark part answered, the light part left.

    Args:
        steps: the questions, from top to bottom.

    Returns:
        SVG 1.1, with its numbers as text.
    """
    width = _LABELS + _BARS + _NUMBERS + 2 * _MARGIN
    height = _TITLE_HEIGHT + _ROW * len(steps) + _MARGIN
    most = max((step.shown for step in steps), default=0) or 1
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" font-family="system-ui, sans-serif" font-size="13" fill="#1b1f24">',
        "<title>How far mentors get in the registration</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_MARGIN}" y="24" font-size="16" font-weight="600">How far mentors get</text>',
        f'<text x="{_MARGIN}" y="44" fill="#57606a">'
        "Whole bar: shown the question. Dark part: answered it. Percent: left there.</text>",
    ]
    for number, step in enumerate(steps):
        lines += _bar(step, _TITLE_HEIGHT + _ROW * number, most)
    return "\n".join([*lines, "</svg>", ""])


def _bar(step: Step, top: int, most: int) -> list[str]:
    left, baseline, bar_top = _MARGIN + _LABELS, top + _ROW - 9, top + (_ROW - _BAR) // 2
    shown, answered = (_BARS * number / most for number in (step.shown, step.answered))
    numbers = f"{step.shown} shown, {step.answered} answered"
    if step.drop_off is not None:
        numbers += f", {step.drop_off:.0%} left"
    label = escape(step.item_id.replace("_", " "))
    return [
        f'<text x="{left - 10}" y="{baseline}" text-anchor="end">{label}</text>',
        f'<rect x="{left}" y="{bar_top}" width="{shown:.1f}" height="{_BAR}" fill="#a8c7e8"/>',
        f'<rect x="{left}" y="{bar_top}" width="{answered:.1f}" height="{_BAR}" fill="#1f5f9f"/>',
        f'<text x="{left + shown + 8:.1f}" y="{baseline}">{numbers}</text>',
    ]
