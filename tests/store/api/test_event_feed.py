"""The feed in which the organisation's site reads events: in order, for who has the token."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.api.event_feed import FEED_PATH, event_feed
from bot.core.settings import load_settings
from bot.notifications.site_events import Kind, record
from bot.storage import Event, Store

MENTOR = "m" * 32
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AUTHORISED = f"Bearer {SECRET}"


def ask(store: Store, query: str = "", header: str = AUTHORISED, secret: str = SECRET) -> httpx.Response:
    """What the feed answers."""
    app = FastAPI()
    app.include_router(event_feed(store, load_settings(_env_file=None, events_secret=secret)))

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            return await client.get(f"{FEED_PATH}?{query}", headers={"Authorization": header.encode()})

    return asyncio.run(asked())


def test_the_feed_gives_what_came_after(store: Store) -> None:
    for kind in (Kind.STARTED, Kind.SUBMITTED, Kind.CLEARED, Kind.DELETED):
        with store.write() as session:
            record(session, kind, MENTOR)
    with store.read() as session:
        ids = session.scalars(select(Event.id).order_by(Event.sequence)).all()
    first = ask(store, "limit=3").json()
    rest = ask(store, f"after={first['after']}").json()
    assert [each["id"] for each in first["events"]] == ids[:3]
    assert (first["more"], first["after"]) == (True, first["events"][2]["sequence"])
    assert [(each["id"], each["type"], each["mentor_id"]) for each in rest["events"]] == [
        (ids[3], "mentor.deleted", MENTOR)
    ]
    assert set(rest["events"][0]) == {"sequence", "id", "type", "mentor_id", "timestamp"}
    assert rest["more"] is False
    assert ask(store, f"after={rest['after']}").json() == {"events": [], "after": rest["after"], "more": False}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {SECRET}", SECRET, f"Bearer {SECRET}x", "Bearer ü"]
)
def test_the_feed_is_for_who_has_the_token(store: Store, header: str) -> None:
    refused = ask(store, "limit=no", header)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer x"])
def test_without_a_secret_there_is_no_feed(store: Store, header: str) -> None:
    assert ask(store, "", header, secret="").status_code == 404


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=9999999999", "limit=0", "limit=1001"])
def test_a_bad_question_is_refused(store: Store, query: str) -> None:
    assert ask(store, query).status_code == 422
