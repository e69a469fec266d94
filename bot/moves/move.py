"""What a mentor does at a question: a message, and all that is needed to take it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.messages.incoming import Incoming, Kind, Tap
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import CANCEL, JOIN, REVIEW, START_OVER, Registration
from bot.storage import Conversation, InboxMessage

#: Questions beside the consents at which a reply sends, deletes or gives up something.
_FINAL = frozenset({REVIEW, START_OVER, CANCEL, JOIN})


@dataclass(frozen=True)
class Move:
    """One message at one question, within the transaction that takes it.

    Attributes:
        session: the transaction.
        conversation: whose message it is.
        registration: of the conversation's mentor.
        row: the message in the inbox.
        message: the message itself.
        intent: what Rasa understood.
        target: the item that a command names.
    """

    session: Session
    conversation: Conversation
    registration: Registration
    row: InboxMessage
    message: Incoming
    intent: str
    target: str | None

    @property
    def tap(self) -> Tap | None:
        """The button that was pressed, if one of ours was."""
        return Tap.parse(self.message.payload) if self.message.kind is Kind.BUTTON else None

    @property
    def is_stale(self) -> bool:
        """Whether a button was pressed that something has happened to since."""
        tap, current = self.tap, self.registration
        if tap is None:
            return True
        return tap.revision is not None and (
            tap.revision != current.mentor.revision or tap.question != current.open_question
        )

    def has_seen(self, question: ItemId) -> bool:
        """Whether the mentor had this question, in its present wording, before them when they wrote."""
        item = form.BY_ID.get(question)
        return (
            self.conversation.delivered_question == question
            and (self.tap is not None or self.message.shown == question)
            and (item is None or self.conversation.delivered_sha256 == item.wording_sha256)
        )

    def doubt(self, question: ItemId) -> str:
        """Name of the sentence that says why words are no reply to this question, if that has to be certain; or ""."""
        item = form.BY_ID.get(question)
        is_grave = question in _FINAL or (item is not None and item.kind is form.Kind.CONSENT)
        return self.message.doubt if is_grave else ""
