"""The widget on other sites' pages: embedding, languages, live updates, dates and hostile text, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, Route, expect

from bot.core.organisation import ORGANISATION
from tests.support.answers import new_email
from tests.support.browser import COMPUTER, PHONE, BrowserMentor
from tests.support.service import RunningBot

#: The modules with texts, by the name of their texts in a translation.
WORDS = {
    "": ["mentor-chat.js", "tray.js", "date.js", "answers.js"],
    "card": ["clauses.js"],
    "photo": ["photo.js"],
    "camera": ["camera.js"],
    "elsewhere": ["elsewhere.js"],
}
ARABIC = 'export default { direction: "rtl", send: "أرسل" };'
HOSTILE = """<img src=x onerror="document.title='owned'"> javascript:alert(1) https://evil.example/ <b>bold</b>"""


def test_the_script_alone_puts_a_bubble_on_the_page(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, f"{bot.url}", COMPUTER) as maria:
        page = _embedded(maria)
        bubble = page.get_by_test_id("launcher")
        expect(bubble).to_have_accessible_name("Open the chat: Become a mentor")
        expect(page.get_by_test_id("input")).to_be_hidden()

        bubble.click()
        expect(maria.asked).to_be_visible()
        expect(maria.box).to_be_focused()
        assert not page.locator("dialog.window").evaluate("(dialog) => dialog.matches(':modal')")

        page.keyboard.press("Escape")
        expect(page.get_by_test_id("input")).to_be_hidden()
        expect(bubble).to_be_focused()
        bubble.click()
        page.get_by_test_id("close").click()
        expect(bubble).to_be_focused()


def test_nobody_begins_a_conversation_by_reading_a_page(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        asked: list[str] = []
        maria.page.on("request", lambda request: asked.append(request.url))
        page = _embedded(maria)
        page.wait_for_load_state("networkidle")
        assert not [each for each in asked if "/api/" in each]


def test_on_a_phone_the_window_covers_the_page_and_keeps_the_focus(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        page = _embedded(maria)
        page.get_by_test_id("launcher").tap()
        expect(maria.asked).to_be_visible()
        window = page.locator("dialog.window")
        assert window.evaluate("(dialog) => dialog.matches(':modal')")
        assert window.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
        maria.fits()
        page.evaluate("document.querySelector('main a').focus()")
        assert page.evaluate("document.activeElement.tagName") == "MENTOR-CHAT"
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("launcher")).to_be_focused()


def test_a_message_that_came_unseen_is_marked(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        page = _embedded(maria)
        bubble = page.get_by_test_id("launcher")
        bubble.click()
        expect(maria.asked).to_be_visible()
        page.keyboard.press("Escape")
        news = {"id": 900, "from": "bot", "at": "", "kind": "say", "text": "Hello again"}
        page.route("**/api/messages?*", _reply({"messages": [news], "cursor": 900, "pending": False}))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(bubble).to_have_accessible_name("Open the chat: Become a mentor There are new messages.")
        bubble.click()
        expect(bubble).to_have_accessible_name("Open the chat: Become a mentor")


def test_every_word_has_its_translation(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.opens()
        for part, modules in WORDS.items():
            english, french = maria.page.evaluate(
                """async ([modules, part]) => {
                    const english = {};
                    for (const each of modules) Object.assign(english, (await import(`/widget/${each}`)).STRINGS);
                    const { default: french } = await import("/widget/locales/fr.js");
                    const { direction, photo, camera, card, elsewhere, ...words } = french;
                    return [english, { "": words, photo, camera, card, elsewhere }[part]];
                }""",
                [modules, part],
            )
            assert english.keys() == french.keys()
            for key, words in english.items():
                assert _placeholders(words) == _placeholders(french[key]), key


def test_a_language_is_chosen_in_the_chat_and_kept(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.opens()
        switch = maria.page.get_by_test_id("language")
        expect(switch).to_have_accessible_name("Language")
        expect(switch).to_have_value("en")

        switch.focus()
        switch.select_option("fr")
        expect(maria.page.get_by_role("button", name="Envoyer", exact=True)).to_be_visible()
        expect(maria.page.locator(".panel")).to_have_attribute("lang", "fr")
        expect(maria.page.locator("html")).to_have_attribute("lang", "fr")
        expect(maria.page).to_have_title(f"Devenir mentor {ORGANISATION.name}")
        expect(maria.page.get_by_role("heading", level=1)).to_have_text(f"Devenir mentor {ORGANISATION.name}")
        expect(maria.page.locator("#about summary")).to_have_text("Avant de commencer")
        expect(maria.page.get_by_test_id("language")).to_be_focused()
        maria.reloads()
        expect(maria.page.get_by_test_id("language")).to_have_value("fr")
        expect(maria.page.get_by_role("button", name="Envoyer", exact=True)).to_be_visible()
        expect(maria.page).to_have_title(f"Devenir mentor {ORGANISATION.name}")

        maria.says("in English please")
        expect(maria.page.get_by_role("button", name="Send", exact=True)).to_be_visible()
        expect(maria.page.locator("html")).to_have_attribute("lang", "en")
        expect(maria.page.get_by_role("heading", level=1)).to_have_text(f"Become a {ORGANISATION.name} mentor")


def test_every_word_of_the_page_has_a_french_one(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.opens()
        english, french = maria.page.evaluate(
            """async () => [
                [...document.querySelectorAll("[data-words], [data-label]")].flatMap((e) => Object.values(e.dataset)),
                Object.keys((await import("/widget/page/fr.js")).default),
            ]"""
        )
        assert {*english, "description"} == set(french)


def test_a_language_from_right_to_left_turns_the_chat_round(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        _writes_arabic_too(maria.page)
        maria.page.route(
            "**/widget/locales/ar.js", lambda route: route.fulfill(body=ARABIC, content_type="text/javascript")
        )
        maria.opens()
        maria.page.get_by_test_id("language").select_option("ar")
        send = maria.page.get_by_role("button", name="أرسل", exact=True)
        expect(send).to_be_visible()
        expect(maria.page.locator(".panel")).to_have_attribute("dir", "rtl")
        button, field = send.bounding_box(), maria.box.bounding_box()
        assert button is not None
        assert field is not None
        assert button["x"] < field["x"]
        maria.fits()


def test_a_language_without_a_file_is_shown_in_english(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, tolerates="Failed to load resource") as maria:
        _writes_arabic_too(maria.page)
        maria.page.route("**/widget/locales/ar.js", lambda route: route.abort())
        maria.opens()
        maria.page.get_by_test_id("language").select_option("ar")
        expect(maria.page.locator(".panel")).to_have_attribute("lang", "ar")
        expect(maria.page.get_by_role("button", name="Send", exact=True)).to_be_visible()


def test_the_first_line_of_the_greeting_is_in_sight(browser: Browser, bot: RunningBot) -> None:
    """The room that is kept below the last message does not push it out of a usual window."""
    with BrowserMentor(browser, bot.url, COMPUTER | {"reduced_motion": "reduce"}) as maria:
        with maria.page.expect_response("**/api/session"):
            maria.opens()
        maria.looks()
        expect(maria.bubbles("bot").first).to_be_in_viewport(ratio=1)
        expect(maria.page.get_by_role("button", name="Let’s start")).to_be_in_viewport(ratio=1)
        scroll = maria.page.locator(".scroll")
        assert scroll.evaluate("(scroll) => scroll.scrollHeight - scroll.clientHeight") > 0, "there is such room"
        assert scroll.evaluate("(scroll) => scroll.scrollTop") < 16


def test_the_greeting_is_there_before_the_conversation_is_and_can_be_answered(
    browser: Browser, bot: RunningBot
) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        held: list[Route] = []
        maria.page.route("**/api/session", lambda route: held.append(route))
        maria.opens()
        expect(maria.bubbles("bot").first).to_contain_text("thank you for thinking of becoming a")
        maria.bubbles("bot").first.evaluate("(bubble) => { bubble.seen = true; }")
        start = maria.page.get_by_role("button", name="Let’s start")
        start.tap()
        expect(maria.pending).to_contain_text("Let’s start")
        expect(start.first).to_be_disabled()
        held.pop().continue_()
        expect(maria.asked).to_have_attribute("data-question", "account")
        expect(maria.pending).to_have_count(0)
        assert [maria.bubbles(sender).count() for sender in ("mentor", "bot")] == [1, 3]
        # Messages that were visible already are unchanged, so a screen reader does not repeat them.
        assert maria.bubbles("bot").first.evaluate("(bubble) => bubble.seen")


def test_news_come_live_and_bring_no_second_copy(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        news = {"id": 900, "from": "bot", "at": "", "kind": "say", "text": "News for you"}
        data = json.dumps({"messages": [news], "cursor": 900, "pending": False})
        stream = f"retry: 200\n\nid: 900\nevent: messages\ndata: {data}\n\n"
        maria.page.route("**/api/session", _speaking([]))
        maria.page.route("**/api/events*", lambda route: route.fulfill(body=stream, content_type="text/event-stream"))
        with maria.page.expect_request("**/api/events*") as first:
            maria.opens()
        assert "after=" in first.value.url
        with maria.page.expect_request("**/api/events*"):
            pass  # the browser continues by itself
        expect(maria.bubbles("bot").filter(has_text="News for you")).to_have_count(1)


def test_a_write_carries_the_token_and_a_refused_one_is_repeated_once(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, tolerates="Failed to load resource") as maria:
        maria.page.route("**/api/events*", lambda route: route.fulfill(status=204))
        maria.page.route("**/api/session", _speaking([]))
        maria.opens()
        tokens: list[str | None] = []

        def refuse_once(route: Route) -> None:
            tokens.append(route.request.headers.get("x-csrf-token"))
            if len(tokens) == 1:
                route.fulfill(status=403, json={"error": "No."})
            else:
                route.continue_()

        maria.page.route("**/api/messages", refuse_once)
        maria.taps("Let’s start")
        assert maria.question == "account"
        assert len(tokens) == 2
        assert all(tokens)


def test_a_date_can_be_picked(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        maria.answers_until("date_of_birth")
        maria.page.get_by_test_id("pick-date").tap()
        field = maria.page.get_by_test_id("date")
        expect(field).to_have_accessible_name("The date, from the calendar")
        expect(field).to_have_attribute("min", "1900-01-01")
        maria.fits()
        field.fill("1979-08-27")
        maria.taps("Use this date")
        assert maria.question == "background_check"
        assert "1979" not in maria.everything()
        expect(maria.page.get_by_test_id("dates")).to_be_hidden()


def test_the_page_around_decides_on_colours_words_and_when_it_opens(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        page = _embedded(maria)
        page.locator("mentor-chat").evaluate(
            """(chat) => {
                chat.style.setProperty("--chat-accent", "rgb(120, 20, 80)");
                chat.strings = { send: "Off it goes" };
                chat.setAttribute("locale", "fr");
                chat.toggleAttribute("open", true);
            }"""
        )
        expect(page.get_by_role("dialog")).to_be_visible()
        expect(page.get_by_role("button", name="Off it goes")).to_have_css("background-color", "rgb(120, 20, 80)")
        expect(maria.bubbles("bot").first).to_contain_text("Bonjour")
        page.locator("mentor-chat").evaluate("(chat) => chat.toggleAttribute('open', false)")
        expect(page.get_by_role("dialog")).to_be_hidden()
        # The focus is there, too, if the chat was not opened by the bubble.
        expect(page.get_by_test_id("launcher")).to_be_focused()


def test_what_a_browser_knows_of_a_person_it_may_fill_in(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        maria.answers_until("full_name")
        expect(maria.box).to_have_attribute("autocomplete", "name")
        maria.says("Maria Okafor")
        expect(maria.box).to_have_attribute("autocomplete", "email")
        expect(maria.box).to_have_attribute("inputmode", "email")
        address = new_email("maria.04071979")
        maria.says(address)
        # Digits in an address are no date, and the typed text stays visible.
        expect(maria.bubbles("mentor").last.get_by_test_id("text")).to_have_text(address)
        expect(maria.box).to_have_attribute("autocomplete", "one-time-code")
        maria.page.evaluate(
            """(code) => {
                document.querySelector("mentor-chat").shadowRoot.querySelector("textarea").focus();
                document.execCommand("insertText", false, code); // as pasting does
            }""",
            maria.code(),
        )
        maria.presses(maria.page.get_by_test_id("send"))
        expect(maria.asked).to_have_attribute("data-question", "reasons")
        expect(maria.box).to_have_attribute("autocomplete", "off")


def test_a_language_that_is_chosen_while_the_conversation_is_being_opened_is_taken(
    browser: Browser, bot: RunningBot
) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        opening: list[Route] = []
        maria.page.route("**/api/session", lambda route: opening.append(route))
        maria.opens()
        maria.page.get_by_test_id("language").select_option("fr")
        for each in opening:
            each.continue_()
        expect(maria.page.locator(".panel")).to_have_attribute("lang", "fr")


def test_each_message_says_in_which_language_it_is(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        maria.opens()
        maria.page.get_by_test_id("language").select_option("fr")
        expect(maria.page.locator(".panel")).to_have_attribute("lang", "fr")
        said = maria.bubbles("bot")
        expect(said.first).to_have_attribute("lang", "en")
        expect(said.last).to_have_attribute("lang", "fr")
        # A rewritten message is not read out again; the next one is.
        expect(maria.page.get_by_role("log")).to_have_attribute("aria-live", "polite")


def test_an_answer_whose_receipt_was_lost_is_sent_again_and_counts_once(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, tolerates="net::ERR_") as maria:
        maria.answers_until("full_name")
        ids: list[str] = []

        def lose_the_first(route: Route) -> None:
            ids.append(route.request.post_data_json["id"])
            if len(ids) == 1:
                route.fetch()  # it has arrived
                route.abort()
            else:
                route.continue_()

        maria.page.route("**/api/messages", lose_the_first)
        maria.says("Maria Okafor")
        assert maria.question == "email"
        assert len(ids) == 2
        assert len(set(ids)) == 1
        assert maria.bubbles("mentor").filter(has_text="Maria Okafor").count() == 1


def test_a_session_that_has_ended_is_said_and_what_was_typed_is_kept(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, tolerates="401") as maria:
        maria.answers_until("reasons")
        maria.says("Because I could.")  # a session that works
        maria.page.context.clear_cookies()
        maria.sends("Because I can.")
        expect(maria.page.get_by_test_id("error")).to_contain_text("The chat had to start again, so this was not sent.")
        expect(maria.box).to_have_value("Because I can.")
        expect(maria.page.locator(".divider")).to_have_text("The chat above has ended. This is a new one.")
        expect(maria.page.locator(".divider")).to_be_in_viewport(ratio=1)
        expect(maria.asked).to_have_attribute("data-question", "start")


def test_the_mailbox_beside_the_chat_asks_no_more_once_the_session_has_ended(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, tolerates="401") as maria:
        maria.answers_until("reasons")
        maria.page.clock.install()
        asked: list[int] = []
        maria.page.on("response", lambda answer: asked.append(answer.status) if "mailbox" in answer.url else None)
        maria.page.route("**/api/messages*", lambda route: route.abort())  # the chat does not find out
        maria.page.reload()
        expect(maria.asked).to_be_visible()
        maria.page.context.clear_cookies()
        for _ in range(4):
            maria.page.clock.run_for(4_000)
            maria.page.wait_for_timeout(100)
        assert asked.count(401) == 1
        assert asked[-1] == 401


def test_a_half_written_answer_survives_a_reload_and_goes_with_the_answer(browser: Browser, bot: RunningBot) -> None:
    typed = "I was out of work for a year, and"
    with BrowserMentor(browser, bot.url) as maria:
        maria.answers_until("reasons")
        with maria.page.expect_response("**/api/unsent"):  # while it is typed, before anything is left
            maria.types(typed)
        maria.types(" then")
        maria.reloads()
        expect(maria.box).to_have_value(f"{typed} then")
        assert maria.left_behind() == [], "the service keeps it, not the browser"
        maria.box.fill("")
        maria.says("I was out of work for a year, and somebody helped me.")
        assert maria.question == "experience"
        maria.reloads()
        expect(maria.box).to_have_value("")


def test_return_is_a_new_line_of_a_long_answer_on_a_phone_and_sends_a_short_one(
    browser: Browser, bot: RunningBot
) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        maria.answers_until("reasons")
        expect(maria.box).to_have_attribute("enterkeyhint", "enter")
        maria.types("I was out of work.")
        maria.box.press("Enter")
        maria.box.press_sequentially("Somebody helped me.")
        expect(maria.box).to_have_value("I was out of work.\nSomebody helped me.")
        assert maria.question == "reasons"
        maria.page.get_by_role("button", name="Send", exact=True).tap()
        maria.hears()
        maria.says("back")
        assert maria.question == "reasons"
        maria.says("change my name")
        expect(maria.box).to_have_attribute("enterkeyhint", "send")
        maria.types("Maria Okafor")
        maria.box.press("Enter")
        expect(maria.box).to_have_value("")


def test_without_javascript_the_page_tells_what_to_do(browser: Browser, bot: RunningBot) -> None:
    context = browser.new_context(**PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(bot.url)
    expect(page.get_by_text("The chat needs JavaScript.")).to_be_visible()
    expect(page.get_by_role("link", name=ORGANISATION.contact)).to_have_attribute("href", re.compile("^mailto:"))
    expect(page.get_by_text("The chat is loading.")).to_be_hidden()
    context.close()


def test_the_end_stays_in_sight_when_something_is_shown_below_it(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, PHONE) as maria:
        maria.answers_until("reasons")
        # The browser reports an earlier scroll just after the list became shorter.
        maria.page.locator("mentor-chat").evaluate(
            """(chat) => {
                const scroll = chat.shadowRoot.querySelector(".scroll");
                const below = document.createElement("p");
                below.style = "flex: none; height: 90px";
                scroll.parentElement.append(below);
                scroll.dispatchEvent(new Event("scroll"));
            }"""
        )
        expect(maria.asked.get_by_role("button", name="Back")).to_be_in_viewport(ratio=1)


def test_what_the_bot_says_is_formatted_and_never_read_as_html(browser: Browser, bot: RunningBot) -> None:
    text = f"Two ways:\n• one\n• two\n\nRead {bot.url}/widget/example.html. {HOSTILE}"
    elsewhere, save = {"label": "Elsewhere", "url": "https://evil.example/"}, {"label": "Save", "url": "/api/a.json"}
    said = {"id": 1, "from": "bot", "at": "", "kind": "question", "question": "x", "input": "hologram", "text": text}
    said |= {"odd": {"field": 1}, "clause": "The English.", "buttons": [{"label": "Go", "payload": "p"}]}
    said |= {
        "translation": {"language": "fr", "label": "Traduction", "text": "Le français."},
        "links": [elsewhere, save],
    }
    with BrowserMentor(browser, bot.url, tolerates="401") as maria:  # the mailbox beside it has no session
        maria.page.route("**/api/session", _reply({"messages": [said], "cursor": 1, "pending": False}))
        maria.opens()
        bubble = maria.bubbles("bot").last
        expect(bubble.locator("li")).to_have_text(["one", "two"])
        expect(bubble.get_by_role("link")).to_have_text([f"{bot.url}/widget/example.html", "Save"])
        expect(bubble.get_by_role("link", name="Save")).to_have_attribute("download", "")
        expect(bubble).to_contain_text(HOSTILE)
        expect(bubble.get_by_test_id("translation")).to_have_attribute("lang", "fr")
        expect(bubble.locator(".clause")).to_have_attribute("lang", "en")
        expect(bubble.get_by_role("button", name="Go")).to_be_enabled()
        expect(maria.box).to_be_editable()
        assert bubble.locator("img, b, script").count() == 0
        assert maria.page.title() != "owned"


def _embedded(maria: BrowserMentor) -> Page:
    maria.page.goto(f"{maria.url}/widget/example.html")
    expect(maria.page.get_by_test_id("launcher")).to_be_visible()
    return maria.page


def _reply(data: dict[str, Any]) -> Callable[[Route], None]:
    return lambda route: route.fulfill(json=data)


def _speaking(wished: list[str]) -> Callable[[Route], None]:
    """A session whose bot offers any language."""

    def answer(route: Route) -> None:
        wish = route.request.post_data_json["language"]
        wished.append(wish)
        response = route.fetch()
        languages = [{"code": "en", "name": "English"}, {"code": "fr", "name": "Français"}, {"code": "ar", "name": "A"}]
        route.fulfill(
            response=response,
            json=response.json() | {"language": wish[:2], "languages": languages},
        )

    return answer


def _writes_arabic_too(page: Page) -> None:
    """Let the service claim to write Arabic once it is chosen."""
    page.route("**/api/session", _speaking([]))
    page.route("**/api/language", lambda route: route.fulfill(json=route.fetch().json() | {"language": "ar"}))
    page.route("**/api/events*", lambda route: route.fulfill(status=204))
    no_words = "export default {};"
    page.route("**/widget/page/ar.js", lambda route: route.fulfill(body=no_words, content_type="text/javascript"))


def _placeholders(words: str) -> list[str]:
    return sorted(part.split("}")[0] for part in words.split("{")[1:])
