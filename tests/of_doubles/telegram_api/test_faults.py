"""Faults and flood limits of the double of the Bot API."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from telegram import (
    Bot,
)
from telegram.error import (
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import AIORateLimiter, ExtBot

from tests.doubles.telegram_api import (
    ApiRefusalError,
    FaultKind,
    FloodGate,
    FloodLimits,
    PrivateChat,
    TelegramDouble,
)
from tests.support.bot_api import HTTP, TOKEN, call, with_bot


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


def test_resets_and_held_answers(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    ann.sends("/start")
    telegram.reset("sendMessage")
    telegram.hold("sendMessage", seconds=20)

    async def send(bot: Bot) -> None:
        with pytest.raises(NetworkError):
            await bot.send_message(ann.id, "reset")
        assert ann.received == []
        with pytest.raises(TimedOut):
            await bot.send_message(ann.id, "held", read_timeout=0.3)
        await bot.send_message(ann.id, "calm")

    with_bot(telegram, send)
    assert [message.text for message in ann.received] == ["held", "calm"]
    assert telegram.injected == {("sendMessage", FaultKind.RESET): 1, ("sendMessage", FaultKind.HELD): 1}


def test_a_file_whose_connection_is_reset(shared: TelegramDouble) -> None:
    shared.reset("file")
    with pytest.raises(httpx.TransportError):
        HTTP.get(f"{shared.url}/file/bot{TOKEN}/photos/a.jpg")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.FLOOD, RetryAfter),
        (FaultKind.INTERNAL, NetworkError),
        (FaultKind.BAD_GATEWAY, NetworkError),
        (FaultKind.FORBIDDEN, Forbidden),
        (FaultKind.RESET, NetworkError),
        (FaultKind.LOST_ANSWER, NetworkError),
    ],
)
def test_faults_by_chance(telegram: TelegramDouble, kind: FaultKind, error: type[TelegramError]) -> None:
    ann = telegram.user("Ann")
    ann.sends("/start")
    telegram.disturb(kind, 1, seconds=3, methods=["sendMessage"])

    async def send(bot: Bot) -> None:
        with pytest.raises(error) as failure:
            await bot.send_message(ann.id, "one")
        assert kind is not FaultKind.FLOOD or "0:00:03" in str(failure.value)
        await bot.send_chat_action(ann.id, "typing")
        telegram.calm()
        await bot.send_message(ann.id, "two")

    with_bot(telegram, send)
    done = ["one", "two"] if kind is FaultKind.LOST_ANSWER else ["two"]
    assert [message.text for message in ann.received] == done
    assert telegram.injected == {("sendMessage", kind): 1}


def test_a_seed_gives_the_same_faults() -> None:
    def failures(seed: int) -> list[bool]:
        with TelegramDouble(token=TOKEN, seed=seed) as double:
            double.disturb(FaultKind.INTERNAL, 0.5)
            return [call(double, "getMe")["ok"] for _ in range(20)]

    first = failures(1)
    assert 0 < sum(first) < 20
    assert failures(1) == first
    assert failures(2) != first


def test_faults_that_make_no_sense(shared: TelegramDouble) -> None:
    with pytest.raises(ValueError, match="whole seconds"):
        shared.disturb(FaultKind.FLOOD, 0.5, seconds=0.5)
    with pytest.raises(ValueError, match="whole seconds"):
        shared.fail("sendMessage", status=429, retry_after=0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        shared.disturb(FaultKind.RESET, 2)
    with pytest.raises(ValueError, match="unknown method"):
        shared.disturb(FaultKind.RESET, 1, methods=["sendMesage"])
    with pytest.raises(ValueError, match="updates are no method"):
        shared.disturb(FaultKind.DUPLICATE, 1, methods=["getUpdates"])


def test_flood_limits() -> None:
    now = 0.0
    gate = FloodGate(FloodLimits(per_chat=1, per_group=2, overall=3), clock=lambda: now)

    def waits(chat: str, method: str = "sendMessage") -> int:
        try:
            gate.pass_through(method, chat)
        except ApiRefusalError as refusal:
            return int((refusal.parameters or {})["retry_after"])
        return 0

    assert [waits("1"), waits("1"), waits("1", "sendChatAction")] == [0, 1, 0]
    assert [waits("2"), waits("3"), waits("4")] == [0, 0, 1]
    now = 1.0
    assert [waits("1"), waits("-5")] == [0, 0]
    now = 2.0
    assert waits("-5") == 0
    now = 3.0
    assert waits("-5") == 28


def test_a_flood_is_refused_as_telegram_does() -> None:
    with TelegramDouble(token=TOKEN, flood=FloodLimits(per_chat=0.01)) as double:
        ann = double.user("Ann")
        ann.sends("/start")
        assert call(double, "sendMessage", chat_id=ann.id, text="one")["ok"]
        refused = call(double, "sendMessage", chat_id=ann.id, text="two")
        assert refused["error_code"] == 429
        assert refused["description"].startswith("Too Many Requests: retry after ")
        assert refused["parameters"]["retry_after"] >= 99
        assert [message.text for message in ann.received] == ["one"]
        assert [problem.status for problem in double.problems] == [429]
