"""Who gets to a staff page: the sign-in, the role that a page needs, and the token that each form carries."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from bot.api import staff_accounts as staff
from bot.api.staff_accounts import Role
from bot.core.pages import render
from bot.messages.incoming import storable
from bot.security.rate_limits import RateLimit, RateLimits, TooManyRequestsError
from bot.security.vault import Vault
from bot.storage import Store

logger = logging.getLogger(__name__)

#: Seconds that a form can be sent after its page was opened.
FORM_SECONDS = 60 * 60

TOO_LATE = "This page was open for over an hour. Please send it again."


class RefusedError(Exception):
    """The request is refused; the response says why."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


@dataclass(frozen=True)
class Member:
    """The staff member who sent a request.

    Attributes:
        name: for the audit.
        role: what they may do.
    """

    name: str
    role: Role

    @property
    def decides(self) -> bool:
        """Whether they may decide checks."""
        return self.role.includes(Role.DECIDE)

    @property
    def administers(self) -> bool:
        """Whether they may export the list."""
        return self.role.includes(Role.ADMINISTER)


#: A page, for the member who asks for it.
Page = Callable[[Request, Member], Awaitable[Response]]


class SignIn:
    """Lets staff members in; every page answers 404 while nobody is on the staff.

    Each request carries name and password (HTTP Basic, RFC 7617), so the proxy must use https.

    Args:
        store: the database.
        limits: counts failed logins.
    """

    def __init__(self, store: Store, limits: RateLimits) -> None:
        self._store = store
        self._limits = limits
        # One password at a time: hashing costs memory, and each guess of a burst is counted before the next.
        self._one_login = asyncio.Lock()

    def guarded(self, page: Page, needed: Role) -> Callable[[Request], Awaitable[Response]]:
        """``page``, only for members whose role includes ``needed``, and uncached."""

        async def guarded(request: Request) -> Response:
            try:
                member = await self._member(request)
                allowed = member.role.includes(needed)
                response = await page(request, member) if allowed else _not_allowed(member)
            except RefusedError as refused:
                response = refused.response
            response.headers["Cache-Control"] = "no-store"
            return response

        return guarded

    async def _member(self, request: Request) -> Member:
        if not await asyncio.to_thread(self._is_open):
            raise HTTPException(404)
        name, password = _credentials(request)
        role = await self._role(name, password, request.client.host if request.client else "") if name else None
        if role is not None:
            return Member(name, role)
        refusal = problem(401, "Please sign in with your name and password.")
        refusal.headers["WWW-Authenticate"] = 'Basic realm="JobGen staff", charset="UTF-8"'
        raise RefusedError(refusal)

    async def _role(self, name: str, password: str, address: str) -> Role | None:
        async with self._one_login:
            try:
                await self._limits.check(RateLimit.LOGINS, address)
                role = await asyncio.to_thread(staff.authenticate, self._store, name, password)
                if role is not None:
                    return role
                await self._limits.hit(RateLimit.LOGINS, address)
            except TooManyRequestsError as error:
                refusal = problem(429, f"Too many failed logins. Please wait {error.seconds} seconds.")
                refusal.headers["Retry-After"] = str(error.seconds)
                raise RefusedError(refusal) from None
        logger.warning("a login to the staff page failed")
        return None

    def _is_open(self) -> bool:
        with self._store.read() as session:
            return staff.is_anybody(session)


class Forms:
    """Signs the token of each form, for one member and one subject.

    Args:
        vault: its master key derives the signing key.
    """

    def __init__(self, vault: Vault) -> None:
        key = vault.derived_key("staff forms")
        self._signer = URLSafeTimedSerializer(key, signer_kwargs={"digest_method": hashlib.sha256})

    def token(self, member: Member, subject: str) -> str:
        """A token for the forms of ``member`` about ``subject``, for example a check's id."""
        return str(self._signer.dumps([member.name, subject]))

    def verify(self, fields: FormData, member: Member, subject: str) -> None:
        """Refuse a form that was not made for this member and subject.

        Raises:
            SignatureExpired: it was made over an hour ago.
            RefusedError: it is not one of theirs.
        """
        wanted = [member.name, subject]
        try:
            mine = self._signer.loads(field(fields, "token"), max_age=FORM_SECONDS) == wanted
        except SignatureExpired as expired:
            if self._signer.load_payload(expired.payload or b"") == wanted:
                raise
            mine = False
        except BadSignature:
            mine = False
        if not mine:
            raise RefusedError(problem(403, "This form is not one of yours. Please open the page again."))


async def form(request: Request) -> FormData:
    """The submitted form; a file in it is refused with 400."""
    async with request.form(max_files=0) as fields:
        return fields


def field(fields: FormData, name: str) -> str:
    """A text of a form, as it can be stored, or ""."""
    value = fields.get(name)
    return storable(value).strip() if isinstance(value, str) else ""


def problem(status: int, sentence: str) -> HTMLResponse:
    """A page that says only what is wrong."""
    return HTMLResponse(render("staff/problem.html", sentence=sentence), status)


def _not_allowed(member: Member) -> Response:
    return problem(403, f"Your role, {member.role}, does not allow this.")


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
