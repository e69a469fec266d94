"""The consent ledger of the tests, and its records with the mentor's words beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import form
from bot.answers import AGREED
from bot.form import ItemId
from bot.ledger import Contents, Entry, Ledger
from bot.registration import Registration
from bot.store import Consent
from bot.store.models import utc_now
from bot.vault import KEY_BYTES, Vault, load_ledger_key, load_master_keys

MASTER_KEY = b"k" * KEY_BYTES
LEDGER_KEY = b"l" * KEY_BYTES
LEDGER = Ledger(Vault([MASTER_KEY]), LEDGER_KEY)


def ledger_in(data_dir: Path) -> Ledger:
    """The ledger of a bot with this data folder and no keys in its settings."""
    return Ledger(Vault(load_master_keys("", data_dir)), load_ledger_key("", data_dir))


def consent_to(current: Registration, item_id: str, decision: str = AGREED, version: int | None = None) -> Consent:
    """A new record in the ledger of who says yes."""
    item = form.BY_ID[ItemId(item_id)]
    entry = Entry(
        mentor_id=current.mentor.id,
        item=item if version is None else replace(item, version=version),
        decision=decision,
        language="en",
        shown_at=utc_now(),
        reading="typed",
        channel="web",
        contents=Contents(reply="yes", message_id="1", turn_id="t" * 32),
    )
    return LEDGER.add(current.session, entry)


def records(session: Session, ledger: Ledger = LEDGER, mentor_id: str | None = None) -> list[Consent]:
    """The ledger in order, each record with ``reply``, ``message_id`` and ``turn_id`` as further attributes."""
    wanted = select(Consent).order_by(Consent.id)
    rows = list(session.scalars(wanted if mentor_id is None else wanted.where(Consent.mentor_id == mentor_id)))
    for row in rows:
        contents = ledger.contents(session, row)
        for name in ("reply", "message_id", "turn_id"):
            setattr(row, name, getattr(contents, name, None))
    return rows
