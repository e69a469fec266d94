"""The Mini App for the photo: choosing, cropping and sending it with the tray of the web chat."""

from __future__ import annotations

import asyncio
import hashlib
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile
from fastapi.responses import JSONResponse

from bot.channels.telegram.mini_apps import PHOTO_PAGE
from bot.channels.telegram.page import INIT_DATA_LENGTH, Noted, Page, digest
from bot.conversation.turns import Conversations
from bot.conversation.workers import GONE
from bot.core.settings import Settings
from bot.i18n.catalogue import catalogue
from bot.media.photo_check import check_photo
from bot.media.photos import Photos
from bot.messages.incoming import Incoming, Kind
from bot.messages.sight import Seen
from bot.registration import form
from bot.security.rate_limits import RateLimit, RateLimits

#: Seconds that a request waits for the turn.
REPLY_SECONDS = 13.0
_WORDS = ("photo-page-title", "photo-page-why")
#: What the page says once something was chosen, or if it cannot be used.
_STATES = ("photo-page-sending", "photo-page-sent", "photo-page-expired", "photo-page-not-asked", "photo-page-failed")
#: The preview of a picture that the browser cannot crop, and of one that the camera took.
_PREVIEWS = "img-src blob:"


class PhotoPage:
    """The routes at `PHOTO_PAGE`.

    Args:
        page: knows who opened it.
        conversations: take the photo, as a message at the question that asks for it.
        limits: counts the photos of each chat.
        photos: keeps the file until the turn has checked it.
    """

    def __init__(self, page: Page, conversations: Conversations, limits: RateLimits, photos: Photos) -> None:
        self._page = page
        self._conversations = conversations
        self._limits = limits
        self._photos = photos
        # One at a time: a large picture takes much memory and a core for seconds.
        self._checking = asyncio.Semaphore(1)

    def router(self) -> APIRouter:
        """The page, and what it posts to."""
        router = APIRouter(prefix=PHOTO_PAGE, include_in_schema=False)
        router.add_api_route("", self._show, methods=["GET"], response_model=None)
        router.add_api_route("", self._take, methods=["POST"], response_model=None)
        return router

    async def _show(self, language: str = "") -> Response:
        return self._page.show(language, _WORDS, _STATES, _PREVIEWS)

    async def _take(
        self,
        init_data: Annotated[str, Form(max_length=INIT_DATA_LENGTH)],
        file: Annotated[UploadFile, File()],
    ) -> Response:
        """Take a photo. One that cannot be used is refused here, so that the mentor can choose another on the page."""
        conversation_id = await self._page.conversation(init_data)
        await self._limits.hit(RateLimit.PHOTOS, conversation_id)
        seen = await self._conversations.seen_at(conversation_id, form.PHOTO)
        if seen is None:
            return Response(status_code=HTTPStatus.CONFLICT)
        data = await file.read()
        async with self._checking:
            problem = (await asyncio.to_thread(check_photo, data)).problem
        if problem:
            sentences = catalogue(await self._conversations.language(conversation_id))
            return JSONResponse({"error": sentences.text(problem)}, HTTPStatus.UNPROCESSABLE_ENTITY)
        await self._accept(conversation_id, init_data, data, seen)
        return JSONResponse({"taken": True})

    async def _accept(self, conversation_id: str, init_data: str, data: bytes, seen: Seen) -> None:
        """Write the photo to the inbox, once for each opening of the page."""
        name = digest(init_data.encode(), data)
        upload = digest(conversation_id.encode(), name.encode())
        # What Telegram signed is not in the database, and a repeated request has the same.
        key = hashlib.sha256(f"upload:{init_data}:{name}".encode()).digest()
        await self._photos.aside(self._photos.keep_upload, upload, data, key)
        message = Incoming(Kind.PHOTO, upload=upload, upload_key=key.hex())
        external_id = self._page.external_id(name)
        try:
            turn_id = await self._conversations.accept(conversation_id, message, external_id, seen)
        except GONE:
            self._photos.drop_upload(upload)  # no row refers to it
            raise
        news = await self._conversations.reply(turn_id, REPLY_SECONDS, conversation_id, seen.newest or 0)
        if not news.is_pending:
            self._photos.drop_upload(upload)  # a repeated request has written it again


def photo_page(
    settings: Settings, conversations: Conversations, limits: RateLimits, noted: Noted, photos: Photos
) -> APIRouter:
    """The routes of `PhotoPage`."""
    page = Page("photo", settings, conversations, limits, noted)
    return PhotoPage(page, conversations, limits, photos).router()
