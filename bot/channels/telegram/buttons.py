"""Arranges a message's buttons: short ones side by side, the main one and one that ends something in a colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import InlineKeyboardButton
from telegram.constants import KeyboardButtonStyle

#: The longest label, in characters, of a button that shares a row: two of these fit side by side on a phone.
SHORT = 20
_DANGER = "danger"


def arranged(buttons: Sequence[dict[str, Any]]) -> list[list[InlineKeyboardButton]]:
    """The rows of a message's buttons, in order.

    The buttons of a consent have the same colour, because neither reply is the better one.

    Args:
        buttons: as `bot.messages.renderer.Renderer` gives them.
    """
    primary = [each for each in buttons if each.get("style", "primary") == "primary"]
    main = primary[0] if len(primary) == 1 else None
    made = []
    for each in buttons:
        style = KeyboardButtonStyle.PRIMARY if each is main else None
        if each.get("style") == _DANGER:
            style = KeyboardButtonStyle.DANGER
        made.append(InlineKeyboardButton(each["label"], callback_data=each["payload"], style=style))
    return in_rows(made)


def in_rows(buttons: Sequence[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    """Buttons in rows of one, or of two that are short and have no colour."""
    rows: list[list[InlineKeyboardButton]] = []
    for each in buttons:
        if rows and len(rows[-1]) == 1 and _is_small(rows[-1][0]) and _is_small(each):
            rows[-1].append(each)
        else:
            rows.append([each])
    return rows


def _is_small(button: InlineKeyboardButton) -> bool:
    return len(button.text) <= SHORT and button.style is None
