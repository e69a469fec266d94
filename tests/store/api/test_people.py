"""A mentor and a person of the staff: asked for in the chat, answered on the staff page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.responses import JSONResponse

from bot.api.staff_access import FORM_SECONDS
from bot.api.staff_accounts import Role
from bot.api.staff_pages import staff_page
from bot.channels.web import SecurityMiddleware
from bot.core.organisation import ORGANISATION
from bot.core.settings import load_settings
from bot.i18n.catalogue import catalogue
from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.moves.people import People
from bot.notifications.people import MAXIMUM_ANSWER
from bot.privacy.erasure import Erasure
from bot.privacy.my_data import my_data, my_data_page
from bot.security.rate_limits import RateLimits
from bot.security.vault import Vault
from bot.storage import Consent, Conversation, Event, Mentor, OutboxEntry, PersonRequest, Store
from bot.storage.models import utc_now
from tests.store.api.test_staff import at_another_time, audit, signed_in, take_in
from tests.store.mentor import CONTACT, ChattingMentor
from tests.support.asgi import Browser
from tests.support.ledger import LEDGER
from tests.support.progress import silent_progress
from tests.support.registrations import BORN

SCRIPT = "<script>alert('x')</script>"


pytestmark = pytest.mark.slow


@pytest.fixture
def open_page(store: Store, vault: Vault, data_dir: Path) -> Callable[..., Browser]:
    """Opens the staff pages in a browser in which this member is signed in."""
    settings = load_settings(redis_url="")
    limits = RateLimits(settings)
    app = FastAPI(openapi_url=None)
    parts = (store, vault, Photos(Folder(data_dir)), LEDGER, settings, limits, silent_progress(vault), lambda: None)
    app.include_router(staff_page(*parts))
    app.add_exception_handler(404, lambda _request, _error: JSONResponse({"error": "nothing here"}, 404))
    guarded = SecurityMiddleware(app, settings, limits)
    return lambda name="ann": signed_in(store, guarded, name)


@pytest.fixture
def ann(store: Store, open_page: Callable[..., Browser]) -> Browser:
    """Ann of the staff, in a browser."""
    take_in(store, "ann", "ben")
    return open_page()


def asks(mentor: ChattingMentor) -> str:
    """Ask for a person, and want one here; gives what the bot said."""
    assert "answer you here" in mentor.says("I want to talk to a person")
    return mentor.taps("Yes, answer me here")


def request_in(store: Store) -> PersonRequest:
    with store.read() as session:
        return session.scalars(select(PersonRequest)).one()


def fields(browser: Browser, request_id: str) -> dict[str, str]:
    page = browser.get(f"/staff/people/{request_id}").text
    return dict(re.findall(r'name="(token|before|seen)" value="([^"]+)"', page))


def answers(browser: Browser, request_id: str, text: str, **given: str) -> httpx.Response:
    sent = {**fields(browser, request_id), "text": text, **given}
    return browser.post(f"/staff/people/{request_id}/answer", data=sent)


def ends(browser: Browser, request_id: str) -> httpx.Response:
    return browser.post(f"/staff/people/{request_id}/end", data=fields(browser, request_id))


def test_without_staff_the_address_is_the_way(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("reasons")
    assert CONTACT in mentor.says("I want to talk to a person")
    with store.read() as session:
        assert session.scalars(select(PersonRequest)).all() == []


def test_nothing_is_opened_before_the_mentor_wants_it(mentor: ChattingMentor, store: Store, ann: Browser) -> None:
    mentor.comes_to("two_months")
    said = mentor.says("I want to talk to a person")
    assert CONTACT in said
    assert "on working days, usually within a day" in said
    mentor.taps("Not now")
    with store.read() as session:
        assert session.scalars(select(PersonRequest)).all() == []
        assert "mentor.asks_for_person" not in session.scalars(select(Event.kind)).all()
    assert "Nobody is waiting" in ann.get("/staff/people").text


def test_the_hours_of_the_settings_are_said(
    mentor: ChattingMentor, ann: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mentor.dialogue, "_people", People("on Mondays from 9 to 5"))
    mentor.comes_to("two_months")
    for said in (mentor.says("I want to talk to a person"), mentor.taps("Yes, answer me here")):
        assert "on Mondays from 9 to 5" in said
        assert "on working days" not in said


def test_a_mentor_and_a_person_talk_while_the_form_goes_on(mentor: ChattingMentor, store: Store, ann: Browser) -> None:
    mentor.comes_to("two_months")
    assert "passed your wish on" in asks(mentor)
    request = request_in(store)
    assert request.question == "two_months"
    with store.read() as session:
        assert session.scalars(select(Event.kind)).all().count("mentor.asks_for_person") == 1
    listed = ann.get("/staff/people").text
    assert "María-José O’Connor" in listed
    assert mentor.email in listed
    first = mentor.says("what is the point of all this paperwork")
    assert first == f"I passed this on to the person at {ORGANISATION.name}."
    second = mentor.says("my neighbour mentors in Lisbon since 2011")
    assert second == f"The person at {ORGANISATION.name} gets this, too."
    shown = ann.get(f"/staff/people/{request.id}").text
    assert "my neighbour mentors in Lisbon since 2011" in shown
    for hidden in (str(BORN.year), BORN.isoformat()):
        assert hidden not in shown

    assert answers(ann, request.id, f"Two months each. {SCRIPT}").status_code == 303
    messages = [each["text"] for each in mentor.messages() if each["from"] == "bot"]
    assert messages[-1] == f"A person at {ORGANISATION.name}: Two months each. {SCRIPT}"
    assert "ann" not in messages[-1].split()
    assert SCRIPT not in ann.get(f"/staff/people/{request.id}").text
    assert "answered" in ann.get("/staff/people").text
    with store.read() as session:
        assert len(session.scalars(select(OutboxEntry).where(OutboxEntry.kind == "deliver")).all()) == 1
    assert ("ann", "answer mentor", mentor.mentor_id) in audit(store)

    mentor.taps("Go on with the form")
    mentor.taps("I agree")
    assert mentor.question != "two_months"
    assert request_in(store).ended_at is None
    assert ends(ann, request.id).status_code == 303
    assert "has ended the conversation" in mentor.messages()[-1]["text"]
    assert "passed" not in mentor.says("what is the point of all this paperwork")


def test_nothing_a_mentor_writes_to_a_person_is_agreed_to(mentor: ChattingMentor, store: Store, ann: Browser) -> None:
    mentor.comes_to("two_months")
    asks(mentor)
    answers(ann, request_in(store).id, "Do you want to go on?")
    for text in ("that would be lovely I suppose", "hmm thanks", "what about holidays"):
        mentor.says(text)
    with store.read() as session:
        decided = session.scalars(select(Consent.decision).where(Consent.item_id == "two_months")).all()
    assert "agreed" not in decided
    assert mentor.question == "two_months"


def test_the_mentor_ends_it(mentor: ChattingMentor, store: Store, ann: Browser) -> None:
    mentor.comes_to("two_months")
    asks(mentor)
    assert "answers you here" in mentor.says("I want to talk to a person")
    mentor.taps("I don’t need a person any more")
    assert request_in(store).ended_at is not None
    assert "Nobody is waiting" in ann.get("/staff/people").text
    refused = answers(ann, request_in(store).id, "Hello", token="x", before="0")
    assert refused.status_code == 403


@pytest.mark.postgresql_too
def test_an_answer_is_sent_once_and_only_as_it_should_be(mentor: ChattingMentor, store: Store, ann: Browser) -> None:
    mentor.comes_to("two_months")
    asks(mentor)
    request = request_in(store)
    before = len(mentor.messages())
    for text, sentence in [
        ("", "write an answer"),
        (" \n", "write an answer"),
        ("x" * (MAXIMUM_ANSWER + 1), "too long"),
    ]:
        refused = answers(ann, request.id, text)
        assert refused.status_code == 422
        assert sentence in refused.text
    for number in ("", "x", "-1", "9" * 5000, "٣", "1.5"):
        assert answers(ann, request.id, "Hello", before=number).status_code == 409
    sent = fields(ann, request.id)
    assert answers(ann, request.id, "Once", **sent).status_code == 303
    again = answers(ann, request.id, "Once", **sent)
    assert again.status_code == 409
    assert "answered meanwhile" in again.text
    assert len(mentor.messages()) == before + 1
    lines = "\n".join(["x" * 99] * (MAXIMUM_ANSWER // 100))
    for number in ("", "x", "9" * 5000):
        assert answers(ann, request.id, lines.replace("\n", "\r\n"), seen=number).status_code == 303
    assert mentor.messages()[-1]["text"] == f"A person at {ORGANISATION.name}: {lines}"
    assert answers(ann, "0" * 32, "Hello", token="x", before="0").status_code == 403
    assert ann.get(f"/staff/people/{'0' * 32}").status_code == 404
    assert ann.get("/staff/people/x").status_code == 404


@pytest.mark.postgresql_too
def test_of_two_who_answer_at_once_one_is_told(mentor: ChattingMentor, store: Store, ann: Browser) -> None:
    mentor.comes_to("two_months")
    asks(mentor)
    request = request_in(store)
    known = fields(ann, request.id)
    sent = [("POST", f"/staff/people/{request.id}/answer", {"data": known | {"text": text}}) for text in ("One", "Two")]
    responses = ann.together(sent)
    assert sorted(each.status_code for each in responses) == [303, 409]
    [refused] = [each for each in responses if each.status_code == 409]
    assert "Somebody answered meanwhile" in refused.text
    assert re.search(r"<textarea[^>]*>\s*(One|Two)</textarea>", refused.text), "what was typed is kept"
    said = [each["text"] for each in mentor.messages() if each["text"].startswith(f"A person at {ORGANISATION.name}: ")]
    assert len(said) == 1
    assert "<strong>Staff</strong>" in refused.text


def test_the_page_says_where_an_answer_arrives(mentor: ChattingMentor, store: Store, ann: Browser) -> None:
    mentor.comes_to("two_months")
    asks(mentor)
    address = f"/staff/people/{request_in(store).id}"
    assert "<dd>the web chat; e-mail</dd>" in ann.get(address).text
    with store.write() as session:
        session.get_one(Conversation, mentor.conversation_id).blocked_at = utc_now()
        session.get_one(Mentor, mentor.mentor_id).verified_email = None
    assert "<dd>the web chat, where they have blocked the bot</dd>" in ann.get(address).text
    assert answers(ann, request_in(store).id, "It waits for you").status_code == 303
    assert mentor.messages()[-1]["text"].endswith("It waits for you")


def test_a_mentor_with_an_address_gets_the_answer_by_e_mail_too(
    mentor: ChattingMentor, store: Store, ann: Browser
) -> None:
    mentor.comes_to("two_months")
    asks(mentor)
    answers(ann, request_in(store).id, f"Two months each. {SCRIPT}")
    letter = mentor.letters()[0]
    assert letter["subject"] == f"A person at {ORGANISATION.name} answered you"
    assert f"A person at {ORGANISATION.name}: Two months each. {SCRIPT}" in letter["text"]
    assert "<script" not in letter["html"]


def test_a_late_or_foreign_form_sends_nothing(
    mentor: ChattingMentor,
    store: Store,
    ann: Browser,
    open_page: Callable[..., Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mentor.comes_to("two_months")
    asks(mentor)
    request, before = request_in(store), len(mentor.messages())
    bens = fields(open_page("ben"), request.id)
    assert answers(ann, request.id, "Hello", **bens).status_code == 403
    with monkeypatch.context() as earlier:
        at_another_time(earlier, FORM_SECONDS + 5)
        old = fields(ann, request.id)
    late = answers(ann, request.id, "a long answer", **old)
    assert late.status_code == 403
    assert "open for over an hour" in late.text
    assert "a long answer" in late.text
    take_in(store, "zoe", role=Role.READ)
    zoe = open_page("zoe")
    assert 'name="text"' not in zoe.get(f"/staff/people/{request.id}").text
    assert zoe.post(f"/staff/people/{request.id}/answer", data={"text": "Hello"}).status_code == 403
    assert zoe.post(f"/staff/people/{request.id}/end", data={}).status_code == 403
    assert len(mentor.messages()) == before


@pytest.mark.postgresql_too
def test_a_request_goes_with_the_mentor(
    mentor: ChattingMentor, store: Store, vault: Vault, data_dir: Path, ann: Browser
) -> None:
    mentor.comes_to("two_months")
    asks(mentor)
    request = request_in(store)
    with store.read() as session:
        known = session.get_one(Mentor, mentor.mentor_id)
        data = my_data(session, LEDGER, mentor.photos, known)
    assert [row["id"] for row in data["person_requests"]] == [request.id]
    for language, words in (("en", "When you asked for a person"), ("fr", "Quand vous avez demandé à parler")):
        assert words in my_data_page(data, catalogue(language))
    Erasure(store, vault, LEDGER, mentor.photos, data_dir).erase(mentor.mentor_id, "root")
    with store.read() as session:
        assert session.scalars(select(PersonRequest)).all() == []
    assert "Nobody is waiting" in ann.get("/staff/people").text
    assert ann.get(f"/staff/people/{request.id}").status_code == 404


@pytest.mark.parametrize("command", ["start over", "delete everything"])
def test_a_deleted_draft_leaves_no_open_request(
    mentor: ChattingMentor, store: Store, ann: Browser, command: str
) -> None:
    mentor.comes_to("two_months")
    asks(mentor)
    answers(ann, request_in(store).id, "a word about you")
    mentor.taps("Go on with the form")
    mentor.says(command)
    mentor.taps("Start over" if command == "start over" else "Delete my answers")
    assert all("a word about you" not in each["text"] for each in mentor.messages())
    assert "Nobody is waiting" in ann.get("/staff/people").text


def test_in_french(mentor: ChattingMentor, store: Store, ann: Browser) -> None:
    mentor.comes_to("two_months")
    mentor.says("en français")
    said = mentor.says("je voudrais parler à quelqu’un")
    assert "les jours ouvrés" in said
    mentor.taps("Oui, répondez-moi ici")
    answers(ann, request_in(store).id, "Bonjour")
    assert mentor.messages()[-1]["text"] == f"Une personne de {ORGANISATION.name}\u00a0: Bonjour"
