"""Buttons, as messages have them and channels show them."""

from __future__ import annotations

from bot.i18n.catalogue import Argument, Catalogue, languages
from bot.messages.incoming import CHANGE_LANGUAGE, Tap

#: A label, a payload, and a style: ``primary`` for a way on, ``secondary`` for what a mentor can do besides.
Button = dict[str, str]


def button(label: str, tap: Tap, style: str = "primary") -> Button:
    """A button with a label of its own."""
    return {"label": label, "payload": tap.payload(), "style": style}


def language_button(language: str) -> Button:
    """A button with which the bot writes another language; it is called what the language calls itself."""
    return button(languages()[language], Tap(CHANGE_LANGUAGE, reply=language), "secondary")


def named_button(sentences: Catalogue, name: str, tap: Tap, style: str = "primary", **arguments: Argument) -> Button:
    """A button whose label is in the catalogue.

    Args:
        sentences: in the mentor's language.
        name: of the label, without ``button-``.
        tap: what the button stands for.
        style: as in `Button`.
        arguments: the values of the label's variables.
    """
    return button(sentences.text(f"button-{name}", **arguments), tap, style)
