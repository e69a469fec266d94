"""The bot never says the same in two turns in a row."""

from __future__ import annotations

import itertools

import pytest

from bot.conversation import workers
from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import catalogue
from bot.registration import form
from bot.registration.registration import EMAIL_CODE, RECONSIDER, REVIEW, START
from tests.store.mentor import ChattingMentor
from tests.support.answers import picture

pytestmark = pytest.mark.slow

#: What a mentor may say three times in a row without getting anywhere.
MOVES = ("repeat", "hello", "my status", "help", "thanks", "skip", "pause", "review my answers", "🙂")
TIMES = 3


def repeated(mentor: ChattingMentor) -> list[str]:
    """What the bot said in two turns in a row."""
    said = mentor.said_in_turns()
    return [text for before, after in itertools.pairwise(said) for text in before if text in after]


def never_repeats(mentor: ChattingMentor) -> None:
    assert repeated(mentor) == []
    assert not any("Once more" in text for turn in mentor.said_in_turns() for text in turn)


def says_again_and_again(mentor: ChattingMentor, *moves: str) -> None:
    """Say each of ``moves`` several times in a row."""
    for words in moves:
        question = mentor.question
        for _ in range(TIMES):
            mentor.says(words)
        assert mentor.question == question, words


@pytest.mark.parametrize(
    "question",
    [
        *("account", "full_name", "email", "reasons", "expertise", "photo", "date_of_birth"),
        *("background_check", "two_months", "ethics_assist_and_guide", "ethics_laws", "code_of_ethics", REVIEW),
    ],
)
def test_whatever_is_said_again_and_again_is_answered_in_other_words(mentor: ChattingMentor, question: str) -> None:
    mentor.comes_to(question)
    says_again_and_again(mentor, *MOVES)
    for _ in range(TIMES):
        mentor.says("cancel")
        mentor.says("no")
    never_repeats(mentor)


def test_nothing_is_repeated_before_the_start_and_after_the_submit(mentor: ChattingMentor) -> None:
    says_again_and_again(mentor, *MOVES, "no", "cancel")
    mentor.comes_to(REVIEW).says("submit")
    assert mentor.question is None
    for words in (*MOVES, "submit", "register", "change my photo"):
        for _ in range(TIMES):
            mentor.says(words)
    never_repeats(mentor)


def test_nothing_is_repeated_while_refusals_are_reconsidered(mentor: ChattingMentor) -> None:
    mentor.comes_to("code_of_ethics").says("no")
    says_again_and_again(mentor, *MOVES)
    for _ in range(TIMES):
        mentor.says("yes")  # have another look
        mentor.says("no")  # and refuse again
    assert mentor.question == RECONSIDER
    never_repeats(mentor)


@pytest.mark.parametrize("words", ["start over", "cancel"])
def test_nothing_is_repeated_at_a_confirmation(mentor: ChattingMentor, words: str) -> None:
    mentor.comes_to("two_months")
    mentor.says(words)
    for move in (*MOVES[:5], "pause", "🙂", "perhaps"):
        for _ in range(TIMES):
            mentor.says(move)
    for _ in range(TIMES):
        mentor.taps("Keep my answers")
        mentor.says(words)
    never_repeats(mentor)


def test_nothing_is_repeated_in_a_whole_registration_with_everything_deleted_twice(mentor: ChattingMentor) -> None:
    for _ in range(2):
        mentor.answers_until("photo")
        for _ in range(TIMES):
            mentor.sends(b"no picture")
        mentor.sends(picture())
        mentor.answers_until("published_and_rated").says("start over")
        mentor.says("yes")
    mentor.answers_until(REVIEW)
    mentor.says("submit")
    never_repeats(mentor)


def test_nothing_is_repeated_when_buttons_are_tapped_again_and_again(mentor: ChattingMentor) -> None:
    mentor.comes_to("two_months")
    stale = mentor.payload("I agree")
    mentor.taps("I agree")
    for _ in range(TIMES):
        mentor.taps_payload(stale)
    for _ in range(2):
        mentor.says("I guess")
    for payload in [button["payload"] for button in mentor.news()[1]["buttons"]]:
        for _ in range(TIMES):
            mentor.taps_payload(payload)
    for _ in range(TIMES):
        mentor.sends(picture())
    for _ in range(TIMES):
        mentor.opens()
        mentor.taps("Review my answers")
    for _ in range(TIMES):
        mentor.taps("Back")
        mentor.taps("Keep my answer")
    never_repeats(mentor)


def test_nothing_is_repeated_when_messages_come_at_once(mentor: ChattingMentor) -> None:
    mentor.comes_to("two_months")
    mentor.says_at_once(*["I guess"] * 4, *["repeat"] * 3)
    never_repeats(mentor)


@pytest.mark.parametrize("words", ["08/09/1978", "31 April 1985", "soon"])
def test_nothing_is_repeated_at_the_date_of_birth(mentor: ChattingMentor, words: str) -> None:
    mentor.comes_to("date_of_birth")
    for _ in range(TIMES):
        mentor.says(words)
    assert mentor.question == form.DATE_OF_BIRTH
    never_repeats(mentor)


def test_a_sentence_has_other_wordings_and_one_that_has_none_is_not_repeated(mentor: ChattingMentor) -> None:
    mentor.comes_to("reasons")
    wordings = [mentor.says("repeat") for _ in range(4)]
    assert wordings[0] == wordings[2] != wordings[1] == wordings[3]
    thanks = [mentor.says("thanks").split("\n", 1)[0] for _ in range(4)]
    assert thanks == ["You’re welcome.", "Any time.", "My pleasure.", "You’re welcome."]
    cost = [mentor.says("is it free?").split("\n", 1)[0] for _ in range(4)]
    assert cost[0] == cost[2] == catalogue().text("faq-cost")
    assert cost[1] == catalogue().text("said-before", contact=ORGANISATION.contact)
    assert cost[3] == catalogue().text("said-before.again", contact=ORGANISATION.contact)


def test_what_has_just_happened_is_told_each_time_though_it_has_one_wording(mentor: ChattingMentor) -> None:
    mentor.comes_to(EMAIL_CODE).taps("Send a new code")
    for _ in range(2):
        assert catalogue().text("note-code-sent-again", address=mentor.email) in mentor.taps("Send a new code")


def test_a_turn_that_failed_is_not_worded_as_if_it_had_been_said(
    mentor: ChattingMentor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "RETRY_SECONDS", (0.01, 0.02))
    mentor.comes_to("reasons").says("help")
    mentor.agent.fails(1)
    assert mentor.says("my status").startswith(f"You are at: Your reasons · step 2 of {len(form.STEPS)}.")
    never_repeats(mentor)


def test_nothing_is_repeated_when_a_turn_hung_for_a_moment(
    mentor: ChattingMentor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "RETRY_SECONDS", (0.01, 0.02))
    mentor.comes_to("reasons")
    mentor.hangs_once()
    mentor.says("repeat")
    assert mentor.waits().startswith("One moment")
    assert [text for text in repeated(mentor) if not text.startswith("One moment")] == []


def test_the_apology_for_the_wait_is_not_repeated(mentor: ChattingMentor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "RETRY_SECONDS", (0.01, 0.02))
    mentor.comes_to("reasons")
    for words in ("my status", "help"):
        mentor.hangs_once()
        mentor.says(words)
        mentor.waits()
    assert [text for text in repeated(mentor) if text.startswith("One moment")] == []


def test_the_start_is_asked_in_other_words_too(mentor: ChattingMentor) -> None:
    assert "Would you like to start?" in mentor.heard()
    assert "Are you ready to start?" in mentor.says("no")
    assert "Would you like to start?" in mentor.says("status")
    assert mentor.question == START
