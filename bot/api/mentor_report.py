"""Registrations, checks and the form as plain rows, for the command line."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.checks.service import current_check
from bot.media.photos import Photos
from bot.registration import form
from bot.registration.form import Answer, Item
from bot.registration.ledger import Ledger
from bot.registration.registration import Registration
from bot.storage import Account, Check, Consent, Mentor
from bot.storage import Answer as AnswerRow

#: Replaces the date of birth in all output.
SEALED = "sealed"
DELETED = "deleted"

Row = dict[str, Any]

#: The columns of an export; never the date of birth.
_EXPORTED = tuple(item for item in form.ASKED if item.kind is form.Kind.QUESTION and item.answer is not Answer.DATE)
EXPORT_COLUMNS = (
    *("id", "status", "account_id", *(item.id for item in _EXPORTED)),
    *("profile_photo", "created_at", "submitted_at"),
)


class RegistrationError(Exception):
    """There is no such registration; the message says so."""


def form_rows() -> list[Row]:
    """Every question, notice and consent of the form, in order."""
    return [
        {
            "id": item.id,
            "section": item.section,
            "kind": item.kind.value,
            "answer": item.answer.value,
            "required": item.required,
            "wording": item.wording,
            "version": item.version,
            "options": [{"value": value, "wording": wording} for value, wording in item.options],
        }
        for item in form.ITEMS
    ]


def registration_row(session: Session, mentor: Mentor) -> Row:
    """One registration in a list."""
    current = Registration(session, mentor)
    return {
        "id": mentor.id,
        "status": _status(session, mentor),
        "email": current.answers.get(form.EMAIL),
        "answered": sum(1 for item in current.asked if current.is_done(item)),
        "asked": len(current.asked),
        "created_at": mentor.created_at.isoformat(),
        "submitted_at": mentor.submitted_at.isoformat() if mentor.submitted_at else None,
    }


def registration_details(session: Session, registration_id: str, photos: Photos, ledger: Ledger) -> Row:
    """One registration with everything.

    Args:
        session: an open transaction.
        registration_id: the mentor's id, or the beginning of it.
        photos: knows where the photo's files lie.
        ledger: opens the mentor's words in the consents.

    Raises:
        RegistrationError: none, or more than one, has such an id.
    """
    mentor = find_registration(session, registration_id)
    current = Registration(session, mentor)
    check = current_check(session, mentor.id)
    account = session.get(Account, mentor.account_id) if mentor.account_id else None
    return {
        **registration_row(session, mentor),
        "open_question": current.open_question,
        "account": {"id": account.id, "email": account.email, "full_name": account.full_name} if account else None,
        "answers": [_answer(current, item, photos) for item in current.asked if item.kind is form.Kind.QUESTION],
        "consents": [_consent(current, item, ledger) for item in form.CONSENTS if item.id in current.consents],
        "check": check_row(session, check) if check else None,
    }


def export_row(session: Session, mentor: Mentor, photos: Photos) -> Row:
    """One registration for the site: its status and what the mentor answered; the keys are `EXPORT_COLUMNS`.

    Args:
        session: an open transaction.
        mentor: whose.
        photos: knows where the photo's files lie.
    """
    current = Registration(session, mentor)
    row: Row = {"id": mentor.id, "status": _status(session, mentor), "account_id": mentor.account_id}
    for item in _EXPORTED:
        row[item.id] = current.answers.get(item.id)
    row[form.FULL_NAME] = _legal_name(session, mentor)
    photo = row[form.PHOTO]
    row[form.PHOTO], row["profile_photo"] = photos.addresses(photo) if photo else (None, None)
    row["created_at"] = mentor.created_at.isoformat()
    row["submitted_at"] = mentor.submitted_at.isoformat() if mentor.submitted_at else None
    return row


def find_registration(session: Session, registration_id: str) -> Mentor:
    """The mentor with this id, or the only one whose id begins with it.

    Raises:
        RegistrationError: none, or more than one, has such an id.
    """
    found = session.scalars(select(Mentor).where(Mentor.id.startswith(registration_id, autoescape=True))).all()
    if not registration_id or len(found) != 1:
        many = "No" if not found else "More than one"
        raise RegistrationError(f"{many} registration has an id that begins with {registration_id!r}.")
    return found[0]


def check_row(session: Session, check: Check) -> Row:
    """One background check in a list."""
    mentor = session.get_one(Mentor, check.mentor_id)
    return {
        "id": check.id,
        "status": check.status,
        "provider": check.provider,
        "registration": mentor.id,
        "name": _legal_name(session, mentor),
        "created_at": check.created_at.isoformat(),
        "started_at": check.started_at.isoformat() if check.started_at else None,
        "decided_at": check.decided_at.isoformat() if check.decided_at else None,
        "reason": check.reason,
    }


def _legal_name(session: Session, mentor: Mentor) -> str | None:
    """The name that the mentor gave; with an existing account, the account's."""
    current = Registration(session, mentor)
    if any(item.id == form.FULL_NAME for item in current.asked) and form.FULL_NAME in current.answers:
        return current.answers[form.FULL_NAME]
    account = session.get(Account, mentor.account_id) if mentor.account_id else None
    return account.full_name if account else None


def _status(session: Session, mentor: Mentor) -> str:
    if mentor.submitted_at is None:
        return "draft" if mentor.started_at else "new"
    check = current_check(session, mentor.id)
    status = check.status if check else ""
    return {"clear": "accepted", "declined": "declined", "expired": "expired"}.get(status, "submitted")


def _answer(current: Registration, item: Item, photos: Photos) -> Row:
    of_item = select(AnswerRow).where(AnswerRow.mentor_id == current.mentor.id, AnswerRow.item_id == item.id)
    answer = current.session.scalars(of_item).one_or_none()
    row: Row = {
        "id": item.id,
        "question": item.wording,
        "wording_version": answer.wording_version if answer else item.version,
        "value": answer.value if answer else None,
        "answered_at": answer.answered_at.isoformat() if answer else None,
    }
    if item.answer is Answer.DATE:
        decided = current.mentor.submitted_at is not None and answer is None
        row["value"] = SEALED if answer else DELETED if decided else None
    if item.answer is Answer.PHOTO and answer:
        row["file"], row["profile_file"] = photos.addresses(answer.value)
    return row


def _consent(current: Registration, item: Item, ledger: Ledger) -> Row:
    record = current.session.get_one(Consent, current.consents[item.id].id)
    contents = ledger.contents(current.session, record)
    return {
        "id": item.id,
        "decision": record.decision,
        "wording": record.wording,
        "wording_version": record.wording_version,
        "wording_sha256": record.wording_sha256,
        "language": record.language,
        "shown_at": record.shown_at.isoformat(),
        "answered_at": record.answered_at.isoformat(),
        "reply": contents.reply if contents else None,
        "reading": record.reading,
        "channel": record.channel,
        "message_id": contents.message_id if contents else None,
    }
