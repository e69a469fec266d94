"""Sends messages to mentors on Telegram, in order, until Telegram accepts them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from telegram import Chat, InlineKeyboardMarkup, Message
from telegram.constants import ChatType, MessageLimit, ParseMode
from telegram.error import BadRequest, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.channels.telegram.activity import show_typing
from bot.channels.telegram.calls import FINAL_ERRORS, RETRY_SECONDS, is_unreachable, persistently
from bot.channels.telegram.choices import (
    AnsweredQuestion,
    question_sent_as,
    show_answered,
    take_question_before,
)
from bot.channels.telegram.code_of_ethics import STANDS, place_of, summary
from bot.channels.telegram.limiter import seconds_of
from bot.channels.telegram.messages import Reply, as_plain, below_photo, caption, compose, keyboard, photo_in, split
from bot.channels.telegram.mini_apps import with_page
from bot.channels.telegram.updates import message_id_of
from bot.channels.telegram.waiting import ABOVE, Waiting, joined
from bot.conversation.turns import Conversations
from bot.core.errors import described
from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import Catalogue, catalogue
from bot.media.blobs import BlobError
from bot.media.photos import Photos
from bot.messages.sight import DATED, SENT_AS
from bot.messages.transcript import shown_message, to_deliver
from bot.privacy.consent_receipt import receipt_page
from bot.privacy.my_data import my_data_page
from bot.security.continue_links import address_of, token_of
from bot.security.vault import Vault
from bot.storage import Conversation, InboxMessage, Store, TranscriptMessage
from bot.storage.models import new_id, utc_now

logger = logging.getLogger(__name__)

#: Telegram's error text for a message that is already gone.
_GONE = "message to delete not found"
#: What it says of an edit that was made already.
_SAME = "message is not modified"
#: The most questions that are reserved for a tap.
_MANY_CLAIMS = 10_000
#: Seconds that an answer waits for Telegram's confirmation of its question.
TOLD_SECONDS = 0.5

#: A call; returns the message that it sent, if any.
Piece = Callable[[], Awaitable[Message | None]]


class _UnreachableError(Exception):
    """A mentor blocked the bot, or has left Telegram."""


class Delivery:
    """Delivers the transcript to Telegram.

    Args:
        bot: makes the calls.
        store: the database.
        vault: opens sealed values that a message shows.
        photos: where photos are kept.
        conversations: provides receipts and data.
        site: the site's address.
        in_background: runs harmless work, so that the next message need not wait.
    """

    def __init__(
        self,
        bot: ExtBot[Any],
        store: Store,
        vault: Vault,
        photos: Photos,
        conversations: Conversations,
        site: str,
        in_background: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._bot = bot
        self._store = store
        self._vault = vault
        self._photos = photos
        self._conversations = conversations
        self._site = site
        self._in_background = in_background
        #: The tasks that deliver a message and record its delivery, by conversation.
        self._handing: dict[str, asyncio.Task[Message | None]] = {}
        self._noting: dict[str, asyncio.Task[AnsweredQuestion | None]] = {}
        self._claimed: set[tuple[int, int]] = set()

    async def deliver(self, conversation_id: str) -> None:
        """Send all undelivered messages in order, and delete messages that must not stay.

        Messages to a mentor who has blocked the bot wait until the mentor unblocks it.
        """
        while waiting := await asyncio.to_thread(self._waiting, conversation_id):
            for each in waiting:
                handing = self._handing[conversation_id] = asyncio.create_task(self._hand_over(conversation_id, each))
                self._in_background(show_typing(self._bot, each.chat_id, partial(_ends, handing)))
                try:
                    sent = await handing
                except _UnreachableError:
                    logger.info("a mentor blocked the bot or left Telegram; their registration is kept")
                    await asyncio.to_thread(self._conversations.note_blocked, conversation_id)
                    return
                finally:
                    del self._handing[conversation_id]
                noting = asyncio.create_task(asyncio.to_thread(self._delivered, each, sent))
                self._noting[conversation_id] = noting
                try:
                    answered = await noting
                finally:
                    del self._noting[conversation_id]
                if answered is not None:
                    self._in_background(self._show_answered(conversation_id, answered))

    async def noted(self, conversation_id: str) -> None:
        """Wait until the newest message's acceptance is in the database, if Telegram accepted it.

        A mentor can answer a message before Telegram has confirmed it. So this waits for a running call, too, but not
        for long, because other chats' messages wait behind it.
        """
        handing = self._handing.get(conversation_id)
        if handing is not None:
            await asyncio.wait([handing], timeout=TOLD_SECONDS)
        noting = self._noting.get(conversation_id)
        if noting is not None:
            await asyncio.wait([noting])

    def unclaim(self, chat_id: int, message_id: int) -> None:
        """Release a question: the tap on it was not accepted."""
        self._claimed.discard((chat_id, message_id))

    def claim(self, chat_id: int, message_id: int) -> None:
        """Reserve a question for the caller, who shows the tapped choice on it."""
        if len(self._claimed) >= _MANY_CLAIMS:
            self._claimed.clear()  # then some question shows its choice twice, which changes nothing
        self._claimed.add((chat_id, message_id))

    def choice(self, turn_id: str) -> str:
        """The label of a tap, masked if it is a date; "" if the tap was not accepted."""
        wanted = select(TranscriptMessage).where(
            TranscriptMessage.turn_id == turn_id, TranscriptMessage.sender == "mentor"
        )
        with self._store.read() as session:
            row = session.scalars(wanted).first()
            return "" if row is None or row.body.get("refused") else str(row.body["text"])

    async def show_as_it_stands(self, conversation_id: str, message_id: int) -> bool:
        """Show on a question the choice made there, regardless of a tap; False if the message has no question.

        Raises:
            TelegramError: Telegram refuses, or cannot be reached.
        """
        question = await asyncio.to_thread(self._question, conversation_id, message_id)
        if question is not None:
            await self._show_answered(conversation_id, question)
        return question is not None

    async def show_answers(self, conversation_id: str, chat_id: int, message_id: int, *, unfolded: bool) -> None:
        """Show in the message of the clauses what was said to each, or only to how many was agreed.

        Raises:
            TelegramError: Telegram refuses, or cannot be reached.
        """
        text, buttons = await asyncio.to_thread(self._summary, conversation_id, unfolded)
        where = (chat_id, message_id)
        edit = partial(self._bot.edit_message_text, text, *where, parse_mode=ParseMode.HTML, reply_markup=buttons)
        await persistently(edit)

    def _summary(self, conversation_id: str, unfolded: bool) -> tuple[str, InlineKeyboardMarkup]:
        with self._store.read() as session:
            conversation = session.get_one(Conversation, conversation_id)
            return summary(session, conversation, catalogue(conversation.language), unfolded=unfolded)

    def _question(self, conversation_id: str, message_id: int) -> AnsweredQuestion | None:
        with self._store.read() as session:
            return question_sent_as(session, conversation_id, message_id)

    def _waiting(self, conversation_id: str) -> list[Waiting]:
        with self._store.read() as session:
            conversation = session.get(Conversation, conversation_id)
            if conversation is None:
                return []  # erased meanwhile
            rows = session.execute(
                select(TranscriptMessage, InboxMessage.external_id)
                .outerjoin(InboxMessage, InboxMessage.id == TranscriptMessage.turn_id)
                .where(TranscriptMessage.conversation_id == conversation_id, to_deliver())
                .order_by(TranscriptMessage.id)
            ).all()
            chat_id = int(conversation.external_id)
            return joined(
                Waiting(chat_id, (row.id,), row.turn_id, {}, secret=name or ":update:")
                if row.sender == "mentor"
                else Waiting(chat_id, (row.id,), row.turn_id, shown_message(session, self._vault, conversation, row))
                for row, name in rows
            )

    def _delivered(self, each: Waiting, sent: Message | None) -> AnsweredQuestion | None:
        """Record that rows were delivered. Returns the question before them if it must show its choice."""
        with self._store.write() as session:
            found = [session.get(TranscriptMessage, row_id) for row_id in each.row_ids]
            rows = [row for row in found if row is not None]
            if not rows:  # erased meanwhile
                return None
            for row in rows:
                row.delivered_at = utc_now()
            conversation = session.get_one(Conversation, row.conversation_id)
            if conversation.blocked_at is not None:
                conversation.blocked_at = None
            if sent is None:
                return None
            if "question" in row.body:
                known = {SENT_AS: sent.message_id, DATED: int((sent.edit_date or sent.date).timestamp())}
                known |= {name: each.reply[name] for name in (ABOVE,) if name in each.reply}
                row.body = row.body | known | ({STANDS: True} if row.body.get("buttons") else {})
            before = take_question_before(session, row)
        if before is None or (before.chat_id, before.message_id) not in self._claimed:
            return before
        self._claimed.discard((before.chat_id, before.message_id))
        return None

    async def _show_answered(self, conversation_id: str, question: AnsweredQuestion) -> None:
        sentences = catalogue(await self._conversations.language(conversation_id))
        await show_answered(self._bot, question, sentences)

    async def _hand_over(self, conversation_id: str, each: Waiting) -> Message | None:
        """Deliver a row; returns its last Telegram message, if any.

        Raises:
            _UnreachableError: the mentor cannot be reached.
        """
        sentences = catalogue(await self._conversations.language(conversation_id))
        if each.secret:
            pieces: list[Piece] = [partial(self._delete, each, sentences)]
        else:
            pieces = await self._pieces_or_apology(conversation_id, each, sentences)
        sent = None
        for piece in pieces:
            sent = await self._until_taken(piece)
        return sent

    async def _pieces_or_apology(self, conversation_id: str, each: Waiting, sentences: Catalogue) -> list[Piece]:
        """The calls that send a message; if it cannot be rendered, a call that says that something went wrong."""
        try:
            pieces = await self._pieces(conversation_id, each.chat_id, each.reply, sentences)
            place = await asyncio.to_thread(self._place, each.row_ids) if len(pieces) == 1 else None
            return pieces if place is None else [partial(self._edit, each, place, sentences, pieces[0])]
        except SQLAlchemyError:
            raise  # it is tried again
        except Exception as error:  # noqa: BLE001  (the rows after it would never be sent)
            reference = new_id()[:8]
            logger.error("ALERT a message cannot be shown, reference %s: %s", reference, described(error))
            return [partial(self._apologise, each.chat_id, sentences.text("error-internal", reference=reference))]

    def _place(self, row_ids: tuple[int, ...]) -> int | None:
        """The message that rows take the place of."""
        with self._store.read() as session:
            row = session.get(TranscriptMessage, row_ids[-1])
            return place_of(session, row, row_ids[0]) if row is not None else None

    async def _edit(self, each: Waiting, place: int, sentences: Catalogue, send: Piece) -> Message | None:
        """Show a message in the place of another one; where that is gone, below."""
        [text] = split(compose(each.reply, sentences), MessageLimit.MAX_TEXT_LENGTH)
        buttons = keyboard(with_page(each.reply, self._site, sentences.language), sentences)
        try:
            edited = await self._bot.edit_message_text(
                text, each.chat_id, place, parse_mode=ParseMode.HTML, reply_markup=buttons
            )
        except BadRequest as error:
            if is_unreachable(error):
                raise
            if _SAME not in str(error).lower():
                return await send()
        else:
            if isinstance(edited, Message):
                return edited
        # Made before, and the answer lost.
        return Message(place, datetime.now(UTC), Chat(each.chat_id, ChatType.PRIVATE))

    async def _apologise(self, chat_id: int, text: str) -> None:
        """Send a text instead of a message; it has no buttons, so it is not recorded as that message."""
        await self._send_text(chat_id, text)

    async def _until_taken(self, piece: Piece) -> Message | None:
        wait = RETRY_SECONDS[0]
        while True:
            try:
                return await piece()
            except TelegramError as error:
                if is_unreachable(error):
                    raise _UnreachableError from None
                if isinstance(error, FINAL_ERRORS):
                    logger.error("ALERT Telegram refuses a call: %s", error)
                    return None  # Telegram would refuse it again; the next calls may succeed
                # After a lost answer the bot cannot know whether the message arrived: twice is better than never.
                logger.warning("a reply waits for Telegram: %s", type(error).__name__)
                await asyncio.sleep(max(wait, seconds_of(error) if isinstance(error, RetryAfter) else 0))
                wait = min(wait * 2, RETRY_SECONDS[1])

    async def _delete(self, each: Waiting, sentences: Catalogue) -> None:
        """Delete the mentor's message that held the date of birth, or tell them how to."""
        message_id = message_id_of(each.secret)
        if message_id is None:
            return  # a tap leaves no message
        try:
            await self._bot.delete_message(each.chat_id, message_id)
        except BadRequest as error:
            if is_unreachable(error):
                raise
            if _GONE not in str(error).lower():
                await self._bot.send_message(each.chat_id, sentences.text("telegram-delete-it-yourself"))

    async def _pieces(self, conversation_id: str, chat_id: int, reply: Reply, sentences: Catalogue) -> list[Piece]:
        """The calls that send a message; each is repeated until Telegram accepts it."""
        reply = with_page(self._with_address(reply), self._site, sentences.language)
        first, texts, buttons = None, list[str](), keyboard(reply, sentences)
        below, following = caption(reply["text"], MessageLimit.CAPTION_LENGTH)
        photo = photo_in(reply)
        picture = await self._picture(photo) if photo else None
        if picture and reply["kind"] == "photo":
            first, texts = partial(self._bot.send_photo, photo=picture), following
        elif picture and (shown := below_photo(reply, sentences, MessageLimit.CAPTION_LENGTH)):
            send = partial(self._bot.send_photo, photo=picture)
            return [partial(self._send_file, chat_id, send, shown, buttons)]
        elif "document" in reply:
            page = await self._photos.aside(self._document, conversation_id, reply["document"], sentences)
            name = f"{ORGANISATION.file_name}-{reply['document']}.html"
            first, texts, buttons = partial(self._bot.send_document, document=page, filename=name), following, None
        else:
            texts = split(compose(reply, sentences), MessageLimit.MAX_TEXT_LENGTH)
        pieces: list[Piece] = [partial(self._send_text, chat_id, each) for each in texts[:-1]]
        pieces += [partial(self._send_text, chat_id, each, buttons) for each in texts[-1:]]
        under = None if texts else buttons
        return pieces if first is None else [partial(self._send_file, chat_id, first, below, under), *pieces]

    async def _picture(self, photo_id: str) -> bytes | None:
        """The photo to show; None if it is gone or out of reach, and then the message goes without it."""
        try:
            return await self._photos.aside(self._photos.square, photo_id)
        except BlobError as error:
            logger.warning("a message goes without its photo: %s", error)
            return None

    async def _send_file(
        self,
        chat_id: int,
        send: Callable[..., Awaitable[Message]],
        below: str,
        buttons: InlineKeyboardMarkup | None = None,
    ) -> Message:
        """Send a photo or a file; if Telegram refuses it, send its text."""
        try:
            return await send(chat_id=chat_id, caption=below, parse_mode=ParseMode.HTML, reply_markup=buttons)
        except BadRequest as error:
            if is_unreachable(error) or not below:
                raise
            logger.error("ALERT Telegram refuses a file; its text is sent alone: %s", error)
            return await self._send_text(chat_id, below, buttons)

    async def _send_text(self, chat_id: int, text: str, buttons: InlineKeyboardMarkup | None = None) -> Message:
        """Send a text; if Telegram refuses it, without formatting, and then without buttons."""
        for markup in dict.fromkeys((buttons, None)):
            for shown, mode in ((text, ParseMode.HTML), (as_plain(text), None)):
                try:
                    return await self._bot.send_message(chat_id, shown, parse_mode=mode, reply_markup=markup)
                except BadRequest as error:
                    if is_unreachable(error):
                        raise
                    refusal = error
                    logger.error("ALERT Telegram refuses a message as it is: %s", error)
        raise refusal

    def _document(self, conversation_id: str, name: str, sentences: Catalogue) -> bytes:
        if name == "receipt":
            return receipt_page(self._conversations.receipt(conversation_id), sentences).encode()
        return my_data_page(self._conversations.my_data(conversation_id), sentences).encode()

    def _with_address(self, reply: Reply) -> Reply:
        """A message with a button that continues on the site."""
        if "link" not in reply:
            return reply
        return {**reply, "url": address_of(self._site, token_of(self._vault, reply["link"]))}


async def _ends(task: asyncio.Task[Message | None], seconds: float) -> bool:
    """Wait for a task; returns whether it has ended."""
    done, _ = await asyncio.wait([task], timeout=seconds)
    return bool(done)
