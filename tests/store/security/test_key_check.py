"""A service with other keys than its installation's does not start."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.core.settings import SettingsError
from bot.security.key_check import KeyChecks
from bot.security.vault import Purpose, Vault
from bot.storage import Store

pytestmark = pytest.mark.postgresql_too

OLD, NEW, LEDGER = b"o" * 32, b"n" * 32, b"l" * 32


def checks(*master_keys: bytes, ledger: bytes = LEDGER) -> KeyChecks:
    return KeyChecks(master_keys, Vault([*master_keys]).master_key_ids, ledger)


def test_a_service_with_the_same_keys_starts(store: Store) -> None:
    checks(OLD).compare(store)
    checks(OLD).compare(store)
    checks(OLD, NEW).compare(store)


@pytest.mark.parametrize(
    ("keys", "ledger", "named"), [([NEW], LEDGER, "MASTER_KEYS"), ([OLD], b"x" * 32, "LEDGER_KEY")]
)
@pytest.mark.parametrize("is_rotating", [False, True])
def test_a_service_with_another_key_is_refused(
    store: Store, keys: Sequence[bytes], ledger: bytes, named: str, is_rotating: bool
) -> None:
    checks(OLD).compare(store)
    with pytest.raises(SettingsError, match=f"{named}: the key is not the one that this database was written with"):
        checks(*keys, ledger=ledger).compare(store, is_rotating=is_rotating)


def test_a_database_from_before_the_check_values_is_checked_by_its_data_keys(store: Store) -> None:
    with store.write() as session:
        Vault([OLD]).seal(session, "a" * 32, Purpose.RECORD, "place", b"words")
    with pytest.raises(SettingsError, match="MASTER_KEYS"):
        checks(NEW).compare(store)
    checks(OLD).compare(store)


def test_a_new_master_key_is_used_once_it_is_rotated_to(store: Store) -> None:
    checks(OLD).compare(store)
    rotated = checks(NEW, OLD)
    with pytest.raises(SettingsError, match="bot keys rotate"):
        rotated.compare(store)
    rotated.compare(store, is_rotating=True)
    with store.write() as session:
        rotated.record_master(session)
    rotated.compare(store)
    checks(NEW).compare(store)
    with pytest.raises(SettingsError, match="MASTER_KEYS"):
        checks(OLD).compare(store)
