"""The bot's stored data of one mentor, and a way to let time pass for them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.api.mentor_report import registration_details
from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.storage import Conversation, SealedValue, Store
from tests.support.ledger import ledger_in, records
from tests.support.service import RunningBot
from tests.support.web import WebMentor

_COOKIE = "mentor_session"


class Reply(NamedTuple):
    """One record of the consent ledger, in short."""

    item: str
    decision: str
    reply: str
    reading: str


class Records:
    """The bot's stored data of the mentor of a browser session.

    Args:
        bot: the running bot.
        mentor: who has opened the page.
    """

    def __init__(self, bot: RunningBot, mentor: WebMentor) -> None:
        self._bot = bot
        self._mentor = mentor

    @property
    def registration(self) -> dict[str, Any]:
        """What ``bot registrations show --json`` prints."""
        with self._session() as session:
            folder = self._bot.data_dir
            mentor_id = self._conversation(session).mentor_id
            return registration_details(session, mentor_id, Photos(Folder(folder)), ledger_in(folder))

    @property
    def answers(self) -> dict[str, str]:
        """The stored answers by question."""
        return {each["id"]: each["value"] for each in self.registration["answers"] if each["value"] is not None}

    @property
    def consents(self) -> dict[str, str]:
        """The decisions in force, by consent."""
        return {each["id"]: each["decision"] for each in self.registration["consents"]}

    @property
    def ledger(self) -> list[Reply]:
        """Every reply to a consent, in order, unclear ones included."""
        with self._session() as session:
            rows: list[Any] = records(session, ledger_in(self._bot.data_dir), self._conversation(session).mentor_id)
            return [Reply(row.item_id, row.decision, row.reply, row.reading) for row in rows]

    @property
    def sealed(self) -> list[str]:
        """Names of the sealed values."""
        with self._session() as session:
            mine = select(SealedValue.name).where(SealedValue.mentor_id == self._conversation(session).mentor_id)
            return sorted(session.scalars(mine).all())

    def photo_files(self, photo_id: str) -> list[str]:
        """The files that belong to a photo."""
        return sorted(each.name for each in (self._bot.data_dir / "photos").glob(f"{photo_id}*"))

    def uploads(self) -> list[str]:
        """Files that wait to be checked, of all mentors."""
        return sorted(each.name for each in (self._bot.data_dir / "uploads").iterdir())

    def stay_away(self, days: float) -> None:
        """Move the mentor's last visit some days back."""
        with self._session(write=True) as session:
            self._conversation(session).last_seen_at -= timedelta(days=days)

    def _conversation(self, session: Session) -> Conversation:
        token = self._mentor.http.cookies[_COOKIE]
        fingerprint = hashlib.sha256(token.encode()).hexdigest()
        return session.scalars(select(Conversation).where(Conversation.external_id == fingerprint)).one()

    @contextmanager
    def _session(self, *, write: bool = False) -> Iterator[Session]:
        store = Store(f"sqlite:///{self._bot.data_dir / 'bot.db'}")
        try:
            with store.write() if write else store.read() as session:
                yield session
        finally:
            store.dispose()
