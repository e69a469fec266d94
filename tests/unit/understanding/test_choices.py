"""Which of several options a mentor chooses in words of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.choices import chosen, place_named
from bot.understanding.reader import Meaning, ReadingContext
from tests.support.reading import read

LABELS = ("In the mornings", "In the evenings", "At weekends", "Skip")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("In the evenings", 1),
        ("in the evenings.", 1),
        ("  AT WEEKENDS! 🙂", 2),
        ("2", 1),
        ("2.", 1),
        ("option 3", 2),
        ("the first one", 0),
        ("the second", 1),
        ("I'd choose the third one, please", 2),
        ("I'd say at weekends", 2),
        ("mostly in the evenings, after work", 1),
        ("skip", 3),
    ],
)
def test_one_is_chosen(text: str, place: int) -> None:
    assert chosen(text, LABELS) == place
    assert read(text, ReadingContext("when", "options", options=LABELS), {"skip": 0.99}) == Meaning("inform")


@pytest.mark.parametrize(
    "text",
    [
        *("", "yes", "no", "whenever", "0", "5", "9", "the fifth one", "2 or 3", "evening classes", "🙂"),
        *("in the mornings or in the evenings", "not in the evenings", "anything but at weekends", "sauf at weekends"),
        *("in the evenings?", "what does in the evenings mean?", "weekends"),
        "I would love to do this in the evenings but only when my children sleep and I am not tired",
    ],
)
def test_none_is_chosen(text: str) -> None:
    assert chosen(text, LABELS) is None


def test_what_names_no_option_may_be_a_command_or_a_question() -> None:
    asked = ReadingContext("when", "options", options=LABELS)
    assert read("back", asked, {}) == Meaning("go_back")
    assert read("why do you want to know?", asked, {"faq_why": 0.9, "inform": 0.01}) == Meaning("faq_why")
    for text in ("yes", "I agree", "whatever"):
        assert read(text, asked, {}) == Meaning("nlu_fallback"), "a yes says nothing here"


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=5))
def test_any_text_names_one_of_them_or_none(text: str, labels: list[str]) -> None:
    place = chosen(text, labels)
    assert place is None or 0 <= place < len(labels)


def test_the_options_travel_with_the_question() -> None:
    asked = ReadingContext("when", "options", options=LABELS, language="fr")
    assert ReadingContext.from_metadata(asked.to_metadata()) == asked


@pytest.mark.parametrize(
    "text",
    ["2", "the second one", "2nd one please", "number 2", "la deuxième", "le second", "numéro 2", "Je prends la 2e"],
)
def test_a_place_is_named_in_english_and_french(text: str) -> None:
    assert place_named(text) == 1
    assert place_named(f"{text} but not today") is None
