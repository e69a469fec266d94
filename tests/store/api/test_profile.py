"""The profile that job seekers see: who has one, and what is in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select

from bot.api.profile_page import CACHE_SECONDS, Profile, profile_page, published
from bot.checks.service import Status
from bot.media.blobs import Folder
from bot.media.images import Renditions
from bot.media.photos import Photos
from bot.registration import form
from bot.registration.answers import REFUSED, UNCLEAR, WITHDRAWN
from bot.registration.registration import Registration
from bot.storage import Answer, Check, Mentor, Photo, Store
from bot.storage.models import utc_now
from tests.support.answers import TEXTS
from tests.support.asgi import Browser
from tests.support.ledger import consent_to

FULL, SQUARE = b"the whole picture", b"the square picture"
Change = Callable[[Registration], object]


@pytest.fixture
def photos(data_dir: Path) -> Photos:
    return Photos(Folder(data_dir))


@pytest.fixture
def browser(store: Store, photos: Photos) -> Browser:
    """Somebody who looks for a mentor."""
    app = FastAPI()
    app.include_router(profile_page(store, photos))
    return Browser(app)


@pytest.fixture
def mentor_id(store: Store, photos: Photos) -> str:
    """A mentor whose check is clear and who agreed to everything."""
    with store.write() as session:
        mentor = Mentor(started_at=utc_now())
        session.add(mentor)
        session.flush()
        photo = photos.keep(Renditions(FULL, SQUARE, 640, 480, "JPEG"))
        photo.mentor_id = mentor.id
        session.add(photo)
        current = Registration(session, mentor)
        for item in (form.BY_ID[form.ItemId(name)] for name in TEXTS):
            current.answer(item, TEXTS[item.id], "t" * 32)
        current.answer(form.BY_ID[form.ACCOUNT], form.Account.NEW, "t" * 32)
        current.answer(form.BY_ID[form.PHOTO], photo.id, "t" * 32)
        for item in form.CONSENTS:
            current.consent(consent_to(current, item.id))
        mentor.submitted_at = utc_now()
        session.add(Check(mentor_id=mentor.id, provider="manual", status="clear", decided_at=utc_now()))
        return mentor.id


def change(store: Store, mentor_id: str, change: Change) -> None:
    with store.write() as session:
        change(Registration(session, session.get_one(Mentor, mentor_id)))


def profile_of(store: Store, mentor_id: str) -> Profile | None:
    with store.read() as session:
        return published(session, mentor_id)


def decide(current: Registration, status: str) -> None:
    current.session.scalars(select(Check)).one().status = status


def reply(current: Registration, item_id: str, decision: str) -> None:
    current.consent(consent_to(current, item_id, decision))


def drop(current: Registration, item_id: str) -> None:
    current.session.execute(delete(Answer).where(Answer.item_id == item_id))


def new_check(current: Registration, later: timedelta) -> None:
    check = Check(mentor_id=current.mentor.id, provider="manual", status="waiting", created_at=utc_now() + later)
    current.session.add(check)


NOT_LIVE: dict[str, Change] = {
    **{f"check {status}": lambda current, to=status: decide(current, to) for status in set(Status) - {Status.CLEAR}},
    "no check": lambda current: current.session.delete(current.session.scalars(select(Check)).one()),
    "a newer check": lambda current: new_check(current, timedelta(seconds=1)),
    "not submitted": lambda current: setattr(current.mentor, "submitted_at", None),
    "no expertise": lambda current: drop(current, "expertise"),
    "no photo": lambda current: drop(current, "photo"),
    "the photo is gone": lambda current: current.session.delete(current.session.scalars(select(Photo)).one()),
    **{
        f"{item.id} {decision}": lambda current, name=item.id, to=decision: reply(current, name, to)
        for item in form.CONSENTS
        for decision in (REFUSED, WITHDRAWN)
    },
}


def test_what_is_published_is_the_expertise_and_the_photo_and_nothing_else(store: Store, mentor_id: str) -> None:
    profile = profile_of(store, mentor_id)
    assert profile is not None
    with store.read() as session:
        assert profile.photo_id == session.scalars(select(Photo.id)).one()
    assert vars(profile) == {"expertise": TEXTS["expertise"], "photo_id": profile.photo_id}


@pytest.mark.parametrize("case", sorted(NOT_LIVE))
def test_a_profile_is_not_live_where_anything_is_missing(store: Store, mentor_id: str, case: str) -> None:
    change(store, mentor_id, NOT_LIVE[case])
    assert profile_of(store, mentor_id) is None


@pytest.mark.parametrize(
    "still",
    [
        lambda current: new_check(current, timedelta(days=-1)),
        lambda current: reply(current, "two_months", UNCLEAR),
        lambda current: current.consent(consent_to(current, "two_months", wording="As it was once.")),
    ],
    ids=["an older check", "an unclear reply", "an earlier wording"],
)
def test_a_profile_stays_live(store: Store, mentor_id: str, still: Change) -> None:
    change(store, mentor_id, still)
    assert profile_of(store, mentor_id) is not None


def test_a_consent_that_was_taken_back_and_given_again_is_in_force(store: Store, mentor_id: str) -> None:
    change(store, mentor_id, lambda current: reply(current, "two_months", WITHDRAWN))
    assert profile_of(store, mentor_id) is None
    change(store, mentor_id, lambda current: reply(current, "two_months", "agreed"))
    assert profile_of(store, mentor_id) is not None


def test_a_profile_is_a_page_data_and_a_photo(browser: Browser, mentor_id: str) -> None:
    page = browser.get(f"/mentors/{mentor_id}")
    data = browser.get(f"/mentors/{mentor_id}.json")
    photo = browser.get(f"/mentors/{mentor_id}/photo.jpg")
    assert [each.status_code for each in (page, data, photo)] == [200, 200, 200]
    assert TEXTS["expertise"] in page.text
    assert f'src="/mentors/{mentor_id}/photo.jpg"' in page.text
    assert data.json() == {"expertise": TEXTS["expertise"], "photo": f"/mentors/{mentor_id}/photo.jpg"}
    assert (photo.content, photo.headers["content-type"]) == (SQUARE, "image/jpeg")
    for each in (page, data, photo):
        assert each.headers["cache-control"] == f"public, max-age={CACHE_SECONDS}"
        for name in ("full_name", "email", "reasons", "experience", "date_of_birth"):
            assert TEXTS[name] not in each.text
            assert TEXTS[name].partition("’")[0] not in each.text


def test_who_is_not_live_never_was(browser: Browser, store: Store, mentor_id: str) -> None:
    change(store, mentor_id, NOT_LIVE["check waiting"])
    for end in ("", ".json", "/photo.jpg"):
        responses = [browser.get(f"/mentors/{each}{end}") for each in (mentor_id, "0" * 32)]
        assert [each.status_code for each in responses] == [404, 404]
        assert responses[0].content == responses[1].content
        assert responses[0].headers == responses[1].headers
        assert responses[0].headers["cache-control"] == "no-store"
    assert "no mentor here" in responses[0].text or "error" in responses[0].json()
    assert "<h1>There is no mentor here</h1>" in browser.get(f"/mentors/{mentor_id}").text


@pytest.mark.parametrize("guess", ["x", "0" * 31, "%00", "A" * 32, "..%2f..", "%25", "_" * 32, "é"])
def test_what_is_no_id_is_nobodys(browser: Browser, mentor_id: str, guess: str) -> None:
    for end in ("", ".json", "/photo.jpg"):
        assert browser.get(f"/mentors/{guess}{end}").status_code == 404
    assert browser.get(f"/mentors/{mentor_id[:12]}").status_code == 404


def test_markup_in_the_expertise_is_only_text(browser: Browser, store: Store, mentor_id: str) -> None:
    with store.write() as session:
        answer = session.scalars(select(Answer).where(Answer.item_id == "expertise")).one()
        answer.value = "<script>alert(1)</script>"
    page = browser.get(f"/mentors/{mentor_id}")
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text


def test_a_photo_whose_file_is_lost_is_none(browser: Browser, mentor_id: str, photos: Photos, store: Store) -> None:
    profile = profile_of(store, mentor_id)
    assert profile is not None
    photos.drop_files([profile.photo_id])
    assert browser.get(f"/mentors/{mentor_id}/photo.jpg").status_code == 404
