"""A strict double of the Telegram Bot API over HTTP.

The double listens on 127.0.0.1, speaks the wire protocol of the Bot API and lets a test play the people on the other
side: they write, tap buttons, send pictures, block the bot. It refuses what the real service refuses, with the same
status and description, so that a bot which passes here is not surprised by the real one.

Example::

    with TelegramDouble(token="123:abc") as telegram:
        ann = telegram.user("Ann", language_code="en")
        ann.sends("/start")
        question = ann.waits_for("What are your reasons")
        ann.taps(question, "I agree")

The rules come from the public Bot API page (https://core.telegram.org/bots/api, called "Bot API page" below) and, where
that page is silent, from the error descriptions that bots are known to receive.

Deliberately stricter than the real service, so that a slip of the bot is found:

* A parameter or a field of a keyboard, a button or an option object that the method does not know is refused with 400;
  the real service ignores many of them.
* A number, a truth value or a name outside the documented values (for example ``limit=0`` or an unknown name in
  ``allowed_updates``) is refused with 400; the real service replaces some of them by a default.
* Giving both ``parse_mode`` and ``entities`` is refused; the real service takes one of the two.
* Text length is counted in UTF-16 code units, which is never less than the number of characters.

Deliberately simpler than the real service:

* No rate limits by itself (see :meth:`TelegramDouble.fail` for 429) and no age limits for edits and deletions.
* Webhooks are only remembered, never called.
* ``parse_mode`` knows HTML only, without ``tg-emoji`` and ``tg-time``. Addresses, hashtags and the like in a text of
  the bot get no entities of their own.
* Photos are not rescaled: the largest size holds the bytes that were sent, every smaller one a tiny fixed JPEG.
* A group delivers every message to the bot, as if its privacy mode was switched off.
"""

import asyncio
import base64
import hashlib
import itertools
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from types import TracebackType
from typing import Any, Final, Literal, NamedTuple, Self

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

type JsonObject = dict[str, Any]
type Keyboard = list[list[JsonObject]]

TEXT_LIMIT: Final = 4096
CAPTION_LIMIT: Final = 1024
CALLBACK_DATA_LIMIT: Final = 64
CALLBACK_ANSWER_LIMIT: Final = 200
BUTTON_COUNT_LIMIT: Final = 100
DOWNLOAD_LIMIT: Final = 20 * 1024 * 1024
PHOTO_UPLOAD_LIMIT: Final = 10 * 1024 * 1024
PHOTO_SIDES_LIMIT: Final = 10_000
PHOTO_RATIO_LIMIT: Final = 20
DESCRIPTION_LIMIT: Final = 512
SHORT_DESCRIPTION_LIMIT: Final = 120
COMMAND_COUNT_LIMIT: Final = 100
COMMAND_DESCRIPTION_LIMIT: Final = 256
PHOTO_BOXES: Final = (90, 320, 800, 1280)
NOMINAL_PHOTO_SIZE: Final = (1280, 960)

TINY_JPEG: Final = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////"
    "////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAI"
    "AQEAAD8AP//Z"
)

UPDATE_TYPES: Final = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "guest_message",
    }
)
UPDATE_TYPES_ONLY_ON_REQUEST: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

CHAT_ACTIONS: Final = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)

BUTTON_ACTIONS: Final = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)
BUTTON_FIELDS: Final = BUTTON_ACTIONS | {"text", "style", "icon_custom_emoji_id"}
REPLY_BUTTON_FIELDS: Final = frozenset(
    {
        "text",
        "style",
        "icon_custom_emoji_id",
        "request_users",
        "request_chat",
        "request_contact",
        "request_location",
        "request_poll",
        "request_managed_bot",
        "web_app",
    }
)
REPLY_KEYBOARD_FIELDS: Final = frozenset(
    {"keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective"}
)
LINK_PREVIEW_FIELDS: Final = frozenset(
    {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}
)
REPLY_PARAMETERS_FIELDS: Final = frozenset(
    {
        "message_id",
        "chat_id",
        "allow_sending_without_reply",
        "quote",
        "quote_parse_mode",
        "quote_entities",
        "quote_position",
        "checklist_task_id",
        "poll_option_id",
    }
)
ENTITY_TYPES: Final = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    }
)
COMMAND_SCOPES: Final = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)

_SENDING_PARAMETERS: Final = frozenset(
    {
        "business_connection_id",
        "chat_id",
        "message_thread_id",
        "direct_messages_topic_id",
        "parse_mode",
        "disable_notification",
        "protect_content",
        "allow_paid_broadcast",
        "message_effect_id",
        "suggested_post_parameters",
        "reply_parameters",
        "reply_markup",
    }
)
METHOD_PARAMETERS: Final[dict[str, frozenset[str]]] = {
    "getMe": frozenset(),
    "getUpdates": frozenset({"offset", "limit", "timeout", "allowed_updates"}),
    "setWebhook": frozenset(
        {
            "url",
            "certificate",
            "ip_address",
            "max_connections",
            "allowed_updates",
            "drop_pending_updates",
            "secret_token",
        }
    ),
    "deleteWebhook": frozenset({"drop_pending_updates"}),
    "getWebhookInfo": frozenset(),
    "sendMessage": _SENDING_PARAMETERS | {"text", "entities", "link_preview_options"},
    "sendPhoto": _SENDING_PARAMETERS
    | {"photo", "caption", "caption_entities", "show_caption_above_media", "has_spoiler"},
    "sendDocument": _SENDING_PARAMETERS
    | {"document", "thumbnail", "caption", "caption_entities", "disable_content_type_detection"},
    "sendChatAction": frozenset({"business_connection_id", "chat_id", "message_thread_id", "action"}),
    "answerCallbackQuery": frozenset({"callback_query_id", "text", "show_alert", "url", "cache_time"}),
    "editMessageText": frozenset(
        {
            "business_connection_id",
            "chat_id",
            "message_id",
            "inline_message_id",
            "text",
            "parse_mode",
            "entities",
            "link_preview_options",
            "reply_markup",
        }
    ),
    "editMessageReplyMarkup": frozenset(
        {"business_connection_id", "chat_id", "message_id", "inline_message_id", "reply_markup"}
    ),
    "deleteMessage": frozenset({"chat_id", "message_id"}),
    "setMyCommands": frozenset({"commands", "scope", "language_code"}),
    "setMyDescription": frozenset({"description", "language_code"}),
    "setMyShortDescription": frozenset({"short_description", "language_code"}),
    "getFile": frozenset({"file_id"}),
}
FILE_DOWNLOAD: Final = "file"
_CANONICAL_NAMES: Final = {name.lower(): name for name in METHOD_PARAMETERS} | {FILE_DOWNLOAD: FILE_DOWNLOAD}

_BLOCKED: Final = "Forbidden: bot was blocked by the user"
_CONFLICTING_POLL: Final = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
_CONFLICTING_WEBHOOK: Final = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
_NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
_QUERY_TOO_OLD: Final = "query is too old and response timeout expired or query ID is invalid"
_FAULT_DESCRIPTIONS: Final = {
    400: "Bad Request: fault of the test",
    401: "Unauthorized",
    403: _BLOCKED,
    404: "Not Found",
    409: _CONFLICTING_POLL,
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class ApiRefusalError(Exception):
    """A call that the Bot API refuses.

    Attributes:
        status: HTTP status, the same as ``error_code`` in the answer.
        description: Text for the caller, with its leading class such as "Bad Request: ".
        parameters: The ``ResponseParameters`` object of the answer, or None.
    """

    def __init__(self, status: int, description: str, parameters: JsonObject | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def as_json(self) -> JsonObject:
        """Return the body of the answer (Bot API page, "Making requests")."""
        body: JsonObject = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters is not None:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str) -> ApiRefusalError:
    """Return a refusal with status 400 and the given reason."""
    return ApiRefusalError(400, f"Bad Request: {reason}")


def utf16_length(text: str) -> int:
    """Return the length of a text in UTF-16 code units, the unit of entity offsets (Bot API page, MessageEntity)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# --- Formatted text -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FormattedText:
    """A plain text and the entities that format it.

    Attributes:
        text: The text without markup.
        entities: MessageEntity objects; offset and length in UTF-16 code units.
    """

    text: str
    entities: list[JsonObject] = field(default_factory=list)

    def trimmed(self) -> "FormattedText":
        """Return the text without white space at both ends, the entities moved along."""
        start = utf16_length(self.text) - utf16_length(self.text.lstrip())
        text = self.text.strip()
        moved = (_clipped(entity, start, utf16_length(text)) for entity in self.entities)
        return FormattedText(text, [entity for entity in moved if entity["length"] > 0])


def _clipped(entity: JsonObject, start: int, length: int) -> JsonObject:
    """Return an entity moved left by ``start`` and cut to a text of ``length`` UTF-16 code units."""
    first = max(entity["offset"] - start, 0)
    last = min(entity["offset"] + entity["length"] - start, length)
    return entity | {"offset": first, "length": last - first}


@dataclass
class _OpenTag:
    """A start tag whose end tag was not read yet; ``start`` in UTF-16 code units."""

    name: str
    start: int
    entity: JsonObject | None
    language: str = ""


_TAG_ENTITIES: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
_TAG_NAME: Final = re.compile(r"<([^\s>]*)")
_ATTRIBUTE: Final = re.compile(r"""\s+([A-Za-z0-9_-]+)(?:=("[^"]*"|'[^']*'|[^\s>"']+))?""")
_TAG_CLOSE: Final = re.compile(r"\s*>")
_END_TAG: Final = re.compile(r"</([^>]*)>")
_PLAIN: Final = re.compile(r"[^<&]+")
_REFERENCE: Final = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_NAMED_REFERENCES: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_LINK: Final = re.compile(r"(?:https?://[^\s/]|tg://|mailto:|tel:)\S*", re.IGNORECASE)


def _decoded_reference(match: re.Match[str]) -> str:
    """Return the character a reference stands for, or the reference itself where it names none."""
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED_REFERENCES[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    is_character = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else match.group()


class _HtmlReader:
    """Reads the HTML style of the Bot API (Bot API page, "HTML style")."""

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._position = 0
        self._pieces: list[str] = []
        self._length = 0
        self._open: list[_OpenTag] = []
        self._entities: list[JsonObject] = []

    def read(self) -> FormattedText:
        """Return the text and its entities.

        Raises:
            ApiRefusalError: 400 when the markup is not what the Bot API accepts.
        """
        while self._position < len(self._markup):
            self._read_piece()
        if self._open:
            raise _unreadable(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        self._entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return FormattedText("".join(self._pieces), self._entities)

    def _read_piece(self) -> None:
        if self._markup.startswith("</", self._position):
            self._read_end_tag()
        elif self._markup[self._position] == "<":
            self._read_start_tag()
        elif self._markup[self._position] == "&":
            self._read_reference()
        else:
            plain = self._take(_PLAIN)
            self._append(plain.group() if plain else "")

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._markup, self._position)
        if match:
            self._position = match.end()
        return match

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._length += utf16_length(text)

    def _byte_offset(self, position: int) -> int:
        return len(self._markup[:position].encode("utf-8", "surrogatepass"))

    def _read_reference(self) -> None:
        match = self._take(_REFERENCE)
        if match is None:
            self._position += 1
        self._append(_decoded_reference(match) if match else "&")

    def _read_start_tag(self) -> None:
        start = self._position
        match = self._take(_TAG_NAME)
        name = match.group(1).lower() if match else ""
        if name not in _TAG_ENTITIES:
            raise _unreadable(f'Unsupported start tag "{name}" at byte offset {self._byte_offset(start)}')
        attributes = self._read_attributes()
        if self._take(_TAG_CLOSE) is None:
            raise _unreadable(f"Unclosed start tag at byte offset {self._byte_offset(start)}")
        if name == "span" and attributes.get("class") != "tg-spoiler":
            offset = self._byte_offset(start)
            raise _unreadable(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
        self._open.append(_opened(name, self._length, attributes))

    def _read_attributes(self) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while (match := self._take(_ATTRIBUTE)) is not None:
            value = match.group(2) or ""
            value = value[1:-1] if value[:1] in {'"', "'"} else value
            attributes[match.group(1).lower()] = _REFERENCE.sub(_decoded_reference, value)
        return attributes

    def _read_end_tag(self) -> None:
        start = self._position
        match = self._take(_END_TAG)
        if match is None:
            raise _unreadable(f"Unclosed end tag at byte offset {self._byte_offset(start)}")
        if not self._open:
            raise _unreadable(f"Unexpected end tag at byte offset {self._byte_offset(start)}")
        found, expected = match.group(1).rstrip().lower(), self._open[-1].name
        if found != expected:
            raise _unreadable(
                f"Unmatched end tag at byte offset {self._byte_offset(start)}, "
                f'expected "</{expected}>", found "</{found}>"'
            )
        self._close(self._open.pop())

    def _close(self, tag: _OpenTag) -> None:
        length = self._length - tag.start
        parents = [parent.name for parent in self._open]
        if tag.name == "code" and parents[-1:] == ["pre"]:
            self._set_language(self._open[-1], tag.language)
        elif length and tag.entity and not _forbidden_inside(tag.name, parents):
            self._entities.append(tag.entity | {"offset": tag.start, "length": length})

    def _set_language(self, pre: _OpenTag, language: str) -> None:
        if pre.entity and language:
            pre.entity["language"] = language


def _unreadable(reason: str) -> ApiRefusalError:
    return bad_request(f"can't parse entities: {reason}")


def _forbidden_inside(name: str, parents: list[str]) -> bool:
    """Tell whether an entity is left out because of the ones around it (Bot API page, "Formatting options")."""
    return "pre" in parents or "code" in parents or (name == "blockquote" and "blockquote" in parents)


def _opened(name: str, start: int, attributes: dict[str, str]) -> _OpenTag:
    """Return the open tag with the entity it will become, None where the Bot API silently drops it."""
    entity: JsonObject | None = {"type": _TAG_ENTITIES[name]}
    language = attributes.get("class", "").removeprefix("language-") if name == "code" else ""
    if name == "blockquote" and "expandable" in attributes:
        entity = {"type": "expandable_blockquote"}
    if name == "a":
        address = attributes.get("href", "").strip()
        entity = {"type": "text_link", "url": address} if _LINK.fullmatch(address) else None
    return _OpenTag(name, start, entity, language)


def parse_html(markup: str) -> FormattedText:
    """Parse a text in the HTML style of the Bot API.

    Args:
        markup: Text with the supported tags and the references &lt; &gt; &amp; &quot; and numeric ones.

    Returns:
        The plain text and its entities.

    Raises:
        ApiRefusalError: 400 "Bad Request: can't parse entities: …" for an unsupported, unclosed or mismatched tag.
    """
    return _HtmlReader(markup).read()


# --- Parameters of a call -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Upload:
    """A file sent along with a call.

    Attributes:
        file_name: Name the sender gave.
        content: The bytes.
    """

    file_name: str
    content: bytes


_TRUTH_VALUES: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class Parameters:
    """The parameters of one call, read with the types the Bot API expects.

    An empty value counts as absent, as in the real service.
    """

    def __init__(self, values: dict[str, str], uploads: dict[str, Upload]) -> None:
        self.values = values
        self.uploads = uploads

    def described(self) -> dict[str, str]:
        """Return the parameters as text, an uploaded file as its name and length in bytes."""
        files = {name: f"<{upload.file_name}, {len(upload.content)} bytes>" for name, upload in self.uploads.items()}
        return files | self.values

    def check_names(self, allowed: frozenset[str]) -> None:
        """Refuse a name that the method does not know and no parameter refers to.

        Raises:
            ApiRefusalError: 400.
        """
        attached = {value.removeprefix("attach://") for value in self.values.values() if value.startswith("attach://")}
        unknown = sorted((self.values.keys() | self.uploads.keys()) - allowed - attached)
        if unknown:
            raise bad_request(f"unknown parameter {', '.join(unknown)}")

    def text(self, name: str) -> str:
        """Return a text parameter, "" where it is absent."""
        return self.values.get(name, "")

    def integer(self, name: str, default: int, lowest: int | None = None, highest: int | None = None) -> int:
        """Return a whole number within bounds, or the default where it is absent.

        Raises:
            ApiRefusalError: 400 when it is no whole number or out of bounds.
        """
        raw = self.text(name)
        if not raw:
            return default
        if not re.fullmatch(r"-?\d+", raw):
            raise bad_request(f'parameter "{name}" must be an integer')
        number = int(raw)
        if (lowest is not None and number < lowest) or (highest is not None and number > highest):
            raise bad_request(f'parameter "{name}" is out of range')
        return number

    def required_integer(self, name: str) -> int:
        """Return a whole number that must be there.

        Raises:
            ApiRefusalError: 400 when it is absent or no whole number.
        """
        if not self.text(name):
            raise bad_request(f'parameter "{name}" is required')
        return self.integer(name, 0)

    def boolean(self, name: str) -> bool:
        """Return a truth value, False where it is absent.

        Raises:
            ApiRefusalError: 400 when it is none.
        """
        raw = self.text(name).lower()
        if raw and raw not in _TRUTH_VALUES:
            raise bad_request(f'parameter "{name}" must be a Boolean')
        return _TRUTH_VALUES.get(raw, False)

    def json_object(self, name: str, fields: frozenset[str] | None = None) -> JsonObject | None:
        """Return a JSON object parameter, None where it is absent.

        Args:
            name: Name of the parameter.
            fields: Known fields of the object; None for any.

        Raises:
            ApiRefusalError: 400 when it is no JSON object or has an unknown field.
        """
        value = self._json(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise bad_request(f"object expected as {name}")
        check_fields(value, fields, name)
        return value

    def json_list(self, name: str) -> list[Any] | None:
        """Return a JSON array parameter, None where it is absent.

        Raises:
            ApiRefusalError: 400 when it is no JSON array.
        """
        value = self._json(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"array expected as {name}")
        return value

    def _json(self, name: str) -> Any:
        raw = self.text(name)
        if not raw:
            return None
        try:
            return json.loads(raw)
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error


def check_fields(value: JsonObject, fields: frozenset[str] | None, place: str) -> None:
    """Refuse an object with a field outside ``fields``; None allows any.

    Raises:
        ApiRefusalError: 400.
    """
    unknown = sorted(value.keys() - fields) if fields is not None else []
    if unknown:
        raise bad_request(f"unknown field {', '.join(unknown)} in {place}")


def _read_entities(parameters: Parameters, name: str, text: str) -> list[JsonObject]:
    """Return the entities given as JSON, each with a known type and inside the text."""
    entities = parameters.json_list(name) or []
    for entity in entities:
        if not isinstance(entity, dict) or entity.get("type") not in ENTITY_TYPES:
            raise bad_request("can't parse MessageEntity: unsupported type specified")
        offset, length = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(length, int):
            raise bad_request('can\'t parse MessageEntity: Field "offset" and "length" must be of type Number')
        if offset < 0 or length <= 0 or offset + length > utf16_length(text):
            raise bad_request("entity beyond the text")
    return entities


def read_formatted(parameters: Parameters, text_name: str, entities_name: str) -> FormattedText:
    """Return a text parameter with its entities, from markup or from a list, trimmed.

    Raises:
        ApiRefusalError: 400 for an unknown parse mode or markup that can't be parsed.
    """
    raw, mode = parameters.text(text_name), parameters.text("parse_mode").lower()
    if not mode:
        return FormattedText(raw, _read_entities(parameters, entities_name, raw)).trimmed()
    if parameters.text(entities_name):
        raise bad_request(f"parse_mode and {entities_name} exclude each other")
    if mode in {"markdown", "markdownv2"}:
        raise bad_request("this double knows only the parse_mode HTML")
    if mode != "html":
        raise bad_request("unsupported parse_mode")
    return parse_html(raw).trimmed()


# --- Keyboards ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReplyMarkup:
    """A checked ``reply_markup``.

    Attributes:
        inline: Rows of InlineKeyboardButton objects; empty for any other markup.
        labels: Labels of a reply keyboard, row after row.
    """

    inline: Keyboard = field(default_factory=list)
    labels: list[str] = field(default_factory=list)


def read_reply_markup(parameters: Parameters, inline_only: bool = False) -> ReplyMarkup:
    """Return the checked ``reply_markup`` of a call (Bot API page, InlineKeyboardMarkup and its siblings).

    Args:
        parameters: Parameters of the call.
        inline_only: True for edits, which take inline keyboards only.

    Raises:
        ApiRefusalError: 400 for markup the Bot API does not accept.
    """
    markup = parameters.json_object("reply_markup")
    if markup is None:
        return ReplyMarkup()
    if "inline_keyboard" in markup:
        check_fields(markup, frozenset({"inline_keyboard"}), "reply_markup")
        return ReplyMarkup(inline=_read_rows(markup["inline_keyboard"], _check_inline_button))
    if inline_only:
        raise bad_request("inline keyboard expected")
    return _read_other_markup(markup)


def _read_other_markup(markup: JsonObject) -> ReplyMarkup:
    if "keyboard" in markup:
        check_fields(markup, REPLY_KEYBOARD_FIELDS, "reply_markup")
        rows = _read_rows(markup["keyboard"], _check_reply_button)
        return ReplyMarkup(labels=[button["text"] for row in rows for button in row])
    if markup.get("remove_keyboard") is True:
        check_fields(markup, frozenset({"remove_keyboard", "selective"}), "reply_markup")
        return ReplyMarkup()
    if markup.get("force_reply") is True:
        check_fields(markup, frozenset({"force_reply", "input_field_placeholder", "selective"}), "reply_markup")
        return ReplyMarkup()
    raise bad_request("object expected as reply markup")


def _read_rows(rows: Any, check: Callable[[JsonObject], None]) -> Keyboard:
    """Return the rows of a keyboard without the empty ones, every button checked."""
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse keyboard: array of arrays expected")
    keyboard = [[_as_button(button) for button in row] for row in rows if row]
    if sum(len(row) for row in keyboard) > BUTTON_COUNT_LIMIT:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    for button in itertools.chain.from_iterable(keyboard):
        check(button)
    return keyboard


def _as_button(button: Any) -> JsonObject:
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: expected an Object")
    return button


def _check_label(button: JsonObject, kind: str) -> None:
    label = button.get("text")
    if not isinstance(label, str):
        raise bad_request(f'can\'t parse {kind}: Field "text" must be of type String')
    if not label.strip():
        raise bad_request(f"can't parse {kind}: button text must be non-empty")


def _check_reply_button(button: JsonObject) -> None:
    check_fields(button, REPLY_BUTTON_FIELDS, "keyboard button")
    _check_label(button, "keyboard button")


def _check_inline_button(button: JsonObject) -> None:
    check_fields(button, BUTTON_FIELDS, "inline keyboard button")
    _check_label(button, "inline keyboard button")
    actions = BUTTON_ACTIONS & button.keys()
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one action field must be used")
    if "callback_data" in button:
        _check_callback_data(button["callback_data"])
    if "url" in button:
        _check_button_address(button["url"])


def _check_callback_data(data: Any) -> None:
    if not isinstance(data, str):
        raise bad_request('can\'t parse inline keyboard button: Field "callback_data" must be of type String')
    if not 1 <= len(data.encode()) <= CALLBACK_DATA_LIMIT:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_button_address(address: Any) -> None:
    if not isinstance(address, str) or not _LINK.fullmatch(address):
        raise bad_request(f"inline keyboard button URL '{address}' is invalid: Wrong HTTP URL")


# --- Pictures -------------------------------------------------------------------------------------------------------


def image_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels of a JPEG, PNG or GIF from its header, None for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:6] in {b"GIF87a", b"GIF89a"} and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    return _jpeg_size(content) if content.startswith(b"\xff\xd8\xff") else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels from the first start-of-frame segment of a JPEG."""
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker, length = content[position + 1], int.from_bytes(content[position + 2 : position + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + length
    return None


def _smaller_sizes(width: int, height: int) -> list[tuple[int, int]]:
    """Return the sizes in pixels of the scaled copies of a photo, smallest first, at least one."""
    longest = max(width, height)
    boxes = [box for box in PHOTO_BOXES if box < longest] or [max(longest // 2, 1)]
    return [(max(width * box // longest, 1), max(height * box // longest, 1)) for box in boxes]


def _check_photo_upload(content: bytes) -> None:
    """Refuse a picture that sendPhoto does not take (Bot API page, sendPhoto)."""
    if not content:
        raise bad_request("file must be non-empty")
    if len(content) > PHOTO_UPLOAD_LIMIT:
        raise bad_request(f"file is too big for a photo; the maximum size is {PHOTO_UPLOAD_LIMIT} bytes")
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    size = NOMINAL_PHOTO_SIZE if is_webp else image_size(content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if sum(size) > PHOTO_SIDES_LIMIT or max(size) > PHOTO_RATIO_LIMIT * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


# --- What the service remembers -------------------------------------------------------------------------------------


@dataclass
class StoredFile:
    """A file the bot may name by its identifier.

    Attributes:
        file_id: Identifier for the bot.
        unique_id: Identifier that is the same for every bot.
        kind: Field of a message it belongs to, for example "photo".
        content: The bytes a download returns.
        size: Declared length in bytes; may be larger than the content to stand for a big file.
        extension: Ending of the path, with its dot.
        path: Path for the download, None until getFile asked for it.
    """

    file_id: str
    unique_id: str
    kind: str
    content: bytes
    size: int
    extension: str
    path: str | None = None

    def reference(self) -> JsonObject:
        """Return the fields every file object has."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": self.size}


@dataclass
class StoredMessage:
    """A message of a chat, from a person or from the bot.

    Attributes:
        message_id: Number within its chat.
        sender: User object of the author.
        chat: Chat object.
        date: Moment of sending in seconds since 1970 UTC.
        content: Fields that depend on the kind, for example text and entities.
        from_bot: Whether the bot is the author.
        keyboard: Inline keyboard as it is now.
        earlier_keyboards: Inline keyboards it had before.
        labels: Labels of the reply keyboard sent along.
        photo: Bytes of the picture, None without one.
        document: Bytes of the file, None without one.
        edit_date: Moment of the last edit in seconds since 1970 UTC, None without one.
        deleted: Whether it was deleted.
    """

    message_id: int
    sender: JsonObject
    chat: JsonObject
    date: int
    content: JsonObject
    from_bot: bool
    keyboard: Keyboard = field(default_factory=list)
    earlier_keyboards: list[Keyboard] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    photo: bytes | None = None
    document: bytes | None = None
    edit_date: int | None = None
    deleted: bool = False

    def as_json(self) -> JsonObject:
        """Return the Message object."""
        message: JsonObject = {
            "message_id": self.message_id,
            "from": self.sender,
            "chat": self.chat,
            "date": self.date,
            **self.content,
        }
        if self.keyboard:
            message["reply_markup"] = {"inline_keyboard": self.keyboard}
        if self.edit_date is not None:
            message["edit_date"] = self.edit_date
        return message

    def as_callback_message(self) -> JsonObject:
        """Return the Message, or an InaccessibleMessage once it is deleted (Bot API page, MaybeInaccessibleMessage)."""
        if self.deleted:
            return {"chat": self.chat, "message_id": self.message_id, "date": 0}
        return self.as_json()

    def replace_keyboard(self, keyboard: Keyboard) -> None:
        """Put another inline keyboard on the message and remember the one before."""
        self.earlier_keyboards.append(self.keyboard)
        self.keyboard = keyboard


@dataclass
class StoredChat:
    """A chat and its messages.

    Attributes:
        info: Chat object.
        known: Whether the bot may write there, because someone wrote before or added it.
        blocked: Whether the other side has blocked the bot.
        messages: Messages by their number, in order.
    """

    info: JsonObject
    known: bool = False
    blocked: bool = False
    messages: dict[int, StoredMessage] = field(default_factory=dict)

    def add(self, sender: JsonObject, content: JsonObject, from_bot: bool) -> StoredMessage:
        """Append a message with the next number."""
        number = len(self.messages) + 1
        message = StoredMessage(number, sender, self.info, int(time.time()), content, from_bot)
        self.messages[number] = message
        return message


@dataclass
class StoredQuery:
    """A callback query and what the bot answered."""

    query_id: str
    expired: bool = False
    answered: bool = False
    text: str = ""
    alert: bool = False


@dataclass
class Poll:
    """A running getUpdates call.

    Attributes:
        limit: Most updates to return.
        superseded: Whether a later getUpdates call has taken its place.
        gone: Whether the caller has closed the connection.
    """

    limit: int
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    superseded: bool = False
    gone: bool = False


@dataclass(frozen=True)
class Fault:
    """A fault to show on one call: a refusal instead of doing it, or (without one) a lost answer after doing it."""

    refusal: ApiRefusalError | None


class Call(NamedTuple):
    """A call the bot made.

    Attributes:
        method: Name of the method as the Bot API page writes it, "file" for a download.
        parameters: Parameters as text in the form they had in the request.
        time: Moment in seconds of ``time.monotonic``.
    """

    method: str
    parameters: dict[str, str]
    time: float


class Problem(NamedTuple):
    """A call that was refused by the rules (not by an injected fault).

    Attributes:
        method: Name of the method.
        status: HTTP status of the refusal.
        description: Reason given.
        parameters: Parameters as text in the form they had in the request.
    """

    method: str
    status: int
    description: str
    parameters: dict[str, str]


class World:
    """Everything the double remembers, shared by the server thread and the test.

    Whoever reads or changes it holds ``changed``; whoever changes it notifies.
    """

    def __init__(self, token: str, username: str, name: str) -> None:
        self.changed = threading.Condition()
        self.token = token
        self.bot: JsonObject = {
            "id": int(token.split(":")[0]),
            "is_bot": True,
            "first_name": name,
            "username": username,
        }
        self.chats: dict[int, StoredChat] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, StoredQuery] = {}
        self.pending: list[JsonObject] = []
        self.redeliveries: list[JsonObject] = []
        self.duplicates_left = 0
        self.allowed_updates = UPDATE_TYPES - UPDATE_TYPES_ONLY_ON_REQUEST
        self.webhook: JsonObject | None = None
        self.poll: Poll | None = None
        self.wake_poll: Callable[[], None] = _nothing
        self.closing = False
        self.faults: dict[str, list[Fault]] = {}
        self.calls: list[Call] = []
        self.problems: list[Problem] = []
        self.commands: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.descriptions: dict[str, str] = {}
        self.short_descriptions: dict[str, str] = {}
        self._update_ids = itertools.count(701_000_001)
        self._file_numbers = itertools.count(1)
        self._query_numbers = itertools.count(4_382_000_000_000_000_001)
        self._user_ids = itertools.count(5_300_000_001, 1_009)
        self._group_ids = itertools.count(-4_100_000_001, -1_009)

    def add_user(self, name: str, language_code: str | None, username: str | None) -> JsonObject:
        """Return a new User object; its identifier needs more than 32 bits, as real ones do."""
        user: JsonObject = {"id": next(self._user_ids), "is_bot": False, "first_name": name}
        optional = {"username": username, "language_code": language_code}
        return user | {key: value for key, value in optional.items() if value is not None}

    def add_chat(self, info: JsonObject) -> StoredChat:
        """Remember a new chat."""
        with self.changed:
            self.chats[info["id"]] = StoredChat(info)
            return self.chats[info["id"]]

    def new_group_id(self) -> int:
        """Return the identifier of a new group, negative as real ones are."""
        return next(self._group_ids)

    def add_file(self, kind: str, content: bytes, extension: str, size: int | None = None) -> StoredFile:
        """Remember a file; ``size`` in bytes stands for a bigger one than the content."""
        number = next(self._file_numbers)
        digest = hashlib.sha256(f"{kind} {number}".encode()).digest()
        identifier = base64.urlsafe_b64encode(digest * 2).decode().rstrip("=")
        stored = StoredFile(
            f"AgACAgIAAxkBAA{identifier[:58]}",
            f"AQAD{identifier[-12:]}",
            kind,
            content,
            len(content) if size is None else size,
            extension,
        )
        with self.changed:
            self.files[stored.file_id] = stored
        return stored

    def add_photo(self, content: bytes) -> list[JsonObject]:
        """Remember a picture in several sizes and return its PhotoSize objects, smallest first."""
        width, height = image_size(content) or NOMINAL_PHOTO_SIZE
        sizes = [(box, TINY_JPEG) for box in _smaller_sizes(width, height)] + [((width, height), content)]
        return [
            self.add_file("photo", data, ".jpg").reference() | {"width": box[0], "height": box[1]}
            for box, data in sizes
        ]

    def add_query(self) -> StoredQuery:
        """Remember a new callback query."""
        query = StoredQuery(str(next(self._query_numbers)))
        with self.changed:
            self.queries[query.query_id] = query
        return query

    def add_update(self, kind: str, content: JsonObject) -> None:
        """Queue an update for the bot, unless the bot does not want its kind (Bot API page, getUpdates)."""
        with self.changed:
            if kind in self.allowed_updates:
                self.pending.append({"update_id": next(self._update_ids), kind: content})
            self.changed.notify_all()
            self.wake_poll()

    def confirm_updates(self, offset: int) -> None:
        """Forget updates below the offset; a negative one keeps that many of the newest (Bot API page, getUpdates)."""
        if offset < 0:
            self.pending = self.pending[offset:]
            return
        confirmed = [update for update in self.pending if update["update_id"] < offset]
        self.pending = self.pending[len(confirmed) :]
        again = confirmed[: self.duplicates_left]
        self.duplicates_left -= len(again)
        self.redeliveries.extend(again)

    def take_updates(self, limit: int) -> list[JsonObject]:
        """Return the updates for the bot: duplicates once, then all that were not confirmed."""
        batch = (self.redeliveries + self.pending)[:limit]
        self.redeliveries = self.redeliveries[len(batch) :]
        return batch

    def take_fault(self, method: str) -> Fault | None:
        """Return the next fault for a method, if one was ordered."""
        with self.changed:
            waiting = self.faults.get(method)
            return waiting.pop(0) if waiting else None

    def record_call(self, method: str, parameters: dict[str, str]) -> None:
        """Remember a call."""
        with self.changed:
            self.calls.append(Call(method, parameters, time.monotonic()))
            self.changed.notify_all()

    def record_problem(self, method: str, refusal: ApiRefusalError, parameters: dict[str, str]) -> None:
        """Remember a refusal."""
        with self.changed:
            self.problems.append(Problem(method, refusal.status, refusal.description, parameters))
            self.changed.notify_all()

    def wait[Found](self, probe: Callable[[], Found | None], timeout: float) -> Found | None:
        """Wait until the probe returns something.

        Args:
            probe: Called with the lock held, again after every change.
            timeout: Longest wait in seconds.

        Returns:
            What the probe returned, None when the time ran out.
        """
        deadline = time.monotonic() + timeout
        with self.changed:
            while (found := probe()) is None:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return None
                self.changed.wait(remaining)
            return found


def _nothing() -> None:
    """Do nothing."""


# --- The methods of the Bot API -------------------------------------------------------------------------------------


class Methods:
    """The methods of the Bot API except getUpdates. Every one is called with the lock of the world held."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.by_name: dict[str, Callable[[Parameters], Any]] = {
            "getMe": self._get_me,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._get_webhook_info,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "sendDocument": self._send_document,
            "sendChatAction": self._send_chat_action,
            "answerCallbackQuery": self._answer_callback_query,
            "editMessageText": self._edit_message_text,
            "editMessageReplyMarkup": self._edit_message_reply_markup,
            "deleteMessage": self._delete_message,
            "setMyCommands": self._set_my_commands,
            "setMyDescription": self._set_my_description,
            "setMyShortDescription": self._set_my_short_description,
            "getFile": self._get_file,
        }

    def _get_me(self, _: Parameters) -> JsonObject:
        return self._world.bot | {
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    # Webhooks

    def _set_webhook(self, parameters: Parameters) -> bool:
        address, secret = parameters.text("url"), parameters.text("secret_token")
        if not address:
            return self._delete_webhook(parameters)
        if not address.startswith("https://"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise bad_request("secret token contains unallowed characters")
        self.set_allowed_updates(parameters)
        self._world.webhook = {
            "url": address,
            "has_custom_certificate": "certificate" in parameters.uploads,
            "max_connections": parameters.integer("max_connections", 40, 1, 100),
        }
        self._drop_pending(parameters)
        return True

    def _delete_webhook(self, parameters: Parameters) -> bool:
        self._world.webhook = None
        self._drop_pending(parameters)
        return True

    def _drop_pending(self, parameters: Parameters) -> None:
        if parameters.boolean("drop_pending_updates"):
            self._world.pending.clear()
            self._world.redeliveries.clear()

    def _get_webhook_info(self, _: Parameters) -> JsonObject:
        webhook = self._world.webhook or {"url": "", "has_custom_certificate": False}
        return webhook | {"pending_update_count": len(self._world.pending)}

    def set_allowed_updates(self, parameters: Parameters) -> None:
        """Remember the kinds of updates the bot wants; absent keeps the earlier choice (Bot API page, getUpdates)."""
        names = parameters.json_list("allowed_updates")
        if names is None:
            return
        unknown = [name for name in names if name not in UPDATE_TYPES]
        if unknown:
            raise bad_request(f"unknown update type {unknown[0]}")
        self._world.allowed_updates = frozenset(names) or UPDATE_TYPES - UPDATE_TYPES_ONLY_ON_REQUEST

    # Messages

    def _chat(self, parameters: Parameters) -> StoredChat:
        raw = parameters.text("chat_id")
        if not raw:
            raise bad_request("chat_id is empty")
        chat = self._world.chats.get(int(raw)) if re.fullmatch(r"-?\d+", raw) else None
        if chat is None or not chat.known:
            raise bad_request("chat not found")
        return chat

    def _open_chat(self, parameters: Parameters) -> StoredChat:
        chat = self._chat(parameters)
        if chat.blocked:
            raise ApiRefusalError(403, _BLOCKED)
        return chat

    def _check_sending_options(self, parameters: Parameters) -> None:
        for name in ("disable_notification", "protect_content", "allow_paid_broadcast", "has_spoiler"):
            parameters.boolean(name)
        parameters.boolean("show_caption_above_media")
        parameters.integer("message_thread_id", 0)
        parameters.json_object("link_preview_options", LINK_PREVIEW_FIELDS)
        if parameters.text("business_connection_id"):
            raise bad_request("business connection not found")

    def _replied(self, chat: StoredChat, parameters: Parameters) -> JsonObject:
        """Return the field for the message replied to, none without one."""
        reply = parameters.json_object("reply_parameters", REPLY_PARAMETERS_FIELDS)
        if reply is None:
            return {}
        message = chat.messages.get(reply.get("message_id", 0))
        if message is not None and not message.deleted:
            replied = message.as_json()
            replied.pop("reply_to_message", None)
            return {"reply_to_message": replied}
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")

    def _message_text(self, parameters: Parameters) -> JsonObject:
        formatted = read_formatted(parameters, "text", "entities")
        if not formatted.text:
            raise bad_request("message text is empty")
        if utf16_length(formatted.text) > TEXT_LIMIT:
            raise bad_request("message is too long")
        content: JsonObject = {"text": formatted.text}
        return content | ({"entities": formatted.entities} if formatted.entities else {})

    def _post(self, chat: StoredChat, parameters: Parameters, content: JsonObject) -> StoredMessage:
        markup = read_reply_markup(parameters)
        content = content | self._replied(chat, parameters)
        message = chat.add(self._world.bot, content, from_bot=True)
        message.keyboard, message.labels = markup.inline, markup.labels
        return message

    def _send_message(self, parameters: Parameters) -> JsonObject:
        self._check_sending_options(parameters)
        chat = self._open_chat(parameters)
        return self._post(chat, parameters, self._message_text(parameters)).as_json()

    def _send_photo(self, parameters: Parameters) -> JsonObject:
        self._check_sending_options(parameters)
        chat = self._open_chat(parameters)
        caption = self._caption(parameters)
        read_reply_markup(parameters)
        self._replied(chat, parameters)
        sizes, picture = self._photo(parameters)
        message = self._post(chat, parameters, {"photo": sizes} | caption)
        message.photo = picture
        return message.as_json()

    def _send_document(self, parameters: Parameters) -> JsonObject:
        self._check_sending_options(parameters)
        chat = self._open_chat(parameters)
        caption = self._caption(parameters)
        read_reply_markup(parameters)
        self._replied(chat, parameters)
        upload = parameters.uploads.get(parameters.text("document").removeprefix("attach://") or "document")
        if upload is None or not upload.content:
            raise bad_request("there is no document in the request")
        stored = self._world.add_file("document", upload.content, PurePath(upload.file_name).suffix)
        document = stored.reference() | {"file_name": upload.file_name}
        message = self._post(chat, parameters, {"document": document} | caption)
        message.document = upload.content
        return message.as_json()

    def _caption(self, parameters: Parameters) -> JsonObject:
        formatted = read_formatted(parameters, "caption", "caption_entities")
        if utf16_length(formatted.text) > CAPTION_LIMIT:
            raise bad_request("message caption is too long")
        if not formatted.text:
            return {}
        content: JsonObject = {"caption": formatted.text}
        return content | ({"caption_entities": formatted.entities} if formatted.entities else {})

    def _photo(self, parameters: Parameters) -> tuple[list[JsonObject], bytes]:
        """Return the sizes and the bytes of the picture to send (Bot API page, "Sending files")."""
        reference = parameters.text("photo")
        upload = parameters.uploads.get(reference.removeprefix("attach://") or "photo")
        if upload is not None:
            _check_photo_upload(upload.content)
            return self._world.add_photo(upload.content), upload.content
        if not reference or reference.startswith("attach://"):
            raise bad_request("there is no photo in the request")
        if re.match(r"https?://", reference):
            raise bad_request("failed to get HTTP URL content")
        return self._known_photo(reference)

    def _known_photo(self, file_id: str) -> tuple[list[JsonObject], bytes]:
        stored = self._world.files.get(file_id)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if stored.kind != "photo":
            raise bad_request(f"can't use file of type {stored.kind.capitalize()} as Photo")
        return self._world.add_photo(stored.content), stored.content

    def _send_chat_action(self, parameters: Parameters) -> bool:
        self._open_chat(parameters)
        if parameters.text("action") not in CHAT_ACTIONS:
            raise bad_request("wrong parameter action in request")
        return True

    def _answer_callback_query(self, parameters: Parameters) -> bool:
        query = self._world.queries.get(parameters.text("callback_query_id"))
        if query is None or query.answered or query.expired:
            raise bad_request(_QUERY_TOO_OLD)
        text = parameters.text("text")
        if utf16_length(text) > CALLBACK_ANSWER_LIMIT:
            raise bad_request("MESSAGE_TOO_LONG")
        if parameters.text("url"):
            raise bad_request("URL_INVALID")
        parameters.integer("cache_time", 0, 0)
        query.alert = parameters.boolean("show_alert")
        query.text, query.answered = text, True
        return True

    def _own_message(self, parameters: Parameters) -> StoredMessage:
        """Return the message to edit."""
        if parameters.text("inline_message_id"):
            raise bad_request("MESSAGE_ID_INVALID")
        chat = self._open_chat(parameters)
        if not parameters.text("message_id"):
            raise bad_request("message identifier is not specified")
        message = chat.messages.get(parameters.required_integer("message_id"))
        if message is None or message.deleted:
            raise bad_request("message to edit not found")
        if not message.from_bot:
            raise bad_request("message can't be edited")
        return message

    def _edit_message_text(self, parameters: Parameters) -> JsonObject:
        parameters.json_object("link_preview_options", LINK_PREVIEW_FIELDS)
        content = self._message_text(parameters)
        keyboard = read_reply_markup(parameters, inline_only=True).inline
        message = self._own_message(parameters)
        if "text" not in message.content:
            raise bad_request("there is no text in the message to edit")
        rest = {name: value for name, value in message.content.items() if name not in {"text", "entities"}}
        return self._edit(message, content | rest, keyboard)

    def _edit_message_reply_markup(self, parameters: Parameters) -> JsonObject:
        keyboard = read_reply_markup(parameters, inline_only=True).inline
        message = self._own_message(parameters)
        return self._edit(message, message.content, keyboard)

    def _edit(self, message: StoredMessage, content: JsonObject, keyboard: Keyboard) -> JsonObject:
        if content == message.content and keyboard == message.keyboard:
            raise bad_request(_NOT_MODIFIED)
        message.content = content
        message.replace_keyboard(keyboard)
        message.edit_date = int(time.time())
        return message.as_json()

    def _delete_message(self, parameters: Parameters) -> bool:
        chat = self._chat(parameters)
        message = chat.messages.get(parameters.required_integer("message_id"))
        if message is None or message.deleted:
            raise bad_request("message to delete not found")
        if not message.from_bot and chat.info["type"] != "private":
            raise bad_request("message can't be deleted")
        message.deleted = True
        return True

    # The bot's own page

    def _language(self, parameters: Parameters) -> str:
        code = parameters.text("language_code")
        if code and not re.fullmatch(r"[a-z]{2}", code):
            raise bad_request("invalid language code specified")
        return code

    def _set_my_commands(self, parameters: Parameters) -> bool:
        commands = parameters.json_list("commands")
        if commands is None:
            raise bad_request("can't parse commands JSON object")
        if len(commands) > COMMAND_COUNT_LIMIT:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        scope = parameters.json_object("scope") or {"type": "default"}
        if scope.get("type") not in COMMAND_SCOPES:
            raise bad_request("unsupported type specified in BotCommandScope")
        key = (json.dumps(scope, sort_keys=True) if len(scope) > 1 else scope["type"], self._language(parameters))
        self._world.commands[key] = [_checked_command(command) for command in commands]
        return True

    def _set_my_description(self, parameters: Parameters) -> bool:
        text = parameters.text("description")
        if utf16_length(text) > DESCRIPTION_LIMIT:
            raise bad_request("description is too long")
        self._world.descriptions[self._language(parameters)] = text
        return True

    def _set_my_short_description(self, parameters: Parameters) -> bool:
        text = parameters.text("short_description")
        if utf16_length(text) > SHORT_DESCRIPTION_LIMIT:
            raise bad_request("short description is too long")
        self._world.short_descriptions[self._language(parameters)] = text
        return True

    # Files

    def _get_file(self, parameters: Parameters) -> JsonObject:
        stored = self._world.files.get(parameters.text("file_id"))
        if stored is None:
            raise bad_request("invalid file_id")
        if stored.size > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        if stored.path is None:
            stored.path = f"{stored.kind}s/file_{len(self._world.files)}_{stored.unique_id}{stored.extension}"
        return stored.reference() | {"file_path": stored.path}


def _checked_command(command: Any) -> tuple[str, str]:
    """Return name and description of a command (Bot API page, BotCommand)."""
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    check_fields(command, frozenset({"command", "description", "is_ephemeral"}), "BotCommand")
    name, description = command.get("command"), command.get("description")
    if not isinstance(name, str) or not re.fullmatch(r"/?[a-z0-9_]{1,32}", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not isinstance(description, str) or not 1 <= utf16_length(description) <= COMMAND_DESCRIPTION_LIMIT:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return name.removeprefix("/"), description


# --- HTTP -----------------------------------------------------------------------------------------------------------


class _LostResponse(Response):
    """Announces a body and closes the connection before it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


async def _read_json_body(request: Request) -> dict[str, str]:
    try:
        body = await request.json()
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(body, dict):
        raise bad_request("can't parse JSON object")
    return {name: _as_text(value) for name, value in body.items() if value is not None}


async def read_parameters(request: Request) -> Parameters:
    """Return the parameters from query string and body (Bot API page, "Making requests").

    Raises:
        ApiRefusalError: 400 when the body can't be read.
    """
    values, uploads = dict(request.query_params), dict[str, Upload]()
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        return Parameters(values | await _read_json_body(request), uploads)
    if kind not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        await request.body()
        return Parameters(values, uploads)
    try:
        async with request.form(max_fields=100) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    uploads[name] = Upload(value.filename or "", await value.read())
                else:
                    values[name] = value
    except HTTPException as error:
        raise bad_request("can't parse the form") from error
    return Parameters(values, uploads)


class _HttpService:
    """Answers the requests; runs in the event loop of the server thread."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._methods = Methods(world)

    def application(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route("/file/bot{token}/{path:path}", self._download, methods=["GET"]),
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            ],
            exception_handlers={404: _answer_unknown_address},
        )

    async def _call(self, request: Request) -> Response:
        name = str(request.path_params["method"])
        name = _CANONICAL_NAMES.get(name.lower(), name)
        try:
            parameters = await read_parameters(request)
        except ApiRefusalError as refusal:
            self._world.record_problem(name, refusal, {})
            return _refused(refusal)
        self._world.record_call(name, parameters.described())
        fault = self._world.take_fault(name)
        if fault and fault.refusal:
            return _refused(fault.refusal)
        response = await self._answer(request, name, parameters)
        return _LostResponse() if fault else response

    async def _answer(self, request: Request, name: str, parameters: Parameters) -> Response:
        try:
            self._check_request(request, name, parameters)
            return JSONResponse({"ok": True, "result": await self._perform(request, name, parameters)})
        except ApiRefusalError as refusal:
            self._world.record_problem(name, refusal, parameters.described())
            return _refused(refusal)

    def _check_request(self, request: Request, name: str, parameters: Parameters) -> None:
        self._check_token(request)
        if name not in METHOD_PARAMETERS:
            raise ApiRefusalError(404, "Not Found")
        parameters.check_names(METHOD_PARAMETERS[name])

    def _check_token(self, request: Request) -> None:
        if request.path_params["token"] != self._world.token:
            raise ApiRefusalError(401, "Unauthorized")

    async def _perform(self, request: Request, name: str, parameters: Parameters) -> Any:
        if name == "getUpdates":
            return await self._get_updates(request, parameters)
        with self._world.changed:
            result = self._methods.by_name[name](parameters)
            self._world.changed.notify_all()
            return result

    async def _get_updates(self, request: Request, parameters: Parameters) -> list[JsonObject]:
        timeout = parameters.integer("timeout", 0, 0)
        poll = self._begin_poll(parameters)
        watcher = asyncio.create_task(_watch_for_disconnect(request, poll))
        try:
            return await self._wait_for_updates(poll, timeout)
        finally:
            watcher.cancel()
            with self._world.changed:
                self._world.poll = None if self._world.poll is poll else self._world.poll

    def _begin_poll(self, parameters: Parameters) -> Poll:
        """Confirm updates and take the place of an older poll."""
        limit, offset = parameters.integer("limit", 100, 1, 100), parameters.integer("offset", 0)
        with self._world.changed:
            if self._world.webhook:
                raise ApiRefusalError(409, _CONFLICTING_WEBHOOK)
            self._methods.set_allowed_updates(parameters)
            if self._world.poll:
                self._world.poll.superseded = True
                self._world.poll.woken.set()
            self._world.confirm_updates(offset)
            self._world.changed.notify_all()
            self._world.poll = Poll(limit)
            return self._world.poll

    async def _wait_for_updates(self, poll: Poll, timeout_seconds: float) -> list[JsonObject]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        while not poll.gone:
            if poll.superseded:
                raise ApiRefusalError(409, _CONFLICTING_POLL)
            if batch := self._take_batch(poll):
                return batch
            if loop.time() >= deadline or self._world.closing:
                return []
            await _wait_until(poll.woken, deadline)
        return []

    def _take_batch(self, poll: Poll) -> list[JsonObject]:
        with self._world.changed:
            poll.woken.clear()
            return self._world.take_updates(poll.limit)

    async def _download(self, request: Request) -> Response:
        path = str(request.path_params["path"])
        self._world.record_call(FILE_DOWNLOAD, {"file_path": path})
        fault = self._world.take_fault(FILE_DOWNLOAD)
        if fault:
            return _refused(fault.refusal) if fault.refusal else _LostResponse()
        try:
            self._check_token(request)
            return Response(self._content(path), media_type="application/octet-stream")
        except ApiRefusalError as refusal:
            self._world.record_problem(FILE_DOWNLOAD, refusal, {"file_path": path})
            return _refused(refusal)

    def _content(self, path: str) -> bytes:
        with self._world.changed:
            for stored in self._world.files.values():
                if stored.path == path:
                    return stored.content
        raise ApiRefusalError(404, "Not Found")


def _refused(refusal: ApiRefusalError) -> JSONResponse:
    return JSONResponse(refusal.as_json(), refusal.status)


async def _answer_unknown_address(_: Request, __: Exception) -> Response:
    return _refused(ApiRefusalError(404, "Not Found"))


async def _watch_for_disconnect(request: Request, poll: Poll) -> None:
    """Wait until the caller closes the connection and let the poll know."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    poll.gone = True
    poll.woken.set()


async def _wait_until(event: asyncio.Event, deadline: float) -> None:
    """Wait for an event, no longer than until a moment of the loop's clock in seconds."""
    try:
        async with asyncio.timeout_at(deadline):
            await event.wait()
    except TimeoutError:
        return


def _listening_socket() -> socket.socket:
    """Return a socket on a free port of 127.0.0.1.

    Its protocol is named, because asyncio switches off the delay of small packets (about 40 ms) only then.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


class _Server(uvicorn.Server):
    """A server that tells when it accepts connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start and remember the event loop."""
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.ready.set()


# --- The side of the test -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Button:
    """A button of an inline keyboard.

    Attributes:
        label: Text on the button.
        data: Callback data, None for another kind of button.
        url: Address it opens, None for another kind of button.
    """

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class ReceivedMessage:
    """A message of the bot as it stands at one moment.

    Attributes:
        message_id: Number within its chat.
        text: Plain text, or the caption of a photo; "" without either.
        entities: MessageEntity objects of the text or caption; offset and length in UTF-16 code units.
        buttons: Inline keyboard, row after row.
        rows: Inline keyboard by rows.
        reply_keyboard: Labels of a reply keyboard sent along.
        photo: Bytes of the picture, None without one.
        document: Bytes of the file, None without one.
        edited: Whether it was edited.
        deleted: Whether it was deleted.
        reply_to: Number of the message it replies to, None without one.
    """

    message_id: int
    text: str
    entities: list[JsonObject]
    buttons: list[Button]
    rows: list[list[Button]]
    reply_keyboard: list[str]
    photo: bytes | None
    document: bytes | None
    edited: bool
    deleted: bool
    reply_to: int | None


def _as_received(message: StoredMessage) -> ReceivedMessage:
    content = message.content
    rows = [[Button(b["text"], b.get("callback_data"), b.get("url")) for b in row] for row in message.keyboard]
    return ReceivedMessage(
        message_id=message.message_id,
        text=str(content.get("text") or content.get("caption") or ""),
        entities=list(content.get("entities") or content.get("caption_entities") or []),
        buttons=list(itertools.chain.from_iterable(rows)),
        rows=rows,
        reply_keyboard=list(message.labels),
        photo=message.photo,
        document=message.document,
        edited=message.edit_date is not None,
        deleted=message.deleted,
        reply_to=content.get("reply_to_message", {}).get("message_id"),
    )


class Tap:
    """A tap on a button, to see how the bot answered it."""

    def __init__(self, world: World, query: StoredQuery) -> None:
        self._world = world
        self._query = query
        self.query_id = query.query_id

    @property
    def answered(self) -> bool:
        """Whether the bot answered the callback query."""
        with self._world.changed:
            return self._query.answered

    @property
    def text(self) -> str:
        """The notification the bot answered with, "" without one."""
        with self._world.changed:
            return self._query.text

    @property
    def alert(self) -> bool:
        """Whether the notification is shown as an alert."""
        with self._world.changed:
            return self._query.alert

    def waits_for_answer(self, timeout: float = 10) -> str:
        """Wait until the bot answers the callback query.

        Args:
            timeout: Longest wait in seconds.

        Returns:
            The notification, "" without one.

        Raises:
            AssertionError: When no answer came in time.
        """
        if self._world.wait(lambda: True if self._query.answered else None, timeout) is None:
            raise AssertionError(f"the tap was not answered within {timeout} s\n{_described_problems(self._world)}")
        return self.text


_COMMAND: Final = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")


def _command_entities(text: str) -> list[JsonObject]:
    """Return the bot_command entities that Telegram sets on a text a person writes."""
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        for match in _COMMAND.finditer(text)
    ]


def _text_content(text: str) -> JsonObject:
    if not text.strip() or utf16_length(text) > TEXT_LIMIT:
        raise AssertionError(f"a person's message has 1 to {TEXT_LIMIT} UTF-16 code units")
    entities = _command_entities(text)
    content: JsonObject = {"text": text}
    return content | ({"entities": entities} if entities else {})


OtherKind = Literal[
    "voice",
    "audio",
    "video",
    "video_note",
    "animation",
    "sticker",
    "location",
    "venue",
    "contact",
    "poll",
    "dice",
]


def _voice(world: World) -> JsonObject:
    file = world.add_file("voice", b"OggS voice", ".oga").reference()
    return {"voice": file | {"duration": 3, "mime_type": "audio/ogg"}}


def _audio(world: World) -> JsonObject:
    file = world.add_file("audio", b"ID3 audio", ".mp3").reference()
    return {"audio": file | {"duration": 180, "mime_type": "audio/mpeg", "title": "Song", "performer": "Singer"}}


def _video(world: World) -> JsonObject:
    file = world.add_file("video", b"ftyp video", ".mp4").reference()
    return {"video": file | {"width": 640, "height": 360, "duration": 5, "mime_type": "video/mp4"}}


def _video_note(world: World) -> JsonObject:
    return {
        "video_note": world.add_file("video_note", b"ftyp note", ".mp4").reference() | {"length": 240, "duration": 4}
    }


def _animation(world: World) -> JsonObject:
    file = world.add_file("animation", b"ftyp animation", ".mp4").reference() | {"mime_type": "video/mp4"}
    return {"animation": file | {"width": 320, "height": 180, "duration": 2}, "document": file}


def _sticker(world: World) -> JsonObject:
    file = world.add_file("sticker", b"RIFF....WEBP", ".webp").reference()
    shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"}
    return {"sticker": file | shape}


def _location(_: World) -> JsonObject:
    return {"location": {"latitude": 48.2082, "longitude": 16.3738}}


def _venue(world: World) -> JsonObject:
    place = _location(world)
    return place | {"venue": place | {"title": "Park", "address": "Main Street 1"}}


def _contact(_: World) -> JsonObject:
    return {"contact": {"phone_number": "+15550100", "first_name": "Bob"}}


def _poll(_: World) -> JsonObject:
    options = [
        {"persistent_id": str(number), "text": text, "voter_count": 0} for number, text in enumerate(("Yes", "No"))
    ]
    return {
        "poll": {
            "id": "5400000000000000001",
            "question": "Shall we?",
            "options": options,
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
    }


def _dice(_: World) -> JsonObject:
    return {"dice": {"emoji": "🎲", "value": 4}}


_OTHER_CONTENT: Final[dict[OtherKind, Callable[[World], JsonObject]]] = {
    "voice": _voice,
    "audio": _audio,
    "video": _video,
    "video_note": _video_note,
    "animation": _animation,
    "sticker": _sticker,
    "location": _location,
    "venue": _venue,
    "contact": _contact,
    "poll": _poll,
    "dice": _dice,
}


class Chat:
    """A chat with the bot, played by the test. Made by :meth:`TelegramDouble.user` and :meth:`TelegramDouble.group`.

    Attributes:
        id: Identifier of the chat.
        person: User object of the person who acts where no other is named.
    """

    def __init__(self, world: World, stored: StoredChat, person: JsonObject) -> None:
        self._world = world
        self._stored = stored
        self._last_waited_for = 0
        self.id: int = stored.info["id"]
        self.person = person

    @property
    def received(self) -> list[ReceivedMessage]:
        """Messages of the bot in order, with their text and keyboard as they are now."""
        with self._world.changed:
            return [_as_received(message) for message in self._bot_messages()]

    @property
    def last(self) -> ReceivedMessage | None:
        """The newest message of the bot, None before the first."""
        received = self.received
        return received[-1] if received else None

    def sends(self, text: str, by: "PrivateChat | None" = None) -> int:
        """Write a text; commands in it get their bot_command entity.

        Args:
            text: 1 to 4096 UTF-16 code units.
            by: Who writes; the person of the chat by default.

        Returns:
            Number of the message.
        """
        return self._writes(_text_content(text), by)

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
        return self._writes(_OTHER_CONTENT[kind](self._world), by)

    def edits(self, message_id: int | Literal["last"], text: str) -> None:
        """Edit a text message a person wrote, which queues an edited_message update.

        Args:
            message_id: Number of the message, or "last" for the newest text message of a person.
            text: New text, 1 to 4096 UTF-16 code units.

        Raises:
            AssertionError: When there is no such message of a person.
        """
        with self._world.changed:
            own = [m for m in self._stored.messages.values() if not m.from_bot and "text" in m.content]
            chosen = own[-1:] if message_id == "last" else [m for m in own if m.message_id == message_id]
            if not chosen:
                raise AssertionError(f"no text message {message_id} of a person in this chat")
            message = chosen[0]
            message.content = _text_content(text)
            message.edit_date = int(time.time())
            self._world.add_update("edited_message", message.as_json())

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
        number = message if isinstance(message, int) else message.message_id
        with self._world.changed:
            stored = self._bot_message(number)
            data = _callback_data(stored, label, stale)
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

    def waits_for(self, text: str, timeout: float = 10) -> ReceivedMessage:
        """Wait for a message of the bot whose text or caption contains a text.

        Only messages after the last one waited for count, whether they are there already or still to come; of several
        the earliest is taken, and the ones before it are passed over. Deleted messages do not count.

        Args:
            text: Part of the plain text, without markup; "" for any message.
            timeout: Longest wait in seconds.

        Returns:
            The message.

        Raises:
            AssertionError: When none came in time; says what was received instead.
        """
        found = self._world.wait(lambda: self._next_with(text), timeout)
        if found is None:
            raise AssertionError(f"no message with {text!r} within {timeout} s\n{self._described()}")
        self._last_waited_for = found.message_id
        return found

    def waits_for_edit(self, message: ReceivedMessage | int, text: str, timeout: float = 10) -> ReceivedMessage:
        """Wait until a message of the bot contains a text after an edit.

        Args:
            message: The message or its number.
            text: Part of the plain text, without markup; "" for any edit.
            timeout: Longest wait in seconds.

        Returns:
            The message as it is now.

        Raises:
            AssertionError: When that did not happen in time; says what was received instead.
        """
        number = message if isinstance(message, int) else message.message_id
        found = self._world.wait(lambda: self._edited_with(number, text), timeout)
        if found is None:
            raise AssertionError(f"message {number} did not become {text!r} within {timeout} s\n{self._described()}")
        return found

    def _edited_with(self, number: int, text: str) -> ReceivedMessage | None:
        message = _as_received(self._bot_message(number))
        return message if message.edited and text in message.text else None

    def _next_with(self, text: str) -> ReceivedMessage | None:
        for message in self._bot_messages():
            received = _as_received(message)
            if message.message_id > self._last_waited_for and not message.deleted and text in received.text:
                return received
        return None

    def _bot_messages(self) -> Iterable[StoredMessage]:
        return (message for message in self._stored.messages.values() if message.from_bot)

    def _bot_message(self, number: int) -> StoredMessage:
        message = self._stored.messages.get(number)
        if message is None or not message.from_bot:
            raise AssertionError(f"no message {number} of the bot in this chat\n{self._described()}")
        return message

    def _actor(self, by: "PrivateChat | None") -> JsonObject:
        return by.person if by else self.person

    def _check_reachable(self) -> None:
        if self._stored.blocked:
            raise AssertionError("who has blocked the bot can't write to it; unblock first")

    def _writes(self, content: JsonObject, by: "PrivateChat | None") -> int:
        self._check_reachable()
        with self._world.changed:
            self._stored.known = True
            message = self._stored.add(self._actor(by), content, from_bot=False)
            self._world.add_update("message", message.as_json())
            return message.message_id

    def _changes_membership(self, old: JsonObject, new: JsonObject) -> None:
        """Queue a my_chat_member update (Bot API page, ChatMemberUpdated)."""
        bot = {"user": self._world.bot}
        self._world.add_update(
            "my_chat_member",
            {
                "chat": self._stored.info,
                "from": self.person,
                "date": int(time.time()),
                "old_chat_member": bot | old,
                "new_chat_member": bot | new,
            },
        )

    def _described(self) -> str:
        """Return what was received in this chat and what was refused, for a message to the reader of a test."""
        lines = [f"received in chat {self.id} (last waited for: {self._last_waited_for}):"]
        lines += [_described_message(message) for message in self.received] or ["  nothing"]
        return "\n".join([*lines, _described_problems(self._world)])


def _callback_data(message: StoredMessage, label: str, stale: bool) -> str:
    """Return the callback data of a button, of the current keyboard unless ``stale``."""
    current = [] if message.deleted else [message.keyboard]
    keyboards = [message.keyboard, *reversed(message.earlier_keyboards)] if stale else current
    buttons = [button for keyboard in keyboards for row in keyboard for button in row]
    matching = [button for button in buttons if button["text"] == label]
    if not matching:
        present = [button["text"] for button in buttons]
        raise AssertionError(f"no button {label!r} on message {message.message_id}; there is {present}")
    if not stale and len(matching) > 1:
        raise AssertionError(f"{len(matching)} buttons {label!r} on message {message.message_id}")
    if "callback_data" not in matching[0]:
        raise AssertionError(f"button {label!r} on message {message.message_id} is no callback button")
    return str(matching[0]["callback_data"])


def _described_message(message: ReceivedMessage) -> str:
    marks = [name for name in ("edited", "deleted") if getattr(message, name)]
    marks += ["photo"] if message.photo else []
    labels = [button.label for button in message.buttons]
    return f"  {message.message_id}: {message.text!r} buttons={labels} {' '.join(marks)}".rstrip()


def _described_problems(world: World) -> str:
    with world.changed:
        lines = [f"  {p.method}: {p.status} {p.description} {p.parameters}" for p in world.problems]
    return "\n".join(["refused calls:", *(lines or ["  none"])])


class PrivateChat(Chat):
    """A person and their private chat with the bot."""

    def blocks(self) -> None:
        """Block the bot: from now on its messages are refused with 403; queues a my_chat_member update."""
        with self._world.changed:
            self._stored.blocked = True
            self._changes_membership({"status": "member"}, {"status": "kicked", "until_date": 0})

    def unblocks(self) -> None:
        """Take the block back; queues a my_chat_member update."""
        with self._world.changed:
            self._stored.blocked = False
            self._changes_membership({"status": "kicked", "until_date": 0}, {"status": "member"})


class GroupChat(Chat):
    """A group the bot is a member of."""


class TelegramDouble:
    """The Bot API on a free port of 127.0.0.1, for use as a context manager.

    Attributes:
        url: Address without a slash at its end, for example "http://127.0.0.1:40123". A client takes ``url + "/bot"``
            as its base address and ``url + "/file/bot"`` as that of files.
        token: The token that is accepted.
    """

    def __init__(
        self,
        token: str = "123:abc",  # noqa: S107
        username: str = "test_bot",
        name: str = "Test Bot",
    ) -> None:
        self.token = token
        self.url = ""
        self._world = World(token, username, name)
        self._socket: socket.socket | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Start the server and wait until it accepts connections."""
        self._socket = _listening_socket()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            _HttpService(self._world).application(),
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._serve, name="telegram-double", daemon=True)
        self._thread.start()
        if not self._server.ready.wait(10):
            raise RuntimeError("the double of the Bot API did not start")
        self._world.wake_poll = self._wake_poll
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server; a running poll ends without updates."""
        with self._world.changed:
            self._world.closing = True
            self._wake_poll()
            self._world.wake_poll = _nothing
        if self._server:
            self._server.should_exit = True
        if self._thread:
            self._thread.join(10)

    def _serve(self) -> None:
        if self._server and self._socket:
            asyncio.run(self._server.serve(sockets=[self._socket]))

    def _wake_poll(self) -> None:
        """Wake the running poll; called with the lock held, from any thread."""
        poll, loop = self._world.poll, self._server.loop if self._server else None
        if poll and loop and not loop.is_closed():
            loop.call_soon_threadsafe(poll.woken.set)

    # People

    def user(self, name: str, language_code: str | None = None, username: str | None = None) -> PrivateChat:
        """Return a new person with a private chat; the bot can't write there before they wrote.

        Args:
            name: First name.
            language_code: IETF language tag of their client, None where it tells none.
            username: Name without "@", None without one.
        """
        person = self._world.add_user(name, language_code, username)
        info = {"id": person["id"], "type": "private", "first_name": name}
        stored = self._world.add_chat(info | ({"username": username} if username else {}))
        return PrivateChat(self._world, stored, person)

    def group(self, title: str, kind: Literal["group", "supergroup"] = "group") -> GroupChat:
        """Return a new group to which a member has just added the bot, which queues a my_chat_member update.

        Args:
            title: Name of the group.
            kind: Type of the chat.
        """
        member = self._world.add_user("Member", None, None)
        number = self._world.new_group_id()
        info = {"id": number if kind == "group" else number - 1_000_000_000_000, "type": kind, "title": title}
        stored = self._world.add_chat(info)
        stored.known = True
        group = GroupChat(self._world, stored, member)
        group._changes_membership({"status": "left"}, {"status": "member"})
        return group

    # Faults

    def fail(
        self,
        method: str,
        times: int = 1,
        status: int = 500,
        retry_after: int | None = None,
        description: str | None = None,
    ) -> None:
        """Let the next calls of a method fail without doing anything; they do not count as problems.

        Args:
            method: Name of the method, or "file" for downloads.
            times: How many calls.
            status: HTTP status of the answer.
            retry_after: Seconds to wait before the next try; 1 for status 429 where it is absent.
            description: Text of the answer; the usual one for the status by default.
        """
        if status == 429:
            retry_after = retry_after or 1
        usual = "Too Many Requests: retry after " + str(retry_after) if status == 429 else f"Error {status}"
        text = description or _FAULT_DESCRIPTIONS.get(status, usual)
        hint = {"retry_after": retry_after} if retry_after else None
        self._order(method, times, Fault(ApiRefusalError(status, text, hint)))

    def drop_answer(self, method: str, times: int = 1) -> None:
        """Let the next calls of a method be done, but close the connection before the answer is complete.

        Args:
            method: Name of the method, or "file" for downloads.
            times: How many calls.
        """
        self._order(method, times, Fault(None))

    def _order(self, method: str, times: int, fault: Fault) -> None:
        if method.lower() not in _CANONICAL_NAMES:
            raise ValueError(f"unknown method {method}")
        with self._world.changed:
            self._world.faults.setdefault(_CANONICAL_NAMES[method.lower()], []).extend([fault] * times)

    def duplicate_updates(self, count: int) -> None:
        """Deliver each of the next updates once more, with the same identifier, after the bot has confirmed it.

        Args:
            count: How many updates.
        """
        with self._world.changed:
            self._world.duplicates_left += count

    def expire_queries(self) -> None:
        """Let every callback query that was not answered yet be too old to answer."""
        with self._world.changed:
            for query in self._world.queries.values():
                query.expired = True

    # What happened

    @property
    def calls(self) -> list[Call]:
        """Every call with a readable body, in order, also refused and failed ones."""
        with self._world.changed:
            return list(self._world.calls)

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method, in order."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    @property
    def problems(self) -> list[Problem]:
        """Every call that was refused by the rules, in order; empty after a run without a mistake of the bot."""
        with self._world.changed:
            return list(self._world.problems)

    @property
    def commands(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """Commands the bot has set: (scope, language) to pairs of name and description."""
        with self._world.changed:
            return dict(self._world.commands)

    @property
    def descriptions(self) -> dict[str, str]:
        """Descriptions the bot has set, by language ("" for every other)."""
        with self._world.changed:
            return dict(self._world.descriptions)

    @property
    def short_descriptions(self) -> dict[str, str]:
        """Short descriptions the bot has set, by language ("" for every other)."""
        with self._world.changed:
            return dict(self._world.short_descriptions)

    @property
    def unconfirmed_updates(self) -> list[JsonObject]:
        """Update objects the bot has not confirmed yet."""
        with self._world.changed:
            return self._world.redeliveries + self._world.pending

    def waits_for_call(self, method: str, times: int = 1, timeout: float = 10) -> Call:
        """Wait until a method has been called, counted since the start.

        Args:
            method: Name of the method, or "file" for downloads.
            times: How many calls must have been made.
            timeout: Longest wait in seconds.

        Returns:
            The call with that count.

        Raises:
            AssertionError: When there were fewer calls in time.
        """
        found = self._world.wait(lambda: next(iter(self.calls_of(method)[times - 1 :]), None), timeout)
        if found is None:
            made = len(self.calls_of(method))
            raise AssertionError(f"{method} was called {made} and not {times} times within {timeout} s")
        return found

    def waits_until_read(self, timeout: float = 10) -> None:
        """Wait until the bot has confirmed every update.

        Args:
            timeout: Longest wait in seconds.

        Raises:
            AssertionError: When updates are left in time.
        """
        if self._world.wait(lambda: None if self.unconfirmed_updates else True, timeout) is None:
            raise AssertionError(f"updates the bot has not confirmed within {timeout} s: {self.unconfirmed_updates}")
