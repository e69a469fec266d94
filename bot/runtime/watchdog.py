"""Tells systemd that the service is ready, works and stops, and ends a process that hangs.

The protocol is `sd_notify <https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html>`_: systemd names a
socket, and for how long it waits for the next sign of life. A process that does not work for that long also ends
itself, with a traceback of each thread in the log: of several workers, systemd would miss the one that hangs.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

logger = logging.getLogger(__name__)

#: How often a sign of life is given within the time that systemd waits.
SIGNS = 4

#: Returns whether a part of the service makes progress; one that does not return in time does not.
Probe = Callable[[], Awaitable[bool]]


def notify(state: str) -> None:
    """Tell systemd, if it has started the service.

    Args:
        state: ``READY=1``, ``STOPPING=1`` or ``WATCHDOG=1``.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    name = f"\0{address[1:]}" if address.startswith("@") else address
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
        sending.setblocking(False)
        sending.sendto(state.encode(), name)


async def watch(probes: Mapping[str, Probe]) -> None:
    """Give signs of life while the event loop answers and all parts make progress, until cancelled.

    Args:
        probes: one of each part, by its name.
    """
    seconds = int(os.environ.get("WATCHDOG_USEC") or 0) / 1_000_000
    if not seconds:
        return
    try:
        while True:
            hanging = await _hanging(probes, seconds / SIGNS)
            if hanging:
                logger.error("no progress: %s", ", ".join(hanging))
            else:
                notify("WATCHDOG=1")
                faulthandler.dump_traceback_later(seconds, exit=True)
            await asyncio.sleep(seconds / SIGNS)
    finally:
        faulthandler.cancel_dump_traceback_later()


async def _hanging(probes: Mapping[str, Probe], seconds: float) -> list[str]:
    """The parts without progress."""
    asked = {name: asyncio.ensure_future(probe()) for name, probe in probes.items()}
    await asyncio.wait(asked.values(), timeout=seconds)
    for answer in asked.values():
        answer.cancel()  # one that is done stays as it is
    answers = await asyncio.gather(*asked.values(), return_exceptions=True)
    return [name for name, answer in zip(asked, answers, strict=True) if answer is not True]


async def threads_answer() -> bool:
    """Whether a thread is free for what blocks, as reading the database."""
    await asyncio.to_thread(bool)
    return True
