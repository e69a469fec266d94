"""What a provider of background checks has to be able to do, and the provider ``manual``.

A third one is a class with these methods, its name in `bot.core.settings`, and a line in `bot.runtime.container`:
docs/how-to/add-a-provider.md.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import or_, select

from bot.checks.service import Status, advance
from bot.core.errors import StatedError, described
from bot.security.vault import Vault
from bot.storage import Check, Store

logger = logging.getLogger(__name__)


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


class ManualProvider:
    """The default provider: a person looks, and decides on the staff page or with ``bot checks decide``.

    Args:
        store: the database.
        vault: as for every provider.
    """

    name = "manual"
    needs_place = False

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def start(self, check_id: str) -> None:
        """Put the check before a person."""
        with self._store.write() as session:
            check = session.get(Check, check_id, with_for_update=True)
            if check is not None:
                advance(session, self._vault, check, Status.WAITING)

    def look_up(self, check_id: str) -> None:
        """Nothing: the person knows."""

    def cancel(self, check_id: str) -> None:
        """Nothing: a check that has ended is no longer before anybody."""


class Providers:
    """Hands each piece of work to the provider that a check is with.

    Args:
        store: the database.
        providers: those that can be called; a check of another one waits in the outbox until that can be, too.
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

    def named(self, name: str) -> Provider:
        """The provider called ``name``.

        Raises:
            ProviderError: it is not set up.
        """
        provider = self._providers.get(name)
        if provider is None:
            raise ProviderError(f"the provider {name} is not set up")
        return provider

    def reconcile(self) -> int:
        """Look up every check that is open at its provider, for results that were never told; how many could be.

        To be called daily.
        """
        with self._store.read() as session:
            has_begun = or_(Check.called_at.is_not(None), Check.started_at.is_not(None))
            open_checks = list(session.scalars(select(Check.id).where(Check.decided_at.is_(None), has_begun)))
        done = 0
        for check_id in open_checks:
            try:
                self._call("look_up", check_id)
            except Exception as error:  # noqa: BLE001  (the others are looked up all the same)
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
