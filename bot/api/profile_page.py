"""A mentor's public profile, while it is live; it shows only what the form says is shown."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from bot.checks.notifier import PROFILES
from bot.checks.service import Status, current_check
from bot.core.pages import render
from bot.core.site_root import root
from bot.i18n.catalogue import catalogue
from bot.media.photos import Photos
from bot.registration import form
from bot.registration.answers import AGREED
from bot.registration.form import ItemId, Kind
from bot.registration.registration import Registration
from bot.storage import Mentor, Photo, Store

EXPERTISE = ItemId("expertise")
#: Seconds that caches may keep a profile, and so the longest that a withdrawn one can be seen.
CACHE_SECONDS = 60
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Profile:
    """The data that the form says is shown to job seekers.

    Attributes:
        expertise: in the mentor's own words.
        photo_id: of the photo.
    """

    expertise: str
    photo_id: str


class PublishedProfile(BaseModel):
    """A mentor's profile."""

    expertise: str = Field(description="Areas of expertise, in the mentor's own words.")
    photo: str = Field(description="Address of the photo on this site: a square JPEG.")


class NoProfile(BaseModel):
    """There is no such profile."""

    error: str


def published(session: Session, mentor_id: str) -> Profile | None:
    """A mentor's profile; it is live if they submitted, their newest check is clear and every consent is given.

    A consent to an earlier wording counts until it is withdrawn; one that was never asked is missing.

    Args:
        session: an open transaction.
        mentor_id: whose.

    Returns:
        None while it is not live.
    """
    mentor = session.get(Mentor, mentor_id) if _ID.fullmatch(mentor_id) else None
    if mentor is None or mentor.submitted_at is None:
        return None
    check = current_check(session, mentor.id)
    if check is None or check.status != Status.CLEAR:
        return None
    current = Registration(session, mentor)
    consents = (current.consents.get(item.id) for item in current.asked if item.kind is Kind.CONSENT)
    if not all(record is not None and record.decision == AGREED for record in consents):
        return None
    expertise, photo = current.answers.get(EXPERTISE), current.answers.get(form.PHOTO)
    if expertise is None or photo is None or session.get(Photo, photo) is None:
        return None
    return Profile(expertise, photo)


def profile_page(store: Store, photos: Photos) -> APIRouter:
    """The routes under ``/mentors``: a profile as a page, as data, and its photo.

    The answer is the same for an unknown mentor and one that is not live.

    Args:
        store: the database.
        photos: where photos are kept.
    """
    router = APIRouter(prefix=PROFILES)
    cached = {"Cache-Control": f"public, max-age={CACHE_SECONDS}"}
    none = {"Cache-Control": "no-store"}  # so that a new profile is visible at once

    def find(mentor_id: str) -> Profile | None:
        with store.read() as session:
            return published(session, mentor_id)

    def no_profile() -> JSONResponse:
        return JSONResponse({"error": catalogue().text("profile-none")}, 404, none)

    async def data(mentor_id: str) -> Response:
        """A mentor's profile; 404 while it is not live."""
        profile = await asyncio.to_thread(find, mentor_id)
        if profile is None:
            return no_profile()
        shown = PublishedProfile(expertise=profile.expertise, photo=f"{root()}{PROFILES}/{mentor_id}/photo.jpg")
        return JSONResponse(shown.model_dump(), headers=cached)

    async def photo(mentor_id: str) -> Response:
        """A mentor's photo; 404 while the profile is not live."""
        profile = await asyncio.to_thread(find, mentor_id)
        picture = await photos.aside(photos.square, profile.photo_id) if profile else None
        if picture is None:
            return no_profile()
        return Response(picture, media_type="image/jpeg", headers=cached)

    async def page(mentor_id: str) -> Response:
        """A mentor's profile as a page."""
        profile = await asyncio.to_thread(find, mentor_id)
        words = {each: catalogue().text(each) for each in _WORDS}
        shown = render("profile.html", profile=profile, mentor_id=mentor_id, words=words)
        return HTMLResponse(shown, 200 if profile else 404, cached if profile else none)

    missing: dict[int | str, dict[str, Any]] = {404: {"model": NoProfile}}
    router.add_api_route("/{mentor_id}.json", data, response_model=PublishedProfile, responses=missing)
    router.add_api_route("/{mentor_id}/photo.jpg", photo, response_model=None, include_in_schema=False)
    router.add_api_route("/{mentor_id}", page, response_model=None, include_in_schema=False)
    return router


_WORDS = ("profile-title", "profile-lead", "profile-expertise", "profile-photo", "profile-none-title", "profile-none")
