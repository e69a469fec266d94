"""Every update that the Bot API knows is handled or ignored; docs/telegram.md has the table."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy.exc import OperationalError
from telegram import Update
from telegram.error import TelegramError

from bench.page import write_figures
from bot.channels.telegram.channel import ACCEPT_ATTEMPTS, TelegramChannel
from bot.channels.telegram.updates import UPDATES
from bot.conversation.turns import Conversations
from bot.core.settings import load_settings
from bot.i18n.catalogue import catalogue
from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.messages.incoming import Incoming, Kind
from bot.messages.sight import ELSEWHERE, Seen
from bot.registration.answers import MessageRef
from bot.security.cipher import KEY_BYTES
from bot.security.rate_limits import RateLimits
from bot.security.vault import Vault
from bot.storage import Store
from tests.doubles.telegram_api import OTHER_CONTENT, UPDATE_TYPES, TelegramDouble
from tests.support.answers import picture

PAGE = Path(__file__).parents[3] / "docs" / "telegram.md"
#: What the bot does with the updates that it requests.
HANDLED = {
    "message": "a turn of the conversation, or a helpful line, see below",
    "edited_message": "corrects the answer, or the bot asks again where more depends on it",
    "callback_query": "answered at once; a turn of the conversation",
    "my_chat_member": "the bot notes whether it is blocked; in a group or channel it writes one line and leaves",
}
NOT_REQUESTED = "not requested; ignored if it comes"


class Inbox:
    """Stands for the conversations, and notes what they are given."""

    def __init__(self) -> None:
        self.taken: list[Incoming] = []
        self.seen: list[Seen] = []
        self.reach: list[bool] = []
        self.told: list[MessageRef] = []
        self.failure: Exception | None = None

    def register(self, _channel: object) -> None:
        pass

    async def open(self, _channel: str, external_id: str, _language: str = "en") -> str:
        if self.failure is not None:
            raise self.failure
        return external_id

    async def accept(self, _conversation_id: str, message: Incoming, _name: str, seen: Seen) -> str:
        self.taken.append(message)
        self.seen.append(seen)
        return "turn"

    async def is_outdated(self, _conversation_id: str, _payload: str, _name: str) -> bool:
        return False

    async def tell(self, _conversation_id: str, note: MessageRef) -> None:
        self.told.append(note)

    async def answered(self, _turn_id: str, _seconds: float) -> bool:
        return True

    async def note_reach(self, _channel: str, _external_id: str, *, is_blocked: bool) -> None:
        self.reach.append(is_blocked)


class QuietChannel(TelegramChannel):
    """The channel without what it does on the network."""

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        work.close()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def channel(inbox: Inbox, tmp_path: Path) -> TelegramChannel:
    settings = load_settings(telegram_token="1:a", data_dir=tmp_path)
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    vault, photos = Vault([b"k" * KEY_BYTES]), Photos(Folder(tmp_path))
    return QuietChannel(settings, store, vault, photos, cast(Conversations, inbox), RateLimits(settings))


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token="1:a") as double:
        yield double


def given(channel: TelegramChannel, data: dict[str, Any]) -> bool:
    return asyncio.run(channel.take(Update.de_json(data, None)))


@pytest.mark.parametrize("kind", sorted(UPDATE_TYPES))
def test_every_update_is_handled_or_ignored(
    channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble, kind: str
) -> None:
    assert given(channel, {"update_id": 7, kind: telegram.queues(kind)})
    assert (kind in UPDATES) == (kind in HANDLED)
    if kind not in HANDLED:
        assert (inbox.taken, inbox.reach) == ([], [])


@pytest.mark.parametrize("kind", sorted(OTHER_CONTENT))
def test_every_kind_of_message_gets_a_line_of_its_own_or_none(
    channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble, kind: Any
) -> None:
    assert line_for(channel, inbox, telegram, kind)


def line_for(channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble, kind: Any) -> str:
    """What answers a kind of message; or that nothing does, because Telegram itself wrote it."""
    inbox.taken.clear()
    telegram.user("Ann").sends_other(kind)
    given(channel, telegram.unconfirmed_updates[-1])
    if not inbox.taken:
        return "nothing: Telegram wrote it itself"
    [message] = inbox.taken
    assert message.kind is Kind.UNSUPPORTED
    return catalogue().text(message.problem or "note-unsupported")


def test_a_live_photo_is_a_photo(channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble) -> None:
    telegram.user("Ann").sends_photo(picture())
    update = telegram.unconfirmed_updates[-1]
    video = {"file_id": "v", "file_unique_id": "v", "width": 640, "height": 480, "duration": 2}
    update["message"]["live_photo"] = video | {"photo": update["message"]["photo"]}
    given(channel, update)
    [message] = inbox.taken
    assert message.kind is Kind.PHOTO
    assert message.upload == update["message"]["photo"][-1]["file_id"]


@pytest.mark.parametrize("is_own", [True, False])
def test_ones_own_picture_may_be_forwarded_and_nothing_else(
    channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble, is_own: bool
) -> None:
    ann = telegram.user("Ann")
    origin = {"type": "user", "date": 1_800_000_000, "sender_user": ann.person if is_own else EVE}
    ann.sends_photo(picture())
    photo = telegram.unconfirmed_updates[-1]
    ann.sends("yes, I agree")
    text = telegram.unconfirmed_updates[-1]
    for update in (photo, text):
        update["message"]["forward_origin"] = origin
        given(channel, update)
    assert [each.problem for each in inbox.taken] == ["" if is_own else "note-forwarded", "note-forwarded"]


EVE = {"id": 5_100_000_001, "is_bot": False, "first_name": "Eve"}


def test_an_unknown_kind_of_message_gets_a_line(
    channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble
) -> None:
    ann = telegram.user("Ann")
    ann.sends("x")
    update = telegram.unconfirmed_updates[-1]
    del update["message"]["text"]
    update["message"]["hologram"] = {"depth": 3}
    assert given(channel, update)
    assert [message.kind for message in inbox.taken] == [Kind.UNSUPPORTED]


def test_an_unknown_update_is_ignored(channel: TelegramChannel, inbox: Inbox) -> None:
    assert given(channel, {"update_id": 7, "telepathy": {"chat": {"id": 1, "type": "private"}}})
    assert inbox.taken == []


def test_the_table_of_the_documentation_is_true(
    channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble
) -> None:
    updates = [f"| `{kind}` | {HANDLED.get(kind, NOT_REQUESTED)} |" for kind in sorted(UPDATE_TYPES)]
    lines = [f"| {kind} | {line_for(channel, inbox, telegram, kind)} |" for kind in sorted(OTHER_CONTENT)]
    tables = {
        "updates": "\n".join(["| update | what the bot does |", "|---|---|", *updates]),
        "messages": "\n".join(["| message | what the bot says |", "|---|---|", *lines]),
    }
    for name, table in tables.items():
        if "WRITE_TABLES" in os.environ:
            write_figures(PAGE, name, table)
        assert table in PAGE.read_text(encoding="utf-8"), "run: make figures"


def test_an_update_is_fetched_again_while_the_database_fails(
    channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble
) -> None:
    inbox.failure = OperationalError("", {}, Exception("database is locked"))
    data = {"update_id": 9, "message": telegram.queues("message")}
    assert not any(given(channel, data) for _ in range(2 * ACCEPT_ATTEMPTS))
    inbox.failure = None
    assert given(channel, data)
    assert len(inbox.taken) == 1


def test_telegram_is_told_of_no_update_that_is_not_in_the_inbox(
    channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble
) -> None:
    update = Update.de_json({"update_id": 9, "message": telegram.queues("message")}, None)
    inbox.failure = OperationalError("", {}, Exception("database is locked"))
    # The exception makes the library fetch the update again and confirm none.
    with pytest.raises(TelegramError):
        asyncio.run(channel.queue.put(update))
    inbox.failure = None
    asyncio.run(channel.queue.put(update))
    assert len(inbox.taken) == 1


def test_the_limits_are_those_of_the_settings(inbox: Inbox, tmp_path: Path) -> None:
    settings = load_settings(
        telegram_token="1:a",
        data_dir=tmp_path,
        workers=2,
        telegram_messages_per_second=14,
        telegram_chat_messages_per_second=0.5,
        messages_per_minute=2,
    )
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    vault, photos = Vault([b"k" * KEY_BYTES]), Photos(Folder(tmp_path))
    channel = QuietChannel(settings, store, vault, photos, cast(Conversations, inbox), RateLimits(settings))
    assert (channel.limiter.per_second, channel.limiter.chat_per_second) == (7, 0.5), "two processes share"
    with TelegramDouble(token="1:a") as telegram:
        ann = telegram.user("Ann")
        for text in ("one", "two", "three", "four"):
            ann.sends(text)

        async def take_all() -> list[bool]:
            return [await channel.take(Update.de_json(each, None)) for each in telegram.unconfirmed_updates]

        assert asyncio.run(take_all()) == [True] * 4
    assert [message.text for message in inbox.taken] == ["one", "two"]
    assert [note.id for note in inbox.told] == ["note-too-many"]


def test_an_update_that_never_can_be_taken_does_not_hold_up_the_others(
    channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.failure = ValueError("of no use")
    data = {"update_id": 9, "message": telegram.queues("message")}
    assert [given(channel, data) for _ in range(ACCEPT_ATTEMPTS)] == [False] * (ACCEPT_ATTEMPTS - 1) + [True]
    assert "ALERT" in caplog.text
    assert "of no use" not in caplog.text


def test_a_message_that_asks_the_next_clause_takes_a_tap_while_the_last_turn_ends(
    channel: TelegramChannel, inbox: Inbox
) -> None:
    ann = {"id": 7, "is_bot": False, "first_name": "Ann"}
    message = {"message_id": 5, "date": 1, "chat": {"id": 7, "type": "private"}, "from": ann, "text": "A clause"}
    for number, clause in enumerate(("ethics_laws", "ethics_privacy", "ethics_privacy")):
        query = {"id": f"tap {number}", "from": ann, "chat_instance": "1", "message": message}
        given(channel, {"update_id": number, "callback_query": query | {"data": f"affirm:{clause}:1"}})
    assert [each.payload for each in inbox.taken] == ["affirm:ethics_laws:1", "affirm:ethics_privacy:1"]


def test_who_blocked_the_bot_is_noted(channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    ann.sends("/start")
    ann.blocks()
    given(channel, telegram.unconfirmed_updates[-1])
    ann.unblocks()
    given(channel, telegram.unconfirmed_updates[-1])
    assert inbox.reach == [True, False]


def newest(channel: TelegramChannel, telegram: TelegramDouble) -> None:
    assert given(channel, telegram.unconfirmed_updates[-1])


@pytest.mark.parametrize(
    ("text", "struck", "said"),
    [
        ("no I agree", "no ", "I agree"),
        ("I agree not", " not", "I agree"),
        ("🙂🙂 I do not agree 👍", "not ", "🙂🙂 I do agree 👍"),
        ("/delete_my_data please", "/delete_my_data", " please"),
        ("I agree", "", "I agree"),
    ],
)
def test_what_is_struck_through_is_not_said(
    channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble, text: str, struck: str, said: str
) -> None:
    telegram.user("Ann").sends(text, struck=struck)
    newest(channel, telegram)
    assert [(message.kind, message.text) for message in inbox.taken] == [(Kind.TEXT, said)]


def test_a_message_that_is_struck_through_as_a_whole_has_no_words(
    channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble
) -> None:
    telegram.user("Ann").sends("I agree", struck="I agree")
    newest(channel, telegram)
    assert inbox.taken == [Incoming(Kind.UNSUPPORTED, problem="note-empty")]


def test_a_correction_says_no_more_than_what_it_leaves_standing(channel: TelegramChannel, inbox: Inbox) -> None:
    struck = [{"type": "strikethrough", "offset": 0, "length": 5}, {"type": "spoiler", "offset": 5, "length": 3}]
    chat = {"id": 7, "type": "private", "first_name": "Ann"}
    edited = {"message_id": 3, "date": 1, "edit_date": 2, "chat": chat, "text": "Anna Bob", "entities": struck}
    assert given(channel, {"update_id": 8, "edited_message": edited})
    assert [(message.kind, message.text) for message in inbox.taken] == [(Kind.EDIT, "Bob")]


def test_what_a_message_replies_to_is_told(channel: TelegramChannel, inbox: Inbox, telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    first = ann.sends("hello")
    newest(channel, telegram)
    numbers = [ann.replies(first, "yes", quote="hell"), ann.replies(None, "yes")]
    for update in telegram.unconfirmed_updates[-2:]:
        assert given(channel, update)
    assert [seen.replies_to for seen in inbox.seen] == [None, first, ELSEWHERE]
    assert [seen.number for seen in inbox.seen] == [first, *numbers]
    assert all(seen.dated and abs(seen.dated - time.time()) < 60 for seen in inbox.seen)
