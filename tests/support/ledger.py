"""The tests' consent ledger, and its records with the mentors' words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.registration import form
from bot.registration.answers import AGREED
from bot.registration.form import ItemId
from bot.registration.ledger import Anchor, Contents, Entry, Ledger, Recorded
from bot.registration.registration import Registration
from bot.security.cipher import KEY_BYTES
from bot.security.key_files import load_ledger_key, load_master_keys
from bot.security.vault import Vault
from bot.storage import Consent, Store
from bot.storage.models import utc_now

MASTER_KEY = b"k" * KEY_BYTES
LEDGER_KEY = b"l" * KEY_BYTES
LEDGER = Ledger(Vault([MASTER_KEY]), LEDGER_KEY)

#: Ways in which the database's owner can tamper with the records ``:one`` and ``:other``.
TAMPERING = {
    "delete": ["DELETE FROM consents WHERE id = :one"],
    "cut": ["DELETE FROM consents WHERE id >= :one"],
    "edit": ["UPDATE consents SET decision = 'refused' WHERE id = :one"],
    "swap": [
        "UPDATE consents SET id = -1 WHERE id = :one",
        "UPDATE consents SET id = :one WHERE id = :other",
        "UPDATE consents SET id = :other WHERE id = -1",
    ],
    "copy over": [
        "DELETE FROM consents WHERE id = :one",
        "CREATE TEMP TABLE moved AS SELECT * FROM consents WHERE id = :other",
        "UPDATE moved SET id = :one",
        "INSERT INTO consents SELECT * FROM moved",
        "DROP TABLE moved",
    ],
    "insert": [
        "UPDATE consents SET id = id + 1000 WHERE id >= :one",
        "UPDATE consents SET id = id - 999 WHERE id >= 1000",
        "CREATE TEMP TABLE moved AS SELECT * FROM consents WHERE id = :one + 1",
        "UPDATE moved SET id = :one",
        "INSERT INTO consents SELECT * FROM moved",
        "DROP TABLE moved",
    ],
}


def ledger_in(data_dir: Path) -> Ledger:
    """The ledger of a bot with this data folder and no keys in its settings."""
    return Ledger(Vault(load_master_keys("", data_dir)), load_ledger_key("", data_dir))


def consent_to(
    current: Registration, item_id: str, decision: str = AGREED, wording: str = "", ledger: Ledger = LEDGER
) -> Recorded:
    """Record a yes in the ledger, to the item's wording or to another one."""
    item = form.BY_ID[ItemId(item_id)]
    entry = Entry(
        mentor_id=current.mentor.id,
        item=replace(item, wording=wording) if wording else item,
        decision=decision,
        language="en",
        shown_at=utc_now(),
        reading="typed",
        channel="web",
        contents=Contents(reply="yes", message_id="1", turn_id="t" * 32),
    )
    return ledger.add(current.session, entry)


def entry(number: int, mentor_id: str = "m" * 32, decision: str = AGREED, words: str | None = None) -> Entry:
    """The entry for the consent ``number``, modulo the number of consents."""
    return Entry(
        mentor_id=mentor_id,
        item=form.CONSENTS[number % len(form.CONSENTS)],
        decision=decision,
        language="en",
        shown_at=utc_now(),
        reading="typed",
        channel="web",
        contents=Contents(f"yes, {number} 🙂" if words is None else words, str(number), f"{number:032x}"),
    )


def filled(store: Store, number: int, ledger: Ledger = LEDGER) -> Anchor:
    """Add records of two mentors alternately; returns the head."""
    with store.write() as session:
        for each in range(number):
            ledger.add(session, entry(each, "ab"[each % 2] * 32))
    with store.read() as session:
        return ledger.head(session)


def without_guards(store: Store) -> None:
    """Remove the triggers, as the database's owner can."""
    with store.write() as session:
        if store.url.startswith("postgresql"):
            session.execute(text("ALTER TABLE consents DISABLE TRIGGER ALL"))
            return
        names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        assert len(names) == 3
        for name in names:
            session.execute(text(f"DROP TRIGGER {name}"))


def tamper(store: Store, kind: str, one: int, other: int) -> int:
    """Tamper with a ledger without triggers; returns the first bad record's position.

    Args:
        store: the database.
        kind: a key of `TAMPERING`.
        one: a record's position.
        other: another's.
    """
    with store.write() as session:
        for statement in TAMPERING[kind]:
            session.execute(text(statement), {"one": one, "other": other})
    # The inserted record is a copy, so the bad one is the record after it.
    return {"swap": min(one, other), "insert": one + 1}.get(kind, one)


def records(session: Session, ledger: Ledger = LEDGER, mentor_id: str | None = None) -> list[Consent]:
    """The ledger in order, each record with ``reply``, ``message_id`` and ``turn_id`` as further attributes."""
    wanted = select(Consent).order_by(Consent.id)
    rows = list(session.scalars(wanted if mentor_id is None else wanted.where(Consent.mentor_id == mentor_id)))
    for row in rows:
        contents = ledger.contents(session, row)
        for name in ("reply", "message_id", "turn_id"):
            setattr(row, name, getattr(contents, name, None))
    return rows
