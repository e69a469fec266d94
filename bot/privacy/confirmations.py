"""E-mails that confirm what a mentor did: the copy of what they sent, and the consent that they withdrew.

They are written in the transaction of what they confirm, from the ledger's records and not from today's form, and
sealed there until they are sent. The date of birth is never in them, nor are the mentor's own words to the consents,
which the ledger keeps sealed.
"""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from bot.i18n.catalogue import ENGLISH, Catalogue, catalogue
from bot.messages.summary import Summary, wording_in
from bot.notifications.emails.letter import Letter, Row, Section, write
from bot.notifications.emails.sender import queue_email
from bot.notifications.notify import continue_link, email_address
from bot.privacy.consent_receipt import receipt
from bot.registration.form import Answer, Item, Kind
from bot.registration.ledger import Ledger
from bot.registration.registration import Registration
from bot.security.vault import Vault
from bot.storage import Consent
from bot.storage.models import utc_now

#: Characters of a wording's SHA-256 that people are shown; the receipt has all of them.
_SHOWN_DIGITS = 16


class Confirmations:
    """Queues confirmations for mentors with a verified address that takes e-mails.

    Args:
        vault: encrypts the e-mails.
        ledger: has the consents.
        contact: where a mentor can write to a person.
        site: what links in e-mails begin with; "" for no links.
    """

    def __init__(self, vault: Vault, ledger: Ledger, contact: str, site: str = "") -> None:
        self._vault = vault
        self._ledger = ledger
        self._contact = contact
        self._site = site

    def submitted(self, session: Session, current: Registration, language: str) -> None:
        """Queue a copy of what a mentor answered and agreed to, with the consent receipt.

        Args:
            session: the write transaction that submits the registration.
            current: the registration.
            language: of the e-mail.
        """
        sentences = catalogue(language)
        found = receipt(session, self._ledger, current.mentor, self._contact, self._site, with_replies=False)
        letter = Letter(
            sentences.text("mail-submitted.subject"),
            sentences.text("mail-submitted", at=current.mentor.submitted_at or utc_now(), contact=self._contact),
            sections=_sections(session, sentences, current),
            receipt=json.dumps(found, ensure_ascii=False, indent=2),
        )
        self._queue(session, sentences, current, letter)

    def withdrawn(self, session: Session, current: Registration, language: str, item: Item) -> None:
        """Queue what follows a consent that was withdrawn, with its wording.

        Args:
            session: the write transaction that withdraws it.
            current: the registration, while the consent is still in force.
            language: of the e-mail.
            item: the consent.
        """
        sentences = catalogue(language)
        link = continue_link(session, self._vault, sentences, current.mentor.id, self._site) if self._site else None
        wording = Section(sentences.text("mail-withdrawn-wording"), (_consent(session, sentences, current, item),))
        text = sentences.text("mail-withdrawn", at=utc_now(), contact=self._contact)
        letter = Letter(sentences.text("mail-withdrawn.subject"), text, link, (wording,))
        self._queue(session, sentences, current, letter)

    def _queue(self, session: Session, sentences: Catalogue, current: Registration, letter: Letter) -> None:
        address = email_address(current.mentor)
        if address:
            queue_email(session, self._vault, current.mentor.id, write(sentences, address, letter))


def _sections(session: Session, sentences: Catalogue, current: Registration) -> tuple[Section, ...]:
    """What was answered and agreed to, in the order and under the headings of the form."""
    summary = Summary(sentences, current)
    rows: dict[str, list[Row]] = {}
    for item in current.asked:
        if item.kind is Kind.CONSENT:
            row = _consent(session, sentences, current, item)
        elif item.answer is Answer.PHOTO:
            row = Row(sentences.text("mail-photo"), sentences.text(f"label-{item.id}"))
        else:
            row = Row(summary.value(item), sentences.text(f"label-{item.id}"))
        rows.setdefault(item.section, []).append(row)
    return tuple(Section(summary.heading(title), tuple(found)) for title, found in rows.items())


def _consent(session: Session, sentences: Catalogue, current: Registration, item: Item) -> Row:
    """A consent in the wording that was shown, which the ledger has."""
    record = session.get_one(Consent, current.consents[item.id].id)
    at, sha256 = sentences.moment(record.answered_at), record.wording_sha256[:_SHOWN_DIGITS]
    note = sentences.text("mail-agreed", at=at, sha256=sha256)
    translated = wording_in(sentences, item) if record.wording_sha256 == item.wording_sha256 else record.wording
    if translated == record.wording:
        return Row(record.wording, note=note, language="" if sentences.language == ENGLISH else ENGLISH)
    return Row(record.wording, translation=translated, note=note, language=ENGLISH)
