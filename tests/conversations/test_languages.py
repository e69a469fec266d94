"""A mentor who writes another language than the bot, or asks for one."""

from __future__ import annotations

import uuid

import pytest

from bot.i18n.catalogue import catalogue
from tests.support.web import WebMentor

FRENCH = catalogue("fr")
OFFER = FRENCH.text("note-other-language")


def _offers(mentor: WebMentor) -> int:
    return sum(each["text"] == OFFER for each in mentor.messages)


def test_who_writes_french_is_told_once_that_the_bot_does_too(mentor: WebMentor) -> None:
    mentor.answers_until("reasons")
    mentor.says("c'est pour quoi faire, cette question ?")
    assert _offers(mentor) == 1
    assert mentor.question == "reasons"
    mentor.says("qui va voir ma réponse ?")
    assert _offers(mentor) == 1
    mentor.taps("Français")
    assert FRENCH.text("note-language") in mentor.heard()
    assert FRENCH.text("step-reasons") == mentor.asked["progress"]["label"]
    mentor.says("what is this for, please?")
    assert catalogue().text("note-other-language") not in mentor.heard()


def test_a_yes_right_after_the_offer_answers_the_form(mentor: WebMentor) -> None:
    mentor.answers_until("two_months")
    mentor.says("pourquoi deux mois ?")
    assert _offers(mentor) == 1
    mentor.says("I agree")
    assert mentor.question == "published_and_rated"


@pytest.mark.parametrize("text", ["Vous parlez français ?", "en français svp", "Can we do this in French?", "français"])
def test_who_asks_before_the_start_is_greeted_in_french(mentor: WebMentor, text: str) -> None:
    mentor.says(text)
    assert FRENCH.text("greeting", steps=12)[:40] in mentor.heard()
    assert mentor.question == "start"
    mentor.says("c'est parti")
    assert mentor.heard().endswith(FRENCH.text("question-account")) or mentor.question == "account"


def test_the_menu_before_the_start_greets_in_french(mentor: WebMentor) -> None:
    message = {"id": uuid.uuid4().hex, "after": mentor.cursor, "language": "fr"}
    answer = mentor.http.post("/api/language", json=message)
    said = mentor.takes(answer)
    assert FRENCH.text("greeting", steps=12)[:40] in said
    assert FRENCH.text("fallback-start", contact="x")[:25] not in said
    assert answer.json()["language"] == "fr"


def test_the_command_shows_the_languages(mentor: WebMentor) -> None:
    mentor.answers_until("full_name")
    mentor.says("/language")
    mentor.taps("Français")
    assert mentor.question == "full_name"
    mentor.says("in English please")
    assert catalogue().text("note-language") in mentor.heard()


def test_the_name_of_a_language_is_an_answer_where_one_may_be(mentor: WebMentor) -> None:
    mentor.answers_until("expertise")
    mentor.says("French")
    assert mentor.question == "photo"
