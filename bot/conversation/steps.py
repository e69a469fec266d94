"""The steps of a turn that read or write the database.

A turn is read outside any transaction and taken in one: the conversation is locked, Rasa decides and its actions work
in the transaction's session, what was said is rendered and written, and all of it is committed or none. What comes
between the steps (a picture, a channel) is the business of `bot.conversation.turns`.
"""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.accounts.merging import follow
from bot.conversation.gathering import Line, gathered, joined, question_of, waiting_rows
from bot.conversation.readable import asked_now, command_text, hides_date, readable_text
from bot.conversation.waiting import News
from bot.core.errors import StatedError, described
from bot.dialogue.agent import Agent, Reading
from bot.i18n.catalogue import catalogue
from bot.media.photos import NOT_RECEIVED, PhotoFolder, check_photo
from bot.messages.date_choices import date_of_birth
from bot.messages.inbox import Rows, finish, gather, is_waiting, load, load_next, open_body
from bot.messages.incoming import Incoming, Kind
from bot.messages.renderer import Message
from bot.messages.transcript import append, count_shown, messages_since, render_messages, shown, to_deliver
from bot.moves.dialogue import Dialogue
from bot.moves.edits import FILE, MISSED, PART_OF, PARTED_BY, edited
from bot.moves.turn import Turn
from bot.registration import form
from bot.registration.answers import Note
from bot.registration.form import ItemId
from bot.registration.ledger import Ledger
from bot.registration.registration import Registration
from bot.security.vault import Purpose, Vault, VaultError
from bot.storage import Answer, Conversation, InboxMessage, Mentor, Photo, Store, TranscriptMessage, after_commit
from bot.storage.models import new_id, utc_now
from bot.understanding.births import without_birth_date
from bot.understanding.dates import may_hold_date
from bot.understanding.reader import Asked

logger = logging.getLogger(__name__)

#: Attempts at a turn that fails for a reason of its own, before the mentor is asked to try again.
MAXIMUM_ATTEMPTS = 3

_LOST_TURN = "error-lost-turn"
#: What is said to a tap or an answer that came too late, or too early.
_NOT_TAKEN = frozenset({"note-stale", "note-too-early", "note-too-soon", "note-said-since", "note-reply-elsewhere"})
#: What is said when two registrations became one.
_JOINED = frozenset({"note-joined", "note-kept-here", "note-link-joined", "note-link-moved"})


class UnansweredError(StatedError):
    """Rasa decided nothing that answers the mentor, or asked another question than the open one."""


@dataclass(frozen=True)
class Prepared:
    """A turn, ready to be read.

    Attributes:
        turn_id: its message's id in the inbox.
        conversation_id: where it was sent.
        channel: of the conversation.
        message: what was sent.
        wants_photo: whether the message holds a photo that is asked for and not checked yet.
        may_go_on: whether it answers a question of words, so that more lines of it may follow.
        text: what Rasa gets to see of it.
        asked: the question that it is read as a reply to.
    """

    turn_id: str
    conversation_id: str
    channel: str
    message: Incoming
    wants_photo: bool
    may_go_on: bool
    text: str
    asked: Asked


class Taking:
    """An attempt at a turn in some thread, which can be cut off from another one.

    Args:
        store: of its transaction.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._session: Session | None = None

    @contextmanager
    def here(self) -> Iterator[None]:
        """It happens in this thread."""
        self._thread = threading.get_ident()
        try:
            yield
        finally:
            with self._lock:  # the thread's next turn is not to be hit
                self._thread = None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Its write transaction."""
        with self._store.write() as session:
            self._session = session
            yield session

    def cut_off(self) -> None:
        """Roll the transaction back and let others write, whatever its thread hangs in; a loop in Python ends, too."""
        if self._session is not None:
            self._store.abandon(self._session)
        with self._lock:
            if self._thread is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(CutOffError))


class CutOffError(StatedError):
    """A turn took longer than it may."""


class Ended(Enum):
    """What became of an attempt at a turn."""

    NOT_YET = "it has to be tried again"
    LAST = "it is finished, and no other one waits"
    MORE = "it is finished, and others may wait"


class TurnSteps:
    """What turns do to the database.

    Args:
        store: the database.
        vault: encrypts inbox bodies and the transcript.
        ledger: tells what was said to the consents.
        photos: where photos are kept.
        dialogue: takes the mentor's moves.
        agent: reads messages, and decides moves.
        contact_email: where a mentor can write to a person.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        ledger: Ledger,
        photos: PhotoFolder,
        dialogue: Dialogue,
        agent: Agent,
        contact_email: str,
    ) -> None:
        self._store = store
        self._vault = vault
        self._ledger = ledger
        self._photos = photos
        self._dialogue = dialogue
        self._agent = agent
        self._contact = contact_email
        self._rendered = partial(render_messages, vault=vault, contact_email=contact_email)

    def prepare(
        self, session: Session, turn_id: str, conversation: Conversation, mentor: Mentor, message: Incoming
    ) -> Prepared:
        """A turn as it will be read, from the rows of its message within an open transaction."""
        current = Registration(session, mentor)
        question = current.open_question
        replaces_photo = False
        if message.kind is Kind.EDIT:
            before = edited(session, self._ledger, conversation, message)
            text = command_text("change_answer", before.item if before else None)
            replaces_photo = before is not None and before.item == form.PHOTO and mentor.submitted_at is None
        else:
            hidden = hides_date(message, question, conversation.delivered_question)
            text = readable_text(message, hidden=hidden, born=self._born_in(session, current, message.text))
        return Prepared(
            turn_id=turn_id,
            conversation_id=conversation.id,
            channel=conversation.channel,
            message=message,
            wants_photo=bool(message.upload)
            and (replaces_photo if message.kind is Kind.EDIT else question == form.PHOTO),
            text=text,
            may_go_on=question_of(message, question) is not None,
            asked=asked_now(current, message, message.language or conversation.language),
        )

    def next(self, conversation_id: str) -> Prepared | None:
        """The oldest turn of a conversation that is not finished."""
        with self._store.read() as session:
            rows = load_next(session, conversation_id)
            return self._prepare_rows(session, rows) if rows else None

    def gather(self, turn: Prepared, seconds: float) -> float | Prepared:
        """Have a turn take the lines that follow its own, once none has come for some seconds.

        Returns:
            For how many more seconds to wait, or the turn with all of them.
        """
        with self._store.read() as session:
            group, is_followed = self._lines(session, turn)
            came = max((line.row.received_at for line in group), default=utc_now())
            left = seconds - (utc_now() - came).total_seconds()
        if left > 0 and group and not is_followed:
            return min(left, seconds)  # or a clock was set back
        return turn if len(group) <= 1 else self._take_together(turn)

    def _lines(self, session: Session, turn: Prepared) -> tuple[list[Line], bool]:
        """The lines that are one answer with the message of a turn, and whether something else follows them."""
        waiting = waiting_rows(session, turn.conversation_id)
        item = form.BY_ID.get(ItemId(turn.message.shown))
        if item is None or not waiting or waiting[0].id != turn.turn_id:
            return [], False
        return gathered([Line(row, open_body(session, self._vault, row)) for row in waiting], item)

    def _take_together(self, turn: Prepared) -> Prepared:
        with self._store.write() as session:
            rows = load(session, turn.turn_id)
            group, _is_followed = self._lines(session, turn)
            message = joined(group, form.BY_ID[ItemId(turn.message.shown)])
            gather(session, self._vault, message, [line.row.id for line in group], turn.conversation_id)
            return self.prepare(session, turn.turn_id, rows.conversation, rows.mentor, message)

    def prepare_again(self, turn_id: str) -> Prepared:
        """A turn as it is now, after an attempt at it or with its photo checked."""
        with self._store.read() as session:
            return self._prepare_rows(session, load(session, turn_id))

    def _prepare_rows(self, session: Session, rows: Rows) -> Prepared:
        message = open_body(session, self._vault, rows.inbox)
        return self.prepare(session, rows.inbox.id, rows.conversation, rows.mentor, message)

    def keep_photo(self, turn_id: str, message: Incoming, data: bytes | None) -> None:
        """Check a photo and put its id, or what is wrong with it, in the inbox body.

        Args:
            turn_id: its turn.
            message: what was sent.
            data: the picture's file; None if it could not be had.
        """
        checked = check_photo(data) if data is not None else NOT_RECEIVED
        photo = self._photos.keep(checked.renditions) if checked.renditions else None
        message = replace(message, photo=photo.id if photo else "", problem=checked.problem)
        try:
            with self._store.write() as session:
                rows = load(session, turn_id)
                if photo is not None:
                    photo.mentor_id = rows.conversation.mentor_id
                    session.add(photo)
                body, owner = message.to_bytes(), rows.conversation.id
                rows.inbox.body = self._vault.seal(session, owner, Purpose.CONVERSATION, turn_id, body)
        except SQLAlchemyError:
            self._photos.drop_files([photo.id] if photo else [])
            raise

    def take(self, turn: Prepared, wanted: set[int], taking: Taking) -> tuple[Ended, dict[int, News]]:
        """Read a turn, and take it in one transaction.

        Args:
            turn: as it was when it was prepared; if something else is open by now, nothing is done.
            wanted: ids of the last messages that those have who wait for what is said.
            taking: can cut it off.

        Returns:
            What became of it, and if it ended, what was said since each of those messages.

        Raises:
            ActionFailedError: an action raised.
            UnansweredError: Rasa's decision does not answer the mentor.
        """
        with taking.here():
            return self._take(turn, wanted, taking)

    def _take(self, turn: Prepared, wanted: set[int], taking: Taking) -> tuple[Ended, dict[int, News]]:
        metadata = turn.asked.to_metadata()
        reading = self._agent.read(turn.text, metadata)
        with taking.transaction() as session:
            rows = load(session, turn.turn_id, lock=True)
            if rows.inbox.processed_at is None:
                message = open_body(session, self._vault, rows.inbox)
                if self.prepare(session, turn.turn_id, rows.conversation, rows.mentor, message) != turn:
                    return Ended.NOT_YET, {}
                current = Registration(session, rows.mentor)
                superseded = self._decide(Turn(session, rows, message, current), reading, metadata)
                after_commit(session, partial(self._photos.drop_files, superseded))
            pending = rows.is_another_waiting
            news = {after: self._read(session, rows.conversation, after, pending=pending) for after in wanted}
        return Ended.MORE if pending else Ended.LAST, news

    def _decide(self, turn: Turn, reading: Reading, metadata: Mapping[str, Any]) -> list[str]:
        """Have Rasa decide, and write what was said; gives the photos whose files can go."""
        with self._dialogue.taking(turn):
            asked_for = self._agent.decide(turn.rows.conversation.id, reading, metadata)
        position = turn.registration.position
        is_asked = position.slot is None or asked_for[-1:] == [position.question]
        if not is_asked or not (turn.said or asked_for):
            raise UnansweredError(f"open is {position.question}, Rasa asked {asked_for}")
        return self._write_turn(turn)

    def give_up(self, turn_id: str) -> Ended:
        """After enough attempts, apologise, ask the open question from the database and end the turn.

        Where the question cannot be put into words, the apology is said without it.
        """
        with self._store.write() as session:
            row = load(session, turn_id).inbox
            if row.processed_at is not None:
                return Ended.MORE
            row.attempts = attempts = row.attempts + 1
        if attempts < MAXIMUM_ATTEMPTS:
            return Ended.NOT_YET
        reference = new_id()[:8]
        logger.error("turn %s failed %d times; reference %s", turn_id, attempts, reference)
        try:
            self._apologise(turn_id, reference)
        except SQLAlchemyError:
            raise  # the database fails, not the words
        except Exception as error:  # noqa: BLE001  (whatever it is, the mentor is told that something went wrong)
            logger.error("turn %s ends without its question: %s", turn_id, described(error))
            self._apologise_alone(turn_id, reference)
        return Ended.MORE

    def _apologise(self, turn_id: str, reference: str) -> None:
        with self._store.write() as session:
            rows = load(session, turn_id)
            message = self._body_or_nothing(session, rows.inbox)
            turn = Turn(session, rows, message, Registration(session, rows.mentor))
            turn.said.append(Note(_LOST_TURN, (("reference", reference),)))
            after_commit(session, partial(self._photos.drop_files, self._write_turn(turn)))

    def _apologise_alone(self, turn_id: str, reference: str) -> None:
        """End a turn with one sentence: nothing but the sentence is rendered, and no question counts as shown."""
        with self._store.write() as session:
            rows = load(session, turn_id)
            conversation = rows.conversation
            text = catalogue(conversation.language).text(_LOST_TURN, contact=self._contact, reference=reference)
            for part, line in self._own_or_nothing(session, rows):
                append(session, conversation.id, part, [("mentor", line)])
            said = {"kind": "say", "text": text, "language": text.language}
            append(session, conversation.id, turn_id, [("bot", said)])
            finish(session, rows, {})

    def _own_or_nothing(self, session: Session, rows: Rows) -> list[tuple[str, Message]]:
        """As `_own`; nothing where that cannot be told."""
        try:
            message, current = self._body_or_nothing(session, rows.inbox), Registration(session, rows.mentor)
            return self._own(session, message, rows.conversation, current, rows.inbox.id)
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001  (the apology is said all the same)
            logger.error("turn %s is not shown: %s", rows.inbox.id, described(error))
            return []

    def _write_turn(self, turn: Turn) -> list[str]:
        """Write what was said to the transcript and destroy the inbox body; gives the photos whose files can go."""
        session, rows, message, current = turn.session, turn.rows, turn.message, turn.registration
        conversation, turn_id, question = rows.conversation, rows.inbox.id, current.open_question
        # With its turn, not before: what was answered until then was shown in the language before.
        if message.language:
            conversation.language = message.language
        own = self._own(session, message, conversation, current, turn_id)
        said = self._rendered(session, conversation, current, turn.said, question, turn_id)
        stored = current.answers.get(form.PHOTO)
        superseded: list[str] = []
        names = {note.id for note in turn.said}
        if stored is None or message.photo or names & _JOINED:
            superseded = self._photos.drop_others(session, current.mentor.id, keep=stored or "")
        marks = ({"refused": True} if names & _NOT_TAKEN else {}) | ({MISSED: True} if turn.misses else {})
        for part, line in own:
            append(session, conversation.id, part, [("mentor", line | marks)])
        append(session, conversation.id, turn_id, [("bot", each) for each in said])
        misses = {} if turn.misses is None else {"misses": turn.misses}
        finish(session, rows, shown(question) | misses)
        count_shown(session, conversation, current.mentor, question)
        return superseded

    def _own(
        self, session: Session, message: Incoming, conversation: Conversation, current: Registration, turn_id: str
    ) -> list[tuple[str, Message]]:
        """How the mentor's own message appears in the transcript, or each of several lines, and under which turn."""
        shown_as = self._shown(session, message, conversation, current, turn_id)
        if shown_as is None or not message.parts:
            return [(turn_id, shown_as)] if shown_as is not None else []
        born = self._born_in(session, current, message.text)
        lines = []
        for part, text in message.parts:
            line, space = text.lstrip(), text[: len(text) - len(text.lstrip())]
            known = {"text": without_birth_date(line, born), PART_OF: turn_id, PARTED_BY: space}
            lines += [(part, shown_as | known)] if text else []
        return lines

    def _answered(
        self, session: Session, message: Incoming, conversation: Conversation, current: Registration, turn_id: str
    ) -> ItemId | None:
        """The item that a message answered, or that it corrected; None if it is none."""
        if message.kind is Kind.EDIT:
            before = edited(session, self._ledger, conversation, message)
            return before.item if before else None
        answered = select(Answer.item_id).where(Answer.mentor_id == current.mentor.id, Answer.turn_id == turn_id)
        item_id = session.scalars(answered).first()
        return ItemId(item_id) if item_id is not None else None

    def _shown(
        self, session: Session, message: Incoming, conversation: Conversation, current: Registration, turn_id: str
    ) -> Message | None:
        """How the mentor's own message appears in the transcript; a date of birth never does."""
        sentences = catalogue(conversation.language)
        if message.kind is Kind.OPEN:
            return None
        question = current.open_question
        answered = (
            self._answered(session, message, conversation, current, turn_id) if may_hold_date(message.text) else None
        )
        if answered is not None:
            question, message = answered, replace(message, shown=answered)
        if hides_date(message, question, conversation.delivered_question):
            return {"kind": "say", "text": sentences.text("mentor-date"), "hidden": True}
        if message.kind is Kind.BUTTON and not message.payload:
            return None  # no button of ours
        if message.upload or message.kind in (Kind.PHOTO, Kind.UNSUPPORTED):
            file = {FILE: message.file} if message.file else {}
            return {"kind": "say", "text": sentences.text("mentor-photo" if message.photo else "mentor-file"), **file}
        born = self._born_in(session, current, message.text)
        return {"kind": "say", "text": without_birth_date(message.text, born)}

    def _born_in(self, session: Session, current: Registration, text: str) -> date | None:
        """The date of birth, if it is known and ``text`` could hold it."""
        if form.DATE_OF_BIRTH not in current.answers or not may_hold_date(text):
            return None
        try:
            return date_of_birth(session, self._vault, current.mentor.id)
        except VaultError:
            return None

    def _body_or_nothing(self, session: Session, row: InboxMessage) -> Incoming:
        try:
            return open_body(session, self._vault, row)
        except VaultError as error:
            logger.error("turn %s cannot be read: %s", row.id, error)
            return Incoming(Kind.UNSUPPORTED)

    def say(self, conversation_id: str, turn_id: str | None, note: Note) -> None:
        """Say something that is no reply, or not yet the reply, to a turn."""
        with self._store.write() as session:
            self._append(session, session.get_one(Conversation, conversation_id), turn_id, note)

    def _append(self, session: Session, conversation: Conversation, turn_id: str | None, note: Note) -> None:
        current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
        said = self._rendered(session, conversation, current, [note], None)
        append(session, conversation.id, turn_id, [("bot", each) for each in said])

    def follow(self, conversation_id: str, token: str) -> None:
        """Ask, in this conversation, whether the registration of a link is the mentor's; or say why it cannot be."""
        with self._store.write() as session:
            conversation = session.get_one(Conversation, conversation_id, with_for_update=True)
            note = follow(session, conversation, token)
            if note is not None:
                self._append(session, conversation, None, note)

    def news(self, conversation_id: str, after: int) -> News:
        """What was said in a conversation after the message with id ``after``."""
        with self._store.read() as session:
            conversation = session.get_one(Conversation, conversation_id)
            # Looked at first: what ends in between is then in the messages, not lost between the two.
            pending = is_waiting(session, conversation_id)
            return self._read(session, conversation, after, pending=pending)

    def _read(self, session: Session, conversation: Conversation, after: int, *, pending: bool) -> News:
        messages = messages_since(session, self._vault, conversation, after)
        return News(messages, conversation.language, pending)

    def is_finished(self, turn_id: str) -> bool:
        """Whether a turn has ended, or is erased."""
        with self._store.read() as session:
            row = session.scalars(select(InboxMessage).where(InboxMessage.id == turn_id)).one_or_none()
            return row is None or row.processed_at is not None  # None: erased meanwhile

    def unfinished(self, pushing: Iterable[str]) -> list[str]:
        """The conversations with a turn to finish, or a message to hand over.

        Args:
            pushing: names of the channels that hand messages over.
        """
        with self._store.read() as session:
            waiting = session.scalars(
                select(InboxMessage.conversation_id).where(InboxMessage.processed_at.is_(None)).distinct()
            ).all()
            undelivered = session.scalars(
                select(TranscriptMessage.conversation_id)
                .join(Conversation, Conversation.id == TranscriptMessage.conversation_id)
                .where(Conversation.channel.in_(pushing), to_deliver())
                .distinct()
            ).all()
            return list(dict.fromkeys([*waiting, *undelivered]))

    def clear_leftovers(self) -> None:
        """Delete the files of uploads and photos that no row knows: a kill came between the one and the other."""
        with self._store.read() as session:
            waiting = session.scalars(select(InboxMessage).where(InboxMessage.processed_at.is_(None))).all()
            uploads = {self._body_or_nothing(session, row).upload for row in waiting}
            photos = set(session.scalars(select(Photo.id)).all())
        self._photos.clear_leftovers(uploads, photos)
