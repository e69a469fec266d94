"""The code of ethics on one card, in a browser: every clause by itself, read before it is answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect
from sqlalchemy import select

from bot.core.settings import CONSENT_SECONDS
from bot.i18n.catalogue import catalogue
from bot.registration import form
from bot.registration.answers import AGREED, REFUSED
from bot.registration.registration import RECONSIDER
from bot.storage import Consent, Conversation, Store
from tests.channels.test_accessibility import EXAMINED, SMALL_WINDOWS
from tests.support.browser import COMPUTER, PHONE, BrowserMentor
from tests.support.looks import Look, examine_page
from tests.support.seeding import web_id
from tests.support.service import RunningBot
from tests.support.web import COOKIE

CLAUSES = [str(item.id) for item in form.CLAUSES]
FIRST, SECOND, THIRD, EIGHTH, LAST = CLAUSES[0], CLAUSES[1], CLAUSES[2], CLAUSES[7], CLAUSES[-1]
NO = "I do not agree"
#: Milliseconds, a little more than a press has to wait.
A_LOOK_MS = 900
QUICK = "That was very quick"


@pytest.fixture(scope="module")
def patient_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """A bot that takes as long as for mentors."""
    with RunningBot(tmp_path_factory.mktemp("patient"), CONSENT_SECONDS=str(CONSENT_SECONDS)) as running:
        yield running


def recorded(bot: RunningBot, maria: BrowserMentor) -> list[tuple[str, str]]:
    """What the ledger has of the clauses for the mentor in this browser, in order."""
    cookie = next(each["value"] for each in maria.page.context.cookies() if each["name"] == COOKIE)
    store = Store(f"sqlite:///{bot.data_dir / 'bot.db'}")
    try:
        with store.read() as session:
            mentor = select(Conversation.mentor_id).where(Conversation.external_id == web_id(cookie))
            of_clauses = select(Consent).where(Consent.mentor_id.in_(mentor), Consent.item_id.in_(CLAUSES))
            return [(each.item_id, each.decision) for each in session.scalars(of_clauses.order_by(Consent.id))]
    finally:
        store.dispose()


def at_the_card(browser: Browser, bot: RunningBot, device: dict[str, Any] = COMPUTER, **more: str) -> BrowserMentor:
    maria = BrowserMentor(browser, bot.url, device, **more)
    maria.answers_until(FIRST)
    expect(maria.part(LAST)).to_be_attached()
    maria.looks()
    return maria


def pressed(maria: BrowserMentor) -> dict[str, str]:
    """The clauses with a button that stands pressed, and which."""
    return {
        str(part.get_attribute("data-clause")): part.locator("[aria-pressed=true]").inner_text()
        for part in maria.asked.locator("[data-clause]:has([aria-pressed=true])").all()
    }


def told(maria: BrowserMentor, answered: int) -> None:
    """The line above the chat and the card say how many are answered."""
    words = f"{answered} of {len(CLAUSES)} answered"
    expect(maria.page.get_by_test_id("progress")).to_have_text(f"Code of ethics · {words}")
    expect(maria.asked.get_by_test_id("answered")).to_have_text(words)


@pytest.mark.parametrize("device", [COMPUTER, PHONE], ids=["computer", "phone"])
def test_every_clause_is_read_and_answered_on_the_card(
    browser: Browser, bot: RunningBot, device: dict[str, Any]
) -> None:
    with at_the_card(browser, bot, device) as maria:
        messages = maria.bubbles().count()
        for item in form.CLAUSES:
            expect(maria.part(item.id).locator("blockquote")).to_have_text(item.wording)
        assert pressed(maria) == {}
        for number, clause in enumerate(CLAUSES[:-1], 1):
            maria.chooses_at(clause)
            told(maria, number)
        expect(maria.pending).to_have_count(0)
        assert maria.bubbles().count() == messages, "the card is one message"
        assert recorded(bot, maria) == [(clause, AGREED) for clause in CLAUSES[:-1]]
        maria.agrees_to_the_code()
        assert maria.question == form.CODE_OF_ETHICS
        assert recorded(bot, maria) == [(clause, AGREED) for clause in CLAUSES]
        expect(maria.asked.locator("p").first).to_be_in_viewport(ratio=1)
        closed = maria.page.get_by_test_id("card")
        expect(closed.get_by_role("button")).to_have_count(0)
        closed.get_by_text(f"{len(form.CLAUSES)} of {len(form.CLAUSES)} answered").click()
        expect(closed.get_by_text(form.CLAUSES[3].wording)).to_be_visible()


def test_no_clause_waits_for_another_one(browser: Browser, bot: RunningBot) -> None:
    with at_the_card(browser, bot) as maria:
        held: list[Route] = []
        hold = True
        maria.page.route("**/api/messages", lambda route: held.append(route) if hold else route.continue_())
        for clause in (FIRST, EIGHTH, SECOND):
            maria.chooses_at(clause)
        told(maria, 3)
        assert pressed(maria) == dict.fromkeys((FIRST, SECOND, EIGHTH), "I agree")
        hold = False
        held.pop().continue_()
        expect(maria.pending).to_have_count(0)
        assert recorded(bot, maria) == [(FIRST, AGREED), (EIGHTH, AGREED), (SECOND, AGREED)]


def test_a_reload_half_way_shows_what_was_answered(browser: Browser, bot: RunningBot) -> None:
    with at_the_card(browser, bot) as maria:
        maria.chooses_at(FIRST)
        maria.chooses_at(THIRD, NO)
        expect(maria.pending).to_have_count(0)
        before = maria.transcript()
        maria.reloads()
        told(maria, 2)
        assert pressed(maria) == {FIRST: "I agree", THIRD: NO}
        assert maria.transcript() == before
        expect(maria.part(SECOND)).to_be_in_viewport()
        maria.agrees_to_the_code()
        assert maria.question == RECONSIDER


def test_the_same_press_twice_is_one_record_and_another_changes_it(browser: Browser, bot: RunningBot) -> None:
    with at_the_card(browser, bot) as maria:
        agree = maria.part(SECOND).get_by_role("button", name="I agree", exact=True)
        agree.dblclick()
        expect(maria.pending).to_have_count(0)
        assert recorded(bot, maria) == [(SECOND, AGREED)]
        maria.chooses_at(SECOND, NO)
        expect(maria.pending).to_have_count(0)
        assert recorded(bot, maria) == [(SECOND, AGREED), (SECOND, REFUSED)]
        assert pressed(maria) == {SECOND: NO}
        told(maria, 1)


def test_one_refusal_is_explained_at_the_end_and_can_be_changed(browser: Browser, bot: RunningBot) -> None:
    with at_the_card(browser, bot) as maria:
        maria.chooses_at(EIGHTH, NO)
        maria.agrees_to_the_code()
        assert maria.question == RECONSIDER
        maria.taps("Look again")
        expect(maria.asked).to_contain_text(form.CLAUSES[7].wording)
        maria.taps("I agree")
        assert maria.question == form.CODE_OF_ETHICS


def test_two_tabs_show_the_same(browser: Browser, bot: RunningBot) -> None:
    with at_the_card(browser, bot) as maria:
        other = maria.page.context.new_page()
        other.goto(maria.url)
        there = other.locator(f"[data-clause={SECOND}] [aria-pressed=true]")
        expect(other.locator(f"[data-clause={SECOND}]")).to_be_attached()
        maria.chooses_at(SECOND)
        expect(there).to_have_text("I agree")
        expect(other.get_by_test_id("progress")).to_contain_text(f"1 of {len(form.CLAUSES)} answered")
        other.locator(f"[data-clause={SECOND}]").get_by_role("button", name=NO).click()
        expect(maria.part(SECOND).locator("[aria-pressed=true]")).to_have_text(NO)
        assert recorded(bot, maria) == [(SECOND, AGREED), (SECOND, REFUSED)]


def test_what_was_pressed_offline_is_sent_later_each_clause_by_itself(browser: Browser, bot: RunningBot) -> None:
    with at_the_card(browser, bot, tolerates="net::ERR_") as maria:
        maria.page.context.set_offline(True)
        for clause in CLAUSES:
            maria.chooses_at(clause)
        maria.chooses_at(THIRD, NO)  # a change before anything was sent
        told(maria, len(form.CLAUSES))
        expect(maria.part(FIRST)).to_contain_text("Not sent yet")
        maria.page.context.set_offline(False)
        expect(maria.asked).to_have_attribute("data-question", RECONSIDER)
        expected = [(clause, AGREED) for clause in CLAUSES]
        expected.insert(-1, (THIRD, REFUSED))
        assert recorded(bot, maria) == expected


def test_a_clause_that_was_not_on_the_screen_is_not_answered(browser: Browser, patient_bot: RunningBot) -> None:
    with at_the_card(browser, patient_bot) as maria:
        maria.page.wait_for_timeout(A_LOOK_MS)
        # By a press that scrolls there, and at once by keyboard.
        below = maria.part(EIGHTH).get_by_role("button", name="I agree", exact=True)
        below.evaluate("(button) => { button.focus(); button.click(); }")
        expect(maria.page.get_by_role("alert")).to_contain_text(QUICK)
        maria.page.keyboard.press("Enter")
        assert pressed(maria) == {}
        expect(maria.part(EIGHTH).locator("blockquote")).to_be_in_viewport()
        maria.page.wait_for_timeout(A_LOOK_MS)
        maria.page.keyboard.press("Enter")
        expect(maria.pending).to_have_count(0)
        expect(maria.page.get_by_role("alert")).to_be_hidden()
        assert recorded(patient_bot, maria) == [(EIGHTH, AGREED)]
        # One that has been there meanwhile needs no further wait.
        maria.part(FIRST).get_by_role("button", name="I agree", exact=True).click()
        expect(maria.pending).to_have_count(0)
        assert recorded(patient_bot, maria) == [(EIGHTH, AGREED), (FIRST, AGREED)]


def test_what_another_client_sends_too_quickly_is_refused_by_the_service(
    browser: Browser, patient_bot: RunningBot
) -> None:
    with BrowserMentor(browser, patient_bot.url, tolerates="409") as maria:
        # As the page would be without its own rule.
        maria.page.route("**/api/session", lambda route: route.fulfill(json=route.fetch().json() | {"press_ms": 0}))
        maria.answers_until(FIRST)
        maria.page.wait_for_timeout(A_LOOK_MS)
        maria.part(LAST).get_by_role("button", name="I agree", exact=True).evaluate("(button) => button.click()")
        expect(maria.page.get_by_role("alert")).to_contain_text(QUICK)
        assert pressed(maria) == {}
        assert recorded(patient_bot, maria) == []


def test_who_types_or_prefers_it_is_asked_one_by_one_and_can_come_back(browser: Browser, bot: RunningBot) -> None:
    with at_the_card(browser, bot) as maria:
        maria.chooses_at(FIRST)
        assert catalogue().text("note-one-by-one") in maria.says("I agree")
        assert recorded(bot, maria) == [(FIRST, AGREED)]
        expect(maria.asked.locator("blockquote")).to_have_text(form.CLAUSES[1].wording)
        maria.says("I agree")
        assert maria.question == THIRD
        maria.taps("All on one card")
        told(maria, 2)
        maria.taps("One at a time")
        expect(maria.asked.locator("blockquote")).to_have_text(form.CLAUSES[2].wording)


def test_a_question_is_answered_and_the_card_stays_usable(browser: Browser, bot: RunningBot) -> None:
    with at_the_card(browser, bot) as maria:
        maria.chooses_at(SECOND)
        maria.says("is it free?")
        told(maria, 1)
        maria.chooses_at(FIRST)
        told(maria, 2)
        expect(maria.pending).to_have_count(0)
        assert recorded(bot, maria) == [(SECOND, AGREED), (FIRST, AGREED)]


def test_each_clause_can_be_explained_without_leaving_the_card(browser: Browser, bot: RunningBot) -> None:
    with at_the_card(browser, bot) as maria:
        messages = maria.bubbles().count()
        meaning = catalogue().text(f"meaning-{THIRD}")
        expect(maria.part(THIRD).get_by_text(meaning)).to_be_hidden()
        maria.part(THIRD).get_by_text("What does this mean?").click()
        expect(maria.part(THIRD).get_by_text(meaning)).to_be_visible()
        assert maria.bubbles().count() == messages


def test_the_card_has_no_finding_in_any_look(browser: Browser, bot: RunningBot, looks: Sequence[Look]) -> None:
    with at_the_card(browser, bot, EXAMINED) as maria:
        maria.chooses_at(FIRST)
        maria.chooses_at(SECOND, NO)
        maria.part(THIRD).get_by_text("What does this mean?").click()
        expect(maria.pending).to_have_count(0)

        def examine(step: str) -> None:
            for look in looks:
                examine_page(maria.page, look, step)

        examine("card")
        maria.page.get_by_test_id("language").select_option("fr")
        expect(maria.asked.get_by_test_id("answered")).to_have_text(f"Répondu à 2 sur {len(form.CLAUSES)}")
        examine("card-french")
        maria.page.get_by_test_id("language").select_option("en")
        told(maria, 2)
        maria.agrees_to_the_code()
        maria.page.locator("summary", has_text=f"{len(form.CLAUSES)} of {len(form.CLAUSES)} answered").click()
        examine("card-closed")


@pytest.mark.parametrize("size", SMALL_WINDOWS, ids=["200-percent", "320-px"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_card_fits_a_small_or_enlarged_window(
    browser: Browser, bot: RunningBot, size: tuple[int, int], language: str
) -> None:
    width, height = size
    with at_the_card(browser, bot, PHONE | {"viewport": {"width": width, "height": height}}) as maria:
        with maria.page.expect_response("**/api/language"):
            maria.page.get_by_test_id("language").select_option(language)
        answered = {"en": f"0 of {len(form.CLAUSES)} answered", "fr": f"Répondu à 0 sur {len(form.CLAUSES)}"}[language]
        expect(maria.asked.get_by_test_id("answered")).to_have_text(answered)
        maria.looks()
        maria.fits()
        for button in maria.asked.locator("button:enabled, summary").all():
            if button.is_visible():
                button.evaluate("(each) => each.scrollIntoView({ block: 'nearest' })")
                expect(button).to_be_in_viewport(ratio=0.9)
                box = button.bounding_box()
                assert box is not None
                assert round(box["height"], 2) >= 44, "far down a long list the browser's own sum is off by 0.0001"


def test_the_card_by_keyboard_keeps_the_focus(browser: Browser, bot: RunningBot) -> None:
    with at_the_card(browser, bot) as maria:
        keyboard = maria.page.keyboard
        for clause in CLAUSES[:3]:
            maria.tabs_to("I agree")
            focused = maria.part(clause).locator("button:focus")
            expect(focused).to_have_count(1)
            expect(maria.part(clause).locator("blockquote")).to_be_in_viewport()
            keyboard.press("Space")
            expect(maria.pending).to_have_count(0)
            expect(focused).to_have_attribute("aria-pressed", "true")
            expect(focused).to_be_focused()
            keyboard.press("Tab")  # past the other button
        maria.page.get_by_role("button", name="Go to the next open part").press("Enter")
        expect(maria.part(CLAUSES[3]).locator("button:focus")).to_have_text("I agree")
        for clause in CLAUSES[3:]:
            maria.part(clause).get_by_role("button", name="I agree", exact=True).press("Enter")
        expect(maria.asked).to_have_attribute("data-question", form.CODE_OF_ETHICS)
        assert maria.page.locator("mentor-chat").evaluate("(chat) => chat.shadowRoot.activeElement !== null")


def test_what_a_screen_reader_reads_of_the_card(browser: Browser, bot: RunningBot) -> None:
    with at_the_card(browser, bot) as maria:
        part = maria.page.get_by_role("group", name=f"Part 3 of {len(form.CLAUSES)}", exact=True)
        expect(part).to_have_accessible_description(form.CLAUSES[2].wording)
        expect(part.get_by_role("heading", name=f"Part 3 of {len(form.CLAUSES)}", level=3)).to_be_attached()
        expect(part.get_by_role("button", name="I agree", exact=True, pressed=False)).to_be_attached()
        # It is not all read out as it appears; how many are answered is.
        expect(maria.page.get_by_test_id("card")).to_have_attribute("aria-live", "off")
        maria.chooses_at(THIRD)
        expect(part.get_by_role("button", name="I agree", exact=True, pressed=True)).to_be_attached()
        status = maria.page.locator(".panel").get_by_role("status")
        expect(status.filter(has_text=f"1 of {len(form.CLAUSES)} answered")).to_have_count(1)


def test_the_card_comes_when_the_line_is_back(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, tolerates="net::ERR_") as maria:
        maria.page.route("**/clauses.js", lambda route: route.abort())
        maria.answers_until(FIRST)
        expect(maria.page.get_by_role("alert")).to_be_visible()
        maria.page.unroute("**/clauses.js")
        maria.reloads()
        expect(maria.part(FIRST)).to_be_visible()
