"""A registration in French, and a change of language half-way."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from bot.i18n.catalogue import catalogue
from bot.registration import form
from tests.support.answers import picture, reply_to
from tests.support.service import RunningBot
from tests.support.web import WebMentor

FRENCH = catalogue("fr")


@pytest.fixture
def marie(bot: RunningBot) -> Iterator[WebMentor]:
    """A mentor whose browser speaks French."""
    with WebMentor(bot.url) as someone:
        yield someone.opens(language="fr-CA")


def _speak(mentor: WebMentor, language: str) -> str:
    message = {"id": uuid.uuid4().hex, "after": mentor.cursor, "language": language}
    return mentor.takes(mentor.http.post("/api/language", json=message))


def test_a_whole_registration_in_french(marie: WebMentor, bot: RunningBot) -> None:
    taps = {"start": "start", "review": "submit"}
    agreed = 0
    while True:
        marie.prefers_one_by_one()
        asked, question = marie.asked, marie.question
        if question == "account":
            marie.taps(FRENCH.text("option-account-new"))
        elif question in taps:
            marie.taps(FRENCH.text(f"button-{taps[question]}"))
        elif question == "photo":
            marie.sends(picture())
        elif asked["input"] == "consent":
            item = form.BY_ID[form.ItemId(question)]
            assert asked["clause"] == item.wording
            assert asked["translation"] == {
                "language": "fr",
                "label": FRENCH.text("translation-label"),
                "text": FRENCH.text(f"wording-{question}"),
            }
            agreed += 1
            marie.says("Oui, je suis d’accord.") if agreed % 2 else marie.taps(FRENCH.text("button-agree"))
        else:
            marie.says(
                marie.email
                if question == "email"
                else marie.new_code()
                if question == "email_code"
                else reply_to(question)
            )
        if question == "review":
            break
        assert marie.question != question, marie.heard()
    assert FRENCH.text("note-submitted").split("\n")[0] in marie.heard()
    consents = bot.registration(marie.email)["consents"]
    assert len(consents) == len(form.CONSENTS)
    assert {each["language"] for each in consents} == {"fr"}
    assert {each["wording"] for each in consents} == {item.wording for item in form.CONSENTS}


#: What is typed at each question, with a question or a command on the way.
TYPED = {
    "start": ["c'est quoi un mentor ?", "c'est parti"],
    "account": ["Je n'ai pas encore de compte"],
    "full_name": ["pourquoi ?", "Je m'appelle Élodie Marchand"],
    "reasons": ["qui voit ma réponse ?", "J'ai connu le chômage.", "J'ai connu le chômage, et quelqu'un m'a aidée."],
    "experience": ["Retour", "J'ai formé des apprentis pendant dix ans."],
    "expertise": ["suivant", "mécanique, soudure, création d'entreprise"],
    "date_of_birth": ["je suis née le 14 juillet 1968"],
    "review": ["c'est bon", "Valider"],
}
#: How one agrees, one after another.
AGREEING = [
    "oui",
    "ok pour moi",
    "ça marche",
    "tout à fait d'accord",
    "nickel",
    "pas de souci",
    "bien sûr",
    "d'acc",
    "carrément",
]


def test_a_whole_registration_is_typed_in_french(marie: WebMentor, bot: RunningBot) -> None:
    typed = {question: list(texts) for question, texts in TYPED.items()}
    agreed = 0
    while marie.question != "review" or typed["review"]:
        marie.prefers_one_by_one()
        question, before = marie.question, agreed
        if question == "photo":
            marie.sends(picture())
        elif question == "email":
            marie.says(f"mon adresse c'est {marie.email}")
        elif question == "email_code":
            marie.says(marie.new_code())
        elif question in typed:
            assert typed[question], f"{question}: {marie.heard()}"
            marie.says(typed[question].pop(0))
        else:
            marie.says(AGREEING[agreed % len(AGREEING)])
            agreed += 1
        assert agreed == before or marie.question != question, marie.heard()
    assert FRENCH.text("note-submitted").split("\n")[0] in marie.heard()
    answers = bot.registration(marie.email)
    assert "Élodie Marchand" in str(answers)
    assert "suivant" not in str(answers)
    assert agreed == len(form.CONSENTS)


def test_the_language_can_be_changed_half_way(mentor: WebMentor, bot: RunningBot) -> None:
    mentor.answers_until("two_months")
    mentor.says("peut-être")
    assert mentor.question == "two_months"
    said = _speak(mentor, "fr")
    assert mentor.question == "two_months"
    assert "translation" in mentor.asked
    assert FRENCH.text("wording-two_months") == mentor.asked["translation"]["text"], said
    mentor.says("oui")
    assert mentor.question != "two_months"
    mentor.opens()
    assert mentor.session["language"] == "fr"
    _speak(mentor, "en")
    assert "translation" not in mentor.asked
    languages = {each["id"]: each["language"] for each in bot.registration(mentor.email)["consents"]}
    assert languages["background_check"] == "en"
    assert languages["two_months"] == "fr"


def test_what_is_wrong_is_said_in_the_browsers_language(marie: WebMentor) -> None:
    answer = marie.http.get("/api/no-such-thing", headers={"Accept-Language": "fr-CA,fr;q=0.9"})
    assert answer.json()["error"] == FRENCH.text("error-not-found")
