"""What the bench sees from within the service's process, and what it counts as installed."""

from __future__ import annotations

import asyncio
import importlib.util
import time
from pathlib import Path

import packaging
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine

from bench.contenders.ours import installed_bytes
from bench.loop import note_lateness
from bench.passes import _holds, passed
from bot.conversation.readable import command_text
from bot.core.settings import Settings
from bot.i18n.geography import country_code
from bot.messages.incoming import Incoming, Kind, storable
from bot.storage import TranscriptMessage
from bot.understanding.text import has_word, is_question

REPLIES = Table(TranscriptMessage.__tablename__, MetaData(), Column("id", Integer))


@pytest.mark.slow
def test_a_message_passes_what_it_is_handed_to_until_the_reply_is_committed(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'replies.db'}")
    REPLIES.metadata.create_all(engine)

    async def turn() -> None:
        settings = Settings(_env_file=None)
        has_word("a zebra, before it began")
        storable("a zebra")
        assert settings.site_url  # a property
        with engine.begin() as connection:
            connection.exec_driver_sql("SELECT 1")  # whose commit ends nothing
        await asyncio.to_thread(has_word, "a zebra")
        country_code("nothing of it")
        with engine.begin() as connection:
            command_text("zebra", None)
            connection.execute(REPLIES.insert().values(id=1))
        is_question("a zebra, after it was over")

    names = asyncio.run(passed(storable.__code__, "zebra", turn))
    incoming, readable = "bot/messages/incoming.py: storable", "bot/conversation/readable.py: command_text"
    assert names == [incoming, "bot/understanding/", readable]


@pytest.mark.parametrize(
    "held", ["a zebra", b"a zebra", {"text": "a zebra"}, [("a zebra",)], Incoming(Kind.TEXT, text="a zebra")]
)
def test_what_holds_a_message_is_the_message(held: object) -> None:
    assert _holds(held, "zebra")
    assert not _holds(held, "horse")


def test_a_turn_without_a_reply_is_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.passes.SECONDS", 0.01)

    async def turn() -> None:
        storable("a zebra")

    with pytest.raises(RuntimeError, match="storable"):
        asyncio.run(passed(storable.__code__, "zebra", turn))


def test_a_loop_that_is_blocked_is_late() -> None:
    async def longest(blocked_for: float) -> float:
        late: list[float] = []
        noting = asyncio.create_task(note_lateness(late))
        await asyncio.sleep(0.02)
        time.sleep(blocked_for)  # noqa: ASYNC251  (which is what is looked for)
        await asyncio.sleep(0.02)
        noting.cancel()
        return max(late)

    assert asyncio.run(longest(0.2)) > 0.19
    assert asyncio.run(longest(0)) < 0.19


def test_what_a_lock_names_is_counted_as_it_lies_there_compiled() -> None:
    one = installed_bytes("packaging==24 \\\n    --hash=sha256:0\n    # via rasa\n")
    source = Path(packaging.__file__)
    sources = sum(file.stat().st_size for file in source.parent.rglob("*.py"))
    assert one > sources + Path(importlib.util.cache_from_source(str(source))).stat().st_size
    both = installed_bytes("# both\npackaging==24 \\\n    --hash=sha256:0\nrjsmin==1.2\n")
    assert both - one == installed_bytes("rjsmin==1.2") > 0
    assert installed_bytes("windows-only==1 ; sys_platform == 'nowhere'") == 0
