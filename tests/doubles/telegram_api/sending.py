"""Methods that send a message or show that one is being written, and getFile."""

import re
from pathlib import PurePath
from typing import Final

from tests.doubles.telegram_api.entities import FormattedText, read_formatted, utf16_length
from tests.doubles.telegram_api.keyboards import read_reply_markup
from tests.doubles.telegram_api.parameters import Parameters
from tests.doubles.telegram_api.pictures import check_photo_upload
from tests.doubles.telegram_api.refusals import ApiRefusalError, JsonObject, bad_request
from tests.doubles.telegram_api.world import StoredChat, StoredFile, StoredMessage, World

TEXT_LIMIT: Final = 4096
CAPTION_LIMIT: Final = 1024
DOWNLOAD_LIMIT: Final = 20 * 1024 * 1024
UPLOAD_LIMIT: Final = 50 * 1024 * 1024
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


def find_chat(world: World, parameters: Parameters, name: str = "chat_id") -> StoredChat:
    """Return the chat a call names.

    Raises:
        ApiRefusalError: 400 when the bot does not know it.
    """
    raw = parameters.text(name)
    if not raw:
        raise bad_request("chat_id is empty")
    chat = world.chats.get(int(raw)) if re.fullmatch(r"-?\d+", raw) else None
    if chat is None or not chat.known:
        raise bad_request("chat not found")
    return chat


def open_chat(world: World, parameters: Parameters) -> StoredChat:
    """Return the chat a call names.

    Raises:
        ApiRefusalError: As the chat refuses the bot, for example 403 when it was blocked.
    """
    chat = find_chat(world, parameters)
    if chat.closed:
        raise chat.closed
    return chat


def text_content(parameters: Parameters) -> JsonObject:
    """Return text and entities of a message.

    Raises:
        ApiRefusalError: 400 when the text is empty, too long or can't be parsed.
    """
    formatted = read_formatted(parameters, "text", "entities")
    if not formatted.text:
        raise bad_request("message text is empty")
    if utf16_length(formatted.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return _content("text", "entities", formatted)


def caption_content(parameters: Parameters) -> JsonObject:
    """Return caption and entities of a message, nothing without a caption.

    Raises:
        ApiRefusalError: 400 when the caption is too long or can't be parsed.
    """
    formatted = read_formatted(parameters, "caption", "caption_entities")
    if utf16_length(formatted.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return _content("caption", "caption_entities", formatted) if formatted.text else {}


def _content(text: str, entities: str, formatted: FormattedText) -> JsonObject:
    return {text: formatted.text} | ({entities: formatted.entities} if formatted.entities else {})


def send_message(world: World, parameters: Parameters) -> JsonObject:
    """Send a text."""
    chat = _checked_chat(world, parameters)
    return _post(world, chat, parameters, text_content(parameters)).as_json()


def send_photo(world: World, parameters: Parameters) -> JsonObject:
    """Send a picture, uploaded or known by its identifier."""
    chat = _checked_chat(world, parameters)
    caption = caption_content(parameters)
    read_reply_markup(parameters)
    _replied(world, chat, parameters)
    picture = _photo(world, parameters)
    message = _post(world, chat, parameters, {"photo": world.add_photo(picture)} | caption)
    message.photo = picture
    return message.as_json()


def send_document(world: World, parameters: Parameters) -> JsonObject:
    """Send a file, uploaded or known by its identifier."""
    chat = _checked_chat(world, parameters)
    caption = caption_content(parameters)
    read_reply_markup(parameters)
    _replied(world, chat, parameters)
    stored, name = _document(world, parameters)
    document = stored.reference() | ({"file_name": name} if name else {})
    message = _post(world, chat, parameters, {"document": document} | caption)
    message.document = stored.content
    return message.as_json()


def send_chat_action(world: World, parameters: Parameters) -> bool:
    """Show that the bot is busy."""
    open_chat(world, parameters)
    if parameters.text("action") not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def get_file(world: World, parameters: Parameters) -> JsonObject:
    """Prepare a file for its download."""
    stored = world.files.get(parameters.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    if stored.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    if stored.path is None:
        stored.path = f"{stored.kind}s/file_{len(world.files)}_{stored.unique_id}{stored.extension}"
    return stored.reference() | {"file_path": stored.path}


def _checked_chat(world: World, parameters: Parameters) -> StoredChat:
    """Return the chat to send to, the options of the call checked."""
    for name in ("disable_notification", "protect_content", "allow_paid_broadcast", "has_spoiler"):
        parameters.boolean(name)
    parameters.boolean("show_caption_above_media")
    parameters.integer("message_thread_id", 0)
    parameters.json_object("link_preview_options", LINK_PREVIEW_FIELDS)
    if parameters.text("business_connection_id"):
        raise bad_request("business connection not found")
    return open_chat(world, parameters)


def _replied(world: World, chat: StoredChat, parameters: Parameters) -> JsonObject:
    """Return the fields for the message replied to, none without one (Bot API page, ReplyParameters)."""
    reply = parameters.json_object("reply_parameters", REPLY_PARAMETERS_FIELDS)
    if reply is None:
        return {}
    number = reply.get("message_id")
    if not isinstance(number, int):
        raise bad_request("message identifier is not specified")
    if "chat_id" in reply and reply["chat_id"] != chat.info["id"]:
        chat = find_chat(world, Parameters({"chat_id": str(reply["chat_id"])}, {}))
    message = chat.messages.get(number)
    if message is not None and not message.deleted:
        return reply_fields(message, reply)
    if reply.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def reply_fields(message: StoredMessage, reply: JsonObject) -> JsonObject:
    """Return what a message has of the one that it replies to (Bot API page, Message)."""
    replied = message.as_json()
    replied.pop("reply_to_message", None)
    fields: JsonObject = {"reply_to_message": replied}
    if quote := reply.get("quote"):
        position = str(replied.get("text") or replied.get("caption") or "").find(quote)
        if position < 0:
            raise bad_request("QUOTE_TEXT_INVALID")
        fields["quote"] = {"text": quote, "position": position, "is_manual": True}
    return fields


def _post(world: World, chat: StoredChat, parameters: Parameters, content: JsonObject) -> StoredMessage:
    markup = read_reply_markup(parameters)
    content = content | _replied(world, chat, parameters)
    message = chat.add(world.bot, content, world.now(), from_bot=True)
    message.keyboard, message.labels = markup.inline, markup.labels
    return message


def _photo(world: World, parameters: Parameters) -> bytes:
    """Return the bytes of the picture to send (Bot API page, "Sending files")."""
    reference = parameters.text("photo")
    upload = parameters.uploads.get(reference.removeprefix("attach://") or "photo")
    if upload is not None:
        check_photo_upload(upload.content)
        return upload.content
    return _known_file(world, reference, "photo").content


def _document(world: World, parameters: Parameters) -> tuple[StoredFile, str]:
    """Return the file to send and its name."""
    reference = parameters.text("document")
    upload = parameters.uploads.get(reference.removeprefix("attach://") or "document")
    if upload is None:
        return _known_file(world, reference, "document"), ""
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > UPLOAD_LIMIT:
        raise ApiRefusalError(413, "Request Entity Too Large")
    return world.add_file("document", upload.content, PurePath(upload.file_name).suffix), upload.file_name


def _known_file(world: World, reference: str, kind: str) -> StoredFile:
    if not reference or reference.startswith("attach://"):
        raise bad_request(f"there is no {kind} in the request")
    if re.match(r"https?://", reference):
        raise bad_request("failed to get HTTP URL content")
    stored = world.files.get(reference)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        raise bad_request(f"can't use file of type {stored.kind.capitalize()} as {kind.capitalize()}")
    return stored
