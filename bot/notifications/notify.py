"""Telling a mentor something outside a turn: on the channel they used last, and by e-mail."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.i18n.catalogue import catalogue
from bot.jobs.queue import enqueue
from bot.messages.renderer import Renderer, with_language
from bot.notifications.emails.message import email_of
from bot.notifications.emails.sender import queue_email
from bot.registration.answers import MessageRef
from bot.registration.registration import Registration
from bot.security.vault import Vault
from bot.storage import Conversation, Mentor, TranscriptMessage

#: Hands over what was written to a conversation outside a turn; its subject is the message's id in the transcript.
DELIVER = "deliver"


def tell(session: Session, vault: Vault, contact: str, mentor_id: str, note: MessageRef) -> None:
    """Say ``note`` to a mentor: written in this transaction, delivered after it.

    A sentence with an attribute ``.subject`` is sent by e-mail, too, if the mentor has a verified address.

    Args:
        session: an open write transaction.
        vault: encrypts the e-mail.
        contact: where a mentor can write to a person.
        mentor_id: who is told; nothing is done if they are erased.
        note: what is said.
    """
    mentor = session.get(Mentor, mentor_id)
    if mentor is None:
        return
    latest = (
        select(Conversation)
        .where(Conversation.mentor_id == mentor_id)
        .order_by(Conversation.blocked_at.is_not(None), Conversation.last_seen_at.desc())
    )
    conversation = session.scalars(latest.limit(1)).one_or_none()
    sentences = catalogue(conversation.language if conversation else "en")
    messages = Renderer(sentences, Registration(session, mentor), contact).note(note)
    if conversation is not None:
        for each in messages:
            said = with_language(each, sentences.language)
            row = TranscriptMessage(conversation_id=conversation.id, sender="bot", body=said)
            session.add(row)
            session.flush()
            enqueue(session, DELIVER, str(row.id), mentor_id=mentor_id)
    if mentor.verified_email and sentences.has(f"{note.id}.subject"):
        text = "\n\n".join(each["text"] for each in messages)
        queue_email(session, vault, mentor_id, email_of(sentences, mentor.verified_email, note.id, text))
