"""The configured providers; a check stays with the one it began with."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import or_, select

from bot.checks.providers.base import Provider, ProviderError
from bot.core.errors import described
from bot.storage import Check, Store, WebhookEvent

logger = logging.getLogger(__name__)


class Providers:
    """Passes each job to the check's provider.

    Args:
        store: the database.
        providers: the configured ones; jobs of another provider wait in the outbox until it is configured.
    """

    def __init__(self, store: Store, providers: Sequence[Provider]) -> None:
        self._store = store
        self._providers = {each.name: each for each in providers}

    def start(self, check_id: str) -> None:
        """See `Provider.start`."""
        self._call("start", check_id)

    def cancel(self, check_id: str) -> None:
        """See `Provider.cancel`."""
        self._call("cancel", check_id)

    def take_event(self, event_id: str) -> None:
        """Pass a webhook's event on to the provider that sent it.

        Args:
            event_id: of a `WebhookEvent`.

        Raises:
            ProviderError: the provider could not be asked, or is not set up.
        """
        with self._store.read() as session:
            event = session.get(WebhookEvent, event_id)
        if event is not None:
            self.named(event.provider).take_event(event_id)

    def named(self, name: str) -> Provider:
        """The provider called ``name``.

        Raises:
            ProviderError: it is not configured.
        """
        provider = self._providers.get(name)
        if provider is None:
            raise ProviderError(f"the provider {name} is not set up")
        return provider

    def reconcile(self) -> int:
        """Look up all open checks at their providers, in case a webhook was lost; returns how many succeeded.

        Call it daily.
        """
        with self._store.read() as session:
            has_begun = or_(Check.called_at.is_not(None), Check.started_at.is_not(None))
            open_checks = list(session.scalars(select(Check.id).where(Check.decided_at.is_(None), has_begun)))
        done = 0
        for check_id in open_checks:
            try:
                self._call("look_up", check_id)
            except Exception as error:  # noqa: BLE001  (the others are still looked up)
                logger.error("check %s could not be looked up: %s", check_id, described(error))
            else:
                done += 1
        return done

    def _call(self, method: str, check_id: str) -> None:
        with self._store.read() as session:
            check = session.get(Check, check_id)
        if check is None:
            return  # erased meanwhile
        getattr(self.named(check.provider), method)(check_id)
