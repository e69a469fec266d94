"""Starts over, or deletes everything, after a confirmation, in every state of a registration.

There is one way to delete: the consents are withdrawn, a check is stopped, and the outbox erases the mentor with all
their data (`bot.privacy.erasure`), which a search proves. A mentor who never submitted can begin again at once, as a
new mentor. One who has submitted can first read what happens; then their conversations are erased with them.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.checks.service import ENDS, current_check, withdraw
from bot.i18n.catalogue import catalogue
from bot.jobs.queue import enqueue
from bot.messages.transcript import FORGOTTEN
from bot.moves.consents import Consents
from bot.moves.sharing import Sharing
from bot.moves.turn import Turn
from bot.notifications.emails.letter import Letter, write
from bot.notifications.emails.sender import queue_email
from bot.notifications.notify import email_address
from bot.registration.answers import InvalidAnswerError, MessageRef
from bot.registration.form import ItemId
from bot.registration.registration import SAVE, START_OVER, Registration
from bot.security.vault import Purpose, Vault
from bot.storage import (
    Conversation,
    EmailCode,
    Mentor,
    OutboxEntry,
    PersonRequest,
    Photo,
    SealedValue,
    TranscriptMessage,
)
from bot.storage.models import utc_now

#: Job: erases a mentor at their request; after a submit, only once they could read the announcement.
ERASE = "mentor.erase"
ERASE_AFTER = timedelta(seconds=20)


class Deletion:
    """Handles the replies to whether to start over, and whether to delete everything.

    Args:
        vault: holds the key of the date of birth.
        consents: withdraws them.
        sharing: closes a restarted registration in all conversations except one.
    """

    def __init__(self, vault: Vault, consents: Consents, sharing: Sharing) -> None:
        self._vault = vault
        self._consents = consents
        self._sharing = sharing

    def take(self, turn: Turn, question: ItemId) -> list[MessageRef]:
        """Handle the reply to one of the two questions.

        Raises:
            InvalidAnswerError: it is neither a yes nor a no.
        """
        if turn.intent in ("deny", "resume"):
            turn.registration.resume()
            return [MessageRef("note-kept")]
        if turn.intent != "affirm":
            raise InvalidAnswerError("note-unclear-confirmation")
        if question == START_OVER:
            self._clear(turn, restart=True)
            return [MessageRef("note-started-over")]
        return [self._delete(turn)]

    def _clear(self, turn: Turn, *, restart: bool) -> None:
        """Delete every answer at once, with all copies of it."""
        current = turn.registration
        current.clear(self._consents.withdraw_all(turn, current), restart=restart)
        turn.session.execute(delete(SealedValue).where(SealedValue.mentor_id == current.mentor.id))
        self._vault.destroy(turn.session, current.mentor.id, Purpose.CHECK)
        turn.session.execute(delete(PersonRequest).where(PersonRequest.mentor_id == current.mentor.id))
        _forget_words(turn.session, current.mentor)
        # Its address is no longer proven, so it is open in only one conversation.
        self._sharing.close(
            turn.session, current.mentor.id, MessageRef("note-elsewhere-ended"), but=turn.conversation.id
        )

    def _delete(self, turn: Turn) -> MessageRef:
        """Queue a mentor's erasure; returns the notes about it."""
        current = turn.registration
        mentor = current.mentor
        if not current.was_sent:
            self._clear(turn, restart=False)
            _go_on_as_another(turn.session, turn.conversation, mentor.id)
            _queue_erasure(turn.session, mentor.id, timedelta())
            return MessageRef("note-cancelled")
        self._consents.withdraw_all(turn, current)
        check = current_check(turn.session, mentor.id)
        is_over = check is None or check.status in ENDS
        withdraw(turn.session, self._vault, mentor.id)
        current.await_erasure()
        note = MessageRef("note-deleting", (("check", "ended" if is_over else "stopped"), ("reference", mentor.id[:8])))
        address = email_address(mentor)
        if _queue_erasure(turn.session, mentor.id, ERASE_AFTER) and address:
            sentences = catalogue(turn.conversation.language)
            text = sentences.text(note.id, **dict(note.arguments))
            letter = Letter(sentences.text(f"{note.id}.subject"), text)
            queue_email(turn.session, self._vault, mentor.id, write(sentences, address, letter))
        return note


def is_about_to_be_erased(session: Session, current: Registration) -> bool:
    """Whether the mentor's erasure is pending; a failed one can be requested again."""
    if not current.is_being_deleted:
        return False
    wanted = select(OutboxEntry.id).where(
        OutboxEntry.kind == ERASE, OutboxEntry.subject_id == current.mentor.id, OutboxEntry.failed_at.is_(None)
    )
    return session.scalars(wanted).one_or_none() is not None


def _queue_erasure(session: Session, mentor_id: str, after: timedelta) -> bool:
    """Queue a mentor's erasure; returns whether it is new."""
    known = select(OutboxEntry).where(OutboxEntry.kind == ERASE, OutboxEntry.subject_id == mentor_id)
    entry = session.scalars(known.with_for_update()).one_or_none()
    if entry is not None:  # requested before, and failed
        entry.failed_at, entry.attempts, entry.next_attempt_at = None, 0, utc_now()
        return False
    # It is not queued as the mentor's own job, which would be deleted with them.
    enqueue(session, ERASE, mentor_id, not_before=utc_now() + after)
    return True


def _go_on_as_another(session: Session, conversation: Conversation, mentor_id: str) -> None:
    """Continue a conversation with a new, empty mentor.

    The photos move along until the turn ends, which deletes those that no answer names. The codes move as well, so that
    deleting answers does not reset the limit of an e-mail address.
    """
    fresh = Mentor()
    session.add(fresh)
    session.flush()
    for table in (Photo, EmailCode):
        session.execute(update(table).where(table.mentor_id == mentor_id).values(mentor_id=fresh.id))
    conversation.mentor_id = fresh.id


def _forget_words(session: Session, mentor: Mentor) -> None:
    """Remove what the mentor wrote, and its repetitions, from the transcripts of all their conversations."""
    conversations = select(Conversation.id).where(Conversation.mentor_id == mentor.id)
    for row in session.scalars(select(TranscriptMessage).where(TranscriptMessage.conversation_id.in_(conversations))):
        if row.sender == "mentor":
            row.body = {"kind": "say", "text": FORGOTTEN}
        elif row.body.get("question") == SAVE or {"words_of", "quotes"} & row.body.keys():
            row.body = {"kind": "say", "text": FORGOTTEN}  # it quotes them, or answers them
        elif "sections" in row.body or "photo" in row.body:
            row.body = {name: each for name, each in row.body.items() if name not in ("sections", "photo")} | {
                "kind": "say"
            }
