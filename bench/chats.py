"""``python -m bench.chats URL CONVERSATIONS SECONDS``: mentors who register with a service, for `bench.loop`.

It prints a line when they begin, and when they have ended one with turns a second and what was said wrong, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import aiohttp

from bench.contenders.ours import WebConversation
from bench.load import Run, connection, turn


async def chat(url: str, number: int, seconds: float) -> Run:
    """Have so many conversations at the same time, each followed by another one, for so many seconds."""
    run, began = Run(), time.perf_counter()

    async def conversations(http: aiohttp.ClientSession) -> None:
        while time.perf_counter() < began + seconds and not run.errors:
            conversation = WebConversation(url, lambda: None)
            await conversation.open(http)
            while time.perf_counter() < began + seconds and not (conversation.is_over or run.errors):
                await turn(conversation, http, run)

    async with connection() as http:
        await asyncio.gather(*(conversations(http) for _ in range(number)))
    run.seconds = time.perf_counter() - began
    return run


def main() -> None:
    """Chat, and say how it went."""
    url, number, seconds = sys.argv[1:]
    print("chatting", flush=True)
    run = asyncio.run(chat(url, int(number), float(seconds)))
    print(json.dumps({"per_second": run.per_second, "errors": run.errors}))


if __name__ == "__main__":
    main()
