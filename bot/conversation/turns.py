"""Accepting messages and turning each into replies, in order, once, whatever dies on the way.

A message is written to the inbox before it is acknowledged. Turns of one conversation run one after another, those of
others in parallel. A turn is taken in one transaction, which does all that follows from the message, writes the replies
to the transcript and destroys the inbox body; until that is committed, nothing of it has happened, and a restart takes
it up again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot.conversation.steps import CutOffError, Ended, Prepared, Taking, TurnSteps
from bot.conversation.waiting import News, Waiter, Waiting
from bot.core.errors import described
from bot.dialogue.agent import Agent
from bot.i18n.catalogue import languages
from bot.media.photos import PhotoFolder
from bot.messages.inbox import Entry, UnknownConversationError, accept
from bot.messages.incoming import Incoming, Kind, Tap
from bot.messages.sight import NOTHING_SEEN, Seen
from bot.moves.dialogue import Dialogue
from bot.privacy.consent_receipt import Receipt, receipt
from bot.privacy.my_data import my_data
from bot.registration.answers import Note
from bot.registration.ledger import Ledger
from bot.security.vault import Vault, VaultError
from bot.storage import VANISHED, Conversation, Mentor, Store, TranscriptMessage
from bot.storage.models import utc_now

logger = logging.getLogger(__name__)

#: Who opens the chat after so long is welcomed back.
RETURNS_AFTER = timedelta(hours=1)
#: Seconds between attempts at a turn that fails, at first and at most.
RETRY_SECONDS = (0.5, 30.0)
#: Seconds after which a turn that was cut off and still holds its thread is cut off once more.
CUT_OFF_AGAIN_SECONDS = 1.0
#: Turns that may be taken at the same time. They wait for the database, and for each other's use of the interpreter.
TURN_THREADS = 8

#: What is raised where a mentor is erased while something is done for them.
GONE = (UnknownConversationError, VaultError, *VANISHED)

#: Read once: it takes reading a folder of 600 files.
_time_zones = cache(available_timezones)

FetchUpload = Callable[[Incoming], Awaitable[bytes | None]]
Deliver = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Channel:
    """What the turns need of a channel.

    Attributes:
        name: as stored with its conversations.
        fetch_upload: gives the bytes of the photo of a message, or None if they cannot be had.
        gather_seconds: for how long it waits for more lines of an answer in words; 0 to take each by itself.
        deliver: hands the transcript's new messages of a conversation over; None where the mentor fetches them.
    """

    name: str
    fetch_upload: FetchUpload
    deliver: Deliver | None = None
    gather_seconds: float = 0.0


class Conversations:
    """All conversations of this service.

    Args:
        store: the database.
        vault: encrypts inbox bodies.
        ledger: tells what was said to the consents.
        photos: where photos are kept.
        dialogue: takes the mentors' moves.
        agent: reads messages, and decides moves.
        contact_email: where a mentor can write to a person.
        site_url: where the site is.
        consent_seconds: that a question has to be there before a typed reply counts as a consent.
        turn_timeout: seconds after which a turn is cut off.
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
        site_url: str,
        consent_seconds: float,
        turn_timeout: float,
    ) -> None:
        self._store = store
        self._vault = vault
        self._ledger = ledger
        self._site = site_url
        self._consent_seconds = consent_seconds
        self._photos = photos
        self._turn_timeout = turn_timeout
        self._contact = contact_email
        self._steps = TurnSteps(store, vault, ledger, photos, dialogue, agent, contact_email)
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
        self._threads = _turn_threads()
        self._hanging: set[asyncio.Task[None]] = set()
        self._attempts: set[asyncio.Future[tuple[Ended, dict[int, News]]]] = set()

    def register(self, channel: Channel) -> None:
        """Make a channel known; before `resume`."""
        self._channels[channel.name] = channel

    async def open(self, channel: str, external_id: str, language: str = "en") -> str:
        """The id of the conversation on ``channel`` with ``external_id``, opened at first use."""
        return await asyncio.to_thread(open_conversation, self._store, channel, external_id, language)

    async def accept(self, conversation_id: str, message: Incoming, external_id: str, seen: Seen = NOTHING_SEEN) -> str:
        """Write a message to the inbox and start its turn. Once this returns, the message is not lost.

        Args:
            conversation_id: whose message it is.
            message: what was sent.
            external_id: the channel's own id of the message; the same id again is the same message.
            seen: what the channel knows of what the mentor had before them.

        Returns:
            The turn id.

        Raises:
            UnknownConversationError: there is no such conversation.
            TooQuickError: a button was pressed that answers a question which had only just appeared.
        """
        prepared: list[Prepared] = []

        def follow(session: Session, entry: Entry) -> None:
            prepared.append(
                self._steps.prepare(session, entry.turn_id, entry.conversation, entry.mentor, entry.message)
            )

        write = partial(accept, follow=follow, pushing=self._pushing, seen=seen, consent_seconds=self._consent_seconds)
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
            if conversation.delivered_question is None or away < RETURNS_AFTER:
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
        if turn_id not in self._underway and await asyncio.to_thread(self._steps.is_finished, turn_id):
            return True
        try:
            return await asyncio.wait_for(waiter.wait(), seconds)
        except TimeoutError:
            return False

    @property
    def is_hanging(self) -> bool:
        """Whether a turn that was cut off still holds its thread."""
        return bool(self._hanging)

    @property
    def is_stopping(self) -> bool:
        """Whether the service is being stopped."""
        return self._stopping

    def watched(self, conversation_id: str) -> AbstractContextManager[asyncio.Event]:
        """Gives an event that is set when something may have changed in a conversation, and at the service's stop."""
        return self._waiting.watched(conversation_id)

    async def news(self, conversation_id: str, after: int = 0) -> News:
        """What was said in a conversation after the message with id ``after``."""
        return await asyncio.to_thread(self._steps.news, conversation_id, after)

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
        """Ask, in this conversation, whether the registration of a link is the mentor's; or say why it cannot be."""
        await asyncio.to_thread(self._steps.follow, conversation_id, token)

    async def tell(self, conversation_id: str, note: Note) -> None:
        """Say something to a mentor that is no reply to a turn."""
        await asyncio.to_thread(self._steps.say, conversation_id, None, note)
        self._wake(conversation_id)

    async def speak(self, conversation_id: str, language: str, external_id: str) -> str:
        """Write in another language from here on, beginning with the open question; gives the turn's id.

        Args:
            conversation_id: to whom.
            language: a code of `bot.i18n.catalogue.languages`.
            external_id: as for `accept`.
        """
        tap = Tap("repeat").payload()
        message = Incoming(Kind.BUTTON, text=languages()[language], payload=tap, language=language)
        return await self.accept(conversation_id, message, external_id)

    async def is_there(self, conversation_id: str) -> bool:
        """Whether a conversation is there still, or was erased."""
        return bool(await asyncio.to_thread(self._channel_of, conversation_id))

    async def find(self, channel: str, external_id: str) -> str | None:
        """The id of the conversation on ``channel`` with ``external_id``; None where there is none, or not any more."""
        return await asyncio.to_thread(_find, self._store, channel, external_id)

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
        blocked = update(Conversation).where(Conversation.id == conversation_id).values(blocked_at=utc_now())
        with self._store.write() as session:
            session.connection().execute(blocked)

    async def resume(self) -> None:
        """Take up the turns that were not finished when the service stopped, and what was not delivered."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._steps.clear_leftovers)
        for conversation_id in await asyncio.to_thread(self._steps.unfinished, self._pushing):
            self._wake(conversation_id)

    async def stop(self) -> None:
        """Stop working; what is not finished waits in the inbox."""
        self._stopping = True
        self._waiting.all_changed()
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._attempts:
            await asyncio.wait(self._attempts, timeout=self._turn_timeout)  # they commit, or nothing of them is done

    def _wake(self, conversation_id: str, first: Prepared | None = None) -> None:
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

    async def _work(self, conversation_id: str, first: Prepared | None) -> None:
        """Run the conversation's turns until none is left."""
        wait = RETRY_SECONDS[0]
        while True:
            turn_id = None
            accepted = [turn for turn, where in self._underway.items() if where == conversation_id]
            try:
                turn = first or await asyncio.to_thread(self._steps.next, conversation_id)
                first = None
                if turn is None:
                    for each in accepted:
                        self._end(each)  # finished elsewhere, or erased
                    await self._deliver(conversation_id)
                    return
                turn_id = turn.turn_id
                if not await self._run(await self._gathered(turn)):
                    return  # what comes from now on wakes another worker
                wait = RETRY_SECONDS[0]
            except Exception as error:  # noqa: BLE001  (one bad turn must not silence a conversation)
                cause = error.__cause__ or error
                if isinstance(cause, GONE) and not await self._is_left(conversation_id):
                    for each in accepted:
                        self._end(each)
                    return
                logger.error("conversation %s: %s", conversation_id, described(cause))
                if turn_id is not None:
                    is_first = wait == RETRY_SECONDS[0]
                    await self._hold_against(conversation_id, turn_id, tell=is_first and isinstance(error, CutOffError))
                await asyncio.sleep(wait)
                wait = min(wait * 2, RETRY_SECONDS[1])

    async def _gathered(self, turn: Prepared) -> Prepared:
        """The turn with the lines that follow its own, once none has come for some seconds."""
        channel = self._channels.get(turn.channel)
        if not turn.may_go_on or channel is None or not channel.gather_seconds:
            return turn
        with self._waiting.watched(turn.conversation_id) as changed:
            while True:
                changed.clear()
                found = await asyncio.to_thread(self._steps.gather, turn, channel.gather_seconds)
                if isinstance(found, Prepared):
                    return found
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), found)

    async def _is_left(self, conversation_id: str) -> bool:
        """Whether there is anything to go on with: not where the conversation was erased while it was worked on."""
        try:
            return await self.is_there(conversation_id)
        except SQLAlchemyError:
            return True  # nobody knows

    async def _hold_against(self, conversation_id: str, turn_id: str, *, tell: bool) -> None:
        """Count a failure against a turn: after enough it ends with an apology; before, the mentor may be told."""
        try:
            if await asyncio.to_thread(self._steps.give_up, turn_id) is not Ended.NOT_YET:
                self._end(turn_id)
            elif tell:
                await asyncio.to_thread(self._steps.say, conversation_id, turn_id, Note("error-waiting"))
                self._waiting.ended(turn_id)
            else:
                return
            await self._deliver(conversation_id)
        except Exception as failed:  # noqa: BLE001  (else nobody would ever go on with this conversation)
            # The database itself fails, say: then the message is kept, and its turn is tried again.
            logger.error("turn %s waits: %s", turn_id, described(failed))

    async def _run(self, turn: Prepared) -> bool:
        """One turn, until it is finished; whether there may be another one."""
        await self._store_photo(turn)
        while (ended := await self._take(turn)) is Ended.NOT_YET:
            turn = await asyncio.to_thread(self._steps.prepare_again, turn.turn_id)
        for each in {turn.turn_id, *(part for part, _text in turn.message.parts)}:
            self._end(each)
        await self._deliver(turn.conversation_id, turn.channel)
        return ended is Ended.MORE

    def _end(self, turn_id: str) -> None:
        self._underway.pop(turn_id, None)
        self._waiting.ended(turn_id)

    async def _take(self, turn: Prepared) -> Ended:
        """Take the turn; who waits for it is given what was said.

        Raises:
            CutOffError: it took too long; nothing of it is done, unless it had just been committed.
        """
        taking = Taking(self._store)
        wanted = self._waiting.wanted(turn.turn_id)
        attempt = asyncio.get_running_loop().run_in_executor(self._threads, self._steps.take, turn, wanted, taking)
        self._attempts.add(attempt)
        attempt.add_done_callback(self._attempts.discard)
        done, _ = await asyncio.wait([attempt], timeout=self._turn_timeout)
        if not done:
            await asyncio.to_thread(taking.cut_off)
            self._attempts.discard(attempt)  # nothing of it will be done: the stop of the service need not wait
            hanging = asyncio.create_task(_ends(attempt, taking))
            self._hanging.add(hanging)
            hanging.add_done_callback(self._hanging.discard)
            self._threads.shutdown(wait=False)  # its thread may be lost
            self._threads = _turn_threads()
            raise CutOffError(f"turn {turn.turn_id} took more than {self._turn_timeout:g} s")
        ended, news = attempt.result()
        self._waiting.give(turn.turn_id, news)
        return ended

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

    async def _store_photo(self, turn: Prepared) -> None:
        """Check the photo of this turn, if it has one that is wanted, and put its id in the inbox body."""
        message = turn.message
        if turn.wants_photo and not (message.photo or message.problem):
            channel = self._channels.get(turn.channel)
            data = await channel.fetch_upload(message) if channel else None
            async with self._rendering:
                await asyncio.to_thread(self._steps.keep_photo, turn.turn_id, message, data)
        self._photos.drop_upload(message.upload)  # of a photo that was kept before, if the service stopped right then


def _turn_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(TURN_THREADS, thread_name_prefix="turn")


async def _ends(attempt: asyncio.Future[Any], taking: Taking) -> None:
    """Wait until an attempt ends that was cut off, and do so again: what is thrown into a destructor is lost."""
    while not (await asyncio.wait([attempt], timeout=CUT_OFF_AGAIN_SECONDS))[0]:
        await asyncio.to_thread(taking.cut_off)
    if not attempt.cancelled():
        attempt.exception()  # else asyncio complains that nobody looked


def open_conversation(store: Store, channel: str, external_id: str, language: str = "en") -> str:
    """The id of the conversation on ``channel`` with ``external_id``, opened with a new mentor at first use."""
    found = _find(store, channel, external_id)
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
        found = _find(store, channel, external_id)
        return found or open_conversation(store, channel, external_id, language)  # and it was erased since


def _find(store: Store, channel: str, external_id: str) -> str | None:
    wanted = select(Conversation.id).where(Conversation.channel == channel, Conversation.external_id == external_id)
    with store.read() as session:
        return session.scalars(wanted).one_or_none()
