"""One turn: a mentor's message within its transaction, and the replies."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy.orm import Session

from bot.messages.clauses import TO_CARD, are_in_turn, pressed_clause, shown_card
from bot.messages.inbox import Rows
from bot.messages.incoming import Incoming, Kind, Tap
from bot.messages.renderer import WHOLE
from bot.registration import form
from bot.registration.answers import DECISIONS, MessageRef
from bot.registration.form import Item, ItemId
from bot.registration.registration import CANCEL, CONFIRM, JOIN, REVIEW, START_OVER, Registration
from bot.storage import Conversation, InboxMessage
from bot.understanding.reader import Act

#: What a mentor says at the review to see the answers again.
_LOOKING = frozenset({"see_review", "repeat", "change_answer", "deny"})
#: Questions outside the consents at which a reply agrees, sends, deletes or ends something.
_FINAL = frozenset({CONFIRM, REVIEW, START_OVER, CANCEL, JOIN})


@dataclass
class Turn:
    """The state of a turn while it is processed.

    Attributes:
        session: the open write transaction; all effects of the turn are in it.
        rows: of the message, its conversation and its mentor.
        message: the mentor's message.
        registration: of the mentor; after two registrations were merged, the one that is kept.
        intent: what Rasa understood; "" until it has decided.
        target: the item that a command names.
        value: the part of the message that is the answer; "" for all of it.
        also: the message's further acts that are not done yet.
        choices: its likely meanings, if it was not understood.
        said: the sentences for the mentor so far, in order.
        is_small_talk: whether it was typed, and small talk and nothing else.
        misses: messages in a row that were not understood, with this one; None if it was no answer.
        chosen: what was decided by a press on a clause of the card; "" by any other message.
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
    is_small_talk: bool = False
    misses: int | None = None
    chosen: str = ""

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
        """The answer: the whole message, or a part of it."""
        return self.value or self.message.text

    @cached_property
    def tap(self) -> Tap | None:
        """The button that was pressed, if the bot made it."""
        return Tap.parse(self.message.payload) if self.message.kind is Kind.BUTTON else None

    @cached_property
    def is_at_card(self) -> bool:
        """Whether all clauses are open together, on the card that was shown last, as the turn begins."""
        return are_in_turn(self.registration) and bool(shown_card(self.session, self.conversation.id))

    @property
    def is_on_card(self) -> bool:
        """Whether the mentor has all clauses on the card, or has just asked for it, and does not prefer one by one."""
        return (self.is_at_card or self.tap == TO_CARD) and not self.conversation.one_by_one

    @cached_property
    def clause(self) -> Item | None:
        """The clause of the card that was pressed; None if none was."""
        if self.tap is None or not self.is_at_card:
            return None
        return pressed_clause(self.session, self.conversation.id, self.tap)

    @property
    def repeated(self) -> str:
        """What a tap decides that a clause was answered with just before, while the next one is asked; else ""."""
        item = form.BY_ID.get(ItemId(self.tap.question)) if self.tap is not None else None
        if self.tap is None or item not in form.CLAUSES or not are_in_turn(self.registration):
            return ""
        decision = DECISIONS.get(self.tap.intent, "")
        said = self.registration.consents.get(item.id)
        return decision if said is not None and said.decision == decision else ""

    @property
    def wants_whole(self) -> bool:
        """Whether a button was pressed that shows every answer whole."""
        return self.tap is not None and self.tap.reply == WHOLE

    @property
    def looks_at_answers(self) -> bool:
        """Whether the mentor asks to see the answers, or what there is to change."""
        return self.intent in _LOOKING and not self.wants_whole

    @property
    def is_stale(self) -> bool:
        """Whether the pressed button is out of date."""
        tap, current = self.tap, self.registration
        if tap is None:
            return True
        return tap.revision is not None and (
            tap.revision != current.mentor.revision or tap.question != current.open_question
        )

    def has_seen(self, question: ItemId) -> bool:
        """Whether the mentor saw this question in its current wording when they wrote."""
        item = form.BY_ID.get(question)
        return (
            self.conversation.delivered_question == question
            and (self.tap is not None or self.message.shown == question)
            and (item is None or self.conversation.delivered_sha256 == item.wording_sha256)
        )

    @property
    def is_from_before_deletion(self) -> bool:
        """Whether it was written at the question whether to delete everything, which has been answered since."""
        return self.message.shown in (START_OVER, CANCEL) and self.message.shown != self.registration.open_question

    def doubt(self, question: ItemId) -> str:
        """Name of the sentence why typed words are no reply here, at a question that needs certainty; or ""."""
        item = form.BY_ID.get(question)
        is_grave = question in _FINAL or (item is not None and item.kind is form.Kind.CONSENT)
        return self.message.doubt if is_grave else ""
