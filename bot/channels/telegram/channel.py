"""Conversations in Telegram's private chats: updates come in by polling or a webhook and go into the inbox."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Coroutine
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import Chat, ChatMemberUpdated, LinkPreviewOptions, Update
from telegram.constants import ChatType
from telegram.error import ChatMigrated, InvalidToken, TelegramError
from telegram.ext import Defaults, ExtBot, filters

from bot.channels.telegram.activity import show_typing
from bot.channels.telegram.calls import RETRY_SECONDS, persistently
from bot.channels.telegram.code_of_ethics import HIDE, SHOW
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.limiter import ChatRateLimiter
from bot.channels.telegram.mini_apps import can_open_pages
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.profile import show_profile
from bot.channels.telegram.reading import PollingRequest, quiet_library, readable
from bot.channels.telegram.taps import Taps, is_final
from bot.channels.telegram.updates import CHANNEL, UPDATES, external_id, incoming_of, seen_of, token_in
from bot.conversation.turns import Conversations
from bot.conversation.workers import GONE, Channel
from bot.core.errors import described, is_disk_full
from bot.core.settings import Settings, SettingsError
from bot.i18n.catalogue import catalogue, spoken
from bot.media.photos import Photos
from bot.messages.incoming import Incoming, Kind
from bot.messages.sight import TooQuickError
from bot.registration.answers import MessageRef
from bot.security.rate_limits import RateLimit, RateLimits, TooManyRequestsError
from bot.security.vault import Vault
from bot.storage import Store

logger = logging.getLogger(__name__)

quiet_library()

#: Where Telegram posts updates, below the public address.
WEBHOOK_PATH = "/telegram/webhook"
#: Attempts to fetch a photo before the mentor is asked to send it again.
FETCH_ATTEMPTS = 5
#: Attempts to accept an update while the database answers; then it is skipped.
ACCEPT_ATTEMPTS = 5
#: Seconds until a chat is told again that the disk is full.
FULL_DISK_SECONDS = 600.0


class _AcceptingQueue(asyncio.Queue[object]):
    """The queue of python-telegram-bot's updates: once ``put`` returns, an update is in the inbox.

    The library confirms an update to Telegram as soon as it is in this queue, so the queue must not be in memory. If
    accepting fails, the update is fetched again.
    """

    def __init__(self, channel: TelegramChannel) -> None:
        super().__init__()
        self._channel = channel

    async def put(self, item: object) -> None:
        if isinstance(item, Update) and not await self._channel.take(item):
            # The library's polling loop survives only its own exceptions; it then fetches the update again.
            raise TelegramError("the update was not accepted")


class TelegramChannel:
    """Conversations in Telegram's private chats.

    Attributes:
        limiter: decides when a call is made.
        queue: takes the fetched updates.

    Args:
        settings: token and address of the Bot API.
        store: the database.
        vault: opens sealed values that a message shows.
        photos: where photos are kept, and those that the page for them sent.
        conversations: takes the messages.
        limits: counts the messages of each chat.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        vault: Vault,
        photos: Photos,
        conversations: Conversations,
        limits: RateLimits,
    ) -> None:
        self._conversations = conversations
        self._photos = photos
        self._token = settings.telegram_token.get_secret_value()
        self.limiter = ChatRateLimiter(
            settings.telegram_messages_per_second / settings.workers, settings.telegram_chat_messages_per_second
        )
        self._polling = PollingRequest()
        self._bot: ExtBot[Any] = ExtBot(
            self._token,
            base_url=f"{settings.telegram_api_url}/bot",
            base_file_url=f"{settings.telegram_api_url}/file/bot",
            rate_limiter=self.limiter,
            defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)),
            get_updates_request=self._polling,
        )
        self._site = settings.site_url
        #: The bot's id, which distinguishes its messages from those of another bot with the same database.
        self._id = self._token.partition(":")[0]
        #: The address to which Telegram posts updates; "" to fetch them. Telegram posts only to https.
        self._webhook = f"{self._site}{WEBHOOK_PATH}" if self._site.startswith("https://") else ""
        #: Whether Telegram knows that address.
        self._is_posted_to = False
        self._name = ""
        self.queue = _AcceptingQueue(self)
        self._poller = Poller(self._bot, self.queue, store)
        self._delivery = Delivery(self._bot, store, vault, photos, conversations, self._site, self._in_background)
        self._taps = Taps(self._bot, conversations, self._delivery, self._in_background)
        self._limits = limits
        #: Chats that were told to slow down, with the end in seconds of the loop's clock.
        self._slowed: dict[int, float] = {}
        #: Chats that were told of a full disk, with the time until they are told again, in seconds of the loop's clock.
        self._told_of_full_disk: dict[int, float] = {}
        #: Groups and channels that have got the link to the bot.
        self._told: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        #: Chats in which "typing…" is about to be shown.
        self._typing: set[int] = set()
        #: Failed attempts to accept each update.
        self._failures: dict[int, int] = {}
        channel = Channel(CHANNEL, self._fetch_upload, self._delivery.deliver, settings.gather_seconds)
        conversations.register(replace(channel, has_card_page=can_open_pages(self._site)))

    @property
    def secret(self) -> str:
        """The secret that Telegram sends with each posted update; it is derived from the token."""
        return hmac.digest(self._token.encode(), b"webhook", "sha256").hex()

    async def start(self) -> None:
        """Start taking updates; while Telegram is unreachable, retry in the background.

        Raises:
            SettingsError: Telegram does not know the token.
        """
        try:
            await self._begin()
        except InvalidToken:
            raise SettingsError("TELEGRAM_TOKEN: Telegram does not know this token. @BotFather shows it.") from None
        except TelegramError as error:
            logger.warning("Telegram cannot be reached (%s); trying again until it can", type(error).__name__)
            self._in_background(self._begin_later())

    async def stop_taking(self) -> None:
        """Stop fetching updates; the fetched ones are in the inbox, and answers are still delivered."""
        await self._poller.stop()

    async def stop(self) -> None:
        """Stop taking updates and making calls."""
        for task in list(self._tasks):
            task.cancel()
        await self.stop_taking()
        await self._poller.shut_down()
        await self._bot.shutdown()

    async def is_ready(self) -> bool:
        """Whether updates can arrive: a recent poll succeeded, or Telegram knows the webhook's address.

        A service is ready, too, while another one polls.
        """
        return self._is_posted_to or self._poller.is_waiting or not self._polling.is_silent

    async def noted(self, conversation_id: str) -> None:
        """Wait until the newest message's delivery is recorded; see `Delivery.noted`."""
        await self._delivery.noted(conversation_id)

    def name(self) -> str:
        """The bot's user name, once Telegram has told it."""
        return self._name

    async def receive(self, data: Any) -> bool:
        """Accept a posted update; returns whether it is in the inbox or can be ignored.

        Raises:
            ValueError: the data is no update.
        """
        return await self.take(Update.de_json(readable(data), self._bot))

    async def take(self, update: Update) -> bool:
        """Accept an update; returns whether it is in the inbox, or is skipped for good."""
        try:
            await self.accept(update)
        except Exception as error:  # noqa: BLE001  (a broken update must not hold up the others)
            logger.error("an update could not be accepted: %s", described(error))
            if is_disk_full(error):
                self._tell_of_full_disk(update)
            if isinstance(error, SQLAlchemyError) or is_disk_full(error):  # the update itself is fine
                return False
            failures = self._failures[update.update_id] = self._failures.get(update.update_id, 0) + 1
            if failures < ACCEPT_ATTEMPTS:
                return False
            logger.error("ALERT Telegram's update %d is skipped", update.update_id)
        self._failures.pop(update.update_id, None)
        return True

    async def accept(self, update: Update) -> None:
        """Write an update to the inbox; once this returns, it is not lost."""
        try:
            await self._accept(update)
        except GONE:  # the mentor was erased meanwhile; their message begins a new conversation
            await self._accept(update)

    async def _accept(self, update: Update) -> None:
        chat = update.effective_chat
        if chat is None:
            return
        if chat.type != ChatType.PRIVATE:
            self._in_background(self._private_only(update, chat))
            return
        if update.my_chat_member:
            is_gone = _status(update.my_chat_member) == "kicked"
            await self._conversations.note_reach(CHANNEL, str(chat.id), is_blocked=is_gone)
            return
        message = update.message
        if message and filters.StatusUpdate.ALL.check_update(update):
            return  # Telegram itself wrote it
        incoming = incoming_of(self._id, update)
        if incoming is None:
            return
        user = update.effective_user
        language = spoken((user.language_code if user else None) or "")
        conversation_id = await self._conversations.open(CHANNEL, str(chat.id), language)
        try:
            await self._enter(incoming, conversation_id)
        except TooManyRequestsError as error:
            await self._slow_down(update, chat.id, conversation_id, error.seconds)
            return
        query = update.callback_query
        if query and query.data in (SHOW, HIDE):
            self._in_background(self._taps.fold(query, conversation_id))
            return
        token = token_in(message)
        if token:
            await self._conversations.follow(conversation_id, token)
        if query and is_final(query) and query.message:
            self._delivery.claim(chat.id, query.message.message_id)
        await self._delivery.noted(conversation_id)
        name = external_id(self._id, update)
        if query and await self._taps.is_idle(query, conversation_id, name):
            return
        try:
            turn_id = await self._conversations.accept(conversation_id, incoming, name, seen_of(update))
        except TooQuickError:
            await self._taps.pass_over(query, conversation_id)
            return
        if query:
            self._taps.begin(query, turn_id)
        if chat.id not in self._typing:
            self._in_background(self._show_typing(turn_id, chat.id))

    async def _enter(self, incoming: Incoming, conversation_id: str) -> None:
        """Count a message against the limits of its conversation.

        Raises:
            TooManyRequestsError: a limit is exceeded.
        """
        await self._limits.hit(RateLimit.MESSAGES, conversation_id)
        if incoming.kind is Kind.PHOTO and not incoming.problem:
            await self._limits.hit(RateLimit.PHOTOS, conversation_id)

    async def _slow_down(self, update: Update, chat_id: int, conversation_id: str, seconds: int) -> None:
        """Say once that messages are not accepted for a while; after a tap, say it on the tapped button."""
        note = MessageRef("note-too-many", (("seconds", seconds),))
        if update.callback_query:
            sentences = catalogue(await self._conversations.language(conversation_id))
            text = sentences.text(note.id, seconds=seconds)
            self._in_background(self._taps.answer(update.callback_query, text))
        now = asyncio.get_running_loop().time()
        if self._slowed.get(chat_id, 0) > now:
            return
        self._slowed = {chat: until for chat, until in self._slowed.items() if until > now} | {chat_id: now + seconds}
        if not update.callback_query:
            await self._conversations.tell(conversation_id, note)

    def _tell_of_full_disk(self, update: Update) -> None:
        """Say that nothing can be saved; directly, because the transcript cannot be saved either."""
        chat, now = update.effective_chat, asyncio.get_running_loop().time()
        if chat is None or chat.type != ChatType.PRIVATE or self._told_of_full_disk.get(chat.id, 0) > now:
            return
        self._told_of_full_disk[chat.id] = now + FULL_DISK_SECONDS
        user = update.effective_user
        text = catalogue(spoken((user.language_code if user else None) or "")).text("note-disk-full")
        self._in_background(self._say(chat.id, text))

    async def _say(self, chat_id: int, text: str) -> None:
        await persistently(partial(self._bot.send_message, chat_id, text))

    async def _begin(self) -> None:
        await self._bot.initialize()
        self._name = self._bot.username
        self._in_background(show_profile(self._bot))
        if self._webhook:
            await self._bot.set_webhook(self._webhook, secret_token=self.secret, allowed_updates=UPDATES)
            self._is_posted_to = True
            return
        await self._poller.start()

    async def _begin_later(self) -> None:
        wait = RETRY_SECONDS[0]
        while True:
            await asyncio.sleep(wait)
            try:
                await self._begin()
            except TelegramError as error:
                if isinstance(error, InvalidToken):
                    logger.error("Telegram does not accept this TELEGRAM_TOKEN. @BotFather shows the right one.")
                wait = min(wait * 2, RETRY_SECONDS[1])
            else:
                return

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run harmless work in the background, so that the next update need not wait."""
        task = asyncio.create_task(_harmless(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show_typing(self, turn_id: str, chat_id: int) -> None:
        self._typing.add(chat_id)
        try:
            await show_typing(self._bot, chat_id, partial(self._conversations.answered, turn_id))
        finally:
            self._typing.discard(chat_id)

    async def _private_only(self, update: Update, chat: Chat) -> None:
        """Post the bot's link in a group or channel, once, and leave."""
        member = update.my_chat_member
        if member is not None and _status(member) in {"left", "kicked", "restricted"}:
            self._told.discard(chat.id)
            return
        if chat.id in self._told or (update.message and filters.StatusUpdate.ALL.check_update(update)):
            return  # another member wrote before the bot had left, or Telegram reports a new member
        self._told.add(chat.id)
        text = catalogue().text("telegram-private-only", link=f"https://t.me/{self._name}")
        chat_id = chat.id
        try:
            await persistently(partial(self._bot.send_message, chat_id, text))
        except ChatMigrated as error:
            chat_id = error.new_chat_id
            self._told.add(chat_id)
            await persistently(partial(self._bot.send_message, chat_id, text))
        finally:
            await persistently(partial(self._bot.leave_chat, chat_id))

    async def _fetch_upload(self, message: Incoming) -> bytes | None:
        if message.upload_key:  # it came through the page
            return await self._photos.aside(self._photos.take_upload, message.upload, bytes.fromhex(message.upload_key))
        try:
            return await persistently(partial(self._download, message.upload), FETCH_ATTEMPTS)
        except TelegramError as error:
            logger.warning("a photo could not be fetched: %s", type(error).__name__)
            return None

    async def _download(self, upload: str) -> bytes:
        file = await self._bot.get_file(upload)
        return bytes(await file.download_as_bytearray())


def _status(change: ChatMemberUpdated) -> str:
    """The bot's status in a chat; "" if the update does not tell."""
    member = change.new_chat_member
    return str(member.status) if member else ""


async def _harmless(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except TelegramError as error:
        logger.info("a call to Telegram failed: %s", type(error).__name__)
    except GONE:
        logger.info("a call to Telegram failed: the mentor was erased meanwhile")
    except Exception as error:  # noqa: BLE001  (the loop would log the text, which may quote a mentor)
        logger.error("a call to Telegram failed: %s", described(error))
