"""Which item of the form a message names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.registration import form
from bot.understanding.items import CLAUSES, clause_about, named_item
from tests.unit.registration.owner_form import given_items

ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"),
    *("ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth"),
    *("sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"),
)
NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight"),
    *("nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
NUMBERED = list(enumerate(CLAUSES[: len(NUMBERS)], start=1))


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("why do you need my age", "date_of_birth"),
        ("who sees my date of birth?", "date_of_birth"),
        ("my birthday", "date_of_birth"),
        ("what's a DOB", "date_of_birth"),
        ("when I was born", "date_of_birth"),
        ("why do you want my e-mail address", "email"),
        ("e-mails", "email"),
        ("who sees my photo", "photo"),
        ("can the selfie be old", "photo"),
        ("what headshot", "photo"),
        ("the code of ethics", "code_of_ethics"),
        ("the whole code", "code_of_ethics"),
        ("why is everything published", "published_and_rated"),
        ("who gives the ratings", "published_and_rated"),
        ("why two months", "two_months"),
        ("2-months", "two_months"),
        ("the first commitment", "two_months"),
        ("the background check", "background_check"),
        ("why a criminal record check", "background_check"),
        ("police screening", "background_check"),
        ("my areas of expertise", "expertise"),
        ("what skills", "expertise"),
        ("my experience", "experience"),
        ("my motivation", "reasons"),
        ("the reasons", "reasons"),
        ("my full legal name", "full_name"),
        ("surname", "full_name"),
        ("what account", "account"),
    ],
)
def test_items_are_named_by_their_usual_names(text: str, item: str) -> None:
    assert named_item(text) == item


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "why?",
        "what does it mean",
        "username",
        "ageing",
        "opening",
        "bananas",
        "clause",
        "page 3",
        "the 3rd one",
        "do they have to give a reason",
        "faut-il une raison",
    ],
)
def test_what_names_no_item_is_none(text: str) -> None:
    assert named_item(text) is None


@pytest.mark.parametrize(("number", "clause"), NUMBERED)
@pytest.mark.parametrize(
    "words",
    [
        "clause {n}",
        "what does clause {n} mean?",
        "Rule no. {n}",
        "part number {n}",
        "point #{n}",
        "section {word}",
        "the {ordinal} clause",
        "why the {ordinal} rule",
        "{ordinal} part of the code",
        "code of ethics {n}",
        "ethics {n}",
        "principle {n}.",
    ],
)
def test_a_clause_is_named_by_its_number(words: str, number: int, clause: str) -> None:
    assert named_item(words.format(n=number, word=NUMBERS[number - 1], ordinal=ORDINALS[number - 1])) == clause


@pytest.mark.parametrize("number", [0, len(CLAUSES) + 1, 99])
def test_there_is_no_clause_beyond_the_last(number: int) -> None:
    assert named_item(f"clause {number}") is None


@pytest.mark.parametrize(
    ("text", "clause"), [("the 1st clause", 0), ("2nd rule", 1), ("3rd part", 2), ("the 12th point", 11)]
)
def test_a_clause_is_named_by_a_number_with_an_ending(text: str, clause: int) -> None:
    assert named_item(text) == CLAUSES[clause]


THEMES = (
    ("privacy", "ethics_privacy"),
    ("the law", "ethics_laws"),
    ("confidentiality", "ethics_confidentiality"),
    ("mentee rights", "ethics_mentee_rights"),
    ("respecting their time", "ethics_respect_for_time"),
    ("autonomy", "ethics_autonomy"),
    ("doing their job for them", "ethics_own_work"),
    ("honesty", "ethics_truthfulness"),
    ("dependency", "ethics_smooth_ending"),
    ("exploitation", "ethics_no_exploitation"),
    ("my limits", "ethics_own_limits"),
    ("notes", "ethics_records"),
    ("conflicts of interest", "ethics_ethical_issues"),
    ("dissolving the relationship", "ethics_right_to_end"),
    ("the mentor's role", "ethics_assist_and_guide"),
)


def test_every_clause_that_the_owner_gave_has_a_theme_here() -> None:
    assert {clause for _, clause in THEMES} == {item.id for item in form.CLAUSES} & given_items()


@pytest.mark.parametrize(("theme", "clause"), THEMES)
def test_a_clause_is_named_by_what_it_is_about(theme: str, clause: str) -> None:
    assert named_item(f"clause about {theme}") == clause
    assert named_item(f"part on {theme}?") == clause


@pytest.mark.parametrize(
    "sentence", ["the clause about {}", "why is there the clause about {}?", "what does the rule on {} mean"]
)
def test_a_clause_is_named_by_what_it_is_about_in_a_sentence(sentence: str) -> None:
    assert [named_item(sentence.format(theme)) for theme, _ in THEMES] == [clause for _, clause in THEMES]


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("the privacy clause", "ethics_privacy"),
        ("why is there an autonomy rule", "ethics_autonomy"),
        ("what's the confidentiality part", "ethics_confidentiality"),
        ("the conflict of interest bit", None),
        ("the notes part", "ethics_records"),
    ],
)
def test_a_clause_is_named_with_its_theme_before_it(text: str, clause: str | None) -> None:
    assert named_item(text) == clause


@pytest.mark.parametrize(("theme", "clause"), THEMES)
def test_a_theme_alone_names_a_clause_only_for_who_looks_for_one(theme: str, clause: str) -> None:
    assert clause_about(f"what is {theme}") == clause


@pytest.mark.parametrize("text", ["what does it mean", "", "🙂", "my photo", "clause 3", "copyrights"])
def test_what_has_no_theme_names_no_clause(text: str) -> None:
    assert clause_about(text) is None


def test_a_number_beats_a_theme_and_a_clause_beats_an_item() -> None:
    assert named_item("clause 3 about privacy") == "ethics_laws"
    assert named_item("clause about my notes and photo") == "ethics_records"
    assert named_item("who sees my name and my photo") == "photo"


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("criminal records", "background_check"),
        ("the twenty-first clause", None),
        ("the twenty first clause", None),
        (f"clause {len(CLAUSES) + 1}", None),
    ],
)
def test_plurals_and_long_ordinals(text: str, item: str | None) -> None:
    assert named_item(text) == item


SAID = ("the", "clause", "about", "privacy", "3", "third", "part", "my", "on", "rule", "one", "email", "of", "99")


@given(st.text(max_size=120))
def test_every_text_names_an_item_of_the_form_or_none(text: str) -> None:
    asked = {None, *(item.id for item in form.ASKED)}
    assert named_item(text) in asked
    assert clause_about(text) in {None, *(item.id for item in form.CLAUSES)}


@given(st.lists(st.sampled_from(SAID), max_size=9))
def test_words_of_the_form_in_any_order_name_an_item_or_none(words: list[str]) -> None:
    assert named_item(" ".join(words)) in {None, *(item.id for item in form.ASKED)}


@given(st.text(alphabet="clause bout rle n13 ", max_size=1_500))
def test_a_long_text_is_read_quickly(text: str) -> None:
    assert named_item(text) in {None, *(item.id for item in form.ASKED)}
