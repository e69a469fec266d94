"""Prepares turns: the next turn, the lines that belong to it, and the text for the reader."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.conversation.gathering import Line, gathered, joined, question_of, waiting_rows
from bot.conversation.own_messages import OwnMessages
from bot.conversation.readable import command_text, current_reading_context, hides_date, readable_text
from bot.messages.inbox import Rows, gather, load, load_next, open_body
from bot.messages.incoming import Incoming, Kind
from bot.moves.edits import edited
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.ledger import Ledger
from bot.registration.registration import Registration
from bot.security.vault import Vault
from bot.storage import Conversation, Store
from bot.storage.models import utc_now
from bot.understanding.reader import ReadingContext


@dataclass(frozen=True)
class Prepared:
    """A turn, ready to be read.

    Attributes:
        turn_id: its message's id in the inbox.
        conversation_id: where it was sent.
        channel: of the conversation.
        message: the mentor's message.
        wants_photo: whether the message holds a requested photo that is not checked yet.
        may_go_on: whether more lines of the answer may follow, because the question is for text.
        text: the text for Rasa.
        asked: the question that it replies to.
    """

    turn_id: str
    conversation_id: str
    channel: str
    message: Incoming
    wants_photo: bool
    may_go_on: bool
    text: str
    asked: ReadingContext


class Preparation:
    """Prepares turns.

    Args:
        store: the database.
        vault: opens inbox bodies.
        ledger: tells which consent an edited message was about.
    """

    def __init__(self, store: Store, vault: Vault, ledger: Ledger) -> None:
        self._store = store
        self._vault = vault
        self._ledger = ledger
        self._own = OwnMessages(vault, ledger)

    def prepare(self, turn_id: str, conversation: Conversation, current: Registration, message: Incoming) -> Prepared:
        """A turn as it will be read, within an open transaction."""
        session, mentor, question = current.session, current.mentor, current.open_question
        replaces_photo = message.kind is Kind.PHOTO and question is None  # sent unasked after the submit
        if message.kind is Kind.EDIT:
            before = edited(session, self._ledger, conversation, message)
            text = command_text("change_answer", before.item if before else None)
            replaces_photo = before is not None and before.item == form.PHOTO and mentor.submitted_at is None
        elif replaces_photo:
            text = command_text("change_answer", form.PHOTO)
        else:
            hidden = hides_date(message, question, conversation.delivered_question)
            text = readable_text(
                message,
                hidden=hidden,
                born=self._own.born_in(session, current, message.text),
                is_elsewhere=form.DATE_OF_BIRTH not in (question, message.shown),
            )
        return Prepared(
            turn_id=turn_id,
            conversation_id=conversation.id,
            channel=conversation.channel,
            message=message,
            wants_photo=bool(message.upload)
            and (replaces_photo or (message.kind is not Kind.EDIT and current.topic == form.PHOTO)),
            text=text,
            may_go_on=question_of(message, question) is not None,
            asked=current_reading_context(current, message, conversation.language),
        )

    def next(self, conversation_id: str) -> Prepared | None:
        """The oldest turn of a conversation that is not finished."""
        with self._store.read() as session:
            rows = load_next(session, conversation_id)
            return self._prepare_rows(session, rows) if rows else None

    def gather(self, turn: Prepared, seconds: float) -> float | Prepared:
        """Let a turn take the lines after its own, once none has come for some seconds.

        Returns:
            The seconds still to wait, or the turn with all lines.
        """
        with self._store.read() as session:
            group, is_followed = self._lines(session, turn)
            came = max((line.row.received_at for line in group), default=utc_now())
            left = seconds - (utc_now() - came).total_seconds()
        if left > 0 and group and not is_followed:
            return min(left, seconds)  # or the clock was set back
        return turn if len(group) <= 1 else self._take_together(turn)

    def _lines(self, session: Session, turn: Prepared) -> tuple[list[Line], bool]:
        """The lines that form one answer with a turn's message, and whether another message follows them."""
        waiting = waiting_rows(session, turn.conversation_id)
        item = form.BY_ID.get(ItemId(turn.message.shown))
        if item is None or not waiting or waiting[0].id != turn.turn_id:
            return [], False
        return gathered([Line(row, open_body(session, self._vault, row)) for row in waiting], item)

    def _take_together(self, turn: Prepared) -> Prepared:
        with self._store.write() as session:
            rows = load(session, turn.turn_id, lock=True)
            group, _is_followed = self._lines(session, turn)
            message = joined(group, form.BY_ID[ItemId(turn.message.shown)])
            gather(session, self._vault, message, [line.row.id for line in group], turn.conversation_id)
            return self.prepare(turn.turn_id, rows.conversation, Registration(session, rows.mentor), message)

    def prepare_again(self, turn_id: str) -> Prepared:
        """A turn reloaded, after an attempt or after its photo's check."""
        with self._store.read() as session:
            return self._prepare_rows(session, load(session, turn_id))

    def _prepare_rows(self, session: Session, rows: Rows) -> Prepared:
        message = open_body(session, self._vault, rows.inbox)
        return self.prepare(rows.inbox.id, rows.conversation, Registration(session, rows.mentor), message)
