"""Erases a mentor for good."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from bot.accounts.merging import clear_offers
from bot.media.photos import Photos, destroy_keys
from bot.messages.inbox import open_body
from bot.notifications import site_events
from bot.notifications.emails.files import email_files
from bot.privacy.traces import PHOTO, Found, TraceSearch
from bot.registration.ledger import Ledger
from bot.security.cipher import VaultError
from bot.security.vault import Vault
from bot.storage import (
    AuditRecord,
    Base,
    Check,
    Conversation,
    DataKey,
    InboxMessage,
    Mentor,
    Photo,
    Store,
)
from bot.storage.accounts import delete_unused_account
from bot.storage.models import OF_CONVERSATIONS, OF_MENTORS

logger = logging.getLogger(__name__)

#: What the audit calls an erasure.
ERASED = "erase"
#: Seconds between attempts to empty the write-ahead log while others read, and number of attempts.
_CHECKPOINT_WAIT, _CHECKPOINT_ATTEMPTS = 0.2, 25


@dataclass
class Erased:
    """An erased mentor.

    Attributes:
        mentor_id: the mentor.
        rows: deleted rows by table.
        left: addresses of photos on another machine that could not be deleted yet; nobody can read them.
    """

    mentor_id: str
    rows: dict[str, int]
    left: list[str]


@dataclass
class Searched(Erased):
    """An erased mentor, and the result of the search of every byte.

    Attributes:
        traces: number of texts and pieces of photos that were searched for.
        files: number of searched files.
        found: the traces that are left; an empty list is the proof.
    """

    traces: int
    files: int
    found: list[Found]


class Erasure:
    """Erases mentors.

    Attributes:
        search: searches the data folder for their data.

    Args:
        store: the database.
        vault: holds the keys to destroy.
        ledger: holds the replies to consents; its records stay, unreadable.
        photos: where the photos are.
        data_dir: the data folder, every file of which is searched.
    """

    def __init__(self, store: Store, vault: Vault, ledger: Ledger, photos: Photos, data_dir: Path) -> None:
        self._store = store
        self._vault = vault
        self._photos = photos
        self._data_dir = data_dir
        self.search = TraceSearch(vault, ledger, photos, data_dir)

    def erase(self, mentor_id: str, actor: str) -> Erased:
        """Erase a mentor; the ledger's records stay, with unreadable words.

        It takes as long as the mentor has rows, however many other mentors there are. On PostgreSQL the bytes of the
        deleted rows stay in its files until `bot.privacy.rewriting` writes the tables anew.

        Args:
            mentor_id: the mentor's whole id.
            actor: who requested the erasure, for the audit.

        Raises:
            NoResultFound: there is no such mentor; they may have been erased meanwhile.
        """
        with self._store.write() as session:
            mentor = session.get_one(Mentor, mentor_id, with_for_update=True)
            photo_ids = list(session.scalars(select(Photo.id).where(Photo.mentor_id == mentor_id)))
            conversations = list(session.scalars(select(Conversation.id).where(Conversation.mentor_id == mentor_id)))
            uploads = self._waiting_uploads(session, conversations)
            emails = list(email_files(session, mentor_id, self._data_dir))
            rows = _delete(session, mentor, conversations)
            destroy_keys(session, photo_ids)
            session.add(AuditRecord(actor=actor, action=ERASED, subject_id=mentor_id))
            site_events.record_end(session, mentor_id)
        for path in emails:
            path.unlink(missing_ok=True)
        left = self._photos.erase_files(photo_ids)
        for upload in uploads:
            self._photos.drop_upload(upload)
        self.settle()
        return Erased(mentor_id, rows, left)

    def erase_and_search(self, mentor_id: str, actor: str) -> Searched:
        """Erase a mentor, and prove it: every byte of the data folder is searched for what they gave.

        Args:
            mentor_id: as for `erase`.
            actor: as for `erase`.

        Raises:
            NoResultFound: as for `erase`.
        """
        with self._store.read() as session:
            traces = list(self.search.traces_of(session, mentor_id))
        erased = self.erase(mentor_id, actor)
        files, found = self.search.find(traces)
        with self._store.read() as session:
            kept = self.search.without_others(session, found)
        kept += [Found(address, PHOTO) for address in erased.left]
        return Searched(mentor_id, erased.rows, erased.left, len(traces), files, kept)

    def delete_account(self, mentor_id: str, cancel: Callable[[str], None]) -> None:
        """Erase a mentor who asked for it.

        Args:
            mentor_id: the mentor's whole id; nothing is done if they are erased already.
            cancel: stops a check, by its id, at its provider and deletes the mentor's data there.
        """
        with self._store.read() as session:
            if session.get(Mentor, mentor_id) is None:
                return
        self.stop_checks(mentor_id, cancel)
        with suppress(NoResultFound):  # erased by another process, meanwhile
            self.erase(mentor_id, "mentor")

    def stop_checks(self, mentor_id: str, cancel: Callable[[str], None]) -> None:
        """Before an erasure: stop all checks of a mentor at their providers and delete the data there.

        Args:
            mentor_id: the mentor's whole id.
            cancel: as for `delete_account`; its exceptions are passed on.
        """
        with self._store.read() as session:
            checks = list(session.scalars(select(Check.id).where(Check.mentor_id == mentor_id)))
        for check_id in checks:
            cancel(check_id)

    def _waiting_uploads(self, session: Session, conversations: list[str]) -> list[str]:
        waiting = select(InboxMessage).where(
            InboxMessage.conversation_id.in_(conversations), InboxMessage.body.is_not(None)
        )
        uploads: list[str] = []
        for row in session.scalars(waiting):
            with suppress(VaultError):  # the next start deletes its file
                uploads.append(open_body(session, self._vault, row).upload)
        return [each for each in uploads if each]

    def settle(self) -> None:
        """Remove deleted data from SQLite's write-ahead log, too."""
        for _ in range(_CHECKPOINT_ATTEMPTS):
            if self._store.checkpoint():
                return
            time.sleep(_CHECKPOINT_WAIT)
        logger.error("ALERT deleted data is still in SQLite's write-ahead log: another program reads the database")


def _delete(session: Session, mentor: Mentor, conversations: list[str]) -> dict[str, int]:
    mentor_id, account = mentor.id, mentor.account_id
    clear_offers(session, mentor_id)
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
