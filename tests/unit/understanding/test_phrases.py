"""A message as a sequence of known phrases: no word goes unread."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.understanding.phrases import PAUSE, Phrases, any_of, listed, spoken

PHRASES = Phrases(
    {
        "yes": ("yes", "yes please", "of course"),
        "no": ("no", "no way"),
        "thanks": ("(?:many )?thanks", "thank you"),
        "claim": ("i agree(?: that)?",),
    },
    apart=frozenset({("yes", "no")}),
)
SAID = ("yes", "yes please", "of course", "thanks", "many thanks", "thank you", "i agree")
STRANGERS = ("but", "if", "maybe", "bananas", "pleas", "yess", "ye", "s", "not", "?", "🙂")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes, I agree!", "yes , i agree"),
        ("  YES.  ", "yes"),
        ("yes… or no", "yes , or no"),
        ("yes -- no", "yes , no"),
        ("yes;no", "yes , no"),
        ("yes.,;:!no", "yes , no"),
        ("...yes", "yes"),
        ("yes?", "yes ?"),
        ("yes 🙂", "yes 🙂"),
        ("It’s fine", "it's fine"),
        ("so-called", "so-called"),
        ("100% yes", "100% yes"),
        ("*yes*", "yes"),
        ("_yes_ ", "yes"),
        ("mentor/mentee", "mentor / mentee"),
        ("ｙｅｓ", "yes"),
        ("a\nb", "a b"),
        ("", ""),
        (" . , ! ", ""),
    ],
)
def test_words_are_spoken_with_pauses_between_them(text: str, expected: str) -> None:
    assert spoken(text) == expected


def test_each_word_is_spelled_but_no_pause() -> None:
    assert spoken("Yse, i agre", {"yse": "yes", "agre": "agree", "i": "i"}.__getitem__) == "yes , i agree"


@given(st.text(max_size=80))
def test_what_is_spoken_has_single_spaces_and_no_pause_at_its_ends(text: str) -> None:
    found = spoken(text)
    assert found == " ".join(found.split())
    assert not found.startswith(PAUSE)
    assert not found.endswith(PAUSE)
    assert f"{PAUSE} {PAUSE}" not in found


@given(st.text(max_size=80))
def test_speaking_twice_changes_nothing(text: str) -> None:
    once = spoken(text)
    assume("_" not in once and "*" not in once)
    assert spoken(once) == once


@given(st.text(alphabet="abc 1?🙂%$", max_size=40))
def test_no_letter_digit_or_sign_is_lost(text: str) -> None:
    assert spoken(text).replace(" ", "") == text.replace(" ", "")


def test_the_longer_alternative_is_tried_first() -> None:
    assert re.match(any_of("no", "no way", "n"), "no way")[0] == "no way"  # type: ignore[index]


def test_phrases_are_listed_between_semicolons() -> None:
    assert listed(" yes; of course ;; sure ") == ("yes", "of course", "sure")
    assert listed("") == ()


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("yes", {frozenset({"yes"})}),
        ("yes please", {frozenset({"yes"})}),
        ("yes , yes", {frozenset({"yes"})}),
        ("yes thanks", {frozenset({"yes", "thanks"})}),
        ("yes and thanks", {frozenset({"yes", "thanks"})}),
        ("many thanks , of course , i agree", {frozenset({"yes", "thanks", "claim"})}),
        ("no way", {frozenset({"no"})}),
        ("no , yes", {frozenset({"yes", "no"})}),
        ("no yes", {frozenset({"yes", "no"})}),
        ("yes , no", {frozenset({"yes", "no"})}),
        ("yes no", set()),
        ("yes bananas", set()),
        ("bananas yes", set()),
        ("yes but thanks", set()),
        ("yesterday", set()),
        ("yes ?", set()),
        ("and yes", set()),
        ("please", set()),
        ("", set()),
    ],
)
def test_a_message_is_composed_of_whole_phrases_or_not_at_all(words: str, kinds: set[frozenset[str]]) -> None:
    assert {each for each in PHRASES.compositions(words) if each} == kinds


@given(st.lists(st.sampled_from(SAID), min_size=1, max_size=6), st.sampled_from([" ", " , ", " and ", " & "]))
def test_phrases_in_a_row_are_always_a_composition(phrases: list[str], joint: str) -> None:
    assert PHRASES.compositions(joint.join(phrases))


@given(st.lists(st.sampled_from(SAID), min_size=1, max_size=5), st.sampled_from(STRANGERS), st.data())
def test_one_word_left_over_leaves_nothing_composed(phrases: list[str], stranger: str, data: st.DataObject) -> None:
    words = " , ".join(phrases).split()
    words.insert(data.draw(st.integers(0, len(words))), stranger)
    assert not PHRASES.compositions(" ".join(words))


@pytest.mark.parametrize("first", ["yes", "of course"])
@pytest.mark.parametrize("second", ["no", "no way"])
def test_kinds_that_stand_apart_need_a_pause_between_them(first: str, second: str) -> None:
    assert not PHRASES.compositions(f"{first} {second}")
    assert PHRASES.compositions(f"{first} , {second}")


def test_openings_come_with_what_follows_them() -> None:
    assert set(PHRASES.openings("yes please , but why")) == {("yes", "please , but why"), ("yes", "but why")}
    assert PHRASES.openings("no way") == [("no", "way"), ("no", "")]
    assert PHRASES.openings("bananas , yes") == []


def test_the_vocabulary_has_the_words_of_the_phrases() -> None:
    assert PHRASES.vocabulary == {"please", "course", "many", "thanks", "thank", "agree", "that"}


@given(st.text(max_size=60))
def test_every_text_can_be_tried(text: str) -> None:
    words = spoken(text)
    assert isinstance(PHRASES.compositions(words), set)
    assert all(rest in f"{words} " for _kind, rest in PHRASES.openings(words))
