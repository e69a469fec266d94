"""What webhooks have in common: an HMAC-SHA-256 over the raw body, and events that are recorded once."""

from __future__ import annotations

import hmac

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError

from bot.jobs.queue import enqueue
from bot.storage import Store, WebhookEvent

#: Job: looks up the check that an event is about; its subject is the `WebhookEvent`'s id.
CHECK_EVENT = "check.event"
MAXIMUM_BYTES = 64 * 1024


def is_signed(body: bytes, signature: str, keys: list[bytes]) -> bool:
    """Whether ``signature`` is the HMAC-SHA-256 of ``body`` under one of ``keys``, in hexadecimal digits.

    The comparison takes constant time.
    """
    given = signature.encode("utf-8", "replace")
    return any(hmac.compare_digest(hmac.digest(key, body, "sha256").hex().encode(), given) for key in keys)


def keys_in(*settings: SecretStr) -> list[bytes]:
    """The keys in the first of the settings that has any; several are separated by commas."""
    for setting in settings:
        keys = [each.strip().encode() for each in setting.get_secret_value().split(",") if each.strip()]
        if keys:
            return keys
    return []


async def body_of(request: Request) -> bytes | None:
    """The raw body, or None if it is longer than `MAXIMUM_BYTES`."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAXIMUM_BYTES:
            return None
    return body


def refusal(status: int, sentence: str) -> JSONResponse:
    """The answer to a webhook that is not taken."""
    return JSONResponse({"error": sentence}, status)


def note_event(store: Store, provider: str, event_id: str, object_type: str, object_id: str) -> bool:
    """Record an event and queue its work; True if the event is new.

    Args:
        store: the database.
        provider: whose event it is.
        event_id: the provider's own id of it.
        object_type: of what it is about.
        object_id: the provider's or our id of that.
    """
    try:
        with store.write() as session:
            row = WebhookEvent(provider=provider, event_id=event_id, object_type=object_type, object_id=object_id)
            session.add(row)
            session.flush()
            enqueue(session, CHECK_EVENT, row.id)
    except IntegrityError:  # the same event came before
        return False
    return True
