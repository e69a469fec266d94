"""The feed of events for the organisation's site, which also has the posted ones (docs/events.md)."""

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

#: The address of the feed. ``/api/events`` is the stream of a browser's chat.
FEED_PATH = "/api/feed"
#: The most events in one response.
PAGE, LARGEST_PAGE = 100, 1_000
#: The greatest position that an integer column can hold.
_LAST_SEQUENCE = 2**31 - 1


class EventRow(BaseModel):
    """An event in the feed."""

    sequence: int = Field(description="Its position; ask for later events with it.")
    id: str = Field(description="Its id, also the `webhook-id` of the posted event.")
    type: str = Field(description="What happened.")
    mentor_id: str = Field(description="To whom.")
    timestamp: datetime = Field(description="When.")


class Page(BaseModel):
    """A part of the feed."""

    events: list[EventRow] = Field(description="In order.")
    after: int = Field(description="Send this as `after` to get the next events.")
    more: bool = Field(description="Whether there are more events already.")


def event_feed(store: Store, settings: Settings) -> APIRouter:
    """The route of the feed, which also has the posted events.

    Args:
        store: the database.
        settings: hold the token; without it there is no feed.
    """
    token = settings.events_secret.get_secret_value()

    def authorise(given: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]) -> None:
        if not token:
            raise HTTPException(404)
        if given is None or not hmac.compare_digest(given.credentials.encode(), token.encode()):
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

    def events(
        after: Annotated[int, Query(ge=0, le=_LAST_SEQUENCE, description="Return the events after this position.")] = 0,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="The most events to return.")] = PAGE,
    ) -> Page:
        """Events of mentors, in order."""
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
