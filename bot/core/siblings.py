"""The other processes of a service that has several on one machine: what one of them tells, the others hear.

Each process has a pipe that it reads and the others write to. A pipe is inherited by whoever takes the place of a
process that has died, so nobody has to be found. What a pipe has no room for is dropped: nothing may depend on it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress

#: Bytes that are read at once: as many as a pipe holds.
_AT_ONCE = 64 * 1024

#: The two ends of a pipe: where it is read, and where it is written.
Pipe = tuple[int, int]


class Siblings:
    """The other processes, as one of them sees them.

    Args:
        pipes: of all processes; their ends do not block.
        number: of this process, from 0.
    """

    def __init__(self, pipes: Sequence[Pipe] = (), number: int = 0) -> None:
        self._mine = pipes[number][0] if pipes else -1
        self._others = [write for each, (_read, write) in enumerate(pipes) if each != number]
        self._heard: dict[str, Callable[[str], None]] = {}
        #: The beginning of a line whose end was not read yet.
        self._rest = ""

    @staticmethod
    def pipes(number: int) -> list[Pipe]:
        """The pipes of so many processes."""
        made = [os.pipe() for _ in range(number)]
        for each in made:
            for end in each:
                os.set_blocking(end, False)
        return made

    def tell(self, kind: str, what: str) -> None:
        """Tell the others; may be called from any thread.

        Args:
            kind: the name of a listener.
            what: a few words without a line break; less than 512 bytes (POSIX), so that the pipe takes them as a whole.
        """
        line = f"{kind} {what}\n".encode()
        for each in self._others:
            with suppress(BlockingIOError):  # it is full
                os.write(each, line)

    def listen(self, kind: str, heard: Callable[[str], None]) -> None:
        """Hear what the others tell from now on; called in the event loop.

        Args:
            kind: the name of this listener.
            heard: called in the loop.
        """
        if self._mine < 0:
            return
        if not self._heard:
            asyncio.get_running_loop().add_reader(self._mine, self._read)
        self._heard[kind] = heard

    def _read(self) -> None:
        try:
            read = os.read(self._mine, _AT_ONCE)
        except BlockingIOError:
            return
        *lines, self._rest = (self._rest + read.decode()).split("\n")
        for line in lines:
            kind, _, what = line.partition(" ")
            if kind in self._heard:  # not so the end of a line that a process has read half and died
                self._heard[kind](what)


#: Of a service with one process.
ALONE = Siblings()
