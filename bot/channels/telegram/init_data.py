"""Checks what Telegram tells a Mini App about who opened it: core.telegram.org/bots/webapps."""

from __future__ import annotations

import hmac
import json
from urllib.parse import parse_qsl

#: Seconds after which it no longer counts. It is signed when the page opens, and a date is picked in a minute.
FRESH_SECONDS = 600
#: Seconds by which Telegram's clock may be ahead of ours.
_AHEAD_SECONDS = 60
_KEY = b"WebAppData"


def user_in(init_data: str, token: str, now: float, fresh_seconds: float = FRESH_SECONDS) -> int | None:
    """The id of the Telegram user who opened a Mini App; None if Telegram did not sign this, or not recently.

    Args:
        init_data: Telegram's ``initData``: a query string with a signature in ``hash``.
        token: of the bot; the key of the signature is derived from it.
        now: seconds since the epoch.
        fresh_seconds: after which it no longer counts.
    """
    try:
        pairs = parse_qsl(init_data, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        return None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        return None
    given = fields.pop("hash", "")
    checked = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = hmac.digest(_KEY, token.encode(), "sha256")
    signature = hmac.digest(key, checked.encode(), "sha256").hex()
    if not hmac.compare_digest(signature.encode(), given.encode()):
        return None
    try:
        age, user_id = now - int(fields["auth_date"]), json.loads(fields["user"])["id"]
    except (KeyError, TypeError, ValueError):
        return None
    is_fresh = -_AHEAD_SECONDS <= age <= fresh_seconds
    return user_id if is_fresh and type(user_id) is int else None
