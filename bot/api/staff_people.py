"""The staff pages for mentors who want to talk to a person: who waits, the conversation, and the answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import SignatureExpired
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from bot.api.staff_access import TOO_LATE, Forms, Member, RefusedError, field, form, problem
from bot.core.pages import render
from bot.core.site_root import root
from bot.notifications import people
from bot.notifications.notify import email_address, latest_conversation
from bot.notifications.people import MAXIMUM_ANSWER, RequestError
from bot.registration.form import BY_ID, EMAIL, FULL_NAME, ItemId
from bot.registration.registration import Registration
from bot.security.vault import Vault
from bot.storage import Account, Conversation, Mentor, PersonRequest, Store, TranscriptMessage

#: The most requests in the list, and the most messages of a conversation, the newest ones.
LISTED, MESSAGES = 200, 300

_ID = re.compile(r"[0-9a-f]{32}")
#: A number that a form carries, of as many digits as every database can compare.
_NUMBER = re.compile(r"[0-9]{1,18}")
#: What is said of a channel.
_CHATS = {"telegram": "Telegram", "web": "the web chat"}


class Line(NamedTuple):
    """A message of the transcript, without what is sealed.

    Attributes:
        id: its id.
        at: when it was written.
        sender: by whom.
        text: what it says.
    """

    id: int
    at: datetime
    sender: str
    text: str


class _Draft(NamedTuple):
    """An answer as typed, with what the member had seen.

    Attributes:
        text: the answer.
        before: how many answers the page showed; -1 if the form does not say.
        seen: id of the newest message on the page; -1 likewise.
    """

    text: str
    before: int
    seen: int


class PeoplePages:
    """The pages below ``/staff/people``.

    Args:
        store: the database.
        vault: encrypts the e-mail about an answer.
        forms: signs the forms.
        contact: where a mentor can write to a person.
        wake: is called after an answer, so that it is delivered at once.
    """

    def __init__(self, store: Store, vault: Vault, forms: Forms, contact: str, wake: Callable[[], None]) -> None:
        self._store = store
        self._vault = vault
        self._forms = forms
        self._contact = contact
        self._wake = wake

    async def listed(self, _request: Request, member: Member) -> Response:
        """The mentors whose requests are open, those first who wait the longest."""
        rows = await asyncio.to_thread(self._rows)
        return HTMLResponse(render("staff/people.html", member=member, rows=rows))

    async def conversation(self, request: Request, member: Member) -> Response:
        """One request with its conversation."""
        return await asyncio.to_thread(self._shown, _request_id(request), member)

    async def answer(self, request: Request, member: Member) -> Response:
        """Send an answer to the mentor."""
        return await self._send(request, member, self._answered)

    async def end(self, request: Request, member: Member) -> Response:
        """End the conversation; the mentor is told."""
        return await self._send(request, member, self._ended)

    async def _send(
        self, request: Request, member: Member, change: Callable[[str, Member, _Draft], tuple[str, int]]
    ) -> Response:
        request_id, fields = _request_id(request), await form(request)
        text = field(fields, "text").replace("\r\n", "\n")  # the line ends of a form; a browser counts one character
        draft = _Draft(text, _number(fields, "before"), _number(fields, "seen"))
        try:
            self._forms.verify(fields, member, request_id)
            said, status = await asyncio.to_thread(change, request_id, member, draft)
        except SignatureExpired:
            said, status = TOO_LATE, 403
        if said:
            return await asyncio.to_thread(self._shown, request_id, member, text, said, status)
        self._wake()
        return RedirectResponse(f"{root()}/staff/people/{request_id}#answer", 303)

    def _answered(self, request_id: str, member: Member, draft: _Draft) -> tuple[str, int]:
        """Record an answer; returns the problem, or "", and the HTTP status."""
        if not draft.text:
            return "Please write an answer.", 422
        if len(draft.text) > MAXIMUM_ANSWER:
            return f"The answer is too long: at most {MAXIMUM_ANSWER} characters, please.", 422
        try:
            with self._store.write() as session:
                people.answer(
                    session,
                    self._vault,
                    self._contact,
                    request_id,
                    draft.text,
                    actor=member.name,
                    before=draft.before,
                    seen=draft.seen,
                )
        except RequestError as error:
            return str(error), 409
        return "", 303

    def _ended(self, request_id: str, member: Member, _draft: _Draft) -> tuple[str, int]:
        """Record the end; returns the problem, or "", and the HTTP status."""
        try:
            with self._store.write() as session:
                people.end(session, self._vault, self._contact, request_id, member.name)
        except RequestError as error:
            return str(error), 409
        return "", 303

    def _rows(self) -> list[dict[str, Any]]:
        with self._store.read() as session:
            is_open = select(PersonRequest).where(PersonRequest.ended_at.is_(None))
            ordered = is_open.order_by(
                PersonRequest.waiting_since.is_(None), PersonRequest.waiting_since, PersonRequest.asked_at
            )
            return [_row(session, each) for each in session.scalars(ordered.limit(LISTED))]

    def _shown(self, request_id: str, member: Member, draft: str = "", said: str = "", status: int = 200) -> Response:
        """The page of one request.

        Args:
            request_id: its id.
            member: the staff member.
            draft: an answer to correct.
            said: the problem with it.
            status: of the response.
        """
        with self._store.read() as session:
            wanted = session.get(PersonRequest, request_id)
            if wanted is None:
                raise RefusedError(_none())
            lines = _lines(session, wanted.mentor_id)
            page = render(
                "staff/person.html",
                member=member,
                row=_row(session, wanted),
                reach=_reach(session, wanted.mentor_id),
                lines=lines,
                seen=lines[-1].id if lines else 0,
                token=self._forms.token(member, request_id),
                draft=draft,
                problem=said,
                maximum=MAXIMUM_ANSWER,
            )
            return HTMLResponse(page, status)


def _row(session: Session, request: PersonRequest) -> dict[str, Any]:
    mentor = session.get_one(Mentor, request.mentor_id)
    current = Registration(session, mentor)
    account = session.get(Account, mentor.account_id) if mentor.account_id else None
    item = BY_ID.get(ItemId(request.question or ""))
    return {
        "id": request.id,
        "mentor": mentor.id,
        "name": current.answers.get(FULL_NAME) or (account.full_name if account else None),
        "email": current.answers.get(EMAIL) or (account.email if account else None),
        "question": item.wording if item else request.question,
        "asked_at": request.asked_at,
        "waiting_since": request.waiting_since,
        "ended_at": request.ended_at,
        "answers": request.answers,
    }


def _lines(session: Session, mentor_id: str) -> list[Line]:
    """The newest messages of all the mentor's conversations, the oldest first; sealed dates stay hidden."""
    wanted = (
        select(TranscriptMessage)
        .join(Conversation, Conversation.id == TranscriptMessage.conversation_id)
        .where(Conversation.mentor_id == mentor_id)
        .order_by(TranscriptMessage.id.desc())
        .limit(MESSAGES)
    )
    return [Line(row.id, row.created_at, _sender(row), _text(row)) for row in reversed(session.scalars(wanted).all())]


def _sender(row: TranscriptMessage) -> str:
    if row.sender == "mentor":
        return "Mentor"
    return "Staff" if "words_of" in row.body else "Bot"


def _reach(session: Session, mentor_id: str) -> str:
    """Where an answer arrives, in words."""
    mentor, conversation = session.get_one(Mentor, mentor_id), latest_conversation(session, mentor_id)
    ways = []
    if conversation is not None:
        blocked = ", where they have blocked the bot" if conversation.blocked_at is not None else ""
        ways.append(_CHATS.get(conversation.channel, conversation.channel) + blocked)
    if email_address(mentor):
        ways.append("e-mail")
    return "; ".join(ways) or "nowhere"


def _text(row: TranscriptMessage) -> str:
    return str(row.body.get("text", "")) or ("(a photo)" if row.body.get("kind") == "photo" else "–")


def _number(fields: FormData, name: str) -> int:
    value = field(fields, name)
    return int(value) if _NUMBER.fullmatch(value) else -1


def _request_id(request: Request) -> str:
    request_id = str(request.path_params["request_id"])
    if not _ID.fullmatch(request_id):
        raise RefusedError(_none())
    return request_id


def _none() -> Response:
    return problem(404, "There is no such conversation. Perhaps the mentor was erased.")
