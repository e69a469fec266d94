"""Keyboards: what may be on a message, and what on a button."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.doubles.telegram_api.entities import LINK
from tests.doubles.telegram_api.parameters import Parameters, check_fields
from tests.doubles.telegram_api.refusals import JsonObject, Keyboard, bad_request

CALLBACK_DATA_LIMIT: Final = 64
BUTTON_COUNT_LIMIT: Final = 100
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
BUTTON_STYLES: Final = frozenset({"danger", "success", "primary"})
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
    if "web_app" in button:
        _check_web_app(button["web_app"])
    if button.get("style", "primary") not in BUTTON_STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")


def _check_callback_data(data: Any) -> None:
    if not isinstance(data, str):
        raise bad_request('can\'t parse inline keyboard button: Field "callback_data" must be of type String')
    if not 1 <= len(data.encode()) <= CALLBACK_DATA_LIMIT:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_button_address(address: Any) -> None:
    if not isinstance(address, str) or not LINK.fullmatch(address):
        raise bad_request(f"inline keyboard button URL '{address}' is invalid: Wrong HTTP URL")


def _check_web_app(web_app: Any) -> None:
    if not isinstance(web_app, dict):
        raise bad_request('can\'t parse inline keyboard button: Field "web_app" must be of type Object')
    check_fields(web_app, frozenset({"url"}), "web app")
    address = web_app.get("url")
    if not isinstance(address, str) or not address.startswith("https://"):
        raise bad_request(f"inline keyboard button Web App URL '{address}' is invalid: Only HTTPS links are allowed")
