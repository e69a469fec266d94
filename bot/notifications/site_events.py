"""Events for the organisation's site: recorded in the transaction of their cause, then posted; without personal data.

Format and signature: docs/events.md.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import httpx
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.core.errors import StatedError
from bot.core.settings import Settings, SettingsError
from bot.jobs.queue import enqueue
from bot.storage import Event, Store
from bot.storage.models import new_id, utc_now

#: Posts an event; its subject is the event's id.
POST = "event.post"
#: Seconds for each of connecting, writing and reading: together well within a lease of the outbox.
TIMEOUT = 10.0
#: PostgreSQL's advisory lock under which events are added one after another.
_LOCK = 0x65766E74
#: The Standard Webhooks prefix of a key in base64.
_KEY_PREFIX = "whsec_"


class Kind(StrEnum):
    """Kinds of events."""

    STARTED = "mentor.started"
    SUBMITTED = "mentor.submitted"
    CLEARED = "mentor.cleared"
    DECLINED = "mentor.declined"
    CHANGED = "mentor.changed"
    WITHDRAWN = "mentor.withdrawn"
    ASKS_FOR_PERSON = "mentor.asks_for_person"
    DELETED = "mentor.deleted"


class EventError(StatedError):
    """The site did not accept an event; the message has its status."""


def record(session: Session, kind: Kind, mentor_id: str) -> None:
    """Record an event, and queue it for posting after this transaction.

    On PostgreSQL other writers of events wait until this transaction ends: an event that appears in the feed after a
    later one would be missed. So it should be among the last things that a transaction does, after the ledger.

    Args:
        session: an open write transaction.
        kind: of the event.
        mentor_id: of the mentor, who may be erased in the same transaction.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    event = Event(id=new_id(), kind=kind.value, mentor_id=mentor_id)
    # Without the mentor's id, so that an erasure keeps it: it holds nothing personal.
    session.add(event)
    enqueue(session, POST, event.id)
    session.flush()


def record_end(session: Session, mentor_id: str) -> None:
    """Record that a mentor's data is deleted, if they had an event before; see `record`.

    Args:
        session: the open write transaction that deletes it.
        mentor_id: of the mentor.
    """
    if session.scalars(select(Event.id).where(Event.mentor_id == mentor_id).limit(1)).first() is not None:
        record(session, Kind.DELETED, mentor_id)


def signed_headers(key: bytes, event_id: str, now: datetime, body: bytes) -> Mapping[str, str]:
    """The headers of a posted event.

    Standard Webhooks 1.0.0, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

    Args:
        key: of the signature.
        event_id: the event's id, the same at each attempt.
        now: the time of this attempt.
        body: the posted bytes.
    """
    timestamp = str(int(now.timestamp()))
    digest = hmac.digest(key, f"{event_id}.{timestamp}.".encode() + body, "sha256")
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def signing_key(secret: str) -> bytes:
    """The key of a secret: base64 after ``whsec_``, as in the specification, or any other text.

    Raises:
        SettingsError: the text after ``whsec_`` is not base64.
    """
    if not secret.startswith(_KEY_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_KEY_PREFIX), validate=True)
    except ValueError:
        raise SettingsError(f"EVENTS_SECRET: what is behind {_KEY_PREFIX} should be base64") from None


class EventPoster:
    """Posts events to the site.

    Args:
        store: the database.
        settings: hold URL and key; without one of them nothing is posted.

    Raises:
        SettingsError: the secret is invalid.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._url = str(settings.events_url) if settings.events_url else ""
        self._key = signing_key(settings.events_secret.get_secret_value())

    def post(self, event_id: str) -> None:
        """Post an event; any status from 200 to 299 means that it is accepted.

        Args:
            event_id: its id.

        Raises:
            EventError: the site answered something else.
            httpx.HTTPError: it did not answer.
        """
        if not (self._url and self._key):
            return
        with self._store.read() as session:
            event = session.scalars(select(Event).where(Event.id == event_id)).one_or_none()
        if event is None:
            return
        data = {"mentor_id": event.mentor_id, "sequence": event.sequence}
        body = json.dumps({"type": event.kind, "timestamp": event.at.isoformat(), "data": data}).encode()
        headers = {"content-type": "application/json", **signed_headers(self._key, event.id, utc_now(), body)}
        # Only the status is read, not the body.
        with httpx.stream("POST", self._url, content=body, headers=headers, timeout=TIMEOUT) as response:
            if not response.is_success:
                raise EventError(f"the site answered {response.status_code}")
