"""Events for the site: recorded with what happened, in order, and posted signed."""

from __future__ import annotations

import importlib.util
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from sqlalchemy import select

from bot.core.settings import Settings, SettingsError, load_settings
from bot.notifications import site_events
from bot.notifications.site_events import (
    POST,
    EventError,
    EventPoster,
    Kind,
    record,
    signed_headers,
    signing_key,
)
from bot.storage import Event, OutboxEntry, Store
from bot.storage.models import utc_now

MENTOR = "m" * 32
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "events.md"


@dataclass
class Site:
    """A site that takes what is posted to it.

    Attributes:
        url: where to post.
        status: what it answers.
        posted: headers and body of each request.
    """

    url: str = ""
    status: int = 204
    posted: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            site.posted.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(site.status)
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}/hooks"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield site
        server.shutdown()
        thread.join()


def settings(url: str = "", secret: str = SECRET) -> Settings:
    return load_settings(_env_file=None, events_url=url or None, events_secret=secret)


def happened(store: Store, *kinds: Kind) -> list[str]:
    """Record these; gives the ids of all events."""
    for kind in kinds:
        with store.write() as session:
            record(session, kind, MENTOR)
    with store.read() as session:
        return list(session.scalars(select(Event.id).order_by(Event.sequence)))


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The example in the documentation, as the site would have it."""
    [code] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path_factory.mktemp("documented") / "verification.py"
    path.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("verification", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_event_is_recorded_with_the_work_of_posting_it(store: Store) -> None:
    [event_id] = happened(store, Kind.SUBMITTED)
    with store.read() as session:
        event = session.scalars(select(Event)).one()
        entry = session.scalars(select(OutboxEntry)).one()
    assert (event.kind, event.mentor_id) == ("mentor.submitted", MENTOR)
    assert abs(event.at - utc_now()) < timedelta(seconds=5)
    assert (entry.kind, entry.subject_id, entry.mentor_id) == (POST, event_id, None)


def test_what_did_not_happen_is_no_event(store: Store) -> None:
    def fail() -> None:
        with store.write() as session:
            record(session, Kind.SUBMITTED, MENTOR)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert happened(store) == []
    with store.read() as session:
        assert session.scalars(select(OutboxEntry)).all() == []


def test_an_event_is_posted_with_a_signature_that_the_documented_code_accepts(
    store: Store, site: Site, documented: ModuleType
) -> None:
    [event_id] = happened(store, Kind.CLEARED)
    EventPoster(store, settings(site.url)).post(event_id)
    [(headers, body)] = site.posted
    said = json.loads(body)
    assert said["type"] == "mentor.cleared"
    assert said["data"] == {"mentor_id": MENTOR, "sequence": 1}
    assert abs(datetime.fromisoformat(said["timestamp"]) - utc_now()) < timedelta(seconds=5)
    assert headers["webhook-id"] == event_id
    assert headers["content-type"] == "application/json"
    assert documented.is_authentic(SECRET, headers, body)
    assert not documented.is_authentic(SECRET, headers, body + b" ")
    assert not documented.is_authentic("whsec_b3RoZXI=", headers, body)
    assert not documented.is_authentic(SECRET, headers | {"webhook-id": "another"}, body)
    late = str(int(headers["webhook-timestamp"]) - 600)
    assert not documented.is_authentic(SECRET, headers | {"webhook-timestamp": late}, body)


def test_an_old_message_is_not_accepted_by_the_documented_code(documented: ModuleType) -> None:
    for minutes, accepted in [(4, True), (6, False), (-4, True), (-6, False)]:
        headers = dict(signed_headers(signing_key(SECRET), "id", utc_now() - timedelta(minutes=minutes), b"{}"))
        assert documented.is_authentic(SECRET, headers, b"{}") is accepted


def test_the_signature_is_the_one_of_the_specifications_own_libraries() -> None:
    # The example of their tests, among others libraries/python/tests/test_webhooks.py.
    now = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers(signing_key(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", now, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_secret_of_any_other_form_is_the_key_itself(documented: ModuleType) -> None:
    assert signing_key("geheim·") == "geheim·".encode()
    headers = dict(signed_headers(signing_key("geheim·"), "id", utc_now(), b"{}"))
    assert documented.is_authentic("geheim·", headers, b"{}")


def test_a_secret_that_is_no_base64_is_said_at_once(store: Store) -> None:
    with pytest.raises(SettingsError, match=r"EVENTS_SECRET.*base64"):
        EventPoster(store, settings("http://127.0.0.1:1/", "whsec_not base64"))


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_success_is_one(store: Store, site: Site, status: int) -> None:
    site.status = status
    [event_id] = happened(store, Kind.STARTED)
    EventPoster(store, settings(site.url)).post(event_id)
    assert len(site.posted) == 1


@pytest.mark.parametrize("status", [301, 307, 400, 404, 410, 429, 500, 503])
def test_anything_else_is_a_failure(store: Store, site: Site, status: int) -> None:
    site.status = status
    [event_id] = happened(store, Kind.STARTED)
    with pytest.raises(EventError, match=str(status)):
        EventPoster(store, settings(site.url)).post(event_id)
    assert len(site.posted) == 1  # no redirect is followed


def test_a_site_that_is_away_is_a_failure(store: Store, site: Site) -> None:
    [event_id] = happened(store, Kind.STARTED)
    with pytest.raises(httpx.HTTPError):
        EventPoster(store, settings("http://127.0.0.1:1/")).post(event_id)


def test_a_site_that_does_not_answer_is_a_failure(
    store: Store, monkeypatch: pytest.MonkeyPatch, documented: ModuleType
) -> None:
    monkeypatch.setattr(site_events, "TIMEOUT", 0.1)
    [event_id] = happened(store, Kind.STARTED)

    class Silent(BaseHTTPRequestHandler):
        def handle(self) -> None:
            self.rfile.read()

    with HTTPServer(("127.0.0.1", 0), Silent) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(httpx.TimeoutException) as caught:
            EventPoster(store, settings(f"http://127.0.0.1:{server.server_port}/")).post(event_id)
        thread.join()
    assert set(caught.value.request.extensions["timeout"].values()) == {0.1}


def test_nothing_is_posted_without_an_address_or_without_a_key(store: Store, site: Site) -> None:
    [event_id] = happened(store, Kind.STARTED)
    EventPoster(store, settings("")).post(event_id)
    EventPoster(store, settings(site.url, "")).post(event_id)
    EventPoster(store, settings(site.url)).post("no such event")
    assert site.posted == []


def test_no_event_appears_before_one_that_was_read(store: Store) -> None:
    """Two transactions at once: the one that took the earlier position commits first, so no reader passes it."""
    recorded, commit, order = threading.Event(), threading.Event(), list[str]()

    def slow() -> None:
        with store.write() as session:
            record(session, Kind.STARTED, "a" * 32)
            recorded.set()
            commit.wait(10)
            order.append("a")

    def quick() -> None:
        recorded.wait(10)
        with store.write() as session:
            record(session, Kind.STARTED, "b" * 32)
            order.append("b")

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(slow), pool.submit(quick)]
        recorded.wait(10)
        threading.Event().wait(0.2)  # time for the second to go wrong
        commit.set()
        for each in running:
            each.result()
    assert order == ["a", "b"]
    with store.read() as session:
        assert session.scalars(select(Event.mentor_id).order_by(Event.sequence)).all() == ["a" * 32, "b" * 32]
