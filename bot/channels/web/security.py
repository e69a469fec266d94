"""The middleware of every request: security headers, limits, and checks of the origin."""

from __future__ import annotations

import logging

from fastapi import Request, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.problems import REPORTED, problem, takes_photo, too_large, too_often
from bot.channels.web.sessions import TOKEN_HEADER
from bot.core.errors import described
from bot.core.settings import Settings
from bot.core.site_root import root
from bot.media.images import MAXIMUM_BYTES
from bot.security.rate_limits import RateLimit, RateLimits, TooManyRequestsError, counted_address, is_private

logger = logging.getLogger(__name__)

TEXT_BODY_BYTES = 256 * 1024
PHOTO_BODY_BYTES = MAXIMUM_BYTES + 64 * 1024
#: Seconds for which a browser may cache a preflight response.
PREFLIGHT_SECONDS = 600
#: The liveness route, without a limit, so that it does not depend on Redis.
HEALTH_PATHS = frozenset({"/healthz", "/readyz"})

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: The headers of responses that do not set their own.
_HEADERS = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


class SecurityMiddleware:
    """Adds security headers, limits bodies and requests, and refuses other sites' pages.

    Args:
        app: the application behind it.
        settings: hold the public address and the embedding origins.
        limits: counts the requests of each address.
    """

    def __init__(self, app: ASGIApp, settings: Settings, limits: RateLimits) -> None:
        self._app: ASGIApp = CORSMiddleware(
            app,
            allow_origins=settings.embedding_origins,
            allow_credentials=True,
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type", TOKEN_HEADER],
            expose_headers=["Retry-After"],
            max_age=PREFLIGHT_SECONDS,
        )
        self._limits = limits
        self._public = str(settings.public_url).removesuffix(settings.site_path) if settings.public_url else None
        self._embedding = frozenset(settings.embedding_origins)
        #: Whether the log has named a proxy that is not trusted.
        self._is_proxy_named = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                names = {name for name, _ in headers}
                message["headers"] = [*headers, *((name, value) for name, value in _HEADERS if name not in names)]
            await send(message)

        if not self._is_proxy_named:
            self._name_proxy(request)
        refusal = self._refusal(request)
        try:
            if request.url.path.removeprefix(root()) not in HEALTH_PATHS:
                await self._limits.hit(RateLimit.REQUESTS, address_of(request))
        except TooManyRequestsError as error:
            refusal = await too_often(request, error)
        if refusal is not None:
            await refusal(scope, receive, send_with_headers)
            return
        body = _LimitedBody(receive, _body_limit(request))
        try:
            await self._app(scope, body.receive, send_with_headers)
        except Exception as error:  # noqa: BLE001  (uvicorn would log it with its text)
            if REPORTED not in scope:
                logger.error("request failed: %s", described(error))

    def _name_proxy(self, request: Request) -> None:
        """Log once the proxy of a private network whose headers are not believed: its clients count as one."""
        forwarded, client = request.headers.get("x-forwarded-for"), request.client
        # Of a trusted proxy, the server has already replaced the address with one that the header names.
        if forwarded and client and client.host not in forwarded and is_private(client.host):
            self._is_proxy_named = True
            logger.warning("%s sends X-Forwarded-For, but TRUSTED_PROXIES does not name it", client.host)

    def _refusal(self, request: Request) -> Response | None:
        origin = request.headers.get("origin")
        if request.method not in {"GET", "HEAD", "OPTIONS"} and origin is not None and origin not in self._embedding:
            own = self._public or f"{request.url.scheme}://{request.headers.get('host', '')}"
            if origin != own or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
                return problem(request, 403, "error-origin")
        declared = request.headers.get("content-length", "0")
        if declared.isascii() and declared.isdigit() and int(declared) > _body_limit(request):
            return too_large(request)
        return None


class _BodyTooLargeError(HTTPException):
    """The body is too large; FastAPI passes on no other exception from reading a body."""

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


def address_of(request: Request) -> str:
    """The client's address as it counts; behind a trusted proxy, the address that the proxy names."""
    return counted_address(request.client.host) if request.client else ""


def _body_limit(request: Request) -> int:
    return PHOTO_BODY_BYTES if takes_photo(request) else TEXT_BODY_BYTES
