"""The steps of a turn that read or write the database.

A turn is read outside any transaction and processed in one: the conversation is locked, Rasa decides, its actions use
the transaction's session, and the replies are rendered and written. All of it is committed, or nothing.
`bot.conversation.workers` does the work between the steps (pictures, channels).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.accounts.merging import follow
from bot.conversation.attempt import Attempt, Ended
from bot.conversation.leftovers import clear_leftovers
from bot.conversation.notifier import ConversationUpdate
from bot.conversation.own_messages import OwnMessages
from bot.conversation.preparation import Preparation, Prepared
from bot.core.errors import StatedError, described
from bot.core.metrics import TURN_STEPS, TURNS, count_answered
from bot.core.tracing import span
from bot.core.turn_logging import about_turn
from bot.dialogue.agent import Agent, Reading
from bot.i18n.catalogue import catalogue
from bot.media.blobs import BlobError
from bot.media.photo_check import NOT_RECEIVED, check_photo
from bot.media.photos import Photos
from bot.messages.clauses import CHOSEN, ON_CLAUSE, are_in_turn
from bot.messages.inbox import Rows, finish, is_waiting, load, open_body
from bot.messages.incoming import Incoming, Kind
from bot.messages.renderer import OTHER_LANGUAGE, Message
from bot.messages.transcript import append, count_shown, messages_since, render_messages, shown, to_deliver
from bot.moves.dialogue import Dialogue
from bot.moves.digressions import is_parting
from bot.moves.edits import MISSED
from bot.moves.languages import offered_language
from bot.moves.turn import Turn
from bot.registration import form
from bot.registration.answers import MessageRef
from bot.registration.ledger import Ledger
from bot.registration.registration import Registration
from bot.security.cipher import VaultError
from bot.security.vault import Purpose, Vault
from bot.storage import Conversation, InboxMessage, Mentor, Photo, Store, TranscriptMessage, after_commit
from bot.storage.models import new_id, utc_now

logger = logging.getLogger(__name__)

#: Attempts at a failing turn before the mentor is asked to try again.
MAXIMUM_ATTEMPTS = 3

_LOST_TURN = "error-lost-turn"
#: The problem of a photo that the store refuses at the moment.
NOT_KEPT = "note-photo-not-kept"
#: Sentences for a tap or an answer that came too late or too early.
_NOT_TAKEN = frozenset({"note-stale", "note-too-early", "note-too-soon", "note-said-since", "note-reply-elsewhere"})
#: The sentence for words that went to a person.
_PASSED_ON = frozenset({"person-passed-on"})
#: Sentences after two registrations were merged.
_JOINED = frozenset({"note-joined", "note-kept-here", "note-link-joined", "note-link-moved"})


class UnansweredError(StatedError):
    """Rasa's decision does not answer the mentor, or asks another question than the open one."""


class TurnRepository:
    """The database work of turns.

    Args:
        store: the database.
        vault: encrypts inbox bodies and the transcript.
        ledger: knows the replies to the consents.
        photos: where photos are kept.
        dialogue: applies the mentor's moves.
        agent: reads messages and decides moves.
        contact_email: where a mentor can write to a person.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        ledger: Ledger,
        photos: Photos,
        dialogue: Dialogue,
        agent: Agent,
        contact_email: str,
    ) -> None:
        self._store = store
        self._vault = vault
        self._preparation = Preparation(store, vault, ledger)
        self._own = OwnMessages(vault, ledger)
        self._photos = photos
        self._dialogue = dialogue
        self._agent = agent
        self._contact = contact_email
        self._rendered = partial(render_messages, vault=vault, contact_email=contact_email)
        #: Channels that can show all clauses on one card.
        self.with_cards: set[str] = set()
        #: Channels that ask the clauses in turn, until a mentor opens the page with the card.
        self.with_card_page: set[str] = set()

    def keep_photo(self, turn_id: str, message: Incoming, data: bytes | None) -> None:
        """Check a photo and write its id, or its problem, to the inbox body.

        Args:
            turn_id: its turn.
            message: what was sent.
            data: the picture's file; None if it could not be fetched.
        """
        checked = check_photo(data) if data is not None else NOT_RECEIVED
        photo, problem = None, checked.problem
        if checked.renditions:
            try:
                photo = self._photos.keep(checked.renditions)
            except BlobError as error:
                logger.error("a photo cannot be kept: %s", error)
                problem = NOT_KEPT
        message = replace(message, photo=photo.id if photo else "", problem=problem)
        is_kept = False
        try:
            with self._store.write() as session:
                rows = load(session, turn_id, lock=True)
                if rows.inbox.processed_at is None:  # else another process has processed it
                    self._write_photo(session, rows, message, photo)
            is_kept = rows.inbox.processed_at is None
        finally:
            if photo is not None and not is_kept:
                self._photos.drop_files([photo.id])

    def _write_photo(self, session: Session, rows: Rows, message: Incoming, photo: Photo | None) -> None:
        if photo is not None:
            photo.mentor_id = rows.conversation.mentor_id
            session.add(photo)
        body, owner = message.to_bytes(), rows.conversation.id
        rows.inbox.body = self._vault.seal(session, owner, Purpose.CONVERSATION, rows.inbox.id, body)

    def take(self, turn: Prepared, wanted: set[int], taking: Attempt) -> tuple[Ended, dict[int, ConversationUpdate]]:
        """Read a turn, and process it in one transaction.

        Args:
            turn: as it was prepared; if another question is open by now, nothing is done.
            wanted: the newest message ids that the turn's waiters have.
            taking: can cut the turn off.

        Returns:
            The result and, if the turn ended, the messages since each of `wanted`.

        Raises:
            ActionFailedError: an action raised.
            UnansweredError: Rasa's decision does not answer the mentor.
        """
        with taking.here(), about_turn(turn.turn_id), span("turn", turn_id=turn.turn_id):
            return self._take(turn, wanted, taking)

    def _take(self, turn: Prepared, wanted: set[int], taking: Attempt) -> tuple[Ended, dict[int, ConversationUpdate]]:
        began_at, metadata = utc_now(), turn.asked.to_metadata()
        with TURN_STEPS.labels("read").time(), span("read"):
            reading = self._agent.read(turn.text, metadata)
        with TURN_STEPS.labels("write").time(), span("write"), taking.transaction() as session:
            with span("lock"):
                rows = load(session, turn.turn_id, lock=True)
            is_open = rows.inbox.processed_at is None
            if is_open:
                message, current = open_body(session, self._vault, rows.inbox), Registration(session, rows.mentor)
                if self._preparation.prepare(turn.turn_id, rows.conversation, current, message) != turn:
                    return Ended.NOT_YET, {}
                superseded = self._decide(Turn(session, rows, message, current), reading, metadata)
                after_commit(session, partial(self._photos.drop_files, superseded))
            pending = rows.is_another_waiting
            news = {after: self._read(session, rows.conversation, after, pending=pending) for after in wanted}
        if is_open:
            count_answered(rows.inbox.received_at, began_at, utc_now())
        return Ended.MORE if pending else Ended.LAST, news

    def _decide(self, turn: Turn, reading: Reading, metadata: Mapping[str, Any]) -> list[str]:
        """Let Rasa decide, and write the replies; returns the photos whose files can be deleted."""
        with span("decide"), self._dialogue.taking(turn):
            asked_for = self._agent.decide(turn.rows.conversation.id, reading, metadata)
        turn.said += offered_language(turn)
        position = turn.registration.position
        is_asked = position.slot is None or asked_for[-1:] == [position.question]
        if not is_asked or not (turn.said or asked_for):
            raise UnansweredError(f"open is {position.question}, Rasa asked {asked_for}")
        with span("render"):
            return self._write_turn(turn)

    def give_up(self, turn_id: str) -> Ended:
        """After enough attempts, apologise, ask the open question from the database and end the turn.

        If the question cannot be rendered, the apology is sent without it.
        """
        with self._store.write() as session:
            row = load(session, turn_id, lock=True).inbox
            if row.processed_at is not None:
                return Ended.MORE
            row.attempts = attempts = row.attempts + 1
        if attempts < MAXIMUM_ATTEMPTS:
            return Ended.NOT_YET
        TURNS.labels("given_up").inc()
        reference = new_id()[:8]
        logger.error("turn %s failed %d times; reference %s", turn_id, attempts, reference)
        try:
            self._apologise(turn_id, reference)
        except SQLAlchemyError:
            raise  # the database fails, not the rendering
        except Exception as error:  # noqa: BLE001  (after any failure the mentor is told that something went wrong)
            logger.error("turn %s ends without its question: %s", turn_id, described(error))
            self._apologise_alone(turn_id, reference)
        return Ended.MORE

    def _apologise(self, turn_id: str, reference: str) -> None:
        with self._store.write() as session:
            rows = load(session, turn_id, lock=True)
            if rows.inbox.processed_at is not None:
                return
            message = self._body_or_nothing(session, rows.inbox)
            turn = Turn(session, rows, message, Registration(session, rows.mentor))
            turn.said.append(MessageRef(_LOST_TURN, (("reference", reference),)))
            after_commit(session, partial(self._photos.drop_files, self._write_turn(turn)))

    def _apologise_alone(self, turn_id: str, reference: str) -> None:
        """End a turn with one sentence; nothing else is rendered, and no question counts as shown."""
        with self._store.write() as session:
            rows = load(session, turn_id, lock=True)
            if rows.inbox.processed_at is not None:
                return
            conversation = rows.conversation
            text = catalogue(conversation.language).text(_LOST_TURN, contact=self._contact, reference=reference)
            said = {"kind": "say", "text": text, "language": text.language}
            append(session, conversation.id, turn_id, [said], self._own_or_nothing(session, rows))
            finish(session, rows, {})

    def _own_or_nothing(self, session: Session, rows: Rows) -> list[tuple[str, Message]]:
        """As `_own`; empty if the message cannot be shown."""
        try:
            message, current = self._body_or_nothing(session, rows.inbox), Registration(session, rows.mentor)
            return self._own.shown(session, message, rows.conversation, current, rows.inbox.id)
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001  (the apology is still sent)
            logger.error("turn %s is not shown: %s", rows.inbox.id, described(error))
            return []

    def _write_turn(self, turn: Turn) -> list[str]:
        """Write the transcript and destroy the inbox body; returns the photos whose files can be deleted."""
        session, rows, message, current = turn.session, turn.rows, turn.message, turn.registration
        conversation, turn_id, question = rows.conversation, rows.inbox.id, current.open_question
        own = self._own.shown(session, message, conversation, current, turn_id)
        names = {note.id for note in turn.said}
        if is_parting(names - {OTHER_LANGUAGE}):
            # It is asked again when the mentor is back; until then its buttons work, and an answer counts.
            question = None
        if turn.chosen and turn.is_on_card and are_in_turn(current) and not turn.said:
            question = None  # the card stays as it is, for the next clause
        notes = turn.said
        if rows.is_another_waiting:  # the reply to the last message of a burst asks the question
            question = None
            notes = [] if turn.misses or turn.is_small_talk or names <= _NOT_TAKEN | _PASSED_ON else notes
        has_page = conversation.channel in self.with_card_page
        shows_cards = conversation.channel in self.with_cards or (has_page and turn.is_on_card)
        rendered = partial(
            self._rendered, in_full=turn.looks_at_answers, shows_cards=shows_cards, has_card_page=has_page
        )
        said = rendered(session, conversation, current, notes, question, turn_id)
        stored = current.answers.get(form.PHOTO)
        superseded: list[str] = []
        if stored is None or message.photo or names & _JOINED or current.mentor.submitted_at is not None:
            superseded = self._photos.drop_others(session, current.mentor.id, keep=current.photos)
        marks: Message = ({"refused": True} if names & _NOT_TAKEN else {}) | ({MISSED: True} if turn.misses else {})
        if turn.chosen and turn.clause is not None:
            marks |= {ON_CLAUSE: turn.clause.id, CHOSEN: turn.chosen}
        append(session, conversation.id, turn_id, said, [(part, line | marks) for part, line in own])
        misses = {} if turn.misses is None else {"misses": turn.misses}
        finish(session, rows, shown(question) | misses)
        count_shown(session, conversation, current.mentor, current.open_question if turn.chosen else question)
        return superseded

    def _body_or_nothing(self, session: Session, row: InboxMessage) -> Incoming:
        try:
            return open_body(session, self._vault, row)
        except VaultError as error:
            logger.error("turn %s cannot be read: %s", row.id, error)
            return Incoming(Kind.UNSUPPORTED)

    def say(self, conversation_id: str, turn_id: str | None, note: MessageRef) -> None:
        """Say something outside a turn, or before its reply."""
        with self._store.write() as session:
            self._append(session, session.get_one(Conversation, conversation_id), turn_id, note)

    def _append(self, session: Session, conversation: Conversation, turn_id: str | None, note: MessageRef) -> None:
        current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
        said = self._rendered(session, conversation, current, [note], None)
        append(session, conversation.id, turn_id, said)

    def follow(self, conversation_id: str, token: str) -> None:
        """Ask, in this conversation, whether the registration of a link is the mentor's; or say why it cannot be."""
        with self._store.write() as session:
            conversation = session.get_one(Conversation, conversation_id, with_for_update=True)
            note = follow(session, conversation, token)
            if note is not None:
                self._append(session, conversation, None, note)

    def news(self, conversation_id: str, after: int) -> ConversationUpdate:
        """The messages of a conversation after the one with id ``after``."""
        with self._store.read() as session:
            conversation = session.get_one(Conversation, conversation_id)
            # Read first, so that a turn that ends in between is in the messages.
            pending = is_waiting(session, conversation_id)
            return self._read(session, conversation, after, pending=pending)

    def _read(self, session: Session, conversation: Conversation, after: int, *, pending: bool) -> ConversationUpdate:
        messages = messages_since(session, self._vault, conversation, after)
        return ConversationUpdate(messages, conversation.language, pending)

    def is_finished(self, turn_id: str) -> bool:
        """Whether a turn has ended or was erased."""
        with self._store.read() as session:
            row = session.scalars(select(InboxMessage).where(InboxMessage.id == turn_id)).one_or_none()
            return row is None or row.processed_at is not None  # None: erased meanwhile

    def unfinished(self, pushing: Iterable[str]) -> list[str]:
        """The conversations with an unfinished turn or an undelivered message.

        Args:
            pushing: names of the channels that deliver messages themselves.
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
        """Delete files of uploads and photos without a row, left by a kill between file and row."""
        clear_leftovers(self._store, self._vault, self._photos)
