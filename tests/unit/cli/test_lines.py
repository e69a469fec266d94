"""Lines in batches: what is there is read at once, and nobody waits for more."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from queue import Queue
from typing import TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.lines import batches

#: Seconds until something that should come at once counts as not coming.
PATIENCE = 20


class Pipe:
    """A writer that takes its time, and what `batches` makes of it."""

    def __init__(self, most: int) -> None:
        reading, writing = os.pipe()
        self._writer = os.fdopen(writing, "w", encoding="utf-8")
        self._reader = os.fdopen(reading, encoding="utf-8")
        self._found: Queue[list[str] | None] = Queue()
        self._thread = threading.Thread(target=self._read, args=(most,), daemon=True)
        self._thread.start()

    def _read(self, most: int) -> None:
        for batch in batches(self._reader, most):
            self._found.put(batch)
        self._found.put(None)

    def write(self, text: str) -> None:
        self._writer.write(text)
        self._writer.flush()

    def end(self) -> None:
        self._writer.close()

    def close(self) -> None:
        self.end()
        self._thread.join(PATIENCE)
        self._reader.close()

    def found(self) -> list[str] | None:
        """The next batch; None at the end."""
        return self._found.get(timeout=PATIENCE)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    opened = Pipe(100)
    yield opened
    opened.close()


def test_a_slow_writer_is_not_made_to_wait(pipe: Pipe) -> None:
    for number in range(5):
        pipe.write(f"line {number}\n")
        assert pipe.found() == [f"line {number}\n"]


def test_half_a_line_waits_for_its_end(pipe: Pipe) -> None:
    pipe.write("first\nsec")
    assert pipe.found() == ["first\n"]
    pipe.write("ond\n")
    assert pipe.found() == ["second\n"]


def test_a_writer_that_closes_ends_it(pipe: Pipe) -> None:
    pipe.write("only\n")
    assert pipe.found() == ["only\n"]
    pipe.end()
    assert pipe.found() is None


def test_the_last_line_needs_no_end(pipe: Pipe) -> None:
    pipe.write("last")
    pipe.end()
    assert pipe.found() == ["last"]
    assert pipe.found() is None


def test_empty_lines_are_left_out_and_keep_nobody_waiting(pipe: Pipe) -> None:
    pipe.write("\n  \n\t\n")
    pipe.write("words\n\n")
    assert pipe.found() == ["words\n"]
    pipe.end()
    assert pipe.found() is None


def test_a_fast_writer_is_read_in_batches_and_loses_nothing(pipe: Pipe) -> None:
    lines = [f"line {number}\n" for number in range(5_000)]
    threading.Thread(target=lambda: (pipe.write("".join(lines)), pipe.end()), daemon=True).start()
    found: list[str] = []
    sizes = []
    while (batch := pipe.found()) is not None:
        found += batch
        sizes.append(len(batch))
    assert found == lines
    assert max(sizes) <= 100


def test_nothing_at_all_is_no_batch() -> None:
    assert list(batches(io.StringIO(""), 10)) == []
    assert list(batches(io.StringIO("\n\n \n"), 10)) == []


def test_a_stream_that_breaks_ends_after_what_it_gave() -> None:
    class Breaking(io.StringIO):
        def __next__(self) -> str:
            line = super().readline()
            if not line:
                raise OSError("broken")
            return line

    stream: TextIO = Breaking("one\ntwo\n")
    ended = threading.Event()
    before, threading.excepthook = threading.excepthook, lambda _: ended.set()  # the thread's own failure is told there
    try:
        assert [line for batch in batches(stream, 10) for line in batch] == ["one\n", "two\n"]
        assert ended.wait(PATIENCE)
    finally:
        threading.excepthook = before


@given(st.lists(st.text(alphabet="ab \t", max_size=5), max_size=60), st.integers(1, 7))
def test_every_line_with_words_comes_once_and_in_order(lines: list[str], most: int) -> None:
    text = "".join(f"{line}\n" for line in lines)
    found = list(batches(io.StringIO(text), most))
    assert [line for batch in found for line in batch] == [f"{line}\n" for line in lines if line.strip()]
    assert all(1 <= len(batch) <= most for batch in found)
