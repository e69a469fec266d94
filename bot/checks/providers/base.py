"""The interface of a provider of background checks.

To add one: docs/how-to/add-a-provider.md.
"""

from __future__ import annotations

from typing import Protocol

from bot.core.errors import StatedError


class ProviderError(StatedError):
    """The provider refused or did not answer; the message names the request, never its data."""


class Provider(Protocol):
    """Does background checks. Each method is called by the outbox, in a thread, and again after a failure.

    Attributes:
        name: stored with its checks.
        needs_place: whether it needs the mentor's country and region.
    """

    name: str
    needs_place: bool

    def start(self, check_id: str) -> None:
        """Start the check; a repeated call changes nothing.

        Raises:
            ProviderError: it could not be started.
        """
        ...

    def look_up(self, check_id: str) -> None:
        """Ask the provider for the check's status, and advance the check.

        Raises:
            ProviderError: the provider could not be asked.
        """
        ...

    def take_event(self, event_id: str) -> None:
        """Look up the check that a webhook's event is about; what the event says is not trusted.

        Args:
            event_id: of a `WebhookEvent`.

        Raises:
            ProviderError: the provider could not be asked.
        """
        ...

    def cancel(self, check_id: str) -> None:
        """Stop the check and delete the mentor's data at the provider; a repeated call changes nothing.

        Raises:
            ProviderError: it could not be stopped.
        """
        ...
