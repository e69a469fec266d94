"""What a mentor can do after the submit: change, withdraw, take their data along, delete everything."""

from __future__ import annotations

import sqlite3
import time

import pytest

from bot.core.organisation import ORGANISATION
from tests.support.answers import TEXTS, picture
from tests.support.records import Records
from tests.support.service import RunningBot
from tests.support.web import WebMentor


@pytest.fixture
def registered(mentor: WebMentor) -> WebMentor:
    """A mentor who has submitted."""
    mentor.answers_until("review").taps("Submit")
    return mentor


def decide(bot: RunningBot, records: Records, decision: str) -> None:
    done = bot.command("checks", "decide", records.registration["check"]["id"], decision, "--reason", "as found")
    assert done.returncode == 0, done.stderr


def test_an_answer_is_changed_and_nothing_else(registered: WebMentor, records: Records) -> None:
    registered.dialogue("""
        > change my expertise
        ? expertise
        > Gardening and plumbing
        < Do you want your profile to say “Gardening and plumbing”?
        [Save]
        < I have saved that
        ? nothing
        > status
        < your background check is running
        ? nothing
    """)
    assert records.answers["expertise"] == "Gardening and plumbing"
    assert records.answers["reasons"] == TEXTS["reasons"]


def test_a_change_can_be_left(registered: WebMentor, records: Records) -> None:
    registered.dialogue("""
        > change my expertise
        [Keep my answer]
        < I kept everything
        ? nothing
    """)
    assert records.answers["expertise"] == TEXTS["expertise"]


def test_what_the_check_is_about_stays(registered: WebMentor) -> None:
    registered.dialogue("""
        > change my name
        < can’t be changed any more
        ? nothing
        > change my date of birth
        < That one stays as it is
        ? nothing
    """)


def test_a_new_photo_is_shown_to_job_seekers_at_once(registered: WebMentor, records: Records, bot: RunningBot) -> None:
    address = f"/mentors/{records.registration['id']}"
    assert registered.http.get(address).status_code == 404
    decide(bot, records, "clear")
    before = registered.http.get(f"{address}/photo.jpg").content
    registered.dialogue("""
        > change my photo
        ? photo
    """)
    registered.sends(picture(700, 700))
    assert registered.http.get(f"{address}/photo.jpg").content == before
    registered.taps("Save")
    assert "job seekers see it from now on" in registered.heard()
    assert registered.http.get(f"{address}/photo.jpg").content not in (b"", before)
    profile = registered.http.get(f"{address}.json").json()
    assert profile["expertise"] == TEXTS["expertise"]
    assert TEXTS["full_name"] not in str(profile)
    assert registered.email not in registered.http.get(address).text


def test_the_mentor_is_told_of_the_result_where_they_are_and_by_mail(
    registered: WebMentor, records: Records, bot: RunningBot
) -> None:
    decide(bot, records, "clear")
    registered.waits_for(f"you are a {ORGANISATION.name} mentor")
    deadline = time.monotonic() + 20
    while not any("Welcome" in each["subject"] for each in registered.letters()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "date_of_birth" not in records.sealed


def test_who_is_declined_is_told_before_and_nothing_is_final(
    registered: WebMentor, records: Records, bot: RunningBot
) -> None:
    decide(bot, records, "decline")
    registered.waits_for("Nothing is final yet")
    assert "Nothing is final yet" in registered.says("status")
    assert records.sealed == ["date_of_birth"]
    decide(bot, records, "clear")
    registered.waits_for(f"you are a {ORGANISATION.name} mentor")


def test_a_consent_is_withdrawn_with_all_that_follows(registered: WebMentor, records: Records, bot: RunningBot) -> None:
    check = records.registration["check"]["id"]
    registered.dialogue("""
        > withdraw my permission
        ? background_check
        [Withdraw this consent]
        < you withdraw this consent
        ? reconsider
    """)
    assert [each.decision for each in records.ledger if each.item == "background_check"] == [
        "agreed",
        "withdrawn",
        "refused",
    ]
    assert bot.json("checks", "show", check)["status"] == "withdrawn"
    assert records.sealed == []
    registered.dialogue("""
        > yes
        ? background_check
        [I agree]
        ? date_of_birth
    """)
    registered.answers_until("review").taps("Submit")
    assert "running" in registered.says("status")
    assert records.registration["check"]["id"] != check


@pytest.mark.parametrize("words", ["I want to withdraw a consent", "which consents can I withdraw", "I take it back"])
def test_the_consents_are_listed_to_withdraw_one(registered: WebMentor, records: Records, words: str) -> None:
    registered.dialogue(f"""
        > {words}
        < These are the consents you have given
        < [Background check] [Privacy] [The code as a whole]
        ? nothing
        [Privacy]
        < Do you want to withdraw this consent?
        ? ethics_privacy
        > no
        ? nothing
    """)
    assert set(records.consents.values()) == {"agreed"}


def test_what_was_withdrawn_and_agreed_to_again_is_deleted_with_all_else(
    registered: WebMentor, records: Records, bot: RunningBot
) -> None:
    mentor_id = records.registration["id"]
    registered.dialogue("""
        > I no longer agree with the publishing
        ? published_and_rated
        [Withdraw this consent]
        < You withdrew your consent to this
        ! You said no
        ? reconsider
        > I changed my mind, I agree again
        ? published_and_rated
        [I agree]
        ? date_of_birth
    """)
    registered.answers_until("review").dialogue("""
        > delete my account
        < Do you want to delete your account?
        ? cancel
        [Delete my account]
        < will be deleted in a moment
        < The background check that had been started is over
        ! nothing was sent
        ? nothing
    """)
    deadline = time.monotonic() + 60
    while mentor_id in [row["id"] for row in bot.json("registrations", "list")]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert mentor_id not in str(bot.json("checks", "list"))
    traces = f"{registered.email}\n{mentor_id}\n"
    with sqlite3.connect(bot.data_dir / "bot.db") as database:
        for table in ("mentors", "accounts", "checks", "answers", "conversations", "transcript", "mails"):
            rows = str(database.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608  (names from here)
            assert [each for each in traces.split() if each in rows] == [], table


def test_my_data_holds_what_i_wrote_and_nobody_elses(registered: WebMentor, bot: RunningBot) -> None:
    registered.says("I want to download my data")
    [page, data] = [each["url"] for message in registered.news for each in message.get("links", [])]
    mine = registered.http.get(data)
    assert TEXTS["reasons"] in mine.json().__repr__()
    assert "attachment" in mine.headers["content-disposition"]
    assert "1985" not in mine.text.replace("-1985", "") or "1985-05-03" not in mine.text
    assert TEXTS["expertise"] in registered.http.get(page).text
    with WebMentor(bot.url) as stranger:
        assert stranger.http.get(data).status_code == 401
        assert TEXTS["reasons"] not in stranger.opens().http.get(data).text


def test_an_account_is_deleted_with_everything_in_it(registered: WebMentor, records: Records, bot: RunningBot) -> None:
    mentor_id = records.registration["id"]
    registered.dialogue("""
        > delete my account
        ? cancel
        [Keep my account]
        ? nothing
        > delete my account
        [Delete my account]
        < will be deleted in a moment
        ? nothing
    """)
    deadline = time.monotonic() + 60
    while mentor_id in [row["id"] for row in bot.json("registrations", "list")]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert registered.http.get("/api/messages").status_code == 401
    assert bot.command("consents", "verify").returncode == 0
    assert registered.opens().question == "start"


def test_reminders_can_be_stopped(mentor: WebMentor) -> None:
    mentor.answers_until("reasons").dialogue("""
        > stop reminding me
        < no more reminders
        ? reasons
    """)
