"""Turns Telegram updates into the bot's messages."""

from __future__ import annotations

from dataclasses import replace

from telegram import Message, MessageOriginUser, Update
from telegram.constants import FileSizeLimit, MessageEntityType, MessageLimit

from bot.messages.incoming import Incoming, Kind
from bot.messages.sight import ELSEWHERE, NOTHING_SEEN, Seen
from bot.security.continue_links import is_token

#: The name of this channel, stored with its conversations.
CHANNEL = "telegram"
#: The updates that the bot requests: core.telegram.org/bots/api#update. The others need no answer.
UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]

#: Other kinds of messages, and the sentence that answers each. The first match counts: an animation, for example, is
#: also a document.
_DECLINED = (
    *(("forward_origin", "note-forwarded"), ("voice", "note-voice"), ("audio", "note-voice")),
    *(("video", "note-video"), ("video_note", "note-video"), ("animation", "note-photo-animated")),
    *(("sticker", "note-sticker"), ("dice", "note-sticker"), ("game", "note-sticker")),
    *(("location", "note-location"), ("venue", "note-location"), ("contact", "note-contact")),
    *(("poll", "note-poll"), ("story", "note-story")),
)
#: Commands that Telegram's menu shows, and the name of the sentence that describes each.
COMMANDS = {
    "start": "command-start",
    "help": "command-help",
    "status": "command-status",
    "back": "command-back",
    "edit": "command-edit",
    "pause": "command-pause",
    "privacy": "command-privacy",
    "language": "command-language",
    "cancel": "command-cancel",
    "delete_my_data": "command-delete-my-data",
}


def external_id(bot_id: str, update: Update) -> str:
    """The external id of a message, the same at a second delivery.

    All messages of an album have the same id, so only one photo is taken.
    """
    message = update.message
    if message is None:
        return f"{bot_id}:update:{update.update_id}"
    if message.media_group_id:
        return f"{bot_id}:album:{message.media_group_id}"
    return message_name(bot_id, message.message_id)


def message_name(bot_id: str, message_id: int) -> str:
    """The external id of a mentor's message."""
    return f"{bot_id}:message:{message_id}"


def message_id_of(name: str) -> int | None:
    """The id in its chat of the message with this external id; None if it is no single message."""
    *_, kind, number = name.split(":")
    return int(number) if kind == "message" else None


def incoming_of(bot_id: str, update: Update) -> Incoming | None:
    """The message in an update; None if it needs no answer."""
    if update.callback_query:
        return Incoming(Kind.BUTTON, payload=update.callback_query.data or "")
    if update.edited_message:
        edited = update.edited_message
        name = message_name(bot_id, edited.message_id)
        if edited.text is not None:
            return Incoming(Kind.EDIT, text=words_of(edited), edits=name)
        if (edited.photo or edited.document) and edited.media_group_id is None and edited.animation is None:
            return replace(_from_attachment(edited), kind=Kind.EDIT, edits=name)
        return None  # for example, a live location
    return _from_message(update.message) if update.message else None


def seen_of(update: Update) -> Seen:
    """What Telegram knows about the messages that the mentor had seen; nothing for a tap, which has no time."""
    message = update.message
    if message is None:
        return NOTHING_SEEN
    return Seen(number=message.message_id, dated=int(message.date.timestamp()), replies_to=_replied_to(message))


def _replied_to(message: Message) -> int | None:
    """The id of the message that this one replies to; `ELSEWHERE` if that is in another chat."""
    if message.external_reply or message.reply_to_story:
        return ELSEWHERE
    if message.reply_to_message:
        return message.reply_to_message.message_id
    return ELSEWHERE if message.quote else None


def words_of(message: Message) -> str:
    """The typed text without struck-out parts, which the mentor does not mean.

    Text hidden as a spoiler counts.
    """
    marks = [each for each in message.entities if each.type == MessageEntityType.STRIKETHROUGH]
    struck = {place for each in marks for place in range(each.offset, each.offset + each.length)}
    # Offsets count UTF-16 code units, of two bytes each.
    text = (message.text or "").encode("utf-16-le")
    kept = (text[2 * place : 2 * place + 2] for place in range(len(text) // 2) if place not in struck)
    return b"".join(kept).decode("utf-16-le", "replace") if struck else message.text or ""


def token_in(message: Message | None) -> str:
    """The token after ``/start`` in a link that continues a registration; "" for any other payload."""
    words = words_of(message).split() if message else []
    return words[1] if len(words) > 1 and _command(words[0]) == "/start" and is_token(words[1]) else ""


def _is_own_picture(message: Message) -> bool:
    """Whether a message is a picture that its sender forwards from another chat of their own."""
    origin = message.forward_origin
    is_own = isinstance(origin, MessageOriginUser) and origin.sender_user == message.from_user
    return is_own and bool(message.photo or message.document)


def _from_message(message: Message) -> Incoming:
    for name, sentence in _DECLINED:
        if getattr(message, name) is not None and not (name == "forward_origin" and _is_own_picture(message)):
            return Incoming(Kind.UNSUPPORTED, problem=sentence)
    if message.text is not None:
        text = words_of(message)
        if not text.strip():  # all of it is struck through
            return Incoming(Kind.UNSUPPORTED, problem="note-empty")
        first = (text.split(maxsplit=1) or [""])[0]
        command = _command(first)
        if command == "/start":
            return Incoming(Kind.OPEN)
        if command and text.strip() == first:
            return Incoming(Kind.TEXT, text=command)
        is_cut = len(message.text.encode("utf-16-le")) // 2 >= MessageLimit.MAX_TEXT_LENGTH
        return Incoming(Kind.TEXT, text=text, is_cut=is_cut)
    return _from_attachment(message)


def _command(word: str) -> str:
    """A command without the bot's name, which Telegram may append; "" if it is no command."""
    return word.partition("@")[0].lower() if word.startswith("/") else ""


def _from_attachment(message: Message) -> Incoming:
    is_album = message.media_group_id is not None
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return Incoming(Kind.PHOTO, upload=largest.file_id, file=largest.file_unique_id, is_album=is_album)
    if message.document:
        if (message.document.file_size or 0) > FileSizeLimit.FILESIZE_DOWNLOAD:
            return Incoming(Kind.PHOTO, problem="note-photo-too-large")
        file = message.document
        return Incoming(Kind.PHOTO, upload=file.file_id, file=file.file_unique_id, is_album=is_album)
    return Incoming(Kind.UNSUPPORTED)
