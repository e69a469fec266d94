"""The page on which the staff sign in, with name, password and a one-time code, and the way out."""

from __future__ import annotations

import asyncio
import logging
import re

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from bot.api import staff_accounts as staff
from bot.api import staff_codes, staff_sessions
from bot.api.staff_access import Cookie, field, form
from bot.core.pages import render
from bot.core.site_root import root
from bot.security.rate_limits import RateLimit, RateLimits, TooManyRequestsError, counted_address
from bot.security.vault import Vault
from bot.storage import AuditRecord, Store

logger = logging.getLogger(__name__)

#: The page of the staff that somebody wanted who had to sign in.
_PAGE = re.compile(r"/staff(?:[/?][A-Za-z0-9_./?=&%+-]*)?")
_WRONG = "Name, password or code is wrong. Each code works once: wait for the next one if you have used it."
_NO_KEY = "You have no key for one-time codes yet. Ask whoever added you for one."
#: Whom the audit names for a failure if nobody on the staff has the name: what was typed may be a password.
_NOBODY = "?"


class SignInPages:
    """The routes ``/staff/sign-in`` and ``/staff/sign-out``.

    Args:
        store: the database.
        vault: opens the keys of the codes.
        limits: counts failed sign-ins.
        cookie: holds a session.
    """

    def __init__(self, store: Store, vault: Vault, limits: RateLimits, cookie: Cookie) -> None:
        self._store = store
        self._vault = vault
        self._limits = limits
        self._cookie = cookie
        # One password at a time: hashing costs memory, and each guess of a burst is counted before the next.
        self._one_sign_in = asyncio.Lock()

    async def show(self, request: Request) -> Response:
        """The form; 404 while nobody is on the staff."""
        if not await asyncio.to_thread(staff.is_anybody, self._store):
            raise HTTPException(404)
        return _page(request.query_params.get("page", ""))

    async def sign_in(self, request: Request) -> Response:
        """Begin a session, or say that something is wrong, but not what."""
        if not await asyncio.to_thread(staff.is_anybody, self._store):
            raise HTTPException(404)
        fields = await form(request)
        # A password may begin or end with a space.
        name, password, code = field(fields, "name"), str(fields.get("password", "")), field(fields, "code")
        page, address = field(fields, "page"), counted_address(request.client.host) if request.client else ""
        async with self._one_sign_in:
            try:
                await self._limits.check(RateLimit.LOGINS, address)
                is_theirs = await asyncio.to_thread(staff.authenticate, self._store, name, password)
                if is_theirs:  # the password is known: the codes are not to be guessed from many addresses
                    await self._limits.check(RateLimit.LOGINS, _codes_of(name))
                token, said = await asyncio.to_thread(self._begin, name, code, self._cookie.of(request), ok=is_theirs)
                if not token:
                    await self._limits.hit(RateLimit.LOGINS, address)
                    if is_theirs:
                        await self._limits.hit(RateLimit.LOGINS, _codes_of(name))
            except TooManyRequestsError as error:
                refusal = _page(page, f"Too many failed attempts. Please wait {error.seconds} seconds.", 429)
                refusal.headers["Retry-After"] = str(error.seconds)
                return refusal
        if not token:
            logger.warning("a sign-in of the staff failed")
            return _page(page, said, 403)
        response = _uncached(RedirectResponse(root() + (page if _PAGE.fullmatch(page) else "/staff"), 303))
        self._cookie.set(response, token)
        return response

    async def sign_out(self, request: Request) -> Response:
        """End the session of this browser."""
        await asyncio.to_thread(self._end, self._cookie.of(request))
        response = _uncached(RedirectResponse(f"{root()}/staff/sign-in", 303))
        self._cookie.set(response, "")
        return response

    def _begin(self, name: str, code: str, earlier: str, *, ok: bool) -> tuple[str, str]:
        """Check the code and begin a session in place of this browser's earlier one; the audit records it.

        Args:
            name: as typed.
            code: as typed.
            earlier: the token of the earlier session, or "".
            ok: whether the password is right.

        Returns:
            The session's token, or "" and what is wrong.
        """
        with self._store.write() as session:
            member = staff.known(session, name)
            if ok and staff_codes.accept(session, self._vault, name, code):
                staff_sessions.end(session, earlier)
                session.add(AuditRecord(actor=name, action="sign in", subject_id=name))
                return staff_sessions.begin(session, name), ""
            actor = name if member is not None else _NOBODY
            session.add(AuditRecord(actor=actor, action="sign-in failed", subject_id=actor))
            has_no_key = ok and member is not None and member.code_key is None
        return "", _NO_KEY if has_no_key else _WRONG

    def _end(self, token: str) -> None:
        with self._store.write() as session:
            name = staff_sessions.end(session, token)
            if name is not None:
                session.add(AuditRecord(actor=name, action="sign out", subject_id=name))


def _page(page: str, problem: str = "", status: int = 200) -> Response:
    wanted = page if _PAGE.fullmatch(page) else ""
    return _uncached(HTMLResponse(render("staff/sign_in.html", page=wanted, problem=problem), status))


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _codes_of(name: str) -> str:
    return f"codes of {name}"
