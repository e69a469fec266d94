"""A mentor's downloads: photo, a link's QR code, consent receipt, data, and on the demo page their e-mails."""

from __future__ import annotations

import asyncio
import hashlib
import io
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from itsdangerous import BadSignature, TimestampSigner
from starlette.exceptions import HTTPException

from bot.channels.web.problems import CONVERSATION, Problem, SessionError
from bot.channels.web.sessions import Sessions
from bot.conversation.turns import Conversations
from bot.core.organisation import ORGANISATION
from bot.core.settings import Settings
from bot.core.site_root import root
from bot.i18n.catalogue import catalogue
from bot.media.photos import Photos
from bot.notifications.emails.files import email_files, read_emails
from bot.notifications.emails.message import RECEIPT_NAME
from bot.privacy.consent_receipt import Receipt, receipt_page
from bot.privacy.my_data import my_data_page
from bot.security import continue_links
from bot.security.vault import Vault
from bot.storage import Conversation, Photo, Store

#: Seconds for which the address of a photo or document works.
ADDRESS_SECONDS = 15 * 60
#: The most e-mails on the demo page.
EMAILS_SHOWN = 50
#: A page of another site that embeds the chat may show the picture; only its mentor's browser can load it.
_PICTURE_HEADERS = {"Cache-Control": "private, no-store", "Cross-Origin-Resource-Policy": "cross-origin"}
_LINK_ID = r"^[0-9a-f]{32}$"


class Downloads:
    """The routes of downloads, under signed addresses.

    Args:
        settings: say whether e-mails are sent, and the site's address.
        store: the database.
        vault: derives the keys that sign addresses, and makes the tokens of links.
        photos: where photos are kept.
        conversations: know receipts and data.
        sessions: find the conversation of a request.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        vault: Vault,
        photos: Photos,
        conversations: Conversations,
        sessions: Sessions,
    ) -> None:
        self._settings = settings
        self._store = store
        self._vault = vault
        self._photos = photos
        self._conversations = conversations
        self._sessions = sessions
        self._signer = TimestampSigner(vault.derived_key("photo addresses"), digest_method=hashlib.sha256)
        self._document_signer = TimestampSigner(vault.derived_key("document addresses"), digest_method=hashlib.sha256)

    def add_to(self, api: APIRouter) -> None:
        """Add the routes."""
        api.add_api_route(
            "/receipt.json",
            self._receipt_data,
            methods=["GET"],
            operation_id="get_receipt",
            response_class=JSONResponse,
        )
        api.add_api_route(
            "/receipt.html",
            self._receipt_page,
            methods=["GET"],
            operation_id="get_receipt_page",
            response_class=HTMLResponse,
        )
        api.add_api_route(
            "/my-data.json", self._my_data, methods=["GET"], operation_id="get_my_data", response_class=JSONResponse
        )
        api.add_api_route(
            "/my-data.html",
            self._my_data_page,
            methods=["GET"],
            operation_id="get_my_data_page",
            response_class=HTMLResponse,
        )
        api.add_api_route("/mailbox", self._mailbox, methods=["GET"], operation_id="list_emails", responses={204: {}})
        api.add_api_route(
            "/photos/{signed}",
            self._photo_file,
            methods=["GET"],
            operation_id="get_photo",
            response_class=Response,
            responses={200: {"content": {"image/jpeg": {}}}, 404: {"model": Problem}},
        )
        api.add_api_route(
            "/links/{link_id}.svg",
            self._link_code,
            methods=["GET"],
            operation_id="get_link_code",
            response_class=Response,
            responses={200: {"content": {"image/svg+xml": {}}}, 404: {"model": Problem}},
        )

    async def _photo_file(self, request: Request, signed: str) -> Response:
        """The mentor's own photo, as job seekers will see it, under a recently signed address."""
        conversation_id = await self._sessions.conversation(request)
        try:
            photo_id = self._signer.unsign(signed, max_age=ADDRESS_SECONDS).decode()
        except BadSignature:
            raise HTTPException(404) from None
        if not await asyncio.to_thread(self._owns_photo, conversation_id, photo_id):
            raise HTTPException(404)
        picture = await self._photos.aside(self._photos.square, photo_id)
        if picture is None:
            raise HTTPException(404)
        return Response(picture, media_type="image/jpeg", headers=_PICTURE_HEADERS)

    async def _link_code(self, request: Request, link_id: Annotated[str, Path(pattern=_LINK_ID)]) -> Response:
        """The QR code of a link that continues the mentor's registration, while the link works."""
        conversation_id = await self._sessions.conversation(request)
        token = continue_links.token_of(self._vault, link_id)
        if not await asyncio.to_thread(self._works, conversation_id, token):
            raise HTTPException(404)
        picture = qr_code(continue_links.address_of(self._settings.site_url, token))
        return Response(picture, media_type="image/svg+xml", headers=_PICTURE_HEADERS)

    async def _receipt_data(self, request: Request) -> JSONResponse:
        """The consent receipt, in the fields of Kantara's specification."""
        headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{RECEIPT_NAME}"'}
        return JSONResponse(await self._receipt(request), headers=headers)

    async def _receipt_page(self, request: Request) -> HTMLResponse:
        """The consent receipt as a page to read and print."""
        receipt = await self._receipt(request)
        page = receipt_page(receipt, catalogue(receipt["language"]))
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    async def _receipt(self, request: Request) -> Receipt:
        conversation_id = await self._reading(request)
        return await asyncio.to_thread(self._conversations.receipt, conversation_id)

    async def _my_data(self, request: Request) -> JSONResponse:
        """Everything that is stored about the mentor, as data."""
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{ORGANISATION.file_name}-my-data.json"',
        }
        return JSONResponse(await self._data_of(request), headers=headers)

    async def _my_data_page(self, request: Request) -> HTMLResponse:
        """Everything that is stored about the mentor, as a page to read and print."""
        conversation_id = await self._reading(request)
        found = await self._photos.aside(self._conversations.my_data, conversation_id)
        page = my_data_page(found, catalogue(await self._conversations.language(conversation_id)))
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    async def _data_of(self, request: Request) -> dict[str, Any]:
        return await self._photos.aside(self._conversations.my_data, await self._reading(request))

    def document_key(self, conversation_id: str) -> str:
        """A key that opens a conversation's documents for a limited time."""
        return self._document_signer.sign(conversation_id).decode()

    async def _reading(self, request: Request) -> str:
        """The conversation of a requested document, from a recently signed key or the session's cookie."""
        key = request.query_params.get("key")
        if key is None:
            return await self._sessions.conversation(request)
        try:
            conversation_id = self._document_signer.unsign(key, max_age=ADDRESS_SECONDS).decode()
        except BadSignature:
            raise SessionError from None
        setattr(request.state, CONVERSATION, conversation_id)
        return conversation_id

    async def _mailbox(self, request: Request) -> Response:
        """The e-mails to this mentor, for the demo page; nothing where mail is sent, or the site is public."""
        if self._settings.mail_url.get_secret_value() or self._settings.public_url:
            return Response(status_code=204)
        conversation_id = await self._sessions.conversation(request)
        emails = await asyncio.to_thread(self._emails, conversation_id)
        return JSONResponse(emails, headers={"Cache-Control": "no-store"})

    def _emails(self, conversation_id: str) -> list[dict[str, str]]:
        with self._store.read() as session:
            mentor_id = session.get_one(Conversation, conversation_id).mentor_id
            written = email_files(session, mentor_id, self._settings.data_dir)
        found = read_emails(written)[:EMAILS_SHOWN]
        return [{"subject": each.subject, "text": each.text, "at": each.at.isoformat()} for each in found]

    def photo_address(self, photo_id: str) -> str:
        """The temporary address of a photo."""
        return f"{root()}/api/photos/{self._signer.sign(photo_id).decode()}"

    def _owns_photo(self, conversation_id: str, photo_id: str) -> bool:
        with self._store.read() as session:
            photo = session.get(Photo, photo_id)
            owner = session.get_one(Conversation, conversation_id).mentor_id
            return photo is not None and photo.mentor_id == owner

    @staticmethod
    def link_code_address(link_id: str) -> str:
        """The address of a link's QR code."""
        return f"{root()}/api/links/{link_id}.svg"

    def _works(self, conversation_id: str, token: str) -> bool:
        with self._store.read() as session:
            mentor_id = session.get_one(Conversation, conversation_id).mentor_id
            return continue_links.works_for(session, token, mentor_id)


def qr_code(text: str) -> bytes:
    """A QR code as SVG, black on white in every colour scheme, with the quiet zone that cameras need."""
    picture = io.BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(picture, kind="svg", light="#fff", xmldecl=False, svgclass=None, lineclass=None, omitsize=True)
    return picture.getvalue()
