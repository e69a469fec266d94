"""The chat page in a real browser, as the people who use it see it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Route, expect

from bot.core.organisation import ORGANISATION
from bot.notifications.emails.message import RECEIPT_NAME
from bot.registration import form
from tests.support.answers import TEXTS, new_email, picture
from tests.support.browser import COMPUTER, PHONE, BrowserMentor
from tests.support.frail import HANG
from tests.support.service import FrailBot, RunningBot, free_port

#: Sentences of the chat.
SUBMITTED = "Your registration is complete, and your background check is running."
SAFE = "Your message is safe"
#: The browser's error when the service is gone.
UNREACHABLE = "Failed to load resource: net::ERR_"

HTML = """<img src=x onerror="document.title=1"><script>alert("owned")</script><b>bold</b> &amp; {{1+1}}"""
RIGHT_TO_LEFT = "\u202eI trained אנשים רבים في المخبز\u202c and more"
LONG_WORD = "W" * 4_000
TOO_LONG = "word " * 1_999 + "words"

#: A date whose digits and month occur nowhere else in the chat.
BIRTHDAY, BIRTHDAY_PARTS = "27 August 1979", ("1979", "August", "08-27", "27 ")


def test_a_whole_registration_on_a_computer(browser: Browser, bot: RunningBot) -> None:
    began = datetime.now(UTC)
    with BrowserMentor(browser, bot.url, COMPUTER) as maria:
        email = _registers(maria, agrees=[])
    _is_registered(bot, email, began, replies={"I agree"})


def test_a_whole_registration_on_a_phone_with_typed_consents(browser: Browser, bot: RunningBot) -> None:
    began = datetime.now(UTC)
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        email = _registers(maria, agrees=["I agree", "yes"])
    _is_registered(bot, email, began, replies={"I agree", "yes"})


def test_what_was_agreed_to_can_be_read_after_the_submit(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        maria.answers_until("review")
        maria.taps("Submit")
        assert "Here is what you agreed to" in maria.taps("What I agreed to")
        link = maria.bubbles("bot").last.get_by_role("link", name="Read or print it")
        with maria.page.context.expect_page() as opened:
            link.click()
        receipt = opened.value
        expect(receipt.get_by_role("heading", name="What you agreed to")).to_be_visible()
        assert receipt.get_by_text("You agreed.").count() == len(form.CONSENTS)
        receipt.close()
        with maria.page.expect_download() as saved:
            maria.bubbles("bot").last.get_by_role("link", name="Download it as data").click()
        assert saved.value.suggested_filename == RECEIPT_NAME
        data = json.loads(Path(saved.value.path()).read_text())
        assert len(json.dumps(data)) > 1000


def test_the_ways_on_that_are_offered_with_a_question_can_be_taken(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        maria.answers_until("background_check")
        maria.says("bananas")
        assert "Here is what we can do" in maria.says("bananas, I said")
        assert ORGANISATION.contact in maria.taps("Talk to a person")
        assert maria.question == "background_check"
        maria.taps("I agree")
        assert maria.question == "two_months"


def test_after_a_reload_everything_is_as_before(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.answers_until("expertise")
        before = maria.transcript()

        maria.reloads()

        assert maria.transcript() == before
        assert maria.question == "expertise"
        assert maria.progress == f"Your expertise Step {form.STEPS.index('expertise') + 1} of {len(form.STEPS)}"

        old = maria.page.locator(".past button")
        assert old.count() > 0
        for button in old.all():
            expect(button).to_be_disabled()
            button.dispatch_event("click")  # as a scripted click does
        expect(maria.pending).to_have_count(0)

        maria.says(TEXTS["expertise"])
        assert maria.question == "photo"
        assert maria.transcript()[: len(before) - 1] == before[:-1]
        assert _lines(maria.transcript()[len(before)]) == ["You:", TEXTS["expertise"]]


def test_whatever_is_typed_is_only_text(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as mallory:
        mallory.answers_until("reasons")
        title = mallory.page.title()
        typed = {"reasons": HTML, "experience": RIGHT_TO_LEFT}
        for question, text in typed.items():
            assert mallory.question == question
            mallory.says(text)
            assert mallory.bubbles("mentor").last.get_by_test_id("text").text_content() == text
            mallory.fits()

        mallory.types(TOO_LONG)
        expect(mallory.page.locator("#hint")).to_have_text(
            "10,000 of 5,000 characters: too long to send", timeout=1_000
        )
        mallory.fits()
        mallory.page.get_by_test_id("send").click()
        expect(mallory.page.get_by_role("alert")).to_have_text(
            "This is 5,000 characters too long. Please shorten it to 5,000 characters, then send it."
        )
        expect(mallory.box).to_have_value(TOO_LONG)
        assert mallory.question == "expertise"
        mallory.fits()

        mallory.says(LONG_WORD)
        assert mallory.question == "photo"
        mallory.fits()

        # Shown again, in the list of answers.
        mallory.says("review my answers")
        summary = mallory.page.locator(".section").all_text_contents()
        assert all(any(text in section for section in summary) for text in [*typed.values(), LONG_WORD])
        mallory.fits()

        assert mallory.page.title() == title
        assert mallory.page.locator("mentor-chat").locator("script, .bubble b, .bubble img").count() == 0


def test_very_long_words_break_no_layout_on_a_phone(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as mallory:
        mallory.answers_until("reasons")
        mallory.types(LONG_WORD)
        mallory.fits()
        mallory.says(LONG_WORD)
        assert mallory.question == "experience"
        mallory.fits()


def test_a_file_that_is_no_photo_and_a_file_that_nobody_asked_for(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.answers_until("expertise")

        maria.drops(picture(), "me.jpg", "image/jpeg")
        assert "I don’t need a file at this question, so I did not keep it." in maria.sends_what_was_chosen()
        assert maria.question == "expertise"
        maria.says(TEXTS["expertise"])

        maria.chooses(b"My shopping list: bread, milk", name="holiday.jpg")
        expect(maria.photo_panel).to_contain_text("holiday.jpg")
        expect(maria.photo_panel.locator("img")).to_have_count(0)
        assert "I can’t open that file as a picture." in maria.sends_what_was_chosen()
        assert maria.question == "photo"

        assert "I need a picture here. Please send a photo of yourself." in maria.says("I look quite ordinary")
        assert maria.question == "photo"

        # Chosen and then removed.
        maria.chooses(picture())
        maria.presses(maria.photo_panel.get_by_role("button", name="Remove"))
        expect(maria.photo_panel.get_by_role("button")).to_have_text(["Choose a photo", "Use the camera"])

        assert "This is how job seekers will see you." in maria.sends_photo()
        assert maria.question == "date_of_birth"


def test_the_page_survives_a_restart_of_the_service(browser: Browser, frail_bot: FrailBot) -> None:
    with BrowserMentor(browser, frail_bot.url, tolerates=UNREACHABLE) as maria:
        email = maria.answers_until("reasons")

        frail_bot.kill()
        maria.sends(TEXTS["reasons"])
        expect(maria.pending).to_contain_text("Not sent yet")
        frail_bot.start()

        maria.hears()
        assert maria.question == "experience"
        assert sum(TEXTS["reasons"] in each for each in maria.transcript()) == 1
        maria.says(TEXTS["experience"])
        assert maria.question == "expertise"

        before = maria.transcript()
        maria.reloads()
        assert maria.transcript() == before
        answers = frail_bot.registration(email)["answers"]
        assert [each["value"] for each in answers if each["id"] in {"reasons", "experience"}] == [
            TEXTS["reasons"],
            TEXTS["experience"],
        ]


def test_what_could_not_be_sent_goes_by_itself_later(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE, tolerates=UNREACHABLE) as maria:
        maria.page.clock.install()
        maria.answers_until("full_name")

        maria.page.route("**/api/messages", lambda route: route.abort())
        with maria.page.expect_event("requestfailed"):
            maria.sends(TEXTS["full_name"])
        for seconds in (1, 2, 4, 8):
            expect(maria.pending).to_contain_text("Not sent yet")
            with maria.page.expect_event("requestfailed"):
                maria.page.clock.fast_forward(seconds * 1000)
        expect(maria.pending).to_contain_text("Nothing is lost: press the button to try again.")
        expect(maria.pending.get_by_role("button", name="Try again")).to_be_enabled()

        maria.page.unroute("**/api/messages")
        maria.page.clock.fast_forward(8_000)
        maria.hears()
        assert maria.question == "email"
        assert sum(TEXTS["full_name"] in each for each in maria.transcript()) == 1


def test_the_mentor_is_told_when_their_turn_hangs(browser: Browser, frail_bot: FrailBot) -> None:
    with BrowserMentor(browser, frail_bot.url) as maria:
        email = maria.answers_until("reasons")

        maria.types(TEXTS["reasons"])
        with frail_bot.broken(HANG):
            maria.box.press("Enter")

            # Shown while the message still waits, not afterwards.
            expect(maria.bubbles("bot").filter(has_text=SAFE)).to_be_visible(timeout=8_000)
            expect(maria.pending).to_contain_text(TEXTS["reasons"])
        expect(maria.asked).to_have_attribute("data-question", "experience", timeout=60_000)
        expect(maria.pending).to_have_count(0)
        assert sum(TEXTS["reasons"] in each for each in maria.transcript()) == 1
        assert sum(SAFE in each for each in maria.transcript()) == 1

        maria.says(TEXTS["experience"])
        assert maria.question == "expertise"
        stored = {each["id"]: each["value"] for each in frail_bot.registration(email)["answers"]}
        assert stored["reasons"] == TEXTS["reasons"]


def test_a_date_of_birth_is_nowhere_on_the_page_once_it_is_sent(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.answers_until("date_of_birth")

        held: list[Route] = []
        maria.page.route("**/api/dates", lambda route: held.append(route))
        with maria.page.expect_request("**/api/dates"):
            maria.sends(BIRTHDAY)
        expect(maria.pending).to_have_count(1)
        _holds_none_of(maria, BIRTHDAY_PARTS)  # not even sent
        held.pop().continue_()
        maria.hears()
        _holds_none_of(maria, BIRTHDAY_PARTS)
        assert maria.question == "background_check"

        maria.reloads()
        _holds_none_of(maria, BIRTHDAY_PARTS)


def test_the_readings_of_an_unclear_date_are_gone_once_one_is_chosen(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.answers_until("date_of_birth")
        assert "That date can be read in two ways." in maria.says("04/07/1979")
        expect(maria.asked.get_by_role("button")).to_have_text(["7 April 1979", "4 July 1979", "Back"])

        maria.taps("4 July 1979")

        assert maria.question == "background_check"
        _holds_none_of(maria, ("1979", "April", "July", "04/07"))


def test_the_keyboard_alone_is_enough(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.opens()
        keyboard = maria.page.keyboard

        maria.tabs_to("Skip to the chat")
        keyboard.press("Enter")
        maria.tabs_to("Let’s start")
        keyboard.press("Enter")
        expect(maria.asked).to_have_attribute("data-question", "account")
        maria.tabs_to("I need to register")
        keyboard.press("Enter")
        expect(maria.asked).to_have_attribute("data-question", "full_name")

        expect(maria.box).to_be_focused()  # a question for words: the words can be typed at once
        maria.looks()
        keyboard.type(TEXTS["full_name"])
        keyboard.press("Enter")
        expect(maria.asked).to_have_attribute("data-question", "email")
        expect(maria.box).to_be_focused()


def test_trouble_on_the_page_does_not_go_unseen(browser: Browser, bot: RunningBot) -> None:
    elsewhere = f"http://127.0.0.1:{free_port()}/spy.png"
    maria = BrowserMentor(browser, bot.url).opens()
    maria.page.evaluate("console.error('odd')")
    maria.page.evaluate("setTimeout(() => { throw new Error('broken'); })")
    maria.page.evaluate("(address) => { new Image().src = address; }", elsewhere)
    maria.page.evaluate("setTimeout(() => alert('hello'))")
    wanted = ["console: odd", "page error: broken", f"policy violation: img-src {elsewhere}", "dialog: hello"]
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not all(any(each in seen for seen in maria.trouble) for each in wanted):
        maria.page.wait_for_timeout(50)
    assert all(any(each in seen for seen in maria.trouble) for each in wanted), maria.trouble
    with pytest.raises(AssertionError, match="odd"), maria:
        pass


def _registers(maria: BrowserMentor, agrees: list[str]) -> str:
    """A whole registration, from the greeting to the confirmation; returns the e-mail address.

    Args:
        maria: the mentor.
        agrees: typed by turns to agree to a consent; the button is pressed after them, and always without any.
    """
    email = new_email()
    maria.opens()
    maria.fits()
    maria.taps("Let’s start")

    assert maria.question == "account"
    maria.fits()
    maria.taps("I need to register")

    for question in ("full_name", "email", "email_code", "reasons", "experience", "expertise"):
        assert maria.question == question
        maria.fits()
        maria.says({"email": email, "email_code": maria.code()}.get(question) or TEXTS[question])

    assert maria.question == "photo"
    maria.fits()
    maria.chooses(picture())
    expect(maria.photo_panel.get_by_test_id("crop")).to_be_visible()
    maria.fits()
    assert "This is how job seekers will see you." in maria.sends_what_was_chosen()
    assert maria.width_of(maria.bubbles("bot").locator("img.photo").last) == 512

    assert maria.question == "date_of_birth"
    maria.fits()
    maria.says(TEXTS["date_of_birth"])

    ways = [*agrees, None]
    step = form.STEPS.index("ethics") + 1
    for number, consent in enumerate(form.CONSENTS):
        if consent == form.CLAUSES[0]:
            maria.waits_for_all_parts()
            assert (
                maria.progress == f"Code of ethics · 0 of {len(form.CLAUSES)} answered Step {step} of {len(form.STEPS)}"
            )
            maria.fits()
            if agrees:
                maria.taps("One at a time")
                assert maria.progress == f"Code of ethics 1 of {len(form.CLAUSES)} Step {step} of {len(form.STEPS)}"
            else:
                maria.agrees_to_the_code()
        if consent in form.CLAUSES and not agrees:
            continue
        assert maria.question == consent.id
        expect(maria.asked.locator(".clause")).to_have_text(consent.wording)
        maria.fits()
        way = ways[number % len(ways)]
        if way is None:
            maria.taps("I agree")
        else:
            maria.says(way)

    assert maria.question == "review"
    maria.fits()
    _reviews(maria, email)

    assert SUBMITTED in maria.taps("Submit")
    expect(maria.asked.get_by_role("button").and_(maria.page.locator(":enabled"))).to_have_count(0)
    maria.fits()
    assert maria.left_behind() == []
    return email


def _reviews(maria: BrowserMentor, email: str) -> None:
    """Every answer is on the review page, and can be changed."""
    maria.asked.get_by_text("You agreed to all").click()
    rows = maria.asked.locator(".row")
    shown = dict(zip(rows.locator("dt").all_inner_texts(), rows.locator("dd").all_inner_texts(), strict=True))
    values = {label: value.removesuffix("Change").strip() for label, value in shown.items()}
    assert values == {
        "Account": "I need to register",
        "Full legal name": TEXTS["full_name"],
        "E-mail address": email,
        "Your reasons": TEXTS["reasons"],
        "Your experience": TEXTS["experience"],
        "Your expertise": TEXTS["expertise"],
        "Your photo": "",
        "Date of birth": "•• •• ••••, encrypted",
        **{consent.wording: "You agreed" for consent in form.CONSENTS},
    }
    assert maria.width_of(rows.filter(has_text="Your photo").locator("img")) == 512
    expect(rows.get_by_role("button", name="Change")).to_have_count(len(values))


def _is_registered(bot: RunningBot, email: str, began: datetime, replies: set[str]) -> None:
    """Assert that the registration with this address is complete, and its check has begun."""
    registration = bot.registration(email)
    assert registration["status"] == "submitted"
    answers = {each["id"]: each for each in registration["answers"]}
    texts = {name: text for name, text in TEXTS.items() if name != "date_of_birth"}
    assert {name: answers[name]["value"] for name in texts} == texts | {"email": email}
    assert answers["account"]["value"] == form.Account.NEW
    assert answers["date_of_birth"]["value"] == "sealed"

    assert Path(answers["photo"]["file"]).is_file()
    with Image.open(answers["photo"]["profile_file"]) as photo:
        assert photo.size == (512, 512)
        assert photo.format == "JPEG"

    consents = registration["consents"]
    assert [each["id"] for each in consents] == [consent.id for consent in form.CONSENTS]
    for consent, stored in zip(form.CONSENTS, consents, strict=True):
        assert stored["decision"] == "agreed"
        assert stored["wording"] == consent.wording
        assert stored["wording_sha256"] == consent.wording_sha256
        assert stored["wording_version"] == consent.version
        shown, answered = (datetime.fromisoformat(stored[name]) for name in ("shown_at", "answered_at"))
        assert began <= shown < answered <= datetime.now(UTC)
        assert stored["channel"] == "web"
    assert {each["reply"] for each in consents} == replies

    check = bot.newest_check("waiting")
    assert check["registration"] == registration["id"]
    assert check["name"] == TEXTS["full_name"]


def _holds_none_of(mentor: BrowserMentor, parts: tuple[str, ...]) -> None:
    """Assert that no part of a date is anywhere in the page."""
    everything = mentor.everything()
    found = [everything[max(everything.index(part) - 60, 0) :][:120] for part in parts if part in everything]
    assert found == []


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]
