"""The vault: what it sealed opens only where it belongs, and not at all once its key is destroyed."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bot.core.settings import SettingsError
from bot.security.cipher import KEY_BYTES, VaultError
from bot.security.key_files import load_master_keys
from bot.security.vault import Purpose, Vault
from bot.storage import Base, DataKey

MASTER = b"m" * KEY_BYTES
OTHER_MASTER = b"o" * KEY_BYTES
OWNER = "a" * 32
SECRET = b"1985-05-03"


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def vault() -> Vault:
    return Vault([MASTER])


def test_what_was_sealed_opens(session: Session, vault: Vault) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    assert vault.open(session, OWNER, Purpose.CHECK, "date", sealed) == SECRET


def test_what_was_sealed_cannot_be_read(session: Session, vault: Vault) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    assert SECRET not in sealed
    assert b"1985" not in sealed


def test_the_same_value_is_sealed_differently_each_time(session: Session, vault: Vault) -> None:
    sealed = {vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET) for _ in range(20)}
    assert len({each[:12] for each in sealed}) == 20
    assert len({each[12:] for each in sealed}) == 20


def test_one_key_is_kept_for_each_owner_and_purpose(session: Session, vault: Vault) -> None:
    for owner in (OWNER, "b" * 32):
        for purpose in Purpose:
            vault.seal(session, owner, purpose, "first", SECRET)
            vault.seal(session, owner, purpose, "second", SECRET)
    rows = session.scalars(select(DataKey)).all()
    assert len(rows) == 2 * len(Purpose)
    assert len({row.wrapped for row in rows}) == 2 * len(Purpose)
    assert all(MASTER not in row.wrapped for row in rows)


@pytest.mark.parametrize(
    ("owner", "purpose", "context"),
    [
        ("b" * 32, Purpose.CHECK, "date"),
        (OWNER, Purpose.CONVERSATION, "date"),
        (OWNER, Purpose.CHECK, "other"),
        (OWNER, Purpose.CHECK, ""),
        (OWNER, Purpose.CHECK, "key"),
    ],
)
def test_a_value_opens_nowhere_else(session: Session, vault: Vault, owner: str, purpose: Purpose, context: str) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    vault.seal(session, owner, purpose, context, b"something")  # so that there is a key to try
    with pytest.raises(VaultError):
        vault.open(session, owner, purpose, context, sealed)


def test_a_value_without_a_key_does_not_open(session: Session, vault: Vault) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    with pytest.raises(VaultError, match="destroyed"):
        vault.open(session, "b" * 32, Purpose.CHECK, "date", sealed)


def test_a_changed_byte_is_noticed_wherever_it_is(session: Session, vault: Vault) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(VaultError):
            vault.open(session, OWNER, Purpose.CHECK, "date", bytes(changed))


def test_a_cut_value_is_noticed_wherever_it_ends(session: Session, vault: Vault) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    for length in range(len(sealed)):
        with pytest.raises(VaultError):
            vault.open(session, OWNER, Purpose.CHECK, "date", sealed[:length])


def test_a_changed_wrapped_key_is_noticed(session: Session, vault: Vault) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    row = session.get_one(DataKey, (OWNER, Purpose.CHECK))
    row.wrapped = row.wrapped[:-1] + bytes([row.wrapped[-1] ^ 1])
    with pytest.raises(VaultError):
        vault.open(session, OWNER, Purpose.CHECK, "date", sealed)


def test_a_key_moved_to_another_owner_does_not_open(session: Session, vault: Vault) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    row = session.get_one(DataKey, (OWNER, Purpose.CHECK))
    session.add(DataKey(owner_id="b" * 32, purpose=row.purpose, wrapped=row.wrapped, master_key_id=row.master_key_id))
    session.flush()
    with pytest.raises(VaultError):
        vault.open(session, "b" * 32, Purpose.CHECK, "date", sealed)


def test_a_key_moved_to_another_purpose_does_not_open(session: Session, vault: Vault) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    row = session.get_one(DataKey, (OWNER, Purpose.CHECK))
    moved = DataKey(owner_id=OWNER, purpose=Purpose.RECORD, wrapped=row.wrapped, master_key_id=row.master_key_id)
    session.add(moved)
    session.flush()
    with pytest.raises(VaultError, match="wrapped data key was changed"):
        vault.open(session, OWNER, Purpose.RECORD, "date", sealed)


def test_after_a_rewrap_the_older_master_key_is_needed_for_nothing(session: Session, vault: Vault) -> None:
    sealed = {each: vault.seal(session, OWNER, each, "place", SECRET) for each in Purpose}
    rotated = Vault([OTHER_MASTER, MASTER])
    rotated.seal(session, "b" * 32, Purpose.CHECK, "place", SECRET)  # wrapped by the new one already
    assert rotated.rewrap(session) == len(Purpose)
    assert rotated.rewrap(session) == 0
    newest = Vault([OTHER_MASTER])
    assert all(newest.open(session, OWNER, each, "place", value) == SECRET for each, value in sealed.items())
    with pytest.raises(VaultError, match="MASTER_KEYS"):
        vault.open(session, OWNER, Purpose.CHECK, "place", sealed[Purpose.CHECK])


def test_destroying_a_key_ends_what_it_sealed_and_nothing_else(session: Session, vault: Vault) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    message = vault.seal(session, OWNER, Purpose.CONVERSATION, "message", b"hello")
    others = vault.seal(session, "b" * 32, Purpose.CHECK, "date", SECRET)
    vault.destroy(session, OWNER, Purpose.CHECK)
    with pytest.raises(VaultError, match="destroyed"):
        vault.open(session, OWNER, Purpose.CHECK, "date", sealed)
    assert vault.open(session, OWNER, Purpose.CONVERSATION, "message", message) == b"hello"
    assert vault.open(session, "b" * 32, Purpose.CHECK, "date", others) == SECRET


def test_a_new_key_does_not_open_what_the_destroyed_one_sealed(session: Session, vault: Vault) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    vault.destroy(session, OWNER, Purpose.CHECK)
    vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    with pytest.raises(VaultError):
        vault.open(session, OWNER, Purpose.CHECK, "date", sealed)


def test_destroying_a_key_that_is_not_there_changes_nothing(session: Session, vault: Vault) -> None:
    vault.destroy(session, OWNER, Purpose.CHECK)
    assert session.scalars(select(DataKey)).all() == []


def test_an_older_master_key_still_opens_and_the_first_one_wraps(session: Session, vault: Vault) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    rotated = Vault([OTHER_MASTER, MASTER])
    assert rotated.open(session, OWNER, Purpose.CHECK, "date", sealed) == SECRET
    fresh = rotated.seal(session, "b" * 32, Purpose.CHECK, "date", SECRET)
    with pytest.raises(VaultError, match="MASTER_KEYS"):
        vault.open(session, "b" * 32, Purpose.CHECK, "date", fresh)
    assert Vault([OTHER_MASTER]).open(session, "b" * 32, Purpose.CHECK, "date", fresh) == SECRET


def test_another_master_key_opens_nothing(session: Session, vault: Vault) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    with pytest.raises(VaultError, match="MASTER_KEYS"):
        Vault([OTHER_MASTER]).open(session, OWNER, Purpose.CHECK, "date", sealed)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plaintext=st.binary(max_size=5_000), context=st.text(max_size=64))
def test_every_value_opens_again(session: Session, vault: Vault, plaintext: bytes, context: str) -> None:
    sealed = vault.seal(session, OWNER, Purpose.CHECK, context, plaintext)
    assert vault.open(session, OWNER, Purpose.CHECK, context, sealed) == plaintext


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(forged=st.binary(max_size=80))
def test_what_was_never_sealed_does_not_open(session: Session, vault: Vault, forged: bytes) -> None:
    vault.seal(session, OWNER, Purpose.CHECK, "date", SECRET)
    with pytest.raises(VaultError):
        vault.open(session, OWNER, Purpose.CHECK, "date", forged)


def test_a_master_key_is_made_once_and_only_its_owner_reads_it(data_dir: Path) -> None:
    first = load_master_keys("", data_dir)
    path = data_dir / "keys" / "master.key"
    assert [len(key) for key in first] == [KEY_BYTES]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert load_master_keys("", data_dir) == first
    assert [each.name for each in path.parent.iterdir()] == ["master.key"]
    assert first[0] not in (b"\x00" * KEY_BYTES, *load_master_keys("", data_dir / "other"))


def test_only_the_owner_reads_the_key_whatever_the_umask(data_dir: Path) -> None:
    before = os.umask(0)
    try:
        load_master_keys("", data_dir)
    finally:
        os.umask(before)
    assert stat.S_IMODE((data_dir / "keys" / "master.key").stat().st_mode) == 0o600


def test_processes_that_start_at_once_get_the_same_key(data_dir: Path) -> None:
    code = (
        "import sys, pathlib; from bot.security.key_files import load_master_keys;"
        "sys.stdin.read(1); print(load_master_keys('', pathlib.Path(sys.argv[1]))[0].hex())"
    )
    command = [sys.executable, "-c", code, str(data_dir)]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go")
        process.stdin.flush()
    keys = {process.communicate(timeout=60)[0] for process in processes}
    assert len(keys) == 1
    assert keys == {load_master_keys("", data_dir)[0].hex() + "\n"}


def test_configured_keys_are_taken_in_their_order_and_no_file_is_made(data_dir: Path) -> None:
    configured = f"{base64.b64encode(MASTER).decode()}, {base64.b64encode(OTHER_MASTER).decode()}"
    assert load_master_keys(configured, data_dir) == [MASTER, OTHER_MASTER]
    assert not data_dir.exists()


@pytest.mark.parametrize(
    "configured",
    [
        "x",
        "not base64",
        base64.b64encode(b"m" * 16).decode(),
        base64.b64encode(b"m" * 33).decode(),
        base64.b64encode(MASTER).decode() + ",",
        "," + base64.b64encode(MASTER).decode(),
        base64.b64encode(MASTER).decode() + ";" + base64.b64encode(OTHER_MASTER).decode(),
        base64.b64encode(MASTER).decode().rstrip("="),
        base64.urlsafe_b64encode(b"\xff" * 32).decode(),
        "Schlüssel",
        " ",
    ],
)
def test_a_bad_key_is_a_mistake_in_the_settings_and_is_not_repeated(configured: str, data_dir: Path) -> None:
    with pytest.raises(SettingsError, match="MASTER_KEYS") as caught:
        load_master_keys(configured, data_dir)
    if len(configured) > 2:
        assert configured not in str(caught.value)
