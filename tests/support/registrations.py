"""Answers registrations without a conversation."""

from __future__ import annotations

from datetime import date

from bot.registration import form
from bot.registration.ledger import Ledger
from bot.registration.registration import EMAIL_CODE, Registration
from bot.security.vault import Purpose, Vault
from bot.storage import SealedValue
from bot.storage.models import new_id
from tests.support.answers import TEXTS
from tests.support.ledger import LEDGER, consent_to

#: The date of birth of mentors at a later question.
BORN = date(1978, 8, 14)
_TURN = "t" * 32
_TEXTS = TEXTS | {str(item.id): item.options[0][0] for item in form.ASKED if item.options}
_TEXTS |= {"account": form.Account.NEW, "country": "US", "region": "US-NY"}


def answer_until(
    current: Registration,
    vault: Vault,
    question: str,
    email: str,
    *,
    born: date = BORN,
    photo: str = "",
    ledger: Ledger = LEDGER,
) -> None:
    """Answer the open questions, with old times, until ``question`` is open.

    Args:
        current: a registration in an open write transaction.
        vault: seals the date of birth.
        question: where to stop.
        email: the mentor's address; it is proved.
        born: the date of birth.
        photo: id of a stored photo; without it the answer names none that exists.
        ledger: records the consents.
    """
    current.start()
    while (open_question := current.open_question) != question:
        if open_question == EMAIL_CODE:
            current.prove_email()
            continue
        assert open_question in form.BY_ID, f"{question} never comes"
        item = form.BY_ID[open_question]
        if item.kind is form.Kind.CONSENT:
            current.consent(consent_to(current, item.id, ledger=ledger))
        elif item.id == form.DATE_OF_BIRTH:
            current.answer(item, _sealed(current, vault, born), _TURN)
        else:
            given = {form.EMAIL: email, form.PHOTO: photo or new_id()}
            current.answer(item, given.get(item.id) or _TEXTS[item.id], _TURN)


def _sealed(current: Registration, vault: Vault, born: date) -> str:
    """Seal a date of birth; returns the id of the sealed value."""
    session, mentor_id = current.session, current.mentor.id
    ciphertext = vault.seal(session, mentor_id, Purpose.CHECK, form.DATE_OF_BIRTH, born.isoformat().encode())
    sealed = SealedValue(id=new_id(), mentor_id=mentor_id, name=form.DATE_OF_BIRTH, ciphertext=ciphertext)
    session.add(sealed)
    return sealed.id
