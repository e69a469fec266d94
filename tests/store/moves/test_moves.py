"""What a mentor can do beside answering, and what is offered to whoever is not understood."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.conversation.turns import RETURNS_AFTER
from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import catalogue
from bot.registration import form
from bot.registration.answers import MessageRef
from bot.registration.form import ItemId
from bot.registration.registration import RECONSIDER, REVIEW, START, START_OVER
from bot.storage import Conversation, Store
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor, consents, snapshot, text
from tests.support.agent import FailureForTestError
from tests.support.answers import TEXTS, picture

pytestmark = pytest.mark.slow

WAYS_ON = ["What does it mean?", "Why do you ask?", "Talk to a person", "Go on later"]
PERSON = ORGANISATION.contact
CHOICES = {"Continue": "repeat", "Review my answers": "see_review", "Start over": "start_over"}


def given_by(store: Store) -> dict[str, Any]:
    """All that mentors gave, and what they are asked, as stored."""
    tables = snapshot(store)
    return {name: tables[name] for name in ("mentors", "answers", "consents", "photos", "sealed_values")}


def offered(mentor: ChattingMentor, position: int) -> list[str]:
    """The labels of the buttons of one of the bot's last messages."""
    return [button["label"] for button in mentor.news()[position].get("buttons", [])]


def misses(mentor: ChattingMentor) -> int:
    with mentor.store.read() as session:
        return session.get_one(Conversation, mentor.conversation_id).misses


def was_last_here(mentor: ChattingMentor, ago: timedelta) -> None:
    with mentor.store.write() as session:
        session.execute(update(Conversation).values(last_seen_at=utc_now() - ago))


# Leaving a question out, and coming back later.


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("account", "skip-question"),
        ("email", "skip-email"),
        ("reasons", "skip-question"),
        ("photo", "skip-photo"),
        ("date_of_birth", "skip-date_of_birth"),
        ("background_check", "skip-consent"),
        ("ethics_privacy", "skip-consent"),
        ("code_of_ethics", "skip-consent"),
        ("review", "skip-review"),
    ],
)
def test_no_question_can_be_left_out(mentor: ChattingMentor, store: Store, question: str, sentence: str) -> None:
    mentor.comes_to(question)
    before = given_by(store)
    for words, name in (("skip", sentence), ("Please skip this question", f"{sentence}.again"), ("/skip", sentence)):
        assert catalogue().text(name) in mentor.says(words)
        assert mentor.question == question
    assert given_by(store) == before


def test_to_skip_a_question_that_is_asked_again_keeps_its_answer(mentor: ChattingMentor) -> None:
    mentor.comes_to("two_months").says("change my reasons")
    mentor.says("skip")
    assert mentor.question == "two_months"
    mentor.says("change my background check permission")
    mentor.says("skip")
    assert mentor.question == "two_months"
    with mentor.registration() as current:
        assert current.answers[ItemId("reasons")] == TEXTS["reasons"]
        assert current.consents[ItemId("background_check")].decision == "agreed"


@pytest.mark.parametrize("question", ["full_name", "reasons", "photo", "date_of_birth", "two_months", "review"])
def test_who_pauses_is_let_go_and_finds_the_question_again(mentor: ChattingMentor, store: Store, question: str) -> None:
    mentor.comes_to(question)
    before = given_by(store)
    assert "Just write when you’re back, and we’ll go on with" in mentor.says("pause")
    for words in ("pause", "stop", "not now"):
        mentor.says(words)
        assert [each.get("question") for each in mentor.news() if each["from"] == "bot"] == [None]
    assert mentor.question == question
    assert given_by(store) == before
    mentor.says("I'm back")
    assert mentor.messages()[-1]["question"] == question


def test_who_pauses_may_still_press_the_button_or_send_the_photo_that_was_asked_for(mentor: ChattingMentor) -> None:
    mentor.comes_to("photo").says("pause")
    mentor.sends(picture())
    assert mentor.question == "date_of_birth"
    agree = mentor.comes_to("two_months").payload("I agree")
    mentor.says("pause")
    mentor.taps_payload(agree)
    assert mentor.question == "published_and_rated"


def test_who_pauses_at_a_consent_is_asked_again_before_words_count(mentor: ChattingMentor) -> None:
    mentor.comes_to("two_months").says("pause")
    mentor.says("yes")
    assert mentor.messages()[-1]["question"] == "two_months"
    mentor.says("yes")
    assert mentor.question == "published_and_rated"


def test_who_says_goodbye_is_asked_nothing(mentor: ChattingMentor) -> None:
    mentor.comes_to("photo")
    for words in ("goodbye", "one moment please"):
        mentor.says(words)
        assert [each.get("question") for each in mentor.news() if each["from"] == "bot"] == [None]


def test_before_the_start_there_is_nothing_to_skip_or_pause(mentor: ChattingMentor, store: Store) -> None:
    before = given_by(store)
    for words in ("skip", "pause", "back", "review my answers", "change my photo", "no"):
        mentor.says(words)
        assert mentor.question == START
        assert mentor.messages()[-1]["question"] == START
    assert given_by(store) == before


# Changing an answer.


def test_who_wants_to_change_something_is_shown_what_there_is(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("two_months")
    before = given_by(store)
    mentor.agent.likelihoods = {"change_answer": 1.0}
    assert "What would you like to change?" in mentor.says("I made a mistake")
    assert mentor.question == "two_months"
    assert given_by(store) == before
    rows = {row["label"]: row for each in mentor.news() for part in each.get("sections", []) for row in part["rows"]}
    assert len(rows) == len([item for item in form.ASKED if item.step not in ("commitment", "ethics", "agreement")])
    mentor.taps_payload(rows["E-mail address"]["change"]["payload"])
    assert mentor.question == form.EMAIL


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("change clause 3", "ethics_laws"),
        ("change my answer to the third clause", "ethics_laws"),
        ("change the clause about privacy", "ethics_privacy"),
        ("change my photo", "photo"),
        ("I want to change my date of birth", "date_of_birth"),
        ("change the first commitment", "two_months"),
        ("change code of ethics", "code_of_ethics"),
    ],
)
def test_an_answer_is_changed_by_its_name(mentor: ChattingMentor, words: str, question: str) -> None:
    mentor.comes_to("review").says(words)
    assert mentor.question == question


def test_an_item_that_is_none_of_the_mentors_cannot_be_changed(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("two_months")
    for target in ("ethics_laws", "clause_3", "settings_change", "review", "", "🙂"):
        turn = mentor.takes(mentor.leaves(text("change it")), "change_answer", target)
        assert turn.said == [MessageRef("note-not-answered-yet")]
        assert mentor.question == "two_months"


# Coming back.


def test_who_comes_back_can_go_on_look_or_start_over(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("expertise")
    before = given_by(store)
    assert "Welcome back" in mentor.opens()
    [welcome, question] = mentor.news()
    assert {button["label"]: button["payload"] for button in welcome["buttons"]} == CHOICES
    assert question["question"] == "expertise"
    mentor.taps("Continue")
    assert [each.get("question") for each in mentor.news()] == ["expertise"]
    mentor.opens()
    mentor.taps("Review my answers")
    assert [row["value"] for row in mentor.news()[0]["sections"][-1]["rows"]] == [TEXTS["experience"]]
    assert given_by(store) == before
    mentor.opens()
    mentor.taps("Start over")
    assert mentor.question == START_OVER
    mentor.taps("Keep my answers")
    assert mentor.question == "expertise"


def test_the_welcomes_buttons_are_good_at_any_time_and_harmless(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("reasons").opens()
    mentor.says(TEXTS["reasons"])
    before = given_by(store)
    mentor.taps_payload(CHOICES["Continue"])
    assert mentor.question == "experience"
    mentor.taps_payload(CHOICES["Review my answers"])
    assert mentor.question == "experience"
    assert given_by(store) == before
    mentor.taps_payload(CHOICES["Start over"])
    assert mentor.question == START_OVER
    mentor.taps_payload(CHOICES["Continue"])
    assert mentor.question == START_OVER, "to go on is no answer to the confirmation"
    mentor.says("no")
    after = given_by(store)
    assert [after[name] for name in ("answers", "consents")] == [before[name] for name in ("answers", "consents")]


def test_to_go_on_does_not_drop_a_change_that_was_begun(mentor: ChattingMentor) -> None:
    mentor.comes_to("two_months").says("change my reasons")
    mentor.opens()
    mentor.taps("Continue")
    assert mentor.question == "reasons"


@pytest.mark.parametrize("question", ["account", "photo", "date_of_birth", "ethics_laws", "reconsider", "review"])
def test_whoever_comes_back_is_asked_the_open_question(mentor: ChattingMentor, question: str) -> None:
    if question == RECONSIDER:
        mentor.comes_to("code_of_ethics").says("no")
    else:
        mentor.comes_to(question)
    mentor.opens()
    assert [each.get("question") for each in mentor.news()] == [None, question]
    assert offered(mentor, 0) == list(CHOICES)


def test_what_was_refused_is_looked_at_with_the_check_of_the_answers(mentor: ChattingMentor) -> None:
    for question in ("two_months", "ethics_laws"):
        mentor.comes_to(question).says("no")
    mentor.comes_to("reconsider")
    asked = mentor.messages()[-1]
    assert asked["question"] == "reconsider"
    assert asked["progress"]["label"] == "Check your answers"
    assert (asked["progress"]["step"], asked["progress"]["of"]) == (11, 11)


def test_one_look_again_shows_everything_that_was_refused(mentor: ChattingMentor) -> None:
    refused = ["two_months", "ethics_laws", "ethics_records"]
    for question in refused:
        mentor.comes_to(question).says("no")
    mentor.comes_to("reconsider").taps("Look again")
    for question, reply in zip(refused, ("I agree", "I do not agree", "I agree"), strict=True):
        assert mentor.question == question
        assert form.BY_ID[ItemId(question)].wording == mentor.messages()[-1]["clause"]
        mentor.taps(reply)
    assert mentor.question == RECONSIDER
    mentor.taps("Look again")
    assert mentor.question == "ethics_laws"
    mentor.taps("I agree")
    assert mentor.question == form.CODE_OF_ETHICS


def test_who_has_not_begun_or_is_done_is_offered_no_choices(mentor: ChattingMentor) -> None:
    assert "Hello again" in mentor.opens()
    assert offered(mentor, 0) == []
    mentor.comes_to("review").says("submit")
    assert "background check is running" in mentor.opens()
    assert set(mentor.buttons().values()).isdisjoint(CHOICES.values())
    for payload in CHOICES.values():
        mentor.taps_payload(payload)
        assert mentor.question is None


def test_the_chat_is_opened_anew_for_who_was_away_for_a_while(mentor: ChattingMentor) -> None:
    assert mentor.opening() == "open", "nothing was said yet"
    mentor.answers_until("full_name")
    assert mentor.opening() == "open"
    was_last_here(mentor, RETURNS_AFTER - timedelta(minutes=1))
    assert mentor.opening() == "open"
    was_last_here(mentor, RETURNS_AFTER + timedelta(minutes=1))
    first = mentor.opening()
    assert first not in ("", "open")
    assert mentor.opening() == first, "opened in two windows, it is opened once"
    mentor.opens()
    assert mentor.opening() == "open"
    was_last_here(mentor, 2 * RETURNS_AFTER)
    assert mentor.opening() not in ("open", first)


# Not being understood.


@pytest.mark.parametrize(
    ("question", "words", "example", "ways"),
    [
        ("account", "perhaps", "Press one of the two buttons.", ["Show an example", *WAYS_ON[1:]]),
        ("full_name", "12345", "For example: Samuel John Reed.", ["Show an example", *WAYS_ON[1:]]),
        ("email", "it is a secret", "For example: sam.reed@example.org.", ["Show an example", *WAYS_ON[1:]]),
        ("reasons", "🙂", "I changed jobs at fifty.", ["Show an example", *WAYS_ON[1:]]),
        ("photo", "bananas", "A clear picture with just you in it", ["Show an example", *WAYS_ON[1:]]),
        ("date_of_birth", "soon", "For example: 24 July 1979.", ["Show an example", *WAYS_ON[1:]]),
        ("background_check", "I guess", "type “I agree” or “I do not agree”", WAYS_ON),
        ("ethics_privacy", "I guess", "type “I agree” or “I do not agree”", WAYS_ON),
        ("review", "I guess", "If not, press Change next to it", WAYS_ON),
    ],
)
def test_first_an_example_then_buttons_then_a_person(
    mentor: ChattingMentor, store: Store, question: str, words: str, example: str, ways: list[str]
) -> None:
    mentor.comes_to(question)
    mentor.agent.likelihoods = {}
    answers = snapshot(store)["answers"]
    heard = mentor.says(words)
    assert example in heard
    assert PERSON not in heard
    heard = mentor.says(words)
    assert "Here is what we can do." in heard
    assert example not in heard
    assert offered(mentor, 1) == ways
    assert mentor.messages()[-1]["question"] == question, "the question comes last, with its own buttons"
    for _ in range(2):
        heard = mentor.says(words)
        assert PERSON in heard
        assert "Here is what we can do." not in heard
    assert mentor.question == question
    assert snapshot(store)["answers"] == answers


def test_who_refused_something_is_not_understood_in_the_same_steps(mentor: ChattingMentor) -> None:
    mentor.comes_to("code_of_ethics").says("no")
    assert mentor.question == RECONSIDER
    assert "answer yes or no" in mentor.says("I guess")
    mentor.says("I guess")
    assert offered(mentor, 1) == WAYS_ON
    assert PERSON in mentor.says("I guess")


@pytest.mark.parametrize("question", ["photo", "two_months"])
def test_each_of_the_buttons_helps_and_leaves_the_question_open(
    mentor: ChattingMentor, store: Store, question: str
) -> None:
    mentor.comes_to(question)
    for _ in range(2):
        mentor.says("I guess")
    before = given_by(store)
    payloads = {button["label"]: button["payload"] for button in mentor.news()[1]["buttons"]}
    sentences = {
        "Show an example": f"example-{question}",
        "What does it mean?": f"meaning-{question}",
        "Why do you ask?": f"why-{question}",
        "Talk to a person": "faq-person",
        "Go on later": "",
    }
    assert len(payloads) == 4
    for label, payload in payloads.items():
        heard = mentor.taps_payload(payload)
        expected = (
            catalogue().text(sentences[label], contact=PERSON) if sentences[label] else "Just write when you’re back"
        )
        assert expected in heard
        assert mentor.question == question
    assert given_by(store) == before


@pytest.mark.parametrize(
    "helping",
    [
        pytest.param(lambda mentor: mentor.says("yes"), id="an answer"),
        pytest.param(lambda mentor: mentor.says("repeat"), id="a command"),
        pytest.param(lambda mentor: mentor.taps("Back"), id="a button"),
        pytest.param(lambda mentor: mentor.says("change my photo"), id="a change"),
    ],
)
def test_whoever_was_understood_begins_with_an_example_again(mentor: ChattingMentor, helping: Any) -> None:
    mentor.comes_to("two_months")
    for _ in range(3):
        mentor.says("I guess")
    assert misses(mentor) == 3
    helping(mentor)
    assert misses(mentor) == 0
    assert any(
        each["text"].startswith(("Press a button", "A clear picture")) for each in _after_saying(mentor, "wibble")
    )


def _after_saying(mentor: ChattingMentor, words: str) -> list[dict[str, Any]]:
    mentor.says(words)
    return mentor.news()


def test_a_question_in_between_does_not_begin_the_steps_again(mentor: ChattingMentor) -> None:
    mentor.comes_to("two_months").says("I guess")
    mentor.says("help")
    mentor.says("hello")
    assert misses(mentor) == 1
    assert "Here is what we can do." in mentor.says("I guess")


def test_the_same_turn_again_is_one_step(mentor: ChattingMentor) -> None:
    mentor.comes_to("two_months")
    turn = mentor.prepares(mentor.leaves(text("I guess")))
    mentor.agent.fails(1)
    with pytest.raises(FailureForTestError):
        mentor.attempts(turn)
    for _ in range(2):
        mentor.attempts(turn)
    assert misses(mentor) == 1


def test_what_is_no_fault_of_the_mentors_words_has_the_same_steps(mentor: ChattingMentor) -> None:
    mentor.comes_to("photo")
    assert "A clear picture with just you in it" in mentor.sends(b"no picture")
    assert "Here is what we can do." in mentor.sends(b"no picture")
    assert PERSON in mentor.sends(b"no picture")
    mentor.sends(picture())
    assert mentor.question == "date_of_birth"


def test_misunderstandings_of_one_mentor_are_not_anothers(mentor: ChattingMentor, vault: Any, data_dir: Any) -> None:
    mentor.comes_to("two_months").says("I guess")
    with ChattingMentor(mentor.store, vault, data_dir) as other:
        assert "Press a button" in other.comes_to("two_months").says("I guess")


def test_a_whole_ladder_at_the_review_submits_nothing(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("review")
    ledger = len(consents(store))
    for _ in range(5):
        mentor.says("I guess it is right")
    assert mentor.question == REVIEW
    assert len(consents(store)) == ledger
    assert snapshot(store)["checks"] == []


@pytest.mark.parametrize("question", ["reasons", "photo", "two_months", "review"])
def test_who_asks_for_a_reminder_gets_it_then(mentor: ChattingMentor, question: str) -> None:
    mentor.comes_to(question)
    mentor.says("stop reminding me")
    said = mentor.says("send me a reminder next week please")
    assert said.startswith("All right, I’ll remind you on")
    assert [each.get("question") for each in mentor.news() if each["from"] == "bot"] == [None]
    with mentor.registration() as current:
        assert current.mentor.remind_at is not None
        assert timedelta(days=6) < current.mentor.remind_at - utc_now() < timedelta(days=8)
        assert current.mentor.reminders_off_at is None
    mentor.says("no more reminders")
    with mentor.registration() as current:
        assert current.mentor.remind_at is None
        assert current.mentor.reminders_off_at is not None
