"""The requests and responses of the widget's API, as its OpenAPI description shows them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from bot.messages.sight import Seen

CLIENT_ID = r"^[\x21-\x7e]{1,64}$"
SEEN = (
    "Id of the newest of the bot's messages that was on the screen when Send, Return or the button was pressed, not "
    "when the message is transmitted; for a button the message that it is in. 0 for none. Without it: `after`."
)
SEEN_MS = "Milliseconds that the message `seen` had been on the screen at the press. Without it: since it was said."


class MentorRequest(BaseModel):
    """What every request that sends something of the mentor's contains."""

    id: str = Field(pattern=CLIENT_ID, description="The client's own id; the same id is the same message.")
    after: int = Field(0, ge=0, le=2**53, description="The client's cursor.")
    seen: int | None = Field(None, ge=0, le=2**53, description=SEEN)
    seen_ms: int | None = Field(None, ge=0, le=2**53, description=SEEN_MS)

    @property
    def sight(self) -> Seen:
        """What the mentor had before them: no more than the client has."""
        return sight_of(self.seen, self.seen_ms, self.after)


class MessageRequest(MentorRequest):
    """A typed message or a tapped button."""

    text: str | None = Field(None, description="The text that the mentor typed.")
    button: str | None = Field(None, max_length=128, description="The payload of the tapped button.")


class DateRequest(MentorRequest):
    """A date that the mentor typed or picked. It is stored encrypted and never shown in the chat."""

    date: str = Field(description="The date as the mentor typed it, or in ISO 8601.")


def sight_of(seen: int | None, seen_ms: int | None, after: int) -> Seen:
    """What was on the screen. A client that does not say has shown at most what it has fetched."""
    newest = seen if seen is not None else after or None
    return Seen(newest, None if seen_ms is None else seen_ms / 1000)


class MessagesResponse(BaseModel):
    """The messages after the client's cursor."""

    messages: list[dict[str, Any]] = Field(description="In order; see docs/web-channel.md for their fields.")
    cursor: int = Field(description="Id of the last message; give it as `after` next time.")
    pending: bool = Field(description="Whether the bot is still working on a message: ask again soon.")
    language: str = Field(description="Code of the language that the bot writes.")


class Language(BaseModel):
    """A language that the bot writes."""

    code: str
    name: str = Field(description="Its name in itself.")


class UnsentTextRequest(BaseModel):
    """What the mentor has typed and not sent yet."""

    question: str = Field(max_length=64, description="Id of the question that is open.")
    text: str = Field(description="All of it; empty where nothing is typed any more.")


class UnsentTextResponse(BaseModel):
    """A text that was typed before the page was loaded, at the question that is open."""

    question: str
    text: str


class SessionResponse(MessagesResponse):
    """The whole transcript, and what the client needs to go on."""

    languages: list[Language] = Field(description="All that it writes.")
    press_ms: int = Field(
        description="Milliseconds that a question has to be on the screen before a press on a button counts. A client "
        "should pass over an earlier press, and show that it did; the service answers it with 409."
    )
    unsent: UnsentTextResponse | None = Field(None, description="What the mentor had typed and not sent, if anything.")
    token: str = Field(description="Token of this session: every other call that writes carries it as X-CSRF-Token.")


class SessionRequest(BaseModel):
    """How the client opens the chat. All fields are optional."""

    link: str = Field("", max_length=128, description="Token of a link that goes on with a registration.")
    language: str = Field("", max_length=64, description="Of a new conversation: a BCP 47 tag, for example fr-CA.")
    time_zone: str = Field("", max_length=64, description="IANA name, for example Europe/Lisbon.")


class LanguageRequest(BaseModel):
    """The language that the mentor has chosen."""

    id: str = Field(pattern=CLIENT_ID, description="The client's own id; the same id is the same message.")
    after: int = Field(0, ge=0, le=2**53, description="The client's cursor.")
    language: str = Field(max_length=16, description="The code of one of the session's `languages`.")
