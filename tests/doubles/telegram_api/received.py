"""What people see: the bot's messages, their buttons, and how a tap was answered."""

import itertools
from dataclasses import dataclass

from tests.doubles.telegram_api.refusals import JsonObject
from tests.doubles.telegram_api.world import StoredMessage, StoredQuery, World


@dataclass(frozen=True)
class Button:
    """A button of an inline keyboard.

    Attributes:
        label: Text on the button.
        data: Callback data, None for another kind of button.
        url: Address it opens, None for another kind of button.
        style: Colour, None for the usual one.
        web_app: Address of the Mini App that it opens, None for another kind of button.
    """

    label: str
    data: str | None = None
    url: str | None = None
    style: str | None = None
    web_app: str | None = None


@dataclass(frozen=True)
class ReceivedMessage:
    """A message of the bot as it stands at one moment.

    Attributes:
        message_id: Number within its chat.
        text: Plain text, or the caption of a photo; "" without either.
        entities: MessageEntity objects of the text or caption; offset and length in UTF-16 code units.
        buttons: Inline keyboard, row after row.
        rows: Inline keyboard by rows.
        reply_keyboard: Labels of a reply keyboard sent along.
        photo: Bytes of the picture, None without one.
        document: Bytes of the file, None without one.
        edited: Whether it was edited.
        deleted: Whether it was deleted.
        reply_to: Number of the message it replies to, None without one.
    """

    message_id: int
    text: str
    entities: list[JsonObject]
    buttons: list[Button]
    rows: list[list[Button]]
    reply_keyboard: list[str]
    photo: bytes | None
    document: bytes | None
    edited: bool
    deleted: bool
    reply_to: int | None


def _button(given: JsonObject) -> Button:
    web_app = given.get("web_app", {}).get("url")
    return Button(given["text"], given.get("callback_data"), given.get("url"), given.get("style"), web_app)


def as_received(message: StoredMessage) -> ReceivedMessage:
    content = message.content
    rows = [[_button(each) for each in row] for row in message.keyboard]
    return ReceivedMessage(
        message_id=message.message_id,
        text=str(content.get("text") or content.get("caption") or ""),
        entities=list(content.get("entities") or content.get("caption_entities") or []),
        buttons=list(itertools.chain.from_iterable(rows)),
        rows=rows,
        reply_keyboard=list(message.labels),
        photo=message.photo,
        document=message.document,
        edited=message.edit_date is not None,
        deleted=message.deleted,
        reply_to=content.get("reply_to_message", {}).get("message_id"),
    )


class Tap:
    """A tap on a button, to see how the bot answered it."""

    def __init__(self, world: World, query: StoredQuery) -> None:
        self._world = world
        self._query = query
        self.query_id = query.query_id

    @property
    def answered(self) -> bool:
        """Whether the bot answered the callback query."""
        with self._world.changed:
            return self._query.answered

    @property
    def text(self) -> str:
        """The notification the bot answered with, "" without one."""
        with self._world.changed:
            return self._query.text

    @property
    def alert(self) -> bool:
        """Whether the notification is shown as an alert."""
        with self._world.changed:
            return self._query.alert

    def waits_for_answer(self, timeout: float = 10) -> str:
        """Wait until the bot answers the callback query.

        Args:
            timeout: Longest wait in seconds.

        Returns:
            The notification, "" without one.

        Raises:
            AssertionError: When no answer came in time.
        """
        if self._world.wait(lambda: True if self._query.answered else None, timeout) is None:
            raise AssertionError(f"the tap was not answered within {timeout} s\n{described_problems(self._world)}")
        return self.text


def callback_data(message: StoredMessage, label: str, stale: bool) -> str:
    """Return the callback data of a button, of the current keyboard unless ``stale``."""
    current = [] if message.deleted else [message.keyboard]
    keyboards = [message.keyboard, *reversed(message.earlier_keyboards)] if stale else current
    buttons = [button for keyboard in keyboards for row in keyboard for button in row]
    matching = [button for button in buttons if button["text"] == label]
    if not matching:
        present = [button["text"] for button in buttons]
        raise AssertionError(f"no button {label!r} on message {message.message_id}; there is {present}")
    if not stale and len(matching) > 1:
        raise AssertionError(f"{len(matching)} buttons {label!r} on message {message.message_id}")
    if "callback_data" not in matching[0]:
        raise AssertionError(f"button {label!r} on message {message.message_id} is no callback button")
    return str(matching[0]["callback_data"])


def described_message(message: ReceivedMessage) -> str:
    marks = [name for name in ("edited", "deleted") if getattr(message, name)]
    marks += ["photo"] if message.photo else []
    labels = [button.label for button in message.buttons]
    return f"  {message.message_id}: {message.text!r} buttons={labels} {' '.join(marks)}".rstrip()


def described_problems(world: World) -> str:
    with world.changed:
        lines = [f"  {p.method}: {p.status} {p.description} {p.parameters}" for p in world.problems]
    return "\n".join(["refused calls:", *(lines or ["  none"])])
