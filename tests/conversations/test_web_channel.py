"""What the web channel lets in and gives out: events as they happen, writes with their token, other origins' pages."""

from __future__ import annotations

import itertools
import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.web.channel import EVENT_STREAM
from bot.channels.web.events import PER_CONVERSATION
from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import catalogue
from tests.support.service import RunningBot
from tests.support.staff import on_the_staff, signed_in
from tests.support.web import WebMentor, tells

EMBEDDING = "https://www.example.org"
CROSS_SITE = {"Origin": EMBEDDING, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
#: Seconds to wait for an event.
PATIENCE = 20


@pytest.fixture(scope="module")
def embedded_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """A bot whose chat another site may embed."""
    with RunningBot(tmp_path_factory.mktemp("embedded"), EMBED_ORIGINS=EMBEDDING) as running:
        yield running


def _events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The events of a stream: name, data, id."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "data" in fields:
            yield fields["event"], json.loads(fields["data"]), fields.get("id", "")
            fields = {}


def _stream(mentor: WebMentor, after: int, **headers: str) -> Any:
    address = f"/api/events?after={after}"
    return mentor.http.stream("GET", address, headers=headers, timeout=httpx.Timeout(PATIENCE))


def test_what_is_said_comes_as_it_is_said(mentor: WebMentor) -> None:
    with _stream(mentor, mentor.cursor) as stream:
        assert stream.headers["Content-Type"].startswith(EVENT_STREAM)
        events = _events(stream.iter_lines())
        with httpx.Client(base_url=mentor.http.base_url, headers=mentor.http.headers, timeout=30) as other_tab:
            other_tab.cookies = mentor.http.cookies
            message = {"id": uuid.uuid4().hex, "after": mentor.cursor, "text": "yes"}
            answer = other_tab.post("/api/messages", json=message).json()
        seen = list(itertools.islice(events, 3))
        typing = [data["typing"] for name, data, _ in seen if name == "typing"]
        said = [each for name, data, _ in seen if name == "messages" for each in data["messages"]]
        assert typing == [True, False]
        assert [each["id"] for each in said] == [each["id"] for each in answer["messages"]]


def test_a_stream_goes_on_after_the_last_event(mentor: WebMentor) -> None:
    first = mentor.messages[0]["id"]
    mentor.says("yes")
    with _stream(mentor, 0, **{"Last-Event-ID": str(first)}) as stream:
        name, data, cursor = next(_events(stream.iter_lines()))
    assert name == "messages"
    assert [each["id"] for each in data["messages"]] == [each["id"] for each in mentor.messages if each["id"] > first]
    assert cursor == str(mentor.cursor)


def test_a_decision_made_by_another_process_comes_by_itself(mentor: WebMentor, bot: RunningBot) -> None:
    mentor.answers_until("review")
    mentor.answers()
    with _stream(mentor, mentor.cursor) as stream:
        check = bot.registration(mentor.email)["check"]["id"]
        assert bot.command("checks", "decide", check, "clear", "--reason", "all well").returncode == 0
        said = next(data for name, data, _ in _events(stream.iter_lines()) if name == "messages")
    assert catalogue().text("result-clear", profile="none").split(".")[0] in said["messages"][-1]["text"]


def test_a_browser_has_no_more_streams_than_leave_room_for_messages(mentor: WebMentor) -> None:
    streams = [_stream(mentor, 0) for _ in range(PER_CONVERSATION)]
    # Held on to: an iterator that is let go of closes its stream.
    lines = [each.__enter__().iter_lines() for each in streams]
    assert all(next(each) for each in lines)
    with _stream(mentor, 0) as one_more:
        assert one_more.status_code == 429
        assert "Retry-After" in one_more.headers
    for each in streams:
        each.__exit__(None, None, None)
    assert mentor.says("yes")


def test_without_a_session_no_events(bot: RunningBot) -> None:
    assert httpx.get(f"{bot.url}/api/events").status_code == 401


@pytest.mark.parametrize("path", ["messages", "dates", "photos"])
def test_a_write_without_the_sessions_token_is_refused(mentor: WebMentor, bot: RunningBot, path: str) -> None:
    with WebMentor(bot.url) as other:
        another = other.opens().http.headers["X-CSRF-Token"]
    form = {"id": uuid.uuid4().hex, "after": "0"}
    content: dict[str, Any] = {"json": form | {"text": "yes", "date": "1980-02-03"}}
    if path == "photos":
        content = {"data": form, "files": {"file": ("me.jpg", b"x")}}
    for token in ("", "0" * 64, another, "\u00e9".encode().decode("latin-1")):
        response = mentor.http.post(f"/api/{path}", headers={"X-CSRF-Token": token.encode("latin-1")}, **content)
        assert response.status_code == 403
        assert response.json()["error"] == "This page is no longer up to date. Please reload it."


def test_a_date_that_was_picked_is_sealed(mentor: WebMentor) -> None:
    mentor.answers_until("date_of_birth")
    sent = {"id": uuid.uuid4().hex, "after": mentor.cursor, "date": "1979-08-27"}
    said = json.dumps(mentor.http.post("/api/dates", json=sent).json())
    assert not tells(said, "1979")
    assert mentor.opens().question == "background_check"
    assert not tells(json.dumps(mentor.messages), "1979")


@pytest.mark.parametrize("path", ["/", "/widget/mentor-chat.js", "/api/messages"])
def test_a_page_that_is_not_listed_reads_nothing_of_a_mentor(embedded_bot: RunningBot, path: str) -> None:
    headers = {"Origin": "https://evil.example"}
    allowed = httpx.get(embedded_bot.url + path, headers=headers).headers.get("Access-Control-Allow-Origin")
    assert allowed == ("*" if path.startswith("/widget") else None)
    asked = headers | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-csrf-token"}
    assert httpx.options(embedded_bot.url + path, headers=asked).status_code == 400
    assert httpx.post(f"{embedded_bot.url}/api/session", headers=headers).status_code == 403


def test_a_page_that_is_listed_may_chat_with_a_cookie_for_that_pair_of_sites(embedded_bot: RunningBot) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-csrf-token"}
    preflight = httpx.options(f"{embedded_bot.url}/api/messages", headers=CROSS_SITE | asked)
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == EMBEDDING
    assert preflight.headers["Access-Control-Allow-Credentials"] == "true"

    opened = httpx.post(f"{embedded_bot.url}/api/session", headers=CROSS_SITE, json={})
    assert opened.headers["Access-Control-Allow-Origin"] == EMBEDDING
    attributes = {each.casefold() for each in opened.headers["Set-Cookie"].split("; ")}
    assert {"httponly", "secure", "samesite=none", "partitioned", "path=/"} <= attributes

    cookie = {"Cookie": opened.headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": opened.json()["token"]}
    message = {"id": uuid.uuid4().hex, "after": 0, "text": "yes"}
    own = {"Sec-Fetch-Site": "same-origin"}
    assert httpx.post(f"{embedded_bot.url}/api/messages", headers=own | cookie, json=message).status_code == 401
    answered = httpx.post(f"{embedded_bot.url}/api/messages", headers=CROSS_SITE | cookie, json=message, timeout=30)
    assert answered.status_code == 200


def test_documents_open_without_a_cookie_under_an_address_that_was_signed(embedded_bot: RunningBot) -> None:
    with WebMentor(embedded_bot.url) as mentor:
        mentor.http.headers.update(CROSS_SITE)
        mentor.opens()
        # The client keeps secure cookies from an address without https to itself; a browser does not, on this machine.
        (kept,) = mentor.http.cookies.jar
        mentor.http.headers["Cookie"] = f"{kept.name}={kept.value}"
        mentor.says("please export my data")
        (page, data) = next(each["links"] for each in mentor.messages if each.get("links"))
        assert "?key=" in page["url"]
        assert httpx.get(embedded_bot.url + data["url"]).json()
        assert httpx.get(embedded_bot.url + page["url"]).status_code == 200
        assert httpx.get(embedded_bot.url + page["url"][:-1] + "!").status_code == 401
        assert httpx.get(embedded_bot.url + page["url"].split("?")[0]).status_code == 401


def test_a_language_without_words_of_its_own_is_no_error(bot: RunningBot) -> None:
    answer = httpx.get(f"{bot.url}/widget/locales/xx.js")
    assert (answer.status_code, answer.text) == (200, "export default {};\n")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert httpx.get(f"{bot.url}/widget/locales/no-such-language.js").status_code == 404
    assert httpx.get(f"{bot.url}/widget/locales/{Path('..')}/x.js").status_code == 404


def test_only_what_holds_no_secret_is_compressed(mentor: WebMentor) -> None:
    assert mentor.http.get("/widget/mentor-chat.js").headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in mentor.http.get("/api/messages").headers


def _greeting_in(page: httpx.Response) -> dict[str, Any] | None:
    """What the page brings along to be read before a conversation is open."""
    found = re.search(r'<script type="application/json">(.*?)</script>', page.text)
    return json.loads(found[1]) if found else None


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_brings_along_what_the_bot_says_first(bot: RunningBot, language: str) -> None:
    brought = _greeting_in(httpx.get(bot.url, headers={"Accept-Language": f"{language}-CA,en;q=0.5"}))
    assert brought is not None
    with WebMentor(bot.url) as mentor:
        mentor.opens(language=language)
        said = [{name: value for name, value in each.items() if name not in ("id", "at")} for each in mentor.messages]
        session = {name: mentor.session[name] for name in ("languages", "press_ms")}
        assert brought == {"messages": said, "language": language, **session}


def test_who_may_have_a_conversation_already_is_not_greeted_anew_by_the_page(mentor: WebMentor) -> None:
    assert _greeting_in(mentor.http.get("/")) is None
    # The cookie of a session does not come along from there.
    address = str(mentor.http.base_url)
    assert _greeting_in(httpx.get(address, headers={"Sec-Fetch-Site": "cross-site"})) is None
    assert _greeting_in(httpx.get(address, params={"continue": "x"})) is None


def test_reading_the_page_begins_no_conversation(bot: RunningBot) -> None:
    before = len(bot.json("registrations", "list"))
    page = httpx.get(bot.url)
    assert "Set-Cookie" not in page.headers
    assert httpx.head(bot.url).status_code == 200
    assert len(bot.json("registrations", "list")) == before


def test_what_the_browser_has_already_is_not_sent_again(bot: RunningBot) -> None:
    for path in ("/", "/widget/mentor-chat.js", "/widget/locales/fr.js"):
        first = httpx.get(bot.url + path)
        again = httpx.get(bot.url + path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        plain = httpx.get(bot.url + path, headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers
        assert plain.content == first.content
        assert httpx.get(bot.url + path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_person_answers_in_the_web_chat(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("person")
    with RunningBot(folder, PERSON_HOURS="on Mondays") as bot, WebMentor(bot.url) as mentor:
        ann = on_the_staff(bot, "ann")
        mentor.opens().answers_until("reasons")
        assert "They answer on Mondays" in mentor.says("I want to talk to a person")
        assert "answers you here on Mondays" in mentor.taps("Yes, answer me here")
        assert mentor.says("May my sister join as well?") == f"I passed this on to the person at {ORGANISATION.name}."
        with signed_in(bot, ann) as staff, _stream(mentor, mentor.cursor) as stream:
            events = _events(stream.iter_lines())
            found = re.search(r'href="(/staff/people/\w+)"', staff.get("/staff/people").text)
            assert found
            page = staff.get(found[1]).text
            assert "May my sister join as well?" in page
            sent = dict(re.findall(r'name="(token|before|seen)" value="([^"]+)"', page))
            answered = staff.post(f"{found[1]}/answer", data=sent | {"text": "<b>Yes</b>,\nshe may."})
            assert answered.status_code == 303
            said = next(message for _, data, _ in events for message in data["messages"])
        assert said["text"] == f"A person at {ORGANISATION.name}: <b>Yes</b>,\nshe may."
        assert "words_of" not in said
        mentor.looks()
        mentor.taps("Go on with the form")
        assert mentor.question == "reasons"
        mentor.answers()
        assert mentor.question == "experience"
