"""What one process tells, the others hear."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest

from bot.core.siblings import ALONE, Pipe, Siblings


@pytest.fixture
def pipes() -> Iterator[list[Pipe]]:
    made = Siblings.pipes(3)
    yield made
    for end in (end for pipe in made for end in pipe):
        os.close(end)


def heard_by(siblings: Siblings, told: Sequence[Callable[[], object]] = ()) -> list[tuple[str, str]]:
    """What a process hears: first what was told before, then each of ``told``."""
    found: list[tuple[str, str]] = []

    async def listen() -> None:
        siblings.listen("conversation", lambda what: found.append(("conversation", what)))
        siblings.listen("hit", lambda what: found.append(("hit", what)))
        for tell in (lambda: None, *told):
            tell()
            await asyncio.sleep(0.02)

    asyncio.run(listen())
    return found


def test_the_others_hear_and_not_whoever_tells(pipes: list[Pipe]) -> None:
    one, two, three = (Siblings(pipes, number) for number in range(3))
    one.tell("conversation", "c1")
    one.tell("hit", "requests k")
    two.tell("conversation", "c2")
    assert heard_by(one) == [("conversation", "c2")]
    assert heard_by(two) == [("conversation", "c1"), ("hit", "requests k")]
    assert heard_by(three) == [("conversation", "c1"), ("hit", "requests k"), ("conversation", "c2")]


def test_whoever_takes_the_place_of_a_dead_process_hears_what_it_had_not_read(pipes: list[Pipe]) -> None:
    Siblings(pipes, 0).tell("conversation", "c1")
    os.read(pipes[1][0], 5)  # it died over its first line
    Siblings(pipes, 2).tell("conversation", "c2")
    assert heard_by(Siblings(pipes, 1)) == [("conversation", "c2")]


def test_a_line_may_come_in_pieces(pipes: list[Pipe]) -> None:
    pieces = (b"conver", b"sation c", b"1\nconversation c2\n")
    told = [partial(os.write, pipes[1][1], piece) for piece in pieces]
    assert heard_by(Siblings(pipes, 1), told) == [("conversation", "c1"), ("conversation", "c2")]


def test_a_process_that_does_not_read_holds_nobody_up(pipes: list[Pipe]) -> None:
    one = Siblings(pipes, 0)
    for number in range(10_000):
        one.tell("conversation", str(number))


def test_a_process_that_is_alone_tells_nobody() -> None:
    ALONE.tell("conversation", "c1")
    ALONE.listen("conversation", str)
