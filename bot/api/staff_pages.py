"""The staff pages: the list of open checks, one check in detail, and its decision."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from bot.api import staff_accounts as staff
from bot.api.mentor_report import SEALED, registration_details
from bot.api.staff_rows import answer_row, decisions_for, row_of
from bot.checks.progress import CheckProgress
from bot.checks.service import DECISIONS, ENDS, CheckError, reveal_date_of_birth
from bot.core.pages import render
from bot.core.settings import Settings
from bot.media.photos import PhotoFolder
from bot.messages.incoming import storable
from bot.registration.ledger import Ledger
from bot.security.cipher import VaultError
from bot.security.rate_limits import RateLimit, RateLimits, TooManyRequestsError
from bot.security.vault import Vault
from bot.storage import AuditRecord, Check, Photo, Store
from bot.storage.models import utc_now

logger = logging.getLogger(__name__)

#: Seconds that a form can be sent after its page was opened.
FORM_SECONDS = 60 * 60

MAXIMUM_REASON = 2000

#: The most checks in the list, the oldest first.
LISTED = 200

_TOO_LATE = "This page was open for over an hour. Please send it again."

_ID = re.compile(r"[0-9a-f]{32}")


class _RefusedError(Exception):
    """The request is refused; the response says why."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


@dataclass(frozen=True)
class _DecisionForm:
    """A decision as typed, shown again with the problem."""

    decision: str = ""
    reason: str = ""
    problem: str = ""


def staff_page(
    store: Store,
    vault: Vault,
    photos: PhotoFolder,
    ledger: Ledger,
    settings: Settings,
    limits: RateLimits,
    progress: CheckProgress,
    wake: Callable[[], None],
) -> APIRouter:
    """The routes under ``/staff``; all answer 404 while nobody is on the staff.

    Each request carries name and password (HTTP Basic, RFC 7617), so the proxy must use https.

    Args:
        store: the database.
        vault: holds the dates of birth, and the key that signs the forms.
        photos: where photos are kept.
        ledger: opens the mentors' words in the consents.
        settings: say whether two people must decide.
        limits: counts failed logins.
        progress: records decisions.
        wake: is called after a decision.
    """
    return _StaffPage(store, vault, photos, ledger, settings, limits, progress, wake).router()


class _StaffPage:
    def __init__(
        self,
        store: Store,
        vault: Vault,
        photos: PhotoFolder,
        ledger: Ledger,
        settings: Settings,
        limits: RateLimits,
        progress: CheckProgress,
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._vault = vault
        self._photos = photos
        self._ledger = ledger
        self._four_eyes = settings.four_eyes
        self._progress = progress
        self._wake = wake
        self._limits = limits
        key = vault.derived_key("staff forms")
        self._forms = URLSafeTimedSerializer(key, signer_kwargs={"digest_method": hashlib.sha256})
        # One password at a time: hashing costs memory, and each guess of a burst is counted before the next.
        self._one_login = asyncio.Lock()

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/staff", include_in_schema=False)
        for path, method, page in (
            ("", "GET", self._list_page),
            ("/checks/{check_id}", "GET", self._check_page),
            ("/checks/{check_id}/photo.jpg", "GET", self._photo_file),
            ("/checks/{check_id}/reveal", "POST", self._reveal),
            ("/checks/{check_id}/decision", "POST", self._decide),
        ):
            router.add_api_route(path, self._for_staff(page), methods=[method], response_model=None)
        return router

    def _for_staff(
        self, page: Callable[[Request, str], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Serve ``page`` only to staff members, with their name, and uncached."""

        async def guarded(request: Request) -> Response:
            try:
                response = await page(request, await self._member(request))
            except _RefusedError as refused:
                response = refused.response
            response.headers["Cache-Control"] = "no-store"
            return response

        return guarded

    async def _member(self, request: Request) -> str:
        """The name of the staff member who sent the request."""
        if not await asyncio.to_thread(self._is_open):
            raise HTTPException(404)
        name, password = _credentials(request)
        if name and await self._logs_in(name, password, request.client.host if request.client else ""):
            return name
        refusal = _problem(401, "Please sign in with your name and password.")
        refusal.headers["WWW-Authenticate"] = 'Basic realm="JobGen staff", charset="UTF-8"'
        raise _RefusedError(refusal)

    async def _logs_in(self, name: str, password: str, address: str) -> bool:
        async with self._one_login:
            try:
                await self._limits.check(RateLimit.LOGINS, address)
                if await asyncio.to_thread(staff.authenticate, self._store, name, password):
                    return True
                await self._limits.hit(RateLimit.LOGINS, address)
            except TooManyRequestsError as error:
                refusal = _problem(429, f"Too many failed logins. Please wait {error.seconds} seconds.")
                refusal.headers["Retry-After"] = str(error.seconds)
                raise _RefusedError(refusal) from None
        logger.warning("a login to the staff page failed")
        return False

    def _is_open(self) -> bool:
        with self._store.read() as session:
            return staff.is_anybody(session)

    async def _list_page(self, _request: Request, member: str) -> Response:
        rows, number = await asyncio.to_thread(self._waiting)
        return HTMLResponse(render("staff/list.html", member=member, rows=rows, more=number - len(rows)))

    def _waiting(self) -> tuple[list[dict[str, Any]], int]:
        """The open checks, the oldest first, and their number."""
        is_open = Check.status.not_in(ENDS)
        with self._store.read() as session:
            number = session.scalar(select(func.count()).select_from(Check).where(is_open)) or 0
            wanted = select(Check).where(is_open).order_by(Check.created_at, Check.id).limit(LISTED)
            return [row_of(session, check) for check in session.scalars(wanted)], number

    async def _check_page(self, request: Request, member: str) -> Response:
        return await asyncio.to_thread(self._shown, _check_id(request), member)

    def _shown(
        self, check_id: str, member: str, draft: _DecisionForm | None = None, born: str | None = None, status: int = 200
    ) -> Response:
        """The page of one check.

        Args:
            check_id: its id.
            member: the staff member.
            draft: an invalid decision to correct.
            born: the text at the date of birth.
            status: of the response.
        """
        with self._store.read() as session:
            check = _found(session, check_id)
            registration = registration_details(session, check.mentor_id, self._photos, self._ledger)
            values = {
                "check": row_of(session, check),
                "answers": [answer_row(row) for row in registration["answers"]],
                "consents": registration["consents"],
                "account": registration["account"],
                "history": session.scalars(
                    select(AuditRecord).where(AuditRecord.subject_id == check.id).order_by(AuditRecord.id)
                ).all(),
                "decisions": decisions_for(check),
            }
            token = self._forms.dumps([member, check_id])
            return HTMLResponse(
                render(
                    "staff/check.html",
                    **values,
                    member=member,
                    token=token,
                    draft=draft or _DecisionForm(),
                    born=born,
                    sealed=SEALED,
                    four_eyes=self._four_eyes,
                    maximum_reason=MAXIMUM_REASON,
                ),
                status,
            )

    async def _photo_file(self, request: Request, _member: str) -> Response:
        photo_id = await asyncio.to_thread(self._photo_of, _check_id(request))
        path = self._photos.full(photo_id) if photo_id else None
        if path is None or not path.is_file():
            raise _RefusedError(_problem(404, "There is no photo."))
        return FileResponse(path, media_type="image/jpeg")

    def _photo_of(self, check_id: str) -> str | None:
        with self._store.read() as session:
            mentor_id = _found(session, check_id).mentor_id
            wanted = select(Photo.id).where(Photo.mentor_id == mentor_id).order_by(Photo.created_at.desc()).limit(1)
            return session.scalars(wanted).one_or_none()

    async def _reveal(self, request: Request, member: str) -> Response:
        check_id = _check_id(request)
        try:
            self._verify(await _form(request), member, check_id)
        except SignatureExpired:
            return await asyncio.to_thread(self._shown, check_id, member, _DecisionForm(problem=_TOO_LATE), status=403)
        born = await asyncio.to_thread(self._revealed, check_id, member)
        return await asyncio.to_thread(self._shown, check_id, member, born=born)

    def _revealed(self, check_id: str, member: str) -> str:
        with self._store.write() as session:
            try:
                return reveal_date_of_birth(session, self._vault, _found(session, check_id), member) or "deleted"
            except VaultError:  # the attempt is recorded in any case
                logger.error("ALERT the date of birth of check %s cannot be opened", check_id)
                return "cannot be opened"

    async def _decide(self, request: Request, member: str) -> Response:
        check_id = _check_id(request)
        fields = await _form(request)
        draft = _DecisionForm(_field(fields, "decision"), _field(fields, "reason"))
        try:
            self._verify(fields, member, check_id)
        except SignatureExpired:
            late = _DecisionForm(draft.decision, draft.reason, _TOO_LATE)
            return await asyncio.to_thread(self._shown, check_id, member, late, status=403)
        problem, status = await asyncio.to_thread(self._decided, check_id, member, draft)
        if problem:
            refused = _DecisionForm(draft.decision, draft.reason, problem)
            return await asyncio.to_thread(self._shown, check_id, member, refused, status=status)
        self._wake()
        return RedirectResponse(f"/staff/checks/{check_id}", 303)

    def _decided(self, check_id: str, member: str, draft: _DecisionForm) -> tuple[str, int]:
        """Record a decision; returns the problem, or "", and the HTTP status."""
        if draft.decision not in DECISIONS:
            return "Please choose a decision.", 422
        if not draft.reason:
            return "Please give a reason.", 422
        if len(draft.reason) > MAXIMUM_REASON:
            return f"The reason is too long: at most {MAXIMUM_REASON} characters, please.", 422
        try:
            with self._store.write() as session:
                check = _found(session, check_id)
                reasons = _with_reason(check, member, draft)
                self._progress.decide(
                    session, check_id, draft.decision, reasons, actor=member, four_eyes=self._four_eyes
                )
        except CheckError as error:
            return str(error), 409
        self._store.checkpoint()
        return "", 303

    def _verify(self, fields: FormData, member: str, check_id: str) -> None:
        """Refuse a form that was not made for this member and check.

        Raises:
            SignatureExpired: it was made over an hour ago.
        """
        try:
            mine = self._forms.loads(_field(fields, "token"), max_age=FORM_SECONDS) == [member, check_id]
        except SignatureExpired as expired:
            if self._forms.load_payload(expired.payload or b"") == [member, check_id]:
                raise
            mine = False
        except BadSignature:
            mine = False
        if not mine:
            raise _RefusedError(_problem(403, "This form is not one of yours. Please open the check again."))


def _credentials(request: Request) -> tuple[str, str]:
    """The request's name and password, or two empty texts."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "?", ""  # a name that nobody has: a failed login
    return name or "?", password


def _check_id(request: Request) -> str:
    check_id = str(request.path_params["check_id"])
    if not _ID.fullmatch(check_id):
        raise _RefusedError(_no_check())
    return check_id


def _found(session: Session, check_id: str) -> Check:
    check = session.get(Check, check_id)
    if check is None:
        raise _RefusedError(_no_check())
    return check


def _no_check() -> Response:
    return _problem(404, "There is no such check. Perhaps the mentor was erased.")


def _with_reason(check: Check, member: str, draft: _DecisionForm) -> str:
    """The earlier reasons and the new one; each is a line with name, day and decision."""
    new = f"{member}, {utc_now():%Y-%m-%d}, {draft.decision}: {draft.reason}"
    return f"{check.reason}\n{new}" if check.reason else new


async def _form(request: Request) -> FormData:
    """The submitted form; a file in it is refused with 400."""
    async with request.form(max_files=0) as fields:
        return fields


def _field(fields: FormData, name: str) -> str:
    value = fields.get(name)
    return storable(value).strip() if isinstance(value, str) else ""


def _problem(status: int, sentence: str) -> HTMLResponse:
    return HTMLResponse(render("staff/problem.html", sentence=sentence), status)
