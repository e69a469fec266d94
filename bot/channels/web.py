"""The web channel: the widget's API, the demo page and the service's health."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, File, Form, Query, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from itsdangerous import BadSignature, TimestampSigner
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.catalogue import catalogue
from bot.channels.rate_limits import Door, RateLimits, TooManyRequestsError
from bot.conversation.incoming import Incoming, Kind
from bot.conversation.turns import Channel, Conversations
from bot.failures import described
from bot.links import token_of
from bot.mail import letters_of, mailbox
from bot.my_data import my_data_page
from bot.photos import MAXIMUM_BYTES, PhotoFolder
from bot.receipt import Receipt, receipt_page
from bot.settings import Settings
from bot.store import Conversation, Photo, Store
from bot.store.models import new_id
from bot.vault import Vault

logger = logging.getLogger(__name__)

CHANNEL = "web"
WIDGET = Path(__file__).parent / "widget"
SESSION_DAYS = 180
#: Seconds that the address of a photo is good for.
PHOTO_ADDRESS_SECONDS = 15 * 60
#: Seconds that a request waits for the bot's reply; what comes later is fetched with the next request.
REPLY_SECONDS = 13.0
CLIENT_ID = r"^[\x21-\x7e]{1,64}$"
TEXT_BODY_BYTES = 256 * 1024
PHOTO_BODY_BYTES = MAXIMUM_BYTES + 64 * 1024

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}

ReadinessCheck = Callable[[], Awaitable[bool]]


class Problem(BaseModel):
    """What went wrong, in a sentence for the person."""

    error: str


class Reply(BaseModel):
    """What was said since the client's cursor."""

    messages: list[dict[str, Any]] = Field(description="Messages in order; see docs/web-channel.md for their fields.")
    cursor: int = Field(description="Id of the last message; give it as `after` next time.")
    pending: bool = Field(description="Whether the bot is still working on a message: ask again soon.")


class Typed(BaseModel):
    """A typed message, or a tapped button."""

    id: str = Field(pattern=CLIENT_ID, description="The client's own id; the same id is the same message.")
    after: int = Field(0, ge=0, le=2**53, description="The client's cursor.")
    text: str | None = Field(None, description="What was typed.")
    button: str | None = Field(None, max_length=128, description="The payload of the tapped button.")


class Opened(BaseModel):
    """What a browser tells when it opens the chat."""

    link: str = Field("", max_length=128, description="Token of a link that goes on with a registration.")
    time_zone: str = Field("", max_length=64, description="IANA name, for example Europe/Lisbon.")


class SessionError(Exception):
    """The request belongs to no conversation."""


class WebChannel:
    """Conversations of browsers, each known by a random token in a cookie.

    Args:
        settings: tells the public address.
        store: the database.
        vault: gives the key under which addresses of photos are signed.
        photos: where photos are kept.
        conversations: takes the messages.
        readiness: what has to be up for the bot to be able to chat, by name.
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
        readiness: dict[str, ReadinessCheck],
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
        self._readiness = readiness
        self._limits = RateLimits(settings)
        self._signer = TimestampSigner(vault.derived_key("photo addresses"), digest_method=hashlib.sha256)
        self._secure = str(settings.public_url or "").startswith("https://")
        self.cookie = "__Host-mentor_session" if self._secure else "mentor_session"
        conversations.register(Channel(CHANNEL, self._fetch_upload))

    def app(self) -> ASGIApp:
        """The web application."""
        app = FastAPI(title="JobGen mentor registration", version="1", docs_url=None, redoc_url=None)
        app.include_router(self._api())
        app.include_router(self._operation())
        for each in self._routers:
            app.include_router(each)
        app.add_api_route("/", self._demo_page, include_in_schema=False)
        app.add_api_route("/favicon.ico", _no_icon, include_in_schema=False)
        app.mount("/widget", StaticFiles(directory=WIDGET))
        app.add_exception_handler(SessionError, _no_session)
        app.add_exception_handler(TooManyRequestsError, _too_often)
        app.add_exception_handler(RequestValidationError, _invalid_request)
        app.add_exception_handler(HTTPException, _http_problem)
        app.add_exception_handler(Exception, _internal_problem)
        return SecurityMiddleware(app, self._settings, self._limits)

    def _api(self) -> APIRouter:
        problems: dict[int | str, dict[str, Any]] = {
            status: {"model": Problem} for status in (400, 401, 403, 413, 422, 429, 500)
        }
        api = APIRouter(prefix="/api", responses=problems)
        api.add_api_route("/session", self._session, methods=["POST"], response_model=Reply)
        api.add_api_route("/messages", self._messages, methods=["GET"], response_model=Reply)
        api.add_api_route("/messages", self._message, methods=["POST"], response_model=Reply)
        api.add_api_route("/photos", self._photo, methods=["POST"], response_model=Reply)
        api.add_api_route("/receipt.json", self._receipt_data, methods=["GET"], response_class=JSONResponse)
        api.add_api_route("/receipt.html", self._receipt_page, methods=["GET"], response_class=HTMLResponse)
        api.add_api_route("/my-data.json", self._my_data, methods=["GET"], response_class=JSONResponse)
        api.add_api_route("/my-data.html", self._my_data_page, methods=["GET"], response_class=HTMLResponse)
        api.add_api_route("/mailbox", self._mailbox, methods=["GET"], responses={204: {}})
        api.add_api_route(
            "/photos/{signed}",
            self._photo_file,
            methods=["GET"],
            response_class=FileResponse,
            responses={200: {"content": {"image/jpeg": {}}}, 404: {"model": Problem}},
        )
        return api

    def _operation(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/healthz", self._health, methods=["GET"])
        router.add_api_route("/readyz", self._ready, methods=["GET"], responses={503: {}})
        return router

    async def _demo_page(self) -> FileResponse:
        return FileResponse(WIDGET / "index.html", media_type="text/html")

    async def _health(self) -> dict[str, str]:
        """The process lives."""
        return {"status": "ok"}

    async def _ready(self) -> JSONResponse:
        """The bot can chat: engine, actions and database answer."""
        parts = {name: await check() for name, check in self._readiness.items()}
        ready = all(parts.values())
        return JSONResponse({"ready": ready, **parts}, 200 if ready else 503)

    async def _session(self, request: Request, response: Response, opened: Opened | None = None) -> Reply:
        """Start a conversation, or go on with the one of the session cookie; gives the whole transcript."""
        conversation_id = await self._known(request)
        if conversation_id is None:
            await self._limits.enter(Door.SESSIONS, _address(request))
            token = secrets.token_urlsafe(32)
            conversation_id = await self._conversations.open(CHANNEL, _fingerprint(token))
            response.set_cookie(
                self.cookie,
                token,
                max_age=int(timedelta(days=SESSION_DAYS).total_seconds()),
                httponly=True,
                secure=self._secure,
                samesite="strict",
            )
        if opened and opened.time_zone:
            await self._conversations.note_time_zone(conversation_id, opened.time_zone)
        if opened and opened.link:
            await self._conversations.follow(conversation_id, opened.link)
            opening = f"link-{_fingerprint(opened.link)[:16]}"
        else:
            # The same id each time, so that a conversation is opened once and not at every reload of the page.
            opening = await self._conversations.opening(conversation_id)
        return await self._take(conversation_id, Incoming(Kind.OPEN), opening, 0)

    async def _messages(self, request: Request, after: Annotated[int, Query(ge=0, le=2**53)] = 0) -> Reply:
        """The messages after the one with id ``after``."""
        return await self._reply(await self._conversation(request), after)

    async def _message(self, request: Request, typed: Typed) -> Reply:
        """Send a typed message or a tapped button."""
        conversation_id = await self._conversation(request)
        await self._limits.enter(Door.MESSAGES, conversation_id)
        if typed.button is not None:
            message = Incoming(Kind.BUTTON, payload=typed.button)
        else:
            message = Incoming(Kind.TEXT, text=typed.text or "")
        return await self._take(conversation_id, message, typed.id, typed.after)

    async def _photo(
        self,
        request: Request,
        client_id: Annotated[str, Form(alias="id", pattern=CLIENT_ID)],
        file: Annotated[UploadFile, File()],
        after: Annotated[int, Form(ge=0, le=2**53)] = 0,
    ) -> Reply:
        """Send a photo."""
        conversation_id = await self._conversation(request)
        await self._limits.enter(Door.PHOTOS, conversation_id)
        upload = hashlib.sha256(f"{conversation_id}:{client_id}".encode()).hexdigest()[:32]
        # The token is not in the database, and the same again in a repeated request.
        secret = f"upload:{request.cookies[self.cookie]}:{client_id}"
        key = hashlib.sha256(secret.encode()).digest()
        await asyncio.to_thread(self._photos.keep_upload, upload, await file.read(), key)
        message = Incoming(Kind.PHOTO, upload=upload, upload_key=key.hex())
        reply = await self._take(conversation_id, message, client_id, after)
        if not reply.pending:
            self._photos.drop_upload(upload)  # a repeated request has written it anew
        return reply

    async def _photo_file(self, request: Request, signed: str) -> FileResponse:
        """The mentor's own photo, as job seekers will see it, under an address that was signed not long ago."""
        conversation_id = await self._conversation(request)
        try:
            photo_id = self._signer.unsign(signed, max_age=PHOTO_ADDRESS_SECONDS).decode()
        except BadSignature:
            raise HTTPException(404) from None
        if not await asyncio.to_thread(self._owns_photo, conversation_id, photo_id):
            raise HTTPException(404)
        path = self._photos.square(photo_id)
        if not path.exists():
            raise HTTPException(404)
        return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})

    async def _receipt_data(self, request: Request) -> JSONResponse:
        """The consent receipt, in the fields of Kantara's specification."""
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="jobgen-consents.json"'}
        return JSONResponse(await self._receipt(request), headers=headers)

    async def _receipt_page(self, request: Request) -> HTMLResponse:
        """The consent receipt as a page to read and print."""
        page = receipt_page(await self._receipt(request), catalogue())
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    async def _receipt(self, request: Request) -> Receipt:
        conversation_id = await self._conversation(request)
        return await asyncio.to_thread(self._conversations.receipt, conversation_id)

    async def _my_data(self, request: Request) -> JSONResponse:
        """Everything that is kept about the mentor, as data."""
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="jobgen-my-data.json"'}
        return JSONResponse(await self._data_of(request), headers=headers)

    async def _my_data_page(self, request: Request) -> HTMLResponse:
        """Everything that is kept about the mentor, as a page to read and print."""
        page = my_data_page(await self._data_of(request), catalogue())
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    async def _data_of(self, request: Request) -> dict[str, Any]:
        return await asyncio.to_thread(self._conversations.my_data, await self._conversation(request))

    async def _mailbox(self, request: Request) -> Response:
        """The e-mails to this mentor, for the demo page; nothing where mail is sent, or the site is public."""
        if self._settings.mail_url.get_secret_value() or self._settings.public_url:
            return Response(status_code=204)
        conversation_id = await self._conversation(request)
        letters = await asyncio.to_thread(self._letters, conversation_id)
        return JSONResponse(letters, headers={"Cache-Control": "no-store"})

    def _letters(self, conversation_id: str) -> list[dict[str, str]]:
        with self._store.read() as session:
            mentor_id = session.get_one(Conversation, conversation_id).mentor_id
            wanted = {path.stem for path in letters_of(session, mentor_id, self._settings.data_dir)}
        found = [each for each in mailbox(self._settings.data_dir) if each.id in wanted]
        return [{"subject": each.subject, "text": each.text, "at": each.at.isoformat()} for each in found]

    async def _take(self, conversation_id: str, message: Incoming, external_id: str, after: int) -> Reply:
        turn_id = await self._conversations.accept(conversation_id, message, external_id)
        await self._conversations.answered(turn_id, REPLY_SECONDS)
        return await self._reply(conversation_id, after)

    async def _reply(self, conversation_id: str, after: int) -> Reply:
        # Asked first: what ends in between is then in the messages, not lost between the two.
        pending = await self._conversations.is_pending(conversation_id)
        messages = [self._for_browser(each) for each in await self._conversations.transcript(conversation_id, after)]
        return Reply(messages=messages, cursor=messages[-1]["id"] if messages else after, pending=pending)

    def _for_browser(self, message: dict[str, Any]) -> dict[str, Any]:
        """A transcript message with addresses in place of photo ids."""
        message = dict(message)
        document, link = message.pop("document", ""), message.pop("link", "")
        if document:
            address = f"/api/{document.replace('_', '-')}"
            message["links"] = [_link("button-to-read", f"{address}.html"), _link("button-to-save", f"{address}.json")]
        if link:
            message["links"] = self._ways_on(token_of(self._vault, link))
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

    def _ways_on(self, token: str) -> list[dict[str, str]]:
        name = self._telegram_name()
        telegram = [_link("button-link-telegram", f"https://t.me/{name}?start={token}")] if name else []
        return [*telegram, _link("button-link-web", f"{self._settings.site_url}/?continue={token}")]

    def _photo_address(self, photo_id: str) -> str:
        return f"/api/photos/{self._signer.sign(photo_id).decode()}"

    async def _conversation(self, request: Request) -> str:
        conversation_id = await self._known(request)
        if conversation_id is None:
            raise SessionError
        return conversation_id

    async def _known(self, request: Request) -> str | None:
        token = request.cookies.get(self.cookie)
        return await asyncio.to_thread(self._find, _fingerprint(token)) if token else None

    def _find(self, fingerprint: str) -> str | None:
        with self._store.read() as session:
            return session.scalars(
                select(Conversation.id).where(Conversation.channel == CHANNEL, Conversation.external_id == fingerprint)
            ).one_or_none()

    def _owns_photo(self, conversation_id: str, photo_id: str) -> bool:
        with self._store.read() as session:
            photo = session.get(Photo, photo_id)
            owner = session.get_one(Conversation, conversation_id).mentor_id
            return photo is not None and photo.mentor_id == owner

    async def _fetch_upload(self, message: Incoming) -> bytes | None:
        return await asyncio.to_thread(self._photos.take_upload, message.upload, bytes.fromhex(message.upload_key))


class SecurityMiddleware:
    """Security headers on every response, limits for bodies and requests, and no writes from other sites' pages.

    Args:
        app: the application behind it.
        settings: tells the public address.
        limits: counts the requests of each address.
    """

    def __init__(self, app: ASGIApp, settings: Settings, limits: RateLimits) -> None:
        self._app = app
        self._limits = limits
        self._public = str(settings.public_url) if settings.public_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *headers]
            await send(message)

        problem = self._refusal(request)
        try:
            await self._limits.enter(Door.REQUESTS, _address(request))
        except TooManyRequestsError as error:
            problem = await _too_often(request, error)
        if problem is not None:
            await problem(scope, receive, send_with_headers)
            return
        body = _LimitedBody(receive, _body_limit(request))
        try:
            await self._app(scope, body.receive, send_with_headers)
        except Exception as error:  # noqa: BLE001  (who serves us would log it with its text)
            if _REPORTED not in scope:
                logger.error("request failed: %s", described(error))

    def _refusal(self, request: Request) -> Response | None:
        origin = request.headers.get("origin")
        if request.method not in {"GET", "HEAD"} and origin is not None:
            own = self._public or f"{request.url.scheme}://{request.headers.get('host', '')}"
            if origin != own or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
                return _problem(403, "error-origin")
        declared = request.headers.get("content-length", "0")
        if declared.isascii() and declared.isdigit() and int(declared) > _body_limit(request):
            return _too_large(request)
        return None


class _BodyTooLargeError(HTTPException):
    """More bytes came than the request may have; FastAPI lets no other exception through from reading a body."""

    def __init__(self) -> None:
        super().__init__(413)


class _LimitedBody:
    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _BodyTooLargeError
        return message


def _body_limit(request: Request) -> int:
    return PHOTO_BODY_BYTES if request.url.path == "/api/photos" else TEXT_BODY_BYTES


def _too_large(request: Request) -> Response:
    photo = request.url.path == "/api/photos"
    return _problem(413, "note-photo-too-large" if photo else "error-body-too-large")


def _address(request: Request) -> str:
    """Where a request came from; behind a proxy on this machine, where the proxy says it did."""
    return request.client.host if request.client else ""


def _link(label: str, url: str) -> dict[str, str]:
    return {"label": catalogue().text(label), "url": url}


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _problem(status: int, sentence: str, **arguments: str) -> JSONResponse:
    return JSONResponse({"error": catalogue().text(sentence, **arguments)}, status)


async def _no_icon() -> Response:
    """Browsers ask for an icon; there is none."""
    return Response(status_code=204)


async def _no_session(_request: Request, _error: Exception) -> JSONResponse:
    return _problem(401, "error-no-session")


async def _too_often(_request: Request, error: Exception) -> JSONResponse:
    seconds = error.seconds if isinstance(error, TooManyRequestsError) else 1
    problem = _problem(429, "error-too-often", seconds=str(seconds))
    problem.headers["Retry-After"] = str(seconds)
    return problem


async def _invalid_request(_request: Request, _error: Exception) -> JSONResponse:
    return _problem(422, "error-request")


async def _http_problem(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 413:
        return _too_large(request)
    return _problem(status, {404: "error-not-found", 405: "error-method"}.get(status, "error-request"))


#: In the scope of a request whose failure was told and logged.
_REPORTED = "mentor.reported"


async def _internal_problem(request: Request, error: Exception) -> JSONResponse:
    request.scope[_REPORTED] = True
    reference = new_id()[:8]
    logger.error("request failed, reference %s: %s", reference, described(error))
    return _problem(500, "error-internal", reference=reference)
