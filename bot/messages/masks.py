"""Names and addresses as they may be shown to somebody who may be somebody else."""

from __future__ import annotations

#: Characters of a first name that somebody is shown whose it may not be.
_FIRST_NAME_LENGTH = 20


def masked_name(name: str) -> str:
    """A name as it may be shown to somebody whose it may not be: "Ana S."; one word alone is its first letter."""
    first, *more = name.split() or [""]
    if not more:
        return f"{first[:1]}…" if first else ""
    return f"{first[:_FIRST_NAME_LENGTH]} {more[-1][:1]}."


def masked_address(address: str) -> str:
    """An e-mail address as it may be shown to somebody whose it may not be: "a…@example.org"."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"
