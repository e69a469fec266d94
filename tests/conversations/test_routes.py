"""Every documented route answers what its documentation says, to those with the right credential and to others."""

from __future__ import annotations

import hmac
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from bot.api.bounces import SIGNATURE_HEADER
from bot.channels.telegram.webhook import SECRET_HEADER
from bot.channels.web.security import TEXT_BODY_BYTES
from bot.core.paths import REPOSITORY
from tests.doubles.telegram_api import TelegramDouble
from tests.doubles.telegram_api.mini_apps import signed_launch
from tests.support.answers import picture
from tests.support.checkr import until
from tests.support.service import RunningBot
from tests.support.staff import on_the_staff, signed_in
from tests.support.telegram import answer_until
from tests.support.web import WebMentor

TOKEN, SECRET = "4711:a", "of-the-feed"
CHECKR_KEY, CHECKS_KEY, BOUNCES_KEY = "of-checkr", "of-an-agency", "of-bounces"
PAGES = [*sorted((REPOSITORY / "docs").rglob("*.md")), REPOSITORY / "README.md"]
#: How routes of this service begin, in a page that names no method.
OURS = ("/api/", "/mentors/", "/staff", "/webhooks/", "/telegram/", "/widget/", "/healthz", "/readyz", "/openapi.json")

HTML, JSON, STREAM, JPEG, SCRIPT = "text/html", "application/json", "text/event-stream", "image/jpeg", "text/javascript"
SVG = "image/svg+xml"


@dataclass
class World:
    """Who asks, and for what.

    Attributes:
        bot: the service.
        mentor: a cleared mentor with a session.
        mentor_id: that mentor's id.
        photo: the address of their photo.
        link: the address of the QR code of their link.
        staff: the session of somebody on the staff.
        telegram_user: somebody on Telegram who is asked for the date of birth.
    """

    bot: RunningBot
    mentor: WebMentor
    mentor_id: str
    photo: str
    link: str
    staff: str
    telegram_user: dict[str, Any]


Options = dict[str, Any]


@dataclass(frozen=True)
class Route:
    """What a route answers.

    Attributes:
        kind: of what is answered to the right credential, as a media type.
        holds: what is in it.
        right: what is sent with the right credential.
        wrong: what is sent with a wrong one; None where everybody may ask.
        refused: what a wrong one is answered with.
        in_session: whether the right one is the mentor's session.
        status: with which HTTP status the right credential is answered.
    """

    kind: str
    holds: str
    right: Callable[[World], Options] = field(default=lambda _world: {})
    wrong: Callable[[World], Options] | None = None
    refused: int = 401
    in_session: bool = False
    status: int = 200


def _nothing(_world: World) -> Options:
    return {}


def _id() -> str:
    return uuid.uuid4().hex


def _session(kind: str, holds: str, sent: Callable[[World], Options] = _nothing) -> Route:
    return Route(kind, holds, sent, sent, in_session=True)


def _bearer(secret: str) -> Callable[[World], Options]:
    return lambda _world: {"headers": {"Authorization": f"Bearer {secret}"}}


def _as_ann(world: World) -> Options:
    return {"headers": {"Cookie": f"staff_session={world.staff}"}}


def _as_nobody(_world: World) -> Options:
    return {"headers": {"Cookie": "staff_session=wrong"}}


def _telegram(secret: str) -> Callable[[World], Options]:
    return lambda _world: {"headers": {SECRET_HEADER: secret}, "json": {"update_id": 1}}


def _date(token: str) -> Callable[[World], Options]:
    return _launch(token, date="1980-02-03")


def _launch(token: str, **more: object) -> Callable[[World], Options]:
    def options(world: World) -> Options:
        return {"json": {"init_data": signed_launch(token, world.telegram_user, int(time.time())), **more}}

    return options


def _photo(token: str) -> Callable[[World], Options]:
    launched = _launch(token)
    return lambda world: {"data": launched(world)["json"], "files": _PHOTO}


def _press(token: str) -> Callable[[World], Options]:
    return _launch(token, id="1", button="affirm", seen=1, seen_ms=1000)


def _checkr(key: str) -> Callable[[World], Options]:
    data = {"object": {"id": "r" * 24, "object": "report", "status": "clear"}}
    body = json.dumps({"id": "e" * 24, "object": "event", "type": "report.completed", "data": data}).encode()
    signature = hmac.digest(key.encode(), body, "sha256").hex()
    return lambda _world: {"headers": {"X-Checkr-Signature": signature}, "content": body}


def _check(key: str) -> Callable[[World], Options]:
    body = json.dumps({"id": "e1", "check": "f" * 32}).encode()
    signature = hmac.digest(key.encode(), body, "sha256").hex()
    return lambda _world: {"headers": {"X-Signature": signature}, "content": body}


def _report(key: str) -> Callable[[World], Options]:
    body = b"Subject: no report at all\r\n\r\nHello\r\n"
    signature = hmac.digest(key.encode(), body, "sha256").hex()
    return lambda _world: {"headers": {SIGNATURE_HEADER: signature}, "content": body}


_WEBHOOK = hmac.digest(TOKEN.encode(), b"webhook", "sha256").hex()
_MESSAGES, _PHOTO = '"cursor":', {"file": ("me.jpg", picture(), "image/jpeg")}
#: By method and path, in which {} stands for what the world fills in.
ROUTES = {
    "GET /healthz": Route(JSON, '"status":"ok"'),
    "GET /readyz": Route(JSON, '"ready":true'),
    "GET /openapi.json": Route(JSON, '"openapi"'),
    "GET /widget/example.html": Route(HTML, "<script"),
    "GET /widget/locales/{}.js": Route(SCRIPT, "export"),
    "POST /api/session": Route(JSON, '"token":'),
    "GET /api/messages": _session(JSON, _MESSAGES),
    "POST /api/messages": _session(JSON, _MESSAGES, lambda _world: {"json": {"id": _id(), "text": "status"}}),
    "POST /api/language": _session(JSON, _MESSAGES, lambda _world: {"json": {"id": _id(), "language": "en"}}),
    "POST /api/dates": _session(JSON, _MESSAGES, lambda _world: {"json": {"id": _id(), "date": "1980-02-03"}}),
    "POST /api/unsent": replace(
        _session("", "", lambda _world: {"json": {"question": "start", "text": "so"}}), status=204
    ),
    "POST /api/photos": _session(JSON, _MESSAGES, lambda _world: {"data": {"id": _id()}, "files": _PHOTO}),
    "GET /api/events": _session(STREAM, "event: messages"),
    "GET /api/photos/{}": _session(JPEG, ""),
    "GET /api/links/{}.svg": _session(SVG, "<svg"),
    "GET /api/receipt.html": _session(HTML, "background"),
    "GET /api/receipt.json": _session(JSON, '"consentTimestamp":'),
    "GET /api/my-data.html": _session(HTML, "background"),
    "GET /api/my-data.json": _session(JSON, "consents"),
    "GET /api/mailbox": _session(JSON, '"subject":'),
    "GET /api/feed": Route(JSON, '"type":"mentor.cleared"', _bearer(SECRET), _bearer("wrong")),
    "GET /mentors/{}": Route(HTML, "<h1"),
    "GET /mentors/{}.json": Route(JSON, '"expertise":'),
    "GET /mentors/{}/photo.jpg": Route(JPEG, ""),
    "GET /staff": Route(HTML, "ann", _as_ann, _as_nobody, refused=303),
    "GET /staff/people": Route(HTML, "Nobody is waiting", _as_ann, _as_nobody, refused=303),
    "GET /staff/sign-in": Route(HTML, "authenticator"),
    "GET /telegram/date": Route(HTML, 'type="date"'),
    "POST /telegram/date": Route(JSON, '"taken":true', _date(TOKEN), _date("4711:b")),
    "GET /telegram/code": Route(HTML, 'id="code"'),
    # Another question is open there.
    "POST /telegram/code": Route(JSON, "", _launch(TOKEN), _launch("4711:b"), status=404),
    "POST /telegram/code/presses": Route(JSON, "", _press(TOKEN), _press("4711:b"), status=404),
    "GET /telegram/photo": Route(HTML, 'id="photo"'),
    "POST /telegram/photo": Route("", "", _photo(TOKEN), _photo("4711:b"), status=409),
    "POST /telegram/webhook": Route("", "", _telegram(_WEBHOOK), _telegram("wrong")),
    "POST /webhooks/bounces": Route(JSON, '"received":true', _report(BOUNCES_KEY), _report("wrong")),
    "POST /webhooks/checks": Route(JSON, '"received":true', _check(CHECKS_KEY), _check("wrong")),
    "POST /webhooks/checkr": Route(JSON, '"received":true', _checkr(CHECKR_KEY), _checkr("wrong")),
}
#: Of a path without a method in a page.
METHODS = {path: method for method, _, path in (each.partition(" ") for each in ROUTES)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        TelegramDouble(token=TOKEN) as telegram,
        RunningBot(
            tmp_path_factory.mktemp("routes"),
            TELEGRAM_TOKEN=TOKEN,
            TELEGRAM_API_URL=telegram.url,
            EVENTS_SECRET=SECRET,
            CHECKR_API_KEY=CHECKR_KEY,
            BOUNCES_KEY=BOUNCES_KEY,
            CHECKS_URL="https://127.0.0.1:1",
            CHECKS_KEY="token",
            CHECKS_WEBHOOK_KEYS=CHECKS_KEY,
        ) as bot,
        WebMentor(bot.url) as mentor,
    ):
        mentor.opens().answers_until("review")
        sections = [each for message in mentor.messages for each in message.get("sections", [])]
        photo = next(row["photo"] for each in sections for row in each["rows"] if "photo" in row)
        mentor.says("continue on another device")
        link = next(each["links"][-1]["code"] for each in mentor.messages if "links" in each)
        mentor.answers()
        registration = bot.registration(mentor.email)
        assert bot.command("checks", "decide", registration["check"]["id"], "clear", "--reason", "ok").returncode == 0
        with signed_in(bot, on_the_staff(bot, "ann")) as client:
            staff = client.cookies["staff_session"]
        until(lambda: bool(mentor.http.get("/api/mailbox").json()))  # an e-mail goes out in its own time
        ann = telegram.user("Ann", language_code="en")
        answer_until(ann, "date_of_birth", bot)
        yield World(bot, mentor, registration["id"], photo.removeprefix("/api/photos/"), link, staff, ann.person)


def documented() -> set[str]:
    """The routes that pages of the documentation name."""
    found = set()
    for page in PAGES:
        for span in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8")):
            method, _, path = span.rpartition(" ")
            if path.startswith(OURS) and method in ("", "GET", "POST"):
                template = re.sub(r"\b[A-Z]{2,}\b", "{}", path.partition("?")[0])
                found.add(f"{method or METHODS.get(template, '?')} {template}")
    return found


def described(bot: RunningBot) -> set[str]:
    """The routes that the OpenAPI description names."""
    paths = httpx.get(f"{bot.url}/openapi.json").json()["paths"]
    return {f"{method.upper()} {re.sub('{[^}]*}', '{}', path)}" for path, item in paths.items() for method in item}


def test_the_table_of_this_test_holds_every_documented_route(world: World) -> None:
    assert documented() | described(world.bot) == set(ROUTES)
    assert described(world.bot) - {"GET /mentors/{}.json"} <= documented()


def ask(client: httpx.Client, name: str, world: World, options: Options) -> tuple[int, str, str]:
    """Status, kind and beginning of what a route answers."""
    method, _, path = name.partition(" ")
    fills = {"/mentors/": world.mentor_id, "/api/photos/": world.photo, "/widget/": "fr"}
    fills["/api/links/"] = world.link.removeprefix("/api/links/").removesuffix(".svg")
    path = path.replace("{}", next((value for start, value in fills.items() if path.startswith(start)), ""))
    with client.stream(method, path, **options) as answer:
        chunks = []
        for chunk in answer.iter_bytes():
            chunks.append(chunk)
            if path == "/api/events" and b"\n\n" in b"".join(chunks[1:]):
                break
        kind = answer.headers.get("content-type", "").partition(";")[0]
        return answer.status_code, kind, b"".join(chunks).decode(errors="replace")


@pytest.mark.parametrize("name", ROUTES)
def test_the_right_credential_gets_what_is_documented(world: World, name: str) -> None:
    route = ROUTES[name]
    with httpx.Client(base_url=world.bot.url, timeout=30) as stranger:
        client = world.mentor.http if route.in_session else stranger
        status, kind, body = ask(client, name, world, route.right(world))
    assert (status, kind) == (route.status, route.kind), body[:300]
    assert route.holds in body.replace('": ', '":')


def test_only_a_photo_may_be_longer_than_a_text(world: World) -> None:
    taken = {path: method for method, path in map(str.split, ROUTES) if method == "POST" and "photo" not in path}
    with httpx.Client(base_url=world.bot.url) as stranger:
        statuses = {path: stranger.post(path, content=b"x" * (TEXT_BODY_BYTES + 1)).status_code for path in taken}
    assert "/webhooks/bounces" in statuses
    assert set(statuses.values()) == {413}


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if route.wrong])
def test_a_wrong_credential_gets_a_refusal(world: World, name: str) -> None:
    route = ROUTES[name]
    assert route.wrong is not None
    with httpx.Client(base_url=world.bot.url, timeout=30, cookies={"mentor_session": "wrong"}) as stranger:
        status, kind, body = ask(stranger, name, world, route.wrong(world))
    assert status == route.refused, body[:300]
    assert kind in (JSON, HTML, "")
    assert not route.holds or route.holds not in body.replace('": ', '":')
