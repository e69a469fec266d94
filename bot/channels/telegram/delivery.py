"""What mentors are sent on Telegram: in order, until it is taken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select
from telegram.constants import MessageLimit, ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot.catalogue import Catalogue, catalogue
from bot.channels.telegram.messages import Reply, caption, compose, keyboard, split
from bot.channels.telegram.updates import message_id_of
from bot.conversation.transcript import shown_message, to_deliver
from bot.conversation.turns import Conversations
from bot.links import token_of
from bot.my_data import my_data_page
from bot.photos import PhotoFolder
from bot.receipt import receipt_page
from bot.store import Conversation, InboxMessage, Store, TranscriptMessage
from bot.store.models import utc_now
from bot.vault import Vault

logger = logging.getLogger(__name__)

#: Seconds between attempts to send while Telegram cannot be reached, at first and at most.
RETRY_SECONDS = (1.0, 30.0)
#: What Telegram says of a message that is gone already.
_GONE = "message to delete not found"


@dataclass(frozen=True)
class _Waiting:
    """A row of the transcript that Telegram has to be told.

    Attributes:
        chat_id: of the chat.
        row_id: of the row.
        reply: what the bot says.
        secret: the name of the mentor's own message that must not stay in the chat; "" for what the bot says.
    """

    chat_id: int
    row_id: int
    reply: Reply
    secret: str = ""


class Delivery:
    """Hands the transcript over to Telegram.

    Args:
        bot: makes the calls.
        store: the database.
        vault: opens what a message shows of a sealed value.
        photos: where photos are kept.
        conversations: gives receipts and data.
        site: where the site is.
    """

    def __init__(
        self,
        bot: ExtBot[Any],
        store: Store,
        vault: Vault,
        photos: PhotoFolder,
        conversations: Conversations,
        site: str,
    ) -> None:
        self._bot = bot
        self._store = store
        self._vault = vault
        self._photos = photos
        self._conversations = conversations
        self._site = site

    async def deliver(self, conversation_id: str) -> None:
        """Send what was not sent yet, in order, and delete what must not stay."""
        while waiting := await asyncio.to_thread(self._waiting, conversation_id):
            for each in waiting:
                await self._until_taken(conversation_id, partial(self._tell, conversation_id, each))
                await asyncio.to_thread(self._delivered, each.row_id)

    def choice(self, turn_id: str) -> str:
        """The label that a tap chose, masked where it is a date; "" if the tap was not taken."""
        wanted = select(TranscriptMessage).where(
            TranscriptMessage.turn_id == turn_id, TranscriptMessage.sender == "mentor"
        )
        with self._store.read() as session:
            row = session.scalars(wanted).first()
            return "" if row is None or row.body.get("refused") else str(row.body["text"])

    def _waiting(self, conversation_id: str) -> list[_Waiting]:
        with self._store.read() as session:
            conversation = session.get_one(Conversation, conversation_id)
            rows = session.execute(
                select(TranscriptMessage, InboxMessage.external_id)
                .outerjoin(InboxMessage, InboxMessage.id == TranscriptMessage.turn_id)
                .where(TranscriptMessage.conversation_id == conversation_id, to_deliver())
                .order_by(TranscriptMessage.id)
            ).all()
            chat_id = int(conversation.external_id)
            return [
                _Waiting(chat_id, row.id, {}, secret=name or ":update:")
                if row.sender == "mentor"
                else _Waiting(chat_id, row.id, shown_message(session, self._vault, conversation, row))
                for row, name in rows
            ]

    def _delivered(self, row_id: int) -> None:
        with self._store.write() as session:
            row = session.get(TranscriptMessage, row_id)
            if row is not None:  # None: erased meanwhile
                row.delivered_at = utc_now()

    async def _until_taken(self, conversation_id: str, call: Callable[[], Awaitable[None]]) -> None:
        wait = RETRY_SECONDS[0]
        while True:
            try:
                await call()
            except Forbidden:
                logger.info("a mentor blocked the bot, or has left Telegram; what they told is kept")
                await asyncio.to_thread(self._conversations.note_blocked, conversation_id)
                return
            except BadRequest as error:
                logger.error("ALERT Telegram refuses a call: %s", error)
                return  # it would again; those behind it can be made
            except TelegramError as error:
                # After a lost answer it cannot be known whether the message arrived: rather twice than never.
                logger.warning("a reply waits for Telegram: %s", type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, RETRY_SECONDS[1])
            else:
                return

    async def _tell(self, conversation_id: str, each: _Waiting) -> None:
        sentences = catalogue(await self._conversations.language(conversation_id))
        if each.secret:
            await self._delete(each, sentences)
        else:
            await self._send(conversation_id, each.chat_id, each.reply, sentences)

    async def _delete(self, each: _Waiting, sentences: Catalogue) -> None:
        """Delete the mentor's message that held the date of birth, or tell them how to."""
        message_id = message_id_of(each.secret)
        if message_id is None:
            return  # a tap leaves no message
        try:
            await self._bot.delete_message(each.chat_id, message_id)
        except BadRequest as error:
            if _GONE not in str(error).lower():
                await self._bot.send_message(each.chat_id, sentences.text("telegram-delete-it-yourself"))

    async def _send(self, conversation_id: str, chat_id: int, reply: Reply, sentences: Catalogue) -> None:
        if reply["kind"] == "photo":
            path = self._photos.square(reply["photo"])
            if path.exists():
                text, following = caption(reply["text"], MessageLimit.CAPTION_LENGTH)
                await self._bot.send_photo(chat_id, path.read_bytes(), caption=text, parse_mode=ParseMode.HTML)
                await self._send_texts(chat_id, following)
                return
        if "document" in reply:
            page = await asyncio.to_thread(self._document, conversation_id, reply["document"], sentences)
            text, following = caption(reply["text"], MessageLimit.CAPTION_LENGTH)
            await self._bot.send_document(
                chat_id, page, caption=text, parse_mode=ParseMode.HTML, filename=f"jobgen-{reply['document']}.html"
            )
            await self._send_texts(chat_id, following)
            return
        reply = self._with_address(reply)
        *earlier, last = split(compose(reply, sentences), MessageLimit.MAX_TEXT_LENGTH)
        await self._send_texts(chat_id, earlier)
        buttons = keyboard(reply, sentences)
        await self._bot.send_message(chat_id, last, parse_mode=ParseMode.HTML, reply_markup=buttons)

    async def _send_texts(self, chat_id: int, texts: list[str]) -> None:
        for each in texts:
            await self._bot.send_message(chat_id, each, parse_mode=ParseMode.HTML)

    def _document(self, conversation_id: str, name: str, sentences: Catalogue) -> bytes:
        if name == "receipt":
            return receipt_page(self._conversations.receipt(conversation_id), sentences).encode()
        return my_data_page(self._conversations.my_data(conversation_id), sentences).encode()

    def _with_address(self, reply: Reply) -> Reply:
        """A message that offers to go on elsewhere, with a button that leads to the site."""
        if "link" not in reply:
            return reply
        return {**reply, "url": f"{self._site}/?continue={token_of(self._vault, reply['link'])}"}
