"""Codes that prove an e-mail address: sent there, and typed into the conversation that asked for them. Limits included.

The database holds only keyed hashes of code and address. Nothing here reads accounts, so neither a reply nor its timing
reveals whether an address has one.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import secrets
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from bot.i18n.catalogue import catalogue
from bot.notifications.emails.letter import Letter, write
from bot.notifications.emails.sender import queue_email
from bot.security.vault import Vault
from bot.storage import EmailCode
from bot.storage.models import new_id, utc_now
from bot.understanding.text import plain

DIGITS = 6
GOOD_FOR = timedelta(minutes=10)
TRIES = 5
_WINDOW = timedelta(hours=1)
_KEPT = timedelta(days=1)
#: Digits, with at most one space, hyphen or dash between two.
_DIGITS = re.compile(r"[0-9](?:[ \-‐‑‒–—]?[0-9])*")


class CodeOutcome(StrEnum):
    """The result of checking a typed code."""

    RIGHT = "right"
    WRONG = "wrong"
    #: The code is too old or used, or a newer one was sent to another address.
    EXPIRED = "expired"
    #: Too many wrong codes were tried.
    USED_UP = "used_up"
    #: No code was sent in this conversation for this address.
    NONE = "none"


class TooManyCodesError(Exception):
    """No more codes are sent for now.

    Attributes:
        minutes: until the next code can be sent.
    """

    def __init__(self, minutes: int) -> None:
        super().__init__(f"the next code can be sent in {minutes} minutes")
        self.minutes = minutes


def read_code(text: str) -> str | None:
    """The code in what a person typed: "123 456", "my code is 123-456", in the digits of any script.

    Args:
        text: the message as typed.

    Returns:
        Six digits from 0 to 9; None if there are none, or more than one such number.
    """
    western = "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in plain(text))
    numbers = {re.sub(r"[^0-9]", "", each) for each in _DIGITS.findall(western)}
    codes = [each for each in numbers if len(each) == DIGITS]
    return codes[0] if len(codes) == 1 else None


class Codes:
    """Sends codes and checks them.

    Args:
        vault: gives the key of the hashes, and encrypts the e-mails.
        per_hour: the most codes in an hour to one address, from all mentors, and from one conversation.
    """

    def __init__(self, vault: Vault, per_hour: int) -> None:
        self._vault = vault
        self._per_hour = per_hour
        self._key = vault.derived_key("email codes")

    def queue(self, session: Session, mentor_id: str, conversation_id: str, address: str, language: str) -> None:
        """Queue an e-mail with a new code; it replaces the earlier codes of the conversation.

        Args:
            session: an open write transaction.
            mentor_id: whose address it is said to be.
            conversation_id: the only conversation in which the code is good.
            address: a valid and normalised address; its case does not matter.
            language: of the e-mail.

        Raises:
            TooManyCodesError: the limit of the address or the conversation is reached.
        """
        address_hash = self._address_hash(address)
        _one_by_one(session, address_hash)
        now = utc_now()
        waits = (
            self._wait(session, EmailCode.address_hash == address_hash, now),
            self._wait(session, EmailCode.conversation_id == conversation_id, now),
        )
        if any(waits):
            raise TooManyCodesError(math.ceil(max(waits) / timedelta(minutes=1)))
        older = (EmailCode.conversation_id == conversation_id, EmailCode.expires_at > now)
        session.execute(update(EmailCode).where(*older).values(expires_at=now))
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        row_id = new_id()
        session.add(
            EmailCode(
                id=row_id,
                mentor_id=mentor_id,
                conversation_id=conversation_id,
                address_hash=address_hash,
                code_hash=self._code_hash(row_id, address_hash, code),
                created_at=now,
                expires_at=now + GOOD_FOR,
            )
        )
        sentences = catalogue(language)
        text = sentences.text("mail-code", code=code, minutes=GOOD_FOR // timedelta(minutes=1))
        letter = Letter(sentences.text("mail-code.subject", code=code), text)
        queue_email(session, self._vault, mentor_id, write(sentences, address, letter))

    def verify(self, session: Session, mentor_id: str, conversation_id: str, address: str, text: str) -> CodeOutcome:
        """Check a typed code against the newest one sent from this conversation to this address.

        Args:
            session: an open write transaction; commit it in any case, or the attempt is not counted.
            mentor_id: whose address it is said to be.
            conversation_id: where it was typed.
            address: the address to prove.
            text: the message; a message without a code is wrong but no attempt.
        """
        address_hash = self._address_hash(address)
        row = session.scalars(
            select(EmailCode)
            .where(
                EmailCode.mentor_id == mentor_id,
                EmailCode.conversation_id == conversation_id,
                EmailCode.address_hash == address_hash,
            )
            .order_by(EmailCode.created_at.desc(), EmailCode.expires_at.desc())
            .limit(1)
            .with_for_update()
        ).one_or_none()
        if row is None:
            return CodeOutcome.NONE
        now = utc_now()
        if row.used_at is not None or row.expires_at <= now:
            return CodeOutcome.EXPIRED
        if row.tries >= TRIES:
            return CodeOutcome.USED_UP
        code = read_code(text)
        if code is None:
            return CodeOutcome.WRONG
        row.tries += 1
        if hmac.compare_digest(row.code_hash, self._code_hash(row.id, address_hash, code)):
            row.used_at = now
            return CodeOutcome.RIGHT
        return CodeOutcome.WRONG if row.tries < TRIES else CodeOutcome.USED_UP

    def has_sent(self, session: Session, conversation_id: str, address: str) -> bool:
        """Whether a code was sent from this conversation to this address, good or not."""
        sent = (EmailCode.conversation_id == conversation_id, EmailCode.address_hash == self._address_hash(address))
        return session.scalars(select(EmailCode.id).where(*sent).limit(1)).one_or_none() is not None

    def _wait(self, session: Session, whose: ColumnElement[bool], now: datetime) -> timedelta:
        """The time until another code may be sent."""
        sent = select(EmailCode.created_at).where(whose, EmailCode.created_at > now - _WINDOW)
        # The newest code that must leave the window first.
        blocking = session.scalars(sent.order_by(EmailCode.created_at.desc()).offset(self._per_hour - 1).limit(1))
        at = blocking.one_or_none()
        return timedelta(0) if at is None else at + _WINDOW - now

    def _address_hash(self, address: str) -> str:
        # Not casefold, which would merge two domains, straße and strasse.
        return self._hash("address", address.strip().lower())

    def _code_hash(self, row_id: str, address_hash: str, code: str) -> str:
        return self._hash("code", row_id, address_hash, code)

    def _hash(self, *parts: str) -> str:
        return hmac.new(self._key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def end(session: Session, mentor_id: str) -> None:
    """Invalidate a mentor's codes; each still counts against the limits.

    Args:
        session: an open write transaction.
        mentor_id: whose codes.
    """
    now = utc_now()
    theirs = (EmailCode.mentor_id == mentor_id, EmailCode.expires_at > now)
    session.execute(update(EmailCode).where(*theirs).values(expires_at=now))


def forget_old(session: Session, now: datetime) -> int:
    """Delete the codes that are older than a day; returns their number.

    Args:
        session: an open write transaction.
        now: the time.
    """
    old = session.connection().execute(delete(EmailCode).where(EmailCode.created_at < now - _KEPT))
    return old.rowcount


def _one_by_one(session: Session, address_hash: str) -> None:
    """Lock an address, so that concurrent codes are all counted; SQLite has only one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        lock = int(address_hash[:15], 16)  # of 64 bits with a sign
        session.execute(select(func.pg_advisory_xact_lock(lock)))
