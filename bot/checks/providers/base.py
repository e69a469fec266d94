"""The interface of a provider of background checks.

A new one is a class with these methods, its name in `bot.core.settings`, and a line in `bot.runtime.container`:
docs/how-to/add-a-provider.md.
"""

from __future__ import annotations

from typing import Protocol

from bot.core.errors import StatedError


class ProviderError(StatedError):
    """The provider refused or did not answer; the message names what was asked, and never what was sent."""


class Provider(Protocol):
    """Does background checks. Each method is called by the outbox, in a thread, and again after a failure.

    Attributes:
        name: as stored with its checks.
        needs_place: whether it has to know the mentor's country and region.
    """

    name: str
    needs_place: bool

    def start(self, check_id: str) -> None:
        """Have the check begin; doing it again changes nothing.

        Raises:
            ProviderError: it could not be begun.
        """
        ...

    def look_up(self, check_id: str) -> None:
        """Ask how the check stands, and take it on accordingly.

        Raises:
            ProviderError: it could not be asked.
        """
        ...

    def cancel(self, check_id: str) -> None:
        """Have the check stop, and what the provider knows of the mentor deleted; again, it changes nothing.

        Raises:
            ProviderError: it could not be stopped.
        """
        ...
