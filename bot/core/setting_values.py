"""The kinds of values that settings have, and what is checked of each."""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, HttpUrl, SecretStr

from bot.core.paths import SETTINGS_FOLDER

MOST_PORT = 65535
#: How the address of a SQLite file begins.
SQLITE = "sqlite:///"
#: A path that needs no quoting, neither in a link nor in a cookie.
_SITE_PATH = re.compile(r"(/[\w.~-]+)*/?", re.ASCII)


def _without_slash(url: HttpUrl) -> str:
    return str(url).rstrip("/")


def _site(url: HttpUrl) -> str:
    if not _SITE_PATH.fullmatch(url.path or "") or url.query or url.fragment or url.username or url.password:
        raise ValueError("should be an address like https://mentors.example.org or https://example.org/mentors")
    return _without_slash(url)


def _origins(origins: str) -> str:
    for each in filter(None, (part.strip() for part in origins.split(","))):
        url = urlsplit(each)
        if url.scheme not in ("http", "https") or each != f"{url.scheme}://{url.netloc}" or not url.hostname:
            raise ValueError("should be origins, separated by commas: https://www.example.org")
    return origins


def _absolute(path: Path) -> Path:
    """Resolve a relative path from the repository, so that a command does the same in every folder."""
    return SETTINGS_FOLDER / path


def _database_url(url: str) -> str:
    if url and not url.startswith((SQLITE, "postgresql+psycopg://")):
        raise ValueError("should start with sqlite:/// or postgresql+psycopg://")
    file = url.removeprefix(SQLITE)
    return f"{SQLITE}{_absolute(Path(file))}" if url.startswith(SQLITE) and file else url


def _blob_url(url: str) -> str:
    if url and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.-]+)*/?", url, re.ASCII):
        raise ValueError("should be s3://bucket or s3://bucket/prefix")
    return url


def _redis_url(url: SecretStr) -> SecretStr:
    if url.get_secret_value() and not url.get_secret_value().startswith(("redis://", "rediss://")):
        raise ValueError("should start with redis:// or rediss://")
    return url


def _mail_url(url: SecretStr) -> SecretStr:
    if url.get_secret_value() and not url.get_secret_value().startswith(("smtp://", "smtps://")):
        raise ValueError("should start with smtp:// or smtps://")
    return url


def _networks(listed: str) -> str:
    for each in filter(None, (part.strip() for part in listed.split(","))):
        try:
            ip_network(each)
        except ValueError:
            raise ValueError("should be addresses or networks, separated by commas: 127.0.0.1, 10.0.0.0/8") from None
    return listed


Port = Annotated[int, Field(ge=1, le=MOST_PORT)]
Address = Annotated[HttpUrl, AfterValidator(_without_slash)]
Site = Annotated[HttpUrl, AfterValidator(_site)]
Origins = Annotated[str, AfterValidator(_origins)]
Folder = Annotated[Path, AfterValidator(_absolute)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
BlobUrl = Annotated[str, AfterValidator(_blob_url)]
RedisUrl = Annotated[SecretStr, AfterValidator(_redis_url)]
MailUrl = Annotated[SecretStr, AfterValidator(_mail_url)]
Networks = Annotated[str, AfterValidator(_networks)]
