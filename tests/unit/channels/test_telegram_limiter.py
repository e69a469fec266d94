"""How fast Telegram is called."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.calls import is_unreachable, persistently
from bot.channels.telegram.limiter import CHAT_BURST, FLOOD_RETRIES, ChatRateLimiter


async def send(limiter: ChatRateLimiter, chat: int, answers: list[Exception], method: str = "sendMessage") -> float:
    """Call a method, which gives these errors first; when it was done, in seconds."""

    async def call() -> bool:
        if answers:
            raise answers.pop(0)
        return True

    data: dict[str, Any] = {"chat_id": chat}
    assert await limiter.process_request(call, (), {}, method, data, None)
    return time.monotonic()


def test_a_chat_gets_a_few_messages_at_once_and_then_one_after_another() -> None:
    async def run() -> None:
        limiter, began = ChatRateLimiter(1_000, 20), time.monotonic()
        ends = await asyncio.gather(*(send(limiter, 1, []) for _ in range(CHAT_BURST + 4)))
        assert ends[CHAT_BURST - 1] - began < 0.05
        assert ends[-1] - began >= 4 / 20 - 0.01
        other = time.monotonic()
        assert await send(limiter, 2, []) - other < 0.05
        assert await send(limiter, 1, [], "answerCallbackQuery") - other < 0.1

    asyncio.run(run())


def test_a_chat_that_telegram_slows_down_holds_up_no_other() -> None:
    async def run() -> None:
        limiter, began = ChatRateLimiter(1_000, 1_000), time.monotonic()
        slow = asyncio.create_task(send(limiter, 1, [RetryAfter(1)]))
        await asyncio.sleep(0.01)
        assert await send(limiter, 2, []) - began < 0.5
        assert await slow - began >= 1

    asyncio.run(run())


def test_who_is_asked_to_wait_again_and_again_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram.limiter.seconds_of", lambda _: 0)
    answers: list[Exception] = [RetryAfter(1)] * (FLOOD_RETRIES + 1)
    with pytest.raises(RetryAfter):
        asyncio.run(send(ChatRateLimiter(1_000, 1_000), 1, answers))
    assert answers == []


def test_there_is_a_limit_for_all_chats_together() -> None:
    async def run() -> None:
        limiter, began = ChatRateLimiter(10, 1_000), time.monotonic()
        ends = await asyncio.gather(*(send(limiter, chat, []) for chat in range(13)))
        assert max(ends) - began >= 3 / 10 - 0.01

    asyncio.run(run())


@pytest.mark.parametrize(
    ("errors", "calls", "is_done"),
    [
        ([], 1, True),
        ([NetworkError("")], 2, True),
        ([NetworkError("")] * 5, 3, False),
        ([BadRequest("")], 1, False),
        ([Forbidden("")], 1, False),
    ],
)
def test_a_call_is_made_again_unless_it_was_refused(
    monkeypatch: pytest.MonkeyPatch, errors: list[TelegramError], calls: int, is_done: bool
) -> None:
    monkeypatch.setattr("bot.channels.telegram.calls.RETRY_SECONDS", (0, 0))
    made, left = [], [*errors]

    async def call() -> None:
        made.append(1)
        if left:
            raise left.pop(0)

    with contextlib.nullcontext() if is_done else pytest.raises(TelegramError):
        asyncio.run(persistently(call, 3))
    assert len(made) == calls


@pytest.mark.parametrize(
    ("error", "is_it"),
    [
        (Forbidden("bot was blocked by the user"), True),
        (Forbidden("user is deactivated"), True),
        (BadRequest("Chat not found"), True),
        (BadRequest("message is too long"), False),
        (NetworkError("reset"), False),
    ],
)
def test_who_cannot_be_reached(error: TelegramError, is_it: bool) -> None:
    assert is_unreachable(error) == is_it
