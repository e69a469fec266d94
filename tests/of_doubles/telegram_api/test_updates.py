"""Updates by polling, of every type, in the double of the Bot API."""

from __future__ import annotations

import asyncio
import json
import threading

import httpx
import pytest
from telegram import (
    Bot,
    Update,
)
from telegram.error import (
    Conflict,
)

from tests.doubles.telegram_api import (
    OTHER_CONTENT,
    TINY_JPEG,
    UPDATE_TYPES,
    FaultKind,
    PrivateChat,
    TelegramDouble,
)
from tests.support.bot_api import HTTP, TOKEN, call, reason, with_bot

#: Types of updates that the locked version of python-telegram-bot does not know yet.
NEWER = {"subscription", "stopped_message_generation"}


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
    for kind in tuple(OTHER_CONTENT):
        ann.sends_other(kind)
    updates = with_bot(telegram, lambda bot: bot.get_updates())
    assert len(updates) == 5 + len(tuple(OTHER_CONTENT))
    assert updates[0].my_chat_member is not None
    assert updates[1].message is not None
    assert updates[1].message.from_user is not None
    assert updates[1].message.from_user.id == ann.id
    for update, kind in zip(updates[5:], tuple(OTHER_CONTENT), strict=True):
        assert update.message is not None
        assert getattr(update.message, kind, None) or update.message.api_kwargs[kind]


def test_group(shared: TelegramDouble, ann: PrivateChat) -> None:
    group = shared.group("Friends")
    assert group.id < 0
    number = group.sends("hello", by=ann)
    call(shared, "sendMessage", chat_id=group.id, text="hi")
    assert group.waits_for("hi", timeout=1).message_id == number + 1
    assert reason(shared, "deleteMessage", chat_id=group.id, message_id=number) == "message can't be deleted"


def test_every_type_of_update(telegram: TelegramDouble) -> None:
    assert set(Update.ALL_TYPES) == UPDATE_TYPES - NEWER
    call(telegram, "getUpdates", allowed_updates=json.dumps(Update.ALL_TYPES))
    for kind in Update.ALL_TYPES:
        telegram.queues(kind)
    updates = with_bot(telegram, lambda bot: bot.get_updates())
    assert len(updates) == len(Update.ALL_TYPES)
    for update, kind in zip(updates, Update.ALL_TYPES, strict=True):
        assert getattr(update, kind) is not None


def test_updates_only_on_request(telegram: TelegramDouble) -> None:
    for kind in ("chat_member", "message_reaction", "message_reaction_count"):
        telegram.queues(kind)
    assert telegram.unconfirmed_updates == []


def test_updates_by_chance_twice(telegram: TelegramDouble) -> None:
    telegram.disturb(FaultKind.DUPLICATE, 1)
    telegram.user("Ann").sends("one")
    first = call(telegram, "getUpdates")["result"]
    assert call(telegram, "getUpdates", offset=first[0]["update_id"] + 1)["result"] == first
    assert call(telegram, "getUpdates", offset=first[0]["update_id"] + 1)["result"] == []
    assert telegram.injected == {("updates", FaultKind.DUPLICATE): 1}


def test_updates_by_chance_out_of_order(telegram: TelegramDouble) -> None:
    telegram.disturb(FaultKind.OUT_OF_ORDER, 1)
    ann = telegram.user("Ann")
    sent = [ann.sends(text) for text in ("one", "two", "three")]
    received = [update["message"]["message_id"] for update in call(telegram, "getUpdates")["result"]]
    assert received != sent
    assert sorted(received) == sent
    telegram.calm()
    assert [u["message"]["message_id"] for u in call(telegram, "getUpdates")["result"]] == sent
    assert telegram.injected == {("updates", FaultKind.OUT_OF_ORDER): 1}
