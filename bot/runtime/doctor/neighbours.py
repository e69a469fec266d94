"""Looks at what the bot talks to: Redis, bucket, proxy, the provider of checks, mail server and Telegram."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import httpx

from bot.checks.providers.base import ProviderError
from bot.checks.providers.checkr import PROVIDER
from bot.checks.providers.checkr_api import CheckrApi
from bot.checks.providers.over_http import PROVIDER as HTTP
from bot.checks.providers.over_http import agency
from bot.core.settings import Settings, SettingsError
from bot.media.blobs import BlobError, open_blobs
from bot.notifications.emails.message import MailError, read_sender
from bot.notifications.emails.smtp import MailServer
from bot.runtime.doctor.finding import Finding, ok, warning, wrong
from bot.security.rate_limits import redis_options
from bot.storage.models import new_id

#: Seconds for one answer from outside.
_ANSWER_SECONDS = 5.0
#: Updates that may wait at Telegram, and seconds for which a failed delivery is worth a line.
_MANY_UPDATES, _RECENT_SECONDS = 100, 3600


def redis(settings: Settings) -> Iterator[Finding]:
    """Whether Redis answers."""
    what, url = "Redis", settings.redis_url.get_secret_value()
    if not url:
        yield ok(what, "It is not used: REDIS_URL is empty.")
        return
    from redis import Redis
    from redis.exceptions import AuthenticationError, RedisError

    try:
        with Redis.from_url(url, **redis_options()) as client:
            client.ping()
    except AuthenticationError:
        yield wrong(what, "It does not accept the user or password in REDIS_URL.")
    except (RedisError, OSError, ValueError) as error:
        reason = type(error).__name__
        yield warning(what, f"It does not answer ({reason}), so each service counts alone. Start it; see REDIS_URL.")
    else:
        yield ok(what, "It answers.")


def blobs(settings: Settings) -> Iterator[Finding]:
    """Whether a file can be written to the bucket, read and deleted."""
    what = "photos"
    if not settings.blob_url:
        yield ok(what, "They lie in the data folder: BLOB_URL is empty.")
        return
    name, wanted = f"probe/{new_id()}", b"written by bot doctor"
    try:
        bucket = open_blobs(settings)
        bucket.put(name, wanted)
        is_read = bucket.get(name) == wanted
        bucket.delete([name])
        is_gone = bucket.get(name) is None
    except (BlobError, SettingsError) as error:
        yield wrong(
            what,
            f"{settings.blob_url}: {error}. Look whether the store runs, and compare BLOB_URL, S3_ENDPOINT_URL, "
            "S3_REGION and the access key with it; the key has to write, read, list and delete.",
        )
        return
    if is_read and is_gone:
        yield ok(what, f"{settings.blob_url} can be written to, read and deleted from.")
    else:
        reason = "does not delete what it is told to" if is_read else "gives back something else than was written"
        yield wrong(what, f"{settings.blob_url} {reason}. Use a store that is compatible with S3.")


def proxy(settings: Settings) -> Iterator[Finding]:
    """Whether mentors reach the bot through the proxy, and whether its headers are believed."""
    what = "proxy"
    if os.environ.get("FORWARDED_ALLOW_IPS"):
        yield warning(what, "FORWARDED_ALLOW_IPS has no effect. Name the proxies in TRUSTED_PROXIES.")
    if settings.public_url is None:
        yield warning(
            what, "PUBLIC_URL is not set, so links lead to this machine. Set it to the proxy's https address."
        )
        return
    if not settings.site_url.startswith("https://"):
        yield warning(what, "PUBLIC_URL is not https, so anybody on the way can read along. Give the proxy TLS.")
    if not _is_loopback(settings.host) and not settings.trusts_others:
        yield warning(
            what,
            f"The bot listens on {settings.host}, but TRUSTED_PROXIES names only this machine. If the proxy runs "
            "elsewhere, name it there; otherwise all mentors share its rate limits.",
        )
    try:
        response = httpx.get(f"{settings.site_url}/healthz", timeout=_ANSWER_SECONDS)
        is_bot = response.is_success and response.json() == {"status": "ok"}
    except (httpx.HTTPError, ValueError) as error:
        yield warning(
            what, f"{settings.site_url} does not answer ({type(error).__name__}). Start the proxy and the bot."
        )
        return
    if is_bot:
        yield ok(what, f"The bot answers at {settings.site_url}.")
    else:
        yield warning(
            what,
            f"{settings.site_url}/healthz is not the bot's answer ({response.status_code}). Mend the proxy's rules.",
        )


def check_provider(settings: Settings) -> Iterator[Finding]:
    """Whether the provider of checks accepts the key."""
    what = "check provider"
    if settings.check_provider == HTTP:
        yield from _agency(what, settings)
        return
    if not settings.checkr_api_key.get_secret_value():
        if settings.check_provider == PROVIDER:
            yield wrong(what, "CHECKR_API_KEY is empty, and the provider checkr needs a key.")
        else:
            yield ok(what, "A person decides: CHECK_PROVIDER is manual.")
        return
    try:
        with CheckrApi(settings, seconds=_ANSWER_SECONDS, attempt_seconds=_ANSWER_SECONDS) as api:
            api.find_candidate(new_id())
    except ProviderError as error:
        yield wrong(what, f"{error}. Compare CHECKR_API_KEY and CHECKR_API_URL with the account at Checkr.")
    else:
        yield ok(what, "Checkr accepts the key.")


def _agency(what: str, settings: Settings) -> Iterator[Finding]:
    try:
        url, key = agency(settings)
        headers = {"Authorization": f"Bearer {key}"}
        response = httpx.get(f"{url}/checks/{new_id()}", headers=headers, timeout=_ANSWER_SECONDS)
    except SettingsError as error:
        yield wrong(what, str(error))
    except httpx.HTTPError as error:
        yield wrong(what, f"The agency does not answer ({type(error).__name__}). Compare CHECKS_URL.")
    else:
        if response.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            yield ok(what, "The agency accepts the key.")
        else:
            yield wrong(what, f"The agency answers {response.status_code}. Compare CHECKS_URL and CHECKS_KEY.")


def mail(settings: Settings) -> Iterator[Finding]:
    """Whether the mail server accepts the account; no e-mail is sent."""
    what, url = "mail", settings.mail_url.get_secret_value()
    try:
        sender = read_sender(settings.mail_from)
        server = MailServer.parse(url) if url else None
    except SettingsError as error:
        yield wrong(what, str(error))
        return
    if server is None:
        yield warning(what, "MAIL_URL is empty, so e-mails are only written to files in the data folder.")
        return
    try:
        asyncio.run(server.check(sender))
    except MailError as error:
        yield wrong(
            what, f"At {server.host}, port {server.port}, {error}. Compare MAIL_URL with the server's settings."
        )
    else:
        yield ok(what, f"{server.host} takes e-mails.")


def telegram(settings: Settings) -> Iterator[Finding]:
    """Whether Telegram knows the token, and posts updates to this bot."""
    what = "Telegram"
    if not settings.telegram_token.get_secret_value():
        yield ok(what, "It is not used: TELEGRAM_TOKEN is empty.")
        return
    try:
        name = _call(settings, "getMe")["username"]
        webhook = _call(settings, "getWebhookInfo")
    except httpx.HTTPStatusError as error:
        if error.response.status_code in (401, 404):
            yield wrong(what, "Telegram does not know this TELEGRAM_TOKEN. @BotFather shows it.")
        else:
            yield wrong(what, f"Telegram answers {error.response.status_code}. Try again later.")
        return
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        # The exception's text is left out: it quotes the address, which holds the token.
        yield wrong(what, f"{settings.telegram_api_url} does not answer ({type(error).__name__}). Check the network.")
        return
    problems = list(_webhook_problems(settings, webhook))
    yield from problems
    if not problems:
        yield ok(
            what,
            f"The token is that of @{name}, and updates {'are posted' if webhook.get('url') else 'can be fetched'}.",
        )


def _webhook_problems(settings: Settings, webhook: dict[str, Any]) -> Iterator[Finding]:
    from bot.channels.telegram.channel import WEBHOOK_PATH

    what, url = "Telegram", str(webhook.get("url") or "")
    wanted = f"{settings.site_url}{WEBHOOK_PATH}" if settings.site_url.startswith("https://") else ""
    if url != wanted:
        now = "posts updates to another address" if url else "posts no updates"
        yield warning(what, f"Telegram {now}. The bot's start corrects that; if it runs, another bot has this token.")
    failed_at = webhook.get("last_error_date")
    if isinstance(failed_at, int) and time.time() - failed_at < _RECENT_SECONDS:
        said = str(webhook.get("last_error_message", ""))[:200]
        yield warning(what, f"Telegram could not deliver an update in the last hour: “{said}”. Mend the proxy.")
    waiting = webhook.get("pending_update_count")
    if isinstance(waiting, int) and waiting > _MANY_UPDATES:
        yield warning(what, f"{waiting} updates wait at Telegram. Start the bot, or read its log.")


def _call(settings: Settings, method: str) -> dict[str, Any]:
    url = f"{settings.telegram_api_url}/bot{settings.telegram_token.get_secret_value()}/{method}"
    response = httpx.get(url, timeout=_ANSWER_SECONDS)
    response.raise_for_status()
    result = response.json()["result"]
    if not isinstance(result, dict):
        raise TypeError
    return result


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
