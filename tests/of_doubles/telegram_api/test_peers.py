"""The double of the Bot API beside peers that are not ours: aiogram, tg-auto-test and telemelya.

aiogram knows the Bot API as types of its own, newer than python-telegram-bot's; it reads every answer and every update
of the double strictly, and its client drives the double. tg-auto-test and telemelya answer the calls of bots under
test, as the double does; the same calls are made to all three.
"""

from __future__ import annotations

import asyncio
import gc
import io
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiogram.methods
import aiogram.types
import httpx
import pytest
from aiogram import exceptions
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatAction, MessageEntityType
from aiogram.types.base import TelegramObject
from aiogram.utils.text_decorations import html_decoration
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup
from tg_auto_test.test_utils.html_parser import parse_html as parsed_by_tg_auto_test

from bot.channels.telegram.messages import Paragraph, split
from tests.doubles.telegram_api import OTHER_CONTENT, UPDATE_TYPES, PrivateChat, TelegramDouble, parse_html
from tests.doubles.telegram_api.entities import ENTITY_TYPES
from tests.doubles.telegram_api.keyboards import BUTTON_FIELDS, REPLY_BUTTON_FIELDS, REPLY_KEYBOARD_FIELDS
from tests.doubles.telegram_api.parameters import METHOD_PARAMETERS
from tests.doubles.telegram_api.sending import CHAT_ACTIONS, LINK_PREVIEW_FIELDS, REPLY_PARAMETERS_FIELDS
from tests.support.answers import picture
from tests.support.bot_api import TOKEN, call
from tests.support.peers import (
    Answer,
    Peer,
    application_of,
    of_double,
    of_telemelya,
    of_tg_auto_test,
    remembering,
    telemelya,
)
from tests.support.redis import running_redis

#: Parameters that are no longer, or not yet, in the Bot API that the bot is written for. The double refuses them.
UNKNOWN_PARAMETERS = {
    *("allow_sending_without_reply", "reply_to_message_id", "disable_web_page_preview"),
    *("callback_query_id", "ephemeral_message_parameters", "receiver_user_id", "rich_message"),
}
#: The same of fields in what is sent along.
UNKNOWN_FIELDS = {"disabled", "force_reply", "request_user", "ephemeral_message_id"}


def strictly_read(kind: Any, value: object) -> Any:
    """``value`` as aiogram reads it.

    Raises:
        AssertionError: a field is missing, unknown, or of another type.
    """
    adapter = TypeAdapter(kind)
    text = json.dumps(value)
    try:
        return adapter.validate_json(text, strict=True)
    except ValidationError as error:
        # Strictly, a moment would have to be a text, where Telegram gives whole seconds; and of a union, the
        # alternative that was not meant complains of it, too.
        wrong = [each for each in error.errors() if not ("date" in str(each["loc"][-1]) and is_seconds(each["input"]))]
        assert not wrong, wrong
    return adapter.validate_json(text)


def is_seconds(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def unknown_fields(value: object, path: str = "") -> Iterator[str]:
    """Fields that aiogram does not know, anywhere in ``value``."""
    if isinstance(value, list | tuple):
        for each in value:
            yield from unknown_fields(each, f"{path}[]")
    elif isinstance(value, TelegramObject):
        yield from (f"{path}.{name}" for name in value.model_extra or {})
        for name in value.model_fields_set & set(type(value).model_fields):
            yield from unknown_fields(getattr(value, name), f"{path}.{name}")


def checked(kind: Any, value: object) -> Any:
    read = strictly_read(kind, value)
    assert list(unknown_fields(read)) == []
    return read


# What there is


def test_there_are_the_same_updates() -> None:
    assert set(aiogram.types.Update.model_fields) - {"update_id"} == UPDATE_TYPES


@pytest.mark.parametrize("method", sorted(METHOD_PARAMETERS))
def test_a_method_has_the_same_parameters(method: str) -> None:
    theirs = set(getattr(aiogram.methods, method[0].upper() + method[1:]).model_fields)
    assert METHOD_PARAMETERS[method] - theirs == set()
    assert theirs - METHOD_PARAMETERS[method] <= UNKNOWN_PARAMETERS


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (BUTTON_FIELDS, aiogram.types.InlineKeyboardButton),
        (REPLY_BUTTON_FIELDS, aiogram.types.KeyboardButton),
        (REPLY_KEYBOARD_FIELDS, aiogram.types.ReplyKeyboardMarkup),
        (LINK_PREVIEW_FIELDS, aiogram.types.LinkPreviewOptions),
        (REPLY_PARAMETERS_FIELDS, aiogram.types.ReplyParameters),
    ],
)
def test_an_object_has_the_same_fields(ours: frozenset[str], theirs: type[TelegramObject]) -> None:
    assert ours - set(theirs.model_fields) == set()
    assert set(theirs.model_fields) - ours <= UNKNOWN_FIELDS


def test_there_are_the_same_actions_and_entities() -> None:
    assert {str(each.value) for each in ChatAction} == CHAT_ACTIONS
    assert {str(each.value) for each in MessageEntityType} == ENTITY_TYPES


# What the double says, read by aiogram


@pytest.mark.parametrize("kind", sorted(UPDATE_TYPES))
def test_aiogram_reads_every_update(shared: TelegramDouble, kind: str) -> None:
    update = checked(aiogram.types.Update, {"update_id": 7, kind: shared.queues(kind)})
    assert update.event_type == kind


@pytest.mark.parametrize("kind", sorted(OTHER_CONTENT))
def test_aiogram_reads_every_kind_of_message(telegram: TelegramDouble, kind: Any) -> None:
    telegram.user("Ann").sends_other(kind)
    update = checked(aiogram.types.Update, telegram.unconfirmed_updates[-1])
    assert update.message.content_type == kind


def test_aiogram_reads_what_people_do(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann", language_code="en", username="ann")
    ann.sends("/start token")
    ann.sends_photo(picture(), caption="me")
    ann.sends_album([picture(), picture()])
    ann.sends_document(b"x", "me.heic", "image/heic")
    ann.edits(ann.sends("first"), "second")
    for origin in ("user", "hidden_user", "chat", "channel"):
        ann.forwards("theirs", origin)
    message = call(telegram, "sendMessage", chat_id=ann.id, text="?", reply_markup=BUTTONS.to_json())
    ann.taps(message["result"]["message_id"], "Yes")
    ann.blocks()
    ann.unblocks()
    group = telegram.group("Friends")
    group.migrates()
    telegram.channel("News").sends("post")
    group.removes_bot()
    for update in telegram.unconfirmed_updates:
        checked(aiogram.types.Update, update)


BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="affirm")]])


def aiogram_bot(telegram: TelegramDouble) -> aiogram.Bot:
    return aiogram.Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(telegram.url)))


def test_the_client_of_aiogram_holds_a_conversation(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    ann.sends("/start")
    jpeg = picture()

    async def talk() -> None:
        async with aiogram_bot(telegram) as bot:
            [update] = await bot.get_updates(timeout=1)
            assert update.message is not None
            chat = update.message.chat.id
            markup = aiogram.types.InlineKeyboardMarkup.model_validate(BUTTONS.to_dict())
            asked = await bot.send_message(chat, "<b>Ready</b> & 🙂?", parse_mode="HTML", reply_markup=markup)
            assert (asked.text, asked.html_text) == ("Ready & 🙂?", "<b>Ready</b> &amp; 🙂?")
            tap = ann.taps(asked.message_id, "Yes")
            [update] = await bot.get_updates(offset=update.update_id + 1)
            assert update.callback_query is not None
            assert await update.callback_query.answer("Taken")
            assert tap.text == "Taken"
            edited = await asked.as_(bot).edit_text("Ready: yes")
            assert isinstance(edited, aiogram.types.Message)
            assert edited.edit_date is not None
            ann.sends_photo(jpeg)
            [update] = await bot.get_updates(offset=update.update_id + 1)
            assert update.message is not None
            assert update.message.photo is not None
            file = io.BytesIO()
            await bot.download(update.message.photo[-1], file)
            assert file.getvalue() == jpeg
            shown = await bot.send_photo(chat, aiogram.types.BufferedInputFile(jpeg, "me.jpg"), caption="You")
            assert shown.caption == "You"
            assert await bot.delete_message(chat, shown.message_id)

    asyncio.run(talk())
    assert telegram.problems == []


def blocked(_: TelegramDouble, ann: PrivateChat) -> None:
    ann.blocks()


def deactivated(_: TelegramDouble, ann: PrivateChat) -> None:
    ann.deletes_account()


def flooded(telegram: TelegramDouble, _: PrivateChat) -> None:
    telegram.fail("sendMessage", status=429, retry_after=7)


def broken(telegram: TelegramDouble, _: PrivateChat) -> None:
    telegram.fail("sendMessage", status=502)


def reset(telegram: TelegramDouble, _: PrivateChat) -> None:
    telegram.reset("sendMessage")


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (blocked, exceptions.TelegramForbiddenError),
        (deactivated, exceptions.TelegramForbiddenError),
        (flooded, exceptions.TelegramRetryAfter),
        (broken, exceptions.TelegramServerError),
        (reset, exceptions.TelegramNetworkError),
    ],
)
def test_aiogram_knows_what_goes_wrong(
    telegram: TelegramDouble, trouble: Callable[[TelegramDouble, PrivateChat], None], error: type[Exception]
) -> None:
    ann = telegram.user("Ann")
    ann.sends("/start")
    trouble(telegram, ann)

    async def talk() -> None:
        async with aiogram_bot(telegram) as bot:
            with pytest.raises(error) as caught:
                await bot.send_message(ann.id, "Hello")
            if isinstance(caught.value, exceptions.TelegramRetryAfter):
                assert caught.value.retry_after == 7

    asyncio.run(talk())


def test_aiogram_is_told_where_a_group_has_gone(telegram: TelegramDouble) -> None:
    group = telegram.group("Friends")
    supergroup = group.migrates()

    async def talk() -> None:
        async with aiogram_bot(telegram) as bot:
            with pytest.raises(exceptions.TelegramMigrateToChat) as caught:
                await bot.send_message(group.id, "Hello")
            assert caught.value.migrate_to_chat_id == supergroup.id

    asyncio.run(talk())


# Formatted text

WORDS = st.text(alphabet='ab<&>🙂ß" \n', min_size=1, max_size=40)
PARAGRAPHS = st.lists(st.tuples(WORDS, st.sampled_from(["", "b", "i"])), min_size=1, max_size=6)


@given(PARAGRAPHS)
def test_messages_of_the_bot_are_read_alike_by_three(paragraphs: list[tuple[str, str]]) -> None:
    for message in split([Paragraph(text, tag) for text, tag in paragraphs], 60):
        ours = parse_html(message)
        assert parsed_by_tg_auto_test(message) == (ours.text, ours.entities)
        entities = [aiogram.types.MessageEntity.model_validate(each) for each in ours.entities]
        again = parse_html(html_decoration.unparse(ours.text, entities))
        assert (again.text, again.entities) == (ours.text, ours.entities)


# The same calls to three servers


@dataclass
class Scene:
    """What differs from server to server.

    Attributes:
        bot: makes the calls.
        chat: the chat's id.
        message: the id of the newest text in it.
        query: the id of a tap on it.
    """

    bot: Bot
    chat: int
    message: int = 1
    query: str = "1"


Call = Callable[[Scene], Awaitable[object]]

#: What a bot does in a conversation; each is done by all that know how.
USUAL: dict[str, Call] = {
    "who am I": lambda at: at.bot.get_me(),
    "a text": lambda at: at.bot.send_message(at.chat, "Hello"),
    "a formatted text": lambda at: at.bot.send_message(at.chat, "<b>Hello</b> &amp; 🙂 <i>you</i>", parse_mode="HTML"),
    "a question": lambda at: at.bot.send_message(at.chat, "Do you agree?", reply_markup=BUTTONS),
    "an answer": lambda at: at.bot.answer_callback_query(at.query),
    "the choice": lambda at: at.bot.edit_message_text("<b>Yes</b>", at.chat, at.message, parse_mode="HTML"),
    "a button again": lambda at: at.bot.edit_message_reply_markup(at.chat, at.message, reply_markup=BUTTONS),
    "a deletion": lambda at: at.bot.delete_message(at.chat, at.message),
    "a photo": lambda at: at.bot.send_photo(at.chat, picture(), caption="You"),
    "a file": lambda at: at.bot.send_document(at.chat, b"<html>", caption="Receipt", filename="receipt.html"),
    "typing": lambda at: at.bot.send_chat_action(at.chat, "typing"),
    "a menu": lambda at: at.bot.set_my_commands([BotCommand("start", "Begin")]),
    "the menu": lambda at: at.bot.get_my_commands(),
}
LONG_PAYLOAD = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="x" * 65)]])
#: What Telegram refuses.
REFUSED: dict[str, Call] = {
    "too long a text": lambda at: at.bot.send_message(at.chat, "x" * 4_097),
    "too long a text in UTF-16": lambda at: at.bot.send_message(at.chat, "🙂" * 2_049),
    "too long a caption": lambda at: at.bot.send_photo(at.chat, picture(), caption="x" * 1_025),
    "no text": lambda at: at.bot.send_message(at.chat, " "),
    "broken markup": lambda at: at.bot.send_message(at.chat, "<b>Hello", parse_mode="HTML"),
    "too long a payload": lambda at: at.bot.send_message(at.chat, "?", reply_markup=LONG_PAYLOAD),
    "to a stranger": lambda at: at.bot.send_message(at.chat + 1_000_000, "Hello"),
    "an answer to nobody": lambda at: at.bot.answer_callback_query("no such query"),
    "an edit of nothing": lambda at: at.bot.edit_message_text("x", at.chat, 4_711),
    "a deletion of nothing": lambda at: at.bot.delete_message(at.chat, 4_711),
}
#: What a peer refuses, too; all else it takes.
ALSO_REFUSED = {"tg-auto-test": set[str](), "telemelya": {"an edit of nothing"}}

#: What a peer's answers have, and the double's do not. Of the bot, only getMe tells what it may do; and an edit without
#: buttons takes them away.
NOT_OF_TELEGRAM = {
    "tg-auto-test": set[str](),
    "telemelya": {
        *(f".from.{each}" for each in ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")),
        ".reply_markup",
    },
}


def missing(theirs: object, ours: object, path: str = "") -> Iterator[str]:
    """What a peer's answer has that the double's has not, or has as another type; where it has null, it has nothing."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name, each in theirs.items():
            if each is not None and name not in ours:
                yield f"{path}.{name}"
            elif each is not None:
                yield from missing(each, ours[name], f"{path}.{name}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        for each, other in zip(theirs, ours, strict=False):
            yield from missing(each, other, f"{path}[]")
    elif type(theirs) is not type(ours):
        yield f"{path}: {type(theirs).__name__} and not {type(ours).__name__}"


async def answers_of(peer: Peer, chat: int, tap: Callable[[int], str]) -> dict[str, Answer]:
    """What a peer answers to all calls that it knows."""
    scene, found = Scene(peer.bot, chat), dict[str, Answer]()
    for name, make in (USUAL | REFUSED).items():
        answer = await peer.answer(partial(make, scene))
        if answer is not None:
            found[name] = answer
            if name == "a question":
                scene.message = answer.body["result"]["message_id"]
                scene.query = tap(scene.message)
    await peer.recording.shutdown()
    return found


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    """The server of telemelya."""
    monkeypatch.chdir(tmp_path)  # it reads a file .env where it is
    server = telemelya()
    with running_redis(tmp_path) as redis:
        monkeypatch.setattr("telemelya.server.config.settings.redis_url", redis.url)
        monkeypatch.setattr("telemelya.server.config.settings.strict_edit", True)
        yield application_of(server)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # telemelya leaves uploaded files open
def test_the_double_answers_as_its_peers_do_and_refuses_more(telegram: TelegramDouble, application: FastAPI) -> None:
    ann = telegram.user("Ann")
    ann.sends("/start")

    async def all_answers() -> list[dict[str, Answer]]:
        double = await answers_of(of_double(telegram), ann.id, lambda message: ann.taps(message, "Yes").query_id)
        stub = await answers_of(of_tg_auto_test(), ann.id, lambda _: "1")
        async with remembering():
            server = await answers_of(of_telemelya(application), ann.id, lambda _: "1")
        return [double, stub, server]

    ours, *peers = asyncio.run(all_answers())
    gc.collect()
    assert {name for name, answer in ours.items() if not answer.is_ok} == set(REFUSED)
    for name, theirs in zip(ALSO_REFUSED, peers, strict=True):
        assert len(theirs) > len(REFUSED)
        assert {each for each, answer in theirs.items() if not answer.is_ok} == ALSO_REFUSED[name], name
        more = set()
        for each, answer in theirs.items():
            if ours[each].is_ok:
                more |= set(missing(answer.body["result"], ours[each].body["result"]))
        assert more == NOT_OF_TELEGRAM[name], name


def test_aiogram_reads_every_answer(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    ann.sends("/start")
    answers = asyncio.run(answers_of(of_double(telegram), ann.id, lambda message: ann.taps(message, "Yes").query_id))
    for answer in answers.values():
        method = getattr(aiogram.methods, answer.method[0].upper() + answer.method[1:])
        checked(aiogram.types.response_parameters.ResponseParameters | None, answer.body.get("parameters"))
        if answer.is_ok:
            result = answer.body["result"]
            # A message can be told from the true that other edits return.
            is_message = isinstance(result, dict) and method.__returning__ == aiogram.types.Message | bool
            checked(aiogram.types.Message if is_message else method.__returning__, result)


# What a peer's people send


def test_the_updates_of_telemelya_are_like_those_of_the_double(
    telegram: TelegramDouble, application: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = telegram.user("Ann")
    ann.sends("Hello")
    ann.sends("/start")
    message = call(telegram, "sendMessage", chat_id=ann.id, text="?", reply_markup=BUTTONS.to_json())
    ann.taps(message["result"]["message_id"], "Yes")
    ann.sends_photo(picture())
    requests: list[dict[str, Any]] = [
        {"text": "Hello"},
        {"command": "start"},
        {"callback_data": "affirm", "callback_message_id": 1},
        {"photo_file_id": "AgACAgIAAxkBAA"},
    ]

    async def not_delivered(_token: str, _update: dict[str, Any]) -> dict[str, Any]:
        return {"delivered": True}

    async def all_updates() -> list[dict[str, Any]]:
        transport, given = httpx.ASGITransport(application), []
        async with remembering(), httpx.AsyncClient(transport=transport, headers={"Authorization": "Bearer x"}) as http:
            for each in requests:
                address = f"http://telemelya/api/v1/test/send_update?bot_token={TOKEN}"
                given.append((await http.post(address, json=each | {"chat_id": ann.id})).json()["update"])
        return given

    monkeypatch.setattr("telemelya.server.control_api.deliver_update", not_delivered)
    theirs = asyncio.run(all_updates())
    more = [set(missing(given, ours)) for given, ours in zip(theirs, telegram.unconfirmed_updates, strict=True)]
    # A photo of theirs has a text, which is empty.
    assert more == [set(), set(), set(), {".message.text"}]
