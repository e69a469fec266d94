"""The sealed date of birth, and the two readings of an ambiguous one."""

from __future__ import annotations

import json
import logging
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from bot.i18n.catalogue import Catalogue
from bot.registration import form
from bot.security.cipher import VaultError
from bot.security.vault import Purpose, Vault
from bot.storage import SealedValue

logger = logging.getLogger(__name__)

#: The name under which the two readings are sealed.
DATE_CANDIDATES = "date_candidates"

_SEALED = select(SealedValue.ciphertext).where(
    SealedValue.mentor_id == bindparam("mentor_id"), SealedValue.name == bindparam("name")
)


def date_of_birth(session: Session, vault: Vault, mentor_id: str) -> date | None:
    """The sealed date of birth, used to hide it in other texts; None if there is none."""
    opened = _opened(session, vault, mentor_id, form.DATE_OF_BIRTH)
    return date.fromisoformat(opened) if opened is not None else None


def date_candidates(session: Session, vault: Vault, mentor_id: str) -> list[date]:
    """The two readings of an ambiguous date, while the mentor is asked which; otherwise none."""
    try:
        opened = _opened(session, vault, mentor_id, DATE_CANDIDATES)
    except VaultError as error:
        logger.error("two dates of mentor %s cannot be opened: %s", mentor_id, error)
        return []  # the mentor is asked for the date again
    return [date.fromisoformat(each) for each in json.loads(opened)] if opened is not None else []


def seal(session: Session, vault: Vault, mentor_id: str, name: str, text: str) -> str:
    """Seal a mentor's value, replacing the earlier one; returns the row's id."""
    forget(session, mentor_id, name)
    ciphertext = vault.seal(session, mentor_id, Purpose.CHECK, name, text.encode())
    value = SealedValue(mentor_id=mentor_id, name=name, ciphertext=ciphertext)
    session.add(value)
    session.flush()
    return value.id


def forget(session: Session, mentor_id: str, name: str) -> None:
    """Delete a sealed value of a mentor, if there is one."""
    session.execute(delete(SealedValue).where(SealedValue.mentor_id == mentor_id, SealedValue.name == name))


def _opened(session: Session, vault: Vault, mentor_id: str, name: str) -> str | None:
    sealed = session.scalar(_SEALED, {"mentor_id": mentor_id, "name": name})
    return vault.open(session, mentor_id, Purpose.CHECK, name, sealed).decode() if sealed is not None else None


#: Placeholders in the transcript for the two readings; filled in when shown.
DATE_PLACEHOLDERS = ("{date-1}", "{date-2}")


def fill_placeholders(
    session: Session, vault: Vault, catalogue: Catalogue, mentor_id: str, body: dict[str, Any]
) -> dict[str, Any]:
    """``body`` with the dates on its buttons while the choice is open; hidden afterwards."""
    buttons = body.get("buttons", [])
    if not any(button["label"] in DATE_PLACEHOLDERS for button in buttons):
        return body
    dates = date_candidates(session, vault, mentor_id)
    labels = dict.fromkeys(DATE_PLACEHOLDERS, catalogue.text("value-date_of_birth"))
    for placeholder, each in zip(DATE_PLACEHOLDERS, dates, strict=False):
        labels[placeholder] = catalogue.text(
            "button-date", day=each.day, month=catalogue.text(f"month-{each.month}"), year=str(each.year)
        )
    return {
        **body,
        "buttons": [{**button, "label": labels.get(button["label"], button["label"])} for button in buttons],
    }
