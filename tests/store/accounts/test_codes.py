"""Codes that prove an address: right once, for ten minutes, in one conversation, after few tries."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bench.codes import REFUSED, Someone, broken, measure
from bot.accounts.email_codes import TRIES, CodeOutcome, Codes, TooManyCodesError, forget_old
from bot.core.organisation import ORGANISATION
from bot.notifications.emails.sender import SEND
from bot.security.vault import Vault
from bot.storage import EmailCode, Mail, OutboxEntry, Store
from bot.storage.models import utc_now
from tests.store.mentor import snapshot

pytestmark = pytest.mark.postgresql_too

ADDRESS = "Maria.Silva@example.org"
PER_HOUR = 3


@pytest.fixture
def maria(store: Store, vault: Vault) -> Someone:
    """A mentor who was sent a code."""
    mentor = Someone(store, vault, ADDRESS)
    mentor.is_sent()
    return mentor


def wrong_for(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def row(store: Store) -> EmailCode:
    with store.read() as session:
        return session.scalars(select(EmailCode).order_by(EmailCode.created_at.desc())).first()


def sends(store: Store, codes: Codes, mentor: Someone) -> int | None:
    """Have a code sent; gives the minutes to wait if there were too many."""
    try:
        with store.write() as session:
            codes.queue(session, mentor.mentor_id, mentor.conversation_id, mentor.address, "en")
    except TooManyCodesError as error:
        return error.minutes
    return None


def test_the_letter_says_what_a_person_needs(maria: Someone) -> None:
    letter, code = maria.letter(), maria.code()
    assert letter.to == ADDRESS
    assert letter.subject == f"{code} is your {ORGANISATION.name} code"
    assert f"Your code is {code}." in letter.text
    assert "10 minutes" in letter.text
    assert "did not ask for it" in letter.text
    with maria.store.read() as session:
        assert session.scalars(select(OutboxEntry.kind)).all() == [SEND]


def test_the_code_sent_is_right_and_counts_once(maria: Someone) -> None:
    code = maria.code()
    assert maria.types(f"my code is {code[:3]} {code[3:]}") is CodeOutcome.RIGHT
    used = row(maria.store)
    assert used.used_at is not None
    assert utc_now() - used.used_at < timedelta(minutes=1)
    assert maria.types(code) is CodeOutcome.EXPIRED


def test_the_case_of_an_address_does_not_matter(maria: Someone) -> None:
    maria.address = ADDRESS.lower()
    assert maria.types(maria.code()) is CodeOutcome.RIGHT


def test_leading_zeros_count(store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.accounts.email_codes.secrets.randbelow", lambda _below: 42)
    mentor = Someone(store, vault, ADDRESS)
    mentor.is_sent()
    assert mentor.code() == "000042"
    assert mentor.types("42") is CodeOutcome.WRONG
    assert mentor.types("000 042") is CodeOutcome.RIGHT


def test_codes_are_drawn_from_all_there_are(maria: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    monkeypatch.setattr("bot.accounts.email_codes.secrets.randbelow", lambda below: drawn.append(below) or 7)
    maria.is_sent()
    assert drawn == [1_000_000]


def test_the_database_holds_neither_code_nor_address(maria: Someone) -> None:
    code = maria.code()
    rows = str(snapshot(maria.store))
    assert maria.mentor_id in rows
    assert "silva" not in rows.lower()
    assert not re.search(rf"(?<![0-9a-f]){code}(?![0-9a-f])", rows)


def test_hashes_are_of_the_key_and_of_the_row(store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.accounts.email_codes.secrets.randbelow", lambda _below: 7)
    for each in (vault, Vault([b"z" * 32])):
        mentor = Someone(store, each, ADDRESS)
        mentor.is_sent()
        mentor.is_sent()
    with store.read() as session:
        rows = session.scalars(select(EmailCode)).all()
    assert len({each.code_hash for each in rows}) == 4
    assert len({each.address_hash for each in rows}) == 2


def test_a_wrong_code_is_wrong_and_a_later_right_one_counts(maria: Someone) -> None:
    code = maria.code()
    for _ in range(TRIES - 1):
        assert maria.types(wrong_for(code)) is CodeOutcome.WRONG
    assert maria.types(code) is CodeOutcome.RIGHT


def test_after_five_tries_a_code_is_used_up(maria: Someone) -> None:
    code = maria.code()
    outcomes = [maria.types(wrong_for(code)) for _ in range(TRIES)]
    assert outcomes == [CodeOutcome.WRONG] * (TRIES - 1) + [CodeOutcome.USED_UP]
    assert maria.types(code) is CodeOutcome.USED_UP
    assert row(maria.store).tries == TRIES == 5
    maria.is_sent()
    assert maria.types(maria.code()) is CodeOutcome.RIGHT


def test_a_message_without_a_code_is_no_try(maria: Someone) -> None:
    for _ in range(TRIES + 1):
        assert maria.types("I did not get it") is CodeOutcome.WRONG
    assert row(maria.store).tries == 0
    assert maria.types(maria.code()) is CodeOutcome.RIGHT


@pytest.mark.parametrize(
    ("seconds", "outcome"), [(9 * 60 + 50, CodeOutcome.RIGHT), (10 * 60, CodeOutcome.EXPIRED)], ids=str
)
def test_a_code_is_good_for_ten_minutes(maria: Someone, seconds: int, outcome: CodeOutcome) -> None:
    maria.lets_pass(timedelta(seconds=seconds))
    assert maria.types(maria.code()) is outcome


def test_a_newer_code_ends_the_older_one(maria: Someone) -> None:
    older = maria.code()
    maria.is_sent()
    newer = maria.code()
    if older != newer:
        assert maria.types(older) is CodeOutcome.WRONG
    assert maria.types(newer) is CodeOutcome.RIGHT


def test_a_code_to_another_address_ends_the_first_one(maria: Someone) -> None:
    first = maria.code()
    maria.address = "another@example.org"
    maria.is_sent()
    maria.address = ADDRESS
    assert maria.types(first) is CodeOutcome.EXPIRED


def test_without_a_code_there_is_none(store: Store, vault: Vault) -> None:
    assert Someone(store, vault, ADDRESS).types("123456") is CodeOutcome.NONE


def test_a_code_proves_no_other_address(maria: Someone) -> None:
    code = maria.code()
    for other in ("another@example.org", "Maria.Silva@example.com", "maria.silva@example.org.example"):
        maria.address = other
        assert maria.types(code) is CodeOutcome.NONE


def test_addresses_that_only_look_alike_are_two(store: Store, vault: Vault) -> None:
    mentor = Someone(store, vault, "maria@strasse.example")
    mentor.is_sent()
    mentor.address = "maria@straße.example"
    assert mentor.types(mentor.code()) is CodeOutcome.NONE


def test_a_code_counts_in_its_own_conversation_and_for_its_own_mentor_only(
    maria: Someone, store: Store, vault: Vault
) -> None:
    other = Someone(store, vault, ADDRESS)
    code = maria.code()
    assert other.types(code) is CodeOutcome.NONE
    other.mentor_id, own = maria.mentor_id, other.mentor_id
    assert other.types(code) is CodeOutcome.NONE
    other.mentor_id, other.conversation_id = own, maria.conversation_id
    assert other.types(code) is CodeOutcome.NONE
    assert row(store).tries == 0
    assert maria.types(code) is CodeOutcome.RIGHT


def test_one_of_many_at_once_is_right(maria: Someone) -> None:
    code, ready = maria.code(), threading.Barrier(4)

    def type_it(_number: int) -> CodeOutcome:
        ready.wait(10)
        return maria.types(code)

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(type_it, range(4)))
    assert outcomes == [CodeOutcome.EXPIRED] * 3 + [CodeOutcome.RIGHT]


def test_tries_at_once_are_all_counted(maria: Someone) -> None:
    wrong, ready = wrong_for(maria.code()), threading.Barrier(8)

    def type_it(_number: int) -> CodeOutcome:
        ready.wait(10)
        return maria.types(wrong)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(type_it, range(8)))
    assert outcomes.count(CodeOutcome.WRONG) == TRIES - 1
    assert row(maria.store).tries == TRIES


def test_an_address_is_sent_so_many_codes_an_hour_over_all_mentors(store: Store, vault: Vault) -> None:
    codes = Codes(vault, PER_HOUR)
    mentors = [Someone(store, vault, address) for address in (ADDRESS, ADDRESS.upper(), ADDRESS.lower(), ADDRESS)]
    assert [sends(store, codes, each) for each in mentors] == [None, None, None, 60]
    with store.read() as session:
        assert len(session.scalars(select(Mail)).all()) == PER_HOUR
    assert sends(store, codes, Someone(store, vault, "another@example.org")) is None


def test_a_conversation_is_sent_so_many_codes_an_hour_over_all_addresses(store: Store, vault: Vault) -> None:
    codes, mentor = Codes(vault, PER_HOUR), Someone(store, vault, ADDRESS)
    for number in range(PER_HOUR):
        mentor.address = f"address-{number}@example.org"
        assert sends(store, codes, mentor) is None
    assert sends(store, codes, mentor) == 60


def test_the_minutes_to_wait_are_those_until_the_next_code(store: Store, vault: Vault) -> None:
    codes, mentor = Codes(vault, PER_HOUR), Someone(store, vault, ADDRESS)
    for _ in range(PER_HOUR):
        assert sends(store, codes, mentor) is None
        mentor.lets_pass(timedelta(minutes=19, seconds=30))  # the first one is 58.5 minutes old in the end
    assert sends(store, codes, mentor) == 2
    mentor.lets_pass(timedelta(minutes=1))
    assert sends(store, codes, mentor) == 1
    mentor.lets_pass(timedelta(minutes=1))
    assert sends(store, codes, mentor) is None
    assert sends(store, codes, mentor) == 19  # until the second one has left the hour


def test_a_refused_wish_leaves_the_code_as_it_was(store: Store, vault: Vault) -> None:
    codes, mentor = Codes(vault, 1), Someone(store, vault, ADDRESS)
    assert sends(store, codes, mentor) is None
    code = mentor.code()
    assert sends(store, codes, mentor) == 60
    assert mentor.types(code) is CodeOutcome.RIGHT


def test_wishes_at_once_are_all_counted(store: Store, vault: Vault) -> None:
    codes, ready = Codes(vault, PER_HOUR), threading.Barrier(8)
    mentors = [Someone(store, vault, ADDRESS) for _ in range(8)]

    def ask(mentor: Someone) -> int | None:
        ready.wait(10)
        return sends(store, codes, mentor)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(ask, mentors))
    assert outcomes.count(None) == PER_HOUR


def test_codes_older_than_a_day_are_forgotten(store: Store, vault: Vault) -> None:
    old, new = (Someone(store, vault, address) for address in ("old@example.org", "new@example.org"))
    for each in (old, new):
        each.is_sent()
    old.lets_pass(timedelta(hours=24, seconds=1))
    new.lets_pass(timedelta(hours=23, minutes=59))
    with store.write() as session:
        assert forget_old(session, utc_now()) == 1
        assert session.scalars(select(EmailCode.mentor_id)).all() == [new.mentor_id]


def test_the_row_is_locked_while_a_try_is_counted(maria: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    """A try that is not committed yet is waited for."""
    code, wrong = maria.code(), wrong_for(maria.code())
    with maria.store.write() as session:
        session.execute(update(EmailCode).values(tries=TRIES - 1))
    with ThreadPoolExecutor(1) as pool:
        with maria.store.write() as session:
            maria.codes.verify(session, maria.mentor_id, maria.conversation_id, maria.address, wrong)
            waiting = pool.submit(maria.types, code)
        assert waiting.result(20) is CodeOutcome.USED_UP


def test_the_figures_hold(store: Store, vault: Vault) -> None:
    found = measure(store, vault, number=60, codes=5, timings=3)
    assert broken(found) == []
    assert [found[each] for each in REFUSED] == [60, 5, 5, 5, 5]
