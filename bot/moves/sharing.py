"""In which conversations a registration is open, and what is said in the others when that changes."""

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
    """Closes a registration in conversations that have no right to it, and tells conversations what happened.

    Args:
        vault: opens what a message shows of a sealed value.
        contact_email: where a mentor can write to a person.
    """

    def __init__(self, vault: Vault, contact_email: str) -> None:
        self._vault = vault
        self._contact = contact_email

    def close(self, session: Session, mentor_id: str, note: MessageRef, but: str = "") -> None:
        """Close a registration in all conversations but the one with the id ``but``, and say there why.

        Each of them goes on with a fresh registration.
        """
        for each in others_of(session, mentor_id, but):
            fresh = Mentor(time_zone=session.get_one(Mentor, mentor_id).time_zone)
            session.add(fresh)
            session.flush()
            move_out(session, each, fresh.id)
            self._say(session, each, note, ask=True)

    def tell(self, session: Session, mentor_id: str, note: MessageRef, but: str = "", *, ask: bool = False) -> None:
        """Say something in all conversations of a registration but the one with the id ``but``.

        Args:
            session: an open write transaction.
            mentor_id: the registration.
            note: what is said.
            but: id of the conversation where it is not said.
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
    """Have a conversation go on with another registration; nothing of the one that it leaves is shown in it any more.

    What was said in it goes as well: it was part of that registration, and nobody would find it there to erase it.

    Args:
        session: an open write transaction.
        conversation: the one that leaves. The registration that it leaves stays open in another one.
        to: id of the registration that it goes on with.
    """
    forget_all(session, conversation.id)
    conversation.mentor_id = to
    conversation.delivered_question = conversation.delivered_sha256 = conversation.delivered_at = None
    conversation.misses = 0
    session.flush()
