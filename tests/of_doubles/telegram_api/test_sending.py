"""Messages of the bot in the double of the Bot API, their edits and deletions."""

from __future__ import annotations

import json

import pytest
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import (
    BadRequest,
    Forbidden,
)

from tests.doubles.telegram_api import (
    TINY_JPEG,
    PrivateChat,
    TelegramDouble,
)
from tests.support.bot_api import HTTP, TOKEN, call, reason, with_bot


def test_bot_sends_message(shared: TelegramDouble, ann: PrivateChat) -> None:
    async def send(bot: Bot) -> Message:
        return await bot.send_message(
            ann.id,
            "<b>What</b> are your reasons &amp; why? 👍 <i>please</i>",
            parse_mode="HTML",
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("I agree", callback_data="agree")]]),
            reply_to_message_id=1,
        )

    sent = with_bot(shared, send)
    assert sent.message_id == 2
    assert sent.from_user is not None
    assert sent.from_user.id == 123
    assert sent.parse_entities() == {sent.entities[0]: "What", sent.entities[1]: "please"}
    assert sent.reply_to_message is not None
    question = ann.waits_for("What are your reasons & why?", timeout=1)
    assert [(button.label, button.data) for button in question.buttons] == [("I agree", "agree")]
    assert (question.photo, question.reply_to) == (None, 1)


@pytest.mark.parametrize(
    "markup", [ReplyKeyboardMarkup([["Yes", "No"]]), ReplyKeyboardRemove(), ForceReply(selective=True)]
)
def test_other_markups_are_accepted(
    shared: TelegramDouble, ann: PrivateChat, markup: ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply
) -> None:
    with_bot(shared, lambda bot: bot.send_message(ann.id, "hello", reply_markup=markup))
    assert ann.received[-1].reply_keyboard == (["Yes", "No"] if isinstance(markup, ReplyKeyboardMarkup) else [])


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "👍" * 2049}, "message is too long"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "chat_id": "99"}, "chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "x", "txet": "y"}, "unknown parameter txet"),
        ({"text": "x", "parse_mode": "XML"}, "unsupported parse_mode"),
        ({"text": "x", "disable_notification": "maybe"}, 'parameter "disable_notification" must be a Boolean'),
        ({"text": "x", "link_preview_options": '{"disabled": true}'}, "unknown field disabled in link_preview_options"),
        ({"text": "x", "entities": '[{"type": "bold", "offset": 0, "length": 9}]'}, "entity beyond the text"),
        ({"text": "x", "reply_parameters": '{"message_id": 77}'}, "message to be replied not found"),
        ({"text": "x", "business_connection_id": "b"}, "business connection not found"),
    ],
)
def test_refused_messages(shared: TelegramDouble, ann: PrivateChat, parameters: dict[str, str], expected: str) -> None:
    assert reason(shared, "sendMessage", **({"chat_id": str(ann.id)} | parameters)) == expected
    assert ann.received == []
    assert shared.problems[-1].description == f"Bad Request: {expected}"


def test_longest_text_is_accepted(shared: TelegramDouble, ann: PrivateChat) -> None:
    assert call(shared, "sendMessage", chat_id=ann.id, text="<b>" + "x" * 4096 + "</b>", parse_mode="html")["ok"]


def test_chat_of_someone_who_never_wrote(shared: TelegramDouble) -> None:
    stranger = shared.user("Stranger")
    with pytest.raises(BadRequest, match="Chat not found"):
        with_bot(shared, lambda bot: bot.send_message(stranger.id, "hello"))


def test_blocked_bot(shared: TelegramDouble, ann: PrivateChat) -> None:
    ann.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        with_bot(shared, lambda bot: bot.send_message(ann.id, "hello"))
    with pytest.raises(AssertionError, match="unblock first"):
        ann.sends("hello")
    ann.unblocks()
    with_bot(shared, lambda bot: bot.send_message(ann.id, "hello"))
    assert ann.waits_for("hello", timeout=1).text == "hello"


def test_edits(shared: TelegramDouble, ann: PrivateChat) -> None:
    async def edit(bot: Bot) -> None:
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data="a")]])
        message = await bot.send_message(ann.id, "one", reply_markup=markup)
        await message.edit_text("<b>two</b>", parse_mode="HTML")
        with pytest.raises(BadRequest, match="essage is not modified"):
            await message.edit_text("<b>two</b>", parse_mode="HTML")
        with pytest.raises(BadRequest, match="essage is not modified"):
            await message.edit_reply_markup(None)
        await message.edit_reply_markup(markup)

    with_bot(shared, edit)
    edited = ann.waits_for_edit(2, "two", timeout=1)
    assert (edited.edited, edited.entities[0]["type"], edited.buttons[0].label) == (True, "bold", "A")
    with pytest.raises(AssertionError, match="did not become 'three'"):
        ann.waits_for_edit(edited, "three", timeout=0.01)


def test_refused_edits(shared: TelegramDouble, ann: PrivateChat) -> None:
    call(shared, "sendMessage", chat_id=ann.id, text="x")
    HTTP.post(f"{shared.url}/bot{TOKEN}/sendPhoto", data={"chat_id": ann.id}, files={"photo": ("a.jpg", TINY_JPEG)})
    refuse = {"chat_id": ann.id, "text": "y"}
    assert reason(shared, "editMessageText", message_id=9, **refuse) == "message to edit not found"
    assert reason(shared, "editMessageText", message_id=1, **refuse) == "message can't be edited"
    assert reason(shared, "editMessageText", message_id=3, **refuse) == "there is no text in the message to edit"
    assert reason(shared, "editMessageText", **refuse) == "message identifier is not specified"
    assert reason(shared, "editMessageText", text="y", inline_message_id="a") == "MESSAGE_ID_INVALID"
    assert reason(shared, "editMessageText", message_id=2, chat_id=ann.id) == "message text is empty"
    markup = json.dumps({"keyboard": [["A"]]})
    assert reason(shared, "editMessageText", message_id=2, reply_markup=markup, **refuse) == "inline keyboard expected"
    assert reason(shared, "editMessageReplyMarkup", chat_id=ann.id, message_id="x") == (
        'parameter "message_id" must be an integer'
    )


def test_deletions(shared: TelegramDouble, ann: PrivateChat) -> None:
    call(shared, "sendMessage", chat_id=ann.id, text="x")
    assert call(shared, "deleteMessage", chat_id=ann.id, message_id=2)["result"] is True
    assert ann.received[0].deleted
    assert reason(shared, "deleteMessage", chat_id=ann.id, message_id=2) == "message to delete not found"
    assert reason(shared, "deleteMessage", chat_id=ann.id) == 'parameter "message_id" is required'
    assert reason(shared, "editMessageText", chat_id=ann.id, message_id=2, text="y") == "message to edit not found"
    assert call(shared, "deleteMessage", chat_id=ann.id, message_id=1)["ok"]


def test_captions_are_edited(shared: TelegramDouble, ann: PrivateChat) -> None:
    async def edit(bot: Bot) -> None:
        message = await bot.send_photo(ann.id, TINY_JPEG, caption="one")
        await message.edit_caption("<i>two</i>", parse_mode="HTML")
        with pytest.raises(BadRequest, match="essage is not modified"):
            await message.edit_caption("<i>two</i>", parse_mode="HTML")
        with pytest.raises(BadRequest, match="caption is too long"):
            await message.edit_caption("x" * 1025)

    with_bot(shared, edit)
    assert ann.received[-1].text == "two"
    assert ann.received[-1].photo == TINY_JPEG
    number = call(shared, "sendMessage", chat_id=ann.id, text="x")["result"]["message_id"]
    refused = reason(shared, "editMessageCaption", chat_id=ann.id, message_id=number, caption="y")
    assert refused == "there is no caption in the message to edit"


def test_old_messages_stay(telegram: TelegramDouble) -> None:
    bob = telegram.user("Bob")
    dice, text = bob.sends_other("dice"), bob.sends("hello")
    refused = "message can't be deleted for everyone"
    assert reason(telegram, "deleteMessage", chat_id=bob.id, message_id=dice) == refused
    telegram.lets_pass(24 * 3600 + 60)
    assert call(telegram, "deleteMessage", chat_id=bob.id, message_id=dice)["ok"]
    telegram.lets_pass(24 * 3600)
    assert reason(telegram, "deleteMessage", chat_id=bob.id, message_id=text) == refused
    assert call(telegram, "sendMessage", chat_id=bob.id, text="new")["ok"]
    assert call(telegram, "deleteMessage", chat_id=bob.id, message_id=3)["ok"]


def test_replies(shared: TelegramDouble, ann: PrivateChat) -> None:
    def reply(**fields: object) -> dict[str, str]:
        return {"chat_id": str(ann.id), "text": "x", "reply_parameters": json.dumps(fields)}

    number = ann.sends("good morning")
    answer = call(shared, "sendMessage", **reply(message_id=number, quote="morning"))["result"]
    assert answer["reply_to_message"]["message_id"] == number
    assert answer["quote"] == {"text": "morning", "position": 5, "is_manual": True}
    assert reason(shared, "sendMessage", **reply(message_id=number, quote="evening")) == "QUOTE_TEXT_INVALID"
    assert reason(shared, "sendMessage", **reply(quote="x")) == "message identifier is not specified"
    assert reason(shared, "sendMessage", **reply(message_id=number, chat_id=9)) == "chat not found"
    lenient = call(shared, "sendMessage", **reply(message_id=99, allow_sending_without_reply=True))["result"]
    assert "reply_to_message" not in lenient
