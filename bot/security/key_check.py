"""Compares the keys of a service with those of its installation, of which the database keeps a check value."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.settings import SettingsError
from bot.storage import DataKey, KeyCheck, Store
from bot.storage.upserts import insert_into

_MASTER, _LEDGER = "MASTER_KEYS", "LEDGER_KEY"


class KeyChecks:
    """The check values of a service's keys: keyed hashes, which reveal nothing about the keys.

    Args:
        master_keys: the master keys, the current one first.
        master_key_ids: the ids under which data keys name them, in the same order.
        ledger_key: the key of the consent ledger.
    """

    def __init__(self, master_keys: Sequence[bytes], master_key_ids: Sequence[str], ledger_key: bytes) -> None:
        self._master = [_check_value(key, _MASTER) for key in master_keys]
        self._master_key_ids = master_key_ids
        self._ledger = _check_value(ledger_key, _LEDGER)

    def compare(self, store: Store, *, is_rotating: bool = False) -> None:
        """Compare the keys with the installation's; the first service records its own.

        Args:
            store: the database.
            is_rotating: whether the installation's master key may be any of ours, because `keys rotate` runs.

        Raises:
            SettingsError: the keys differ.
        """
        with store.read() as session:
            known = _known(session)
            if not known and set(session.scalars(select(DataKey.master_key_id).distinct())) - {*self._master_key_ids}:
                raise SettingsError(_differs(_MASTER))  # a database from before the check values
        if not known:
            with store.write() as session:
                rows = [{"name": _MASTER, "value": self._master[0]}, {"name": _LEDGER, "value": self._ledger}]
                session.execute(insert_into(session, KeyCheck).values(rows).on_conflict_do_nothing())
                known = _known(session)  # another service may have been the first
        if known[_LEDGER] != self._ledger:
            raise SettingsError(_differs(_LEDGER))
        if known[_MASTER] not in self._master:
            raise SettingsError(_differs(_MASTER))
        if known[_MASTER] != self._master[0] and not is_rotating:
            raise SettingsError(f"{_MASTER}: the first key is not in use yet. Run: bot keys rotate")

    def record_master(self, session: Session) -> None:
        """Make the current master key the installation's.

        Args:
            session: the write transaction that wraps all data keys with it.
        """
        session.get_one(KeyCheck, _MASTER).value = self._master[0]


def _check_value(key: bytes, name: str) -> str:
    return hmac.digest(key, f"check value of {name}".encode(), "sha256").hex()


def _known(session: Session) -> dict[str, str]:
    return {row.name: row.value for row in session.scalars(select(KeyCheck))}


def _differs(name: str) -> str:
    return (
        f"{name}: the key is not the one that this database was written with. Set the same MASTER_KEYS and LEDGER_KEY "
        "for every service of the database, or give each the same folder of keys."
    )
