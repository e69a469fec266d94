"""Links in e-mails: back to the registration, to the profile, and to the end of the reminders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from bot.api.reminder_stop import reminder_stop
from bot.checks.notifier import StatusNotifier
from bot.checks.progress import CheckProgress
from bot.checks.service import Status, current_check
from bot.core.settings import load_settings
from bot.notifications import reminders
from bot.notifications.stop_links import stop_address
from bot.registration.registration import EMAIL_CODE, JOIN, START
from bot.security import continue_links
from bot.security.cipher import KEY_BYTES
from bot.security.vault import Vault
from bot.storage import ContinueLink, Conversation, Mentor, Store
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor, code_sent_to, snapshot
from tests.support.asgi import Browser
from tests.support.ledger import MASTER_KEY

SITE = "https://mentors.example"
CONTACT = "people@example.org"
CONTINUE = re.compile(rf"{SITE}/\?continue=(\S+)")
STOP = re.compile(rf"{SITE}(/reminders/stop/\S+)")


@pytest.fixture
def other(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    """Whoever opens a link, in another browser."""
    with ChattingMentor(store, vault, data_dir, email="elsewhere@example.org") as chatting:
        yield chatting


@pytest.fixture
def page(store: Store, vault: Vault) -> Browser:
    """Somebody who looks at the page that ends reminders."""
    app = FastAPI()
    app.include_router(reminder_stop(store, vault, CONTACT))
    return Browser(app)


def reminder(mentor: ChattingMentor, site: str = SITE) -> dict[str, str]:
    """Leave for a day and be reminded; gives the e-mail."""
    mentor.comes_to("experience")
    with mentor.store.write() as session:
        session.execute(update(Conversation).values(last_seen_at=utc_now() - timedelta(days=1.1)))
    assert reminders.run(mentor.store, mentor.vault, CONTACT, site=site) == 1
    return mentor.letters()[0]


def token_in(email: dict[str, str]) -> str:
    """The token of the link in both forms of an e-mail."""
    [token] = set(CONTINUE.findall(email["text"]))
    assert f'href="{SITE}/?continue={token}"' in email["html"]
    return token


def opens(mentor: ChattingMentor, token: str) -> None:
    mentor.opens_link(token)
    mentor.opens()


def test_a_reminder_goes_on_with_the_registration_once_the_code_is_typed(
    mentor: ChattingMentor, other: ChattingMentor
) -> None:
    registration = mentor.mentor_id
    token = token_in(reminder(mentor))
    opens(other, token)
    assert other.question == JOIN
    other.taps("Yes, go on with it")
    assert other.question == EMAIL_CODE
    assert other.mentor_id != registration, "a link alone joins nothing"
    other.says(code_sent_to(other.store, other.vault, mentor.email))
    assert (other.mentor_id, other.question) == (registration, "experience")


def test_a_link_in_an_email_works_once(mentor: ChattingMentor, other: ChattingMentor, data_dir: Path) -> None:
    token = token_in(reminder(mentor))
    opens(other, token)
    with ChattingMentor(mentor.store, mentor.vault, data_dir, email="third@example.org") as third:
        opens(third, token)
        assert third.question == START
        assert "used before" in repr(third.messages())


def test_a_link_in_an_email_is_good_for_a_week_and_says_until_when(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    email = reminder(mentor)
    with store.read() as session:
        link = session.scalars(select(ContinueLink)).one()
    assert abs(link.expires_at - utc_now() - timedelta(days=7)) < timedelta(minutes=1)
    assert f"{link.expires_at.day} {link.expires_at:%B}" in email["text"]
    with store.write() as session:
        session.execute(update(ContinueLink).values(expires_at=utc_now() - timedelta(seconds=1)))
    opens(other, token_in(email))
    assert other.question == START


def test_a_link_in_an_email_outlives_the_service(mentor: ChattingMentor, store: Store) -> None:
    token = token_in(reminder(mentor))
    with store.read() as session:
        link = session.scalars(select(ContinueLink)).one()
    assert continue_links.token_of(Vault([MASTER_KEY]), token[:32]) == token
    with store.write() as session:
        found = continue_links.find(session, token)
        assert found is not None
        assert found.token_hash == link.token_hash


def test_a_token_is_in_the_sealed_email_and_nowhere_else(
    mentor: ChattingMentor, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    email = reminder(mentor)
    stored = repr(snapshot(store))
    for token in (token_in(email), STOP.findall(email["text"])[0].rpartition(".")[2]):
        assert token not in stored
        assert token[32:] not in stored
        assert token not in caplog.text


def test_a_reminder_without_a_public_site_has_no_link(mentor: ChattingMentor, store: Store) -> None:
    email = reminder(mentor, site="")
    assert "http" not in email["text"]
    assert (email["stop"], snapshot(store)["continue_links"]) == ("", [])


@pytest.mark.parametrize(
    ("settings", "site"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"public_url": SITE, "mail_url": "smtp://mail.example"}, SITE),
        ({"mail_url": "smtp://mail.example"}, ""),
    ],
    ids=["on this machine", "public", "nobody outside can open it"],
)
def test_emails_link_to_what_their_reader_can_open(settings: dict[str, str], site: str) -> None:
    assert load_settings(_env_file=None, **settings).site_in_emails == site


@pytest.mark.parametrize("status", [Status.CLEAR, Status.CANCELLED, Status.EXPIRED, Status.DECLINED, Status.REVIEW])
def test_an_email_about_a_check_links_to_what_comes_next(mentor: ChattingMentor, status: Status) -> None:
    mentor.comes_to("review").says("submit")
    progress = CheckProgress(mentor.vault, StatusNotifier(mentor.vault, CONTACT, 9, SITE).notify_status_change)
    with mentor.store.write() as session:
        check = current_check(session, mentor.mentor_id)
        assert check is not None
        assert progress.advance(session, check, status, by_person=True)
    email = mentor.letters()[0]
    profile = f"{SITE}/mentors/{mentor.mentor_id}"
    assert (profile in email["text"]) == (f'href="{profile}"' in email["html"]) == (status is Status.CLEAR)
    assert (profile in str(mentor.messages()[-1]["text"])) == (status is Status.CLEAR)
    assert bool(CONTINUE.search(email["text"])) == (status in (Status.CANCELLED, Status.EXPIRED))
    assert email["stop"] == "", "it is no reminder"


def test_a_look_at_the_page_ends_nothing_and_its_button_ends_the_reminders(
    mentor: ChattingMentor, store: Store, page: Browser
) -> None:
    email = reminder(mentor)
    [path] = set(STOP.findall(email["text"]))
    assert email["stop"] == SITE + path
    looked = page.get(path, headers={"accept-language": "fr-CA,fr;q=0.9"})
    assert (looked.status_code, looked.headers["cache-control"]) == (200, "no-store")
    assert '<html lang="fr">' in looked.text
    assert '<form method="post">' in looked.text
    with store.read() as session:
        assert session.get_one(Mentor, mentor.mentor_id).reminders_off_at is None
    one_click = {"content": "List-Unsubscribe=One-Click", "headers": {"content-type": "text/plain"}}
    assert "no more reminders" in page.post(path, **one_click).text
    with store.read() as session:
        off = session.get_one(Mentor, mentor.mentor_id).reminders_off_at
        assert reminders.due(session, utc_now() + timedelta(days=5)) == []
    assert off is not None
    page.post(path)
    with store.read() as session:
        assert session.get_one(Mentor, mentor.mentor_id).reminders_off_at == off, "it was done before"


def test_who_was_erased_is_answered_like_everybody(page: Browser, vault: Vault, store: Store) -> None:
    answer = page.post(stop_address("", vault, "f" * 32))
    assert answer.status_code == 200
    assert "no more reminders" in answer.text
    assert snapshot(store)["mentors"] == []


def test_the_page_lets_a_browser_name_the_origin_of_its_form(mentor: ChattingMentor, page: Browser) -> None:
    # With "no-referrer" a browser sends "Origin: null", which is refused as another site's.
    [path] = set(STOP.findall(reminder(mentor)["text"]))
    assert page.get(path).headers.get("referrer-policy", "same-origin") == "same-origin"


@pytest.mark.parametrize("change", ["", "x", "another"])
def test_a_token_that_was_not_made_here_ends_nothing(
    mentor: ChattingMentor, store: Store, page: Browser, change: str
) -> None:
    [path] = set(STOP.findall(reminder(mentor)["text"]))
    token = path.rpartition("/")[2]
    forged = {
        "": token.partition(".")[0],
        "x": token + "x",
        "another": f"{'e' * 32}.{token.partition('.')[2]}",
    }[change]
    for method in ("GET", "POST"):
        answer = page.request(method, f"/reminders/stop/{forged}")
        assert answer.status_code == 404
        assert CONTACT in answer.text
    with store.read() as session:
        assert session.get_one(Mentor, mentor.mentor_id).reminders_off_at is None


def test_a_link_to_end_reminders_ends_with_its_key(page: Browser, mentor: ChattingMentor) -> None:
    assert page.get(stop_address("", Vault([b"x" * KEY_BYTES]), mentor.mentor_id)).status_code == 404
