"""The web channel: the widget's API, the demo page and the service's health."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, File, Form, Header, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from itsdangerous import BadSignature, TimestampSigner
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from bot.accounts.continue_links import token_of
from bot.channels.web.events import Streams
from bot.channels.web.files import widget_files
from bot.channels.web.models import (
    CLIENT_ID,
    SEEN,
    SEEN_MS,
    DateRequest,
    Language,
    LanguageRequest,
    MessageRequest,
    MessagesResponse,
    SessionRequest,
    SessionResponse,
    sight_of,
)
from bot.channels.web.page import ChatPage
from bot.channels.web.problems import CONVERSATION, Problem, SessionError, add_problem_handlers
from bot.channels.web.security import SecurityMiddleware, address_of
from bot.channels.web.sessions import CHANNEL, Sessions, fingerprint, is_from_another_site
from bot.conversation.notifier import ConversationUpdate
from bot.conversation.turns import Conversations
from bot.conversation.workers import GONE, Channel
from bot.core.errors import described
from bot.core.settings import Settings
from bot.i18n.catalogue import Catalogue, catalogue, languages, spoken
from bot.media.photos import PhotoFolder
from bot.messages.inbox import UnknownConversationError
from bot.messages.incoming import Incoming, Kind
from bot.messages.sight import NOTHING_SEEN, Seen, press_seconds
from bot.notifications.emails.files import email_files, read_emails
from bot.privacy.consent_receipt import Receipt, receipt_page
from bot.privacy.my_data import my_data_page
from bot.security.rate_limits import RateLimit, RateLimits
from bot.security.vault import Vault
from bot.storage import Conversation, Photo, Store
from bot.storage.models import new_id

logger = logging.getLogger(__name__)

#: Seconds that the address of a photo or document is good for.
ADDRESS_SECONDS = 15 * 60
#: Seconds that a request waits for the bot's reply; what comes later is fetched with the next request.
REPLY_SECONDS = 13.0
#: Letters that the demo page shows at most.
LETTERS_SHOWN = 50
EVENT_STREAM = "text/event-stream"


class WebChannel:
    """Conversations of browsers, each known by a random token in a cookie.

    Args:
        settings: tells the public address.
        store: the database.
        vault: gives the key under which addresses of photos are signed.
        photos: where photos are kept.
        conversations: takes the messages.
        limits: count messages and requests.
        routers: further routes.
        telegram_name: gives the user name of the Telegram bot, or "" where there is none.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        vault: Vault,
        photos: PhotoFolder,
        conversations: Conversations,
        limits: RateLimits,
        routers: Sequence[APIRouter] = (),
        telegram_name: Callable[[], str] = str,
    ) -> None:
        self._settings = settings
        self._routers = routers
        self._telegram_name = telegram_name
        self._vault = vault
        self._store = store
        self._photos = photos
        self._conversations = conversations
        self._limits = limits
        self._sessions = Sessions(settings, store, vault, conversations)
        self._streams = Streams(conversations)
        self._press_ms = round(1000 * press_seconds(settings.consent_seconds))
        self._page = ChatPage(store, settings.contact_email, self._press_ms)
        self._signer = TimestampSigner(vault.derived_key("photo addresses"), digest_method=hashlib.sha256)
        self._document_signer = TimestampSigner(vault.derived_key("document addresses"), digest_method=hashlib.sha256)
        conversations.register(Channel(CHANNEL, self._fetch_upload))

    def app(self) -> ASGIApp:
        """The web application."""
        app = FastAPI(title="JobGen mentor registration", version="1", docs_url=None, redoc_url=None)
        app.include_router(self._api())
        for each in self._routers:
            app.include_router(each)
        app.add_api_route("/", self._chat_page, methods=["GET", "HEAD"], include_in_schema=False)
        app.add_api_route("/favicon.ico", _no_icon, include_in_schema=False)
        app.mount("/widget", widget_files())
        add_problem_handlers(app, self._conversations.is_there)
        return SecurityMiddleware(app, self._settings, self._limits)

    def _api(self) -> APIRouter:
        problems: dict[int | str, dict[str, Any]] = {
            status: {"model": Problem} for status in (400, 401, 403, 409, 413, 422, 429, 500, 507)
        }
        api = APIRouter(prefix="/api", responses=problems)
        api.add_api_route(
            "/session", self._session, methods=["POST"], operation_id="open_session", response_model=SessionResponse
        )
        api.add_api_route(
            "/messages", self._messages, methods=["GET"], operation_id="list_messages", response_model=MessagesResponse
        )
        api.add_api_route(
            "/messages", self._message, methods=["POST"], operation_id="send_message", response_model=MessagesResponse
        )
        api.add_api_route(
            "/language", self._language, methods=["POST"], operation_id="set_language", response_model=MessagesResponse
        )
        api.add_api_route(
            "/dates", self._date, methods=["POST"], operation_id="send_date", response_model=MessagesResponse
        )
        api.add_api_route(
            "/events",
            self._events,
            methods=["GET"],
            operation_id="stream_events",
            response_class=StreamingResponse,
            responses={200: {"content": {EVENT_STREAM: {}}}},
        )
        api.add_api_route(
            "/photos", self._photo, methods=["POST"], operation_id="upload_photo", response_model=MessagesResponse
        )
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
        return api

    async def _chat_page(self, request: Request) -> Response:
        return self._page.response(request, is_known=bool(self._sessions.of(request)))

    async def _session(
        self, request: Request, response: Response, opened: SessionRequest | None = None
    ) -> SessionResponse:
        """Open a conversation, or continue the one of the session cookie. Returns the whole transcript."""
        try:
            return await self._opened(request, response, opened)
        except (SessionError, *GONE):
            if await self._sessions.known(request) is not None:
                raise
            return await self._opened(request, response, opened)  # it was erased meanwhile: a new one begins

    async def _opened(self, request: Request, response: Response, opened: SessionRequest | None) -> SessionResponse:
        conversation_id, session = await self._sessions.known(request), self._sessions.of(request)
        if conversation_id is None:
            await self._limits.hit(RateLimit.SESSIONS, address_of(request))
            language = spoken(opened.language if opened else "")
            conversation_id, session = await self._sessions.open(response, request, language)
        if opened and opened.time_zone:
            await self._conversations.note_time_zone(conversation_id, opened.time_zone)
        if opened and opened.link:
            await self._conversations.follow(conversation_id, opened.link)
            opening = f"link-{fingerprint(opened.link)[:16]}"
        else:
            # The same id each time, so that a conversation is opened once and not at every reload of the page.
            opening = await self._conversations.opening(conversation_id)
        reply = await self._take(request, conversation_id, Incoming(Kind.OPEN), opening, 0)
        return SessionResponse(
            **reply.model_dump(),
            token=self._sessions.token(session),
            press_ms=self._press_ms,
            language=await self._conversations.language(conversation_id),
            languages=[Language(code=code, name=name) for code, name in languages().items()],
        )

    async def _messages(self, request: Request, after: Annotated[int, Query(ge=0, le=2**53)] = 0) -> MessagesResponse:
        """List the messages after the one with id ``after``."""
        return await self._reply(request, await self._sessions.conversation(request), after)

    async def _events(
        self,
        request: Request,
        after: Annotated[int, Query(ge=0, le=2**53)] = 0,
        last_event_id: Annotated[str, Header(max_length=32)] = "",
    ) -> StreamingResponse:
        """Stream new messages after the message with id ``after``, or after `Last-Event-ID`, as server-sent events."""
        conversation_id = await self._sessions.conversation(request)
        after = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else after
        address = address_of(request)
        self._streams.check(conversation_id, address)

        async def read(cursor: int) -> MessagesResponse:
            return await self._reply(request, conversation_id, cursor)

        events = self._streams.events(conversation_id, address, after, read)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(events, headers=headers, media_type=EVENT_STREAM)

    async def _message(self, request: Request, typed: MessageRequest) -> MessagesResponse:
        """Send a typed message or a tapped button."""
        conversation_id = await self._sessions.writing(request)
        await self._limits.hit(RateLimit.MESSAGES, conversation_id)
        if typed.button is not None:
            message = Incoming(Kind.BUTTON, payload=typed.button)
        else:
            message = Incoming(Kind.TEXT, text=typed.text or "")
        return await self._take(request, conversation_id, message, typed.id, typed.after, typed.sight)

    async def _language(self, request: Request, spoken_: LanguageRequest) -> MessagesResponse:
        """Switch the language of the conversation."""
        conversation_id = await self._sessions.writing(request)
        await self._limits.hit(RateLimit.MESSAGES, conversation_id)
        with self._known(request):
            turn_id = await self._conversations.speak(conversation_id, spoken(spoken_.language), spoken_.id)
        return await self._replied(request, turn_id, conversation_id, spoken_.after)

    async def _date(self, request: Request, dated: DateRequest) -> MessagesResponse:
        """Send a date."""
        conversation_id = await self._sessions.writing(request)
        await self._limits.hit(RateLimit.MESSAGES, conversation_id)
        message = Incoming(Kind.TEXT, text=dated.date)
        return await self._take(request, conversation_id, message, dated.id, dated.after, dated.sight)

    async def _photo(
        self,
        request: Request,
        client_id: Annotated[str, Form(alias="id", pattern=CLIENT_ID)],
        file: Annotated[UploadFile, File()],
        after: Annotated[int, Form(ge=0, le=2**53)] = 0,
        seen: Annotated[int | None, Form(ge=0, le=2**53, description=SEEN)] = None,
        seen_ms: Annotated[int | None, Form(ge=0, le=2**53, description=SEEN_MS)] = None,
    ) -> MessagesResponse:
        """Send a photo."""
        conversation_id = await self._sessions.writing(request)
        await self._limits.hit(RateLimit.PHOTOS, conversation_id)
        upload = hashlib.sha256(f"{conversation_id}:{client_id}".encode()).hexdigest()[:32]
        # The token is not in the database, and the same again in a repeated request.
        secret = f"upload:{self._sessions.of(request)}:{client_id}"
        key = hashlib.sha256(secret.encode()).digest()
        await asyncio.to_thread(self._photos.keep_upload, upload, await file.read(), key)
        message = Incoming(Kind.PHOTO, upload=upload, upload_key=key.hex())
        sight = sight_of(seen, seen_ms, after)
        try:
            reply = await self._take(request, conversation_id, message, client_id, after, sight)
        except (SessionError, *GONE):
            self._photos.drop_upload(upload)  # nobody will look for it
            raise
        if not reply.pending:
            self._photos.drop_upload(upload)  # a repeated request has written it anew
        return reply

    async def _photo_file(self, request: Request, signed: str) -> Response:
        """The mentor's own photo, as job seekers will see it, under an address that was signed not long ago."""
        conversation_id = await self._sessions.conversation(request)
        try:
            photo_id = self._signer.unsign(signed, max_age=ADDRESS_SECONDS).decode()
        except BadSignature:
            raise HTTPException(404) from None
        if not await asyncio.to_thread(self._owns_photo, conversation_id, photo_id):
            raise HTTPException(404)
        try:
            picture = await asyncio.to_thread(self._photos.square(photo_id).read_bytes)
        except FileNotFoundError:
            raise HTTPException(404) from None
        return Response(picture, media_type="image/jpeg", headers=_PHOTO_HEADERS)

    async def _receipt_data(self, request: Request) -> JSONResponse:
        """The consent receipt, in the fields of Kantara's specification."""
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="jobgen-consents.json"'}
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
        """Everything that is kept about the mentor, as data."""
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="jobgen-my-data.json"'}
        return JSONResponse(await self._data_of(request), headers=headers)

    async def _my_data_page(self, request: Request) -> HTMLResponse:
        """Everything that is kept about the mentor, as a page to read and print."""
        conversation_id = await self._reading(request)
        found = await asyncio.to_thread(self._conversations.my_data, conversation_id)
        page = my_data_page(found, catalogue(await self._conversations.language(conversation_id)))
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    async def _data_of(self, request: Request) -> dict[str, Any]:
        return await asyncio.to_thread(self._conversations.my_data, await self._reading(request))

    def _document_key(self, conversation_id: str) -> str:
        return self._document_signer.sign(conversation_id).decode()

    async def _reading(self, request: Request) -> str:
        """Whose document is asked for, by a key that was signed not long ago, or by the session's cookie."""
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
        letters = await asyncio.to_thread(self._letters, conversation_id)
        return JSONResponse(letters, headers={"Cache-Control": "no-store"})

    def _letters(self, conversation_id: str) -> list[dict[str, str]]:
        with self._store.read() as session:
            mentor_id = session.get_one(Conversation, conversation_id).mentor_id
            written = email_files(session, mentor_id, self._settings.data_dir)
        found = read_emails(written)[:LETTERS_SHOWN]
        return [{"subject": each.subject, "text": each.text, "at": each.at.isoformat()} for each in found]

    @contextmanager
    def _known(self, request: Request) -> Iterator[None]:
        """Whoever writes to a conversation that is there no more has no session any more."""
        try:
            yield
        except UnknownConversationError:
            self._sessions.forget(request)
            raise SessionError from None

    async def _take(
        self,
        request: Request,
        conversation_id: str,
        message: Incoming,
        external_id: str,
        after: int,
        seen: Seen = NOTHING_SEEN,
    ) -> MessagesResponse:
        with self._known(request):
            turn_id = await self._conversations.accept(conversation_id, message, external_id, seen)
        return await self._replied(request, turn_id, conversation_id, after)

    async def _replied(self, request: Request, turn_id: str, conversation_id: str, after: int) -> MessagesResponse:
        news = await self._conversations.reply(turn_id, REPLY_SECONDS, conversation_id, after)
        return self._told(request, conversation_id, after, news)

    async def _reply(self, request: Request, conversation_id: str, after: int) -> MessagesResponse:
        return self._told(request, conversation_id, after, await self._conversations.news(conversation_id, after))

    def _told(self, request: Request, conversation_id: str, after: int, news: ConversationUpdate) -> MessagesResponse:
        key = self._document_key(conversation_id) if is_from_another_site(request) else ""
        messages = [self._shown(each, key, catalogue(news.language)) for each in news.messages]
        return MessagesResponse(
            messages=messages, cursor=messages[-1]["id"] if messages else after, pending=news.is_pending
        )

    def _shown(self, message: dict[str, Any], key: str, sentences: Catalogue) -> dict[str, Any]:
        """A transcript message for the browser; where it cannot be put together, that something went wrong."""
        try:
            return self._for_browser(message, key, sentences)
        except Exception as error:  # noqa: BLE001  (else the whole conversation could not be read any more)
            reference = new_id()[:8]
            logger.error("ALERT a message cannot be shown, reference %s: %s", reference, described(error))
            text = sentences.text("error-internal", reference=reference)
            return {name: message[name] for name in ("id", "from", "at")} | {"kind": "say", "text": text}

    def _for_browser(self, message: dict[str, Any], key: str, sentences: Catalogue) -> dict[str, Any]:
        """A transcript message with addresses in place of ids.

        Args:
            message: as it is kept.
            key: for documents, where the browser will open them without the session's cookie.
            sentences: the mentor's language.
        """
        message = dict(message)
        document, link = message.pop("document", ""), message.pop("link", "")
        if document:
            address = f"/api/{document.replace('_', '-')}"
            kinds = {"button-to-read": "html", "button-to-save": "json"}
            query = f"?key={key}" if key else ""
            message["links"] = [
                {"label": sentences.text(label), "url": f"{address}.{kind}{query}"} for label, kind in kinds.items()
            ]
        if link:
            message["links"] = self._ways_on(token_of(self._vault, link), sentences)
        if "photo" in message:
            message["photo"] = self._photo_address(message["photo"])
        if "sections" in message:
            message["sections"] = [
                {
                    **section,
                    "rows": [
                        {**row, "photo": self._photo_address(row["photo"])} if "photo" in row else row
                        for row in section["rows"]
                    ],
                }
                for section in message["sections"]
            ]
        return message

    def _ways_on(self, token: str, sentences: Catalogue) -> list[dict[str, str]]:
        name = self._telegram_name()
        addresses = {"button-link-web": f"{self._settings.site_url}/?continue={token}"}
        if name:
            addresses = {"button-link-telegram": f"https://t.me/{name}?start={token}"} | addresses
        return [{"label": sentences.text(label), "url": url} for label, url in addresses.items()]

    def _photo_address(self, photo_id: str) -> str:
        return f"/api/photos/{self._signer.sign(photo_id).decode()}"

    def _owns_photo(self, conversation_id: str, photo_id: str) -> bool:
        with self._store.read() as session:
            photo = session.get(Photo, photo_id)
            owner = session.get_one(Conversation, conversation_id).mentor_id
            return photo is not None and photo.mentor_id == owner

    async def _fetch_upload(self, message: Incoming) -> bytes | None:
        return await asyncio.to_thread(self._photos.take_upload, message.upload, bytes.fromhex(message.upload_key))


#: A page of another site that embeds the chat may show the photo; only its own mentor's browser gets it.
_PHOTO_HEADERS = {"Cache-Control": "private, no-store", "Cross-Origin-Resource-Policy": "cross-origin"}


async def _no_icon() -> Response:
    """Browsers ask for an icon; there is none."""
    return Response(status_code=204)
