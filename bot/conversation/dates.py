"""The sealed date of birth, and the two that an ambiguous one may mean."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot import form
from bot.store import SealedValue
from bot.vault import Purpose, Vault

#: The name under which the two are sealed.
DATE_CANDIDATES = "date_candidates"

_SEALED = select(SealedValue.ciphertext).where(
    SealedValue.mentor_id == bindparam("mentor_id"), SealedValue.name == bindparam("name")
)


def date_of_birth(session: Session, vault: Vault, mentor_id: str) -> date | None:
    """The sealed date of birth, to hide it elsewhere; None while there is none."""
    opened = _opened(session, vault, mentor_id, form.DATE_OF_BIRTH)
    return date.fromisoformat(opened) if opened is not None else None


def date_candidates(session: Session, vault: Vault, mentor_id: str) -> list[date]:
    """The two dates that an ambiguous date of birth may mean, while the mentor is asked which; else none."""
    opened = _opened(session, vault, mentor_id, DATE_CANDIDATES)
    return [date.fromisoformat(each) for each in json.loads(opened)] if opened is not None else []


def _opened(session: Session, vault: Vault, mentor_id: str, name: str) -> str | None:
    sealed = session.scalar(_SEALED, {"mentor_id": mentor_id, "name": name})
    return vault.open(session, mentor_id, Purpose.CHECK, name, sealed).decode() if sealed is not None else None
