"""What may be no answer is asked back, and stored only when the mentor says so."""

from __future__ import annotations

import pytest

from bot.messages.transcript import FORGOTTEN
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import SAVE
from bot.storage import Mentor, Store
from tests.store.mentor import ChattingMentor, snapshot


def answer(mentor: ChattingMentor, item: str) -> str | None:
    with mentor.registration() as current:
        return current.answers.get(ItemId(item))


def test_a_name_of_button_words_is_asked_back_and_saved_on_a_yes(mentor: ChattingMentor) -> None:
    mentor.comes_to("full_name")
    assert mentor.says("Next") == "Do you want me to save “Next” as your name?"
    assert (mentor.question, answer(mentor, "full_name")) == (SAVE, None)
    assert list(mentor.buttons()) == ["Yes, save it", "No, do not save it"]
    mentor.taps("Yes, save it")
    assert (mentor.question, answer(mentor, "full_name")) == ("email", "Next")


@pytest.mark.parametrize("yes", ["yes", "Yes, save it", "save it"])
def test_a_typed_yes_saves_it(mentor: ChattingMentor, yes: str) -> None:
    mentor.comes_to("full_name").says("Submit")
    mentor.says(yes)
    assert (mentor.question, answer(mentor, "full_name")) == ("email", "Submit")


def test_a_no_asks_the_question_again(mentor: ChattingMentor) -> None:
    for no in ("no", "No, do not save it"):
        mentor.comes_to("full_name").says("Test")
        assert "full legal name" in mentor.says(no)
        assert (mentor.question, answer(mentor, "full_name")) == ("full_name", None)
    mentor.says("Test")
    mentor.taps("No, do not save it")
    assert mentor.question == "full_name"


def test_another_answer_takes_its_place(mentor: ChattingMentor) -> None:
    mentor.comes_to("full_name").says("guess")
    mentor.says("Ann Lee")
    assert (mentor.question, answer(mentor, "full_name")) == ("email", "Ann Lee")


def test_another_doubtful_answer_is_asked_back_too_and_a_command_is_one(mentor: ChattingMentor) -> None:
    mentor.comes_to("full_name").says("guess")
    assert "“Next”" in mentor.says("Next")
    mentor.says("back")
    assert mentor.question == "account"
    with mentor.registration() as current:
        assert current.mentor.doubted is None


def test_a_question_of_the_mentor_is_answered_meanwhile_and_it_is_asked_again(mentor: ChattingMentor) -> None:
    mentor.comes_to("full_name").says("Next")
    heard = mentor.says("why do you ask?")
    assert "We need your legal name" in heard
    assert heard.endswith("Is “Next” your name? If not, just type your name.")
    mentor.says("yes")
    assert answer(mentor, "full_name") == "Next"


def test_what_is_typed_before_it_is_asked_saves_nothing(mentor: ChattingMentor) -> None:
    mentor.comes_to("full_name").says_at_once("Next", "yes")
    assert (mentor.question, answer(mentor, "full_name")) == (SAVE, None)


def test_no_word_of_a_button_becomes_a_text(mentor: ChattingMentor) -> None:
    mentor.comes_to("reasons")
    for words in ("submit", "next", "yes", "no", "test", "Suivant"):
        mentor.says(words)
        assert (mentor.question, answer(mentor, "reasons")) == ("reasons", None), words
    assert "I have no answer to this question yet" in mentor.says("I JUST TOLD YOU")
    assert "This one is still open: your reasons" in mentor.says("see above")
    assert "Goodbye for now" in mentor.says("gotta go, dinner's ready")
    assert "The commands that I know are /start" in mentor.says("/foo")
    assert (mentor.question, answer(mentor, "reasons")) == ("reasons", None)


def test_while_an_answer_is_changed_a_no_comes_back_to_it_and_the_old_one_stays(mentor: ChattingMentor) -> None:
    mentor.agent.likelihoods = {}  # the classifier may find a topic in it
    mentor.comes_to("review").says("change my expertise")
    before = answer(mentor, "expertise")
    assert "Do you want me to save “Can I send my CV?” as your answer?" in mentor.says("Can I send my CV?")
    mentor.says("no")
    assert (mentor.question, answer(mentor, "expertise")) == ("expertise", before)
    mentor.says("Can I send my CV?")
    mentor.says("yes")
    assert (mentor.question, answer(mentor, "expertise")) == ("review", "Can I send my CV?")


def test_after_the_submit_it_is_asked_back_too(mentor: ChattingMentor) -> None:
    mentor.agent.likelihoods = {}  # the classifier may find a topic in it
    mentor.answers_until("review").says("submit")
    mentor.says("change my expertise")
    mentor.says("Can I just upload my CV?")
    assert mentor.question == SAVE
    assert "job seekers see it" in mentor.says("yes")
    assert (mentor.question, answer(mentor, "expertise")) == (None, "Can I just upload my CV?")


def test_nothing_of_it_is_left_when_everything_is_deleted(mentor: ChattingMentor, store: Store) -> None:
    mentor.agent.likelihoods = {}  # the classifier may find a topic in it
    mentor.comes_to("reasons").says("Can I be Zebediah?")
    assert "Zebediah" in repr(snapshot(store)["mentors"])
    mentor.says("delete my answers")
    mentor.says("yes")
    assert "Zebediah" not in repr(snapshot(store))
    assert FORGOTTEN in [each["text"] for each in mentor.messages() if each["from"] == "bot"]


def test_the_button_of_a_question_that_was_answered_otherwise_saves_nothing(mentor: ChattingMentor) -> None:
    mentor.comes_to("full_name").says("Next")
    save = mentor.payload("Yes, save it")
    mentor.says("Ann Lee")
    assert "belongs to an earlier question" in mentor.taps_payload(save)
    assert answer(mentor, "full_name") == "Ann Lee"


def test_a_long_text_is_quoted_in_part(mentor: ChattingMentor, store: Store) -> None:
    mentor.agent.likelihoods = {}  # the classifier may find a topic in it
    text = f"{'pneumono' * 60} is that what you want?"
    asked = mentor.comes_to("reasons").says(text)
    assert len(asked) < 200
    assert "pneumono…” as your answer?" in asked
    mentor.says("yes")
    assert answer(mentor, "reasons") == text
    with store.read() as session:
        assert session.get_one(Mentor, mentor.mentor_id).doubted is None


def test_every_text_question_asks_back(mentor: ChattingMentor) -> None:
    mentor.agent.likelihoods = {}  # the classifier may find a topic in it
    for item in (each for each in form.ASKED if each.answer is form.Answer.LONG_TEXT):
        mentor.comes_to(item.id).says("Do you want my CV?")
        assert mentor.question == SAVE
        mentor.says("I help people with their letters.")
        assert answer(mentor, item.id) == "I help people with their letters."
