"""Photos in a bucket lie there sealed, go with their mentor, and cost nobody an answer while it is out of reach."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.conversation.leftovers import clear_leftovers
from bot.core.settings import Settings, load_settings
from bot.i18n.catalogue import catalogue
from bot.media import bucket
from bot.media.blobs import BlobError
from bot.media.photos import Photos, open_photos
from bot.privacy.erasure import Erasure
from bot.privacy.my_data import my_data
from bot.privacy.traces import Found
from bot.registration import form
from bot.security.vault import Purpose, Vault
from bot.storage import DataKey, Mentor, Store
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor
from tests.support.answers import picture
from tests.support.ledger import LEDGER
from tests.support.s3 import S3, running_s3

pytestmark = pytest.mark.postgresql_too

Out = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with running_s3() as store:
        yield store


@pytest.fixture
def s3(server: S3) -> Iterator[S3]:
    yield server
    server.empty()


@pytest.fixture
def settings(s3: S3, data_dir: Path) -> Settings:
    return load_settings(_env_file=None, data_dir=data_dir, **s3.settings("/in"))


@pytest.fixture
def mentor(store: Store, vault: Vault, data_dir: Path, settings: Settings) -> Iterator[ChattingMentor]:
    """A mentor of a service whose photos lie in a bucket, at the question for one."""
    with ChattingMentor(store, vault, data_dir, photos=open_photos(settings, store, vault)) as chatting:
        yield chatting.comes_to("photo")


@pytest.fixture
def erasure(store: Store, vault: Vault, mentor: ChattingMentor, data_dir: Path) -> Erasure:
    return Erasure(store, vault, LEDGER, mentor.photos, data_dir)


@pytest.fixture
def out_of_reach(monkeypatch: pytest.MonkeyPatch) -> Out:
    """Have every request to the bucket fail during a block."""

    def fails(*_arguments: object) -> None:
        raise OSError

    @contextmanager
    def out() -> Iterator[None]:
        with monkeypatch.context() as failing:
            failing.setattr(bucket, "REST_SECONDS", 0)
            for name in ("put", "get", "delete", "list"):
                failing.setattr(f"obstore.{name}", fails)
            yield

    return out


def photo_of(mentor: ChattingMentor) -> str:
    with mentor.registration() as current:
        return current.answers[form.PHOTO]


def files_of(photo_id: str) -> list[str]:
    return [f"in/photos/{photo_id}-square.jpg", f"in/photos/{photo_id}.jpg"]


def comes_to_hold(s3: S3, *names: str) -> bool:
    """Whether the bucket holds these and nothing else, at once or after what is deleted in the background."""
    deadline = time.monotonic() + 5
    while sorted(s3.names()) != sorted(names) and time.monotonic() < deadline:
        time.sleep(0.01)
    return sorted(s3.names()) == sorted(names)


def fails(*_arguments: object) -> None:
    raise BlobError("the bucket cannot be reached (OSError)")


def has_key(store: Store, photo_id: str) -> bool:
    with store.read() as session:
        return Vault.has_key(session, photo_id, Purpose.PHOTO)


def test_a_photo_lies_sealed_in_the_bucket_and_nowhere_else(
    mentor: ChattingMentor, s3: S3, data_dir: Path, store: Store
) -> None:
    mentor.sends(picture())
    photo = photo_of(mentor)
    assert comes_to_hold(s3, *files_of(photo)), "the upload is gone"
    readable = {each: each_of(photo) for each, each_of in (("", mentor.photos.full), ("-square", mentor.photos.square))}
    for end, data in readable.items():
        assert data is not None
        assert data.startswith(b"\xff\xd8")
        sealed = s3.contents(f"in/photos/{photo}{end}.jpg")
        assert len(sealed) > len(data)
        assert not any(data[at : at + 16] in sealed for at in range(0, len(data), 1000))
    assert [each for name in ("photos", "uploads") for each in (data_dir / name).glob("*")] == []
    with store.read() as session:
        data = my_data(session, LEDGER, mentor.photos, session.get_one(Mentor, mentor.mentor_id))
    assert base64.b64decode(data["photos"][0]["jpeg_base64"]) == readable[""]
    assert [row["purpose"] for row in data["keys"] if row["purpose"] == "photo"] == ["photo"]


def test_an_upload_waits_in_the_bucket_for_whichever_service_takes_it(
    mentor: ChattingMentor, s3: S3, settings: Settings, store: Store, vault: Vault
) -> None:
    mentor.photos.keep_upload("waits", b"picture", b"k" * 32)
    assert comes_to_hold(s3, "in/uploads/waits")
    assert b"picture" not in s3.contents("in/uploads/waits")
    assert open_photos(settings, store, vault).take_upload("waits", b"k" * 32) == b"picture"


def test_an_erasure_deletes_the_files_and_makes_every_copy_unreadable(
    mentor: ChattingMentor, erasure: Erasure, s3: S3, data_dir: Path, settings: Settings
) -> None:
    mentor.sends(picture())
    photo, mentor_id = photo_of(mentor), mentor.mentor_id
    copies = {name: s3.contents(name) for name in files_of(photo)}
    assert erasure.erase_and_search(mentor_id, "tester").found == []
    assert comes_to_hold(s3)
    for name, data in copies.items():
        mentor.photos._blobs.put(name.removeprefix("in/"), data)
    assert (mentor.photos.full(photo), mentor.photos.square(photo)) == (None, None)


def test_a_photo_that_is_replaced_goes_with_its_key(mentor: ChattingMentor, s3: S3, store: Store) -> None:
    mentor.sends(picture())
    first = photo_of(mentor)
    assert has_key(store, first)
    mentor.says("change my photo")
    mentor.sends(picture(300, 300))
    second = photo_of(mentor)
    assert (has_key(store, first), has_key(store, second)) == (False, True)
    assert comes_to_hold(s3, *files_of(second))


def test_a_photo_that_cannot_be_kept_is_said_and_can_be_sent_again(
    mentor: ChattingMentor, s3: S3, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(Photos, "put_back", fails)
        assert catalogue().text("note-photo-not-kept") in mentor.sends(picture())
    assert mentor.question == "photo"
    assert comes_to_hold(s3)
    mentor.sends(picture())
    assert mentor.question != "photo"
    with store.read() as session:
        assert session.scalars(select(DataKey.owner_id).where(DataKey.purpose == Purpose.PHOTO)).all() == [
            photo_of(mentor)
        ]


def test_an_upload_that_is_out_of_reach_is_asked_for_again(
    mentor: ChattingMentor, s3: S3, monkeypatch: pytest.MonkeyPatch, out_of_reach: Out
) -> None:
    with monkeypatch.context() as failing:
        failing.setattr("obstore.get", fails)
        assert catalogue().text("note-photo-not-received") in mentor.sends(picture())
    with out_of_reach(), pytest.raises(BlobError):
        mentor.sends(picture())
    mentor.sends(picture())
    assert mentor.question != "photo"


def test_what_an_erasure_cannot_delete_it_names_and_the_next_day_deletes_it(
    mentor: ChattingMentor, erasure: Erasure, s3: S3, store: Store, out_of_reach: Out
) -> None:
    mentor.sends(picture())
    photo, mentor_id = photo_of(mentor), mentor.mentor_id
    with out_of_reach():
        found = erasure.erase_and_search(mentor_id, "tester").found
    assert found == [Found(f"s3://mentors/{name}", "photo") for name in sorted(files_of(photo), key=len)]
    assert not has_key(store, photo), "what is left is unreadable"
    assert comes_to_hold(s3, *files_of(photo))
    assert clear_leftovers(store, mentor.vault, mentor.photos) == 0, "a service may be about to write their row"
    mentor.photos.clear_leftovers(set(), set())
    assert comes_to_hold(s3)


def test_leftovers_go_with_their_keys_once_they_are_old(mentor: ChattingMentor, s3: S3, store: Store) -> None:
    mentor.sends(picture())
    kept = photo_of(mentor)
    mentor.photos.put_back("f" * 32, {f"photos/{'f' * 32}.jpg": b"left"})
    assert mentor.photos.clear_leftovers(set(), {kept}, seconds=60) == 0
    assert has_key(store, "f" * 32)
    with store.write() as session:
        session.execute(update(DataKey).values(created_at=utc_now().replace(year=2020)))
    assert mentor.photos.clear_leftovers(set(), {kept}) == 1
    assert comes_to_hold(s3, *files_of(kept))
    assert (has_key(store, kept), has_key(store, "f" * 32)) == (True, False)
