"""What a browser sends of a mentor: words, a button, a date, a photo; and what was on the screen when it was sent."""

from __future__ import annotations

from pydantic import BaseModel, Field

from bot.messages.sight import Seen

CLIENT_ID = r"^[\x21-\x7e]{1,64}$"
SEEN = (
    "Id of the newest of the bot's messages that was on the screen when Send, Return or the button was pressed, not "
    "when the message is transmitted; for a button the message that it is in. 0 for none. Without it: `after`."
)
SEEN_MS = "Milliseconds that the message `seen` had been on the screen at the press. Without it: since it was said."


class Sent(BaseModel):
    """What a client tells with everything that a mentor sends."""

    id: str = Field(pattern=CLIENT_ID, description="The client's own id; the same id is the same message.")
    after: int = Field(0, ge=0, le=2**53, description="The client's cursor.")
    seen: int | None = Field(None, ge=0, le=2**53, description=SEEN)
    seen_ms: int | None = Field(None, ge=0, le=2**53, description=SEEN_MS)

    @property
    def sight(self) -> Seen:
        """What the mentor had before them: no more than the client has."""
        return sight_of(self.seen, self.seen_ms, self.after)


class Typed(Sent):
    """A typed message, or a tapped button."""

    text: str | None = Field(None, description="What was typed.")
    button: str | None = Field(None, max_length=128, description="The payload of the tapped button.")


class Dated(Sent):
    """A date that was typed or picked; it is sealed, and never part of the chat's text."""

    date: str = Field(description="As it was typed, or in ISO 8601.")


def sight_of(seen: int | None, seen_ms: int | None, after: int) -> Seen:
    """What a client tells of what was on the screen; who tells nothing has seen what they fetched, at most."""
    newest = seen if seen is not None else after or None
    return Seen(newest, None if seen_ms is None else seen_ms / 1000)
