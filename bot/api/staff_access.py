"""Who gets to a staff page: the session, the role that a page needs, and the token that each form carries."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from bot.api import staff_accounts as staff
from bot.api.staff_accounts import Role
from bot.api.staff_sessions import member_of
from bot.core.pages import render
from bot.core.site_root import cookie_name, root
from bot.messages.incoming import storable
from bot.security.vault import Vault
from bot.storage import Store

#: Seconds that a form can be sent after its page was opened.
FORM_SECONDS = 60 * 60

TOO_LATE = "This page was open for over an hour. Please send it again."
SIGNED_OUT = "You are signed out. Sign in in another tab, then go back here to what you typed, and send it again."


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


class Cookie:
    """The cookie with the token of a staff session: for this site only, and never for a script.

    Args:
        public_url: under which the staff reach the site; with https the cookie is never sent without.
        path: the site's path, or "".
    """

    def __init__(self, public_url: str, path: str = "") -> None:
        self._is_secure = public_url.startswith("https://")
        self._path = path or "/"
        self.name = cookie_name("staff_session", path=path, secure=self._is_secure)

    def of(self, request: Request) -> str:
        """The token that a request carries, or ""."""
        return request.cookies.get(self.name, "")

    def set(self, response: Response, token: str) -> None:
        """Have the browser keep a token until it is closed; "" deletes it."""
        age = None if token else 0
        response.set_cookie(
            self.name, token, max_age=age, path=self._path, secure=self._is_secure, httponly=True, samesite="strict"
        )


class Access:
    """Lets members with a session in; every page answers 404 while nobody is on the staff.

    Args:
        store: the database.
        cookie: holds a session.
    """

    def __init__(self, store: Store, cookie: Cookie) -> None:
        self._store = store
        self._cookie = cookie

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
        token = self._cookie.of(request)
        found = await asyncio.to_thread(member_of, self._store, token) if token else None
        if found is not None:
            return Member(found.name, Role(found.role))
        if not await asyncio.to_thread(staff.is_anybody, self._store):
            raise HTTPException(404)
        if request.method == "GET":
            query = f"?{request.url.query}" if request.url.query else ""
            page = urlencode({"page": request.url.path.removeprefix(root()) + query})
            raise RefusedError(RedirectResponse(f"{root()}/staff/sign-in?{page}", 303))
        raise RefusedError(problem(403, SIGNED_OUT))


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
