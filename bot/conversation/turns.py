"""Accepting messages and turning each into replies, in order, once, whatever dies on the way.

A message is written to the inbox before it is acknowledged. Turns of one conversation run one after another,
those of others in parallel. A turn ends in one transaction that writes the replies to the transcript and destroys
the inbox body; until then a restart takes it up again, under the same turn id, which the actions take only once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import ColumnElement, Select, Text, and_, cast, or_, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot import form
from bot.answers import Note
from bot.catalogue import catalogue, languages
from bot.conversation.dialogue import date_candidates, date_of_birth, open_body
from bot.conversation.engine import EngineClient, EngineUnavailableError
from bot.conversation.incoming import Incoming, Kind, Tap, storable
from bot.conversation.messages import DATE_PLACEHOLDERS, Message, Renderer, fill_placeholders
from bot.failures import described
from bot.form import ItemId
from bot.funnel import Funnel
from bot.joining import follow
from bot.ledger import Ledger
from bot.my_data import my_data
from bot.photos import PhotoFolder, check_photo
from bot.receipt import Receipt, receipt
from bot.registration import EMAIL_CODE, REVIEW, START, Registration
from bot.store import Answer, Conversation, InboxMessage, Mentor, Photo, Store, TranscriptMessage
from bot.store.models import new_id, utc_now
from bot.vault import Purpose, Vault, VaultError
from understanding.births import without_birth_date
from understanding.commands import read_command
from understanding.dates import Problem, looks_like_date, masked, may_hold_date, read_date_of_birth
from understanding.reader import TEXT_KINDS, Asked
from understanding.text import MASK, has_word, is_question, plain

logger = logging.getLogger(__name__)

#: The engine's tracker is started afresh after this many turns, so that a long conversation stays quick.
TURNS_A_SESSION = 30
#: Characters of a text that the engine gets to see; the actions take the whole text from the inbox.
ENGINE_TEXT_LENGTH = 1_000
#: So few words beside a hidden date make no question or command of it.
_FEW_WORDS = 3
#: Numbers that are in many phrases of another meaning: "one moment".
_COUNTING = re.compile(r"\b(?:one|two|first|second)\b", re.IGNORECASE)
#: A code as our e-mails write it, which has the digits of a short date.
_CODE = re.compile(r"\s*\d{3} ?\d{3}\s*")
#: Attempts at a turn that the engine takes but answers wrongly, before the mentor is asked to try again.
MAXIMUM_ATTEMPTS = 3
#: Who opens the chat after so long is welcomed back.
RETURNS_AFTER = timedelta(hours=1)
#: Messages of one turn, at most.
MESSAGES_A_TURN = 6
#: How many of the bot's messages back the newest question is looked for.
LOOK_BACK = 30
#: Where a message's body has the number that the channel gave it.
SENT_AS = "sent_as"
#: Seconds between attempts while the engine is down, at first and at most.
RETRY_SECONDS = (0.5, 5.0)
#: The same at most while something else of ours fails.
LONGEST_RETRY_SECONDS = 30.0
#: Put before a typed slash: it shows nothing, and Rasa no longer takes the text for a command.
WORD_JOINER = "\u2060"

FetchUpload = Callable[[Incoming], Awaitable[bytes | None]]
Deliver = Callable[[str], Awaitable[None]]

#: A yes takes the consent back there, so the words of the consent itself tell nothing of what a reply means.
WITHDRAWAL = Asked("withdraw", "yes_no")

_funnel = Funnel()
_BAD_LINK = Note("note-link-used")
_LET_GO = Note("note-link-joined")
#: What is said to a tap or an answer that came too late, or too early.
_NOT_TAKEN = frozenset({"note-stale", "note-too-early"})
#: What is said when two registrations became one.
_JOINED = frozenset({"note-joined", "note-kept-here"})


@dataclass(frozen=True)
class Channel:
    """What the turns need of a channel.

    Attributes:
        name: as stored with its conversations.
        fetch_upload: gives the bytes of the photo of a message, or None if they cannot be had.
        deliver: hands the transcript's new messages of a conversation over; None where the mentor fetches them.
    """

    name: str
    fetch_upload: FetchUpload
    deliver: Deliver | None = None


@dataclass(frozen=True)
class _Prepared:
    """A turn, ready for the engine."""

    turn_id: str
    conversation_id: str
    text: str
    metadata: dict[str, Any]
    fresh_session: bool


class Conversations:
    """All conversations of this service.

    Args:
        store: the database.
        vault: encrypts inbox bodies.
        ledger: tells what was said to the consents.
        photos: where photos are kept.
        engine: the dialogue engine.
        contact_email: where a mentor can write to a person.
        site_url: where the site is.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        ledger: Ledger,
        photos: PhotoFolder,
        engine: EngineClient,
        contact_email: str,
        site_url: str,
    ) -> None:
        self._store = store
        self._vault = vault
        self._ledger = ledger
        self._site = site_url
        self._photos = photos
        self._engine = engine
        self._contact = contact_email
        self._channels: dict[str, Channel] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._answered: dict[str, set[asyncio.Event]] = {}
        self._watching: dict[str, set[asyncio.Event]] = {}
        # One at a time: a large picture takes much memory and a core for seconds.
        self._rendering = asyncio.Semaphore(1)

    def register(self, channel: Channel) -> None:
        """Make a channel known; before `resume`."""
        self._channels[channel.name] = channel

    async def open(self, channel: str, external_id: str, language: str = "en") -> str:
        """The id of the conversation on ``channel`` with ``external_id``, opened at first use."""
        return await asyncio.to_thread(open_conversation, self._store, channel, external_id, language)

    async def accept(self, conversation_id: str, message: Incoming, external_id: str, number: int | None = None) -> str:
        """Write a message to the inbox and start its turn. Once this returns, the message is not lost.

        Args:
            conversation_id: whose message it is.
            message: what was sent.
            external_id: the channel's own id of the message; the same id again is the same message.
            number: its place among the messages of both sides, where the channel numbers them.

        Returns:
            The turn id.
        """
        turn_id = await asyncio.to_thread(
            accept, self._store, self._vault, conversation_id, message, external_id, self._pushing, number
        )
        self._wake(conversation_id)
        return turn_id

    @property
    def _pushing(self) -> list[str]:
        """Channels that hand messages over."""
        return [name for name, channel in self._channels.items() if channel.deliver]

    async def opening(self, conversation_id: str) -> str:
        """The external id of the message that the mentor opened the chat: a new one if they were away for a while."""
        return await asyncio.to_thread(self._opening, conversation_id)

    def _opening(self, conversation_id: str) -> str:
        with self._store.read() as session:
            conversation = session.get_one(Conversation, conversation_id)
            away = utc_now() - conversation.last_seen_at
            if conversation.last_turn_id is None or away < RETURNS_AFTER:
                return "open"
            return f"open-{conversation.last_seen_at.timestamp():.0f}"

    async def answered(self, turn_id: str, seconds: float) -> bool:
        """Wait up to ``seconds`` until a turn ends, or the mentor is told that it takes longer; whether that was so."""
        event = asyncio.Event()
        self._answered.setdefault(turn_id, set()).add(event)
        try:
            if await asyncio.to_thread(self._is_processed, turn_id):
                return True
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return False
        else:
            return True
        finally:
            waiting = self._answered[turn_id]
            waiting.discard(event)
            if not waiting:
                del self._answered[turn_id]

    @property
    def is_stopping(self) -> bool:
        """Whether the service is being stopped."""
        return self._stopping

    @contextmanager
    def watched(self, conversation_id: str) -> Iterator[asyncio.Event]:
        """Gives an event that is set when something may have changed in a conversation, and at the service's stop."""
        event = asyncio.Event()
        self._watching.setdefault(conversation_id, set()).add(event)
        try:
            yield event
        finally:
            watching = self._watching[conversation_id]
            watching.discard(event)
            if not watching:
                del self._watching[conversation_id]

    def _changed(self, conversation_id: str) -> None:
        for event in self._watching.get(conversation_id, ()):
            event.set()

    async def transcript(self, conversation_id: str, after: int = 0) -> list[Message]:
        """The messages of a conversation after the one with id ``after``, as shown to the mentor."""
        return await asyncio.to_thread(self._read_transcript, conversation_id, after)

    def receipt(self, conversation_id: str) -> Receipt:
        """The consent receipt of the mentor of a conversation."""
        with self._store.read() as session:
            mentor = session.get_one(Mentor, session.get_one(Conversation, conversation_id).mentor_id)
            return receipt(session, self._ledger, mentor, self._contact, self._site)

    def my_data(self, conversation_id: str) -> dict[str, Any]:
        """Everything that is kept about the mentor of a conversation."""
        with self._store.read() as session:
            mentor = session.get_one(Mentor, session.get_one(Conversation, conversation_id).mentor_id)
            return my_data(session, self._ledger, self._photos, mentor)

    async def follow(self, conversation_id: str, token: str) -> None:
        """Go on, in this conversation, with the registration that a link is for; say so if it is for none."""
        await asyncio.to_thread(self._follow, conversation_id, token)

    def _follow(self, conversation_id: str, token: str) -> None:
        with self._store.write() as session:
            conversation = session.get_one(Conversation, conversation_id, with_for_update=True)
            before = conversation.mentor_id
            had_begun = session.get_one(Mentor, before).started_at is not None
            is_good = follow(session, conversation, token)
            if is_good and (conversation.mentor_id == before or not had_begun):
                return
            note = _LET_GO if is_good else _BAD_LINK
            current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
            for each in _render(session, self._vault, self._contact, conversation, current, [note], ask=False):
                _append(session, conversation_id, None, "bot", each)

    async def tell(self, conversation_id: str, note: Note) -> None:
        """Say something to a mentor that is no reply to a turn."""
        await asyncio.to_thread(self._say, conversation_id, None, note)
        self._wake(conversation_id)

    async def speak(self, conversation_id: str, language: str, external_id: str) -> str:
        """Write in another language from here on, beginning with the open question; gives the turn's id.

        Args:
            conversation_id: to whom.
            language: a code of `bot.catalogue.languages`.
            external_id: as for `accept`.
        """
        tap = Tap("repeat").payload()
        message = Incoming(Kind.BUTTON, text=languages()[language], payload=tap, language=language)
        return await self.accept(conversation_id, message, external_id)

    async def language(self, conversation_id: str) -> str:
        """The code of the language that the bot writes in a conversation."""
        return await asyncio.to_thread(self._language, conversation_id)

    def _language(self, conversation_id: str) -> str:
        with self._store.read() as session:
            return session.get_one(Conversation, conversation_id).language

    async def note_time_zone(self, conversation_id: str, name: str) -> None:
        """Note the time zone of the mentor's device, so that they are not written to at night."""
        if name in available_timezones():
            await asyncio.to_thread(self._note_time_zone, conversation_id, name)

    def _note_time_zone(self, conversation_id: str, name: str) -> None:
        with self._store.read() as session:
            mentor_id = session.get_one(Conversation, conversation_id).mentor_id
            known = session.get_one(Mentor, mentor_id).time_zone
        if known != name:
            with self._store.write() as session:
                session.get_one(Mentor, mentor_id).time_zone = name

    def announce(self, message_id: str) -> None:
        """Deliver a message that was written outside a turn; may be called from any thread.

        Args:
            message_id: its id in the transcript, in decimal digits.
        """
        with self._store.read() as session:
            row = session.get(TranscriptMessage, int(message_id))
        if row is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake, row.conversation_id)

    async def note_reach(self, channel: str, external_id: str, *, is_blocked: bool) -> None:
        """Note that a mentor can, or cannot, be written to on ``channel``; nothing if they never wrote themselves."""
        blocked_at = utc_now() if is_blocked else None
        conversation_id = await asyncio.to_thread(self._note_reach, channel, external_id, blocked_at)
        if conversation_id is not None and not is_blocked:
            self._wake(conversation_id)  # what could not be said meanwhile is said now

    def _note_reach(self, channel: str, external_id: str, blocked_at: datetime | None) -> str | None:
        known = select(Conversation).where(Conversation.channel == channel, Conversation.external_id == external_id)
        with self._store.write() as session:
            conversation = session.scalars(known).one_or_none()
            if conversation is None:
                return None
            conversation.blocked_at = blocked_at
            return conversation.id

    def note_blocked(self, conversation_id: str) -> None:
        """Note that nothing can be sent to this conversation any more."""
        with self._store.write() as session:
            session.get_one(Conversation, conversation_id).blocked_at = utc_now()

    async def is_pending(self, conversation_id: str) -> bool:
        """Whether a message of this conversation still waits to be dealt with."""
        return await asyncio.to_thread(self._next_turn, conversation_id) is not None

    async def resume(self) -> None:
        """Take up the turns that were not finished when the service stopped, and what was not delivered."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._clear_leftovers)
        for conversation_id in await asyncio.to_thread(self._unfinished):
            self._wake(conversation_id)

    async def stop(self) -> None:
        """Stop working; what is not finished waits in the inbox."""
        self._stopping = True
        for conversation_id in self._watching:
            self._changed(conversation_id)
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def _wake(self, conversation_id: str) -> None:
        """Have the conversation's turns run, by one worker at a time."""
        self._changed(conversation_id)
        if conversation_id in self._workers:
            self._again.add(conversation_id)  # it may just have found nothing more to do
            return
        worker = asyncio.create_task(self._work(conversation_id))
        self._workers[conversation_id] = worker
        worker.add_done_callback(lambda _done: self._ended(conversation_id))

    def _ended(self, conversation_id: str) -> None:
        del self._workers[conversation_id]
        if conversation_id in self._again and not self._stopping:
            self._again.discard(conversation_id)
            self._wake(conversation_id)

    async def _work(self, conversation_id: str) -> None:
        """Run the conversation's turns until none is left."""
        wait = RETRY_SECONDS[0]
        while True:
            turn_id = None
            try:
                turn_id = await asyncio.to_thread(self._next_turn, conversation_id)
                if turn_id is None:
                    await self._deliver(conversation_id)
                    return
                await self._run(conversation_id, turn_id)
                wait = RETRY_SECONDS[0]
            except Exception as error:  # noqa: BLE001  (one bad turn must not silence a conversation)
                logger.error("conversation %s: %s", conversation_id, described(error))
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_RETRY_SECONDS)
                if turn_id is not None:
                    await self._abandon(turn_id)

    async def _abandon(self, turn_id: str) -> None:
        """Count a failure of ours against a turn and, after enough, end it with an apology."""
        try:
            if await asyncio.to_thread(self._give_up, turn_id):
                self._signal(turn_id)
        except SQLAlchemyError as error:
            # The database itself fails: then nothing is held against the turn, and its message is kept.
            logger.error("turn %s waits for the database: %s", turn_id, described(error))

    async def _run(self, conversation_id: str, turn_id: str) -> None:
        """One turn, until it is finished."""
        await self._store_photo(conversation_id, turn_id)
        wait, told = RETRY_SECONDS[0], False
        while True:
            try:
                done = await self._attempt(turn_id)
            except EngineUnavailableError as error:
                logger.warning("the engine does not answer (%s); turn %s waits", error, turn_id)
                if not told:
                    told = True
                    await asyncio.to_thread(self._say, conversation_id, turn_id, Note("error-waiting"))
                    self._signal(turn_id)
                    await self._deliver(conversation_id)
                await asyncio.sleep(wait)
                wait = min(wait * 2, RETRY_SECONDS[1])
                continue
            if done:
                break
        self._signal(turn_id)
        await self._deliver(conversation_id)

    def _signal(self, turn_id: str) -> None:
        """Tell who waits for the turn that there is something to read."""
        for event in self._answered.get(turn_id, ()):
            event.set()

    async def _attempt(self, turn_id: str) -> bool:
        """Let the engine take the turn; whether it is finished."""
        prepared = await asyncio.to_thread(self._prepare, turn_id)
        if prepared.fresh_session:
            await self._start_session(prepared)
            await asyncio.to_thread(self._count_from_anew, prepared.conversation_id)
        replies = await self._engine.send(prepared.conversation_id, prepared.text, prepared.metadata)
        if await asyncio.to_thread(self._finish, turn_id, replies):
            return True
        # Rasa answers 200 and nothing of use to a lost session or a failed action: start its tracker afresh from
        # the database and give it the same turn again, which takes effect only if it did not before.
        await self._start_session(prepared)
        replies = await self._engine.send(prepared.conversation_id, prepared.text, prepared.metadata)
        if await asyncio.to_thread(self._finish, turn_id, replies):
            return True
        return await asyncio.to_thread(self._give_up, turn_id)

    async def _start_session(self, prepared: _Prepared) -> None:
        await self._engine.send(prepared.conversation_id, "/session_start", {"turn": prepared.turn_id})

    async def _deliver(self, conversation_id: str) -> None:
        self._changed(conversation_id)
        channel = await asyncio.to_thread(self._channel_of, conversation_id)
        if channel and channel.deliver:
            await channel.deliver(conversation_id)

    def _channel_of(self, conversation_id: str) -> Channel | None:
        with self._store.read() as session:
            conversation = session.get(Conversation, conversation_id)
            return self._channels.get(conversation.channel) if conversation else None  # erased meanwhile

    def _is_processed(self, turn_id: str) -> bool:
        with self._store.read() as session:
            row = session.scalars(select(InboxMessage).where(InboxMessage.id == turn_id)).one_or_none()
            return row is None or row.processed_at is not None  # None: erased meanwhile

    def _unfinished(self) -> list[str]:
        with self._store.read() as session:
            waiting = session.scalars(
                select(InboxMessage.conversation_id).where(InboxMessage.processed_at.is_(None)).distinct()
            ).all()
            undelivered = session.scalars(
                select(TranscriptMessage.conversation_id)
                .join(Conversation, Conversation.id == TranscriptMessage.conversation_id)
                .where(Conversation.channel.in_(self._pushing), to_deliver())
                .distinct()
            ).all()
            return list(dict.fromkeys([*waiting, *undelivered]))

    def _next_turn(self, conversation_id: str) -> str | None:
        with self._store.read() as session:
            return session.scalars(
                select(InboxMessage.id)
                .where(InboxMessage.conversation_id == conversation_id, InboxMessage.processed_at.is_(None))
                .order_by(InboxMessage.sequence)
                .limit(1)
            ).one_or_none()

    async def _store_photo(self, conversation_id: str, turn_id: str) -> None:
        """Check the photo of this turn, if it has one that is wanted, and put its id in the inbox body."""
        message, wanted = await asyncio.to_thread(self._photo_of, turn_id)
        if message.kind is not Kind.PHOTO or message.photo or message.problem:
            self._photos.drop_upload(message.upload)  # left behind if the service stopped right after the check
            return
        checked = message
        if message.upload and wanted:
            channel = await asyncio.to_thread(self._channel_of, conversation_id)
            data = await channel.fetch_upload(message) if channel else None
            async with self._rendering:
                checked = await asyncio.to_thread(self._checked_photo, conversation_id, message, data)
        await asyncio.to_thread(self._rewrite, turn_id, checked)
        self._photos.drop_upload(message.upload)

    def _photo_of(self, turn_id: str) -> tuple[Incoming, bool]:
        with self._store.read() as session:
            row, _conversation, current = _load(session, turn_id)
            return open_body(session, self._vault, row), current.open_question == form.PHOTO

    def _checked_photo(self, conversation_id: str, message: Incoming, data: bytes | None) -> Incoming:
        if data is None:
            return replace(message, problem="note-photo-not-received")
        checked = check_photo(data)
        if checked.renditions is None:
            return replace(message, problem=checked.problem)
        with self._store.write() as session:
            mentor_id = session.get_one(Conversation, conversation_id).mentor_id
            return replace(message, photo=self._photos.add(session, mentor_id, checked.renditions))

    def _rewrite(self, turn_id: str, message: Incoming) -> None:
        with self._store.write() as session:
            row = session.scalars(select(InboxMessage).where(InboxMessage.id == turn_id)).one()
            row.body = self._vault.seal(session, row.conversation_id, Purpose.CONVERSATION, row.id, message.to_bytes())

    def _prepare(self, turn_id: str) -> _Prepared:
        with self._store.write() as session:
            row, conversation, current = _load(session, turn_id)
            message = open_body(session, self._vault, row)
            # With its turn, not before: what was answered until then was shown in the language before.
            conversation.language = message.language or conversation.language
            fresh = conversation.engine_turns >= TURNS_A_SESSION
            question = current.open_question
            reader_asked = WITHDRAWAL if current.withdrawing else asked(question)
            asked_now = replace(reader_asked, language=conversation.language)
            metadata = {"turn": turn_id, **asked_now.to_metadata()}
            if message.kind is Kind.EDIT:
                target = edited_item(session, self._ledger, conversation, message.edits)
                text = _command_text("change_answer", target)
                return _Prepared(turn_id, conversation.id, text, metadata, fresh)
            hidden = hides_date(message, question, conversation.delivered_question)
            text = engine_text(message, hidden=hidden, born=self._born(session, current))
            return _Prepared(turn_id, conversation.id, text, metadata, fresh)

    def _count_from_anew(self, conversation_id: str) -> None:
        with self._store.write() as session:
            session.get_one(Conversation, conversation_id).engine_turns = 0

    def _finish(self, turn_id: str, replies: list[dict[str, Any]]) -> bool:
        """End the turn if the replies are whole: something was said, and the open question came back."""
        with self._store.write() as session:
            row, conversation, current = _load(session, turn_id)
            asked = [reply["ask"] for reply in replies if "ask" in reply]
            question = current.open_question
            if not replies or (question is not None and (not asked or asked[-1] != question)):
                return False
            notes = [Note(reply["say"], tuple(reply.get("args", {}).items())) for reply in replies if "say" in reply]
            superseded = self._write_turn(session, row, conversation, current, notes)
        self._photos.drop_files(superseded)
        return True

    def _give_up(self, turn_id: str) -> bool:
        """After enough attempts, apologise, ask the open question from the database and end the turn."""
        with self._store.write() as session:
            row, conversation, current = _load(session, turn_id)
            if row.processed_at is not None:
                return True
            row.attempts += 1
            if row.attempts < MAXIMUM_ATTEMPTS:
                return False
            reference = new_id()[:8]
            logger.error("turn %s failed %d times; reference %s", turn_id, row.attempts, reference)
            note = Note("error-lost-turn", (("reference", reference),))
            superseded = self._write_turn(session, row, conversation, current, [note])
        self._photos.drop_files(superseded)
        return True

    def _write_turn(
        self,
        session: Session,
        row: InboxMessage,
        conversation: Conversation,
        current: Registration,
        notes: list[Note],
    ) -> list[str]:
        """Write what was said to the transcript and destroy the inbox body; gives the photos whose files can go."""
        message = self._body_or_nothing(session, row)
        born = self._born(session, current)
        question = current.open_question
        if message.kind is Kind.EDIT:
            question = edited_item(session, self._ledger, conversation, message.edits)
        shown = self._shown(message, conversation, question, born)
        if shown is not None:
            refused = {"refused": True} if any(note.id in _NOT_TAKEN for note in notes) else {}
            _append(session, conversation.id, row.id, "mentor", shown | refused)
        for each in _render(
            session, self._vault, self._contact, conversation, current, notes, ask=True, turn_id=row.id
        ):
            _append(session, conversation.id, row.id, "bot", each)
        row.body = None
        row.processed_at = utc_now()
        conversation.engine_turns += 1
        conversation.last_notes = []
        conversation.last_seen_at = utc_now()
        stored = current.answers.get(form.PHOTO)
        if stored is not None and not message.photo and not any(note.id in _JOINED for note in notes):
            return []
        return self._photos.drop_others(session, current.mentor.id, keep=stored.value if stored else "")

    def _body_or_nothing(self, session: Session, row: InboxMessage) -> Incoming:
        try:
            return open_body(session, self._vault, row)
        except VaultError as error:
            logger.error("turn %s cannot be read: %s", row.id, error)
            return Incoming(Kind.UNSUPPORTED)

    def _clear_leftovers(self) -> None:
        """Delete the files of uploads and photos that no row knows: a kill came between the one and the other."""
        with self._store.read() as session:
            waiting = session.scalars(select(InboxMessage).where(InboxMessage.processed_at.is_(None))).all()
            uploads = {self._body_or_nothing(session, row).upload for row in waiting}
            photos = set(session.scalars(select(Photo.id)).all())
        self._photos.clear_leftovers(uploads, photos)

    def _born(self, session: Session, current: Registration) -> date | None:
        try:
            return date_of_birth(session, self._vault, current.mentor.id)
        except VaultError:
            return None

    def _shown(
        self, message: Incoming, conversation: Conversation, question: ItemId | None, born: date | None
    ) -> Message | None:
        """How the mentor's own message appears in the transcript; a date of birth never does."""
        sentences = catalogue(conversation.language)
        if message.kind is Kind.OPEN:
            return None
        if hides_date(message, question, conversation.delivered_question):
            return {"kind": "say", "text": sentences.text("mentor-date"), "hidden": True}
        if message.kind is Kind.BUTTON and not message.payload:
            return None  # no button of ours
        if message.kind in (Kind.PHOTO, Kind.UNSUPPORTED):
            return {"kind": "say", "text": sentences.text("mentor-photo" if message.photo else "mentor-file")}
        return {"kind": "say", "text": without_birth_date(message.text, born)}

    def _say(self, conversation_id: str, turn_id: str | None, note: Note) -> None:
        with self._store.write() as session:
            conversation = session.get_one(Conversation, conversation_id)
            current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
            said = _last_said(session, conversation_id)
            for each in Renderer(catalogue(conversation.language), current, self._contact, said=said).note(note):
                _append(session, conversation_id, turn_id, "bot", each)

    def _read_transcript(self, conversation_id: str, after: int) -> list[Message]:
        with self._store.read() as session:
            conversation = session.get_one(Conversation, conversation_id)
            rows = session.scalars(
                select(TranscriptMessage)
                .where(TranscriptMessage.conversation_id == conversation_id, TranscriptMessage.id > after)
                .order_by(TranscriptMessage.id)
            ).all()
            return [shown_message(session, self._vault, conversation, row) for row in rows]


def open_conversation(store: Store, channel: str, external_id: str, language: str = "en") -> str:
    """The id of the conversation on ``channel`` with ``external_id``, opened with a new mentor at first use."""
    wanted = select(Conversation.id).where(Conversation.channel == channel, Conversation.external_id == external_id)
    with store.read() as session:
        found = session.scalars(wanted).one_or_none()
    if found is not None:
        return found
    try:
        with store.write() as session:
            mentor = Mentor()
            session.add(mentor)
            session.flush()
            conversation = Conversation(
                mentor_id=mentor.id, channel=channel, external_id=external_id, language=language
            )
            session.add(conversation)
            session.flush()
            return conversation.id
    except IntegrityError:  # another request opened it meanwhile
        with store.read() as session:
            return session.scalars(wanted).one()


def accept(
    store: Store,
    vault: Vault,
    conversation_id: str,
    message: Incoming,
    external_id: str,
    pushing: Collection[str] = (),
    number: int | None = None,
) -> str:
    """Write a message to the inbox, encrypted, once; gives its turn id.

    Args:
        store: the database.
        vault: encrypts the message.
        conversation_id: whose message it is.
        message: what was sent.
        external_id: the channel's own id of the message.
        pushing: channels that hand messages over; what they did not yet, a mentor has not seen.
        number: its place among the messages of both sides, where the channel numbers them.
    """
    try:
        return _accept(store, vault, conversation_id, message, external_id, pushing, number)
    except IntegrityError:  # the same message came twice at once
        with store.read() as session:
            return session.scalars(_accepted(conversation_id, external_id)).one()


def _accepted(conversation_id: str, external_id: str) -> Select[str]:
    return select(InboxMessage.id).where(
        InboxMessage.conversation_id == conversation_id, InboxMessage.external_id == external_id
    )


def _accept(
    store: Store,
    vault: Vault,
    conversation_id: str,
    message: Incoming,
    external_id: str,
    pushing: Collection[str],
    number: int | None,
) -> str:
    with store.write() as session:
        found = session.scalars(_accepted(conversation_id, external_id)).one_or_none()
        if found is not None:
            return found
        conversation = session.get_one(Conversation, conversation_id)
        conversation.blocked_at = None
        is_shown = conversation.channel not in pushing or _is_question_before(session, conversation_id, number)
        shown = (conversation.delivered_question or "") if is_shown else ""
        message = replace(message, text=storable(message.text), shown=shown)
        if message.kind is Kind.BUTTON and not message.language:
            message = _with_label(session, conversation_id, message)
        turn_id = new_id()
        body = vault.seal(session, conversation_id, Purpose.CONVERSATION, turn_id, message.to_bytes())
        session.add(InboxMessage(id=turn_id, conversation_id=conversation_id, external_id=external_id, body=body))
        return turn_id


def _is_question_before(session: Session, conversation_id: str, number: int | None) -> bool:
    """Whether the newest question was handed over, and before the message with this number was sent."""
    rows = session.scalars(
        select(TranscriptMessage)
        .where(TranscriptMessage.conversation_id == conversation_id, TranscriptMessage.sender == "bot")
        .order_by(TranscriptMessage.id.desc())
        .limit(LOOK_BACK)
    )
    question = next((row for row in rows if "question" in row.body), None)
    if question is None:
        return True
    return question.delivered_at is not None and (number is None or number > question.body.get(SENT_AS, 0))


def render(
    store: Store, vault: Vault, contact_email: str, conversation_id: str, notes: Iterable[Note], *, ask: bool
) -> list[Message]:
    """Messages for a surface that has no transcript; an open question that is asked counts as shown."""
    with store.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
        messages = _render(session, vault, contact_email, conversation, current, notes, ask=ask)
        sentences = catalogue(conversation.language)
        return [fill_placeholders(session, vault, sentences, current.mentor.id, each) for each in messages]


def finish_without_transcript(store: Store, turn_id: str) -> None:
    """End a turn whose replies are shown elsewhere: destroy its inbox body."""
    with store.write() as session:
        row = session.scalars(select(InboxMessage).where(InboxMessage.id == turn_id)).one()
        row.body = None
        row.processed_at = utc_now()


def _render(
    session: Session,
    vault: Vault,
    contact_email: str,
    conversation: Conversation,
    current: Registration,
    notes: Iterable[Note],
    *,
    ask: bool,
    turn_id: str = "",
) -> list[Message]:
    """The messages of one turn; the open question, if it is among them, is recorded as shown."""
    dates = len(date_candidates(session, vault, current.mentor.id))
    said = _last_said(session, conversation.id, turn_id)
    renderer = Renderer(catalogue(conversation.language), current, contact_email, dates, said)
    messages = [each for note in notes for each in renderer.note(note)]
    question = current.open_question
    if ask and question is not None:
        messages.append(renderer.question(question))
        conversation.delivered_question = question
        _funnel.shown(session, current.mentor, conversation.channel, question)
        conversation.delivered_version = form.BY_ID[question].version if question in form.BY_ID else None
        conversation.delivered_at = utc_now()
    return messages


def _last_said(session: Session, conversation_id: str, but_in: str = "") -> list[str]:
    """Texts of the bot's messages in the last turn that had any, other than the turn ``but_in``."""
    rows = session.scalars(
        select(TranscriptMessage)
        .where(
            TranscriptMessage.conversation_id == conversation_id,
            TranscriptMessage.sender == "bot",
            TranscriptMessage.turn_id != but_in,
        )
        .order_by(TranscriptMessage.id.desc())
        .limit(MESSAGES_A_TURN)
    ).all()
    return [row.body["text"] for row in rows if row.turn_id == rows[0].turn_id]


def to_deliver() -> ColumnElement[bool]:
    """Which rows of the transcript a pushing channel was not told yet.

    They are what the bot says, and the mentor's own messages that hold a date of birth and must not stay in the chat.
    """
    secret = TranscriptMessage.body["hidden"].as_boolean().is_(True)
    return and_(TranscriptMessage.delivered_at.is_(None), or_(TranscriptMessage.sender == "bot", secret))


def edited_item(session: Session, ledger: Ledger, conversation: Conversation, name: str) -> ItemId | None:
    """The item that a message answered, if its answer is still in force.

    Args:
        session: an open transaction.
        ledger: knows which message each consent came with.
        conversation: where the message was sent.
        name: the message's name in its channel.
    """
    turn_id = session.scalars(_accepted(conversation.id, name)).one_or_none()
    if turn_id is None:
        return None
    answered = select(Answer.item_id).where(Answer.mentor_id == conversation.mentor_id, Answer.turn_id == turn_id)
    item_id = session.scalars(answered).first()
    if item_id is not None:
        return ItemId(item_id)
    current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
    for consent in current.consents.values():
        contents = ledger.contents(session, consent)
        if contents is not None and contents.turn_id == turn_id:
            return ItemId(consent.item_id)
    return None


def shown_message(session: Session, vault: Vault, conversation: Conversation, row: TranscriptMessage) -> Message:
    """A transcript row as a channel shows it."""
    sentences = catalogue(conversation.language)
    body = fill_placeholders(session, vault, sentences, conversation.mentor_id, row.body)
    if body["kind"] == "photo" and session.get(Photo, body["photo"]) is None:
        body = {"kind": "say", "text": sentences.text("photo-replaced")}
    return {**body, "id": row.id, "from": row.sender, "at": row.created_at.isoformat()}


def _with_label(session: Session, conversation_id: str, message: Incoming) -> Incoming:
    """The tap with its button's label if the bot offered it to this conversation, else without payload."""
    offered = session.scalars(
        select(TranscriptMessage)
        .where(
            TranscriptMessage.conversation_id == conversation_id,
            TranscriptMessage.sender == "bot",
            cast(TranscriptMessage.body, Text).contains(message.payload, autoescape=True),
        )
        .order_by(TranscriptMessage.id.desc())
    ).all()
    tap = Tap.parse(message.payload)
    if tap and tap == Tap("change_answer", tap.question) and tap.question in form.BY_ID:
        language = session.get_one(Conversation, conversation_id).language
        return replace(
            message, text=catalogue(language).text("button-change")
        )  # a channel's own button, on what was chosen
    for row in offered:
        rows = [each for section in row.body.get("sections", []) for each in section["rows"]]
        for button in [*row.body.get("buttons", []), *(each["change"] for each in rows if "change" in each)]:
            if button["payload"] == message.payload:
                hidden = button["label"] in DATE_PLACEHOLDERS
                return replace(message, text="" if hidden else button["label"])
    return replace(message, payload="", text="")


def _load(session: Session, turn_id: str) -> tuple[InboxMessage, Conversation, Registration]:
    row = session.scalars(select(InboxMessage).where(InboxMessage.id == turn_id)).one()
    conversation = session.get_one(Conversation, row.conversation_id)
    return row, conversation, Registration(session, session.get_one(Mentor, conversation.mentor_id))


def _append(session: Session, conversation_id: str, turn_id: str | None, sender: str, body: Message) -> None:
    session.add(TranscriptMessage(conversation_id=conversation_id, turn_id=turn_id, sender=sender, body=body))
    session.flush()


def asked(question: ItemId | None) -> Asked:
    """The open question as the reader needs to know it."""
    item = form.BY_ID.get(question) if question else None
    if item is not None:
        return Asked(question, item.answer.value, item.wording if item.kind is form.Kind.CONSENT else "")
    kinds = {START: "start", REVIEW: "review", EMAIL_CODE: "code"}
    return Asked(question, kinds.get(question, "yes_no") if question else None)


def hides_date(message: Incoming, question: ItemId | None, delivered: str | None) -> bool:
    """Whether a message may hold the date of birth, so that neither engine nor transcript may have it.

    At the date question, or sent while it was shown, everything that could be a date is hidden; at a question
    that does not ask for free text, what looks like a whole date is, too: an impatient second try, say.
    """
    if message.kind is Kind.BUTTON:
        return bool(message.payload) and not message.text
    if form.DATE_OF_BIRTH in (question, delivered, message.shown):
        return may_hold_date(message.text)
    if question == EMAIL_CODE and _CODE.fullmatch(message.text):
        return False
    free_text = question in form.BY_ID and form.BY_ID[question].answer.value in TEXT_KINDS
    return not free_text and looks_like_date(message.text)


def engine_text(message: Incoming, *, hidden: bool, born: date | None = None) -> str:
    """What the engine gets: an intent for a tap, a file or a date of birth, else the text, with no date in it.

    Args:
        message: what was sent.
        hidden: it may hold the date of birth.
        born: the date of birth, if it is known.
    """
    if message.kind is Kind.OPEN:
        return "/chat_greet"
    if message.kind is Kind.BUTTON:
        tap = Tap.parse(message.payload)
        if tap is None:
            return "/inform"
        return _command_text(tap.intent, tap.question if tap.intent == "change_answer" else None)
    if message.kind is not Kind.TEXT or not plain(message.text):
        return "/inform"
    text = message.text
    if hidden:
        command = read_command(text)
        if command:
            return _command_text(command.name, command.target)
        problem = read_date_of_birth(text, utc_now().date()).problem
        if problem is not Problem.NO_DATE and not (problem is Problem.INCOMPLETE and is_question(text)):
            return "/inform"
        if _is_mostly_date(text):
            return "/inform"
        text = masked(text)
    text = without_birth_date(text.strip()[:ENGINE_TEXT_LENGTH], born)
    return WORD_JOINER + text if text.startswith("/") else text


def _is_mostly_date(text: str) -> bool:
    """Whether a text is a date or a part of one with hardly a word beside it: "it was the fourteenth"."""
    hidden = masked(_COUNTING.sub("", text))
    return MASK in hidden and not is_question(text) and sum(has_word(word) for word in hidden.split()) <= _FEW_WORDS


def _command_text(intent: str, target: str | None) -> str:
    return f"/{intent}{json.dumps({'question': target})}" if target else f"/{intent}"
