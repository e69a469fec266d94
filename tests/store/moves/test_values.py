"""What is stored of values in sentences: a part of what was typed, in the place of the answer that was meant."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages.date_choices import date_of_birth
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import EMAIL_CODE, SAVE
from bot.storage import Store
from bot.understanding.text import tidy
from tests.store.mentor import ChattingMentor, consents, snapshot

TEXTS = ("full_name", "email", "reasons", "experience", "expertise")


def answers(mentor: ChattingMentor) -> dict[str, str]:
    with mentor.registration() as current:
        return {item: current.answers[ItemId(item)] for item in TEXTS if item in current.answers}


def test_each_value_fills_its_question_and_none_is_asked_again(mentor: ChattingMentor) -> None:
    mentor.comes_to("full_name")
    heard = mentor.says("I'm Ana Souza, ana.souza@example.org, I worked 10 years in HR") and mentor.heard()
    assert "I noted: your name, Ana Souza; your e-mail address, ana.souza@example.org; your experience" in heard
    assert mentor.question == EMAIL_CODE
    assert answers(mentor) == {
        "full_name": "Ana Souza",
        "email": "ana.souza@example.org",
        "experience": "I worked 10 years in HR",
    }


def test_a_correction_leaves_what_was_being_changed_open(mentor: ChattingMentor) -> None:
    mentor.comes_to("photo").says("change my reasons")
    assert mentor.question == "reasons"
    mentor.says("sorry, my name is Robert James Smith")
    assert mentor.question == "reasons"
    assert answers(mentor)["full_name"] == "Robert James Smith"


def test_a_correction_is_none_of_what_was_not_asked_of_the_mentor(mentor: ChattingMentor) -> None:
    mentor.comes_to("account").says("change my expertise to welding")
    assert mentor.question == "account"
    assert answers(mentor) == {"expertise": "welding"}


def test_a_date_of_birth_is_taken_at_a_consent_and_seen_by_nobody(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    mentor.agent.texts.clear()
    mentor.says("I was born on 5 March 1975")
    assert mentor.question == "background_check"
    assert "I noted: your date of birth." in mentor.heard()
    with mentor.store.read() as session:
        assert date_of_birth(session, mentor.vault, mentor.mentor_id) == date(1975, 3, 5)
    tables = {name: rows for name, rows in snapshot(store).items() if name in ("transcript", "answers", "consents")}
    assert not any(part in repr((mentor.agent.texts, tables)) for part in ("1975", "March", "1975-03-05"))
    assert consents(store) == []


def test_one_of_two_dates_is_asked_for_and_the_consent_comes_back(mentor: ChattingMentor) -> None:
    mentor.comes_to("background_check").says("I was born on 03/04/1975")
    assert mentor.question == "date_of_birth"
    mentor.taps("3 April 1975")
    assert mentor.question == "background_check"
    with mentor.store.read() as session:
        assert date_of_birth(session, mentor.vault, mentor.mentor_id) == date(1975, 4, 3)


def test_an_impossible_date_changes_nothing(mentor: ChattingMentor) -> None:
    mentor.comes_to("background_check").says("I was born on 31 April 1975")
    assert mentor.question == "background_check"
    assert "day" in mentor.heard()
    with mentor.store.read() as session:
        assert date_of_birth(session, mentor.vault, mentor.mentor_id) != date(1975, 4, 30)


def test_a_registration_is_not_sent_beside_a_correction(mentor: ChattingMentor) -> None:
    mentor.comes_to("review").says("submit it; my expertise is wrong, change my expertise to welding")
    with mentor.registration() as current:
        assert current.mentor.submitted_at is None
    assert mentor.question is not None


@pytest.mark.parametrize("reply", ["no", "No, maria@gmial.com"])
def test_a_slip_that_is_none_is_kept_as_it_was_typed(mentor: ChattingMentor, reply: str) -> None:
    mentor.comes_to("email").says("maria@gmial.com")
    assert mentor.question == SAVE
    if reply in mentor.buttons():
        mentor.taps(reply)
    else:
        mentor.says(reply)
    assert mentor.question == EMAIL_CODE
    assert answers(mentor)["email"] == "maria@gmial.com"


PIECES = [
    *("my name is ", "I'm ", "call me ", "Robert Smith", "Ana Souza", "ana@example.org", "my email is ", "sorry, "),
    *(
        "I worked ",
        "10 years in HR",
        ", ",
        ". ",
        " and ",
        "not ",
        "but ",
        "wrong name, ",
        "change my expertise to ",
        "welding",
    ),
]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join), min_size=1, max_size=3))
def test_what_is_stored_is_a_part_of_what_was_typed(mentor: ChattingMentor, said: list[str]) -> None:
    mentor.opens()
    typed = ["", *said]
    mentor.says("start over")
    mentor.says("yes")
    if mentor.question != "account":
        mentor.comes_to("account")
    mentor.says("I need to register")
    for text in said:
        mentor.says(text)
    stored = answers(mentor)
    assert all(any(tidy(value) in tidy(text) for text in typed) for value in stored.values()), stored
    assert not set(stored) - set(TEXTS)
    assert form.PHOTO not in stored
