"""Opens and closes a registration in several conversations, and tells the others."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.accounts.merging import others_of
from bot.jobs.queue import enqueue
from bot.messages.transcript import count_shown, forget_all, render_messages, shown
from bot.notifications.notify import DELIVER
from bot.registration.answers import MessageRef
from bot.registration.registration import Registration
from bot.security.vault import Vault
from bot.storage import Conversation, Mentor, TranscriptMessage


class Sharing:
    """Closes a registration in conversations without a right to it, and tells conversations what happened.

    Args:
        vault: opens sealed values that a message shows.
        contact_email: where a mentor can write to a person.
    """

    def __init__(self, vault: Vault, contact_email: str) -> None:
        self._vault = vault
        self._contact = contact_email

    def close(self, session: Session, mentor_id: str, note: MessageRef, but: str = "") -> None:
        """Close a registration in all conversations except ``but``, and say why in each.

        Each continues with a new registration.
        """
        for each in others_of(session, mentor_id, but):
            fresh = Mentor(time_zone=session.get_one(Mentor, mentor_id).time_zone)
            session.add(fresh)
            session.flush()
            move_out(session, each, fresh.id)
            self._say(session, each, note, ask=True)

    def tell(self, session: Session, mentor_id: str, note: MessageRef, but: str = "", *, ask: bool = False) -> None:
        """Say something in all conversations of a registration except ``but``.

        Args:
            session: an open write transaction.
            mentor_id: the registration.
            note: the sentence.
            but: id of the excepted conversation.
            ask: whether the open question follows.
        """
        for each in others_of(session, mentor_id, but):
            self._say(session, each, note, ask=ask)

    def _say(self, session: Session, conversation: Conversation, note: MessageRef, *, ask: bool) -> None:
        """Say something outside a turn; it is delivered once the transaction is committed."""
        current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
        question = current.open_question if ask else None
        said = render_messages(
            session, conversation, current, [note], question, vault=self._vault, contact_email=self._contact
        )
        for each in said:
            row = TranscriptMessage(conversation_id=conversation.id, sender="bot", body=each)
            session.add(row)
            session.flush()
        enqueue(session, DELIVER, str(row.id), mentor_id=current.mentor.id)
        for name, value in shown(question).items():
            setattr(conversation, name, value)
        count_shown(session, conversation, current.mentor, question)


def move_out(session: Session, conversation: Conversation, to: str) -> None:
    """Move a conversation to another registration; nothing of the old one remains visible in it.

    Its messages are deleted: they belong to the old registration, whose erasure would not find them here.

    Args:
        session: an open write transaction.
        conversation: the conversation; the old registration stays open in another one.
        to: id of the new registration.
    """
    forget_all(session, conversation.id)
    conversation.mentor_id = to
    conversation.delivered_question = conversation.delivered_sha256 = conversation.delivered_at = None
    conversation.misses = 0
    session.flush()
