"""The double itself: starts and stops the server, makes people, orders faults, tells what happened."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Literal, Self

from tests.doubles.telegram_api.builders import BUILDERS
from tests.doubles.telegram_api.faults import Fault, FaultKind, refusal_of
from tests.doubles.telegram_api.flood import FloodLimits
from tests.doubles.telegram_api.people import ChannelChat, GroupChat, PrivateChat, SharedChat
from tests.doubles.telegram_api.refusals import JsonObject
from tests.doubles.telegram_api.service import HttpService, Server, listening_socket
from tests.doubles.telegram_api.world import Call, Problem, World


def _nothing() -> None:
    """Do nothing."""


class TelegramDouble:
    """The Bot API on a free port of 127.0.0.1, for use as a context manager.

    Attributes:
        url: Address without a slash at its end, for example "http://127.0.0.1:40123". A client takes ``url + "/bot"``
            as its base address and ``url + "/file/bot"`` as that of files.
        token: The token that is accepted.

    Args:
        token: The token that is accepted.
        username: The bot's name, without "@".
        name: The bot's name as it is shown.
        seed: Number the faults that come by chance are drawn from.
        flood: How fast the bot may send; None for as fast as it can.
        calls_kept: How many calls are remembered, the newest ones; None for all.
    """

    def __init__(
        self,
        token: str = "123:abc",  # noqa: S107
        username: str = "test_bot",
        name: str = "Test Bot",
        seed: int = 0,
        flood: FloodLimits | None = None,
        calls_kept: int | None = None,
    ) -> None:
        self.token = token
        self.url = ""
        self._world = World(token, username, name, seed, flood, calls_kept)
        self._service: HttpService | None = None
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Start the server and wait until it accepts connections."""
        listener = listening_socket()
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._service = HttpService(self._world)
        self._server = Server(self._service)
        self._thread = threading.Thread(
            target=self._server.serve_on, args=[listener], name="telegram-double", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(10):
            raise RuntimeError("the double of the Bot API did not start")
        self._world.wake = self._server.wake
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server; a running poll ends without updates."""
        with self._world.changed:
            self._world.closing = True
            self._world.wake()
            self._world.wake = _nothing
        if self._server:
            self._server.should_exit = True
        if self._thread:
            self._thread.join(10)

    # People

    def user(self, name: str, language_code: str | None = None, username: str | None = None) -> PrivateChat:
        """Return a new person with a private chat; the bot can't write there before they wrote.

        Args:
            name: First name.
            language_code: IETF language tag of their client, None where it tells none.
            username: Name without "@", None without one.
        """
        person = self._world.add_user(name, language_code, username)
        info = {"id": person["id"], "type": "private", "first_name": name}
        stored = self._world.add_chat(info | ({"username": username} if username else {}))
        return PrivateChat(self._world, stored, person)

    def group(self, title: str, kind: Literal["group", "supergroup"] = "group") -> GroupChat:
        """Return a new group to which a member has just added the bot, which queues a my_chat_member update.

        Args:
            title: Name of the group.
            kind: Type of the chat.
        """
        number = self._world.new_group_id() if kind == "group" else self._world.new_supergroup_id()
        return self._joined(GroupChat, {"id": number, "type": kind, "title": title})

    def channel(self, title: str) -> ChannelChat:
        """Return a new channel to which the bot was just added as an administrator; queues a my_chat_member update.

        Args:
            title: Name of the channel.
        """
        number = self._world.new_supergroup_id()
        return self._joined(ChannelChat, {"id": number, "type": "channel", "title": title})

    def _joined[Kind: SharedChat](self, kind: type[Kind], info: JsonObject) -> Kind:
        member = self._world.add_user("Member", None, None)
        chat = kind(self._world, self._world.add_chat(info), member)
        chat.joins()
        return chat

    def queues(self, kind: str) -> JsonObject:
        """Queue an update of any type, made by a stranger.

        Args:
            kind: Field of the Update object, for example "message_reaction".

        Returns:
            The content of the update.

        Raises:
            KeyError: When there is no such type.
        """
        with self._world.changed:
            content = BUILDERS[kind](self._world)
            self._world.add_update(kind, content)
            return content

    # Time

    def lets_pass(self, seconds: float) -> None:
        """Put the clock of the service forward: messages get older.

        Args:
            seconds: How far.
        """
        with self._world.changed:
            self._world.seconds_passed += seconds

    # Webhook

    def delivers_to(self, origin: str) -> None:
        """Let webhook deliveries go to a server on this machine, as the bot's reverse proxy would pass them on.

        Args:
            origin: For example "http://127.0.0.1:8080"; path and query stay those of the webhook's address.
        """
        if self._service is None:
            raise RuntimeError("the double is not running")
        with self._world.changed:
            self._service.webhook.origin = origin.rstrip("/")
            self._world.wake()

    # Faults

    def fail(
        self,
        method: str,
        times: int = 1,
        status: int = 500,
        retry_after: int | None = None,
        description: str | None = None,
    ) -> None:
        """Let the next calls of a method fail without doing anything; they do not count as problems.

        Args:
            method: Name of the method, or "file" for downloads.
            times: How many calls.
            status: HTTP status of the answer.
            retry_after: Whole seconds to wait before the next try; 1 for status 429 where it is absent.
            description: Text of the answer; the usual one for the status by default.
        """
        self._order(method, times, Fault(FaultKind.REFUSED, refusal_of(status, retry_after, description)))

    def drop_answer(self, method: str, times: int = 1) -> None:
        """Let the next calls of a method be done, but reset the connection instead of an answer.

        Args:
            method: Name of the method, or "file" for downloads.
            times: How many calls.
        """
        self._order(method, times, Fault(FaultKind.LOST_ANSWER))

    def reset(self, method: str, times: int = 1) -> None:
        """Let the connection of the next calls of a method be reset before anything was done.

        Args:
            method: Name of the method, or "file" for downloads.
            times: How many calls.
        """
        self._order(method, times, Fault(FaultKind.RESET))

    def hold(self, method: str, seconds: float, times: int = 1) -> None:
        """Let the next calls of a method be done, but hold the answer back.

        Args:
            method: Name of the method, or "file" for downloads.
            seconds: How long.
            times: How many calls.
        """
        self._order(method, times, Fault(FaultKind.HELD, seconds=seconds))

    def disturb(
        self, kind: FaultKind, probability: float, seconds: float = 1, methods: Iterable[str] | None = None
    ) -> None:
        """Let calls, or the delivery of updates, have a fault with a probability, until :meth:`calm`.

        Args:
            kind: What goes wrong.
            probability: 0 to 1, for each call, each update taken (DUPLICATE) or each batch of them (OUT_OF_ORDER).
            seconds: How long an answer is held, or the whole seconds of ``retry_after``.
            methods: Names of the methods, "file" for downloads; None for all. Not for the delivery of updates.

        Raises:
            ValueError: When that is no probability, no method, or nothing Telegram would do.
        """
        with self._world.changed:
            self._world.faults.add_chance(kind, probability, seconds, methods)

    def calm(self) -> None:
        """Let nothing go wrong from now on; what was injected stays counted."""
        with self._world.changed:
            self._world.faults.clear()

    @property
    def injected(self) -> Counter[tuple[str, FaultKind]]:
        """How often (method, kind) was injected; "updates" as the method for their delivery."""
        with self._world.changed:
            return self._world.faults.injected.copy()

    def _order(self, method: str, times: int, fault: Fault) -> None:
        with self._world.changed:
            self._world.faults.order(method, times, fault)

    def duplicate_updates(self, count: int) -> None:
        """Deliver each of the next updates once more, with the same identifier, after the bot has confirmed it.

        Args:
            count: How many updates.
        """
        with self._world.changed:
            self._world.updates.duplicates_left += count

    def expire_queries(self) -> None:
        """Let every callback query that was not answered yet be too old to answer."""
        with self._world.changed:
            for query in self._world.queries.values():
                query.expired = True

    # What happened

    def listens(self, listener: Callable[[int], None]) -> None:
        """Call ``listener`` with the chat's identifier after each call of the bot that did something in a chat.

        Args:
            listener: Called in the thread of the server, with its lock held; has to return at once.
        """
        with self._world.changed:
            self._world.listener = listener

    @property
    def calls(self) -> list[Call]:
        """Every call with a readable body, in order, also refused and failed ones."""
        with self._world.changed:
            return list(self._world.calls)

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method, in order."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    @property
    def problems(self) -> list[Problem]:
        """Every call that was refused by the rules, in order; empty after a run without a mistake of the bot."""
        with self._world.changed:
            return list(self._world.problems)

    @property
    def commands(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """Commands the bot has set: (scope, language) to pairs of name and description."""
        with self._world.changed:
            return dict(self._world.commands)

    @property
    def descriptions(self) -> dict[str, str]:
        """Descriptions the bot has set, by language ("" for every other)."""
        with self._world.changed:
            return dict(self._world.descriptions)

    @property
    def short_descriptions(self) -> dict[str, str]:
        """Short descriptions the bot has set, by language ("" for every other)."""
        with self._world.changed:
            return dict(self._world.short_descriptions)

    @property
    def unconfirmed_updates(self) -> list[JsonObject]:
        """Update objects the bot has not confirmed yet."""
        with self._world.changed:
            return self._world.updates.redeliveries + self._world.updates.pending

    def waits_for_call(self, method: str, times: int = 1, timeout: float = 10) -> Call:
        """Wait until a method has been called, counted since the start.

        Args:
            method: Name of the method, or "file" for downloads.
            times: How many calls must have been made.
            timeout: Longest wait in seconds.

        Returns:
            The call with that count.

        Raises:
            AssertionError: When there were fewer calls in time.
        """
        found = self._world.wait(lambda: next(iter(self.calls_of(method)[times - 1 :]), None), timeout)
        if found is None:
            made = len(self.calls_of(method))
            raise AssertionError(f"{method} was called {made} and not {times} times within {timeout} s")
        return found

    def waits_until_read(self, timeout: float = 10) -> None:
        """Wait until the bot has confirmed every update.

        Args:
            timeout: Longest wait in seconds.

        Raises:
            AssertionError: When updates are left in time.
        """
        if self._world.wait(lambda: None if self.unconfirmed_updates else True, timeout) is None:
            raise AssertionError(f"updates the bot has not confirmed within {timeout} s: {self.unconfirmed_updates}")
