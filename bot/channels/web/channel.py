"""The web channel: the widget's API, the demo page and the service's health."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, File, Form, Header, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from starlette.types import ASGIApp

from bot.channels.web.downloads import Downloads
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
    UnsentTextRequest,
    UnsentTextResponse,
    sight_of,
)
from bot.channels.web.page import ChatPage
from bot.channels.web.presentation import Presentation
from bot.channels.web.problems import Problem, SessionError, add_problem_handlers
from bot.channels.web.security import SecurityMiddleware, address_of
from bot.channels.web.sessions import CHANNEL, Sessions, fingerprint, is_from_another_site
from bot.channels.web.site_root import SiteRoot
from bot.channels.web.traced_requests import TracedRequests
from bot.conversation.notifier import ConversationUpdate
from bot.conversation.turns import Conversations
from bot.conversation.workers import GONE, Channel
from bot.core.organisation import ORGANISATION
from bot.core.settings import Settings
from bot.core.tracing import is_traced, note
from bot.i18n.catalogue import catalogue, languages, spoken
from bot.media.photos import Photos
from bot.messages.inbox import UnknownConversationError
from bot.messages.incoming import Incoming, Kind
from bot.messages.sight import NOTHING_SEEN, Seen, press_seconds
from bot.messages.unsent import Unsent
from bot.security.rate_limits import RateLimit, RateLimits
from bot.security.vault import Vault
from bot.storage import Store

#: Seconds that a request waits for the bot's reply; a later reply comes with the next request.
REPLY_SECONDS = 13.0
EVENT_STREAM = "text/event-stream"


class WebChannel:
    """Conversations of browsers; a random token in a cookie identifies each.

    Args:
        settings: hold the public address.
        store: the database.
        vault: derives the key that signs the addresses of photos.
        photos: where photos are kept.
        conversations: takes the messages.
        limits: counts messages and requests.
        routers: further routes.
        telegram_name: returns the Telegram bot's user name, or "" if there is none.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        vault: Vault,
        photos: Photos,
        conversations: Conversations,
        limits: RateLimits,
        routers: Sequence[APIRouter] = (),
        telegram_name: Callable[[], str] = str,
    ) -> None:
        self._settings = settings
        self._routers = routers
        self._photos = photos
        self._conversations = conversations
        self._limits = limits
        self._sessions = Sessions(settings, store, vault, conversations)
        self._streams = Streams(conversations)
        self._press_ms = round(1000 * press_seconds(settings.consent_seconds))
        self._page = ChatPage(store, settings.contact_email, self._press_ms)
        self._downloads = Downloads(settings, store, vault, photos, conversations, self._sessions)
        self._presentation = Presentation(settings.site_url, vault, self._downloads, telegram_name)
        conversations.register(Channel(CHANNEL, self._fetch_upload, shows_cards=True))

    def app(self) -> ASGIApp:
        """The web application."""
        app = FastAPI(title=f"{ORGANISATION.name} mentor registration", version="1", docs_url=None, redoc_url=None)
        app.include_router(self._api())
        for each in self._routers:
            app.include_router(each)
        app.add_api_route("/", self._chat_page, methods=["GET", "HEAD"], include_in_schema=False)
        app.add_api_route("/favicon.ico", _no_icon, include_in_schema=False)
        app.mount("/widget", widget_files())
        add_problem_handlers(app, self._conversations.is_there)
        guarded: ASGIApp = SecurityMiddleware(app, self._settings, self._limits)
        if is_traced():
            guarded = TracedRequests(guarded)
        path = self._settings.site_path
        return SiteRoot(guarded, path, app.routes) if path else guarded

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
            "/unsent",
            self._unsent,
            methods=["POST"],
            operation_id="keep_unsent_text",
            status_code=204,
            response_class=Response,
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
        self._downloads.add_to(api)
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
            return await self._opened(request, response, opened)  # erased meanwhile: a new one begins

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
            # The same id each time, so that the opening counts once and not at every reload of the page.
            opening = await self._conversations.opening(conversation_id)
        reply = await self._take(request, conversation_id, Incoming(Kind.OPEN), opening, 0)
        unsent = await self._conversations.unsent(conversation_id)
        return SessionResponse(
            **reply.model_dump(),
            unsent=UnsentTextResponse(question=unsent.question, text=unsent.text) if unsent else None,
            token=self._sessions.token(session),
            press_ms=self._press_ms,
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

    async def _unsent(self, request: Request, typed: UnsentTextRequest) -> None:
        """Keep what the mentor has typed and not sent yet, encrypted, until they send a text."""
        conversation_id = await self._sessions.writing(request)
        await self._conversations.keep_unsent(conversation_id, Unsent(typed.question, typed.text))

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
        # The token is not in the database, and a repeated request has the same one.
        secret = f"upload:{self._sessions.of(request)}:{client_id}"
        key = hashlib.sha256(secret.encode()).digest()
        await self._photos.aside(self._photos.keep_upload, upload, await file.read(), key)
        message = Incoming(Kind.PHOTO, upload=upload, upload_key=key.hex())
        sight = sight_of(seen, seen_ms, after)
        try:
            reply = await self._take(request, conversation_id, message, client_id, after, sight)
        except (SessionError, *GONE):
            self._photos.drop_upload(upload)  # no row refers to it
            raise
        if not reply.pending:
            self._photos.drop_upload(upload)  # a repeated request has written it again
        return reply

    @contextmanager
    def _known(self, request: Request) -> Iterator[None]:
        """A write to a deleted conversation is answered as one without a session."""
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
        note(turn_id=turn_id)
        news = await self._conversations.reply(turn_id, REPLY_SECONDS, conversation_id, after)
        return self._told(request, conversation_id, after, news)

    async def _reply(self, request: Request, conversation_id: str, after: int) -> MessagesResponse:
        return self._told(request, conversation_id, after, await self._conversations.news(conversation_id, after))

    def _told(self, request: Request, conversation_id: str, after: int, news: ConversationUpdate) -> MessagesResponse:
        key = self._downloads.document_key(conversation_id) if is_from_another_site(request) else ""
        messages = [self._presentation.shown(each, key, catalogue(news.language)) for each in news.messages]
        return MessagesResponse(
            messages=messages,
            cursor=messages[-1]["id"] if messages else after,
            pending=news.is_pending,
            language=news.language,
        )

    async def _fetch_upload(self, message: Incoming) -> bytes | None:
        return await self._photos.aside(self._photos.take_upload, message.upload, bytes.fromhex(message.upload_key))


async def _no_icon() -> Response:
    """Browsers request an icon; there is none."""
    return Response(status_code=204)
