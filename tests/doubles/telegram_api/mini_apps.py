"""Mini Apps: the address at which a Telegram app opens one, with what Telegram signed about its user."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

from tests.doubles.telegram_api.refusals import JsonObject


def signed_launch(token: str, user: JsonObject, auth_date: int) -> str:
    """Return ``initData`` as Telegram signs it (core.telegram.org/bots/webapps, validating data).

    Args:
        token: Of the bot.
        user: Who opened the Mini App.
        auth_date: When, in seconds since the epoch.
    """
    fields = {
        "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
        "user": json.dumps(user, separators=(",", ":"), ensure_ascii=False),
        "auth_date": str(auth_date),
        "signature": "c2lnbmVkIGZvciBhIHRoaXJkIHBhcnR5",
    }
    text = "\n".join(sorted(f"{name}={value}" for name, value in fields.items()))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    fields["hash"] = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    return urlencode(fields)


def launch_fragment(init_data: str) -> str:
    """Return what a Telegram app adds to a Mini App's address, without the ``#``."""
    return urlencode({"tgWebAppData": init_data, "tgWebAppVersion": "9.1", "tgWebAppPlatform": "android"})
