"""The code of ethics on Telegram: one message, edited from clause to clause, each recorded by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.core.settings import CONSENT_SECONDS
from bot.i18n.catalogue import catalogue
from bot.registration import form
from bot.registration.answers import AGREED, REFUSED
from tests.doubles.telegram_api import PrivateChat, ReceivedMessage, TelegramDouble
from tests.support.answers import QUESTIONS
from tests.support.service import RunningBot
from tests.support.telegram import PATIENCE, answer_until, answers, opening_of

TOKEN = "4720:clauses"
CLAUSES = [str(item.id) for item in form.CLAUSES]
FIRST, SECOND, THIRD, LAST = CLAUSES[0], CLAUSES[1], CLAUSES[2], CLAUSES[-1]
NO = "I do not agree"
#: Messages of the bot in a whole registration without a detour.
MOST_MESSAGES = 18
A_LOOK = 0.9


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture(scope="module")
def settings(telegram: TelegramDouble) -> dict[str, str]:
    return {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}


@pytest.fixture(scope="module")
def running(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    with RunningBot(tmp_path_factory.mktemp("telegram"), **settings) as bot:
        yield bot


@pytest.fixture
def ann(telegram: TelegramDouble, running: RunningBot) -> PrivateChat:
    """A mentor who has just found the bot."""
    return telegram.user("Ann", language_code="en")


def sentence(name: str, **arguments: str | int) -> str:
    return catalogue().text(name, **arguments)


def over(agreed: int = len(CLAUSES)) -> str:
    """What the message says at the end."""
    count = len(CLAUSES)
    return sentence("telegram-code-of-ethics", agreed=agreed, refused=count - agreed, count=count)


def decided(bot: RunningBot) -> list[tuple[str, str]]:
    """What the newest mentor said to the clauses that are answered."""
    records: list[dict[str, Any]] = bot.newest_registration()["consents"]
    return [(each["id"], each["decision"]) for each in records if each["id"] in CLAUSES]


def at_the_code(ann: PrivateChat, bot: RunningBot) -> ReceivedMessage:
    """Come to the first clause; gives its message."""
    answer_until(ann, FIRST, bot)
    return now(ann, next(each.message_id for each in ann.received if opening_of(FIRST) in each.text))


def now(ann: PrivateChat, number: int) -> ReceivedMessage:
    """A message as it stands."""
    return next(each for each in ann.received if each.message_id == number)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def taps(ann: PrivateChat, message: ReceivedMessage, clause: str, label: str = "I agree") -> None:
    """Tap a button while the message asks this clause."""
    until(lambda: opening_of(clause) in now(ann, message.message_id).text)
    ann.taps(message, label).waits_for_answer()


def test_a_whole_registration_takes_few_messages(
    ann: PrivateChat, running: RunningBot, telegram: TelegramDouble
) -> None:
    refused = len(telegram.problems)
    ann.sends("/start")
    for question in QUESTIONS:
        answers(ann, question, running)
    ann.waits_for("Your registration is complete", timeout=PATIENCE)
    assert len(ann.received) <= MOST_MESSAGES
    assert decided(running) == [(clause, AGREED) for clause in CLAUSES]
    assert telegram.problems[refused:] == []
    disclosure = next(each for each in ann.received if opening_of("background_check") in each.text)
    assert sentence("note-date-kept") not in disclosure.text, "it stands alone"


def test_one_message_is_edited_from_clause_to_clause(ann: PrivateChat, running: RunningBot) -> None:
    message = at_the_code(ann, running)
    before = len(ann.received)
    for number, clause in enumerate(CLAUSES, 1):
        until(lambda clause=clause: opening_of(clause) in now(ann, message.message_id).text)
        shown = now(ann, message.message_id)
        assert f"Code of ethics {number} of {len(CLAUSES)}" in shown.text
        assert [each.label for each in shown.rows[0]] == ["I agree", NO]
        assert len(ann.received) == before
        ann.taps(message, NO if clause == THIRD else "I agree").waits_for_answer()
    ann.waits_for_edit(message, over(14), timeout=PATIENCE)
    assert [each.label for each in now(ann, message.message_id).buttons] == ["Show my answers"]
    expected = [(clause, REFUSED if clause == THIRD else AGREED) for clause in CLAUSES]
    assert decided(running) == expected
    refusal = [each.text for each in ann.received if sentence("note-refused") in each.text]
    assert len(ann.received) <= before + 2, refusal


def test_the_answers_unfold_with_a_way_to_change_each_and_fold_again(ann: PrivateChat, running: RunningBot) -> None:
    message = at_the_code(ann, running)
    for clause in CLAUSES:
        taps(ann, message, clause)
    ann.waits_for_edit(message, over(), timeout=PATIENCE)
    messages = len(ann.received)
    ann.taps(message, "Show my answers").waits_for_answer()
    unfolded = ann.waits_for_edit(message, form.CLAUSES[-1].wording, timeout=PATIENCE)
    assert all(item.wording in unfolded.text for item in form.CLAUSES)
    assert unfolded.text.count("✓ I agree") == len(CLAUSES)
    ann.taps(message, "Hide my answers").waits_for_answer()
    until(lambda: now(ann, message.message_id).text == over())
    ann.taps(message, "Show my answers").waits_for_answer()
    until(lambda: form.CLAUSES[-1].wording in now(ann, message.message_id).text)
    assert len(ann.received) == messages
    ann.taps(message, sentence("button-change-row", label="3"))
    asked = ann.waits_for(form.CLAUSES[2].wording, timeout=PATIENCE)
    while asked.message_id == message.message_id:
        asked = ann.waits_for(form.CLAUSES[2].wording, timeout=PATIENCE)
    ann.taps(asked, NO)
    until(lambda: (THIRD, REFUSED) in decided(running))
    ann.taps(message, "Show my answers", stale=True).waits_for_answer()
    until(lambda: over(14) in now(ann, message.message_id).text)


def test_a_double_tap_answers_one_clause_and_says_nothing(
    ann: PrivateChat, running: RunningBot, telegram: TelegramDouble
) -> None:
    message = at_the_code(ann, running)
    messages = len(ann.received)
    ann.taps(message, "I agree")
    ann.taps(message, "I agree", stale=True)
    taps(ann, message, SECOND)
    ann.taps(message, "I agree", stale=True)
    until(lambda: opening_of(THIRD) in now(ann, message.message_id).text)
    telegram.waits_until_read()
    assert decided(running)[:2] == [(FIRST, AGREED), (SECOND, AGREED)]
    assert len(ann.received) == messages


def test_a_late_tap_that_says_otherwise_changes_nothing_and_is_told_so(
    ann: PrivateChat, running: RunningBot, telegram: TelegramDouble
) -> None:
    message = at_the_code(ann, running)
    forged = next(each.data for each in message.buttons if each.label == NO)
    assert forged is not None
    taps(ann, message, FIRST)
    until(lambda: opening_of(SECOND) in now(ann, message.message_id).text)
    tap = ann.taps_forged(message, forged)
    assert tap.waits_for_answer(PATIENCE) == sentence("note-stale")
    assert opening_of(SECOND) in now(ann, message.message_id).text
    assert [each.label for each in now(ann, message.message_id).buttons][:2] == ["I agree", NO]
    assert ann.received[-1].message_id == message.message_id, "a toast is enough"
    assert decided(running) == [(FIRST, AGREED)]


def test_a_typed_answer_counts_and_the_next_clause_is_asked_below_it(ann: PrivateChat, running: RunningBot) -> None:
    message = at_the_code(ann, running)
    taps(ann, message, FIRST)
    until(lambda: opening_of(SECOND) in now(ann, message.message_id).text)
    ann.sends("I agree")
    below = ann.waits_for(opening_of(THIRD), timeout=PATIENCE)
    assert below.message_id > message.message_id
    ann.waits_for_edit(message, "✓ I agree", timeout=PATIENCE)
    assert opening_of(SECOND) in now(ann, message.message_id).text
    for clause in CLAUSES[2:]:
        taps(ann, below, clause)
    ann.waits_for_edit(below, over(), timeout=PATIENCE)
    assert decided(running) == [(clause, AGREED) for clause in CLAUSES]


def test_after_a_question_the_clause_is_shown_anew_below(ann: PrivateChat, running: RunningBot) -> None:
    message = at_the_code(ann, running)
    taps(ann, message, FIRST)
    until(lambda: opening_of(SECOND) in now(ann, message.message_id).text)
    ann.sends("what does that mean?")
    below = ann.waits_for(form.CLAUSES[1].wording, timeout=PATIENCE)
    while below.message_id == message.message_id:
        below = ann.waits_for(form.CLAUSES[1].wording, timeout=PATIENCE)
    until(lambda: not now(ann, message.message_id).buttons)
    taps(ann, below, SECOND)
    until(lambda: opening_of(THIRD) in now(ann, below.message_id).text)
    assert decided(running) == [(FIRST, AGREED), (SECOND, AGREED)]


def test_who_deleted_the_message_is_asked_below(
    ann: PrivateChat, running: RunningBot, telegram: TelegramDouble
) -> None:
    message = at_the_code(ann, running)
    telegram.fail("editMessageText", times=1, status=400, description="Bad Request: message to edit not found")
    ann.taps(message, "I agree")
    below = ann.waits_for(opening_of(SECOND), timeout=PATIENCE)
    assert below.message_id > message.message_id
    assert decided(running) == [(FIRST, AGREED)]


def test_an_edit_whose_answer_was_lost_is_made_once(
    ann: PrivateChat, running: RunningBot, telegram: TelegramDouble
) -> None:
    message = at_the_code(ann, running)
    telegram.drop_answer("editMessageText", times=1)
    taps(ann, message, FIRST)
    taps(ann, message, SECOND)
    until(lambda: opening_of(THIRD) in now(ann, message.message_id).text)
    assert decided(running) == [(FIRST, AGREED), (SECOND, AGREED)]
    assert ann.last is not None
    assert ann.last.message_id == message.message_id


def test_a_restart_half_way_goes_on_in_the_same_message(ann: PrivateChat, running: RunningBot) -> None:
    message = at_the_code(ann, running)
    taps(ann, message, FIRST)
    until(lambda: opening_of(SECOND) in now(ann, message.message_id).text)
    running.kill()
    ann.taps(message, "I agree")
    running.start()
    taps(ann, message, THIRD)
    until(lambda: opening_of(CLAUSES[3]) in now(ann, message.message_id).text)
    assert decided(running) == [(clause, AGREED) for clause in CLAUSES[:3]]


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TelegramDouble, RunningBot]]:
    """A bot that takes as long as for mentors, and its own Telegram."""
    with (
        TelegramDouble(token="4721:patient") as double,
        RunningBot(
            tmp_path_factory.mktemp("patient"),
            TELEGRAM_TOKEN="4721:patient",
            TELEGRAM_API_URL=double.url,
            CONSENT_SECONDS=str(CONSENT_SECONDS),
        ) as bot,
    ):
        yield double, bot


def test_a_tap_right_after_an_edit_counts_for_nothing(patient: tuple[TelegramDouble, RunningBot]) -> None:
    telegram, patient_bot = patient
    ann = telegram.user("Ann", language_code="en")
    message = at_the_code(ann, patient_bot)
    time.sleep(A_LOOK)
    ann.taps(message, "I agree").waits_for_answer()
    until(lambda: opening_of(SECOND) in now(ann, message.message_id).text)
    assert ann.taps(message, "I agree").waits_for_answer() == sentence("note-too-quick")
    assert decided(patient_bot) == [(FIRST, AGREED)]
    time.sleep(A_LOOK)
    taps(ann, message, SECOND)
    until(lambda: opening_of(THIRD) in now(ann, message.message_id).text)
    # Nor do words that are as quick.
    ann.sends("I agree")
    ann.waits_for(sentence("note-too-soon"), timeout=PATIENCE)
    assert decided(patient_bot) == [(FIRST, AGREED), (SECOND, AGREED)]
