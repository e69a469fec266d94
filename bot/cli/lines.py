"""Reads lines in batches without making a slow writer wait."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import TextIO


def batches(stream: TextIO, most: int) -> Iterator[list[str]]:
    """Lists of at most ``most`` lines: all that can be read now, or the next line when it arrives.

    Empty lines are left out.
    """
    lines: queue.Queue[str | None] = queue.Queue(maxsize=10 * most)

    def fill() -> None:
        try:
            for line in stream:
                if line.strip():
                    lines.put(line)
        finally:
            lines.put(None)

    threading.Thread(target=fill, daemon=True).start()
    ended = False
    while not ended:
        batch = [lines.get()]
        while len(batch) < most and batch[-1] is not None:
            try:
                batch.append(lines.get_nowait())
            except queue.Empty:
                break
        ended = batch[-1] is None
        found = [line for line in batch if line is not None]
        if found:
            yield found
