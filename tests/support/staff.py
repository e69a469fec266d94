"""Members of the staff, as people sign in."""

from __future__ import annotations

import re
import time
from base64 import b32decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from bot.api.staff_codes import DIGITS, STEP_SECONDS
from tests.support.service import RunningBot


class Credentials(NamedTuple):
    """What somebody on the staff signs in with.

    Attributes:
        name: their name.
        password: their password.
        address: of their key for one-time codes.
    """

    name: str
    password: str
    address: str

    def fields(self, later: int = 0) -> dict[str, str]:
        """The sign-in form, with the code of so many steps later."""
        return {"name": self.name, "password": self.password, "code": code_of(self.address, later)}


def code_of(address: str, later: int = 0) -> str:
    """What an authenticator app that knows this address shows now, or so many steps later."""
    [key] = parse_qs(urlsplit(address).query)["secret"]
    codes = TOTP(b32decode(key), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303  (as the apps do)
    return codes.generate(int(time.time()) + later * STEP_SECONDS).decode()


def on_the_staff(bot: RunningBot, name: str, *options: str) -> Credentials:
    """Add somebody to the staff of a service by its command."""
    added = bot.command("staff", "add", name, *options)
    assert added.returncode == 0, added.stderr
    return Credentials(name, *added.stdout.split())


@contextmanager
def signed_in(bot: RunningBot, who: Credentials) -> Iterator[httpx.Client]:
    """A client in which somebody is signed in."""
    with httpx.Client(base_url=bot.url, timeout=30) as client:
        answer = client.post("/staff/sign-in", data=who.fields())
        assert answer.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", answer.text)
        yield client
