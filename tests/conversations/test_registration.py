"""Registering through the real engine and the web channel: the good case, and odd messages and requests."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Iterator

import httpx
import pytest
from itsdangerous import TimestampSigner

from bot.channels.web.downloads import ADDRESS_SECONDS
from bot.core.organisation import ORGANISATION
from bot.registration import form
from bot.security.key_files import load_master_keys
from bot.security.vault import Vault
from tests.support.answers import CONSENT_IDS, TEXTS
from tests.support.records import Records
from tests.support.service import RunningBot
from tests.support.web import WebMentor
from tests.support.wordings import is_said


def test_a_whole_registration_is_stored_whole(mentor: WebMentor, bot: RunningBot) -> None:
    assert "ten minutes" in mentor.heard()
    address = f"{uuid.uuid4().hex[:12]}@example.org"
    mentor.walks_until("email").says(address)
    mentor.answers_until("review")
    assert "Nothing is sent before you press it" in mentor.heard()
    assert "Your registration is complete" in mentor.taps("Submit")

    details = bot.registration(address)
    values = {answer["id"]: answer["value"] for answer in details["answers"]}
    expected = TEXTS | {"email": address, "account": "new", "date_of_birth": "sealed", "photo": values["photo"]}
    assert values == expected
    assert [consent["id"] for consent in details["consents"]] == CONSENT_IDS
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


def test_a_mentor_with_an_account_is_asked_for_the_name_with_the_check(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("account").dialogue(f"""
        [I already have a {ORGANISATION.name} account]
        ? email
    """)
    mentor.answers_until("photo").dialogue("""
        > (photo)
        ? full_name
        > Maria Okafor
        ? date_of_birth
    """)
    mentor.answers_until("review").dialogue("""
        < Full legal name: Maria Okafor
        [Submit]
        < Your registration is complete
        ? nothing
    """)
    assert records.answers["account"] == "existing"
    assert records.answers["full_name"] == "Maria Okafor"
    assert list(records.consents) == CONSENT_IDS


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
    assert is_said("your background check is running", mentor.says("what is my status?"))
    assert len(bot.json("checks", "list")) == before


def test_an_old_button_changes_nothing(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("two_months")
    agree = mentor.payload("I agree")
    mentor.taps_payload(agree)
    assert mentor.question == "published_and_rated"
    assert "earlier question" in mentor.taps_payload(agree)
    assert mentor.question == "published_and_rated"
    assert list(records.consents) == ["background_check", "two_months"]


def test_a_button_that_was_never_offered_changes_nothing(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("two_months")
    for payload in (
        "affirm:two_months:1",
        "affirm:two_months",
        "affirm",
        "submit",
        "/affirm",
        'inform{"x":1}',
        "change_answer:two_months:::x",
    ):
        mentor.taps_payload(payload)
        assert mentor.question == "two_months", payload
    assert list(records.consents) == ["background_check"]


def test_the_same_message_twice_is_one_message(mentor: WebMentor) -> None:
    mentor.answers_until("full_name")
    mentor.says("Ann Lee", message_id="once")
    assert mentor.question == "email"
    assert mentor.says("Ann Lee", message_id="once") == ""
    assert mentor.question == "email"
    assert sum(each["text"] == "Ann Lee" for each in mentor.opens().messages) == 1


def test_a_typed_command_of_rasa_does_nothing(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("two_months")
    for text in ("/affirm", '/inform{"question":"account"}', "/session_start", " /affirm"):
        mentor.dialogue(f"> {text}\n? two_months")
    mentor.dialogue("""
        > /restart
        < Do you want to delete all your answers
        ? start_over
        > no
        ? two_months
    """)
    assert list(records.consents) == ["background_check"]
    assert records.answers["reasons"] == TEXTS["reasons"]


def test_strange_text_is_stored_or_explained_and_breaks_nothing(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("expertise")
    for text in ("\x00", "\ud83d", "a\u202eb", "'; DROP TABLE mentors; --", "{{7*7}}", "%s%n", "\\u0000"):
        body = json.dumps({"id": uuid.uuid4().hex, "after": mentor.cursor, "text": text})
        headers = {"Content-Type": "application/json"}
        assert mentor.http.post("/api/messages", content=body, headers=headers).status_code == 200
        mentor.looks()
        if mentor.question == "expertise":
            mentor.answers()
        else:
            assert records.answers["expertise"] == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        mentor.dialogue("""
            ? photo
            > change my expertise
            ? expertise
        """)


@pytest.mark.parametrize("path", ["/api/messages", "/api/photos/0123456789abcdef0123456789abcdef"])
def test_without_a_session_nothing_is_told(bot: RunningBot, path: str) -> None:
    response = httpx.get(bot.url + path)
    assert response.status_code == 401
    assert "reload" in response.json()["error"]


def test_another_mentors_photo_cannot_be_seen(mentor: WebMentor, bot: RunningBot) -> None:
    mentor.answers_until("photo").walks_until("date_of_birth")
    photo = next(each["photo"] for each in mentor.messages if each.get("photo"))
    with WebMentor(bot.url) as stranger:
        assert stranger.opens().http.get(photo).status_code == 404


def test_the_address_of_a_photo_cannot_be_made_up_or_changed(mentor: WebMentor) -> None:
    mentor.answers_until("photo").walks_until("date_of_birth")
    photo = next(each["photo"] for each in mentor.messages if each.get("photo"))
    seen = mentor.http.get(photo)
    assert (seen.status_code, seen.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert "default-src 'none'" in seen.headers["Content-Security-Policy"]
    assert "no-store" in seen.headers["Cache-Control"]
    bare, at, signature = photo.rsplit(".", 2)
    later = f"{bare}.{at[:-1]}{'A' if at[-1] != 'A' else 'B'}.{signature}"
    for address in (bare, later, photo[:-1], f"{photo}x", f"{bare}.{at}.", f"{bare}-square.{at}.{signature}"):
        assert mentor.http.get(address).status_code == 404, address


class SignerOfEarlier(TimestampSigner):
    """Signs as the bot did some seconds ago."""

    seconds = 0

    def get_timestamp(self) -> int:
        return int(time.time()) - self.seconds


@pytest.mark.parametrize(("seconds", "status"), [(ADDRESS_SECONDS - 60, 200), (ADDRESS_SECONDS + 60, 404)])
def test_the_address_of_a_photo_is_good_for_fifteen_minutes(
    mentor: WebMentor, bot: RunningBot, records: Records, seconds: int, status: int
) -> None:
    mentor.answers_until("date_of_birth")
    key = Vault(load_master_keys("", bot.data_dir)).derived_key("photo addresses")
    signer = SignerOfEarlier(key, digest_method=hashlib.sha256)
    signer.seconds = seconds
    address = signer.sign(records.answers["photo"]).decode()
    assert mentor.http.get(f"/api/photos/{address}").status_code == status


def test_the_address_of_a_photo_needs_the_session_too(mentor: WebMentor, bot: RunningBot) -> None:
    mentor.answers_until("photo").walks_until("date_of_birth")
    photo = next(each["photo"] for each in mentor.messages if each.get("photo"))
    assert httpx.get(bot.url + photo).status_code == 401


def test_the_cookie_of_the_session_is_for_our_pages_alone(bot: RunningBot) -> None:
    cookie = httpx.post(f"{bot.url}/api/session").headers["Set-Cookie"].casefold()
    assert {"httponly", "samesite=strict", "path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ],
)
def test_a_write_from_another_site_is_refused(mentor: WebMentor, headers: dict[str, str]) -> None:
    own = {"Origin": str(mentor.http.base_url).rstrip("/")}
    message = {"id": uuid.uuid4().hex, "text": "yes"}
    response = mentor.http.post("/api/messages", json=message, headers=own | headers)
    assert response.status_code == 403
    assert response.json()["error"] == "This request did not come from our page."
    assert mentor.http.post("/api/messages", json=message, headers=own).status_code == 200


def test_a_body_that_does_not_tell_its_length_is_counted_while_it_comes(mentor: WebMentor) -> None:
    def body() -> Iterator[bytes]:
        yield b'{"id": "x", "text": "'
        for _ in range(300):
            yield b"y" * 1_000
        yield b'"}'

    response = mentor.http.post("/api/messages", content=body(), headers={"Content-Type": "application/json"})
    assert response.status_code == 413
    assert response.json()["error"] == "That message is too large to send."


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
