"""Answers failed requests with a sentence for the person."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import NoResultFound
from starlette.exceptions import HTTPException

from bot.conversation.workers import GONE
from bot.core.errors import described, is_disk_full
from bot.core.site_root import root
from bot.i18n.catalogue import catalogue, spoken
from bot.media.blobs import BlobError
from bot.messages.sight import TooQuickError
from bot.security.rate_limits import TooManyRequestsError
from bot.storage.models import new_id

logger = logging.getLogger(__name__)

#: Key in a request's state: the id of its conversation.
CONVERSATION = "conversation"
#: Key in the scope of a request whose failure was answered and logged.
REPORTED = "mentor.reported"
#: Where photos are sent: from the widget, and from Telegram's page for them.
PHOTO_PATHS = frozenset({"/api/photos", "/telegram/photo"})


class Problem(BaseModel):
    """An error with a sentence for the person."""

    error: str


class SessionError(Exception):
    """The request belongs to no conversation."""


class TokenError(Exception):
    """A write came without the token of its session."""


def problem(request: Request, status: int, sentence: str, **arguments: str) -> JSONResponse:
    """An error response with the sentence of this name, in the browser's first language."""
    wanted = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0]
    text = catalogue(spoken(wanted.strip())).text(sentence, **arguments)
    return JSONResponse({"error": text}, status, {"Content-Language": text.language})


def takes_photo(request: Request) -> bool:
    """Whether photos are sent to the address of a request."""
    return request.url.path.removeprefix(root()) in PHOTO_PATHS


def too_large(request: Request) -> Response:
    """The response to a request that is too large."""
    return problem(request, 413, "note-photo-too-large" if takes_photo(request) else "error-body-too-large")


async def too_often(request: Request, error: Exception) -> JSONResponse:
    """The response over a rate limit; `Retry-After` says when to try again, in seconds."""
    seconds = error.seconds if isinstance(error, TooManyRequestsError) else 1
    response = problem(request, 429, "error-too-often", seconds=str(seconds))
    response.headers["Retry-After"] = str(seconds)
    return response


def add_problem_handlers(app: FastAPI, is_there: Callable[[str], Awaitable[bool]]) -> None:
    """Answer every failure of ``app`` with a sentence.

    Args:
        app: the application.
        is_there: whether a conversation still exists.
    """

    async def gone(request: Request, error: Exception) -> Response:
        """Answer a request whose mentor was erased or merged meanwhile; the page then starts again."""
        conversation_id = str(getattr(request.state, CONVERSATION, ""))
        has_joined = isinstance(error, NoResultFound)
        if not conversation_id or (await is_there(conversation_id) and not has_joined):
            return await _internal_problem(request, error)
        logger.warning("a request ended because its subject was deleted: %s", described(error))
        return await _no_session(request, error)

    for each in GONE:
        app.add_exception_handler(each, gone)
    app.add_exception_handler(SessionError, _no_session)
    app.add_exception_handler(TokenError, _no_token)
    app.add_exception_handler(TooManyRequestsError, too_often)
    app.add_exception_handler(TooQuickError, _too_quick)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(Exception, _internal_problem)


async def _no_session(request: Request, _error: Exception) -> JSONResponse:
    return problem(request, 401, "error-no-session")


async def _no_token(request: Request, _error: Exception) -> JSONResponse:
    return problem(request, 403, "error-no-token")


async def _too_quick(request: Request, _error: Exception) -> JSONResponse:
    return problem(request, 409, "note-too-quick")


async def _invalid_request(request: Request, _error: Exception) -> JSONResponse:
    return problem(request, 422, "error-request")


async def _http_problem(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 413:
        return too_large(request)
    return problem(request, status, {404: "error-not-found", 405: "error-method"}.get(status, "error-request"))


async def _internal_problem(request: Request, error: Exception) -> JSONResponse:
    request.scope[REPORTED] = True
    reference = new_id()[:8]
    logger.error("request failed, reference %s: %s", reference, described(error))
    if is_disk_full(error):
        return problem(request, HTTPStatus.INSUFFICIENT_STORAGE, "error-disk-full", reference=reference)
    if isinstance(error, BlobError):
        return problem(request, HTTPStatus.INSUFFICIENT_STORAGE, "error-photo-store", reference=reference)
    return problem(request, 500, "error-internal", reference=reference)
