"""Mentors with a check for Checkr, and the provider connected to the double."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.checks.progress import CheckProgress
from bot.checks.providers.checkr import CheckrProvider
from bot.checks.providers.checkr_api import CheckrApi
from bot.checks.providers.registry import Providers
from bot.core.settings import Settings
from bot.security.vault import Purpose, Vault
from bot.storage import Answer, Check, Mentor, OutboxEntry, SealedValue, Store
from bot.storage.models import utc_now
from tests.doubles.checkr_api import API_KEY, CheckrDouble

BORN = "1978-08-14"
ANSWERS = {
    "full_name": "Grace Brewster Hopper",
    "email": "grace@example.org",
    "country": "US",
    "region": "US-NY",
}


def checkr_settings(url: str = "http://127.0.0.1:1/v1", **values: Any) -> Settings:
    """Settings for Checkr at ``url``, whatever the environment says."""
    own: dict[str, Any] = {"checkr_api_url": url, "checkr_api_key": SecretStr(API_KEY), "check_provider": "checkr"}
    return Settings(_env_file=None, **(own | values))  # type: ignore[call-arg]


def add_check(store: Store, vault: Vault, **answers: str | None) -> str:
    """Create a mentor who has just submitted, with a queued check; returns the check's id.

    Args:
        store: the database.
        vault: seals the date of birth.
        answers: other answers than `ANSWERS`, or None for no such answer; ``date_of_birth`` among them.
    """
    given = {"date_of_birth": BORN} | ANSWERS | answers
    with store.write() as session:
        mentor = Mentor(submitted_at=utc_now(), check_provider="checkr", needs_place=True)
        session.add(mentor)
        session.flush()
        born = given.pop("date_of_birth")
        if born is not None:
            sealed = vault.seal(session, mentor.id, Purpose.CHECK, "date_of_birth", born.encode())
            value = SealedValue(mentor_id=mentor.id, name="date_of_birth", ciphertext=sealed)
            session.add(value)
            session.flush()
            given["date_of_birth"] = value.id
        session.add_all(
            Answer(mentor_id=mentor.id, item_id=item, value=value, wording_version=1, turn_id="t" * 32)
            for item, value in given.items()
            if value is not None
        )
        check = Check(mentor_id=mentor.id, provider="checkr", status="queued")
        session.add(check)
        session.flush()
        return check.id


def check_of(store: Store, check_id: str) -> Check:
    """The check as it is stored."""
    with store.read() as session:
        return session.get_one(Check, check_id)


def age_check(store: Store, check_id: str, **parts: float) -> None:
    """Move the first call for a check back in time: ``age_check(store, check_id, hours=24)``."""
    with store.write() as session:
        check = session.get_one(Check, check_id)
        assert check.called_at is not None
        check.called_at -= timedelta(**parts)


def queued(store: Store, kind: str) -> list[str]:
    """The subjects of waiting outbox entries of a kind."""
    with store.read() as session:
        wanted = select(OutboxEntry.subject_id).where(OutboxEntry.kind == kind, OutboxEntry.done_at.is_(None))
        return sorted(session.scalars(wanted))


class Desk:
    """The provider, with the double on the other side.

    Attributes:
        told: id and status of every check that advanced.
        waits: seconds that it would have waited between attempts.
    """

    def __init__(self, store: Store, vault: Vault, checkr: CheckrDouble, **values: Any) -> None:
        self.store, self.vault, self.checkr = store, vault, checkr
        self.settings = checkr_settings(checkr.url, **values)
        self.told: list[tuple[str, str]] = []
        self.waits: list[float] = []
        self.provider = self.with_time()

    def with_time(
        self, *, attempt_seconds: float = 5.0, seconds: float = 30.0, sleep: Callable[[float], None] | None = None
    ) -> CheckrProvider:
        """A provider with these limits for one attempt and one job."""
        api = partial(CheckrApi, seconds=seconds, attempt_seconds=attempt_seconds, sleep=sleep or self.waits.append)
        return CheckrProvider(self.store, self.vault, self.settings, CheckProgress(self.vault, self._tell), api=api)

    def started(self, **answers: str | None) -> str:
        """A check that has started at the double."""
        check_id = add_check(self.store, self.vault, **answers)
        self.provider.start(check_id)
        return check_id

    def reported(self, **answers: str | None) -> tuple[str, str]:
        """A check whose invitation was completed, and its report."""
        check_id = self.started(**answers)
        invitation_id = check_of(self.store, check_id).invitation_id
        assert invitation_id is not None
        return check_id, self.checkr.completes(invitation_id)

    def reconcile(self) -> int:
        """Look up every open check, as the daily job does."""
        return Providers(self.store, [self.provider]).reconcile()

    def _tell(self, session: Session, check: Check) -> None:
        assert session.in_transaction()
        self.told.append((check.id, check.status))


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until a condition holds."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "the condition never held"
        time.sleep(0.01)
