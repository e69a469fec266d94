"""The staff pages: the list of checks, one check in detail, and its decision."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import SignatureExpired
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.api import staff_list
from bot.api.mentor_report import SEALED, registration_details
from bot.api.mentor_report import Row as ReportRow
from bot.api.staff_access import TOO_LATE, Access, Cookie, Forms, Member, RefusedError, field, form, problem
from bot.api.staff_accounts import Role
from bot.api.staff_list import LONGEST_SEARCH, STATES, Filter
from bot.api.staff_people import PeoplePages
from bot.api.staff_sign_in import SignInPages
from bot.api.staff_timeline import timeline
from bot.checks.progress import CheckProgress
from bot.checks.service import DECISIONS, CheckError, Status, reveal_date_of_birth
from bot.core.pages import render
from bot.core.settings import Settings
from bot.core.site_root import root
from bot.media.photos import Photos
from bot.registration.form import BY_ID
from bot.registration.ledger import Ledger
from bot.security.cipher import VaultError
from bot.security.rate_limits import RateLimits
from bot.security.vault import Vault
from bot.storage import Check, Photo, Store
from bot.storage.models import utc_now

logger = logging.getLogger(__name__)

MAXIMUM_REASON = 2000

#: The subject of the form that exports the list.
_EXPORT = "export"

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class _DecisionForm:
    """A decision as typed, shown again with the problem."""

    decision: str = ""
    reason: str = ""
    problem: str = ""


def staff_page(
    store: Store,
    vault: Vault,
    photos: Photos,
    ledger: Ledger,
    settings: Settings,
    limits: RateLimits,
    progress: CheckProgress,
    wake: Callable[[], None],
) -> APIRouter:
    """The routes under ``/staff``; all answer 404 while nobody is on the staff.

    Args:
        store: the database.
        vault: holds the dates of birth, and the key that signs the forms.
        photos: where photos are kept.
        ledger: opens the mentors' words in the consents.
        settings: the public address, and whether two people must decide.
        limits: counts failed sign-ins.
        progress: records decisions.
        wake: is called after a decision.
    """
    return _StaffPage(store, vault, photos, ledger, settings, limits, progress, wake).router()


class _StaffPage:
    def __init__(
        self,
        store: Store,
        vault: Vault,
        photos: Photos,
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
        cookie = Cookie(str(settings.public_url or ""), settings.site_path)
        self._access = Access(store, cookie)
        self._sign_in = SignInPages(store, vault, limits, cookie)
        self._forms = Forms(vault)
        self._people = PeoplePages(store, vault, self._forms, settings.contact_email, wake)

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/staff", include_in_schema=False)
        for path, method, page, needed in (
            ("", "GET", self._list_page, Role.READ),
            ("/checks.csv", "POST", self._export, Role.ADMINISTER),
            ("/checks/{check_id}", "GET", self._check_page, Role.READ),
            ("/checks/{check_id}/photo.jpg", "GET", self._photo_file, Role.READ),
            ("/checks/{check_id}/reveal", "POST", self._reveal, Role.DECIDE),
            ("/checks/{check_id}/decision", "POST", self._decide, Role.DECIDE),
            ("/people", "GET", self._people.listed, Role.READ),
            ("/people/{request_id}", "GET", self._people.conversation, Role.READ),
            ("/people/{request_id}/answer", "POST", self._people.answer, Role.DECIDE),
            ("/people/{request_id}/end", "POST", self._people.end, Role.DECIDE),
        ):
            router.add_api_route(path, self._access.guarded(page, needed), methods=[method], response_model=None)
        for path, method, open_to_all in (
            ("/sign-in", "GET", self._sign_in.show),
            ("/sign-in", "POST", self._sign_in.sign_in),
            ("/sign-out", "POST", self._sign_in.sign_out),
        ):
            router.add_api_route(path, open_to_all, methods=[method], response_model=None)
        return router

    async def _list_page(self, request: Request, member: Member) -> Response:
        return await asyncio.to_thread(self._listed, Filter.of(request.query_params), member)

    def _listed(self, wanted: Filter, member: Member, said: str = "", status: int = 200) -> Response:
        with self._store.read() as session:
            shown = staff_list.listed(session, wanted)
        token = self._forms.token(member, _EXPORT)
        page = render(
            "staff/list.html",
            member=member,
            shown=shown,
            states=STATES,
            token=token,
            problem=said,
            longest=LONGEST_SEARCH,
        )
        return HTMLResponse(page, status)

    async def _export(self, request: Request, member: Member) -> Response:
        fields = await form(request)
        wanted = Filter.of({name: field(fields, name) for name in ("q", "state")})
        try:
            self._forms.verify(fields, member, _EXPORT)
        except SignatureExpired:
            return await asyncio.to_thread(self._listed, wanted, member, TOO_LATE, 403)
        text = await asyncio.to_thread(self._exported, wanted, member.name)
        name = f'attachment; filename="checks-{utc_now():%Y-%m-%d}.csv"'
        # With a byte order mark, without which Excel takes the text for another encoding.
        return Response(text.encode("utf-8-sig"), media_type="text/csv", headers={"Content-Disposition": name})

    def _exported(self, wanted: Filter, actor: str) -> str:
        with self._store.write() as session:
            return staff_list.export(session, wanted, actor)

    async def _check_page(self, request: Request, member: Member) -> Response:
        return await asyncio.to_thread(self._shown, _check_id(request), member)

    def _shown(
        self,
        check_id: str,
        member: Member,
        draft: _DecisionForm | None = None,
        born: str | None = None,
        status: int = 200,
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
            page = render(
                "staff/check.html",
                check=staff_list.check_row(session, check_id),
                answers=[_answer_row(row) for row in registration["answers"]],
                consents=registration["consents"],
                account=registration["account"],
                steps=timeline(session, check),
                decisions=staff_list.decisions_for(Status(check.status)) if member.decides else [],
                member=member,
                token=self._forms.token(member, check_id),
                draft=draft or _DecisionForm(),
                born=born,
                sealed=SEALED,
                four_eyes=self._four_eyes,
                maximum_reason=MAXIMUM_REASON,
            )
            return HTMLResponse(page, status)

    async def _photo_file(self, request: Request, _member: Member) -> Response:
        photo_id = await asyncio.to_thread(self._photo_of, _check_id(request))
        picture = await self._photos.aside(self._photos.full, photo_id) if photo_id else None
        if picture is None:
            raise RefusedError(problem(404, "There is no photo."))
        return Response(picture, media_type="image/jpeg")

    def _photo_of(self, check_id: str) -> str | None:
        with self._store.read() as session:
            mentor_id = _found(session, check_id).mentor_id
            wanted = select(Photo.id).where(Photo.mentor_id == mentor_id).order_by(Photo.created_at.desc()).limit(1)
            return session.scalars(wanted).one_or_none()

    async def _reveal(self, request: Request, member: Member) -> Response:
        check_id = _check_id(request)
        try:
            self._forms.verify(await form(request), member, check_id)
        except SignatureExpired:
            return await asyncio.to_thread(self._shown, check_id, member, _DecisionForm(problem=TOO_LATE), status=403)
        born = await asyncio.to_thread(self._revealed, check_id, member.name)
        return await asyncio.to_thread(self._shown, check_id, member, born=born)

    def _revealed(self, check_id: str, member: str) -> str:
        with self._store.write() as session:
            try:
                return reveal_date_of_birth(session, self._vault, _found(session, check_id), member) or "deleted"
            except VaultError:  # the attempt is recorded in any case
                logger.error("ALERT the date of birth of check %s cannot be opened", check_id)
                return "cannot be opened"

    async def _decide(self, request: Request, member: Member) -> Response:
        check_id = _check_id(request)
        fields = await form(request)
        draft = _DecisionForm(field(fields, "decision"), field(fields, "reason"))
        try:
            self._forms.verify(fields, member, check_id)
        except SignatureExpired:
            late = _DecisionForm(draft.decision, draft.reason, TOO_LATE)
            return await asyncio.to_thread(self._shown, check_id, member, late, status=403)
        problem, status = await asyncio.to_thread(self._decided, check_id, member.name, draft)
        if problem:
            refused = _DecisionForm(draft.decision, draft.reason, problem)
            return await asyncio.to_thread(self._shown, check_id, member, refused, status=status)
        self._wake()
        return RedirectResponse(f"{root()}/staff/checks/{check_id}", 303)

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


def _check_id(request: Request) -> str:
    check_id = str(request.path_params["check_id"])
    if not _ID.fullmatch(check_id):
        raise RefusedError(_no_check())
    return check_id


def _found(session: Session, check_id: str) -> Check:
    check = session.get(Check, check_id)
    if check is None:
        raise RefusedError(_no_check())
    return check


def _no_check() -> Response:
    return problem(404, "There is no such check. Perhaps the mentor was erased.")


def _with_reason(check: Check, member: str, draft: _DecisionForm) -> str:
    """The earlier reasons and the new one; each is a line with name, day and decision."""
    new = f"{member}, {utc_now():%Y-%m-%d}, {draft.decision}: {draft.reason}"
    return f"{check.reason}\n{new}" if check.reason else new


def _answer_row(row: ReportRow) -> ReportRow:
    """An answer with the wording of a choice in place of its value."""
    options = dict(BY_ID[row["id"]].options)
    return {**row, "value": options.get(row["value"], row["value"])}
