"""HTTP: answers the calls and the downloads, in the event loop of the server thread."""

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.doubles.telegram_api.faults import FaultKind
from tests.doubles.telegram_api.methods import METHODS
from tests.doubles.telegram_api.parameters import (
    CANONICAL_NAMES,
    FILE_DOWNLOAD,
    METHOD_PARAMETERS,
    Parameters,
    read_parameters,
)
from tests.doubles.telegram_api.refusals import (
    CONFLICTING_POLL,
    CONFLICTING_WEBHOOK,
    ApiRefusalError,
    JsonObject,
)
from tests.doubles.telegram_api.updates import Poll
from tests.doubles.telegram_api.webhooks import WebhookSender
from tests.doubles.telegram_api.world import World

#: Closes a connection by a reset, at once and without what was still to be sent.
_LINGER: Final = struct.pack("ii", 1, 0)


class HttpService:
    """Answers the requests; runs in the event loop of the server thread."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.webhook = WebhookSender(world)

    def wake(self) -> None:
        """Look for updates to deliver; called in the event loop."""
        poll = self._world.poll
        if poll:
            poll.woken.set()
        self.webhook.wake()

    def application(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route("/file/bot{token}/{path:path}", self._download, methods=["GET"]),
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            ],
            exception_handlers={404: _answer_unknown_address},
        )

    async def _call(self, request: Request) -> Response:
        name = str(request.path_params["method"])
        name = CANONICAL_NAMES.get(name.lower(), name)
        try:
            parameters = await read_parameters(request)
        except ApiRefusalError as refusal:
            self._world.record_problem(name, refusal, {})
            return _refused(refusal)
        self._world.record_call(name, parameters.described())
        return await self._with_fault(request, name, lambda: self._answer(request, name, parameters))

    async def _with_fault(self, request: Request, name: str, answer: Callable[[], Awaitable[Response]]) -> Response:
        """Answer a call, with the fault it may have."""
        fault = self._world.take_fault(name)
        if fault and fault.refusal:
            return _refused(fault.refusal)
        if fault and fault.kind is FaultKind.RESET:
            return await _reset(request)
        response = await answer()
        if fault and fault.kind is FaultKind.LOST_ANSWER:
            return await _reset(request)
        if fault and fault.kind is FaultKind.HELD:
            await _hold(request, fault.seconds)
        return response

    async def _answer(self, request: Request, name: str, parameters: Parameters) -> Response:
        try:
            self._check_request(request, name, parameters)
            return JSONResponse({"ok": True, "result": await self._perform(request, name, parameters)})
        except ApiRefusalError as refusal:
            self._world.record_problem(name, refusal, parameters.described())
            return _refused(refusal)

    def _check_request(self, request: Request, name: str, parameters: Parameters) -> None:
        self._check_token(request)
        if name not in METHOD_PARAMETERS:
            raise ApiRefusalError(404, "Not Found")
        parameters.check_names(METHOD_PARAMETERS[name])

    def _check_token(self, request: Request) -> None:
        if request.path_params["token"] != self._world.token:
            raise ApiRefusalError(401, "Unauthorized")

    async def _perform(self, request: Request, name: str, parameters: Parameters) -> Any:
        if name == "getUpdates":
            return await self._get_updates(request, parameters)
        with self._world.changed:
            self._world.flood.pass_through(name, parameters.text("chat_id"))
            result = METHODS[name](self._world, parameters)
            self._world.changed.notify_all()
            if self._world.listener and parameters.text("chat_id"):
                self._world.listener(int(parameters.text("chat_id")))
            return result

    async def _get_updates(self, request: Request, parameters: Parameters) -> list[JsonObject]:
        timeout = parameters.integer("timeout", 0, 0)
        poll = self._begin_poll(parameters)
        watcher = asyncio.create_task(_watch_for_disconnect(request, poll))
        try:
            return await self._wait_for_updates(poll, timeout)
        finally:
            watcher.cancel()
            with self._world.changed:
                self._world.poll = None if self._world.poll is poll else self._world.poll

    def _begin_poll(self, parameters: Parameters) -> Poll:
        """Confirm updates and take the place of an older poll."""
        limit, offset = parameters.integer("limit", 100, 1, 100), parameters.integer("offset", 0)
        with self._world.changed:
            if self._world.webhook:
                raise ApiRefusalError(409, CONFLICTING_WEBHOOK)
            self._world.updates.set_allowed(parameters)
            if self._world.poll:
                self._world.poll.superseded = True
                self._world.poll.woken.set()
            self._world.updates.confirm(offset)
            self._world.changed.notify_all()
            self._world.poll = Poll(limit)
            return self._world.poll

    async def _wait_for_updates(self, poll: Poll, timeout_seconds: float) -> list[JsonObject]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        while not poll.gone:
            if poll.superseded:
                raise ApiRefusalError(409, CONFLICTING_POLL)
            if batch := self._take_batch(poll):
                return batch
            if loop.time() >= deadline or self._world.closing:
                return []
            await _wait_until(poll.woken, deadline)
        return []

    def _take_batch(self, poll: Poll) -> list[JsonObject]:
        with self._world.changed:
            poll.woken.clear()
            return self._world.updates.take(poll.limit)

    async def _download(self, request: Request) -> Response:
        path = str(request.path_params["path"])
        self._world.record_call(FILE_DOWNLOAD, {"file_path": path})
        return await self._with_fault(request, FILE_DOWNLOAD, lambda: self._file(request, path))

    async def _file(self, request: Request, path: str) -> Response:
        try:
            self._check_token(request)
            return Response(self._content(path), media_type="application/octet-stream")
        except ApiRefusalError as refusal:
            self._world.record_problem(FILE_DOWNLOAD, refusal, {"file_path": path})
            return _refused(refusal)

    def _content(self, path: str) -> bytes:
        with self._world.changed:
            for stored in self._world.files.values():
                if stored.path == path:
                    return stored.content
        raise ApiRefusalError(404, "Not Found")


def _refused(refusal: ApiRefusalError) -> JSONResponse:
    return JSONResponse(refusal.as_json(), refusal.status)


async def _answer_unknown_address(_: Request, __: Exception) -> Response:
    return _refused(ApiRefusalError(404, "Not Found"))


async def _reset(request: Request) -> Response:
    """Reset the connection of a call."""
    transport: asyncio.Transport = request.scope["extensions"][_Protocol.EXTENSION]
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
    transport.abort()
    await _disconnected(request)
    return Response()  # which nobody gets


async def _hold(request: Request, seconds: float) -> None:
    """Wait, no longer than the caller does."""
    try:
        async with asyncio.timeout(seconds):
            await _disconnected(request)
    except TimeoutError:
        return


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _watch_for_disconnect(request: Request, poll: Poll) -> None:
    """Wait until the caller closes the connection and let the poll know."""
    await _disconnected(request)
    poll.gone = True
    poll.woken.set()


async def _wait_until(event: asyncio.Event, deadline: float) -> None:
    """Wait for an event, no longer than until a moment of the loop's clock in seconds."""
    try:
        async with asyncio.timeout_at(deadline):
            await event.wait()
    except TimeoutError:
        return


def listening_socket() -> socket.socket:
    """Return a socket on a free port of 127.0.0.1.

    Its protocol is named, because asyncio switches off the delay of small packets (about 40 ms) only then.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


class _Protocol(H11Protocol):
    """Tells the application which connection a call came by, for it to reset."""

    EXTENSION: Final = "connection"

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        application = self.app

        async def with_connection(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[self.EXTENSION] = transport
            await application(scope, receive, send)

        self.app = with_connection


class Server(uvicorn.Server):
    """A server that tells when it accepts connections."""

    def __init__(self, service: HttpService) -> None:
        super().__init__(
            uvicorn.Config(
                service.application(),
                http=_Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._service = service
        self._deliveries: asyncio.Task[None] | None = None
        self.ready = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start and remember the event loop."""
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self._deliveries = asyncio.create_task(self._service.webhook.run())
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop the deliveries and the server."""
        if self._deliveries:
            self._deliveries.cancel()
            await asyncio.gather(self._deliveries, return_exceptions=True)
        await super().shutdown(sockets)

    def serve_on(self, listener: socket.socket) -> None:
        """Serve until ``should_exit``."""
        asyncio.run(self.serve(sockets=[listener]))

    def wake(self) -> None:
        """Look for updates to deliver; called with the lock held, from any thread."""
        if self.loop and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._service.wake)
