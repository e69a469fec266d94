"""What is offered where a message was not understood: the likeliest topics and commands, and none of them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.core.organisation import ORGANISATION
from bot.messages.incoming import Tap
from bot.registration.registration import START
from bot.storage import Conversation, Store
from tests.store.mentor import ChattingMentor, consents

WORDS = "the thing with the money"
LIKELY = {"faq_cost": 0.4, "remark": 0.3, "faq_check": 0.2, "faq_organisation": 0.1}
ASKING = "Did you mean one of these?"


def offered(mentor: ChattingMentor) -> dict[str, str]:
    """Label and payload of the buttons below the question whether one of them was meant."""
    [asking] = [each for each in mentor.news() if each["text"].startswith(ASKING)]
    return {each["label"]: each["payload"] for each in asking["buttons"]}


@pytest.mark.parametrize("question", [START, "account", "email", "email_code", "photo", "date_of_birth", "review"])
def test_below_the_floor_the_mentor_is_asked_what_they_mean(mentor: ChattingMentor, question: str) -> None:
    mentor.comes_to(question)
    mentor.agent.likelihoods = LIKELY
    mentor.says(WORDS)
    assert offered(mentor) == {
        "What does it cost?": "faq_cost",
        "What is checked?": "faq_check",
        "No, something else": "repeat",
    }
    assert mentor.question == question


def test_a_button_answers_its_topic_and_the_question_is_asked_again(mentor: ChattingMentor) -> None:
    mentor.comes_to("photo")
    mentor.agent.likelihoods = LIKELY
    mentor.says(WORDS)
    heard = mentor.taps_payload(offered(mentor)["What does it cost?"])
    assert "It is free." in heard
    assert mentor.question == "photo"
    assert mentor.messages()[-1]["question"] == "photo"


def test_a_button_about_an_item_answers_for_that_item(mentor: ChattingMentor) -> None:
    mentor.comes_to("review")
    mentor.agent.likelihoods = {"faq_sees": 0.4, "change_answer": 0.3}
    mentor.says("my photo, hm")
    buttons = offered(mentor)
    assert list(buttons) == ["Who sees this? (Your photo)", "Change an answer (Your photo)", "No, something else"]
    assert "Job seekers" in mentor.taps_payload(buttons["Who sees this? (Your photo)"])
    mentor.taps_payload(buttons["Change an answer (Your photo)"])
    assert mentor.question == "photo"


def test_at_a_consent_it_is_said_why_nothing_was_noted_and_the_reply_is_recorded_as_unclear(
    mentor: ChattingMentor, store: Store
) -> None:
    mentor.comes_to("two_months")
    mentor.agent.likelihoods = LIKELY
    before = len(consents(store))
    heard = mentor.says(WORDS)
    assert "do you agree? Yes or no is enough." in heard
    assert ASKING in heard
    assert [(each.decision, each.reply) for each in consents(store)[before:]] == [("unclear", WORDS)]
    mentor.taps_payload(offered(mentor)["What does it cost?"])
    assert len(consents(store)) == before + 1


def test_where_nothing_is_near_nothing_is_offered(mentor: ChattingMentor) -> None:
    mentor.comes_to("two_months")
    mentor.agent.likelihoods = {"remark": 0.8, "faq_cost": 0.1}
    assert ASKING not in mentor.says(WORDS)


def test_an_answer_in_free_words_is_stored_without_a_question(mentor: ChattingMentor) -> None:
    mentor.comes_to("reasons")
    mentor.agent.likelihoods = LIKELY
    assert ASKING not in mentor.says("I know about the thing with the money")
    assert mentor.question == "experience"


def test_who_is_not_understood_again_and_again_gets_other_ways_on(mentor: ChattingMentor) -> None:
    mentor.comes_to("photo")
    mentor.agent.likelihoods = LIKELY
    heard = [mentor.says(f"{WORDS} {number}") for number in range(3)]
    assert ASKING in heard[0]
    assert ASKING not in heard[2]
    assert ORGANISATION.contact in heard[2]


def test_after_the_submit_it_is_asked_too(mentor: ChattingMentor) -> None:
    mentor.comes_to("review").says("submit")
    assert mentor.question is None
    mentor.agent.likelihoods = LIKELY
    mentor.says(WORDS)
    assert "It is free." in mentor.taps_payload(offered(mentor)["What does it cost?"])


def test_the_labels_are_those_of_the_mentors_language(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("photo")
    with store.write() as session:
        session.scalars(select(Conversation)).one().language = "fr"
    mentor.agent.likelihoods = LIKELY
    mentor.says(WORDS)
    labels = [each["label"] for news in mentor.news() for each in news.get("buttons", [])]
    assert labels[:3] == ["Combien cela coûte-t-il ?", "Que vérifiez-vous ?", "Non, autre chose"]


@pytest.mark.parametrize("intent", ["affirm", "deny", "cancel", "start_over", "end_something", "register", "resume"])
def test_likelihood_offers_nothing_that_ends_deletes_or_agrees(mentor: ChattingMentor, intent: str) -> None:
    mentor.comes_to("photo")
    mentor.agent.likelihoods = {intent: 0.45, "faq_cost": 0.2}
    mentor.says("delete the thing")
    taps = [Tap.parse(each) for each in offered(mentor).values()]
    assert [tap.intent for tap in taps if tap] == ["faq_cost", "repeat"]
