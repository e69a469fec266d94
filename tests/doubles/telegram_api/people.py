"""The people: they write, edit, tap, block the bot, delete their account; groups and channels they are in."""

from typing import Final, Literal

from tests.doubles.telegram_api.contents import OTHER_CONTENT, Origin, OtherKind, external_reply, forward_origin
from tests.doubles.telegram_api.entities import command_entities, utf16_length
from tests.doubles.telegram_api.received import ReceivedMessage, Tap, callback_data
from tests.doubles.telegram_api.refusals import BLOCKED, DEACTIVATED, ApiRefusalError, JsonObject
from tests.doubles.telegram_api.screens import Screen
from tests.doubles.telegram_api.sending import TEXT_LIMIT, reply_fields
from tests.doubles.telegram_api.world import StoredChat, StoredMessage, World

_KICKED: Final[JsonObject] = {"status": "kicked", "until_date": 0}
_ADMINISTRATOR: Final[JsonObject] = {
    "status": "administrator",
    "can_be_edited": False,
    **dict.fromkeys(
        (
            "is_anonymous",
            "can_manage_chat",
            "can_delete_messages",
            "can_manage_video_chats",
            "can_restrict_members",
            "can_promote_members",
            "can_change_info",
            "can_invite_users",
            "can_post_stories",
            "can_edit_stories",
            "can_delete_stories",
            "can_send_welcome_messages",
            "can_post_messages",
        ),
        True,
    ),
}


def _text_content(text: str) -> JsonObject:
    if not text.strip() or utf16_length(text) > TEXT_LIMIT:
        raise AssertionError(f"a person's message has 1 to {TEXT_LIMIT} UTF-16 code units")
    entities = command_entities(text)
    content: JsonObject = {"text": text}
    return content | ({"entities": entities} if entities else {})


def _number_of(message: ReceivedMessage | int) -> int:
    return message if isinstance(message, int) else message.message_id


class Chat(Screen):
    """A chat with the bot, played by the test. Made by :class:`TelegramDouble`.

    Attributes:
        id: Identifier of the chat.
        person: User object of the person who acts where no other is named.
    """

    def __init__(self, world: World, stored: StoredChat, person: JsonObject) -> None:
        super().__init__(world, stored)
        self.person = person

    def sends(self, text: str, by: "PrivateChat | None" = None, struck: str = "") -> int:
        """Write a text; commands in it get their bot_command entity.

        Args:
            text: 1 to 4096 UTF-16 code units.
            by: Who writes; the person of the chat by default.
            struck: Part of the text that is struck through.

        Returns:
            Number of the message.
        """
        content = _text_content(text)
        if struck:
            place = utf16_length(text[: text.index(struck)])
            entity = {"type": "strikethrough", "offset": place, "length": utf16_length(struck)}
            content["entities"] = [*content.get("entities", []), entity]
        return self._writes(content, by)

    def replies(
        self, message: ReceivedMessage | int | None, text: str, quote: str = "", by: "PrivateChat | None" = None
    ) -> int:
        """Write a text as a reply.

        Args:
            message: The message that is replied to, the bot's or one's own; None for one of another chat.
            text: 1 to 4096 UTF-16 code units.
            quote: Part of that message that is quoted.
            by: Who writes; the person of the chat by default.

        Returns:
            Number of the message.
        """
        if message is None:
            return self._writes(_text_content(text) | external_reply(self._world), by)
        stored = self._stored.messages[_number_of(message)]
        return self._writes(_text_content(text) | reply_fields(stored, {"quote": quote} if quote else {}), by)

    def sends_photo(
        self,
        content: bytes,
        caption: str | None = None,
        media_group_id: str | None = None,
        by: "PrivateChat | None" = None,
    ) -> int:
        """Send a picture as a photo, in several sizes of which the last one holds the given bytes.

        Args:
            content: The picture, normally a JPEG; its header gives the size in pixels, 1280x960 where it is unreadable.
            caption: Text under the picture.
            media_group_id: The same for every photo of an album.
            by: Who sends; the person of the chat by default.

        Returns:
            Number of the message.
        """
        message: JsonObject = {"photo": self._world.add_photo(content)}
        optional = {"caption": caption, "media_group_id": media_group_id}
        return self._writes(message | {name: value for name, value in optional.items() if value is not None}, by)

    def sends_document(
        self,
        content: bytes,
        file_name: str,
        mime_type: str,
        caption: str | None = None,
        file_size: int | None = None,
        by: "PrivateChat | None" = None,
    ) -> int:
        """Send a file as a document.

        Args:
            content: The bytes.
            file_name: Its name.
            mime_type: Its type, for example "image/png".
            caption: Text under the file.
            file_size: Length in bytes to declare instead of the true one, to stand for a big file.
            by: Who sends; the person of the chat by default.

        Returns:
            Number of the message.
        """
        ending = "." + file_name.rpartition(".")[2] if "." in file_name else ""
        file = self._world.add_file("document", content, ending, file_size).reference()
        message: JsonObject = {"document": file | {"file_name": file_name, "mime_type": mime_type}}
        return self._writes(message | ({"caption": caption} if caption else {}), by)

    def sends_other(self, kind: OtherKind, by: "PrivateChat | None" = None) -> int:
        """Send a message of another kind, for example a voice message or a sticker.

        Args:
            kind: Name of the field of the Message object.
            by: Who sends; the person of the chat by default.

        Returns:
            Number of the message.
        """
        return self._writes(OTHER_CONTENT[kind](self._world), by)

    def sends_album(
        self, pictures: list[bytes], caption: str | None = None, by: "PrivateChat | None" = None
    ) -> list[int]:
        """Send pictures as one album: a message each, with the same ``media_group_id``, the first with the caption.

        Args:
            pictures: The pictures, 2 to 10.
            caption: Text under the album.
            by: Who sends; the person of the chat by default.

        Returns:
            Numbers of the messages.
        """
        if not 2 <= len(pictures) <= 10:
            raise AssertionError("an album has 2 to 10 pictures")
        group = self._world.new_media_group_id()
        return [
            self.sends_photo(picture, None if place else caption, group, by) for place, picture in enumerate(pictures)
        ]

    def forwards(self, text: str, origin: Origin = "user", by: "PrivateChat | None" = None) -> int:
        """Forward a text that someone else has written.

        Args:
            text: 1 to 4096 UTF-16 code units.
            origin: Who wrote it: a user, one who hides their account, a group in its own name, or a channel.
            by: Who forwards; the person of the chat by default.

        Returns:
            Number of the message.
        """
        return self._writes(_text_content(text) | forward_origin(self._world, origin), by)

    def edits(self, message_id: int | Literal["last"], text: str) -> None:
        """Edit a text message a person wrote, which queues an edited_message update.

        Args:
            message_id: Number of the message, or "last" for the newest text message of a person.
            text: New text, 1 to 4096 UTF-16 code units.

        Raises:
            AssertionError: When there is no such message of a person.
        """
        self._edits("text", message_id, _text_content(text))

    def edits_caption(self, message_id: int | Literal["last"], caption: str) -> None:
        """Edit the caption of a photo or file a person sent, which queues an edited_message update.

        Args:
            message_id: Number of the message, or "last" for the newest one with a caption.
            caption: New caption.

        Raises:
            AssertionError: When there is no such message of a person.
        """
        self._edits("caption", message_id, {"caption": caption})

    def edits_photo(self, message_id: int, content: bytes) -> None:
        """Replace the picture of a photo message a person sent, which queues an edited_message update.

        Args:
            message_id: Number of the message.
            content: The new picture.

        Raises:
            AssertionError: When there is no such message of a person.
        """
        self._edits("photo", message_id, {"photo": self._world.add_photo(content)})

    def _edits(self, field: str, message_id: int | Literal["last"], content: JsonObject) -> None:
        with self._world.changed:
            own = [m for m in self._stored.messages.values() if not m.from_bot and field in m.content]
            chosen = own[-1:] if message_id == "last" else [m for m in own if m.message_id == message_id]
            if not chosen:
                raise AssertionError(f"no {field} message {message_id} of a person in this chat")
            message = chosen[0]
            old = {name: value for name, value in message.content.items() if name not in {field, "entities"}}
            message.content = old | content
            message.edit_date = self._world.now()
            self._world.add_update("edited_channel_post" if self._is_channel else "edited_message", message.as_json())

    def taps(
        self, message: ReceivedMessage | int, label: str, stale: bool = False, by: "PrivateChat | None" = None
    ) -> Tap:
        """Tap a button of a message of the bot, which queues a callback_query update.

        Args:
            message: The message or its number.
            label: Text on the button.
            stale: Allow a button that was on the message before but is no more, as from a client that lags behind.
            by: Who taps; the person of the chat by default.

        Returns:
            The tap, to see how the bot answers it.

        Raises:
            AssertionError: When the message has no such button now (or ever, with ``stale``), or it is no callback one.
        """
        with self._world.changed:
            stored = self._bot_message(_number_of(message))
            return self._tapped(stored, callback_data(stored, label, stale), by)

    def taps_forged(self, message: ReceivedMessage | int, data: str, by: "PrivateChat | None" = None) -> Tap:
        """Tap with data that is on no button of the message, as a changed client can.

        Args:
            message: The message of the bot or its number.
            data: Callback data.
            by: Who taps; the person of the chat by default.

        Returns:
            The tap, to see how the bot answers it.
        """
        with self._world.changed:
            return self._tapped(self._bot_message(_number_of(message)), data, by)

    def _tapped(self, stored: StoredMessage, data: str, by: "PrivateChat | None") -> Tap:
        with self._world.changed:
            self._check_reachable()
            query = self._world.add_query()
            content = {
                "id": query.query_id,
                "from": self._actor(by),
                "message": stored.as_callback_message(),
                "chat_instance": str(-7_000_000_000_000_000_000 - self.id),
                "data": data,
            }
            self._world.add_update("callback_query", content)
            return Tap(self._world, query)

    def _actor(self, by: "PrivateChat | None") -> JsonObject:
        return by.person if by else self.person

    def _check_reachable(self) -> None:
        if self._stored.closed:
            raise AssertionError("nobody can write to the bot here; unblock first, or use the new chat")

    @property
    def _is_channel(self) -> bool:
        return bool(self._stored.info["type"] == "channel")

    def _writes(self, content: JsonObject, by: "PrivateChat | None") -> int:
        self._check_reachable()
        with self._world.changed:
            self._stored.known = True
            message = self._stored.add(self._actor(by), content, self._world.now(), from_bot=False)
            self._world.add_update("channel_post" if self._is_channel else "message", message.as_json())
            return message.message_id

    def _changes_membership(self, old: JsonObject, new: JsonObject) -> None:
        """Queue a my_chat_member update (Bot API page, ChatMemberUpdated)."""
        bot = {"user": self._world.bot}
        self._world.add_update(
            "my_chat_member",
            {
                "chat": self._stored.info,
                "from": self.person,
                "date": self._world.now(),
                "old_chat_member": bot | old,
                "new_chat_member": bot | new,
            },
        )


class PrivateChat(Chat):
    """A person and their private chat with the bot."""

    def blocks(self) -> None:
        """Block the bot: from now on its messages are refused with 403; queues a my_chat_member update."""
        with self._world.changed:
            self._stored.closed = ApiRefusalError(403, BLOCKED)
            self._changes_membership({"status": "member"}, _KICKED)

    def unblocks(self) -> None:
        """Unblock the bot; queues a my_chat_member update."""
        with self._world.changed:
            self._stored.closed = None
            self._changes_membership(_KICKED, {"status": "member"})

    def deletes_account(self) -> None:
        """Delete the account: from now on messages of the bot are refused with 403, and no update tells of it."""
        with self._world.changed:
            self._stored.closed = ApiRefusalError(403, DEACTIVATED)


class SharedChat(Chat):
    """A chat of several people the bot was added to."""

    def removes_bot(self) -> None:
        """Remove the bot: from now on its messages are refused with 403; queues a my_chat_member update."""
        kind = self._stored.info["type"]
        reason = (
            "bot is not a member of the channel chat" if self._is_channel else f"bot was kicked from the {kind} chat"
        )
        with self._world.changed:
            self._stored.closed = ApiRefusalError(403, f"Forbidden: {reason}")
            self._changes_membership({"status": "member"}, _KICKED)

    def joins(self) -> None:
        """Queue the my_chat_member update of the bot that was just added."""
        with self._world.changed:
            self._stored.known = True
            self._changes_membership({"status": "left"}, _ADMINISTRATOR if self._is_channel else {"status": "member"})


class GroupChat(SharedChat):
    """A group the bot is a member of."""

    def migrates(self) -> "GroupChat":
        """Turn the group into a supergroup, which is another chat; queues the service message of each.

        Returns:
            The supergroup. Messages of the bot to the old chat are refused with 400 and ``migrate_to_chat_id``.

        Raises:
            AssertionError: When it is one already.
        """
        if self._stored.info["type"] != "group":
            raise AssertionError("only a group becomes a supergroup")
        with self._world.changed:
            number = self._world.new_supergroup_id()
            stored = self._world.add_chat(self._stored.info | {"id": number, "type": "supergroup"})
            supergroup = GroupChat(self._world, stored, self.person)
            self._writes({"migrate_to_chat_id": number}, None)
            supergroup._writes({"migrate_from_chat_id": self.id}, None)
            hint = {"migrate_to_chat_id": number}
            reason = "Bad Request: group chat was upgraded to a supergroup chat"
            self._stored.closed = ApiRefusalError(400, reason, hint)
            return supergroup


class ChannelChat(SharedChat):
    """A channel the bot is an administrator of; its posts have no sender."""
