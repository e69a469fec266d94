"""A service that stood still, and checks a photo whose turn another one has processed, leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.messages.incoming import Incoming, Kind
from bot.security.vault import Vault
from bot.storage import InboxMessage, Photo, Store
from tests.store.mentor import ChattingMentor
from tests.support.answers import picture

pytestmark = pytest.mark.postgresql_too


def test_a_photo_that_is_checked_after_its_turn_is_not_kept(store: Store, vault: Vault, data_dir: Path) -> None:
    with ChattingMentor(store, vault, data_dir) as mentor:
        mentor.comes_to("photo").sends(picture())
        files = {path.name for path in (data_dir / "photos").iterdir()}
        mentor._conversations._repository.keep_photo(mentor.turn_id, Incoming(Kind.PHOTO), picture())
        with store.read() as session:
            body = select(InboxMessage.body).where(InboxMessage.id == mentor.turn_id)
            assert session.scalars(body).one() is None
            assert len(session.scalars(select(Photo)).all()) == 1
        assert {path.name for path in (data_dir / "photos").iterdir()} == files


def test_the_files_of_a_service_at_work_are_no_leftovers(data_dir: Path, store: Store, vault: Vault) -> None:
    with ChattingMentor(store, vault, data_dir) as mentor:
        mentor.photos.keep_upload("young", b"data", b"k" * 32)
        mentor.photos.clear_leftovers(set(), set(), seconds=60)
        assert mentor.photos.take_upload("young", b"k" * 32) == b"data"
        mentor.photos.clear_leftovers(set(), set())
        assert mentor.photos.take_upload("young", b"k" * 32) is None
