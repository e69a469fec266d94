"""Which language a mentor writes, and which one they ask for."""

from __future__ import annotations

import pytest
import yaml

from bot.dialogue.model import REPOSITORY
from bot.understanding.languages import language_asked_for, language_of
from bot.understanding.reader import Meaning, ReadingContext, read_by_rule


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, je voudrais m'inscrire",
        "pourquoi deux mois ?",
        "oui",
        "jsuis pas sur",
        "J'ai connu le chômage et on m'a aidé, alors j'aimerais aider aussi",
        "qui voit ma réponse ?",
        "c'est quoi le but ?",
        "merci bien",
        "je m'appelle Élodie",
    ],
)
def test_french_is_told(text: str) -> None:
    assert language_of(text) == "fr"


@pytest.mark.parametrize(
    "text",
    [
        "why do you need it?",
        "I worked in Paris for ten years",
        "yes please",
        "I'd like to be a mentor",
        "who sees this",
    ],
)
def test_english_is_told(text: str) -> None:
    assert language_of(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙂",
        "Élodie Marchand",
        "María de la Cruz",
        "Jean-Luc du Pré",
        "mécanique, gestion, customer service",
        "ok",
        "no comment",
        "déjà vu",
        "Yes, oui, I agree, je suis d'accord",
        "hola, me gustaría ayudar",
        "jean@example.org",
    ],
)
def test_a_name_a_mix_and_too_little_tell_none(text: str) -> None:
    assert language_of(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Vous parlez français ?", "fr"),
        ("vous parlez francais", "fr"),
        ("en français svp", "fr"),
        ("EN FRANÇAIS S’IL VOUS PLAÎT !", "fr"),
        ("French please", "fr"),
        ("français", "fr"),
        ("English please!", "en"),
        ("anglais", "en"),
        ("en anglais svp", "en"),
        ("Do you speak English?", "en"),
    ],
)
def test_who_asks_for_a_language_is_understood_at_a_consent(text: str, language: str) -> None:
    asked = ReadingContext("two_months", "yes_no", "I commit.")
    assert read_by_rule(text, asked) == Meaning("change_language", value=language)


@pytest.mark.parametrize(
    "text",
    ["do you speak Spanish?", "I teach French", "my French is good", "English literature", "je parle trois langues"],
)
def test_other_words_about_languages_ask_for_none(text: str) -> None:
    assert language_asked_for(text) is None


def test_every_example_of_the_intent_is_read_by_rule() -> None:
    blocks = yaml.safe_load((REPOSITORY / "nlu" / "french.yml").read_text(encoding="utf-8"))["nlu"]
    examples = next(each["examples"] for each in blocks if each["intent"] == "change_language").splitlines()
    assert [each for each in examples if language_asked_for(each.removeprefix("- ")) is None] == []


@pytest.mark.parametrize("kind", ["name", "long_text"])
def test_the_name_of_a_language_may_be_an_answer(kind: str) -> None:
    assert language_asked_for("French", kind) is None
    assert language_asked_for("in French please", kind) == "fr"
