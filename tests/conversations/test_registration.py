"""Registering through the real engine and the web channel: the good case, and every kind of odd answer."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot import form
from tests.support.answers import TEXTS, picture
from tests.support.service import RunningBot
from tests.support.web import WebMentor


@pytest.fixture
def mentor(bot: RunningBot) -> Iterator[WebMentor]:
    """A mentor who has just opened the page."""
    with WebMentor(bot.url) as someone:
        yield someone.opens()


def registration_of(bot: RunningBot, email: str) -> Any:
    """The newest registration with this address, as ``bot registrations show`` prints it."""
    return bot.registration(email)


def email_of(mentor: WebMentor) -> str:
    """Answer until the e-mail question, and that one with an address of its own."""
    address = f"{uuid.uuid4().hex[:12]}@example.org"
    mentor.answers_until("email").says(address)
    return address


def test_a_whole_registration_is_stored_whole(mentor: WebMentor, bot: RunningBot) -> None:
    assert "ten minutes" in mentor.heard()
    address = email_of(mentor)
    mentor.answers_until("review")
    assert "Nothing is sent before you press it" in mentor.heard()
    assert "Your registration is complete" in mentor.taps("Submit")

    details = registration_of(bot, address)
    values = {answer["id"]: answer["value"] for answer in details["answers"]}
    expected = TEXTS | {"email": address, "account": "new", "date_of_birth": "sealed", "photo": values["photo"]}
    assert values == expected
    assert [consent["id"] for consent in details["consents"]] == [item.id for item in form.CONSENTS]
    for consent in details["consents"]:
        item = form.BY_ID[consent["id"]]
        assert (consent["decision"], consent["wording"], consent["wording_version"]) == (
            "agreed",
            item.wording,
            item.version,
        )
        assert (consent["reply"], consent["reading"], consent["channel"]) == ("I agree", "typed", "web")
        assert consent["shown_at"] <= consent["answered_at"]
    assert [row["status"] for row in bot.json("checks", "list") if row["registration"] == details["id"]] != []


def test_a_mentor_with_an_account_is_not_asked_for_a_name(mentor: WebMentor, bot: RunningBot) -> None:
    mentor.answers_until("account").taps("I already have a JobGen account")
    assert mentor.question == "email"
    address = email_of(mentor)
    mentor.answers_until("review").taps("Submit")
    details = registration_of(bot, address)
    assert "full_name" not in {answer["id"] for answer in details["answers"]}
    assert len(details["consents"]) == 19


def test_submitting_again_says_how_the_check_stands_and_starts_no_second_one(
    mentor: WebMentor, bot: RunningBot
) -> None:
    mentor.answers_until("review")
    submit = mentor.payload("Submit")
    mentor.taps_payload(submit)
    before = len(bot.json("checks", "list"))
    for again in (lambda: mentor.taps_payload(submit), lambda: mentor.says("register"), lambda: mentor.says("submit")):
        again()
        assert "complete" not in mentor.heard()
    assert "under way" in mentor.says("what is my status?")
    assert len(bot.json("checks", "list")) == before


@pytest.mark.parametrize("question", ["start", "account", "full_name", "email", "reasons", "photo", "background_check"])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(" \n\t ", id="whitespace"),
        pytest.param("🎉🎉🎉", id="emoji"),
        pytest.param("x" * 10_000, id="10,000 characters"),
    ],
)
def test_what_is_no_answer_is_explained_and_the_question_asked_again(
    mentor: WebMentor, question: str, text: str
) -> None:
    mentor.answers_until(question)
    said = mentor.says(text)
    assert mentor.question == question, said
    notes = [each for each in mentor.news if each["from"] == "bot" and each["kind"] == "say"]
    assert notes, "the mentor is told what is wrong"
    mentor.answers()
    assert mentor.question != question, "a good answer is taken right after"


def test_right_to_left_text_is_an_answer_where_text_is_asked_and_no_consent(mentor: WebMentor, bot: RunningBot) -> None:
    address = email_of(mentor)
    arabic = "أحب مساعدة الناس على إيجاد عمل"
    mentor.answers_until("reasons").says(arabic)
    assert mentor.question == "experience"
    mentor.answers_until("background_check").says("نعم")
    assert mentor.question == "background_check"
    values = {answer["id"]: answer["value"] for answer in registration_of(bot, address)["answers"]}
    assert values["reasons"] == arabic


@pytest.mark.parametrize(
    "name", ["Ng", "O’Brien", "María-José", "李小龍", "محمد بن سلمان", "Nguyễn Thị Minh Khai", "J. R. R. Tolkien"]
)
def test_names_of_any_culture_are_taken_as_written(mentor: WebMentor, bot: RunningBot, name: str) -> None:
    mentor.answers_until("full_name").says(name)
    address = email_of(mentor)
    values = {answer["id"]: answer["value"] for answer in registration_of(bot, address)["answers"]}
    assert values["full_name"] == name


@pytest.mark.parametrize(
    "address", ["maria", "maria@", "maria@example", "a b@example.org", "@example.org", "a@b@c.org"]
)
def test_an_address_that_is_none_is_asked_again(mentor: WebMentor, address: str) -> None:
    mentor.answers_until("email")
    assert "does not look like an e-mail address" in mentor.says(address)
    assert mentor.question == "email"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31 February 1985", "does not exist"),
        ("1 1 2090", "in the future"),
        ("1 January 2020", "at least 18"),
        ("1 January 1880", "more than 120 years"),
        ("May 1985", "the day, the month and the year"),
        ("yesterday", "could not read that as a date"),
        ("99/99/9999", "does not exist"),
    ],
)
def test_a_date_that_cannot_be_is_explained(mentor: WebMentor, text: str, sentence: str) -> None:
    mentor.answers_until("date_of_birth")
    assert sentence in mentor.says(text)
    assert mentor.question == "date_of_birth"


def test_an_ambiguous_date_is_asked_back_with_two_buttons(mentor: WebMentor) -> None:
    mentor.answers_until("date_of_birth")
    assert "two ways" in mentor.says("03/05/1971")
    assert [button["label"] for button in mentor.asked["buttons"]][:2] == ["5 March 1971", "3 May 1971"]
    mentor.taps("3 May 1971")
    assert mentor.question == "background_check"
    typed = [each["text"] for each in mentor.messages if each["from"] == "mentor"]
    assert not any("1971" in text for text in typed)
    assert not any("1971" in str(each) for each in mentor.opens().messages), "the choice is gone once it is made"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("me.jpg", b"plain text", "cannot open that file as a picture"),
        ("me.jpg", b"", "cannot open that file as a picture"),
        ("me.png", picture(kind="PNG")[:2000], "damaged"),
        ("me.png", picture(100, 100, "PNG"), "too small"),
    ],
)
def test_a_file_that_is_no_photo_is_explained(mentor: WebMentor, name: str, data: bytes, sentence: str) -> None:
    mentor.answers_until("photo")
    assert sentence in mentor.sends(data, name)
    assert mentor.question == "photo"
    mentor.answers()
    assert mentor.question == "date_of_birth"


def test_a_file_where_text_is_asked_is_not_kept(mentor: WebMentor, bot: RunningBot) -> None:
    mentor.answers_until("reasons")
    assert "do not need a file" in mentor.sends(picture())
    assert mentor.question == "reasons"
    assert list((bot.data_dir / "uploads").iterdir()) == []


def test_text_where_a_photo_is_asked(mentor: WebMentor) -> None:
    mentor.answers_until("photo")
    assert "need a picture" in mentor.says("here is my photo")
    assert mentor.question == "photo"


def test_a_file_over_the_limit_is_refused_with_a_sentence(mentor: WebMentor) -> None:
    mentor.answers_until("photo")
    response = mentor.http.post(
        "/api/photos", data={"id": "big"}, files={"file": ("me.jpg", b"\xff" * (21 * 1024 * 1024))}
    )
    assert response.status_code == 413
    assert "20 megabytes" in response.json()["error"]


@pytest.mark.parametrize(
    "reply",
    [
        "I guess",
        "maybe",
        "yes but only on weekends",
        "what does that mean?",
        "yes?",
        "yes 🙄",
        "no problem",
        "fine print",
    ],
)
def test_an_unclear_reply_is_never_a_consent(mentor: WebMentor, bot: RunningBot, reply: str) -> None:
    address = email_of(mentor)
    mentor.answers_until("two_months").says(reply)
    assert mentor.question == "two_months"
    recorded = [consent["id"] for consent in registration_of(bot, address)["consents"]]
    assert recorded == ["background_check"]


def test_a_refused_clause_is_recorded_respected_and_can_be_changed(mentor: WebMentor, bot: RunningBot) -> None:
    address = email_of(mentor)
    mentor.answers_until("ethics_laws")
    assert "noted that you do not agree" in mentor.says("no, I do not agree")
    assert mentor.question == "ethics_mentee_rights"
    mentor.answers_until("reconsider")
    assert "Mentors are responsible to make themselves aware" in mentor.heard()
    assert "saved" in mentor.taps("Not now")
    assert mentor.question == "reconsider", "neither the agreement nor Submit comes before every clause is agreed"
    refused = {each["id"]: each["decision"] for each in registration_of(bot, address)["consents"]}
    assert refused["ethics_laws"] == "refused"
    assert "code_of_ethics" not in refused
    mentor.taps("Look at it again")
    assert mentor.question == "ethics_laws"
    mentor.taps("I agree")
    assert mentor.question == "code_of_ethics"
    mentor.answers()
    assert "complete" in mentor.taps("Submit")
    assert {each["decision"] for each in registration_of(bot, address)["consents"]} == {"agreed"}


def test_free_text_with_commands_and_consents_in_it_is_an_answer(mentor: WebMentor, bot: RunningBot) -> None:
    address = email_of(mentor)
    texts = {
        "reasons": "No. Stop asking, yes? /restart – I started on 3 May 2015 🙂 and I would go back.\nTruly.",
        "experience": "/start was my first word. " + "I have helped many people. " * 120,
        "expertise": "yes",
    }
    for question, text in texts.items():
        mentor.answers_until(question).says(text)
        assert mentor.question != question, mentor.heard()
    values = {answer["id"]: answer["value"] for answer in registration_of(bot, address)["answers"]}
    assert {name: values[name] for name in texts} == {name: text.strip() for name, text in texts.items()}


@pytest.mark.parametrize(
    "question", ["account", "full_name", "reasons", "photo", "date_of_birth", "ethics_laws", "review"]
)
def test_a_question_of_the_mentor_is_answered_and_the_open_one_comes_back(mentor: WebMentor, question: str) -> None:
    mentor.answers_until(question)
    assert "It is free" in mentor.says("how much does it cost?")
    assert mentor.question == question
    assert mentor.news[-1]["question"] == question


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("thank you", "You are welcome"),
        ("hello", "Welcome back"),
        ("how much is it?", "It is free"),
        ("what if I say no to a clause?", "nothing you saved is lost"),
        ("can I change my answers later?", "you can change every answer"),
        ("can I talk to a human?", "mentors@jobgen.example"),
        ("why do you need this?", "get to know you"),
        ("are you a robot?", "I am a bot"),
    ],
)
def test_what_is_plainly_no_answer_is_none_even_where_free_text_is_asked(
    mentor: WebMentor, words: str, sentence: str
) -> None:
    mentor.answers_until("reasons")
    assert sentence in mentor.says(words)
    assert mentor.question == "reasons"


def test_back_change_and_on_from_where_the_mentor_was(mentor: WebMentor, bot: RunningBot) -> None:
    address = email_of(mentor)
    mentor.answers_until("photo").says("go back")
    assert mentor.question == "expertise"
    mentor.taps("Keep my answer")
    assert mentor.question == "photo"
    mentor.says("change my reasons")
    assert mentor.question == "reasons"
    mentor.says("To give something back.")
    assert mentor.question == "photo"
    mentor.answers_until("review").taps("Change: Your expertise")
    assert mentor.question == "expertise"
    mentor.says("Carpentry")
    assert mentor.question == "review"
    values = {answer["id"]: answer["value"] for answer in registration_of(bot, address)["answers"]}
    assert (values["reasons"], values["expertise"]) == ("To give something back.", "Carpentry")


def test_a_changed_photo_replaces_the_first(mentor: WebMentor, bot: RunningBot) -> None:
    mentor.answers_until("date_of_birth")
    first = next(each["photo"] for each in mentor.messages if each.get("photo"))
    assert mentor.http.get(first).status_code == 200
    mentor.says("I want another photo")
    assert mentor.question == "photo"
    mentor.sends(picture(400, 900, "PNG"))
    assert mentor.question == "date_of_birth"
    second = next(each["photo"] for each in reversed(mentor.messages) if each.get("photo"))
    assert mentor.http.get(first).status_code == 404
    assert mentor.http.get(second).headers["content-type"] == "image/jpeg"
    photo_id = first.rsplit("/", 1)[1]
    assert list((bot.data_dir / "photos").glob(f"{photo_id}*")) == []


def test_an_old_button_changes_nothing(mentor: WebMentor, bot: RunningBot) -> None:
    mentor.answers_until("two_months")
    agree = mentor.payload("I agree")
    mentor.taps_payload(agree)
    assert mentor.question == "published_and_rated"
    assert "earlier question" in mentor.taps_payload(agree)
    assert mentor.question == "published_and_rated"


@pytest.mark.parametrize(
    "payload",
    [
        "affirm:two_months:1",
        "affirm:two_months",
        "affirm",
        "submit",
        "/affirm",
        'inform{"x":1}',
        "change_answer:two_months:::x",
    ],
)
def test_a_button_that_was_never_offered_changes_nothing(mentor: WebMentor, bot: RunningBot, payload: str) -> None:
    address = email_of(mentor)
    mentor.answers_until("two_months").taps_payload(payload)
    assert mentor.question == "two_months"
    assert len(registration_of(bot, address)["consents"]) == 1


def test_the_same_message_twice_is_one_message(mentor: WebMentor) -> None:
    mentor.answers_until("full_name")
    mentor.says("Ann Lee", message_id="once")
    assert mentor.question == "email"
    assert mentor.says("Ann Lee", message_id="once") == ""
    assert mentor.question == "email"
    assert sum(each["text"] == "Ann Lee" for each in mentor.opens().messages) == 1


def test_a_double_tap_consents_to_one_clause(mentor: WebMentor, bot: RunningBot) -> None:
    address = email_of(mentor)
    mentor.answers_until("ethics_laws")
    payload = mentor.payload("I agree")
    for message_id in ("first", "second"):
        mentor.taps_payload(payload, message_id)
    assert mentor.question == "ethics_mentee_rights"
    recorded = [consent["id"] for consent in registration_of(bot, address)["consents"]]
    assert recorded[-1] == "ethics_laws"


@pytest.mark.parametrize("text", ["/affirm", '/inform{"question":"account"}', "/restart", "/session_start", " /affirm"])
def test_a_typed_command_of_rasa_does_nothing(mentor: WebMentor, bot: RunningBot, text: str) -> None:
    address = email_of(mentor)
    mentor.answers_until("two_months").says(text)
    assert mentor.question == "two_months"
    assert len(registration_of(bot, address)["consents"]) == 1


@pytest.mark.parametrize(
    "text", ["\x00", "\ud83d", "a\u202eb", "'; DROP TABLE mentors; --", "{{7*7}}", "%s%n", "\\u0000"]
)
def test_strange_text_is_stored_or_explained_and_breaks_nothing(mentor: WebMentor, text: str) -> None:
    mentor.answers_until("expertise")
    body = json.dumps({"id": uuid.uuid4().hex, "after": mentor.cursor, "text": text})
    headers = {"Content-Type": "application/json"}
    assert mentor.http.post("/api/messages", content=body, headers=headers).status_code == 200
    mentor.looks()
    if mentor.question == "expertise":
        mentor.answers()
    assert mentor.question == "photo"


def test_a_reload_shows_the_same_conversation(mentor: WebMentor) -> None:
    mentor.answers_until("photo")
    before = mentor.messages
    assert mentor.opens().messages == before


def test_a_long_conversation_goes_on_past_the_engines_sessions(mentor: WebMentor) -> None:
    mentor.answers_until("reasons")
    for turn in range(65):
        assert "It is free" in mentor.says("is it free?"), turn
        assert mentor.question == "reasons"
    mentor.answers()
    assert mentor.question == "experience"


@pytest.mark.parametrize("path", ["/api/messages", "/api/photos/0123456789abcdef0123456789abcdef"])
def test_without_a_session_nothing_is_told(bot: RunningBot, path: str) -> None:
    response = httpx.get(bot.url + path)
    assert response.status_code == 401
    assert "reload" in response.json()["error"]


def test_another_mentors_photo_cannot_be_seen(mentor: WebMentor, bot: RunningBot) -> None:
    mentor.answers_until("date_of_birth")
    photo = next(each["photo"] for each in mentor.messages if each.get("photo"))
    with WebMentor(bot.url) as stranger:
        assert stranger.opens().http.get(photo).status_code == 404


def test_a_write_from_another_site_is_refused(mentor: WebMentor) -> None:
    response = mentor.http.post(
        "/api/messages", json={"id": "x", "text": "Ann"}, headers={"Origin": "https://evil.example"}
    )
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        (b'{"id": 1}', 422),
        (b'{"text": "x"}', 422),
        (b'{"id": "", "text": "x"}', 422),
        (b'{"id": "x", "text": "' + b"y" * 300_000 + b'"}', 413),
    ],
)
def test_a_request_that_makes_no_sense_gets_a_sentence(mentor: WebMentor, body: bytes, status: int) -> None:
    response = mentor.http.post("/api/messages", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    assert response.json()["error"].endswith(".")
