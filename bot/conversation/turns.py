"""Accepts messages and answers each exactly once, in order, even if the service dies on the way.

A message is written to the inbox before it is acknowledged. Turns of one conversation run one after another
(`bot.conversation.workers`), those of others in parallel. A turn is one transaction: it applies the message, writes the
replies to the transcript and destroys the inbox body. Until it is committed nothing has happened, and a restart begins
it again.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.conversation.notifier import ConversationUpdate, TurnNotifier, Waiter
from bot.conversation.preparation import Preparation
from bot.conversation.repository import TurnRepository
from bot.conversation.workers import Channel, TurnWorkers
from bot.core.siblings import ALONE, Siblings
from bot.dialogue.agent import Agent
from bot.media.photos import Photos
from bot.messages.inbox import accept, is_waiting, turn_named
from bot.messages.incoming import CHANGE_LANGUAGE, Incoming, Kind, Tap
from bot.messages.renderer import Message
from bot.messages.sight import NOTHING_SEEN, Seen, newest_question
from bot.messages.transcript import messages_since
from bot.messages.unsent import Unsent, keep_unsent, unsent_text
from bot.moves.dialogue import Dialogue
from bot.privacy.consent_receipt import Receipt, receipt
from bot.privacy.my_data import my_data
from bot.registration.answers import MessageRef
from bot.registration.form import ItemId
from bot.registration.ledger import Ledger
from bot.security.vault import Vault
from bot.storage import Conversation, Mentor, Store, TranscriptMessage
from bot.storage.models import utc_now

logger = logging.getLogger(__name__)

#: A mentor who opens the chat after this time is welcomed back.
RETURNS_AFTER = timedelta(hours=1)

#: Read once, because it reads a folder of 600 files.
_time_zones = cache(available_timezones)


class Conversations:
    """All conversations of this service.

    Args:
        store: the database.
        vault: encrypts inbox bodies.
        ledger: knows the replies to the consents.
        photos: where photos are kept.
        dialogue: applies the mentors' moves.
        agent: reads messages, and decides moves.
        contact_email: where a mentor can write to a person.
        site_url: the site's address.
        consent_seconds: that a question must be shown before a typed reply counts as a consent.
        turn_timeout: seconds after which a turn is cut off.
        siblings: the other processes of this machine.
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
        site_url: str,
        consent_seconds: float,
        turn_timeout: float,
        siblings: Siblings = ALONE,
    ) -> None:
        self._store = store
        self._vault = vault
        self._ledger = ledger
        self._site = site_url
        self._consent_seconds = consent_seconds
        self._photos = photos
        self._contact = contact_email
        self._notifier = TurnNotifier()
        self._preparation = Preparation(store, vault, ledger)
        self._repository = TurnRepository(store, vault, ledger, photos, dialogue, agent, contact_email)
        parts = (self._preparation, self._repository, self._notifier)
        self._workers = TurnWorkers(store, photos, *parts, turn_timeout, siblings)
        self._loop: asyncio.AbstractEventLoop | None = None

    def register(self, channel: Channel) -> None:
        """Register a channel; call it before `resume`."""
        self._workers.register(channel)

    async def open(self, channel: str, external_id: str, language: str = "en") -> str:
        """The id of the conversation on ``channel`` with ``external_id``, opened at first use."""
        return await asyncio.to_thread(open_conversation, self._store, channel, external_id, language)

    async def accept(self, conversation_id: str, message: Incoming, external_id: str, seen: Seen = NOTHING_SEEN) -> str:
        """Write a message to the inbox and start its turn. Once this returns, the message is not lost.

        Args:
            conversation_id: whose message it is.
            message: the mentor's message.
            external_id: the channel's own id of the message; the same id again is the same message.
            seen: what the channel knows about the messages that the mentor had seen.

        Returns:
            The turn id.

        Raises:
            UnknownConversationError: there is no such conversation.
            TooQuickError: a button was pressed right after its question appeared.
        """
        is_ours = True

        def claim(session: Session) -> None:
            nonlocal is_ours
            is_ours = self._workers.leases.claim(session, conversation_id)

        write = partial(
            accept,
            self._store,
            self._vault,
            conversation_id,
            message,
            external_id,
            claim=claim,
            follow=self._preparation.prepare,
            pushing=self._workers.pushing,
            seen=seen,
            consent_seconds=self._consent_seconds,
        )
        accepted = await asyncio.to_thread(write)
        self._workers.underway[accepted.turn_id] = conversation_id
        if is_ours:
            self._workers.wake(conversation_id, accepted.following)
        else:
            await self._workers.pass_on(conversation_id)
        return accepted.turn_id

    async def is_outdated(self, conversation_id: str, payload: str, external_id: str) -> bool:
        """Whether a button belongs to an earlier question, and nothing that waits could change that.

        Args:
            conversation_id: where it was pressed.
            payload: of the button.
            external_id: the channel's own id of the press; one that was accepted before is not outdated.
        """
        return await asyncio.to_thread(self._is_outdated, conversation_id, payload, external_id)

    def _is_outdated(self, conversation_id: str, payload: str, external_id: str) -> bool:
        tap = Tap.parse(payload)
        if tap is None or tap.revision is None:
            return False
        with self._store.read() as session:
            if session.scalars(turn_named(conversation_id, external_id)).one_or_none() is not None:
                return False
            mentor = session.get_one(Mentor, session.get_one(Conversation, conversation_id).mentor_id)
            return mentor.revision != tap.revision and not is_waiting(session, conversation_id)

    async def seen_at(self, conversation_id: str, question: ItemId) -> Seen | None:
        """What a mentor has seen who answers ``question`` outside the chat; None if the newest question is another."""
        return await asyncio.to_thread(self._seen_at, conversation_id, question)

    def _seen_at(self, conversation_id: str, question: ItemId) -> Seen | None:
        with self._store.read() as session:
            newest = newest_question(session, conversation_id)
            return Seen(newest=newest.id) if newest is not None and newest.body["question"] == question else None

    async def asked(self, conversation_id: str) -> Message | None:
        """The question that was asked last in a conversation, as a channel shows it; None if none was."""
        return await asyncio.to_thread(self._asked, conversation_id)

    def _asked(self, conversation_id: str) -> Message | None:
        with self._store.read() as session:
            newest = newest_question(session, conversation_id)
            conversation = session.get_one(Conversation, conversation_id)
            return None if newest is None else messages_since(session, self._vault, conversation, newest.id - 1)[0]

    async def opening(self, conversation_id: str) -> str:
        """The external id of the message for opening the chat: a new one if the mentor was away for a while."""
        return await asyncio.to_thread(self._opening, conversation_id)

    def _opening(self, conversation_id: str) -> str:
        with self._store.read() as session:
            conversation = session.get_one(Conversation, conversation_id)
            away = utc_now() - conversation.last_seen_at
            is_back = conversation.delivered_question is not None and away >= RETURNS_AFTER
            return f"open-{conversation.last_seen_at.timestamp()}" if is_back else "open"

    async def answered(self, turn_id: str, seconds: float) -> bool:
        """Wait up to ``seconds`` until a turn ends or the mentor is told to wait; returns whether either happened."""
        with self._notifier.waiter(turn_id) as waiter:
            return await self._has_ended(turn_id, seconds, waiter)

    async def reply(self, turn_id: str, seconds: float, conversation_id: str, after: int) -> ConversationUpdate:
        """Wait as `answered` does; returns the messages after the one with id ``after``."""
        with self._notifier.waiter(turn_id, after) as waiter:
            await self._has_ended(turn_id, seconds, waiter)
        return waiter.news or await self.news(conversation_id, after)

    async def _has_ended(self, turn_id: str, seconds: float, waiter: Waiter) -> bool:
        if turn_id not in self._workers.underway and await asyncio.to_thread(self._repository.is_finished, turn_id):
            return True
        try:
            return await asyncio.wait_for(waiter.wait(), seconds)
        except TimeoutError:
            return False

    @property
    def is_hanging(self) -> bool:
        """Whether a turn still holds its thread, after it was cut off or after `stop`."""
        return self._workers.is_hanging

    async def answers(self) -> bool:
        """Whether turns can be processed: returns once a thread is free for one."""
        return await self._workers.answers()

    @property
    def is_stopping(self) -> bool:
        """Whether the service is being stopped."""
        return self._workers.is_draining

    def watched(self, conversation_id: str) -> AbstractContextManager[asyncio.Event]:
        """Register an event that is set when a conversation may have changed, and when the service stops."""
        return self._notifier.watched(conversation_id)

    async def news(self, conversation_id: str, after: int = 0) -> ConversationUpdate:
        """The messages of a conversation after the one with id ``after``."""
        return await asyncio.to_thread(self._repository.news, conversation_id, after)

    def receipt(self, conversation_id: str) -> Receipt:
        """The consent receipt of the mentor of a conversation."""
        with self._store.read() as session:
            mentor = session.get_one(Mentor, session.get_one(Conversation, conversation_id).mentor_id)
            return receipt(session, self._ledger, mentor, self._contact, self._site)

    def my_data(self, conversation_id: str) -> dict[str, Any]:
        """Everything that is stored about the mentor of a conversation."""
        with self._store.read() as session:
            mentor = session.get_one(Mentor, session.get_one(Conversation, conversation_id).mentor_id)
            return my_data(session, self._ledger, self._photos, mentor)

    async def keep_unsent(self, conversation_id: str, unsent: Unsent) -> None:
        """Keep what a mentor has typed and not sent yet, in place of what was kept before.

        Raises:
            NoResultFound: there is no such conversation; it may have been erased.
        """
        await asyncio.to_thread(self._keep_unsent, conversation_id, unsent)

    def _keep_unsent(self, conversation_id: str, unsent: Unsent) -> None:
        with self._store.write() as session:
            keep_unsent(session, self._vault, conversation_id, unsent)

    async def unsent(self, conversation_id: str) -> Unsent | None:
        """What a mentor has typed at the question that is shown now and not sent yet."""
        return await asyncio.to_thread(self._unsent, conversation_id)

    def _unsent(self, conversation_id: str) -> Unsent | None:
        with self._store.read() as session:
            return unsent_text(session, self._vault, conversation_id)

    async def follow(self, conversation_id: str, token: str) -> None:
        """Ask, in this conversation, whether the registration of a link is the mentor's; or say why it cannot be."""
        await asyncio.to_thread(self._repository.follow, conversation_id, token)

    async def tell(self, conversation_id: str, note: MessageRef) -> None:
        """Say something to a mentor outside a turn."""
        await asyncio.to_thread(self._repository.say, conversation_id, None, note)
        self._workers.wake(conversation_id)

    async def speak(self, conversation_id: str, language: str, external_id: str) -> str:
        """Switch the language, beginning with the open question; returns the turn's id.

        Args:
            conversation_id: the conversation.
            language: a code of `bot.i18n.catalogue.languages`.
            external_id: as for `accept`.
        """
        message = Incoming(Kind.BUTTON, payload=Tap(CHANGE_LANGUAGE, reply=language).payload())
        return await self.accept(conversation_id, message, external_id)

    async def is_there(self, conversation_id: str) -> bool:
        """Whether a conversation still exists."""
        return bool(await asyncio.to_thread(self._workers.channel_of, conversation_id))

    async def find(self, channel: str, external_id: str) -> str | None:
        """The id of the conversation on ``channel`` with ``external_id``; None if there is none, or it is gone."""
        return await asyncio.to_thread(_find, self._store, channel, external_id)

    async def language(self, conversation_id: str) -> str:
        """The code of the language that the bot writes in a conversation."""
        return await asyncio.to_thread(self._language, conversation_id)

    def _language(self, conversation_id: str) -> str:
        with self._store.read() as session:
            return session.get_one(Conversation, conversation_id).language

    async def note_time_zone(self, conversation_id: str, name: str) -> None:
        """Record the time zone of the mentor's device, so that reminders do not arrive at night."""
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
            self._loop.call_soon_threadsafe(self._workers.wake, row.conversation_id)

    async def note_reach(self, channel: str, external_id: str, *, is_blocked: bool) -> None:
        """Record whether the bot can write to a mentor on ``channel``. Does nothing if they never wrote there."""
        blocked_at = utc_now() if is_blocked else None
        conversation_id = await asyncio.to_thread(self._note_reach, channel, external_id, blocked_at)
        if conversation_id is not None and not is_blocked:
            self._workers.wake(conversation_id)  # deliver the messages that waited

    def _note_reach(self, channel: str, external_id: str, blocked_at: datetime | None) -> str | None:
        known = select(Conversation).where(Conversation.channel == channel, Conversation.external_id == external_id)
        with self._store.write() as session:
            conversation = session.scalars(known).one_or_none()
            if conversation is None:
                return None
            conversation.blocked_at = blocked_at
            return conversation.id

    def note_blocked(self, conversation_id: str) -> None:
        """Record that this conversation can no longer receive messages."""
        blocked = update(Conversation).where(Conversation.id == conversation_id).values(blocked_at=utc_now())
        with self._store.write() as session:
            session.connection().execute(blocked)

    async def resume(self) -> None:
        """Resume the turns and deliveries that were unfinished when the service stopped."""
        self._loop = asyncio.get_running_loop()
        await self._workers.resume()

    async def drain(self) -> None:
        """Let the turns that are underway end, and open streams, too."""
        await self._workers.drain()

    async def stop(self) -> None:
        """Stop working; unfinished messages wait in the inbox."""
        await self._workers.stop()


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
        return found or open_conversation(store, channel, external_id, language)  # and it was erased since then


def _find(store: Store, channel: str, external_id: str) -> str | None:
    wanted = select(Conversation.id).where(Conversation.channel == channel, Conversation.external_id == external_id)
    with store.read() as session:
        return session.scalars(wanted).one_or_none()
