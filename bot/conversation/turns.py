"""Accepting messages and turning each into replies, in order, once, whatever dies on the way.

A message is written to the inbox before it is acknowledged. Turns of one conversation run one after another,
those of others in parallel. A turn ends in one transaction that writes the replies to the transcript and destroys
the inbox body; until then a restart takes it up again, under the same turn id, which the actions take only once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache, partial
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot import form
from bot.answers import Note
from bot.catalogue import catalogue, languages
from bot.conversation.dates import date_of_birth
from bot.conversation.engine import EngineClient, EngineUnavailableError
from bot.conversation.engine_text import WITHDRAWAL, asked, command_text, engine_text, hides_date
from bot.conversation.inbox import Entry, Rows, accept, edited_item, finish, is_waiting, load, load_next, open_body
from bot.conversation.incoming import Incoming, Kind, Tap
from bot.conversation.messages import Message
from bot.conversation.transcript import append, count_shown, messages_since, render_messages, shown, to_deliver
from bot.conversation.waiting import News, Waiter, Waiting
from bot.failures import described
from bot.form import ItemId
from bot.joining import follow
from bot.ledger import Ledger
from bot.my_data import my_data
from bot.photos import NOT_RECEIVED, PhotoFolder, check_photo
from bot.receipt import Receipt, receipt
from bot.registration import START, Registration
from bot.store import Conversation, InboxMessage, Mentor, Photo, Store, TranscriptMessage
from bot.store.models import new_id, utc_now
from bot.vault import Purpose, Vault, VaultError
from understanding.births import without_birth_date
from understanding.dates import may_hold_date

logger = logging.getLogger(__name__)

#: The engine's tracker is started afresh after this many turns, so that a long conversation stays quick.
TURNS_A_SESSION = 30
#: Attempts at a turn that the engine takes but answers wrongly, before the mentor is asked to try again.
MAXIMUM_ATTEMPTS = 3
#: Who opens the chat after so long is welcomed back.
RETURNS_AFTER = timedelta(hours=1)
#: Seconds between attempts while the engine is down, at first and at most.
RETRY_SECONDS = (0.5, 5.0)
#: The same at most while something else of ours fails.
LONGEST_RETRY_SECONDS = 30.0
#: What the engine would say to who opens a new conversation. It has nothing to decide then, and is not asked.
GREETING: list[dict[str, Any]] = [{"say": "greeting"}, {"ask": START}]

#: Read once: it takes reading a folder of 600 files.
_time_zones = cache(available_timezones)

FetchUpload = Callable[[Incoming], Awaitable[bytes | None]]
Deliver = Callable[[str], Awaitable[None]]

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
    """A turn, ready for the engine.

    Attributes:
        wants_photo: whether the message holds a photo that is asked for and not checked yet.
        is_first: whether it opens a new conversation.
    """

    turn_id: str
    conversation_id: str
    channel: str
    message: Incoming
    wants_photo: bool
    text: str
    metadata: dict[str, Any]
    fresh_session: bool
    is_first: bool = False


class _Ended(Enum):
    """What became of an attempt at a turn."""

    NOT_YET = "it has to be tried again"
    LAST = "it is finished, and no other one waits"
    MORE = "it is finished, and others may wait"


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
        self._rendered = partial(render_messages, vault=vault, contact_email=contact_email)
        self._channels: dict[str, Channel] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting = Waiting()
        # The conversations of turns that were accepted here and are not finished.
        self._underway: dict[str, str] = {}
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
        prepared: list[_Prepared] = []

        def follow(session: Session, entry: Entry) -> None:
            prepared.append(self._prepare(session, entry.turn_id, entry.conversation, entry.mentor, entry.message))

        write = partial(accept, follow=follow, pushing=self._pushing, number=number)
        accepted = await asyncio.to_thread(write, self._store, self._vault, conversation_id, message, external_id)
        if accepted.is_new:
            self._underway[accepted.turn_id] = conversation_id
        self._wake(conversation_id, *prepared)
        return accepted.turn_id

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
        with self._waiting.waiter(turn_id) as waiter:
            return await self._has_ended(turn_id, seconds, waiter)

    async def reply(self, turn_id: str, seconds: float, conversation_id: str, after: int) -> News:
        """Wait as `answered` does; gives what was said in the conversation after the message with id ``after``."""
        with self._waiting.waiter(turn_id, after) as waiter:
            await self._has_ended(turn_id, seconds, waiter)
        return waiter.news or await self.news(conversation_id, after)

    async def _has_ended(self, turn_id: str, seconds: float, waiter: Waiter) -> bool:
        if turn_id not in self._underway and await asyncio.to_thread(self._is_processed, turn_id):
            return True
        try:
            return await asyncio.wait_for(waiter.wait(), seconds)
        except TimeoutError:
            return False

    @property
    def is_stopping(self) -> bool:
        """Whether the service is being stopped."""
        return self._stopping

    def watched(self, conversation_id: str) -> AbstractContextManager[asyncio.Event]:
        """Gives an event that is set when something may have changed in a conversation, and at the service's stop."""
        return self._waiting.watched(conversation_id)

    async def news(self, conversation_id: str, after: int = 0) -> News:
        """What was said in a conversation after the message with id ``after``."""
        return await asyncio.to_thread(self._news, conversation_id, after)

    def _news(self, conversation_id: str, after: int) -> News:
        with self._store.read() as session:
            conversation = session.get_one(Conversation, conversation_id)
            # Looked at first: what ends in between is then in the messages, not lost between the two.
            pending = is_waiting(session, conversation_id)
            return self._read(session, conversation, after, pending=pending)

    def _read(self, session: Session, conversation: Conversation, after: int, *, pending: bool) -> News:
        messages = messages_since(session, self._vault, conversation, after)
        return News(messages, conversation.language, pending)

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
            said = self._rendered(session, conversation, current, [note], None)
            append(session, conversation_id, None, [("bot", each) for each in said])

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
        if name in _time_zones():
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

    async def resume(self) -> None:
        """Take up the turns that were not finished when the service stopped, and what was not delivered."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._clear_leftovers)
        for conversation_id in await asyncio.to_thread(self._unfinished):
            self._wake(conversation_id)

    async def stop(self) -> None:
        """Stop working; what is not finished waits in the inbox."""
        self._stopping = True
        self._waiting.all_changed()
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def _wake(self, conversation_id: str, first: _Prepared | None = None) -> None:
        """Have the conversation's turns run, by one worker at a time; ``first``, if it is known, is the next one."""
        self._waiting.changed(conversation_id)
        if conversation_id in self._workers:
            self._again.add(conversation_id)  # it may just have found nothing more to do
            return
        worker = asyncio.create_task(self._work(conversation_id, first))
        self._workers[conversation_id] = worker
        worker.add_done_callback(lambda _done: self._ended(conversation_id))

    def _ended(self, conversation_id: str) -> None:
        del self._workers[conversation_id]
        if conversation_id in self._again and not self._stopping:
            self._again.discard(conversation_id)
            self._wake(conversation_id)

    async def _work(self, conversation_id: str, first: _Prepared | None) -> None:
        """Run the conversation's turns until none is left."""
        wait = RETRY_SECONDS[0]
        while True:
            turn_id = None
            accepted = [turn for turn, where in self._underway.items() if where == conversation_id]
            try:
                turn = first or await asyncio.to_thread(self._next, conversation_id)
                first = None
                if turn is None:
                    for each in accepted:
                        self._end(each)  # finished elsewhere, or erased
                    await self._deliver(conversation_id)
                    return
                turn_id = turn.turn_id
                if not await self._run(turn):
                    return  # what comes from now on wakes another worker
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
            if await asyncio.to_thread(self._give_up, turn_id) is not _Ended.NOT_YET:
                self._end(turn_id)
        except SQLAlchemyError as error:
            # The database itself fails: then nothing is held against the turn, and its message is kept.
            logger.error("turn %s waits for the database: %s", turn_id, described(error))

    async def _run(self, turn: _Prepared) -> bool:
        """One turn, until it is finished; whether there may be another one."""
        await self._store_photo(turn)
        wait, told = RETRY_SECONDS[0], False
        while True:
            try:
                ended = await self._attempt(turn)
            except EngineUnavailableError as error:
                logger.warning("the engine does not answer (%s); turn %s waits", error, turn.turn_id)
                if not told:
                    told = True
                    await asyncio.to_thread(self._say, turn.conversation_id, turn.turn_id, Note("error-waiting"))
                    self._waiting.ended(turn.turn_id)
                    await self._deliver(turn.conversation_id, turn.channel)
                await asyncio.sleep(wait)
                wait = min(wait * 2, RETRY_SECONDS[1])
            else:
                if ended is not _Ended.NOT_YET:
                    break
            turn = await asyncio.to_thread(self._prepare_again, turn.turn_id)
        self._end(turn.turn_id)
        await self._deliver(turn.conversation_id, turn.channel)
        return ended is _Ended.MORE

    def _end(self, turn_id: str) -> None:
        self._underway.pop(turn_id, None)
        self._waiting.ended(turn_id)

    async def _attempt(self, turn: _Prepared) -> _Ended:
        """Let the engine take the turn, unless there is nothing to decide."""
        if turn.is_first:
            ended = await self._finish(turn.turn_id, GREETING)
            if ended is not _Ended.NOT_YET:
                return ended
        if turn.fresh_session:
            await self._start_session(turn)
            await asyncio.to_thread(self._count_from_anew, turn.conversation_id)
        replies = await self._engine.send(turn.conversation_id, turn.text, turn.metadata)
        ended = await self._finish(turn.turn_id, replies)
        if ended is not _Ended.NOT_YET:
            return ended
        # Rasa answers 200 and nothing of use to a lost session or a failed action: start its tracker afresh from
        # the database and give it the same turn again, which takes effect only if it did not before.
        await self._start_session(turn)
        replies = await self._engine.send(turn.conversation_id, turn.text, turn.metadata)
        ended = await self._finish(turn.turn_id, replies)
        if ended is not _Ended.NOT_YET:
            return ended
        return await asyncio.to_thread(self._give_up, turn.turn_id)

    async def _start_session(self, prepared: _Prepared) -> None:
        await self._engine.send(prepared.conversation_id, "/session_start", {"turn": prepared.turn_id})

    async def _deliver(self, conversation_id: str, channel_name: str = "") -> None:
        self._waiting.changed(conversation_id)
        name = channel_name or await asyncio.to_thread(self._channel_of, conversation_id)
        channel = self._channels.get(name)
        if channel and channel.deliver:
            await channel.deliver(conversation_id)

    def _channel_of(self, conversation_id: str) -> str:
        with self._store.read() as session:
            conversation = session.get(Conversation, conversation_id)
            return conversation.channel if conversation else ""  # erased meanwhile

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

    async def _store_photo(self, turn: _Prepared) -> None:
        """Check the photo of this turn, if it has one that is wanted, and put its id in the inbox body."""
        message = turn.message
        if turn.wants_photo and message.kind is Kind.PHOTO and not (message.photo or message.problem):
            channel = self._channels.get(turn.channel)
            data = await channel.fetch_upload(message) if channel else None
            async with self._rendering:
                await asyncio.to_thread(self._keep_photo, turn.turn_id, message, data)
        self._photos.drop_upload(message.upload)  # of a photo that was kept before, if the service stopped right then

    def _keep_photo(self, turn_id: str, message: Incoming, data: bytes | None) -> None:
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

    def _next(self, conversation_id: str) -> _Prepared | None:
        """The oldest turn of a conversation that is not finished."""
        with self._store.read() as session:
            rows = load_next(session, conversation_id)
            return self._prepare_rows(session, rows) if rows else None

    def _prepare_again(self, turn_id: str) -> _Prepared:
        with self._store.read() as session:
            return self._prepare_rows(session, load(session, turn_id))

    def _prepare_rows(self, session: Session, rows: Rows) -> _Prepared:
        message = open_body(session, self._vault, rows.inbox)
        return self._prepare(session, rows.inbox.id, rows.conversation, rows.mentor, message)

    def _prepare(
        self, session: Session, turn_id: str, conversation: Conversation, mentor: Mentor, message: Incoming
    ) -> _Prepared:
        current = Registration(session, mentor)
        question = current.open_question
        reader_asked = WITHDRAWAL if current.withdrawing else asked(question)
        asked_now = replace(reader_asked, language=message.language or conversation.language)
        if message.kind is Kind.EDIT:
            target = edited_item(session, self._ledger, conversation, message.edits)
            text = command_text("change_answer", target)
        else:
            hidden = hides_date(message, question, conversation.delivered_question)
            text = engine_text(message, hidden=hidden, born=self._born_in(session, current, message.text))
        return _Prepared(
            turn_id=turn_id,
            conversation_id=conversation.id,
            channel=conversation.channel,
            message=message,
            wants_photo=bool(message.upload) and question == form.PHOTO,
            text=text,
            metadata={"turn": turn_id, **asked_now.to_metadata()},
            fresh_session=conversation.engine_turns >= TURNS_A_SESSION,
            is_first=message.kind is Kind.OPEN and question == START and conversation.delivered_question is None,
        )

    def _count_from_anew(self, conversation_id: str) -> None:
        with self._store.write() as session:
            session.get_one(Conversation, conversation_id).engine_turns = 0

    async def _finish(self, turn_id: str, replies: list[dict[str, Any]]) -> _Ended:
        """End the turn if the replies are whole; who waits for it is given what was said, read on the way."""
        ended, news = await asyncio.to_thread(self._end_turn, turn_id, replies, self._waiting.wanted(turn_id))
        self._waiting.give(turn_id, news)
        return ended

    def _end_turn(
        self, turn_id: str, replies: list[dict[str, Any]], wanted: set[int]
    ) -> tuple[_Ended, dict[int, News]]:
        """End the turn if the replies are whole: something was said, and the open question came back.

        Args:
            turn_id: the turn.
            replies: what the engine gave.
            wanted: ids of the last messages that those have who wait for it.

        Returns:
            What became of it, and if it ended, what was said since each of those messages.
        """
        with self._store.write() as session:
            rows = load(session, turn_id)
            current = Registration(session, rows.mentor)
            asked = [reply["ask"] for reply in replies if "ask" in reply]
            question = current.open_question
            if not replies or (question is not None and (not asked or asked[-1] != question)):
                return _Ended.NOT_YET, {}
            notes = [Note(reply["say"], tuple(reply.get("args", {}).items())) for reply in replies if "say" in reply]
            superseded = self._write_turn(session, rows, current, notes)
            pending = rows.is_another_waiting
            news = {after: self._read(session, rows.conversation, after, pending=pending) for after in wanted}
        self._photos.drop_files(superseded)
        return _Ended.MORE if pending else _Ended.LAST, news

    def _give_up(self, turn_id: str) -> _Ended:
        """After enough attempts, apologise, ask the open question from the database and end the turn."""
        with self._store.write() as session:
            rows = load(session, turn_id)
            if rows.inbox.processed_at is not None:
                return _Ended.MORE
            rows.inbox.attempts += 1
            if rows.inbox.attempts < MAXIMUM_ATTEMPTS:
                return _Ended.NOT_YET
            reference = new_id()[:8]
            logger.error("turn %s failed %d times; reference %s", turn_id, rows.inbox.attempts, reference)
            note = Note("error-lost-turn", (("reference", reference),))
            superseded = self._write_turn(session, rows, Registration(session, rows.mentor), [note])
        self._photos.drop_files(superseded)
        return _Ended.MORE

    def _write_turn(self, session: Session, rows: Rows, current: Registration, notes: list[Note]) -> list[str]:
        """Write what was said to the transcript and destroy the inbox body; gives the photos whose files can go."""
        conversation, turn_id = rows.conversation, rows.inbox.id
        message = self._body_or_nothing(session, rows.inbox)
        question = answered = current.open_question
        if message.kind is Kind.EDIT:
            answered = edited_item(session, self._ledger, conversation, message.edits)
        # With its turn, not before: what was answered until then was shown in the language before.
        if message.language:
            conversation.language = message.language
        own = self._shown(session, message, conversation, current, answered)
        said = self._rendered(session, conversation, current, notes, question, turn_id)
        stored = current.answers.get(form.PHOTO)
        superseded: list[str] = []
        if stored is None or message.photo or any(note.id in _JOINED for note in notes):
            superseded = self._photos.drop_others(session, current.mentor.id, keep=stored or "")
        refused = {"refused": True} if any(note.id in _NOT_TAKEN for note in notes) else {}
        both = [("mentor", own | refused)] if own is not None else []
        append(session, conversation.id, turn_id, [*both, *(("bot", each) for each in said)])
        finish(session, rows, shown(question))
        count_shown(session, conversation, current.mentor, question)
        return superseded

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

    def _born_in(self, session: Session, current: Registration, text: str) -> date | None:
        """The date of birth, if it is known and ``text`` could hold it."""
        if form.DATE_OF_BIRTH not in current.answers or not may_hold_date(text):
            return None
        try:
            return date_of_birth(session, self._vault, current.mentor.id)
        except VaultError:
            return None

    def _shown(
        self,
        session: Session,
        message: Incoming,
        conversation: Conversation,
        current: Registration,
        question: ItemId | None,
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
        born = self._born_in(session, current, message.text)
        return {"kind": "say", "text": without_birth_date(message.text, born)}

    def _say(self, conversation_id: str, turn_id: str | None, note: Note) -> None:
        with self._store.write() as session:
            conversation = session.get_one(Conversation, conversation_id)
            current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
            said = self._rendered(session, conversation, current, [note], None)
            append(session, conversation_id, turn_id, [("bot", each) for each in said])


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
