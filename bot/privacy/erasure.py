"""Erasing a mentor for good, what nobody finished, and the proof that nothing is left."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from bot.accounts.merging import let_go_of
from bot.checks.service import Status, end
from bot.media.photos import PhotoFolder
from bot.messages.inbox import open_body
from bot.notifications import site_events
from bot.notifications.email import letters_of
from bot.privacy import byte_search
from bot.registration import form
from bot.registration.ledger import Ledger
from bot.security.vault import Purpose, Vault, VaultError
from bot.storage import (
    Account,
    Answer,
    AuditRecord,
    Base,
    Check,
    Consent,
    Conversation,
    DataKey,
    InboxMessage,
    Mentor,
    Photo,
    SealedValue,
    Store,
    TranscriptMessage,
)
from bot.storage.accounts import delete_unused_account
from bot.storage.models import OF_CONVERSATIONS, OF_MENTORS, utc_now

logger = logging.getLogger(__name__)

#: Shorter texts are found everywhere: "yes" proves nothing.
SHORTEST_TRACE = 8
#: Answers whose stored value tells nothing of a mentor: an id, or one of the options that everybody has.
_NO_TRACES = frozenset(
    item.id for item in form.ASKED if item.answer in (form.Answer.CHOICE, form.Answer.PHOTO, form.Answer.DATE)
)
#: What a piece of a photo is called in a search.
PHOTO = "photo"
#: Bytes of a photo that tell it from all others.
PHOTO_TRACE_BYTES = 64
#: Seconds between attempts to empty the write-ahead log while others read, and how many.
_CHECKPOINT_WAIT, _CHECKPOINT_ATTEMPTS = 0.2, 25


@dataclass(frozen=True)
class Found:
    """A trace of what should be gone.

    Attributes:
        file: where it lies.
        what: what it is a trace of: an item of the form, ``transcript``, ``photo`` or ``line 3``.
    """

    file: Path
    what: str


@dataclass
class Erased:
    """What was erased, and what a search of every byte found afterwards.

    Attributes:
        mentor_id: who.
        rows: deleted rows by table.
        traces: how many texts and pieces of photos were searched for.
        files: how many files were searched.
        found: where any of them still lies; empty is the proof.
    """

    mentor_id: str
    rows: dict[str, int] = field(default_factory=dict)
    traces: int = 0
    files: int = 0
    found: list[Found] = field(default_factory=list)


class Erasure:
    """Erases mentors.

    Args:
        store: the database.
        vault: holds the keys to destroy.
        ledger: tells what was said in the consents; its records stay, unreadable.
        photos: where the photos are.
        data_dir: the data folder, every file of which is searched.
    """

    def __init__(self, store: Store, vault: Vault, ledger: Ledger, photos: PhotoFolder, data_dir: Path) -> None:
        self._store = store
        self._vault = vault
        self._ledger = ledger
        self._photos = photos
        self._data_dir = data_dir

    def erase(self, mentor_id: str, actor: str) -> Erased:
        """Erase everything of a mentor but the coded, unreadable records of the ledger, and search for it.

        Args:
            mentor_id: the mentor's whole id.
            actor: who has it done, for the audit.

        Raises:
            NoResultFound: there is no such mentor; they may have been erased meanwhile.
        """
        with self._store.read() as session:
            traces = list(self._traces(session, mentor_id))
        erased = Erased(mentor_id)
        with self._store.write() as session:
            mentor = session.get_one(Mentor, mentor_id, with_for_update=True)
            photo_ids = list(session.scalars(select(Photo.id).where(Photo.mentor_id == mentor_id)))
            conversations = list(session.scalars(select(Conversation.id).where(Conversation.mentor_id == mentor_id)))
            uploads = self._waiting_uploads(session, conversations)
            letters = list(letters_of(session, mentor_id, self._data_dir))
            erased.rows = _delete(session, mentor, conversations)
            session.add(AuditRecord(actor=actor, action="erase", subject_id=mentor_id))
            site_events.record_end(session, mentor_id)
        for path in letters:
            path.unlink(missing_ok=True)
        self._photos.drop_files(photo_ids)
        for upload in uploads:
            self._photos.drop_upload(upload)
        self._settle()
        erased.traces = len(traces)
        with self._store.read() as session:
            others = list(session.scalars(select(Photo.id)))
        # Another mentor may have sent the same picture.
        pictures = {path for each in others for path in (self._photos.full(each), self._photos.square(each))}
        erased.files, found = self.search(traces)
        erased.found = [each for each in found if not (each.what == PHOTO and each.file in pictures)]
        return erased

    def search(self, traces: Iterable[tuple[str, bytes]]) -> tuple[int, list[Found]]:
        """Search every byte of every file in the data folder.

        Args:
            traces: what each is called, and the bytes of it.

        Returns:
            How many files were searched, and what was found.
        """
        wanted = [(what, each) for what, value in traces for each in _writings(value)]
        files = sorted(path for path in self._data_dir.rglob("*") if path.is_file())
        return len(files), [Found(path, what) for path, what in byte_search.search(files, wanted)]

    def overdue(self, drafts: timedelta, checks: timedelta) -> tuple[list[str], list[str]]:
        """The mentors who left their draft for longer than ``drafts``, and checks open for longer than ``checks``."""
        now = utc_now()
        with self._store.read() as session:
            seen = func.max(Conversation.last_seen_at)
            left = (
                select(Mentor.id)
                .join(Conversation, Conversation.mentor_id == Mentor.id)
                .where(Mentor.submitted_at.is_(None))
                .group_by(Mentor.id)
                .having(seen < now - drafts)
            )
            # What a person has decided against a mentor has a deadline of its own, and another end.
            is_undecided = and_(Check.decided_at.is_(None), Check.status != Status.PRE_ADVERSE)
            late = select(Check.id).where(is_undecided, Check.created_at < now - checks)
            return list(session.scalars(left)), list(session.scalars(late))

    def delete_account(self, mentor_id: str, cancel: Callable[[str], None]) -> None:
        """Erase a mentor who asked for it.

        Args:
            mentor_id: the mentor's whole id; nothing is done if they are erased already.
            cancel: has the provider of a check, by its id, stop it and delete what it knows.
        """
        with self._store.read() as session:
            if session.get(Mentor, mentor_id) is None:
                return
        self.stop_checks(mentor_id, cancel)
        try:
            erased = self.erase(mentor_id, "mentor")
        except NoResultFound:  # by somebody else, meanwhile
            return
        if erased.found:
            logger.error(
                "ALERT traces of erased mentor %s are left in %d files",
                mentor_id,
                len({each.file for each in erased.found}),
            )

    def stop_checks(self, mentor_id: str, cancel: Callable[[str], None]) -> None:
        """Have every check of a mentor stopped at its provider, and what it knows deleted: before the erasure.

        Args:
            mentor_id: the mentor's whole id.
            cancel: as for `delete_account`; what it raises is passed on.
        """
        with self._store.read() as session:
            checks = list(session.scalars(select(Check.id).where(Check.mentor_id == mentor_id)))
        for check_id in checks:
            cancel(check_id)

    def run(
        self, drafts: timedelta, checks: timedelta, told: Callable[[Session, Check], None]
    ) -> tuple[list[Erased], list[str]]:
        """Erase the drafts that were left, and end the checks that never ended, with the date of birth.

        Args:
            drafts: how long a draft may be left.
            checks: how long a check may take.
            told: called with each check that is ended, in the same transaction.

        Returns:
            What was erased, and the ids of the checks that were ended.
        """
        left, late = self.overdue(drafts, checks)
        erased: list[Erased] = []
        for mentor_id in left:
            if mentor_id in self.overdue(drafts, checks)[0]:  # not if they came back meanwhile
                with suppress(NoResultFound):  # by themselves, meanwhile
                    erased.append(self.erase(mentor_id, "retention"))
        for check_id in late:
            with self._store.write() as session:
                check = session.get(Check, check_id, with_for_update=True)  # none: erased meanwhile
                if check is not None and check.decided_at is None and check.status != Status.PRE_ADVERSE:
                    end(session, self._vault, check, Status.EXPIRED)
                    session.add(AuditRecord(actor="retention", action="expire check", subject_id=check.id))
                    told(session, check)
        if late:
            self._settle()
        return erased, late

    def _waiting_uploads(self, session: Session, conversations: list[str]) -> list[str]:
        waiting = select(InboxMessage).where(
            InboxMessage.conversation_id.in_(conversations), InboxMessage.body.is_not(None)
        )
        uploads: list[str] = []
        for row in session.scalars(waiting):
            with suppress(VaultError):  # its file goes with the next start's leftovers
                uploads.append(open_body(session, self._vault, row).upload)
        return [each for each in uploads if each]

    def _traces(self, session: Session, mentor_id: str) -> Iterator[tuple[str, bytes]]:
        """What the search is for: everything the mentor gave that is long enough to be told from other text."""
        texts: list[tuple[str, str]] = []
        for answer in session.scalars(select(Answer).where(Answer.mentor_id == mentor_id)):
            if answer.item_id not in _NO_TRACES:
                texts.append((answer.item_id, answer.value))
        sealed = select(SealedValue).where(SealedValue.mentor_id == mentor_id)
        for value in session.scalars(sealed):
            with suppress(VaultError):  # what cannot be opened is no trace
                opened = self._vault.open(session, mentor_id, Purpose.CHECK, value.name, value.ciphertext)
                texts.append((value.name, opened.decode()))
        for record in session.scalars(select(Consent).where(Consent.mentor_id == mentor_id)):
            with suppress(VaultError):
                contents = self._ledger.contents(session, record)
                texts.append((record.item_id, contents.reply if contents else ""))
        said = (
            select(TranscriptMessage)
            .join(Conversation, Conversation.id == TranscriptMessage.conversation_id)
            .where(Conversation.mentor_id == mentor_id, TranscriptMessage.sender == "mentor")
        )
        texts += [("transcript", str(row.body.get("text", ""))) for row in session.scalars(said)]
        common = self._said_by_others(session, mentor_id)
        for what, each in dict.fromkeys(texts):
            if len(each) >= SHORTEST_TRACE and each not in common:
                yield what, each.encode()
        for photo_id in session.scalars(select(Photo.id).where(Photo.mentor_id == mentor_id)):
            for path in (self._photos.full(photo_id), self._photos.square(photo_id)):
                if path.exists():
                    data = path.read_bytes()
                    yield PHOTO, data[len(data) // 2 :][:PHOTO_TRACE_BYTES]

    @staticmethod
    def _said_by_others(session: Session, mentor_id: str) -> set[str]:
        """Texts that other mentors gave as well, labels of buttons among them: they are not this mentor's alone."""
        answers: Select[Any] = select(Answer.value).where(Answer.mentor_id != mentor_id)
        transcript = (
            select(TranscriptMessage.body)
            .join(Conversation, Conversation.id == TranscriptMessage.conversation_id)
            .where((Conversation.mentor_id != mentor_id) | (TranscriptMessage.sender == "bot"))
        )
        labels: set[str] = set()
        for body in session.scalars(transcript):
            labels.add(str(body.get("text", "")))
            labels.update(str(button["label"]) for button in body.get("buttons", ()))
        return labels | set(session.scalars(answers))

    def _settle(self) -> None:
        """Have what was deleted leave the files of the database, too."""
        for _ in range(_CHECKPOINT_ATTEMPTS):
            if self._store.checkpoint():
                break
            time.sleep(_CHECKPOINT_WAIT)
        personal: tuple[type[Base], ...] = (*OF_MENTORS, *OF_CONVERSATIONS, DataKey, Account, Mentor)
        self._store.rewrite(table.__tablename__ for table in personal)


def _delete(session: Session, mentor: Mentor, conversations: list[str]) -> dict[str, int]:
    mentor_id, account = mentor.id, mentor.account_id
    let_go_of(session, mentor_id)
    statements = (
        *(delete(table).where(_column(table, "conversation_id").in_(conversations)) for table in OF_CONVERSATIONS),
        *(delete(table).where(_column(table, "mentor_id") == mentor_id) for table in OF_MENTORS),
        delete(DataKey).where(DataKey.owner_id.in_([mentor_id, *conversations])),
        delete(Mentor).where(Mentor.id == mentor_id),
    )
    rows = {str(statement.table): session.connection().execute(statement).rowcount for statement in statements}
    return rows | {"accounts": delete_unused_account(session, account)}


def _column(table: type[Base], name: str) -> ColumnElement[Any]:
    return table.__table__.columns[name]


def _writings(value: bytes) -> list[bytes]:
    """How the bytes of a text may lie in a file: as they are, and escaped in JSON; a photo's only as they are."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return [value]
    escaped = {json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode() for ascii_only in (True, False)}
    return sorted({value, *escaped})
