"""What people do in the double of the Bot API: they send, block, delete their account; groups and channels."""

from __future__ import annotations

from typing import Literal

import pytest
from telegram import (
    Bot,
)
from telegram.error import (
    ChatMigrated,
    Forbidden,
)

from tests.doubles.telegram_api import (
    TINY_JPEG,
    PrivateChat,
    TelegramDouble,
)
from tests.doubles.telegram_api.contents import Origin
from tests.support.bot_api import PNG, with_bot


def test_an_album(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    ann.sends_album([PNG, TINY_JPEG], caption="We")
    ann.sends_album([PNG, TINY_JPEG])
    messages = [update["message"] for update in telegram.unconfirmed_updates]
    groups = [message["media_group_id"] for message in messages]
    assert groups[0] == groups[1] != groups[2] == groups[3]
    assert [message.get("caption") for message in messages] == ["We", None, None, None]
    with pytest.raises(AssertionError, match="2 to 10"):
        ann.sends_album([PNG])


@pytest.mark.parametrize("origin", ["user", "hidden_user", "chat", "channel"])
def test_a_forwarded_message(telegram: TelegramDouble, origin: Origin) -> None:
    telegram.user("Ann").forwards("/start", origin)
    message = with_bot(telegram, lambda bot: bot.get_updates())[0].message
    assert message is not None
    assert message.forward_origin is not None
    assert message.forward_origin.type == origin
    assert message.text == "/start"


def test_an_edited_caption(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    ann.sends_photo(PNG, caption="one")
    ann.edits_caption("last", "two")
    edited = telegram.unconfirmed_updates[-1]["edited_message"]
    assert (edited["caption"], len(edited["photo"])) == ("two", 5)
    with pytest.raises(AssertionError, match="no text message"):
        ann.edits("last", "three")


def test_a_deleted_account(shared: TelegramDouble, ann: PrivateChat) -> None:
    ann.deletes_account()
    with pytest.raises(Forbidden, match="user is deactivated"):
        with_bot(shared, lambda bot: bot.send_message(ann.id, "hello"))


def test_a_blocked_bot_is_told(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    ann.blocks()
    ann.unblocks()
    changes = [update["my_chat_member"] for update in telegram.unconfirmed_updates]
    assert [change["new_chat_member"]["status"] for change in changes] == ["kicked", "member"]


def test_a_group_that_becomes_a_supergroup(telegram: TelegramDouble) -> None:
    group = telegram.group("Friends")
    supergroup = group.migrates()

    async def send(bot: Bot) -> None:
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(group.id, "hello")
        assert moved.value.new_chat_id == supergroup.id
        await bot.send_message(supergroup.id, "hello")

    with_bot(telegram, send)
    assert supergroup.waits_for("hello", timeout=1)
    service = [update["message"] for update in telegram.unconfirmed_updates[1:]]
    assert service[0]["migrate_to_chat_id"] == supergroup.id
    assert service[1]["migrate_from_chat_id"] == group.id
    with pytest.raises(AssertionError, match="only a group"):
        supergroup.migrates()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("group", "bot was kicked from the group chat"), ("supergroup", "bot was kicked from the supergroup chat")],
)
def test_a_group_that_removes_the_bot(
    telegram: TelegramDouble, kind: Literal["group", "supergroup"], expected: str
) -> None:
    group = telegram.group("Friends", kind)
    group.removes_bot()
    with pytest.raises(Forbidden, match=expected):
        with_bot(telegram, lambda bot: bot.send_message(group.id, "hello"))


def test_a_channel(telegram: TelegramDouble) -> None:
    channel = telegram.channel("News")
    channel.sends("hello")
    channel.edits("last", "hello again")
    updates = with_bot(telegram, lambda bot: bot.get_updates())
    assert updates[0].my_chat_member is not None
    assert updates[0].my_chat_member.new_chat_member.status == "administrator"
    post, edited = updates[1].channel_post, updates[2].edited_channel_post
    assert post is not None
    assert (post.text, post.from_user, post.chat.type) == ("hello", None, "channel")
    assert edited is not None
    assert edited.text == "hello again"
    with_bot(telegram, lambda bot: bot.send_message(channel.id, "post of the bot"))
    assert channel.waits_for("post of the bot", timeout=1)
    channel.removes_bot()
    with pytest.raises(Forbidden, match="not a member of the channel chat"):
        with_bot(telegram, lambda bot: bot.send_message(channel.id, "hello"))
