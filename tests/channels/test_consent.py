"""Nobody can agree to a question that they could not read: in a browser and on Telegram, at human speed.

The other tests' bots have `CONSENT_SECONDS=0`, as nobody reads there. Here it is what it is for mentors, and real time
passes: the page and the service measure it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from bot.core.settings import CONSENT_SECONDS
from bot.i18n.catalogue import catalogue
from bot.registration.registration import Registration
from bot.security.key_files import load_master_keys
from bot.security.vault import Vault
from bot.storage import Consent, Conversation, Mentor, Store
from tests.doubles.telegram_api import PrivateChat, ReceivedMessage, TelegramDouble
from tests.support.answers import new_email
from tests.support.browser import BrowserMentor
from tests.support.registrations import answer_until
from tests.support.service import RunningBot
from tests.support.telegram import PATIENCE, opening_of

TOKEN = "4719:consent"
FIRST, SECOND, THIRD = "background_check", "two_months", "published_and_rated"
#: Milliseconds between the presses of an accidental double click.
GAPS = [60, 120, 250, 400]
#: Seconds, slightly more than needed.
LONG_ENOUGH = CONSENT_SECONDS + 0.6
#: Longer than the minimum wait for a press.
A_LOOK_MS = 900
QUICK = "That was very quick"

#: Presses a button, and the next question's button a number of milliseconds after it appeared.
TWO_PRESSES = """
async ([button, following, gap]) => {
  const log = button.getRootNode();
  button.click();
  let next = null;
  while (!next) {
    await new Promise(requestAnimationFrame);
    next = log.querySelector(`[data-question=${following}] .choice:enabled`);
  }
  await new Promise((resolve) => setTimeout(resolve, gap));
  next.click();
  return next.classList.contains("early");
}
"""


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture(scope="module")
def bot(telegram: TelegramDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """A bot with the default minimum times."""
    settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url, "CONSENT_SECONDS": str(CONSENT_SECONDS)}
    with RunningBot(tmp_path_factory.mktemp("patient"), **settings) as running:
        yield running


def in_store[Found](bot: RunningBot, look: Callable[[Store], Found]) -> Found:
    store = Store(f"sqlite:///{bot.data_dir / 'bot.db'}")
    try:
        return look(store)
    finally:
        store.dispose()


def comes_to(bot: RunningBot, channel: str, question: str) -> str:
    """Bring the newest mentor of a channel to ``question``; returns the mentor's id."""

    def answer(store: Store) -> str:
        vault = Vault(load_master_keys("", bot.data_dir))
        newest = select(Conversation).where(Conversation.channel == channel).order_by(Conversation.created_at.desc())
        with store.write() as session:
            conversation = session.scalars(newest.limit(1)).one()
            mentor = session.get_one(Mentor, conversation.mentor_id)
            answer_until(Registration(session, mentor), vault, question, new_email())
            return mentor.id

    return in_store(bot, answer)


def decisions(bot: RunningBot, mentor_id: str) -> list[tuple[str, str]]:
    def read(store: Store) -> list[tuple[str, str]]:
        wanted = select(Consent).where(Consent.mentor_id == mentor_id).order_by(Consent.id)
        with store.read() as session:
            return [(each.item_id, each.decision) for each in session.scalars(wanted)]

    return in_store(bot, read)


def sentence(name: str) -> str:
    return catalogue().text(name)


def open_at_the_first_consent(maria: BrowserMentor, bot: RunningBot) -> str:
    maria.opens()
    # The page contains the greeting before there is a conversation.
    maria.waits_until_ready()
    mentor_id = comes_to(bot, "web", FIRST)
    maria.says("repeat")
    assert maria.question == FIRST
    return mentor_id


@pytest.mark.parametrize("gap", GAPS)
def test_two_clicks_in_a_row_agree_to_one_clause(browser: Browser, bot: RunningBot, gap: int) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        mentor_id = open_at_the_first_consent(maria, bot)
        maria.page.wait_for_timeout(A_LOOK_MS)
        agree = maria.asked.get_by_role("button", name="I agree", exact=True)
        [button] = agree.element_handles()
        assert maria.page.evaluate(TWO_PRESSES, [button, SECOND, gap]), "the button shows that it was too quick"
        expect(maria.page.get_by_role("alert")).to_contain_text(QUICK)
        assert (maria.question, decisions(bot, mentor_id)) == (SECOND, [(FIRST, "agreed")])
        maria.page.wait_for_timeout(A_LOOK_MS)
        expect(maria.asked.locator(".early")).to_have_count(0)
        maria.taps("I agree")
        expect(maria.page.get_by_role("alert")).to_be_hidden()
        assert decisions(bot, mentor_id) == [(FIRST, "agreed"), (SECOND, "agreed")]


def test_three_lines_typed_while_offline_agree_to_one_clause(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, tolerates="net::ERR_") as maria:
        mentor_id = open_at_the_first_consent(maria, bot)
        maria.page.wait_for_timeout(1000 * LONG_ENOUGH)
        maria.page.context.set_offline(True)
        for _ in range(3):
            maria.sends("I agree")
        expect(maria.pending).to_have_count(3)
        maria.page.wait_for_timeout(1000 * LONG_ENOUGH)
        maria.page.context.set_offline(False)
        expect(maria.pending).to_have_count(0)
        assert (maria.question, decisions(bot, mentor_id)) == (SECOND, [(FIRST, "agreed")])
        told = [sentence("note-too-early"), sentence("note-too-early.again")]
        assert [words for each in maria.transcript() for words in told if words in each] == told


def test_three_lines_typed_one_after_another_agree_to_one_clause(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url) as maria:
        mentor_id = open_at_the_first_consent(maria, bot)
        maria.page.wait_for_timeout(1000 * LONG_ENOUGH)
        for _ in range(3):
            maria.sends("I agree")
        expect(maria.pending).to_have_count(0)
        assert decisions(bot, mentor_id) == [(FIRST, "agreed")]


def test_what_another_client_sends_too_quickly_is_refused_by_the_service(browser: Browser, bot: RunningBot) -> None:
    with BrowserMentor(browser, bot.url, tolerates="409") as maria:
        # The page without its own rule.
        maria.page.route("**/api/session", lambda route: route.fulfill(json=route.fetch().json() | {"press_ms": 0}))
        mentor_id = open_at_the_first_consent(maria, bot)
        [button] = maria.asked.get_by_role("button", name="I agree", exact=True).element_handles()
        maria.page.wait_for_timeout(A_LOOK_MS)
        maria.page.evaluate(TWO_PRESSES, [button, SECOND, 60])
        expect(maria.page.get_by_role("alert")).to_contain_text(QUICK)
        assert decisions(bot, mentor_id) == [(FIRST, "agreed")]


@pytest.fixture
def ann(telegram: TelegramDouble, bot: RunningBot) -> PrivateChat:
    """A new mentor."""
    chat = telegram.user("Ann", language_code="en")
    chat.sends("/start")
    chat.waits_for(opening_of("start"), timeout=PATIENCE)
    return chat


def asked_the_first_consent(ann: PrivateChat, bot: RunningBot) -> tuple[str, ReceivedMessage]:
    mentor_id = comes_to(bot, "telegram", FIRST)
    ann.sends("repeat")
    return mentor_id, ann.waits_for(opening_of(FIRST), timeout=PATIENCE)


@pytest.mark.parametrize("gap", GAPS)
def test_two_taps_in_a_row_agree_to_one_clause(ann: PrivateChat, bot: RunningBot, gap: int) -> None:
    mentor_id, first = asked_the_first_consent(ann, bot)
    time.sleep(A_LOOK_MS / 1000)
    assert ann.taps(first, "I agree").waits_for_answer() == ""
    second = ann.waits_for(opening_of(SECOND), timeout=PATIENCE)
    time.sleep(gap / 1000)
    assert ann.taps(second, "I agree").waits_for_answer() == sentence("note-too-quick")
    assert decisions(bot, mentor_id) == [(FIRST, "agreed")]
    time.sleep(A_LOOK_MS / 1000)
    ann.taps(second, "I agree")
    ann.waits_for(opening_of(THIRD), timeout=PATIENCE)
    assert decisions(bot, mentor_id) == [(FIRST, "agreed"), (SECOND, "agreed")]


def test_a_second_line_right_after_the_question_agrees_to_nothing(ann: PrivateChat, bot: RunningBot) -> None:
    mentor_id, _first = asked_the_first_consent(ann, bot)
    time.sleep(LONG_ENOUGH)
    ann.sends("yes")
    ann.waits_for(opening_of(SECOND), timeout=PATIENCE)
    ann.sends("I agree")
    ann.waits_for(sentence("note-too-soon"), timeout=PATIENCE)
    assert decisions(bot, mentor_id) == [(FIRST, "agreed")]


def test_a_reply_counts_for_the_message_that_it_replies_to(ann: PrivateChat, bot: RunningBot) -> None:
    mentor_id, first = asked_the_first_consent(ann, bot)
    time.sleep(LONG_ENOUGH)
    ann.replies(first, "yes", quote=opening_of(FIRST))
    ann.waits_for(opening_of(SECOND), timeout=PATIENCE)
    for message, words, note in ((first, "no", "note-reply-elsewhere"), (None, "yes", "note-reply-elsewhere.again")):
        time.sleep(LONG_ENOUGH)
        before = max(each.message_id for each in ann.received)
        ann.replies(message, words)
        ann.waits_for(sentence(note), timeout=PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while not any(each.message_id > before + 1 and each.buttons for each in ann.received):
            assert time.monotonic() < deadline, "it is not asked again"
            time.sleep(0.05)
    assert decisions(bot, mentor_id) == [(FIRST, "agreed")]


def test_what_is_struck_through_is_not_said(ann: PrivateChat, bot: RunningBot) -> None:
    mentor_id, _first = asked_the_first_consent(ann, bot)
    time.sleep(LONG_ENOUGH)
    ann.sends("I agree", struck="I agree")
    ann.waits_for(sentence("note-empty"), timeout=PATIENCE)
    time.sleep(LONG_ENOUGH)
    ann.sends("no I agree", struck="no")
    ann.waits_for(opening_of(SECOND), timeout=PATIENCE)
    assert decisions(bot, mentor_id) == [(FIRST, "agreed")]
