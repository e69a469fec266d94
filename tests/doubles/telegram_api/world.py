"""What the service remembers: chats, messages, files, callback queries, calls."""

import base64
import hashlib
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.doubles.telegram_api.faults import Fault, Faults
from tests.doubles.telegram_api.flood import FloodGate, FloodLimits
from tests.doubles.telegram_api.pictures import NOMINAL_PHOTO_SIZE, TINY_JPEG, image_size, smaller_sizes
from tests.doubles.telegram_api.refusals import ApiRefusalError, JsonObject, Keyboard
from tests.doubles.telegram_api.updates import Poll, Updates


@dataclass
class StoredFile:
    """A file the bot may name by its identifier.

    Attributes:
        file_id: Identifier for the bot.
        unique_id: Identifier that is the same for every bot.
        kind: Field of a message it belongs to, for example "photo".
        content: The bytes a download returns.
        size: Declared length in bytes; may be larger than the content to stand for a big file.
        extension: Ending of the path, with its dot.
        path: Path for the download, None until getFile asked for it.
    """

    file_id: str
    unique_id: str
    kind: str
    content: bytes
    size: int
    extension: str
    path: str | None = None

    def reference(self) -> JsonObject:
        """Return the fields every file object has."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": self.size}


@dataclass
class StoredMessage:
    """A message of a chat, from a person or from the bot.

    Attributes:
        message_id: Number within its chat.
        sender: User object of the author, None for a post in a channel.
        chat: Chat object.
        date: Moment of sending in seconds since 1970 UTC.
        content: Fields that depend on the kind, for example text and entities.
        from_bot: Whether the bot is the author.
        keyboard: Inline keyboard as it is now.
        earlier_keyboards: Inline keyboards it had before.
        labels: Labels of the reply keyboard sent along.
        photo: Bytes of the picture, None without one.
        document: Bytes of the file, None without one.
        edit_date: Moment of the last edit in seconds since 1970 UTC, None without one.
        deleted: Whether it was deleted.
    """

    message_id: int
    sender: JsonObject | None
    chat: JsonObject
    date: int
    content: JsonObject
    from_bot: bool
    keyboard: Keyboard = field(default_factory=list)
    earlier_keyboards: list[Keyboard] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    photo: bytes | None = None
    document: bytes | None = None
    edit_date: int | None = None
    deleted: bool = False

    def as_json(self) -> JsonObject:
        """Return the Message object."""
        message: JsonObject = {
            "message_id": self.message_id,
            **({"from": self.sender} if self.sender else {"sender_chat": self.chat}),
            "chat": self.chat,
            "date": self.date,
            **self.content,
        }
        if self.keyboard:
            message["reply_markup"] = {"inline_keyboard": self.keyboard}
        if self.edit_date is not None:
            message["edit_date"] = self.edit_date
        return message

    def as_callback_message(self) -> JsonObject:
        """Return the Message, or an InaccessibleMessage once it is deleted (Bot API page, MaybeInaccessibleMessage)."""
        if self.deleted:
            return {"chat": self.chat, "message_id": self.message_id, "date": 0}
        return self.as_json()

    def replace_keyboard(self, keyboard: Keyboard) -> None:
        """Put another inline keyboard on the message and remember the one before."""
        self.earlier_keyboards.append(self.keyboard)
        self.keyboard = keyboard


@dataclass
class StoredChat:
    """A chat and its messages.

    Attributes:
        info: Chat object.
        known: Whether the bot may write there, because someone wrote before or added it.
        closed: The refusal of messages to it, None while the bot may write.
        messages: Messages by their number, in order.
    """

    info: JsonObject
    known: bool = False
    closed: ApiRefusalError | None = None
    messages: dict[int, StoredMessage] = field(default_factory=dict)

    def add(self, sender: JsonObject | None, content: JsonObject, now: int, from_bot: bool) -> StoredMessage:
        """Append a message with the next number; posts in a channel have no sender."""
        number = len(self.messages) + 1
        author = None if self.info["type"] == "channel" else sender
        message = StoredMessage(number, author, self.info, now, content, from_bot)
        self.messages[number] = message
        return message


@dataclass
class StoredQuery:
    """A callback query and what the bot answered."""

    query_id: str
    expired: bool = False
    answered: bool = False
    text: str = ""
    alert: bool = False


@dataclass
class Webhook:
    """Where the bot wants its updates.

    Attributes:
        url: Address with its scheme "https".
        secret: What every delivery carries in ``X-Telegram-Bot-Api-Secret-Token``, "" without one.
        max_connections: How many deliveries may run at once.
        has_certificate: Whether a certificate was sent along.
        error: The error of the last failed delivery, "" if none failed.
        error_date: When that was in seconds since 1970 UTC.
    """

    url: str
    secret: str
    max_connections: int
    has_certificate: bool
    error: str = ""
    error_date: int = 0


class Call(NamedTuple):
    """A call the bot made.

    Attributes:
        method: Name of the method as the Bot API page writes it, "file" for a download.
        parameters: Parameters as text in the form they had in the request.
        time: Moment in seconds of ``time.monotonic``.
    """

    method: str
    parameters: dict[str, str]
    time: float


class Problem(NamedTuple):
    """A call that was refused by the rules (not by an injected fault).

    Attributes:
        method: Name of the method.
        status: HTTP status of the refusal.
        description: Reason given.
        parameters: Parameters as text in the form they had in the request.
    """

    method: str
    status: int
    description: str
    parameters: dict[str, str]


class World:
    """Everything the double remembers, shared by the server thread and the test.

    Hold ``changed`` to read or change it; notify it after a change.
    """

    def __init__(
        self,
        token: str,
        username: str,
        name: str,
        seed: int,
        flood: FloodLimits | None,
        calls_kept: int | None = None,
    ) -> None:
        self.changed = threading.Condition()
        self.token = token
        self.bot: JsonObject = {
            "id": int(token.split(":")[0]),
            "is_bot": True,
            "first_name": name,
            "username": username,
        }
        self.chats: dict[int, StoredChat] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, StoredQuery] = {}
        self.faults = Faults(seed)
        self.flood = FloodGate(flood)
        self.updates = Updates(self.faults)
        self.webhook: Webhook | None = None
        self.poll: Poll | None = None
        self.wake: Callable[[], None] = _nothing
        self.listener: Callable[[int], None] | None = None
        self.closing = False
        self.seconds_passed = 0.0
        self.calls: deque[Call] = deque(maxlen=calls_kept)
        self.problems: list[Problem] = []
        self.commands: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.descriptions: dict[str, str] = {}
        self.short_descriptions: dict[str, str] = {}
        self._file_numbers = itertools.count(1)
        self._album_numbers = itertools.count(13_800_000_000_000_001)
        self._query_numbers = itertools.count(4_382_000_000_000_000_001)
        self._user_ids = itertools.count(5_300_000_001, 1_009)
        self._group_ids = itertools.count(-4_100_000_001, -1_009)

    def now(self) -> int:
        """Return the time of the service in seconds since 1970 UTC."""
        return int(time.time() + self.seconds_passed)

    def add_user(self, name: str, language_code: str | None, username: str | None) -> JsonObject:
        """Return a new User object; its identifier needs more than 32 bits, as real ones do."""
        user: JsonObject = {"id": next(self._user_ids), "is_bot": False, "first_name": name}
        optional = {"username": username, "language_code": language_code}
        return user | {key: value for key, value in optional.items() if value is not None}

    def add_chat(self, info: JsonObject) -> StoredChat:
        """Remember a new chat."""
        with self.changed:
            self.chats[info["id"]] = StoredChat(info)
            return self.chats[info["id"]]

    def new_group_id(self) -> int:
        """Return the identifier of a new group, negative as real ones are."""
        return next(self._group_ids)

    def new_supergroup_id(self) -> int:
        """Return the identifier of a new supergroup or channel."""
        return self.new_group_id() - 1_000_000_000_000

    def new_media_group_id(self) -> str:
        """Return the identifier of a new album."""
        return str(next(self._album_numbers))

    def add_file(self, kind: str, content: bytes, extension: str, size: int | None = None) -> StoredFile:
        """Remember a file; ``size`` in bytes stands for a bigger one than the content."""
        number = next(self._file_numbers)
        digest = hashlib.sha256(f"{kind} {number}".encode()).digest()
        identifier = base64.urlsafe_b64encode(digest * 2).decode().rstrip("=")
        stored = StoredFile(
            f"AgACAgIAAxkBAA{identifier[:58]}",
            f"AQAD{identifier[-12:]}",
            kind,
            content,
            len(content) if size is None else size,
            extension,
        )
        with self.changed:
            self.files[stored.file_id] = stored
        return stored

    def add_photo(self, content: bytes) -> list[JsonObject]:
        """Remember a picture in several sizes and return its PhotoSize objects, smallest first."""
        width, height = image_size(content) or NOMINAL_PHOTO_SIZE
        sizes = [(box, TINY_JPEG) for box in smaller_sizes(width, height)] + [((width, height), content)]
        return [
            self.add_file("photo", data, ".jpg").reference() | {"width": box[0], "height": box[1]}
            for box, data in sizes
        ]

    def add_query(self) -> StoredQuery:
        """Remember a new callback query."""
        query = StoredQuery(str(next(self._query_numbers)))
        with self.changed:
            self.queries[query.query_id] = query
        return query

    def add_update(self, kind: str, content: JsonObject) -> None:
        """Queue an update for the bot, unless the bot does not want its type (Bot API page, getUpdates)."""
        with self.changed:
            self.updates.add(kind, content)
            self.changed.notify_all()
            self.wake()

    def take_fault(self, method: str) -> Fault | None:
        """Return the fault of this call of a method, if it has one."""
        with self.changed:
            return self.faults.take(method)

    def record_call(self, method: str, parameters: dict[str, str]) -> None:
        """Remember a call."""
        with self.changed:
            self.calls.append(Call(method, parameters, time.monotonic()))
            self.changed.notify_all()

    def record_problem(self, method: str, refusal: ApiRefusalError, parameters: dict[str, str]) -> None:
        """Remember a refusal."""
        with self.changed:
            self.problems.append(Problem(method, refusal.status, refusal.description, parameters))
            self.changed.notify_all()

    def wait[Found](self, probe: Callable[[], Found | None], timeout: float) -> Found | None:
        """Wait until the probe returns something.

        Args:
            probe: Called with the lock held, again after every change.
            timeout: Longest wait in seconds.

        Returns:
            What the probe returned, None when the time ran out.
        """
        deadline = time.monotonic() + timeout
        with self.changed:
            while (found := probe()) is None:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return None
                self.changed.wait(remaining)
            return found


def _nothing() -> None:
    """Do nothing."""
