"""The list of checks on the staff page: its search, its pages, and the same rows as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.checks.service import DECISIONS, ENDS, Status
from bot.core.csv_text import csv_text
from bot.core.site_root import root
from bot.messages.incoming import storable
from bot.registration import form
from bot.storage import Account, Answer, AuditRecord, Check, Mentor
from bot.storage.models import utc_now

#: The checks on one page.
PAGE = 50
#: The longest text to search for, in characters, and the most words of it.
LONGEST_SEARCH, MOST_WORDS = 200, 8
#: States besides those of a check: all that are not at an end, and all.
OPEN, ALL = "open", "all"
#: The audit's word for each check in an export.
EXPORTED = "export"

#: The status of a check, in words for the staff.
STANDS = {
    Status.QUEUED: "not with the provider yet",
    Status.WAITING: "waiting",
    Status.REVIEW: "a report to look at",
    Status.PRE_ADVERSE: "decline proposed; the mentor can respond",
    Status.CLEAR: "clear",
    Status.DECLINED: "declined",
    Status.CANCELLED: "cancelled",
    Status.EXPIRED: "expired",
    Status.WITHDRAWN: "withdrawn",
}
#: The states to choose from, with their labels.
STATES = {
    OPEN: "open: without a final decision",
    **{str(status): words for status, words in STANDS.items()},
    ALL: "all",
}
COLUMNS = (
    *("check", "registration", "name", "email", "status", "provider", "asked_for", "started", "notice", "ended"),
    *("first_decision", "first_actor"),
)

_name, _email = aliased(Answer), aliased(Answer)
_NAME = func.coalesce(_name.value, Account.full_name)
_EMAIL = func.coalesce(_email.value, Account.email)

#: A check with the mentor's name and e-mail address.
Found = Row[Check, str | None, str | None]


@dataclass(frozen=True)
class Filter:
    """What the list shows, as its address says.

    Attributes:
        text: words that a check's name, e-mail address or number must all contain.
        state: a key of `STATES`.
        page: from 1.
    """

    text: str = ""
    state: str = OPEN
    page: int = 1

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Filter:
        """The filter of an address or a form; what makes no sense is the default."""
        text = " ".join(storable(str(parameters.get("q", "")))[:LONGEST_SEARCH].split())
        state, page = str(parameters.get("state", OPEN)), str(parameters.get("page", ""))
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
        return cls(text, state if state in STATES else OPEN, max(number, 1))

    def address(self, page: int) -> str:
        """The address of another page of the same list."""
        shown = {"q": self.text, "state": self.state, "page": str(page)}
        return f"{root()}/staff?{urlencode(shown)}"


@dataclass(frozen=True)
class Listed:
    """One page of the list.

    Attributes:
        rows: the checks, the oldest first.
        number: how many the filter finds.
        filter: with a page that exists.
        pages: how many there are, at least 1.
    """

    rows: list[dict[str, Any]]
    number: int
    filter: Filter
    pages: int


def listed(session: Session, wanted: Filter) -> Listed:
    """The page that ``wanted`` names, or the last one if there are not as many."""
    conditions = _conditions(wanted)
    number = session.scalar(_joined(select(func.count())).where(*conditions)) or 0
    pages = max(1, -(-number // PAGE))
    wanted = replace(wanted, page=min(wanted.page, pages))
    rows = session.execute(_ordered(conditions).offset((wanted.page - 1) * PAGE).limit(PAGE))
    return Listed([_row(row) for row in rows], number, wanted, pages)


def check_row(session: Session, check_id: str) -> dict[str, Any] | None:
    """A check as a row of the list; None if there is none."""
    found = session.execute(_ordered([Check.id == check_id])).one_or_none()
    return _row(found) if found else None


def export(session: Session, wanted: Filter, actor: str) -> str:
    """All checks that ``wanted`` finds, on any page, as CSV; the audit names each.

    Args:
        session: an open write transaction.
        wanted: the filter.
        actor: the staff member's name.
    """
    found = session.execute(_ordered(_conditions(wanted))).all()
    session.add_all(AuditRecord(actor=actor, action=EXPORTED, subject_id=check.id) for check, _name, _email in found)
    return csv_text((_exported(row) for row in found), COLUMNS)


def decisions_for(status: Status) -> list[tuple[str, str]]:
    """The decisions that are possible now, with their labels."""
    labels = {
        "clear": "Clear: no concerns found",
        "decline": "Propose to decline: the mentor is told and can respond",
    }
    return [] if status in ENDS else [(name, labels[name]) for name, to in DECISIONS.items() if to != status]


def _joined[*Ts](query: Select[*Ts]) -> Select[*Ts]:
    return (
        query.select_from(Check)
        .join(Mentor, Mentor.id == Check.mentor_id)
        .outerjoin(Account, Account.id == Mentor.account_id)
        .outerjoin(_name, (_name.mentor_id == Mentor.id) & (_name.item_id == form.FULL_NAME))
        .outerjoin(_email, (_email.mentor_id == Mentor.id) & (_email.item_id == form.EMAIL))
    )


def _ordered(conditions: list[ColumnElement[bool]]) -> Select[Check, str | None, str | None]:
    return _joined(select(Check, _NAME, _EMAIL)).where(*conditions).order_by(Check.created_at, Check.id)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = [_has(word) for word in wanted.text.split()[:MOST_WORDS]]
    if wanted.state == OPEN:
        return [*conditions, Check.status.not_in(ENDS)]
    return conditions if wanted.state == ALL else [*conditions, Check.status == wanted.state]


def _has(word: str) -> ColumnElement[bool]:
    cases = _cases(word)
    in_texts = (column.icontains(each, autoescape=True) for column in (_NAME, _EMAIL) for each in cases)
    return or_(*in_texts, *(column.istartswith(word, autoescape=True) for column in (Check.id, Mentor.id)))


def _cases(word: str) -> set[str]:
    """The word in its usual cases: SQLite ignores case only in letters of ASCII."""
    return {word.lower(), word.upper(), word.title()}


def _row(found: Found) -> dict[str, Any]:
    check, name, email = found
    since = {
        Status.QUEUED: check.created_at,
        Status.PRE_ADVERSE: check.notice_at or check.created_at,
    }.get(Status(check.status), check.started_at or check.created_at)
    return {
        "id": check.id,
        "registration": check.mentor_id,
        "name": name,
        "email": email,
        "stands": STANDS[Status(check.status)],
        "since": check.decided_at or since,
        "days": (utc_now() - check.created_at).days,
        "provider": check.provider,
        "created_at": check.created_at,
        "reason": check.reason,
        "first_actor": check.first_actor,
        "first_decision": check.first_decision,
    }


def _exported(found: Found) -> dict[str, object]:
    check, name, email = found
    times = {
        "asked_for": check.created_at,
        "started": check.started_at,
        "notice": check.notice_at,
        "ended": check.decided_at,
    }
    return {
        "check": check.id,
        "registration": check.mentor_id,
        "name": name,
        "email": email,
        "status": check.status,
        "provider": check.provider,
        **{column: at.isoformat(timespec="seconds") if at else None for column, at in times.items()},
        "first_decision": check.first_decision,
        "first_actor": check.first_actor,
    }
