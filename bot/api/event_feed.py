"""The feed of events: JobGen's site reads what happened, whether it was posted or not (docs/events.md)."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from sqlalchemy import select

from bot.core.settings import Settings
from bot.storage import Event, Store

#: Where the site reads events. ``/api/events`` is the stream of a browser's chat.
FEED_PATH = "/api/feed"
#: Events that the feed gives at once.
PAGE, LARGEST_PAGE = 100, 1_000
#: The greatest position there can be in an integer column.
_LAST_SEQUENCE = 2**31 - 1


class EventRow(BaseModel):
    """An event in the feed."""

    sequence: int = Field(description="Its position, to ask for what came after it.")
    id: str = Field(description="Its id; the same as `webhook-id` where it is posted.")
    type: str = Field(description="What happened.")
    mentor_id: str = Field(description="To whom.")
    timestamp: datetime = Field(description="When.")


class Page(BaseModel):
    """A part of the feed."""

    events: list[EventRow] = Field(description="In order.")
    after: int = Field(description="Give this as `after` to get what comes next.")
    more: bool = Field(description="Whether there is more already.")


def event_feed(store: Store, settings: Settings) -> APIRouter:
    """The route under which the site reads what happened, whether it was posted or not.

    Args:
        store: the database.
        settings: hold the token; without one there is no feed.
    """
    token = settings.events_secret.get_secret_value()

    def authorise(given: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]) -> None:
        if not token:
            raise HTTPException(404)
        if given is None or not hmac.compare_digest(given.credentials.encode(), token.encode()):
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

    def events(
        after: Annotated[int, Query(ge=0, le=_LAST_SEQUENCE, description="The position after which to begin.")] = 0,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many at most.")] = PAGE,
    ) -> Page:
        """What happened to mentors, in order."""
        with store.read() as session:
            wanted = select(Event).where(Event.sequence > after).order_by(Event.sequence).limit(limit + 1)
            found = session.scalars(wanted).all()
        rows = [
            EventRow(sequence=each.sequence, id=each.id, type=each.kind, mentor_id=each.mentor_id, timestamp=each.at)
            for each in found[:limit]
        ]
        return Page(events=rows, after=rows[-1].sequence if rows else after, more=len(found) > limit)

    router = APIRouter(dependencies=[Depends(authorise)])
    router.add_api_route(FEED_PATH, events, methods=["GET"], response_model=Page)
    return router
