"""``python -m bench.codes``: guessed, used, old and foreign codes in numbers, and whether an account can be told."""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.page import as_rows, write_figures
from bot.accounts.accounts import AccountTable
from bot.accounts.email_codes import DIGITS, CodeOutcome, Codes
from bot.notifications.emails.message import Email
from bot.security.cipher import KEY_BYTES
from bot.security.vault import Purpose, Vault
from bot.storage import Conversation, EmailCode, Mail, Mentor, Store
from bot.storage.models import new_id

#: Codes of each kind that are tried and have to be refused.
REFUSED = ("guesses", "used codes", "codes 11 minutes old", "codes of another session", "codes of another address")
ACCEPTED = " accepted"
#: What an answer is called; there has to be one for all addresses.
ANSWERS = "different answers with and without an account"


class Someone:
    """A mentor in a conversation, who is sent codes and types them.

    Args:
        store: the database.
        vault: opens their letters.
        address: their address.
    """

    def __init__(self, store: Store, vault: Vault, address: str) -> None:
        self.store = store
        self.vault = vault
        self.address = address
        self.codes = Codes(vault, per_hour=1_000_000)
        self.mentor_id, self.conversation_id = new_id(), new_id()
        with store.write() as session:
            session.add(Mentor(id=self.mentor_id))
            session.flush()
            session.add(
                Conversation(
                    id=self.conversation_id, mentor_id=self.mentor_id, channel="web", external_id=self.conversation_id
                )
            )

    def is_sent(self) -> None:
        """Have a code sent."""
        with self.store.write() as session:
            self.codes.queue(session, self.mentor_id, self.conversation_id, self.address, "en")

    def letter(self) -> Email:
        """The letter that was queued last."""
        with self.store.read() as session:
            newest = select(Mail).where(Mail.mentor_id == self.mentor_id).order_by(Mail.created_at.desc()).limit(1)
            mail = session.scalars(newest).one()
            contents = self.vault.open(session, self.mentor_id, Purpose.CONVERSATION, mail.id, mail.contents or b"")
        return Email(**json.loads(contents))

    def code(self) -> str:
        """The code that was sent last."""
        found = re.search(rf"\d{{{DIGITS}}}", self.letter().subject)
        assert found is not None
        return found[0]

    def types(self, text: str) -> CodeOutcome:
        """Type something as the code."""
        with self.store.write() as session:
            return self.codes.verify(session, self.mentor_id, self.conversation_id, self.address, text)

    def lets_pass(self, time_passed: timedelta) -> None:
        """Wait, as far as the codes of this conversation know."""
        with self.store.write() as session:
            rows = select(EmailCode).where(EmailCode.conversation_id == self.conversation_id)
            for row in session.scalars(rows):
                row.created_at -= time_passed
                row.expires_at -= time_passed


def guesses(store: Store, vault: Vault, number: int, chance: random.Random) -> int:
    """How many of so many guesses at one code are accepted; the right one is among them, after the wrong ones."""
    mentor = Someone(store, vault, "guessed@example.org")
    mentor.is_sent()
    right = mentor.code()
    others = [each for each in chance.sample(range(10**DIGITS), number) if each != int(right)][: number - 1]
    return sum(mentor.types(f"{each:0{DIGITS}}") is CodeOutcome.RIGHT for each in [*others, int(right)])


def reused(store: Store, vault: Vault, number: int) -> int:
    """How many of so many codes are accepted a second time."""
    mentor = Someone(store, vault, "reused@example.org")
    accepted = 0
    for _ in range(number):
        mentor.is_sent()
        code = mentor.code()
        assert mentor.types(code) is CodeOutcome.RIGHT
        accepted += mentor.types(code) is CodeOutcome.RIGHT
    return accepted


def old(store: Store, vault: Vault, number: int) -> int:
    """How many of so many codes are accepted after 11 minutes."""
    mentor = Someone(store, vault, "old@example.org")
    accepted = 0
    for _ in range(number):
        mentor.is_sent()
        mentor.lets_pass(timedelta(minutes=11))
        accepted += mentor.types(mentor.code()) is CodeOutcome.RIGHT
    return accepted


def of_another_session(store: Store, vault: Vault, number: int) -> int:
    """How many of so many codes are accepted in a conversation about the same address that did not ask for them."""
    one, other = (Someone(store, vault, "shared@example.org") for _ in range(2))
    accepted = 0
    for _ in range(number):
        other.is_sent()
        one.is_sent()
        code = one.code()
        accepted += code != other.code() and other.types(code) is CodeOutcome.RIGHT
    return accepted


def of_another_address(store: Store, vault: Vault, number: int) -> int:
    """How many of so many codes prove another address than the one they were sent to."""
    mentor = Someone(store, vault, "mine@example.org")
    accepted = 0
    for _ in range(number):
        mentor.address = "mine@example.org"
        mentor.is_sent()
        mentor.address = "theirs@example.org"
        accepted += mentor.types(mentor.code()) is CodeOutcome.RIGHT
    return accepted


def accounts_told(store: Store, vault: Vault, number: int) -> dict[str, Any]:
    """Ask for codes to addresses with and without an account in turn, and type wrong and right ones.

    Returns:
        How many answers differ, and how the times with an account relate to those without.
    """
    seconds: dict[str, dict[bool, list[float]]] = {each: {True: [], False: []} for each in ("send", "wrong", "right")}
    differing = 0
    for index in range(number):
        said: dict[bool, list[str]] = {}
        for has_account in (True, False) if index % 2 else (False, True):
            mentor = Someone(store, vault, f"someone-{index}-{has_account:d}@example.org")
            if has_account:
                with store.write() as session:
                    AccountTable().open_account(session, email=mentor.address, full_name=None, verified=True)
            started = time.perf_counter()
            mentor.is_sent()
            sent = time.perf_counter()
            code, letter = mentor.code(), mentor.letter()
            guessing = time.perf_counter()
            wrong = mentor.types(f"{(int(code) + 1) % 10**DIGITS:0{DIGITS}}")
            guessed = time.perf_counter()
            right = mentor.types(code)
            ended = time.perf_counter()
            said[has_account] = [wrong, right, f"{letter.subject}\n{letter.text}".replace(code, "")]
            for what, taken in (("send", sent - started), ("wrong", guessed - guessing), ("right", ended - guessed)):
                seconds[what][has_account].append(taken)
        differing += said[True] != said[False]
    found: dict[str, Any] = {ANSWERS: differing}
    for what, times in seconds.items():
        with_account, without = (statistics.quantiles(times[each], n=20, method="inclusive") for each in (True, False))
        for name, cut in (("median", 9), ("95th percentile", 18)):
            ratio = with_account[cut] / without[cut]
            found[f"time of {what}, with an account ÷ without, {name}"] = f"{ratio:.2f}"
    return found


def measure(store: Store, vault: Vault, number: int, codes: int, timings: int) -> dict[str, Any]:
    """All figures.

    Args:
        store: a database with all tables.
        vault: a vault.
        number: how many guesses.
        codes: how many codes of each other kind.
        timings: how many addresses with, and without, an account; at least 2.
    """
    chance = random.Random(20261123)
    accepted = {
        "guesses": (number, guesses(store, vault, number, chance)),
        "used codes": (codes, reused(store, vault, codes)),
        "codes 11 minutes old": (codes, old(store, vault, codes)),
        "codes of another session": (codes, of_another_session(store, vault, codes)),
        "codes of another address": (codes, of_another_address(store, vault, codes)),
    }
    assert tuple(accepted) == REFUSED
    found: dict[str, Any] = {}
    for what, (tried, taken) in accepted.items():
        found |= {what: tried, what + ACCEPTED: taken}
    return found | accounts_told(store, vault, timings)


def broken(found: dict[str, Any]) -> list[str]:
    """The figures that have to be 0 and are not."""
    return [name for name in (*(each + ACCEPTED for each in REFUSED), ANSWERS) if found[name]]


def main() -> int:
    """Measure and print; 1 if a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.codes", description=__doc__)
    parser.add_argument("--guesses", type=int, default=10_000)
    parser.add_argument("--codes", type=int, default=200)
    parser.add_argument("--timings", type=int, default=300)
    parser.add_argument("--page", type=Path, help="write the figures into this page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'bot.db'}")
        store.upgrade()
        found = measure(store, Vault([b"k" * KEY_BYTES]), arguments.guesses, arguments.codes, arguments.timings)
        store.dispose()
    print(as_rows(found))
    if arguments.page:
        write_figures(arguments.page, "codes", as_rows(found))
    return 1 if broken(found) else 0


if __name__ == "__main__":
    sys.exit(main())
