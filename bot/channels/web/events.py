"""What is said in a conversation, as it is said: `server-sent events <https://html.spec.whatwg.org/#server-sent-events>`_."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from bot.channels.web.models import MessagesResponse
from bot.conversation.turns import Conversations
from bot.conversation.workers import GONE
from bot.security.rate_limits import TooManyRequestsError

#: Streams that one conversation, and one address, may have open. A browser has six connections to a server, and the
#: messages have to get through, too.
PER_CONVERSATION, PER_ADDRESS = 4, 200
#: Seconds after which a stream looks without being told: another process may have written.
LOOK_SECONDS = 5.0
#: Seconds between signs of life, so that nothing on the way takes the connection for dead.
BEAT_SECONDS = 15.0
#: Seconds after which a stream ends; the browser opens it again, and is let in again or not.
LIFE_SECONDS = 15 * 60.0
#: Milliseconds after which a browser opens a stream that ended again.
RETRY_MS = 2_000


class Streams:
    """The open streams.

    Args:
        conversations: tell when something changes.
    """

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._open: Counter[str] = Counter()

    def check(self, conversation_id: str, address: str) -> None:
        """Refuse another stream of this conversation, or to this address, where there are enough.

        Raises:
            TooManyRequestsError: there are.
        """
        if self._open[conversation_id] >= PER_CONVERSATION or self._open[address] >= PER_ADDRESS:
            raise TooManyRequestsError(int(BEAT_SECONDS))

    @contextmanager
    def _counted(self, *names: str) -> Iterator[None]:
        self._open.update(names)
        try:
            yield
        finally:
            self._open.subtract(names)
            self._open += Counter()  # drops clients with no open connection

    async def events(
        self, conversation_id: str, address: str, after: int, read: Callable[[int], Awaitable[MessagesResponse]]
    ) -> AsyncIterator[bytes]:
        """The events of a conversation.

        Args:
            conversation_id: which.
            address: where they go.
            after: the message that the client has last.
            read: gives what was said after a message.

        Yields:
            Events in the format of the specification: `messages` with a `MessagesResponse`, `typing` with whether the
            bot is working on a reply.
        """
        ends = time.monotonic() + LIFE_SECONDS
        beat, typing = time.monotonic(), False
        yield format_sse_event(retry=RETRY_MS)
        with self._counted(conversation_id, address), self._conversations.watched(conversation_id) as changed:
            while time.monotonic() < ends and not self._conversations.is_stopping:
                changed.clear()
                try:
                    reply = await read(after)
                except GONE:
                    return  # erased meanwhile; who opens the stream again is told
                if reply.messages:
                    after = reply.cursor
                    yield format_sse_event(event="messages", id=str(after), data_str=reply.model_dump_json())
                if reply.pending != typing:
                    typing = reply.pending
                    yield format_sse_event(event="typing", data_str=json.dumps({"typing": typing}))
                if time.monotonic() - beat > BEAT_SECONDS:
                    beat = time.monotonic()
                    yield KEEPALIVE_COMMENT
                try:
                    async with asyncio.timeout(LOOK_SECONDS):
                        await changed.wait()
                except TimeoutError:
                    pass
