"""Normalising text."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.understanding.date_words import simplified
from bot.understanding.text import has_word, is_question, plain, tidy, words

#: Every character, halves of surrogate pairs too.
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=80)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a \n\t b  ", "a b"),
        ("it’s ‘so’", "it's 'so'"),
        ("“so”", '"so"'),
        ("ｙｅｓ　１", "yes 1"),
        ("a\u200bb\u2060c\ufeffd", "abcd"),
        ("a\x00b", "ab"),
        ("\u202eabc\u202c", "abc"),
        ("e\u0301", "é"),
        ("\u200b", ""),
        ("", ""),
    ],
)
def test_plain_text_compares_equal(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  O’Connor \n x ", "O’Connor x"),
        ("ｙｅｓ", "ｙｅｓ"),
        ("a\u200bb\x00", "ab"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("e\u0301", "é"),
    ],
)
def test_tidy_text_stays_as_it_was_written(text: str, expected: str) -> None:
    assert tidy(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes, I agree!", "yes i agree"),
        ("  YES.  ", "yes"),
        ("yes 👍🏽", "yes"),
        ("That’s fine…", "that's fine"),
        ("(yes)", "yes"),
        ("yes?", "yes?"),
        ("yes ?", "yes ?"),
        ("a.b,c", "a.b,c"),
        ("e-mail", "e-mail"),
        ("", ""),
        ("👍", ""),
    ],
)
def test_words_are_bare(text: str, expected: str) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["a", "1", "李", "ب", "🙂 a", "²"])
def test_a_letter_or_digit_makes_a_word(text: str) -> None:
    assert has_word(text)


@pytest.mark.parametrize("text", ["", " ", "🙂", "?!", "—", "\u200b", "👍🏽", "❤️"])
def test_signs_make_no_word(text: str) -> None:
    assert not has_word(text)


@pytest.mark.parametrize(
    "text",
    [
        "why do you need it?",
        "Why do you need my date of birth",
        "is it free",
        "who’s asking",
        "what's this?",
        "can I stop.",
        "and who sees this?",
        "how long does it take !",
        "really?",
    ],
)
def test_questions_are_told(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "???",
        "🙂?",
        "I was asked why. Is that so?",
        "I wonder what it is",
        "whatever",
        "Isabel Allende",
        "When I was young, I had a shop.",
        "What I like is to help people who need someone that believes in them and has time",
    ],
)
def test_statements_are_told(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize("normalise", [tidy, plain, words])
@given(text=ANY_TEXT)
def test_every_text_is_normalised_to_single_spaces(normalise: Callable[[str], str], text: str) -> None:
    found = normalise(text)
    assert found == found.strip()
    assert "  " not in found
    assert "\n" not in found


@pytest.mark.parametrize("normalise", [tidy, plain])
@given(text=ANY_TEXT)
@example(text="e\u200b\u0301")
def test_normalising_again_changes_nothing(normalise: Callable[[str], str], text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(ANY_TEXT)
def test_every_text_is_a_question_or_none(text: str) -> None:
    assert is_question(text) in (True, False)
    assert not is_question(text) or has_word(plain(text).casefold())


@given(ANY_TEXT)
def test_a_question_mark_is_never_lost(text: str) -> None:
    assert ("?" in words(text)) == ("?" in plain(text))


@given(ANY_TEXT)
def test_words_have_no_punctuation_after_them_and_no_capitals(text: str) -> None:
    found = words(text)
    assert found == found.casefold()
    assert not any(f"{mark} " in f"{found} " for mark in ",.!;:…")


@given(ANY_TEXT)
def test_what_is_plain_has_no_invisible_character(text: str) -> None:
    assert not any(unicodedata.category(each) in ("Cf", "Cc") for each in plain(text))


@given(st.text(alphabet="aA .,!?", max_size=30), st.text(alphabet="\u200b\u2060\ufeff\x00\u202e", max_size=4))
def test_invisible_characters_change_nothing(text: str, hidden: str) -> None:
    assert plain(hidden + text + hidden) == plain(text)
    assert words(hidden + text + hidden) == words(text)
    assert is_question(hidden + text + hidden) == is_question(text)


@given(st.text(alphabet=st.characters(max_codepoint=126), max_size=40))
def test_plain_ascii_is_the_same_by_the_short_way_as_by_the_long_one(text: str) -> None:
    short = plain(text)
    assert short == plain(f"{text}\u200b")
    assert simplified(f"é{short}") == f"e{simplified(short)}"
