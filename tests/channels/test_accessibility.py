"""Accessibility: WCAG 2.2 AA at every step, keyboard, screen reader, small and enlarged windows."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from bot.core.organisation import ORGANISATION
from bot.registration import form
from tests.support.answers import TEXTS, new_email, picture
from tests.support.browser import COMPUTER, PHONE, BrowserMentor
from tests.support.looks import LOOKS, Look, examine_page
from tests.support.service import RunningBot

#: At which the card with all clauses is shown.
CARD = form.CLAUSES[0].id
#: The consents that are asked alone.
ALONE = [item for item in form.CONSENTS if item not in form.CLAUSES]
#: 1280 × 800 enlarged to 200 %, and the standard's narrowest window (SC 1.4.10), which covers enlarged phones.
SMALL_WINDOWS = [(640, 400), (320, 568)]
#: Turns off the animation of new messages, during which position and contrast are not final.
STILL: dict[str, Any] = COMPUTER | {"reduced_motion": "reduce"}
#: Axe and screenshots add styles, which the page's policy forbids; the other tests check the policy.
EXAMINED: dict[str, Any] = STILL | {"bypass_csp": True}


def test_no_step_has_a_finding_in_any_look(browser: Browser, bot: RunningBot, looks: Sequence[Look]) -> None:
    with BrowserMentor(browser, bot.url, EXAMINED) as maria:
        kinds: set[str] = set()
        turns = itertools.cycle(looks)

        def examine() -> None:
            kind = str(maria.asked.get_attribute("data-input"))
            # Each kind of step in every look; further steps of the same kind in one look each.
            chosen = looks if kind not in kinds else [next(turns)]
            kinds.add(kind)
            for look in chosen:
                examine_page(maria.page, look, maria.question)

        _walk(maria, examine, until="two_months")
        assert kinds == {"choice", "short_text", "long_text", "photo", "date", "consent"}


def test_neither_review_nor_end_has_a_finding_in_any_look(
    browser: Browser, bot: RunningBot, looks: Sequence[Look]
) -> None:
    with BrowserMentor(browser, bot.url, EXAMINED) as maria:
        maria.answers_until("review")
        for look in looks:
            examine_page(maria.page, look, "review")
        maria.taps("Submit")
        for look in looks:
            examine_page(maria.page, look, "end")


@pytest.mark.long
def test_no_consent_has_a_finding(browser: Browser, bot: RunningBot) -> None:
    """All of them one by one, one look each: they differ in their words alone."""
    with BrowserMentor(browser, bot.url, EXAMINED) as maria:
        looks = itertools.cycle(LOOKS)
        maria.answers_until("background_check")
        for consent in form.CONSENTS:
            if consent.id == CARD:
                maria.taps("One at a time")
            assert maria.question == consent.id
            examine_page(maria.page, next(looks), consent.id)
            maria.taps("I agree")


#: A button's position right after the conversation was scrolled to it, and in each later frame.
SCROLLED_TO = """async (button) => {
    const frame = () => new Promise(requestAnimationFrame);
    button.getRootNode().querySelector(".scroll").scrollTop = 0;
    for (let each = 0; each < 5; each++) await frame();
    button.scrollIntoViewIfNeeded();
    const places = [];
    for (let each = 0; each < 5; each++) { places.push(Math.round(button.getBoundingClientRect().top)); await frame(); }
    return places;
}"""


def test_a_press_on_what_was_just_scrolled_to_is_not_lost(browser: Browser, bot: RunningBot) -> None:
    """The button to the newest message disappears when that is reached; this must not move the button that is being
    pressed."""
    with BrowserMentor(browser, bot.url, STILL) as maria:
        maria.answers_until("review")
        submit = maria.page.get_by_role("button", name="Submit", exact=True)
        for width, height in dict.fromkeys((look.width, look.height) for look in LOOKS):
            maria.page.set_viewport_size({"width": width, "height": height})
            places = submit.evaluate(SCROLLED_TO)
            assert max(places) - min(places) <= 1, f"{width} px wide: the button moves: {places}"
        submit.evaluate("(button) => { button.getRootNode().querySelector('.scroll').scrollTop = 0; }")
        maria.page.wait_for_timeout(100)
        place = submit.evaluate(
            "(button) => { button.scrollIntoViewIfNeeded(); return button.getBoundingClientRect().toJSON(); }"
        )
        maria.page.mouse.move(place["left"] + place["width"] / 2, place["top"] + place["height"] / 2)
        maria.page.mouse.down()
        maria.page.wait_for_timeout(100)  # frames in which something could move
        maria.page.mouse.up()
        expect(maria.bubbles("bot").last).to_contain_text("background check")


def test_what_opens_besides_has_no_finding_either(browser: Browser, bot: RunningBot, looks: Sequence[Look]) -> None:
    with BrowserMentor(browser, bot.url, EXAMINED) as maria:
        maria.answers_until("photo")
        maria.chooses(picture())
        expect(maria.photo_panel.get_by_test_id("crop")).to_be_visible()
        for look in looks:
            examine_page(maria.page, look, "crop")
        maria.sends_what_was_chosen()
        maria.page.get_by_test_id("pick-date").click()
        for look in looks:
            examine_page(maria.page, look, "calendar")
        maria.says(TEXTS["date_of_birth"])
        maria.page.get_by_test_id("language").select_option("fr")
        expect(maria.page.get_by_role("button", name="Envoyer", exact=True)).to_be_visible()
        expect(maria.asked.get_by_text("Donnez-vous cette permission")).to_be_in_viewport()
        for look in looks:
            examine_page(maria.page, look, "french")
        maria.page.emulate_media(color_scheme="light", forced_colors="none")
        maria.page.goto(f"{maria.url}/widget/example.html")
        maria.page.get_by_test_id("launcher").click()
        expect(maria.asked).to_be_visible()
        for look in looks[:3]:
            examine_page(maria.page, look, "launcher")


def test_a_whole_registration_by_keyboard_alone(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        keyboard = maria.page.keyboard
        email = new_email()

        def press(name: str) -> None:
            maria.tabs_to(name)
            keyboard.press("Enter")

        def write(text: str) -> None:
            expect(maria.box).to_be_focused()  # a question for words: the words can be typed at once
            maria.looks()
            keyboard.insert_text(text)
            keyboard.press("Enter")

        def now(question: str) -> None:
            expect(maria.asked).to_have_attribute("data-question", question)
            expect(maria.pending).to_have_count(0)

        maria.opens()
        press("Let’s start")
        now("account")
        press("I need to register")
        for question in ("full_name", "email", "email_code", "reasons", "experience", "expertise"):
            now(question)
            write({"email": email, "email_code": maria.code()}.get(question) or TEXTS[question])
        now("photo")
        with maria.page.expect_file_chooser() as chooser:
            press("Choose a photo")
        chooser.value.set_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture()})
        expect(maria.page.get_by_test_id("photo-send")).to_be_focused()
        expect(maria.photo_panel.get_by_test_id("crop")).to_be_visible()
        keyboard.press("Enter")
        now("date_of_birth")
        if not maria.box.evaluate("(box) => box.matches(':focus')"):
            maria.tabs_to("Type the date")
        write(TEXTS["date_of_birth"])
        for consent in form.CONSENTS:
            now(consent.id if consent in ALONE else maria.question)
            press("I agree")
        now("review")
        press("Submit")
        expect(maria.bubbles("bot").last).to_contain_text("background check")
        expect(maria.page.locator("button.choice:enabled", has_text="Submit")).to_have_count(0)


def test_what_a_screen_reader_reads_and_is_told(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, tolerates="429") as maria:
        maria.answers_until("background_check")
        chat = maria.page.locator(".panel")
        tree = chat.aria_snapshot()
        order = [
            'heading "Become a mentor" [level=2]',
            'combobox "Language"',
            "progressbar",
            "log",
            f"{ORGANISATION.name}:",
            form.CONSENTS[0].wording[:40],
            'button "I agree"',
            'textbox "Choose above, or ask a question"',
            'button "Send"',
        ]
        at = -1
        for part in order:
            # The newest of each, because earlier messages are there, too.
            found = tree.rfind(part) if part in order[4:7] else tree.find(part)
            assert found > at, f"{part!r} is not where it belongs in:\n{tree}"
            at = found

        log = maria.page.get_by_role("log")
        expect(log).to_have_attribute("aria-live", "polite")
        expect(log).to_have_accessible_name("Conversation")
        expect(maria.page.get_by_role("progressbar")).to_have_accessible_name(
            maria.page.get_by_test_id("progress").inner_text()
        )

        # A slow reply is announced, and a sent message is not read out twice.
        held: list[Route] = []
        maria.page.route("**/api/messages", lambda route: held.append(route))
        maria.sends("why?")
        expect(chat.get_by_role("status").filter(has_text=f"{ORGANISATION.name} is writing")).to_have_count(1)
        assert log.locator("[data-pending]").count() == 0
        held.pop().continue_()
        maria.hears()
        maria.page.unroute("**/api/messages")

        # An error is an alert.
        maria.page.route(
            "**/api/messages", lambda route: route.fulfill(status=429, json={"error": "One moment, please."})
        )
        maria.sends("still why?")
        expect(chat.get_by_role("alert")).to_have_text("One moment, please.")
        expect(maria.box).to_have_value("still why?")


@pytest.mark.parametrize("size", SMALL_WINDOWS, ids=["200-percent", "320-px"])
def test_nothing_is_lost_in_a_small_or_enlarged_window(
    browser: Browser, bot: RunningBot, size: tuple[int, int]
) -> None:
    width, height = size
    with BrowserMentor(browser, bot.url, PHONE | {"viewport": {"width": width, "height": height}}) as maria:
        seen: set[str] = set()

        def examine() -> None:
            kind = str(maria.asked.get_attribute("data-input"))
            maria.fits()
            if kind in seen:
                return
            seen.add(kind)
            for part in (maria.box, maria.page.get_by_test_id("send"), *maria.asked.get_by_role("button").all()):
                part.evaluate("(each) => each.scrollIntoView({ block: 'nearest' })")
                expect(part).to_be_in_viewport(ratio=0.9)
            room = maria.page.locator(".scroll").bounding_box()
            assert room is not None
            assert room["height"] >= 100, f"only {room['height']} px to read in at {maria.question}"

        _walk(maria, examine, until="two_months")


def test_nothing_is_lost_where_text_is_spaced_wider(browser: Browser, bot: RunningBot) -> None:
    """SC 1.4.12."""
    with BrowserMentor(browser, bot.url, PHONE | {"bypass_csp": True}) as maria:
        maria.answers_until("background_check")
        maria.page.locator("mentor-chat").evaluate(
            """(chat) => {
                const wider = new CSSStyleSheet();
                wider.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
                    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
                chat.shadowRoot.adoptedStyleSheets = [wider];
            }"""
        )
        maria.fits()
        cut = """(chat) => [...chat.shadowRoot.querySelectorAll("button, label, h2, .bubble p")]
            .filter((each) => each.checkVisibility() && each.scrollHeight > each.clientHeight + 2 && each.clientHeight)
            .map((each) => each.textContent)"""
        assert maria.page.locator("mentor-chat").evaluate(cut) == []


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_who_wants_no_motion_gets_none(browser: Browser, bot: RunningBot, motion: str, moves: bool) -> None:
    with BrowserMentor(browser, bot.url, {"reduced_motion": motion}) as maria:
        maria.opens()
        held: list[Route] = []
        maria.page.route("**/api/messages", lambda route: held.append(route))
        maria.sends("hello")
        expect(maria.page.locator(".typing")).to_be_visible()
        running = "(chat) => chat.shadowRoot.getAnimations().filter((each) => each.playState === 'running').length"
        assert bool(maria.page.locator("mentor-chat").evaluate(running)) is moves
        held.pop().continue_()
        maria.hears()


def test_a_reload_at_every_kind_of_step_loses_nothing(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        _walk(maria, lambda: _reload(maria), until="published_and_rated")
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        maria.answers_until("review")
        _reload(maria)
        maria.taps("Submit")
        _reload(maria)


@pytest.mark.long
def test_a_reload_at_every_step_loses_nothing(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        _walk(maria, lambda: _reload(maria))
        _reload(maria)


def _reload(maria: BrowserMentor) -> None:
    question, before = maria.question, maria.transcript()
    to_press = maria.asked.locator("button:enabled").all_inner_texts()
    maria.reloads()
    assert maria.question == question
    maria.waits_for_all_parts()
    assert maria.transcript() == before
    assert maria.asked.locator("button:enabled").all_inner_texts() == to_press


def test_offline_and_back(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE, tolerates="net::ERR_") as maria:
        maria.answers_until("reasons")
        line = maria.page.context
        line.set_offline(True)
        expect(maria.page.get_by_text("You are offline.")).to_be_visible()
        maria.sends(TEXTS["reasons"])
        expect(maria.pending).to_contain_text("Not sent yet")
        # Leaving now, which would lose the text, needs a confirmation.
        asked: list[str] = []
        maria.page.on("dialog", lambda dialog: asked.append(dialog.type))
        maria.page.close(run_before_unload=True)
        maria.page.wait_for_timeout(300)
        assert asked == ["beforeunload"]
        maria.trouble.remove("dialog: ")
        line.set_offline(False)
        expect(maria.page.get_by_text("You are offline.")).to_be_hidden()
        maria.hears()
        assert maria.question == "experience"
        assert sum(TEXTS["reasons"] in each for each in maria.transcript()) == 1


def _walk(maria: BrowserMentor, examine: Callable[[], None], until: str = "") -> None:
    """Register, calling ``examine`` at every question; stop at ``until``, or after the submit."""
    email = new_email()
    maria.opens()
    while True:
        question = maria.question
        examine()
        match question:
            case _ if question == until:
                return
            case "start":
                maria.taps("Let’s start")
            case "account":
                maria.taps("I need to register")
            case "photo":
                maria.sends_photo()
            case "review":
                maria.taps("Submit")
                return
            case _ if question in TEXTS or question in {"email", "email_code"}:
                maria.says({"email": email, "email_code": maria.code()}.get(question) or TEXTS[question])
            case _ if question == CARD:
                maria.agrees_to_the_code()
            case _:
                maria.taps("I agree")
        assert maria.question != question, f"stuck at {question}"
