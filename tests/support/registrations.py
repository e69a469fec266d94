"""Registrations that are answered without a conversation, for what comes after."""

from __future__ import annotations

from datetime import date

from bot.registration import form
from bot.registration.registration import EMAIL_CODE, Registration
from bot.security.vault import Purpose, Vault
from bot.storage import SealedValue
from bot.storage.models import new_id
from tests.support.answers import TEXTS
from tests.support.ledger import consent_to

#: Of the mentors who come to a question after the date of birth.
BORN = date(1978, 8, 14)
_TEXTS = TEXTS | {"account": form.Account.NEW, "country": "US", "region": "US-NY"}


def answer_until(current: Registration, vault: Vault, question: str, email: str) -> None:
    """Answer what is open, long ago, until ``question`` is.

    Args:
        current: a registration in an open write transaction.
        vault: seals the date of birth.
        question: where to stop.
        email: the mentor's address; it is proved.
    """
    current.start()
    while (open_question := current.open_question) != question:
        if open_question == EMAIL_CODE:
            current.prove_email()
            continue
        assert open_question in form.BY_ID, f"{question} never comes"
        _answer(current, vault, form.BY_ID[open_question], email)


def _answer(current: Registration, vault: Vault, item: form.Item, email: str) -> None:
    if item.kind is form.Kind.CONSENT:
        current.consent(consent_to(current, item.id))
        return
    value = email if item.id == form.EMAIL else _TEXTS.get(item.id, new_id())
    if item.id == form.DATE_OF_BIRTH:
        born = BORN.isoformat().encode()
        ciphertext = vault.seal(current.session, current.mentor.id, Purpose.CHECK, item.id, born)
        sealed = SealedValue(id=new_id(), mentor_id=current.mentor.id, name=item.id, ciphertext=ciphertext)
        current.session.add(sealed)
        value = sealed.id
    current.answer(item, value, "t" * 32)
