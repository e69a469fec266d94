"""What is likely a yes or a no to a consent is asked back; the answer to that is recorded, with both replies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import CONFIRM
from tests.store.mentor import ChattingMentor
from tests.support.ledger import records

REMARK = "Yes, I will tell my wife everything"


def recorded(mentor: ChattingMentor) -> list[tuple[str, str, str | None]]:
    with mentor.store.read() as session:
        return [(record.item_id, record.decision, record.reply) for record in records(session)]


@pytest.fixture
def asked_back(mentor: ChattingMentor) -> ChattingMentor:
    assert (
        mentor.comes_to("ethics_confidentiality").says(REMARK) == "Just to be sure that I understand you: do you agree?"
    )
    return mentor


def test_the_wording_stays_before_the_mentor_with_the_two_buttons_of_a_consent(asked_back: ChattingMentor) -> None:
    message = asked_back.messages()[-1]
    assert message["clause"] == form.BY_ID[ItemId("ethics_confidentiality")].wording
    assert list(asked_back.buttons()) == ["I agree", "I do not agree"]
    assert (asked_back.question, message["input"]) == (CONFIRM, "consent")


@pytest.mark.parametrize(("said", "decision"), [("yes", "agreed"), ("I agree", "agreed"), ("no", "refused")])
def test_the_second_reply_is_recorded_with_the_first(asked_back: ChattingMentor, said: str, decision: str) -> None:
    assert recorded(asked_back)[-1] == ("ethics_confidentiality", "unclear", REMARK)
    asked_back.says(said)
    assert recorded(asked_back)[-1] == ("ethics_confidentiality", decision, f"{REMARK}\n{said}")
    assert asked_back.question == "ethics_laws"


@pytest.mark.parametrize(("label", "decision"), [("I agree", "agreed"), ("I do not agree", "refused")])
def test_a_button_answers_it(asked_back: ChattingMentor, label: str, decision: str) -> None:
    asked_back.taps(label)
    assert recorded(asked_back)[-1] == ("ethics_confidentiality", decision, f"{REMARK}\n{label}")
    assert asked_back.question == "ethics_laws"


@pytest.mark.parametrize("said", ["yes, and my brother too", "I guess", "maybe later", "bananas"])
def test_what_is_not_certain_there_agrees_to_nothing(asked_back: ChattingMentor, said: str) -> None:
    asked_back.says(said)
    assert asked_back.question == CONFIRM
    assert ("ethics_confidentiality", "agreed") not in {
        (item, decision) for item, decision, _reply in recorded(asked_back)
    }


def test_a_question_is_answered_there_and_it_is_asked_again(asked_back: ChattingMentor) -> None:
    assert "do you agree?" in asked_back.says("what does that mean?")
    assert asked_back.question == CONFIRM


def test_back_goes_to_the_consent_before_and_then_it_is_asked_itself(asked_back: ChattingMentor) -> None:
    asked_back.says("back")
    assert asked_back.question == "ethics_assist_and_guide"
    asked_back.says("yes")
    assert asked_back.question == "ethics_confidentiality"


def test_a_reply_that_was_sent_before_it_was_asked_agrees_to_nothing(mentor: ChattingMentor) -> None:
    mentor.comes_to("ethics_confidentiality").says_at_once(REMARK, "yes")
    assert mentor.question == CONFIRM


def test_with_another_wording_since_the_consent_itself_is_asked(
    asked_back: ChattingMentor, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = form.BY_ID[ItemId("ethics_confidentiality")]
    monkeypatch.setitem(form.BY_ID, item.id, replace(item, wording="Mentors keep it all to themselves."))
    asked_back.says("yes")
    assert asked_back.question == "ethics_confidentiality"
    assert recorded(asked_back)[-1][1] == "unclear"


def test_a_consent_that_is_changed_keeps_its_answer_until_the_second_reply(mentor: ChattingMentor) -> None:
    mentor.comes_to("ethics_laws").says("change clause 2")
    mentor.says(REMARK)
    assert mentor.question == CONFIRM
    mentor.says("no")
    assert mentor.question == "ethics_laws"
    assert recorded(mentor)[-1][:2] == ("ethics_confidentiality", "refused")


@pytest.mark.parametrize("said", ["I agree to all of them", "yes to all", "yes, and yes to the next one too"])
def test_a_yes_to_all_counts_for_the_open_one_and_it_is_said_that_each_is_asked(
    mentor: ChattingMentor, said: str
) -> None:
    assert "I’ll ask about each of the others separately" in mentor.comes_to("ethics_confidentiality").says(said)
    assert recorded(mentor)[-1][:2] == ("ethics_confidentiality", "agreed")
    assert mentor.question == "ethics_laws"
