"""One turn: a mentor's message within the transaction that takes it, and what is said to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from bot.messages.inbox import Rows
from bot.messages.incoming import Incoming
from bot.registration.answers import Note
from bot.registration.registration import Registration


@dataclass
class Turn:
    """What is known of a turn while it is taken, and what has come of it so far.

    Attributes:
        session: the open write transaction. Everything that the turn does is in it, or is not done.
        rows: of the message, its conversation and its mentor.
        message: what was sent.
        registration: of the mentor; after two registrations became one, the one that goes on.
        said: sentences for the mentor, in order; whatever decides something says it here.
        misses: how many messages in a row were not understood, this one included; None if it was no answer at all.
    """

    session: Session
    rows: Rows
    message: Incoming
    registration: Registration
    said: list[Note] = field(default_factory=list)
    misses: int | None = None
