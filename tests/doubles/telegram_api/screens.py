"""What is on the screen of a chat: the messages of the bot, and waiting for them."""

from collections.abc import Iterable

from tests.doubles.telegram_api.received import ReceivedMessage, as_received, described_message, described_problems
from tests.doubles.telegram_api.world import StoredChat, StoredMessage, World


class Screen:
    """The messages of the bot in one chat.

    Attributes:
        id: Identifier of the chat.
    """

    def __init__(self, world: World, stored: StoredChat) -> None:
        self._world = world
        self._stored = stored
        self._last_waited_for = 0
        self._read = ""  # of that message: what was there when it was found, up to what was waited for
        self.id: int = stored.info["id"]

    @property
    def received(self) -> list[ReceivedMessage]:
        """Messages of the bot in order, with their text and keyboard as they are now."""
        with self._world.changed:
            return [as_received(message) for message in self._bot_messages()]

    @property
    def shown(self) -> list[tuple[bool, ReceivedMessage]]:
        """Messages of both sides in order, without deleted ones; True stands for the bot's."""
        with self._world.changed:
            present = [message for message in self._stored.messages.values() if not message.deleted]
            return [(message.from_bot, as_received(message)) for message in present]

    def received_after(self, number: int) -> list[ReceivedMessage]:
        """Return the messages of the bot after the one with a number, in order."""
        with self._world.changed:
            numbers = range(number + 1, len(self._stored.messages) + 1)
            later = (self._stored.messages[each] for each in numbers)
            return [as_received(message) for message in later if message.from_bot]

    @property
    def last(self) -> ReceivedMessage | None:
        """The newest message of the bot, None before the first."""
        received = self.received
        return received[-1] if received else None

    def waits_for(self, text: str, timeout: float = 10) -> ReceivedMessage:
        """Wait for a message of the bot whose text or caption contains a text.

        Only messages after the last one waited for count, and what that one says besides, below the text waited for or
        after an edit; whether they are there already or still to come. Of several the earliest is taken, and the ones
        before it are passed over. Deleted messages do not count.

        Args:
            text: Part of the plain text, without markup; "" for any message.
            timeout: Longest wait in seconds.

        Returns:
            The message.

        Raises:
            AssertionError: When none came in time; says what was received instead.
        """
        found = self._world.wait(lambda: self._next_with(text), timeout)
        if found is None:
            raise AssertionError(f"no message with {text!r} within {timeout} s\n{self._described()}")
        self._last_waited_for = found.message_id
        self._read = found.text[: found.text.rindex(text) + len(text)]
        return found

    def waits_for_edit(self, message: ReceivedMessage | int, text: str, timeout: float = 10) -> ReceivedMessage:
        """Wait until a message of the bot contains a text after an edit.

        Args:
            message: The message or its number.
            text: Part of the plain text, without markup; "" for any edit.
            timeout: Longest wait in seconds.

        Returns:
            The message as it is now.

        Raises:
            AssertionError: When that did not happen in time; says what was received instead.
        """
        number = message if isinstance(message, int) else message.message_id
        found = self._world.wait(lambda: self._edited_with(number, text), timeout)
        if found is None:
            raise AssertionError(f"message {number} did not become {text!r} within {timeout} s\n{self._described()}")
        return found

    def _edited_with(self, number: int, text: str) -> ReceivedMessage | None:
        message = as_received(self._bot_message(number))
        return message if message.edited and text in message.text else None

    def _next_with(self, text: str) -> ReceivedMessage | None:
        for message in self._bot_messages():
            received = as_received(message)
            is_last = message.message_id == self._last_waited_for
            new = received.text.removeprefix(self._read) if is_last else received.text
            is_new = message.message_id > self._last_waited_for or (is_last and bool(text) and new != "")
            if is_new and not message.deleted and text in new:
                return received
        return None

    def _bot_messages(self) -> Iterable[StoredMessage]:
        return (message for message in self._stored.messages.values() if message.from_bot)

    def _bot_message(self, number: int) -> StoredMessage:
        message = self._stored.messages.get(number)
        if message is None or not message.from_bot:
            raise AssertionError(f"no message {number} of the bot in this chat\n{self._described()}")
        return message

    def _described(self) -> str:
        """Return what was received in this chat and what was refused, for a message to the reader of a test."""
        lines = [f"received in chat {self.id} (last waited for: {self._last_waited_for}):"]
        lines += [described_message(message) for message in self.received] or ["  nothing"]
        return "\n".join([*lines, described_problems(self._world)])
