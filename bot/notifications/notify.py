"""Tells a mentor something outside a turn: on the channel they used last, and by e-mail."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.i18n.catalogue import Catalogue, catalogue
from bot.jobs.queue import enqueue
from bot.messages.renderer import Renderer, with_language
from bot.notifications.emails.letter import Letter, Link, write
from bot.notifications.emails.sender import queue_email
from bot.notifications.stop_links import stop_address
from bot.registration.answers import MessageRef
from bot.registration.registration import Registration
from bot.security import continue_links
from bot.security.vault import Vault
from bot.storage import Conversation, Mentor, TranscriptMessage
from bot.storage.models import utc_now

#: Job: delivers a message from outside a turn; its subject is the message's id in the transcript.
DELIVER = "deliver"


#: How the names of reminders begin.
_REMINDERS = "reminder-"
#: Other notes to a mentor who can continue the registration.
_GOES_ON = frozenset({"result-cancelled", "result-expired"})


def tell(session: Session, vault: Vault, contact: str, mentor_id: str, note: MessageRef, site: str = "") -> None:
    """Say ``note`` to a mentor: it is written in this transaction and delivered after the commit.

    A sentence with an attribute ``.subject`` is sent by e-mail, too, if the mentor has a verified address.

    Args:
        session: an open write transaction.
        vault: encrypts the e-mail.
        contact: where a mentor can write to a person.
        mentor_id: the mentor; does nothing if they are erased.
        note: the sentence.
        site: beginning of links in e-mails; "" for no links.
    """
    mentor = session.get(Mentor, mentor_id)
    if mentor is None:
        return
    conversation = latest_conversation(session, mentor_id)
    sentences = catalogue(conversation.language if conversation else "en")
    messages = Renderer(sentences, Registration(session, mentor), contact).note(note)
    if conversation is not None:
        for each in messages:
            said = with_language(each, sentences.language)
            row = TranscriptMessage(conversation_id=conversation.id, sender="bot", body=said)
            session.add(row)
            session.flush()
            enqueue(session, DELIVER, str(row.id), mentor_id=mentor_id)
    address = email_address(mentor)
    if address and sentences.has(f"{note.id}.subject"):
        letter = Letter(sentences.text(f"{note.id}.subject"), "\n\n".join(each["text"] for each in messages))
        if site:
            letter = _with_links(session, vault, sentences, mentor_id, note.id, letter, site)
        queue_email(session, vault, mentor_id, write(sentences, address, letter))


def latest_conversation(session: Session, mentor_id: str) -> Conversation | None:
    """Where a mentor is told something: the conversation that they used last, if possible one that is not blocked."""
    latest = (
        select(Conversation)
        .where(Conversation.mentor_id == mentor_id)
        .order_by(Conversation.blocked_at.is_not(None), Conversation.last_seen_at.desc())
    )
    return session.scalars(latest.limit(1)).one_or_none()


def email_address(mentor: Mentor) -> str | None:
    """The address that the mentor proved; None if there is none, or it refuses e-mails."""
    return mentor.verified_email if mentor.verified_email != mentor.undeliverable_email else None


def _with_links(
    session: Session, vault: Vault, sentences: Catalogue, mentor_id: str, name: str, letter: Letter, site: str
) -> Letter:
    """The letter with the links that belong to what is told. They stand in the sealed e-mail, and nowhere else."""
    is_reminder = name.startswith(_REMINDERS)
    if is_reminder or name in _GOES_ON:
        letter = replace(letter, link=continue_link(session, vault, sentences, mentor_id, site))
    if is_reminder:
        text, why = sentences.text(f"{name}.email"), sentences.text("mail-reminder-why")
        letter = replace(letter, text=text, footer=why, stop=stop_address(site, vault, mentor_id))
    return letter


def continue_link(session: Session, vault: Vault, sentences: Catalogue, mentor_id: str, site: str) -> Link:
    """A new link with which a mentor goes on with their registration, once they have typed a code."""
    lifetime = continue_links.EMAIL_LIFETIME
    token = continue_links.token_of(vault, continue_links.make(session, vault, mentor_id, lifetime))
    about = sentences.text("mail-continue-about", until=utc_now() + lifetime)
    return Link(sentences.text("mail-continue"), continue_links.address_of(site, token), about)
