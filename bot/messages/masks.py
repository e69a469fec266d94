"""Masks names and addresses that may be shown to a stranger."""

from __future__ import annotations

#: Characters of a first name that a stranger may see.
_FIRST_NAME_LENGTH = 20


def masked_name(name: str) -> str:
    """A name for a stranger: "Ana S."; of a single word only the first letter."""
    first, *more = name.split() or [""]
    if not more:
        return f"{first[:1]}…" if first else ""
    return f"{first[:_FIRST_NAME_LENGTH]} {more[-1][:1]}."


def masked_address(address: str) -> str:
    """An e-mail address for a stranger: "a…@example.org"."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"
