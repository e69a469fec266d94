"""The parameters of a call: where they come from, which a method knows, and their types."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from tests.doubles.telegram_api.refusals import JsonObject, bad_request

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
    "editMessageCaption": frozenset(
        {
            "business_connection_id",
            "chat_id",
            "message_id",
            "inline_message_id",
            "caption",
            "parse_mode",
            "caption_entities",
            "show_caption_above_media",
            "reply_markup",
        }
    ),
    "editMessageReplyMarkup": frozenset(
        {"business_connection_id", "chat_id", "message_id", "inline_message_id", "reply_markup"}
    ),
    "deleteMessage": frozenset({"chat_id", "message_id"}),
    "leaveChat": frozenset({"chat_id"}),
    "setMyCommands": frozenset({"commands", "scope", "language_code"}),
    "getMyCommands": frozenset({"scope", "language_code"}),
    "setMyDescription": frozenset({"description", "language_code"}),
    "getMyDescription": frozenset({"language_code"}),
    "setMyShortDescription": frozenset({"short_description", "language_code"}),
    "getMyShortDescription": frozenset({"language_code"}),
    "getFile": frozenset({"file_id"}),
}
FILE_DOWNLOAD: Final = "file"
CANONICAL_NAMES: Final = {name.lower(): name for name in METHOD_PARAMETERS} | {FILE_DOWNLOAD: FILE_DOWNLOAD}


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
