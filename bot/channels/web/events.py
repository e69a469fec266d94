"""Streams a conversation's new messages: `server-sent events <https://html.spec.whatwg.org/#server-sent-events>`_."""

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

#: Open streams that one conversation, and one address, may have. A browser has six connections to a server, and
#: requests need some of them.
PER_CONVERSATION, PER_ADDRESS = 4, 200
#: Seconds after which a stream looks for messages by itself, because another process may have written some.
LOOK_SECONDS = 5.0
#: Seconds between keep-alive comments, so that no proxy closes the connection.
BEAT_SECONDS = 15.0
#: Seconds after which a stream ends; the browser opens a new one, which is authorised again.
LIFE_SECONDS = 15 * 60.0
#: Milliseconds until a browser opens an ended stream again.
RETRY_MS = 2_000


class Streams:
    """The open streams.

    Args:
        conversations: report changes.
    """

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._open: Counter[str] = Counter()

    def check(self, conversation_id: str, address: str) -> None:
        """Refuse another stream for this conversation or address if the limit is reached.

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
            conversation_id: the conversation.
            address: of the client.
            after: the newest message that the client has.
            read: returns the messages after one.

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
                    return  # erased meanwhile; a new stream is refused with the reason
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
