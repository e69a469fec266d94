"""Looks for remains of an erased mentor in every table and file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select

from bot.moves.deletion import ERASE
from bot.privacy.erasure import Erasure
from bot.storage import Base, Consent, OutboxEntry, Store
from bot.storage.models import utc_now
from tests.support.ledger import LEDGER

#: Tables that may still hold an erased mentor's id: they are append-only and identify nobody.
KEPT = frozenset({"consents", "events", "audit", "outbox"})


def erase_who_asked(store: Store, erasure: Erasure) -> list[str]:
    """Erase the mentors who asked for it, as the outbox does; returns their ids."""
    with store.read() as session:
        wanted = select(OutboxEntry.subject_id).where(OutboxEntry.kind == ERASE, OutboxEntry.done_at.is_(None))
        erased = list(session.scalars(wanted.order_by(OutboxEntry.id)))
    for mentor_id in erased:
        erasure.delete_account(mentor_id, cancel=lambda _check: None)
    with store.write() as session:
        for entry in session.scalars(select(OutboxEntry).where(OutboxEntry.subject_id.in_(erased))):
            entry.done_at = utc_now()
    return erased


def assert_nothing_is_left(store: Store, erasure: Erasure, mentor_id: str, words: Iterable[str]) -> None:
    """Assert that no row, file or readable record of the ledger holds a mentor's data.

    Args:
        store: the database.
        erasure: searches the files.
        mentor_id: the erased mentor.
        words: texts that they gave.
    """
    wanted = [each for each in words if each]
    with store.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                shown = repr(tuple(row))
                assert table.name in KEPT or mentor_id not in shown, f"{table.name}: {shown}"
                assert [each for each in wanted if each in shown] == [], f"{table.name}: {shown}"
        records = session.scalars(select(Consent).where(Consent.mentor_id == mentor_id)).all()
        assert [LEDGER.contents(session, each) for each in records] == [None] * len(records)
        work = session.scalars(select(OutboxEntry).where(OutboxEntry.mentor_id == mentor_id)).all()
        assert list(work) == []
        assert LEDGER.verify(session).problem == ""
    _files, found = erasure.search.find([(each, each.encode()) for each in wanted])
    assert found == []


def photo_files(data_dir: Path) -> list[str]:
    """The files of photos, and the uploads that wait to be checked."""
    folders = (data_dir / "photos", data_dir / "uploads")
    return sorted(path.name for folder in folders for path in folder.iterdir() if re.search(r"\w", path.name))
