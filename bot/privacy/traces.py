"""Proves an erasure: searches every byte of every file for a mentor's data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.media.blobs import BlobError
from bot.media.photos import Photos, photo_of
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
        file: the file with the trace, or the address of one that is left on another machine.
        what: its origin: an item of the form, ``transcript``, ``photo`` or ``line 3``.
        value: the trace itself.
    """

    file: str
    what: str
    value: bytes = field(default=b"", compare=False, repr=False)


class TraceSearch:
    """Collects a mentor's data, and searches the data folder for it.

    Args:
        vault: opens sealed values.
        ledger: holds the replies to consents.
        photos: where the photos are.
        data_dir: the data folder, every file of which is searched.
    """

    def __init__(self, vault: Vault, ledger: Ledger, photos: Photos, data_dir: Path) -> None:
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
        messages = (
            select(TranscriptMessage)
            .join(Conversation, Conversation.id == TranscriptMessage.conversation_id)
            .where(Conversation.mentor_id == mentor_id)
        )
        ours: set[str] = set()
        for row in session.scalars(messages):
            if row.sender == "mentor":
                texts.append(("transcript", str(row.body.get("text", ""))))
            elif row.sender == "bot":
                ours.update(_texts_in(row.body))
        for what, each in dict.fromkeys(texts):
            if len(each) >= SHORTEST_TRACE and each not in ours:
                yield what, each.encode()
        for photo_id in session.scalars(select(Photo.id).where(Photo.mentor_id == mentor_id)):
            with suppress(BlobError, VaultError):  # the files are named where they are left
                for data in filter(None, (self._photos.full(photo_id), self._photos.square(photo_id))):
                    yield PHOTO, data[len(data) // 2 :][:PHOTO_TRACE_BYTES]

    def find(self, traces: Iterable[tuple[str, bytes]]) -> tuple[int, list[Found]]:
        """Search every byte of every file in the data folder.

        Args:
            traces: name and bytes of each.

        Returns:
            The number of searched files, and the traces found.
        """
        named = {str(number): trace for number, trace in enumerate(traces)}
        wanted = [(number, each) for number, (_what, value) in named.items() for each in _writings(value)]
        files = sorted(path for path in self._data_dir.rglob("*") if path.is_file())
        return len(files), [Found(str(path), *named[number]) for path, number in byte_search.search(files, wanted)]

    def without_others(self, session: Session, found: list[Found]) -> list[Found]:
        """Leave out what an erased mentor has in common with those who are left, and what therefore proves nothing.

        That is a text that one of them gave or was shown, for example a button's label, and a photo of theirs.

        Args:
            session: an open transaction.
            found: from `find`.
        """
        if not found:
            return []
        texts = _common(session, {each.value.decode() for each in found if each.what != PHOTO})
        files = self._photo_files(session, {each.file for each in found if each.what == PHOTO})
        left = dict.fromkeys(
            each
            for each in found
            if (each.file not in files if each.what == PHOTO else each.value.decode() not in texts)
        )
        return list(left)

    def _photo_files(self, session: Session, files: set[str]) -> set[str]:
        """Those of the files that are mentors' photos."""
        theirs = session.scalars(select(Photo.id).where(Photo.id.in_({photo_of(file) for file in files})))
        return {address for each in theirs for address in self._photos.addresses(each)}


def _common(session: Session, texts: set[str]) -> set[str]:
    """Those of the texts that any mentor gave or was shown."""
    common = set(session.scalars(select(Answer.value).where(Answer.value.in_(texts)).distinct()))
    messages = select(TranscriptMessage.body).execution_options(yield_per=1_000)
    if common < texts:
        for body in session.scalars(messages):
            common |= texts.intersection(_texts_in(body))
            if common == texts:
                break
    return common


def _texts_in(body: dict[str, Any]) -> Iterator[str]:
    """What a message says, and the labels of its buttons."""
    yield str(body.get("text", ""))
    for button in body.get("buttons", ()):
        yield str(button["label"])


def _writings(value: bytes) -> list[bytes]:
    """The forms of a text in a file: plain and JSON-escaped; a photo's bytes only plain."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return [value]
    escaped = {json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode() for ascii_only in (True, False)}
    return sorted({value, *escaped})
