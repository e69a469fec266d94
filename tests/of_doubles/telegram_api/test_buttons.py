"""Keyboards, taps and their answers in the double of the Bot API."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
)
from telegram.error import (
    BadRequest,
)

from tests.doubles.telegram_api import (
    PrivateChat,
    TelegramDouble,
)
from tests.support.bot_api import call, keyboard, reason, with_bot


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (keyboard({"text": "A", "callback_data": ""}), "BUTTON_DATA_INVALID"),
        (keyboard({"text": "A", "callback_data": "ä" * 33}), "BUTTON_DATA_INVALID"),
        (
            keyboard({"text": "A"}),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            keyboard({"text": "A", "callback_data": "a", "url": "https://example.org"}),
            "can't parse inline keyboard button: exactly one action field must be used",
        ),
        (
            keyboard({"text": "", "callback_data": "a"}),
            "can't parse inline keyboard button: button text must be non-empty",
        ),
        (
            keyboard({"callback_data": "a"}),
            'can\'t parse inline keyboard button: Field "text" must be of type String',
        ),
        (
            keyboard({"text": "A", "callback_data": 5}),
            'can\'t parse inline keyboard button: Field "callback_data" must be of type String',
        ),
        (keyboard({"text": "A", "data": "a"}), "unknown field data in inline keyboard button"),
        (keyboard({"text": "A", "url": "x y"}), "inline keyboard button URL 'x y' is invalid: Wrong HTTP URL"),
        (keyboard(*[{"text": "A", "callback_data": "a"}] * 101), "REPLY_MARKUP_TOO_LONG"),
        ('{"inline_keyboard": [{}]}', "can't parse keyboard: array of arrays expected"),
        ('{"inline_keyboard": [[5]]}', "can't parse keyboard button: expected an Object"),
        ('{"keyboard": [[{"text": " "}]]}', "can't parse keyboard button: button text must be non-empty"),
        ("{}", "object expected as reply markup"),
        ("[]", "object expected as reply_markup"),
        ("{", "can't parse reply_markup JSON object"),
    ],
)
def test_refused_keyboards(shared: TelegramDouble, ann: PrivateChat, markup: str, expected: str) -> None:
    assert reason(shared, "sendMessage", chat_id=ann.id, text="x", reply_markup=markup) == expected


def test_longest_callback_data_is_accepted(shared: TelegramDouble, ann: PrivateChat) -> None:
    markup = keyboard({"text": "A", "callback_data": "ä" * 32})
    assert call(shared, "sendMessage", chat_id=ann.id, text="x", reply_markup=markup)["ok"]


def test_tap_and_answer(telegram: TelegramDouble) -> None:
    bob = telegram.user("Bob", username="bob")
    bob.sends("/start now")

    async def ask(bot: Bot) -> tuple[Update, ...]:
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("I agree", callback_data="agree")]])
        await bot.send_message(bob.id, "Do you?", reply_markup=markup)
        return await bot.get_updates()

    start = with_bot(telegram, ask)[0]
    assert start.message is not None
    assert start.message.parse_entities() == {start.message.entities[0]: "/start"}
    tap = bob.taps(bob.waits_for("Do you?", timeout=1), "I agree")

    async def answer(bot: Bot) -> None:
        update = (await bot.get_updates(offset=start.update_id + 1))[0]
        query = update.callback_query
        assert query is not None
        assert query.data == "agree"
        assert isinstance(query.message, Message)
        assert query.message.text == "Do you?"
        await query.answer("Thanks", show_alert=True)
        with pytest.raises(BadRequest, match="uery is too old and response timeout expired"):
            await query.answer("Again")

    with_bot(telegram, answer)
    assert (tap.waits_for_answer(1), tap.answered, tap.alert) == ("Thanks", True, True)


def test_refused_callback_answers(shared: TelegramDouble, ann: PrivateChat) -> None:
    call(shared, "sendMessage", chat_id=ann.id, text="x", reply_markup=keyboard({"text": "A", "callback_data": "a"}))
    tap = ann.taps(ann.received[-1], "A")
    too_old = "query is too old and response timeout expired or query ID is invalid"
    assert reason(shared, "answerCallbackQuery", callback_query_id="5") == too_old
    assert reason(shared, "answerCallbackQuery") == too_old
    assert reason(shared, "answerCallbackQuery", callback_query_id=tap.query_id, text="x" * 201) == "MESSAGE_TOO_LONG"
    shared.expire_queries()
    assert reason(shared, "answerCallbackQuery", callback_query_id=tap.query_id) == too_old
    with pytest.raises(AssertionError, match="was not answered"):
        tap.waits_for_answer(0.01)


def test_taps_need_a_button(shared: TelegramDouble, ann: PrivateChat) -> None:
    buttons = ({"text": "A", "callback_data": "a"}, {"text": "Site", "url": "https://example.org"})
    call(shared, "sendMessage", chat_id=ann.id, text="x", reply_markup=keyboard(*buttons))
    question = ann.received[-1]
    with pytest.raises(AssertionError, match="no button 'B'"):
        ann.taps(question, "B")
    with pytest.raises(AssertionError, match="no callback button"):
        ann.taps(question, "Site")
    with pytest.raises(AssertionError, match="no message 55 of the bot"):
        ann.taps(55, "A")
    call(shared, "editMessageReplyMarkup", chat_id=ann.id, message_id=question.message_id)
    assert ann.received[-1].buttons == []
    with pytest.raises(AssertionError, match="no button 'A'"):
        ann.taps(question, "A")
    ann.taps(question, "A", stale=True)
    call(shared, "deleteMessage", chat_id=ann.id, message_id=question.message_id)
    ann.taps(question, "A", stale=True)
    updates = shared.unconfirmed_updates
    assert updates[-1]["callback_query"]["message"]["date"] == 0
    assert Update.de_json(updates[-1], None).callback_query is not None


def test_a_forged_tap(shared: TelegramDouble, ann: PrivateChat) -> None:
    call(shared, "sendMessage", chat_id=ann.id, text="x", reply_markup=keyboard({"text": "A", "callback_data": "a"}))
    bob = shared.user("Bob")
    tap = ann.taps_forged(ann.received[-1], "forged", by=bob)
    query = shared.unconfirmed_updates[-1]["callback_query"]
    assert (query["data"], query["from"]["id"]) == ("forged", bob.id)
    assert call(shared, "answerCallbackQuery", callback_query_id=tap.query_id)["ok"]
