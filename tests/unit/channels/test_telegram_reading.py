"""Updates are read one by one, nothing of them is logged, and whether they come in is known."""

from __future__ import annotations

import ast
import asyncio
import errno
import io
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import telegram as library
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.channel import ACCEPT_ATTEMPTS, TelegramChannel
from bot.channels.telegram.reading import SILENCE_SECONDS, PollingRequest, readable
from bot.conversation.turns import Conversations
from bot.core.settings import load_settings
from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.security.cipher import KEY_BYTES
from bot.security.rate_limits import RateLimits
from bot.security.vault import Vault
from bot.storage import Store
from tests.doubles.telegram_api import TelegramDouble
from tests.unit.channels.test_telegram_updates import Inbox

SAID = "born on 5 March 1975"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a service writes at the level DEBUG. pytest's own log also has what goes to no log of a service."""
    root, written = logging.getLogger(), io.StringIO()
    handler, level = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token="1:a") as double:
        yield double


def polled(
    telegram: TelegramDouble, folder: Path, inbox: Inbox, work: Callable[[TelegramChannel], Awaitable[None]]
) -> None:
    """Let a channel poll while something is done."""
    settings = load_settings(telegram_token="1:a", telegram_api_url=telegram.url, data_dir=folder)
    store, vault = Store(f"sqlite:///{folder / 'bot.db'}"), Vault([b"k" * KEY_BYTES])
    conversations = cast(Conversations, inbox)

    async def run() -> None:
        channel = TelegramChannel(settings, store, vault, Photos(Folder(folder)), conversations, RateLimits(settings))
        await channel.start()
        try:
            await work(channel)
        finally:
            await channel.stop()

    asyncio.run(run())


def unreadable(telegram: TelegramDouble) -> int:
    """Queue a message that the library cannot read; gives the update's id."""
    message = telegram.queues("message")
    message.update(text=SAID, poll={"id": "1", "question": SAID})
    return int(telegram.unconfirmed_updates[-1]["update_id"])


def test_one_update_that_cannot_be_read_stops_no_other(
    telegram: TelegramDouble, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Inbox()
    telegram.user("Ann").sends("one")
    number = unreadable(telegram)
    telegram.user("Bob").sends("two")

    async def work(_channel: TelegramChannel) -> None:
        await asyncio.to_thread(telegram.waits_until_read)

    with caplog.at_level(logging.DEBUG):
        polled(telegram, tmp_path, inbox, work)
    assert [each.text for each in inbox.taken] == ["one", "two"]
    alerts = [each.getMessage() for each in caplog.records if "ALERT" in each.getMessage()]
    assert alerts == [f"ALERT Telegram's update {number} cannot be read (TypeError) and is skipped"]
    assert len(telegram.calls_of("getUpdates")) <= 4


def test_a_last_update_that_cannot_be_read_is_confirmed(telegram: TelegramDouble, tmp_path: Path) -> None:
    unreadable(telegram)

    async def work(_channel: TelegramChannel) -> None:
        await asyncio.to_thread(telegram.waits_until_read)

    polled(telegram, tmp_path, Inbox(), work)


def test_nothing_of_an_update_is_logged_at_any_level(
    telegram: TelegramDouble, tmp_path: Path, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("httpx", "httpcore", "telegram"):  # as if nobody had turned them down
        monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)
    inbox = Inbox()
    telegram.user("Ann").sends(SAID)
    unreadable(telegram)

    async def work(_channel: TelegramChannel) -> None:
        await asyncio.to_thread(telegram.waits_until_read)

    polled(telegram, tmp_path, inbox, work)
    assert "Calling Bot API endpoint" in log.getvalue()  # the library was heard
    assert [each.text for each in inbox.taken] == [SAID]
    assert "1975" not in log.getvalue()
    assert "Ann" not in log.getvalue()


def test_an_answer_that_is_no_json_is_not_logged(log: io.StringIO) -> None:
    with pytest.raises(library.error.TelegramError):
        PollingRequest().parse_json_payload(f'{{"ok": true, "result": ["{SAID}"'.encode())
    assert "invalid JSON" in log.getvalue()
    assert "1975" not in log.getvalue()


@pytest.mark.parametrize("result", ["null", "3", '[{"message": {}}]', "[null]", '[{"update_id": "x"}]'])
def test_what_are_no_updates_has_the_library_wait(result: str) -> None:
    with pytest.raises(library.error.TelegramError):
        PollingRequest().parse_json_payload(f'{{"ok": true, "result": {result}}}'.encode())


def test_the_library_logs_nothing_but_templates() -> None:
    """Else what it fills in could not be told from its own words."""
    methods = {"debug", "info", "warning", "error", "exception", "critical"}
    found = 0
    for path in Path(library.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods):
                continue
            if "_LOGGER" not in ast.unparse(node.func.value):
                continue
            found += 1
            assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno}"
    assert found > 50


def test_the_bot_is_cut_off_once_no_poll_succeeds_for_a_while(
    telegram: TelegramDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + later)
    monkeypatch.setattr("bot.channels.telegram.reading.time", clock)
    ready: list[bool] = []

    async def work(channel: TelegramChannel) -> None:
        nonlocal later
        ready.append(await channel.is_ready())
        later = SILENCE_SECONDS + 1
        ready.append(await channel.is_ready())
        telegram.user("Ann").sends("here")  # ends the poll that waits
        await asyncio.to_thread(telegram.waits_until_read)
        ready.append(await channel.is_ready())

    polled(telegram, tmp_path, Inbox(), work)
    assert ready == [True, False, True]


def test_another_program_that_polls_is_no_success(telegram: TelegramDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    later = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + later)
    monkeypatch.setattr("bot.channels.telegram.reading.time", clock)
    request = PollingRequest()
    later = SILENCE_SECONDS + 1
    request.parse_json_payload(b'{"ok": false, "error_code": 409, "description": "Conflict"}')
    assert request.is_silent
    request.parse_json_payload(b'{"ok": true, "result": []}')
    assert not request.is_silent


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["message", "poll", "chat", "id", "date", "text", "from"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "poll", "x"]), JSON)
def test_whatever_comes_with_an_id_can_be_read(kind: str, content: Any) -> None:
    update = library.Update.de_json(readable({"update_id": 7, kind: content}), None)
    assert update.update_id == 7


def test_a_full_disk_is_said_in_the_chat_and_no_update_is_given_up(
    telegram: TelegramDouble, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Inbox()
    inbox.failure = OSError(errno.ENOSPC, "No space left on device")
    ann = telegram.user("Ann", language_code="fr")
    ann.sends("one")

    async def work(channel: TelegramChannel) -> None:
        await asyncio.to_thread(ann.waits_for, "disque est plein", timeout=10)
        [update] = telegram.unconfirmed_updates
        for _ in range(2 * ACCEPT_ATTEMPTS):
            assert not await channel.take(library.Update.de_json(update, None))
        inbox.failure = None
        await asyncio.to_thread(telegram.waits_until_read)

    polled(telegram, tmp_path, inbox, work)
    assert [each.text for each in inbox.taken] == ["one"]
    assert len(telegram.calls_of("sendMessage")) == 1
    assert "ALERT the disk is full" in caplog.text
    assert "skipped" not in caplog.text
