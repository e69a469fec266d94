"""The Telegram channel, on python-telegram-bot: polling, inline buttons, photos and image files."""

from __future__ import annotations

import asyncio
import html
import logging
from collections.abc import Coroutine
from typing import Any

from sqlalchemy import select
from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram import Message as TelegramMessage
from telegram.constants import ChatAction, ChatType, FileSizeLimit, MessageLimit, ParseMode
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, ExtBot, Updater

from bot.catalogue import Catalogue, catalogue
from bot.conversation.incoming import Incoming, Kind, Tap
from bot.conversation.turns import Channel, Conversations, open_conversation, shown_message
from bot.failures import described
from bot.links import token_of
from bot.my_data import my_data_page
from bot.photos import PhotoFolder
from bot.receipt import receipt_page
from bot.settings import Settings, SettingsError
from bot.store import Conversation, Store, TranscriptMessage
from bot.store.models import utc_now
from bot.vault import Vault

logger = logging.getLogger(__name__)

CHANNEL = "telegram"
UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY]
#: Seconds before "typing…" is shown.
TYPING_SECONDS = 0.5
#: Seconds between attempts to send while Telegram cannot be reached, at first and at most.
RETRY_SECONDS = (1.0, 30.0)
#: Characters of one answer shown on the review; the whole one is in the chat above.
REVIEW_VALUE_LENGTH = 300
#: Intents after whose tap a message's buttons have done their work.
FINAL_TAPS = frozenset({"affirm", "deny", "inform", "register", "resume"})

Reply = dict[str, Any]


class _AcceptingQueue(asyncio.Queue[object]):
    """What python-telegram-bot puts updates into: an update is in the inbox once ``put`` returns.

    The library tells Telegram that an update was taken as soon as it is in this queue, so the queue must not be
    memory. If accepting fails, the update is fetched again.
    """

    def __init__(self, channel: TelegramChannel) -> None:
        super().__init__()
        self._channel = channel

    async def put(self, item: object) -> None:
        if not isinstance(item, Update):
            return
        try:
            await self._channel.accept(item)
        except Exception as error:  # noqa: BLE001  (a database that is locked or restarted, say)
            # Of all exceptions, the library's polling loop survives its own kind only, and fetches the update again.
            logger.error("an update could not be accepted: %s", described(error))
            raise TelegramError("the update was not accepted") from None


class TelegramChannel:
    """Conversations in Telegram's private chats.

    Args:
        settings: token and address of the Bot API.
        store: the database.
        vault: opens what a message shows of a sealed value.
        photos: where photos are kept.
        conversations: takes the messages.
    """

    def __init__(
        self, settings: Settings, store: Store, vault: Vault, photos: PhotoFolder, conversations: Conversations
    ) -> None:
        self._store = store
        self._vault = vault
        self._photos = photos
        self._conversations = conversations
        self._bot: ExtBot[Any] = ExtBot(
            settings.telegram_token.get_secret_value(),
            base_url=f"{settings.telegram_api_url}/bot",
            base_file_url=f"{settings.telegram_api_url}/file/bot",
            rate_limiter=AIORateLimiter(max_retries=5),
        )
        self._site = settings.site_url
        self._name = ""
        self._updater = Updater(self._bot, _AcceptingQueue(self))
        self._tasks: set[asyncio.Task[None]] = set()
        #: Chats whose mentor is about to be shown that a reply is being written.
        self._typing: set[int] = set()
        conversations.register(Channel(CHANNEL, self._fetch_upload, self._deliver))

    async def start(self) -> None:
        """Begin to poll; while Telegram cannot be reached, this is tried again in the background.

        Raises:
            SettingsError: Telegram does not know the token.
        """
        try:
            await self._bot.initialize()
        except InvalidToken:
            raise SettingsError("TELEGRAM_TOKEN: Telegram does not know this token. @BotFather shows it.") from None
        except TelegramError as error:
            logger.warning("Telegram cannot be reached (%s); trying again until it can", type(error).__name__)
            self._in_background(self._start_later())
            return
        self._in_background(self._poll())

    async def stop(self) -> None:
        """Stop polling; what was fetched is in the inbox."""
        for task in list(self._tasks):
            task.cancel()
        if self._updater.running:
            await self._updater.stop()
        await self._updater.shutdown()
        await self._bot.shutdown()

    async def accept(self, update: Update) -> None:
        """Write an update to the inbox; once this returns, it is not lost."""
        query, message = update.callback_query, update.effective_message
        if update.effective_chat is None or message is None:
            return
        if update.effective_chat.type != ChatType.PRIVATE:
            self._in_background(self._private_only(update.effective_chat.id))
            return
        incoming = _from_query(query) if query else _from_message(message)
        conversation_id = await self._conversations.open(CHANNEL, str(update.effective_chat.id))
        if incoming.kind is Kind.OPEN and message.text and len(message.text.split()) > 1:
            await self._conversations.follow(conversation_id, message.text.split()[1])
        turn_id = await self._conversations.accept(conversation_id, incoming, f"update:{update.update_id}")
        if query:
            self._in_background(self._close_tap(query))
        if update.effective_chat.id not in self._typing:
            self._in_background(self._show_typing(turn_id, update.effective_chat.id))

    async def _start_later(self) -> None:
        wait = RETRY_SECONDS[0]
        while True:
            await asyncio.sleep(wait)
            try:
                await self._bot.initialize()
            except TelegramError as error:
                if isinstance(error, InvalidToken):
                    logger.error("Telegram does not know this TELEGRAM_TOKEN. @BotFather shows it.")
                wait = min(wait * 2, RETRY_SECONDS[1])
            else:
                await self._poll()
                return

    async def _poll(self) -> None:
        self._name = self._bot.username
        await self._updater.initialize()
        await self._updater.start_polling(
            timeout=25, allowed_updates=UPDATES, bootstrap_retries=-1, error_callback=_log_polling_error
        )

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what may fail without harm, without keeping the next update waiting."""
        task = asyncio.create_task(_harmless(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _close_tap(self, query: CallbackQuery) -> None:
        await self._bot.answer_callback_query(query.id)
        tap = Tap.parse(query.data or "")
        if tap and tap.intent in FINAL_TAPS and query.message:
            await self._bot.edit_message_reply_markup(query.message.chat.id, query.message.message_id)

    async def _show_typing(self, turn_id: str, chat_id: int) -> None:
        self._typing.add(chat_id)
        try:
            if not await self._conversations.answered(turn_id, TYPING_SECONDS):
                await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
        finally:
            self._typing.discard(chat_id)

    async def _private_only(self, chat_id: int) -> None:
        await self._bot.send_message(chat_id, catalogue().text("telegram-private-only"))

    async def _fetch_upload(self, message: Incoming) -> bytes | None:
        try:
            file = await self._bot.get_file(message.upload)
            return bytes(await file.download_as_bytearray())
        except TelegramError as error:
            logger.warning("a photo could not be fetched: %s", type(error).__name__)
            return None

    async def _deliver(self, conversation_id: str) -> None:
        """Send what was not sent yet, in order."""
        while waiting := await asyncio.to_thread(self._undelivered, conversation_id):
            for chat_id, reply in waiting:
                await self._send_until_taken(chat_id, reply)
                await asyncio.to_thread(self._delivered, reply["id"])

    def _undelivered(self, conversation_id: str) -> list[tuple[int, Reply]]:
        with self._store.read() as session:
            conversation = session.get_one(Conversation, conversation_id)
            rows = session.scalars(
                select(TranscriptMessage)
                .where(
                    TranscriptMessage.conversation_id == conversation_id,
                    TranscriptMessage.sender == "bot",
                    TranscriptMessage.delivered_at.is_(None),
                )
                .order_by(TranscriptMessage.id)
            ).all()
            chat_id = int(conversation.external_id)
            return [(chat_id, shown_message(session, self._vault, conversation, row)) for row in rows]

    def _delivered(self, message_id: int) -> None:
        with self._store.write() as session:
            session.get_one(TranscriptMessage, message_id).delivered_at = utc_now()

    async def _send_until_taken(self, chat_id: int, reply: Reply) -> None:
        wait = RETRY_SECONDS[0]
        while True:
            try:
                await self._send(chat_id, reply)
            except Forbidden:
                logger.info("a mentor blocked the bot; the draft is kept")
                return
            except BadRequest as error:
                logger.error("ALERT a reply cannot be sent to Telegram: %s", error)
                return  # it never could; those behind it can
            except TelegramError as error:
                # After a lost answer it cannot be known whether the message arrived: rather twice than never.
                logger.warning("a reply waits for Telegram: %s", type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, RETRY_SECONDS[1])
            else:
                return

    async def _send(self, chat_id: int, reply: Reply) -> None:
        if reply["kind"] == "photo":
            path = self._photos.square(reply["photo"])
            if path.exists():
                await self._bot.send_photo(chat_id, path.read_bytes(), caption=reply["text"])
                return
        if "document" in reply:
            page = await asyncio.to_thread(self._document, chat_id, reply["document"])
            await self._bot.send_document(
                chat_id, page, caption=reply["text"], filename=f"jobgen-{reply['document']}.html"
            )
            return
        reply = self._with_address(reply)
        *earlier, last = split(compose(reply, catalogue()), MessageLimit.MAX_TEXT_LENGTH)
        for part in earlier:
            await self._bot.send_message(chat_id, part, parse_mode=ParseMode.HTML)
        await self._bot.send_message(
            chat_id, last, parse_mode=ParseMode.HTML, reply_markup=keyboard(reply, catalogue())
        )

    def _document(self, chat_id: int, name: str) -> bytes:
        conversation_id = open_conversation(self._store, CHANNEL, str(chat_id))
        if name == "receipt":
            return receipt_page(self._conversations.receipt(conversation_id), catalogue()).encode()
        return my_data_page(self._conversations.my_data(conversation_id), catalogue()).encode()

    def name(self) -> str:
        """The bot's user name, once Telegram has told it."""
        return self._name

    def _with_address(self, reply: Reply) -> Reply:
        """A message that offers to go on elsewhere, with a button that leads to the site."""
        if "link" not in reply:
            return reply
        return {**reply, "url": f"{self._site}/?continue={token_of(self._vault, reply['link'])}"}


async def _harmless(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except TelegramError as error:
        logger.info("not done on Telegram: %s", type(error).__name__)


def _log_polling_error(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        logger.error("Telegram: another program polls with this TELEGRAM_TOKEN. Stop it, or use another bot.")
    else:
        logger.warning("Telegram cannot be polled: %s", type(error).__name__)


def _from_query(query: CallbackQuery) -> Incoming:
    return Incoming(Kind.BUTTON, payload=query.data or "")


def _from_message(message: TelegramMessage) -> Incoming:
    if message.text is not None:
        command = message.text.split(maxsplit=1)[0] if message.text.strip() else ""
        return Incoming(Kind.OPEN) if command == "/start" else Incoming(Kind.TEXT, text=message.text)
    return _from_attachment(message)


def _from_attachment(message: TelegramMessage) -> Incoming:
    if message.photo:
        return Incoming(Kind.PHOTO, upload=message.photo[-1].file_id)
    if message.document:
        if (message.document.file_size or 0) > FileSizeLimit.FILESIZE_DOWNLOAD:
            return Incoming(Kind.PHOTO, problem="note-photo-too-large")
        return Incoming(Kind.PHOTO, upload=message.document.file_id)
    return Incoming(Kind.UNSUPPORTED)


def compose(reply: Reply, sentences: Catalogue) -> list[str]:
    """A message as paragraphs in Telegram's HTML, every text escaped."""
    parts = []
    if "progress" in reply:
        parts.append(f"<i>{_escape(sentences.text('progress', **reply['progress']))}</i>")
    parts.append(_escape(reply["text"]))
    if "notice" in reply:
        parts.append(_escape(reply["notice"]))
    if "clause" in reply:
        parts.append(f"<blockquote>{_escape(reply['clause'])}</blockquote>")
    if "example" in reply:
        parts.append(f"<i>{_escape(reply['example'])}</i>")
    for section in reply.get("sections", []):
        parts.append(f"<b>{_escape(section['title'])}</b>")
        parts += [f"{_escape(_cut(row['label']))}\n<b>{_escape(_cut(row['value']))}</b>" for row in section["rows"]]
    return parts


def split(paragraphs: list[str], limit: int) -> list[str]:
    """Paragraphs joined into messages of at most ``limit`` characters.

    A paragraph is whole HTML and is never divided: those that could be longer are cut when they are composed.
    """
    messages: list[str] = []
    for paragraph in paragraphs:
        if messages and _length(messages[-1]) + 2 + _length(paragraph) <= limit:
            messages[-1] += "\n\n" + paragraph
        else:
            messages.append(paragraph)
    return messages


def keyboard(reply: Reply, sentences: Catalogue) -> InlineKeyboardMarkup | None:
    """A message's buttons: the replies, then a Change for each answer that is not a consent."""
    rows = [[InlineKeyboardButton(each["label"], callback_data=each["payload"])] for each in reply.get("buttons", [])]
    for section in reply.get("sections", []):
        for row in section["rows"]:
            if "change" in row and len(row["label"]) <= MAXIMUM_LABEL:
                label = sentences.text("button-change-row", label=row["label"])
                rows.append([InlineKeyboardButton(label, callback_data=row["change"]["payload"])])
    if "url" in reply:
        rows.append([InlineKeyboardButton(sentences.text("button-link-web"), url=reply["url"])])
    return InlineKeyboardMarkup(rows) if rows else None


#: Labels up to this length fit on a button: those of questions do, the wordings of consents do not.
MAXIMUM_LABEL = 30


def _length(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 code units; markup, which it does not count, is counted here too."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def _cut(text: str) -> str:
    return text if len(text) <= REVIEW_VALUE_LENGTH else text[: REVIEW_VALUE_LENGTH - 1] + "…"
