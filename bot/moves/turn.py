"""One turn: a mentor's message within the transaction that takes it, and what is said in reply."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy.orm import Session

from bot.messages.inbox import Rows
from bot.messages.incoming import Incoming, Kind, Tap
from bot.registration import form
from bot.registration.answers import MessageRef
from bot.registration.form import ItemId
from bot.registration.registration import CANCEL, CONFIRM, JOIN, REVIEW, START_OVER, Registration
from bot.storage import Conversation, InboxMessage
from bot.understanding.reader import Act

#: Questions beside the consents at which a reply agrees, sends, deletes or gives up something.
_FINAL = frozenset({CONFIRM, REVIEW, START_OVER, CANCEL, JOIN})


@dataclass
class Turn:
    """What is known of a turn while it is taken, and what has come of it so far.

    Attributes:
        session: the open write transaction. Everything that the turn does is in it, or is not done.
        rows: of the message, its conversation and its mentor.
        message: what was sent.
        registration: of the mentor; after two registrations were merged, the one that is kept.
        intent: what Rasa understood; "" until it has decided.
        target: the item that a command names.
        value: the part of the message that is the answer; "" for all of it.
        also: what the message does beside its intent, as far as that is not done yet.
        choices: what the message may mean, if it was not understood.
        said: sentences for the mentor, in order; whatever decides something says it here.
        misses: how many messages in a row were not understood, this one included; None if it was no answer at all.
    """

    session: Session
    rows: Rows
    message: Incoming
    registration: Registration
    intent: str = ""
    target: str | None = None
    value: str = ""
    also: tuple[Act, ...] = ()
    choices: tuple[Act, ...] = ()
    said: list[MessageRef] = field(default_factory=list)
    misses: int | None = None

    @property
    def conversation(self) -> Conversation:
        """The conversation that the message was sent in."""
        return self.rows.conversation

    @property
    def row(self) -> InboxMessage:
        """The message in the inbox."""
        return self.rows.inbox

    @property
    def text(self) -> str:
        """The answer: the whole message, or the part of it that is one."""
        return self.value or self.message.text

    @cached_property
    def tap(self) -> Tap | None:
        """The button that was pressed, if the bot made it."""
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

    @property
    def is_from_before_deletion(self) -> bool:
        """Whether it was written at the question whether to delete everything, and that is answered since."""
        return self.message.shown in (START_OVER, CANCEL) and self.message.shown != self.registration.open_question

    def doubt(self, question: ItemId) -> str:
        """Name of the sentence that says why words are no reply to this question, if that has to be certain; or ""."""
        item = form.BY_ID.get(question)
        is_grave = question in _FINAL or (item is not None and item.kind is form.Kind.CONSENT)
        return self.message.doubt if is_grave else ""
