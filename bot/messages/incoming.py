"""A mentor's message, from any channel, and the payloads of buttons."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bot.understanding.reader import OFFERED


def storable(text: str) -> str:
    """``text`` without characters that a database cannot hold: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Kind(StrEnum):
    """What was sent."""

    OPEN = "open"
    TEXT = "text"
    BUTTON = "button"
    PHOTO = "photo"
    EDIT = "edit"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from a mentor, as it waits in the inbox.

    Attributes:
        kind: text, button, photo or another kind.
        text: what was typed, or the label of the tapped button.
        payload: of a tapped button, see `Tap`.
        upload: the channel's reference to a photo's bytes (a file name or a Telegram file id).
        upload_key: the key of the waiting photo's bytes, in hexadecimal; "" if the channel keeps them.
        photo: id of the photo, once it is checked and stored.
        problem: name of the sentence that says why the photo or message was refused.
        shown: the newest question when this was sent; the message answers no other.
        doubt: name of the sentence that says why typed words cannot be a consent to it; "" if they can.
        edits: external id of the earlier message that this one replaces.
        is_cut: whether the channel cut it, so that it continues in the next message.
        parts: the lines that were gathered as one answer: each with the separator before it, its own turn id and its
            text.
        file: the channel's permanent id of a picture's file; "" if it has none.
        is_album: whether it was the first photo of an album; the others are ignored.
        seconds: for how long what was pressed had been before the mentor, as far as everybody can tell.
    """

    kind: Kind
    text: str = ""
    payload: str = ""
    upload: str = ""
    upload_key: str = ""
    photo: str = ""
    problem: str = ""
    shown: str = ""
    doubt: str = ""
    edits: str = ""
    is_cut: bool = False
    parts: tuple[tuple[str, str], ...] = ()
    file: str = ""
    is_album: bool = False
    seconds: float = 0.0

    def to_bytes(self) -> bytes:
        """The message as UTF-8 JSON, for the inbox."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The message from `to_bytes`."""
        fields = json.loads(data)
        parts = tuple((turn_id, text) for turn_id, text in fields.pop("parts", ()))
        fields.pop("language", None)  # written before a change of language was a button
        return cls(kind=Kind(fields.pop("kind")), parts=parts, **fields)


MAXIMUM_PAYLOAD_BYTES = 64  # Telegram's limit: core.telegram.org/bots/api#inlinekeyboardbutton

#: The intent of a button with which the bot writes another language: the tap's reply is its code.
CHANGE_LANGUAGE = "change_language"
#: Intents that a button may have: those offered after a message that was not understood, and those of questions.
TAP_INTENTS = OFFERED | frozenset(
    {
        *(
            "register",
            "affirm",
            "deny",
            "inform",
            "resume",
            "repeat",
            "cancel",
            "start_over",
            "resend_code",
        ),
        CHANGE_LANGUAGE,
    }
)


@dataclass(frozen=True, slots=True)
class Tap:
    """The meaning of a button.

    Attributes:
        intent: the intent for Rasa.
        question: the question it answers, or the item it asks to change.
        revision: the mentor's revision when it was offered; None if it works at any time.
        reply: which of several replies it is, or which language.
    """

    intent: str
    question: str = ""
    revision: int | None = None
    reply: str = ""

    def payload(self) -> str:
        """The tap as text of at most `MAXIMUM_PAYLOAD_BYTES`."""
        parts = [self.intent, self.question, "" if self.revision is None else str(self.revision), self.reply]
        while parts and not parts[-1]:
            parts.pop()
        return ":".join(parts)

    @classmethod
    def parse(cls, payload: str) -> Self | None:
        """The tap of ``payload``, or None if it is not from one of the bot's buttons."""
        if len(payload.encode(errors="replace")) > MAXIMUM_PAYLOAD_BYTES:
            return None
        intent, question, revision, reply, *more = [*payload.split(":"), "", "", ""]
        if intent not in TAP_INTENTS or any(more) or (revision and not (revision.isascii() and revision.isdigit())):
            return None
        return cls(intent, question, int(revision) if revision else None, reply)
