"""The staff pages in a real browser: on a phone, in every look, without a finding."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.core.organisation import ORGANISATION
from bot.notifications.people import MAXIMUM_ANSWER
from tests.support.looks import Look, examine_page
from tests.support.service import RunningBot
from tests.support.staff import Credentials, code_of, on_the_staff
from tests.support.web import WebMentor

PHONE_WIDTH = 390


@pytest.fixture
def staff(browser: Browser, bot: RunningBot) -> Iterator[Page]:
    """The list, found by the e-mail address of a mentor who has submitted."""
    who = on_the_staff(bot, f"ann-{uuid.uuid4().hex[:8]}", "--role", "administer")
    with WebMentor(bot.url) as mentor:
        mentor.opens().answers_until("review")
        mentor.answers()
        email = mentor.email
    # Axe and pictures add styles, which the page's policy forbids.
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{bot.url}/staff")
    signs_in(page, who)
    page.get_by_label("Name, e-mail address or number").fill(email)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text(email)).to_be_visible()
    yield page
    context.close()


def signs_in(page: Page, who: Credentials, later: int = 0) -> None:
    page.get_by_label("Name", exact=True).fill(who.name)
    page.get_by_label("Password").fill(who.password)
    page.get_by_label("Code from your authenticator app").fill(code_of(who.address, later))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(f"Signed in as {who.name}")).to_be_visible()


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.evaluate("document.documentElement.clientWidth"), f"{page.url} is {wide} px wide"


def examine(page: Page, looks: Sequence[Look], step: str) -> None:
    """Examine a page in these looks."""
    for look in looks:
        examine_page(page, look, step)
        fits(page)
    # Chromium keeps the background of a page that was opened with forced colours.
    page.emulate_media(color_scheme="light", forced_colors="none")


def test_no_staff_page_has_a_finding_or_scrolls_sideways(staff: Page, looks: Sequence[Look]) -> None:
    examine(staff, looks, "staff-list")
    staff.get_by_role("row").get_by_role("link").click()
    expect(staff.get_by_role("heading", name="Timeline")).to_be_visible()
    examine(staff, looks, "staff-check")
    staff.set_viewport_size({"width": 320, "height": 568})
    fits(staff)


def test_a_mentor_is_answered_on_a_phone_without_a_finding(staff: Page, bot: RunningBot, looks: Sequence[Look]) -> None:
    with WebMentor(bot.url) as mentor:
        mentor.opens().stands_at("two_months")
        mentor.says("I want to talk to a person")
        mentor.taps("Yes, answer me here")
        mentor.says("My sister, María-José-Wolfeschlegelsteinhausenbergerdorff, wants to know: " + "x" * 90)
        staff.get_by_role("link", name="Mentors who want a person").click()
        row = staff.get_by_role("row").filter(has_text=mentor.email)
        expect(row).to_be_visible()

        examine(staff, looks, "staff-people")
        row.get_by_role("link").click()
        expect(staff.get_by_role("heading", name="Conversation")).to_be_visible()
        examine(staff, looks, "staff-person")
        staff.set_viewport_size({"width": 320, "height": 568})
        fits(staff)
        staff.set_viewport_size({"width": PHONE_WIDTH, "height": 844})
        staff.get_by_label("Your answer").fill("x" * 5000)
        assert len(staff.get_by_label("Your answer").input_value()) == MAXIMUM_ANSWER
        staff.get_by_label("Your answer").fill("She is welcome.\nWrite again if you need more.")
        staff.get_by_role("button", name="Send").click()
        expect(staff.get_by_text(f"A person at {ORGANISATION.name}: She is welcome.")).to_be_visible()
        examine(staff, looks, "staff-person-answered")
        assert "She is welcome.\nWrite again" in mentor.looks()
        staff.get_by_role("button", name="End the conversation").click()
        expect(staff.get_by_label("Your answer")).to_have_count(0)
        assert "has ended the conversation" in mentor.looks()
        staff.get_by_role("link", name="Mentors who want a person").click()
        expect(staff.get_by_role("main").get_by_text(mentor.email)).to_have_count(0)


def test_a_check_is_found_read_and_decided_on_a_phone(staff: Page) -> None:
    staff.set_viewport_size({"width": PHONE_WIDTH, "height": 844})
    listed = staff.url
    assert "q=" in listed
    time = staff.locator("td time").first.bounding_box()
    assert time is not None
    assert time["height"] < 30, "the time is on more than one line"
    with staff.expect_download() as download:
        staff.get_by_role("button", name="Export as CSV").click()
    assert re.fullmatch(r"checks-[\d-]+\.csv", download.value.suggested_filename)
    staff.get_by_role("row").get_by_role("link").click()
    staff.get_by_role("button", name="Show the date of birth").click()
    expect(staff.get_by_text("Looked at the date of birth")).to_be_visible()
    staff.get_by_label("Clear: no concerns found").check()
    staff.get_by_label("Reason, for the record").fill("No concerns found")
    staff.get_by_role("button", name="Record decision").click()
    expect(staff.get_by_text("Ended: clear")).to_be_visible()
    fits(staff)
    staff.goto(listed)
    expect(staff.get_by_text("No check matches this search.")).to_be_visible()


def test_the_staff_sign_in_and_out_on_a_phone_without_a_finding(
    staff: Page, bot: RunningBot, looks: Sequence[Look]
) -> None:
    wanted = f"{bot.url}/staff/people"
    who = on_the_staff(bot, f"ben-{uuid.uuid4().hex[:8]}", "--role", "read")
    staff.get_by_role("button", name="Sign out").click()
    expect(staff.get_by_role("heading", name="Sign in")).to_be_visible()
    staff.goto(wanted)
    examine(staff, looks, "staff-sign-in")
    staff.set_viewport_size({"width": PHONE_WIDTH, "height": 844})
    staff.get_by_label("Name", exact=True).fill(who.name)
    staff.get_by_label("Password").fill("wrong")
    staff.get_by_label("Code from your authenticator app").fill("123456")
    staff.keyboard.press("Enter")
    expect(staff.get_by_role("alert")).to_have_text(re.compile("Name, password or code is wrong"))
    examine(staff, looks, "staff-sign-in-wrong")
    signs_in(staff, who)
    assert staff.url == wanted
    cookies = {each["name"]: each for each in staff.context.cookies()}
    assert cookies["staff_session"]["httpOnly"]
    assert cookies["staff_session"]["sameSite"] == "Strict"
