"""The consent receipt: at the end and at any time, as a page and as data, for its mentor alone."""

from __future__ import annotations

import hashlib

import httpx

from bot.registration import form
from tests.support.answers import CONSENT_IDS
from tests.support.records import Records
from tests.support.service import RunningBot
from tests.support.web import WebMentor


def test_who_has_submitted_can_keep_what_they_agreed_to(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("ethics_laws").says("I will follow the laws <b>& rules</b>, yes")
    mentor.says("yes, I will follow the laws")
    mentor.answers_until("review").taps("Submit")
    mentor.taps("What I agreed to")
    links = {each["label"]: each["url"] for each in mentor.messages[-1]["links"]}
    found = mentor.http.get(links["Download it as data"])
    assert "attachment" in found.headers["Content-Disposition"]
    receipt = found.json()
    assert receipt["version"] == "KI-CR-v1.1.0"
    assert receipt["piiPrincipalId"] == records.registration["id"]
    [service] = receipt["services"]
    assert [each["item"] for each in service["purposes"]] == CONSENT_IDS
    for each in service["purposes"]:
        assert each["purpose"] == form.BY_ID[form.ItemId(each["item"])].wording
        assert each["wordingSha256"] == hashlib.sha256(each["purpose"].encode()).hexdigest()
        assert (each["decision"], each["inForce"], each["consentType"]) == ("agreed", True, "EXPLICIT")
    laws = service["purposes"][CONSENT_IDS.index("ethics_laws")]
    assert laws["reply"] == "yes, I will follow the laws"
    page = mentor.http.get(links["Read or print it"])
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.text.count("You agreed.") == len(CONSENT_IDS)
    assert "<script" not in page.text
    assert mentor.http.get("/widget/receipt.css").status_code == 200


def test_a_receipt_can_be_had_at_any_time_and_shows_what_was_said_so_far(mentor: WebMentor) -> None:
    mentor.answers_until("background_check").dialogue("""
        > receipt
        < Here is what you agreed to
        ? background_check
    """)
    assert "You have not agreed to anything yet." in mentor.http.get("/api/receipt.html").text
    mentor.dialogue("""
        > I do not agree & never will
        < noted that you do not agree
        > I agree
        > back
        > yes
        ? published_and_rated
        > what exactly have I agreed to?
        < Here is what you agreed to
        ? published_and_rated
    """)
    page = mentor.http.get("/api/receipt.html").text
    assert page.count("You did not agree.") == 1
    assert page.count("You agreed.") == 2
    assert page.count("A later reply replaced this one.") == 1
    assert "I do not agree &amp; never will" in page
    assert "agree & never" not in page


def test_nobody_elses_receipt_can_be_had(mentor: WebMentor, bot: RunningBot) -> None:
    mentor.answers_until("two_months")
    for kind in ("html", "json"):
        assert httpx.get(f"{bot.url}/api/receipt.{kind}").status_code == 401
    with WebMentor(bot.url) as stranger:
        assert stranger.opens().http.get("/api/receipt.json").json()["services"][0]["purposes"] == []


def test_what_was_taken_back_stays_in_the_receipt(mentor: WebMentor) -> None:
    mentor.answers_until("published_and_rated").dialogue("""
        > start over
        > yes
        ? account
    """)
    [service] = mentor.http.get("/api/receipt.json").json()["services"]
    assert [(each["item"], each["decision"], each["inForce"]) for each in service["purposes"]] == [
        ("background_check", "agreed", False),
        ("two_months", "agreed", False),
        ("background_check", "withdrawn", False),
        ("two_months", "withdrawn", False),
    ]
