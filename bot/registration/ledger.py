"""The consent ledger: records that are added and never changed, with a proof that none was.

Each record holds the consent in plain text, and the mentor's own words encrypted under their key. Its code
(HMAC-SHA-256 under a key outside the database) covers the record and the code of the previous one, so changing,
deleting, inserting or moving a record breaks the chain from there on. The code covers the mentor's words only as a
salted commitment, so the chain stays valid when their key is erased. An anchor, a head's code that is kept elsewhere,
reveals a cut at the end; the newest head is also written next to the keys.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import logging
import os
import re
import secrets
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import insert, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from bot.core.errors import described
from bot.core.files import write_whole
from bot.registration.form import Item, ItemId
from bot.security.cipher import VaultError
from bot.security.vault import Purpose, Vault
from bot.storage import Base, Consent, after_commit
from bot.storage.models import utc_now

logger = logging.getLogger(__name__)

#: Exceptions when reading a value of the wrong type, SQLite's own among them.
_UNREADABLE = (TypeError, ValueError, AttributeError, DatabaseError)
#: Before the first record.
_GENESIS = "0" * 64
_SALT_BYTES = 32
#: Records per read.
_AT_ONCE = 500
#: PostgreSQL's advisory lock under which records are added one after another.
_LOCK = 0x6C656467
_ADD = insert(Base.metadata.tables[Consent.__tablename__])
_HEAD = select(Consent.id, Consent.code).order_by(Consent.id.desc()).limit(1)
_ANCHOR = re.compile(r"(?P<position>\d{1,18}):(?P<code>[0-9a-f]{64})")


@dataclass(frozen=True)
class Contents:
    """The mentor's own words in a record, and the ids of the message; unreadable once the mentor's key is erased.

    Attributes:
        reply: the reply as given, with dates masked; if the bot asked back, the earlier reply is on its own line.
        message_id: the channel's id of the message.
        turn_id: the bot's id of the message.
    """

    reply: str
    message_id: str
    turn_id: str


@dataclass(frozen=True)
class Entry:
    """A reply to a consent, to be recorded.

    Attributes:
        mentor_id: of the mentor.
        item: the consent, in the wording that was shown.
        decision: ``agreed``, ``refused``, ``unclear`` or ``withdrawn``.
        language: of the conversation.
        shown_at: when the question was shown.
        reading: ``button`` or ``typed``.
        channel: of the conversation.
        contents: the mentor's own words.
    """

    mentor_id: str
    item: Item
    decision: str
    language: str
    shown_at: datetime
    reading: str
    channel: str
    contents: Contents


class Recorded(NamedTuple):
    """The fields of a new record that the registration needs.

    Attributes:
        id: the record's position.
        item_id: the consent.
        decision: ``agreed``, ``refused``, ``unclear`` or ``withdrawn``.
        wording_sha256: of the wording that was shown.
    """

    id: int
    item_id: ItemId
    decision: str
    wording_sha256: str


@dataclass(frozen=True)
class Anchor:
    """The head of the ledger at some moment.

    Attributes:
        position: of the last record; 0 when there was none.
        code: its code.
    """

    position: int
    code: str

    def __str__(self) -> str:
        """The form that `parse` reads."""
        return f"{self.position}:{self.code}"

    @classmethod
    def parse(cls, written: str) -> Anchor:
        """The anchor that was printed as ``written``.

        Raises:
            ValueError: it is no anchor.
        """
        match = _ANCHOR.fullmatch(written.strip())
        if match is None:
            raise ValueError(f"{written.strip()[:80]!r} is no anchor: a number, a colon and 64 hexadecimal digits")
        return cls(int(match["position"]), match["code"])


@dataclass(frozen=True)
class Verdict:
    """The result of checking the ledger.

    Attributes:
        records: number of checked records.
        erased: number of records with erased words.
        head: the head found.
        position: of the first bad record; None if there is none.
        problem: what is wrong with it, in a sentence.
    """

    records: int
    erased: int
    head: Anchor
    position: int | None = None
    problem: str = ""


class Ledger:
    """Adds records to the ledger and verifies it.

    Args:
        vault: encrypts the mentors' words.
        key: of the codes, kept outside the database; not the vault's master key, which changes.
        head_file: the file for the newest head, outside the database; None for none.
    """

    def __init__(self, vault: Vault, key: bytes, head_file: Path | None = None) -> None:
        self._vault = vault
        self._key = key
        self._head_file = head_file
        self._keeping = threading.Lock()

    def add(self, session: Session, entry: Entry) -> Recorded:
        """Record a reply.

        Args:
            session: an open write transaction; other writers of the ledger wait until it ends.
            entry: the reply.
        """
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        head = self.head(session)
        salt = secrets.token_bytes(_SALT_BYTES)
        words = json.dumps(asdict(entry.contents), ensure_ascii=False, sort_keys=True).encode()
        item = entry.item
        position = head.position + 1
        fields: dict[str, object] = {
            "id": position,
            "mentor_id": entry.mentor_id,
            "item_id": item.id,
            "decision": entry.decision,
            "wording": item.wording,
            "wording_version": item.version,
            "wording_sha256": item.wording_sha256,
            "language": entry.language,
            "shown_at": entry.shown_at,
            "answered_at": utc_now(),
            "reading": entry.reading,
            "channel": entry.channel,
            "commitment": hmac.digest(salt, words, "sha256").hex(),
        }
        anchor = Anchor(position, self._code(fields, head.code))
        contents = self._vault.seal(session, entry.mentor_id, Purpose.RECORD, f"consent:{position}", salt + words)
        # Inserted directly, without the unit of work, because it never changes.
        session.connection().execute(_ADD, {**fields, "contents": contents, "code": anchor.code})
        if self._head_file is not None:
            after_commit(session, lambda: self._keep_head(anchor))
        return Recorded(anchor.position, item.id, entry.decision, item.wording_sha256)

    def contents(self, session: Session, record: Consent) -> Contents | None:
        """The mentor's own words in a record, or None if they are erased.

        Raises:
            VaultError: the words were tampered with.
        """
        opened = self._opened(session, record)
        return Contents(**json.loads(opened[_SALT_BYTES:])) if opened is not None else None

    @staticmethod
    def head(session: Session) -> Anchor:
        """The newest record."""
        row = session.connection().execute(_HEAD).one_or_none()
        return Anchor(row.id, row.code) if row else Anchor(0, _GENESIS)

    def verify(self, session: Session, anchors: Iterable[Anchor] = ()) -> Verdict:
        """Check every record, and that every anchor is on the chain.

        Args:
            session: an open transaction.
            anchors: heads that were kept elsewhere; the one next to the keys is added.

        Raises:
            ValueError: the head beside the keys is damaged.
        """
        wanted: dict[int, set[str]] = {}
        for each in [*anchors, *self._kept_head()]:
            wanted.setdefault(each.position, set()).add(each.code)
        head, erased = Anchor(0, _GENESIS), 0
        records = _in_order(session)
        with contextlib.closing(records):
            while True:
                try:
                    record = next(records, None)
                    problem = self._problem(session, record, head) if record else ""
                except _UNREADABLE as error:
                    if isinstance(error, DatabaseError) and error.connection_invalidated:
                        raise  # the database is gone, and no record is bad
                    problem = f"it cannot be read ({type(error).__name__})"
                    return Verdict(head.position, erased, head, head.position + 1, problem)
                if record is None:
                    break
                if not problem and not wanted.pop(record.id, {record.code}) <= {record.code}:
                    problem = "it is not the record that the anchor was taken of"
                if problem:
                    return Verdict(head.position, erased, head, head.position + 1, problem)
                erased += not self._vault.has_key(session, record.mentor_id, Purpose.RECORD)
                head = Anchor(record.id, record.code)
        missing = sorted(position for position in wanted if position > head.position)
        if missing:
            problem = f"it is missing at the end: an anchor was taken at record {missing[-1]}"
            return Verdict(head.position, erased, head, head.position + 1, problem)
        return Verdict(head.position, erased, head)

    def problem_at_head(self, session: Session) -> str:
        """What is wrong with the newest record, or with the head beside the keys, in a clause; "" if nothing is.

        It reads two records, where `verify` reads all.

        Raises:
            ValueError: the head beside the keys is damaged.
        """
        newest = session.scalars(select(Consent).order_by(Consent.id.desc()).limit(2)).all()
        before = Anchor(newest[1].id, newest[1].code) if len(newest) > 1 else Anchor(0, _GENESIS)
        problem = self._problem(session, newest[0], before) if newest else ""
        if problem:
            return f"record {newest[0].id} is bad: {problem}"
        for kept in self._kept_head():
            record = session.get(Consent, kept.position)
            if kept.position and (record is None or record.code != kept.code):
                return f"the head beside the keys is of record {kept.position}, which the database does not have"
        return ""

    def _problem(self, session: Session, record: Consent, before: Anchor) -> str:
        if record.id != before.position + 1:
            return "it is missing"
        if not hmac.compare_digest(record.code, self._code(_covered(record), before.code)):
            return "it was changed, or what is before it was"
        if hashlib.sha256(record.wording.encode()).hexdigest() != record.wording_sha256:
            return "its wording does not have the SHA-256 that is recorded"
        try:
            opened = self._opened(session, record)
        except VaultError as error:
            return f"the mentor's words in it cannot be opened ({error})"
        if opened is not None:
            commitment = hmac.digest(opened[:_SALT_BYTES], opened[_SALT_BYTES:], "sha256").hex()
            if not hmac.compare_digest(commitment, record.commitment):
                return "the mentor's words in it are not those that were recorded"
        return ""

    def _opened(self, session: Session, record: Consent) -> bytes | None:
        if not self._vault.has_key(session, record.mentor_id, Purpose.RECORD):
            return None
        return self._vault.open(session, record.mentor_id, Purpose.RECORD, f"consent:{record.id}", record.contents)

    def _code(self, fields: Mapping[str, object], before: str) -> str:
        plain = {
            name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
            for name, value in fields.items()
        }
        covered = json.dumps([before, plain], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hmac.digest(self._key, covered.encode(), "sha256").hex()

    def _keep_head(self, anchor: Anchor) -> None:
        if self._head_file is None:
            return
        with self._keeping:
            try:
                with _locked(self._head_file.parent):  # another process may write it, too
                    self._replace_head(self._head_file, anchor)
            except OSError as error:
                # The record is committed, so the mentor must not see an error. The next record writes the head again.
                logger.error("ALERT the newest head of the ledger cannot be written: %s", described(error))

    def _replace_head(self, file: Path, anchor: Anchor) -> None:
        try:
            kept = self._kept_head()
        except ValueError:
            logger.error("ALERT %s was damaged and has been rewritten", file)
            kept = []
        # The later of two commits may come first; then its head stays.
        if not any(each.position > anchor.position for each in kept):
            write_whole(file, f"{anchor}\n".encode())

    def _kept_head(self) -> list[Anchor]:
        """The head beside the keys.

        Raises:
            ValueError: the file holds no anchor.
        """
        if self._head_file is None or not self._head_file.exists():
            return []
        return [Anchor.parse(self._head_file.read_text())]


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which the system releases if this process dies."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _in_order(session: Session) -> Generator[Consent]:
    """All records, in batches; after an unreadable one singly, so that the error is raised at its position."""
    wanted = select(Consent).order_by(Consent.id)
    last: int | None = None
    try:
        with contextlib.closing(session.scalars(wanted.execution_options(yield_per=_AT_ONCE))) as many:
            for record in many:
                last = record.id
                yield record
    except _UNREADABLE:  # raised again below, at its position
        while True:
            after = wanted if last is None else wanted.where(Consent.id > last)
            found = session.scalars(after.limit(1)).one_or_none()
            if found is None:
                return
            last = found.id
            yield found


def _covered(record: Consent) -> dict[str, object]:
    """The data that a record's code covers."""
    names = (column.name for column in Consent.__table__.columns)
    return {name: getattr(record, name) for name in names if name not in ("contents", "code")}
