"""What a mentor sent, whatever the channel, and the payloads of the buttons they can tap."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bot.understanding.reader import OFFERED


def storable(text: str) -> str:
    """``text`` without what a database cannot hold: NUL characters and halves of surrogate pairs."""
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
        kind: what was sent.
        text: what was typed, or the label of the tapped button.
        payload: of a tapped button, see `Tap`.
        upload: where a photo's bytes are, in the channel's own terms (a file name or a Telegram file id).
        upload_key: what the photo's bytes are encrypted with while they wait, in hexadecimal; "" where the channel
            keeps them.
        photo: id of the photo, once it is checked and stored.
        problem: name of the sentence that says why a photo, or something else that was sent, was refused.
        shown: the question that was last shown when this was sent: it answers no other.
        doubt: name of the sentence that says why words cannot be a consent to that question; "" where they can.
        edits: the channel's name of the earlier message that this one takes the place of.
        is_cut: whether it goes on in the next message: a channel cut it at its longest.
        parts: of lines that were gathered as one answer, with what parts each from the one before it: the id of its
            own turn, and the text.
        file: the channel's lasting name of a picture's file; "" where it has none.
        is_album: whether it was the first of several photos that came together; the others are not taken.
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

    def to_bytes(self) -> bytes:
        """The message as UTF-8 JSON, for the inbox."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The message that `to_bytes` gave."""
        fields = json.loads(data)
        parts = tuple((turn_id, text) for turn_id, text in fields.pop("parts", ()))
        fields.pop("language", None)  # from before a change of language was a button
        return cls(kind=Kind(fields.pop("kind")), parts=parts, **fields)


MAXIMUM_PAYLOAD_BYTES = 64  # Telegram's limit: core.telegram.org/bots/api#inlinekeyboardbutton

#: The intent of a button with which the bot writes another language: the tap's reply is its code.
CHANGE_LANGUAGE = "change_language"
#: Intents that a button may stand for: what is offered where a message was not understood, and what questions offer.
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
    """What a button stands for.

    Attributes:
        intent: the intent it sends to Rasa.
        question: the question it answers, or the item it asks to change.
        revision: the mentor's revision when it was offered; None where it is good at any time.
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
        """The tap behind ``payload``, or None if no button of ours has it."""
        if len(payload.encode(errors="replace")) > MAXIMUM_PAYLOAD_BYTES:
            return None
        intent, question, revision, reply, *more = [*payload.split(":"), "", "", ""]
        if intent not in TAP_INTENTS or any(more) or (revision and not (revision.isascii() and revision.isdigit())):
            return None
        return cls(intent, question, int(revision) if revision else None, reply)
