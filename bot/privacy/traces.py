"""Proves an erasure: searches every byte of every file for a mentor's data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.media.photos import PhotoFolder
from bot.privacy import byte_search
from bot.registration import form
from bot.registration.ledger import Ledger
from bot.security.cipher import VaultError
from bot.security.vault import Purpose, Vault
from bot.storage import (
    Answer,
    Consent,
    Conversation,
    Photo,
    SealedValue,
    TranscriptMessage,
)

#: Shorter texts occur everywhere: "yes" proves nothing.
SHORTEST_TRACE = 8
#: Answers whose stored value identifies nobody: an id, or one of the options.
_NO_TRACES = frozenset(
    item.id for item in form.ASKED if item.answer in (form.Answer.CHOICE, form.Answer.PHOTO, form.Answer.DATE)
)
#: The name of a piece of a photo in a search.
PHOTO = "photo"
#: Bytes of a photo that distinguish it from others.
PHOTO_TRACE_BYTES = 64


@dataclass(frozen=True)
class Found:
    """A trace of erased data.

    Attributes:
        file: the file with the trace.
        what: its origin: an item of the form, ``transcript``, ``photo`` or ``line 3``.
    """

    file: Path
    what: str


class TraceSearch:
    """Collects a mentor's data, and searches the data folder for it.

    Args:
        vault: opens sealed values.
        ledger: holds the replies to consents.
        photos: where the photos are.
        data_dir: the data folder, every file of which is searched.
    """

    def __init__(self, vault: Vault, ledger: Ledger, photos: PhotoFolder, data_dir: Path) -> None:
        self._vault = vault
        self._ledger = ledger
        self._photos = photos
        self._data_dir = data_dir

    def traces_of(self, session: Session, mentor_id: str) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of each piece of the mentor's data that is too long to occur elsewhere by chance."""
        texts: list[tuple[str, str]] = []
        for answer in session.scalars(select(Answer).where(Answer.mentor_id == mentor_id)):
            if answer.item_id not in _NO_TRACES:
                texts.append((answer.item_id, answer.value))
        sealed = select(SealedValue).where(SealedValue.mentor_id == mentor_id)
        for value in session.scalars(sealed):
            with suppress(VaultError):  # an unreadable value is no trace
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

    def find(self, traces: Iterable[tuple[str, bytes]]) -> tuple[int, list[Found]]:
        """Search every byte of every file in the data folder.

        Args:
            traces: name and bytes of each.

        Returns:
            The number of searched files, and the traces found.
        """
        wanted = [(what, each) for what, value in traces for each in _writings(value)]
        files = sorted(path for path in self._data_dir.rglob("*") if path.is_file())
        return len(files), [Found(path, what) for path, what in byte_search.search(files, wanted)]

    @staticmethod
    def _said_by_others(session: Session, mentor_id: str) -> set[str]:
        """Texts that other mentors gave as well, for example button labels: they do not identify this mentor."""
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


def _writings(value: bytes) -> list[bytes]:
    """The forms of a text in a file: plain and JSON-escaped; a photo's bytes only plain."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return [value]
    escaped = {json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode() for ascii_only in (True, False)}
    return sorted({value, *escaped})
