"""The workers that process turns: one for each conversation with work, in the process that has its lease.

A failing turn is repeated, and ends with an apology after enough attempts. A hanging turn is cut off and does not delay
other conversations.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.attempt import Attempt, CutOffError, Ended
from bot.conversation.leases import BEAT_SECONDS, Leases
from bot.conversation.notifier import ConversationUpdate, TurnNotifier
from bot.conversation.preparation import Preparation, Prepared
from bot.conversation.repository import TurnRepository
from bot.conversation.wakeups import Wakeups
from bot.core.errors import described
from bot.core.metrics import TURNS
from bot.core.siblings import Siblings
from bot.core.tracing import span
from bot.core.turn_logging import about_turn
from bot.media.photos import Photos
from bot.messages.inbox import UnknownConversationError
from bot.messages.incoming import Incoming
from bot.registration.answers import MessageRef
from bot.security.cipher import VaultError
from bot.storage import VANISHED, Conversation, Store

logger = logging.getLogger(__name__)

#: Seconds between attempts at a turn that fails, at first and at most.
RETRY_SECONDS = (0.5, 30.0)
#: Seconds that the turns of a service which is told to stop have to end.
DRAIN_SECONDS = 15.0
#: Seconds until a turn that was cut off but still holds its thread is cut off again.
CUT_OFF_AGAIN_SECONDS = 1.0
#: Turns that may run at the same time. They wait for the database, and for the interpreter's lock.
TURN_THREADS = 8

#: Raised if a mentor is erased while the service works for them.
GONE = (UnknownConversationError, VaultError, *VANISHED)

FetchUpload = Callable[[Incoming], Awaitable[bytes | None]]
Deliver = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Channel:
    """A channel, as the turns need it.

    Attributes:
        name: stored with its conversations.
        fetch_upload: returns the bytes of a message's photo, or None if they cannot be fetched.
        gather_seconds: how long a turn waits for more lines of an answer; with 0 each line is an answer.
        deliver: delivers a conversation's new messages; None if the mentor's device fetches them.
        shows_cards: whether it can show all clauses of the code of ethics on one card; else each is asked alone.
        has_card_page: whether a mentor whom it asks one clause after another can open a page with the card.
    """

    name: str
    fetch_upload: FetchUpload
    deliver: Deliver | None = None
    gather_seconds: float = 0.0
    shows_cards: bool = False
    has_card_page: bool = False


class TurnWorkers:
    """Processes the turns of all conversations.

    Attributes:
        leases: tell whose turns this process runs.

    Args:
        store: the database.
        photos: where uploads are.
        preparation: prepares turns.
        repository: processes turns in the database.
        notifier: wakes the waiters for a turn.
        turn_timeout: seconds after which a turn is cut off.
        siblings: the other processes of this machine.
    """

    def __init__(
        self,
        store: Store,
        photos: Photos,
        preparation: Preparation,
        repository: TurnRepository,
        notifier: TurnNotifier,
        turn_timeout: float,
        siblings: Siblings,
    ) -> None:
        self._store = store
        self.leases = Leases(store, is_alone=not store.is_shared)
        self._wakeups = Wakeups(store, siblings)
        self._beating: asyncio.Task[None] | None = None
        self._photos = photos
        self._preparation = preparation
        self._repository = repository
        self._notifier = notifier
        self.turn_timeout = turn_timeout
        self._channels: dict[str, Channel] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self.is_draining = self.is_stopping = False
        # The conversations of turns that were accepted here and are not finished.
        self.underway: dict[str, str] = {}
        #: Set when one of them ends.
        self._has_ended = asyncio.Event()
        # One at a time: a large picture takes much memory and a core for seconds.
        self._rendering = asyncio.Semaphore(1)
        self._threads = _turn_threads()
        self._hanging: set[asyncio.Task[None]] = set()
        self._looking: set[asyncio.Task[None]] = set()
        self._attempts: set[asyncio.Future[tuple[Ended, dict[int, ConversationUpdate]]]] = set()

    def register(self, channel: Channel) -> None:
        """Make a channel known."""
        self._channels[channel.name] = channel
        if channel.shows_cards:
            self._repository.with_cards.add(channel.name)
        if channel.has_card_page:
            self._repository.with_card_page.add(channel.name)

    @property
    def pushing(self) -> list[str]:
        """Channels that deliver messages themselves."""
        return [name for name, channel in self._channels.items() if channel.deliver]

    @property
    def is_hanging(self) -> bool:
        """Whether a turn still holds its thread, after it was cut off or after the workers were stopped."""
        return bool(self._hanging) or not all(each.done() for each in self._attempts)

    async def answers(self) -> bool:
        """Whether a thread is free for a turn; one that hangs is given up after the turn's time."""
        await asyncio.get_running_loop().run_in_executor(self._threads, bool)
        return True

    async def resume(self) -> None:
        """Resume the turns and deliveries that were unfinished when the service stopped."""
        if not self._photos.is_remote:  # else the calendar does it, whether that answers or not
            await asyncio.to_thread(self._repository.clear_leftovers)
        self._wakeups.start(self._told)
        if not self.leases.is_alone:
            self._beating = asyncio.create_task(self._beat())
        for conversation_id in await asyncio.to_thread(self._repository.unfinished, self.pushing):
            self.wake(conversation_id)

    async def drain(self) -> None:
        """Let the turns of messages that were accepted here end, for `DRAIN_SECONDS` at most; take nothing over."""
        self.is_draining = True
        self._notifier.all_changed()
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self.underway:
                    self._has_ended.clear()
                    await self._has_ended.wait()

    async def stop(self) -> None:
        """Stop working; unfinished messages wait in the inbox."""
        self.is_draining = self.is_stopping = True
        self._notifier.all_changed()
        if self._beating is not None:
            self._beating.cancel()
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._attempts:
            await asyncio.wait(self._attempts, timeout=self.turn_timeout)  # they commit, or have no effect
        await self._wakeups.stop()
        if not self.leases.is_alone:
            with suppress(SQLAlchemyError):  # otherwise they expire
                await asyncio.to_thread(self.leases.release_all)

    async def _beat(self) -> None:
        """Keep the leases: renew ours, and take over those of processes that have died."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                found = await asyncio.to_thread(self.leases.beat, set(self._workers), not self.is_draining)
            except SQLAlchemyError as error:
                logger.error("the leases wait for the database: %s", described(error))
                continue
            for conversation_id in found.to_do:
                self.wake(conversation_id)
            for worker in [self._workers[each] for each in found.lost & self._workers.keys()]:
                worker.cancel()
            for conversation_id in {*self.underway.values()}:
                await self.look(conversation_id)

    def _told(self, conversation_id: str) -> None:
        """Another process has left work in a conversation of ours, or has changed another one."""
        if self.leases.holds(conversation_id):
            self.wake(conversation_id)
        else:
            self._notifier.changed(conversation_id)
            looking = asyncio.create_task(self.look(conversation_id))
            self._looking.add(looking)
            looking.add_done_callback(self._looking.discard)

    async def look(self, conversation_id: str) -> None:
        """Tell those who wait here for turns that another process has ended."""
        for turn_id in [turn for turn, where in self.underway.items() if where == conversation_id]:
            with suppress(SQLAlchemyError):  # the next beat looks again
                if await asyncio.to_thread(self._repository.is_finished, turn_id):
                    self._end(turn_id)

    async def pass_on(self, conversation_id: str) -> None:
        """Tell the process that has the conversation's lease of the message that was accepted here."""
        self._wakeups.tell(conversation_id)
        await self.look(conversation_id)  # it may be quicker

    def wake(self, conversation_id: str, first: Prepared | None = None) -> None:
        """Run the conversation's turns, by one worker at a time; ``first``, if known, is the next one."""
        self._notifier.changed(conversation_id)
        if conversation_id in self._workers:
            self._again.add(conversation_id)  # it may just have found nothing more to do
            return
        worker = asyncio.create_task(self._work(conversation_id, first))
        self._workers[conversation_id] = worker
        worker.add_done_callback(lambda _done: self._ended(conversation_id))

    def _ended(self, conversation_id: str) -> None:
        del self._workers[conversation_id]
        if conversation_id in self._again and not self.is_stopping:
            self._again.discard(conversation_id)
            self.wake(conversation_id)

    async def _work(self, conversation_id: str, first: Prepared | None) -> None:
        """Run the conversation's turns until none is left."""
        wait = RETRY_SECONDS[0]
        while True:
            turn_id = None
            accepted = [turn for turn, where in self.underway.items() if where == conversation_id]
            try:
                has_lease = self.leases.holds(conversation_id)
                if not (has_lease or await asyncio.to_thread(self.leases.obtain, conversation_id)):
                    await self.pass_on(conversation_id)
                    return
                turn = first or await asyncio.to_thread(self._preparation.next, conversation_id)
                first = None
                if turn is None:
                    for each in accepted:
                        self._end(each)  # finished elsewhere, or erased
                    await self._deliver(conversation_id)
                    return
                turn_id = turn.turn_id
                if not await self._run(await self._gathered(turn) if turn.may_go_on else turn):
                    return  # messages from now on wake another worker
                wait = RETRY_SECONDS[0]
            except Exception as error:  # noqa: BLE001  (one bad turn must not silence a conversation)
                cause = error.__cause__ or error
                if isinstance(cause, GONE) and not await self._is_left(conversation_id):
                    for each in accepted:
                        self._end(each)
                    return
                TURNS.labels("cut_off" if isinstance(error, CutOffError) else "failed").inc()
                with about_turn(turn_id or ""):
                    logger.error("conversation %s: %s", conversation_id, described(cause))
                if turn_id is not None:
                    is_first = wait == RETRY_SECONDS[0]
                    await self._hold_against(conversation_id, turn_id, tell=is_first and isinstance(error, CutOffError))
                if not self.is_draining:
                    await asyncio.sleep(wait)
                if self.is_draining:  # it is tried again after the next start, or by another process
                    for each in accepted:
                        self._end(each)
                    return
                wait = min(wait * 2, RETRY_SECONDS[1])

    async def _gathered(self, turn: Prepared) -> Prepared:
        """The turn with the lines that follow its own, once none has come for some seconds."""
        channel = self._channels.get(turn.channel)
        if channel is None or not channel.gather_seconds:
            return turn
        with self._notifier.watched(turn.conversation_id) as changed:
            while True:
                changed.clear()
                found = await asyncio.to_thread(self._preparation.gather, turn, channel.gather_seconds)
                if isinstance(found, Prepared):
                    return found
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), found)

    async def _is_left(self, conversation_id: str) -> bool:
        """Whether the conversation still exists."""
        try:
            return bool(await asyncio.to_thread(self.channel_of, conversation_id))
        except SQLAlchemyError:
            return True  # unknown, so assume that it does

    async def _hold_against(self, conversation_id: str, turn_id: str, *, tell: bool) -> None:
        """Count a failure against a turn: after enough it ends with an apology; before, the mentor may be told."""
        try:
            if await asyncio.to_thread(self._repository.give_up, turn_id) is not Ended.NOT_YET:
                self._end(turn_id)
            elif tell:
                await asyncio.to_thread(self._repository.say, conversation_id, turn_id, MessageRef("error-waiting"))
                self._notifier.ended(turn_id)
            else:
                return
            await self._deliver(conversation_id)
        except Exception as failed:  # noqa: BLE001  (otherwise this conversation would stay stuck)
            # For example, the database itself fails: the message is kept, and its turn is repeated.
            logger.error("turn %s waits: %s", turn_id, described(failed))

    async def _run(self, turn: Prepared) -> bool:
        """Run one turn to its end; returns whether there may be another one."""
        if turn.message.upload:
            await self._store_photo(turn)
        while (ended := await self._take(turn)) is Ended.NOT_YET:
            turn = await asyncio.to_thread(self._preparation.prepare_again, turn.turn_id)
        for each in {turn.turn_id, *(part for part, _text in turn.message.parts)}:
            self._end(each)
        await self._deliver(turn.conversation_id, turn.channel)
        return ended is Ended.MORE

    def _end(self, turn_id: str) -> None:
        self.underway.pop(turn_id, None)
        self._has_ended.set()
        self._notifier.ended(turn_id)

    async def _take(self, turn: Prepared) -> Ended:
        """Process the turn, and give the bot's messages to its waiters.

        Raises:
            CutOffError: it took too long; it has no effect, unless it had just been committed.
        """
        taking = Attempt(self._store)
        wanted = self._notifier.wanted(turn.turn_id)
        attempt = asyncio.get_running_loop().run_in_executor(self._threads, self._repository.take, turn, wanted, taking)
        self._attempts.add(attempt)
        attempt.add_done_callback(self._attempts.discard)
        done, _ = await asyncio.wait([attempt], timeout=self.turn_timeout)
        if not done:
            await asyncio.to_thread(taking.cut_off)
            self._attempts.discard(attempt)  # it has no effect, so stopping the service need not wait
            hanging = asyncio.create_task(_ends(attempt, taking))
            self._hanging.add(hanging)
            hanging.add_done_callback(self._hanging.discard)
            self._threads.shutdown(wait=False)  # its thread may be lost
            self._threads = _turn_threads()
            raise CutOffError(f"turn {turn.turn_id} took more than {self.turn_timeout:g} s")
        ended, news = attempt.result()
        self._notifier.give(turn.turn_id, news)
        return ended

    async def _deliver(self, conversation_id: str, channel_name: str = "") -> None:
        self._notifier.changed(conversation_id)
        self._wakeups.tell(conversation_id)
        name = channel_name or await asyncio.to_thread(self.channel_of, conversation_id)
        channel = self._channels.get(name)
        if channel and channel.deliver:
            with span("deliver", channel=name):
                await channel.deliver(conversation_id)

    def channel_of(self, conversation_id: str) -> str:
        """Name of the channel of a conversation; "" if it was erased."""
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
                await asyncio.to_thread(self._repository.keep_photo, turn.turn_id, message, data)
        self._photos.drop_upload(message.upload)  # left from an earlier attempt, if the service stopped right then


def _turn_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(TURN_THREADS, thread_name_prefix="turn")


async def _ends(attempt: asyncio.Future[Any], taking: Attempt) -> None:
    """Wait until a cut-off attempt ends, and cut it off repeatedly: an exception thrown into a destructor is lost."""
    while not (await asyncio.wait([attempt], timeout=CUT_OFF_AGAIN_SECONDS))[0]:
        await asyncio.to_thread(taking.cut_off)
    if not attempt.cancelled():
        attempt.exception()  # otherwise asyncio warns that nobody read the exception
