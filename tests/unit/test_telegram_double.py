"""The double of the Bot API, driven by python-telegram-bot and by bare HTTP requests."""

import asyncio
import base64
import json
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
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
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import AIORateLimiter, Application, CommandHandler, ContextTypes, ExtBot
from telegram.request import HTTPXRequest

from tests.doubles.telegram_api import (
    DOWNLOAD_LIMIT,
    TINY_JPEG,
    ApiRefusalError,
    OtherKind,
    PrivateChat,
    TelegramDouble,
    image_size,
    parse_html,
    utf16_length,
)

TOKEN = "123:abc"
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
HTTP = httpx.Client(trust_env=False, verify=NO_CERTIFICATES)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 1600, 1200) + b"\x08\x02\x00\x00\x00"
OTHER_KINDS: tuple[OtherKind, ...] = (
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
)


@pytest.fixture(scope="module", autouse=True)
def _close_client() -> Iterator[None]:
    """Close the connections of the tests at their end."""
    yield
    HTTP.close()


@pytest.fixture(autouse=True)
def _current_types(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let python-telegram-bot use timedelta for durations, as it will by default."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(scope="module")
def shared() -> Iterator[TelegramDouble]:
    """Return a double for the tests that need a chat of their own but no fresh service."""
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture
def telegram() -> Iterator[TelegramDouble]:
    """Return a fresh double."""
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture
def ann(shared: TelegramDouble) -> PrivateChat:
    """Return a person who has written to the bot of the shared double."""
    person = shared.user("Ann", language_code="en")
    person.sends("/start")
    return person


def new_bot(telegram: TelegramDouble) -> Bot:
    """Return a bot of the double; without the certificates it would never use, which take long to load."""
    requests = [HTTPXRequest(connection_pool_size=4, httpx_kwargs={"verify": NO_CERTIFICATES}) for _ in range(2)]
    address = telegram.url
    return Bot(
        TOKEN,
        base_url=f"{address}/bot",
        base_file_url=f"{address}/file/bot",
        get_updates_request=requests[0],
        request=requests[1],
    )


def with_bot[Result](telegram: TelegramDouble, work: Callable[[Bot], Awaitable[Result]]) -> Result:
    """Run a coroutine function with an initialised bot."""

    async def run() -> Result:
        async with new_bot(telegram) as bot:
            return await work(bot)

    return asyncio.run(run())


def call(telegram: TelegramDouble, method: str, **parameters: Any) -> dict[str, Any]:
    """Call a method with a form and return the whole answer."""
    answer: dict[str, Any] = HTTP.post(f"{telegram.url}/bot{TOKEN}/{method}", data=parameters).json()
    return answer


def reason(telegram: TelegramDouble, method: str, **parameters: Any) -> str:
    """Call a method that must be refused with 400 and return the reason."""
    answer = call(telegram, method, **parameters)
    assert answer["ok"] is False
    assert answer["error_code"] == 400
    return str(answer["description"]).removeprefix("Bad Request: ")


def keyboard(*buttons: dict[str, Any]) -> str:
    """Return an inline keyboard of one row as JSON."""
    return json.dumps({"inline_keyboard": [list(buttons)]})


# --- Addresses and tokens


def test_wrong_token_and_unknown_method(shared: TelegramDouble) -> None:
    answer = HTTP.get(f"{shared.url}/bot999:zzz/getMe")
    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert call(shared, "getNothing") == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert HTTP.get(f"{shared.url}/elsewhere").status_code == 404
    assert [problem.status for problem in shared.problems[-2:]] == [401, 404]


def test_bot_with_wrong_token(shared: TelegramDouble) -> None:
    async def start() -> None:
        async with Bot("999:zzz", base_url=f"{shared.url}/bot"):
            pass

    with pytest.raises(InvalidToken):
        asyncio.run(start())


def test_parameters_from_query_form_and_json(shared: TelegramDouble, ann: PrivateChat) -> None:
    address = f"{shared.url}/bot{TOKEN}/SENDMESSAGE"
    assert HTTP.get(address, params={"chat_id": ann.id, "text": "one"}).json()["ok"]
    assert HTTP.post(address, data={"chat_id": ann.id, "text": "two"}).json()["ok"]
    markup = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    assert HTTP.post(address, json={"chat_id": ann.id, "text": "three", "reply_markup": markup}).json()["ok"]
    assert HTTP.post(address, files={"chat_id": (None, str(ann.id)), "text": (None, "four")}).json()["ok"]
    assert [message.text for message in ann.received] == ["one", "two", "three", "four"]
    assert shared.calls[-1].method == "sendMessage"


def test_unreadable_bodies(shared: TelegramDouble) -> None:
    address = f"{shared.url}/bot{TOKEN}/sendMessage"
    headers = {"content-type": "application/json"}
    assert HTTP.post(address, content=b"{", headers=headers).json()["error_code"] == 400
    assert HTTP.post(address, content=b"[]", headers=headers).json()["error_code"] == 400


# --- Sending


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


# --- HTML


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("<b>a</b><strong>b</strong>", "ab", [("bold", 0, 1), ("bold", 1, 1)]),
        ("<i><u>👍</u>y</i><em>x</em>", "👍yx", [("italic", 0, 3), ("underline", 0, 2), ("italic", 3, 1)]),
        ("<ins>a</ins><s>b</s>", "ab", [("underline", 0, 1), ("strikethrough", 1, 1)]),
        ("<strike>a</strike><del>b</del>", "ab", [("strikethrough", 0, 1), ("strikethrough", 1, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("<code>a<b>b</b></code>", "ab", [("code", 0, 2)]),
        ("&lt;&gt;&amp;&quot;&#39;&#x41;&nbsp;& x", "<>&\"'A&nbsp;& x", []),
        ("<b></b>x<a>y</a>", "xy", []),
    ],
)
def test_html_style(markup: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    parsed = parse_html(markup)
    assert parsed.text == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in parsed.entities] == entities


def test_html_details() -> None:
    link = parse_html("<a href='https://example.org/?a=1&amp;b=2'>x</a>").entities[0]
    assert link == {"type": "text_link", "url": "https://example.org/?a=1&b=2", "offset": 0, "length": 1}
    code = parse_html('<pre><code class="language-python">x</code></pre>').entities
    assert code == [{"type": "pre", "language": "python", "offset": 0, "length": 1}]
    assert parse_html("  <b> a </b> ").trimmed().entities == [{"type": "bold", "offset": 0, "length": 1}]
    assert parse_html("&#0;&#1114112;").text == "&#0;&#1114112;"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("ä<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("x<br/>", 'Unsupported start tag "br/" at byte offset 1'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<span class="x">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_refused_html(shared: TelegramDouble, ann: PrivateChat, markup: str, expected: str) -> None:
    with pytest.raises(ApiRefusalError):
        parse_html(markup)
    found = reason(shared, "sendMessage", chat_id=ann.id, text=markup, parse_mode="HTML")
    assert found == f"can't parse entities: {expected}"


def test_parse_mode_and_entities_exclude_each_other(shared: TelegramDouble, ann: PrivateChat) -> None:
    entities = json.dumps([{"type": "bold", "offset": 0, "length": 1}])
    assert call(shared, "sendMessage", chat_id=ann.id, text="x", entities=entities)["result"]["entities"]
    refused = reason(shared, "sendMessage", chat_id=ann.id, text="x", entities=entities, parse_mode="HTML")
    assert refused == "parse_mode and entities exclude each other"


# --- Keyboards


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


# --- Callback queries


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


# --- Edits and deletions


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


# --- Pictures and files


def test_bot_downloads_photo(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    ann.sends_photo(PNG, caption="Look")

    async def download(bot: Bot) -> tuple[list[int], bytes]:
        message = (await bot.get_updates())[0].message
        assert message is not None
        assert message.caption == "Look"
        file = await bot.get_file(message.photo[-1])
        content = bytes(await file.download_as_bytearray())
        small = await (await message.photo[0].get_file()).download_as_bytearray()
        assert bytes(small) == TINY_JPEG
        return [size.width for size in message.photo], content

    assert with_bot(telegram, download) == ([90, 320, 800, 1280, 1600], PNG)
    assert HTTP.get(f"{telegram.url}/file/bot{TOKEN}/photos/nothing.jpg").status_code == 404
    assert HTTP.get(f"{telegram.url}/file/bot999:zzz/photos/nothing.jpg").status_code == 401


def test_documents(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    ann.sends_document(PNG, file_name="a.png", mime_type="image/png", caption="Look")
    ann.sends_document(b"x", file_name="big", mime_type="image/png", file_size=DOWNLOAD_LIMIT + 1)

    async def download(bot: Bot) -> bytes:
        small, big = [update.message for update in await bot.get_updates()]
        assert small is not None
        assert big is not None
        assert small.document is not None
        assert big.document is not None
        with pytest.raises(BadRequest, match="ile is too big"):
            await big.document.get_file()
        with pytest.raises(BadRequest, match="an't use file of type document as photo"):
            await bot.send_photo(ann.id, small.document.file_id)
        file = await small.document.get_file()
        assert str(file.file_path).endswith(".png")
        return bytes(await file.download_as_bytearray())

    assert with_bot(telegram, download) == PNG
    assert reason(telegram, "getFile", file_id="x") == "invalid file_id"


def test_bot_sends_photo(shared: TelegramDouble, ann: PrivateChat) -> None:
    async def send(bot: Bot) -> None:
        first = await bot.send_photo(ann.id, TINY_JPEG, caption="<b>one</b>", parse_mode="HTML")
        await bot.send_photo(ann.id, first.photo[-1].file_id, caption="two")
        with pytest.raises(BadRequest, match="caption is too long"):
            await bot.send_photo(ann.id, TINY_JPEG, caption="x" * 1025)

    with_bot(shared, send)
    first = ann.waits_for("one", timeout=1)
    assert (first.photo, first.entities[0]["type"]) == (TINY_JPEG, "bold")
    assert ann.waits_for("two", timeout=1).photo == TINY_JPEG
    assert len(ann.received) == 2


def test_attached_photo(shared: TelegramDouble, ann: PrivateChat) -> None:
    address = f"{shared.url}/bot{TOKEN}/sendPhoto"
    data = {"chat_id": ann.id, "photo": "attach://picture"}
    assert HTTP.post(address, data=data, files={"picture": ("a.png", PNG)}).json()["ok"]
    assert ann.received[-1].photo == PNG
    answer = HTTP.post(address, data=data, files={"picture": ("a.png", PNG), "other": ("b.png", PNG)}).json()
    assert answer["description"] == "Bad Request: unknown parameter other"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "file must be non-empty"),
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (PNG[:16] + struct.pack(">II", 9000, 1001) + PNG[24:], "PHOTO_INVALID_DIMENSIONS"),
        (PNG[:16] + struct.pack(">II", 2100, 100) + PNG[24:], "PHOTO_INVALID_DIMENSIONS"),
        (PNG + bytes(10 * 1024 * 1024), "file is too big for a photo; the maximum size is 10485760 bytes"),
    ],
)
def test_refused_pictures(shared: TelegramDouble, ann: PrivateChat, content: bytes, expected: str) -> None:
    address = f"{shared.url}/bot{TOKEN}/sendPhoto"
    answer = HTTP.post(address, data={"chat_id": ann.id}, files={"photo": ("a.png", content)}).json()
    assert answer["description"] == f"Bad Request: {expected}"


def test_refused_picture_references(shared: TelegramDouble, ann: PrivateChat) -> None:
    assert reason(shared, "sendPhoto", chat_id=ann.id) == "there is no photo in the request"
    assert reason(shared, "sendPhoto", chat_id=ann.id, photo="attach://a") == "there is no photo in the request"
    assert reason(shared, "sendPhoto", chat_id=ann.id, photo="x") == "wrong file identifier/HTTP URL specified"
    assert reason(shared, "sendPhoto", chat_id=ann.id, photo="https://example.org/a.png") == (
        "failed to get HTTP URL content"
    )


def test_image_sizes() -> None:
    assert image_size(TINY_JPEG) == (1, 1)
    assert image_size(PNG) == (1600, 1200)
    gif = base64.b64decode("R0lGODlhAgADAIAAAAAAAP///yH5BAAAAAAALAAAAAABAAEAAAIBRAA7")
    assert image_size(gif) == (2, 3)
    assert image_size(b"\xff\xd8\xff") is None
    assert utf16_length("a👍") == 3


# --- Updates


def test_polling_with_offset(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    for number in range(4):
        ann.sends(f"message {number}")

    async def poll(bot: Bot) -> None:
        first = await bot.get_updates(limit=2)
        assert [update.message.text for update in first if update.message] == ["message 0", "message 1"]
        assert [update.update_id for update in await bot.get_updates(limit=2)] == [u.update_id for u in first]
        rest = await bot.get_updates(offset=first[-1].update_id + 1)
        assert len(rest) == 2
        assert await bot.get_updates(offset=-1) == (rest[-1],)
        assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()

    with_bot(telegram, poll)
    telegram.waits_until_read(timeout=1)
    ann.sends("unread")
    with pytest.raises(AssertionError, match="unread"):
        telegram.waits_until_read(timeout=0.01)


def test_long_poll_wakes_up(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    threading.Timer(0.1, ann.sends, ["hello"]).start()
    updates = with_bot(telegram, lambda bot: bot.get_updates(timeout=5))
    assert updates[0].message is not None
    assert with_bot(telegram, lambda bot: bot.get_updates(offset=updates[0].update_id + 1)) == ()


def test_second_poll_ends_the_first(telegram: TelegramDouble) -> None:
    async def poll(bot: Bot) -> None:
        older = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.to_thread(telegram.waits_for_call, "getUpdates")
        await asyncio.sleep(0.05)
        assert await bot.get_updates(timeout=0) == ()
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await older

    with_bot(telegram, poll)
    assert [problem.status for problem in telegram.problems] == [409]


def test_poll_whose_caller_left_is_no_conflict(telegram: TelegramDouble) -> None:
    with pytest.raises(httpx.ReadTimeout):
        HTTP.get(f"{telegram.url}/bot{TOKEN}/getUpdates", params={"timeout": 5}, timeout=0.1)
    assert call(telegram, "getUpdates")["result"] == []
    assert telegram.problems == []


def test_allowed_updates(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    call(telegram, "getUpdates", allowed_updates='["message"]')
    ann.sends("one")
    ann.edits("last", "two")
    ann.blocks()
    ann.unblocks()
    assert [list(update)[1] for update in telegram.unconfirmed_updates] == ["message"]
    call(telegram, "getUpdates", allowed_updates="[]")
    ann.edits(1, "three")
    assert [list(update)[1] for update in telegram.unconfirmed_updates] == ["message", "edited_message"]
    with pytest.raises(AssertionError, match="no text message 8"):
        ann.edits(8, "three")
    assert reason(telegram, "getUpdates", allowed_updates='["mesage"]') == "unknown update type mesage"
    assert reason(telegram, "getUpdates", limit=0) == 'parameter "limit" is out of range'


def test_every_update_can_be_read(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    group = telegram.group("Friends", kind="supergroup")
    group.sends("hi /help", by=ann)
    group.sends_photo(TINY_JPEG, media_group_id="1")
    ann.blocks()
    ann.unblocks()
    for kind in OTHER_KINDS:
        ann.sends_other(kind)
    updates = with_bot(telegram, lambda bot: bot.get_updates())
    assert len(updates) == 5 + len(OTHER_KINDS)
    assert updates[0].my_chat_member is not None
    assert updates[1].message is not None
    assert updates[1].message.from_user is not None
    assert updates[1].message.from_user.id == ann.id
    for update, kind in zip(updates[5:], OTHER_KINDS, strict=True):
        assert update.message is not None
        assert getattr(update.message, kind) is not None


def test_group(shared: TelegramDouble, ann: PrivateChat) -> None:
    group = shared.group("Friends")
    assert group.id < 0
    number = group.sends("hello", by=ann)
    call(shared, "sendMessage", chat_id=group.id, text="hi")
    assert group.waits_for("hi", timeout=1).message_id == number + 1
    assert reason(shared, "deleteMessage", chat_id=group.id, message_id=number) == "message can't be deleted"


def test_webhook(telegram: TelegramDouble) -> None:
    async def set_and_delete(bot: Bot) -> None:
        with pytest.raises(BadRequest, match="an https url must be provided"):
            await bot.set_webhook("http://example.org")
        with pytest.raises(BadRequest, match="unallowed characters"):
            await bot.set_webhook("https://example.org", secret_token="a b")
        await bot.set_webhook("https://example.org", secret_token="abc")
        assert (await bot.get_webhook_info()).url == "https://example.org"
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        telegram.user("Ann").sends("hello")
        await bot.delete_webhook(drop_pending_updates=True)
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count) == ("", 0)

    with_bot(telegram, set_and_delete)


# --- The bot's own page and chat actions


def test_own_page(shared: TelegramDouble) -> None:
    async def describe(bot: Bot) -> None:
        await bot.set_my_commands([("start", "Begin"), ("help", "Get help")], language_code="en")
        await bot.set_my_description("What I do", language_code="en")
        await bot.set_my_short_description("In short")
        assert bot.username == "test_bot"

    with_bot(shared, describe)
    assert shared.commands[("default", "en")] == [("start", "Begin"), ("help", "Get help")]
    assert shared.descriptions["en"] == "What I do"
    assert shared.short_descriptions[""] == "In short"


@pytest.mark.parametrize(
    ("method", "parameters", "expected"),
    [
        ("setMyCommands", {}, "can't parse commands JSON object"),
        ("setMyCommands", {"commands": '[{"command": "Start", "description": "x"}]'}, "BOT_COMMAND_INVALID"),
        (
            "setMyCommands",
            {"commands": '[{"command": "start", "description": ""}]'},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        ("setMyCommands", {"commands": "[1]"}, "can't parse BotCommand: expected an Object"),
        ("setMyCommands", {"commands": json.dumps([{}] * 101)}, "BOT_COMMANDS_TOO_MUCH"),
        (
            "setMyCommands",
            {"commands": "[]", "scope": '{"type": "x"}'},
            "unsupported type specified in BotCommandScope",
        ),
        ("setMyDescription", {"description": "x" * 513}, "description is too long"),
        ("setMyDescription", {"description": "x", "language_code": "english"}, "invalid language code specified"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "short description is too long"),
    ],
)
def test_refused_page(shared: TelegramDouble, method: str, parameters: dict[str, str], expected: str) -> None:
    assert reason(shared, method, **parameters) == expected


def test_chat_action(shared: TelegramDouble, ann: PrivateChat) -> None:
    with_bot(shared, lambda bot: bot.send_chat_action(ann.id, "typing"))
    assert reason(shared, "sendChatAction", chat_id=ann.id, action="sleep") == "wrong parameter action in request"


# --- Faults


def test_failures(shared: TelegramDouble, ann: PrivateChat) -> None:
    problems = shared.problems
    shared.fail("sendMessage", status=429, retry_after=7)
    shared.fail("sendMessage", status=500)
    shared.fail("sendmessage", status=403)
    shared.fail("file")

    async def send(bot: Bot) -> None:
        with pytest.raises(RetryAfter) as limited:
            await bot.send_message(ann.id, "one")
        assert "7" in str(limited.value)
        with pytest.raises(NetworkError, match="Internal Server Error"):
            await bot.send_message(ann.id, "one")
        with pytest.raises(Forbidden):
            await bot.send_message(ann.id, "one")
        await bot.send_message(ann.id, "one")

    with_bot(shared, send)
    assert HTTP.get(f"{shared.url}/file/bot{TOKEN}/photos/a.jpg").status_code == 500
    assert [message.text for message in ann.received] == ["one"]
    assert shared.problems == problems
    calls = [call for call in shared.calls_of("sendMessage") if call.parameters["chat_id"] == str(ann.id)]
    assert len(calls) == 4
    assert calls[0].time <= calls[3].time
    with pytest.raises(ValueError, match="unknown method"):
        shared.fail("sendMesage")


def test_rate_limiter_sees_the_wait(shared: TelegramDouble, ann: PrivateChat) -> None:
    shared.fail("sendMessage", status=429)

    async def send() -> None:
        limiter = AIORateLimiter(max_retries=0)
        async with ExtBot(TOKEN, base_url=f"{shared.url}/bot", rate_limiter=limiter) as bot:
            with pytest.raises(RetryAfter):
                await bot.send_message(ann.id, "one")

    asyncio.run(send())
    assert ann.received == []


def test_lost_answer(shared: TelegramDouble, ann: PrivateChat) -> None:
    shared.drop_answer("sendMessage")

    async def send(bot: Bot) -> None:
        with pytest.raises(NetworkError):
            await bot.send_message(ann.id, "one")
        await bot.send_message(ann.id, "two")

    with_bot(shared, send)
    assert [message.text for message in ann.received] == ["one", "two"]


def test_duplicate_updates(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    ann.sends("one")
    telegram.duplicate_updates(1)

    async def poll(bot: Bot) -> None:
        first = (await bot.get_updates())[0]
        assert await bot.get_updates(offset=first.update_id + 1) == (first,)
        assert await bot.get_updates(offset=first.update_id + 1) == ()

    with_bot(telegram, poll)


# --- Waiting


def test_waiting_for_messages_in_order(shared: TelegramDouble, ann: PrivateChat) -> None:
    for text in ("one", "same", "same", "gone"):
        call(shared, "sendMessage", chat_id=ann.id, text=text)
    call(shared, "deleteMessage", chat_id=ann.id, message_id=5)
    assert ann.waits_for("same", timeout=1).message_id == 3
    assert ann.waits_for("same", timeout=1).message_id == 4
    with pytest.raises(AssertionError, match="no message with 'one'") as missing:
        ann.waits_for("one", timeout=0.01)
    assert "3: 'same'" in str(missing.value)
    with pytest.raises(AssertionError, match="no message with 'gone'"):
        ann.waits_for("gone", timeout=0.01)
    assert ann.last is not None
    assert ann.last.deleted


def test_waiting_for_calls(shared: TelegramDouble) -> None:
    made = len(shared.calls_of("getMe"))
    threading.Timer(0.05, call, [shared, "getMe"]).start()
    assert shared.waits_for_call("getMe", times=made + 1, timeout=5).parameters == {}
    with pytest.raises(AssertionError, match=f"was called {made + 1} and not {made + 2} times"):
        shared.waits_for_call("getMe", times=made + 2, timeout=0.01)


def test_application_in_a_conversation(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann", language_code="en")

    async def greet(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None
        await update.effective_message.reply_html("<b>Hello</b>")

    async def talk() -> None:
        builder = Application.builder().token(TOKEN).base_url(f"{telegram.url}/bot")
        application = builder.base_file_url(f"{telegram.url}/file/bot").build()
        application.add_handler(CommandHandler("start", greet))
        async with application:
            assert application.updater is not None
            await application.updater.start_polling()
            await application.start()
            ann.sends("/start")
            await asyncio.to_thread(ann.waits_for, "Hello", 5)
            await application.updater.stop()
            await application.stop()

    asyncio.run(talk())
    assert telegram.problems == []
    assert telegram.unconfirmed_updates == []
