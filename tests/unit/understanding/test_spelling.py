"""Misspelt words: mended only where one meaning is possible."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.consent import Reading, read_consent
from bot.understanding.consent.agreement import AGREEMENTS, OWN_WORDS
from bot.understanding.consent.doubts import DOUBTS
from bot.understanding.consent.refusal import REFUSALS
from bot.understanding.spellings import SHORT, Spelling

KNOWN = AGREEMENTS.vocabulary | OWN_WORDS.vocabulary | REFUSALS.vocabulary | DOUBTS.vocabulary
SPELLING = Spelling(KNOWN)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("yess", "yes"),
        ("yea", "yeah"),
        ("okay", "ok"),
        ("agre", "agree"),
        ("aggree", "agree"),
        ("acept", "accept"),
        ("definately", "definitely"),
        ("absolutly", "absolutely"),
        ("permision", "permission"),
        ("dont", "don't"),
        ("cannot", "can't"),
        ("wont", "won't"),
        ("im", "i'm"),
        ("thx", "thanks"),
        ("nooo", "no"),
        ("nop", "no"),
        ("iagree", "i agree"),
        ("disagre", "disagree"),
        ("u", "you"),
    ],
)
def test_short_forms_and_usual_slips_are_known(word: str, meant: str) -> None:
    assert SPELLING.of(word) == meant


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("complettely", "completely"),
        ("confidentally", "confidentially"),
        ("exploitativ", "exploitative"),
        ("autnomy", "autonomy"),
        ("privcy", "privacy"),
        ("refsue", "refuse"),
        ("certaintly", "certainly"),
    ],
)
def test_a_slip_of_one_letter_is_mended(word: str, meant: str) -> None:
    assert SPELLING.of(word) == meant


@pytest.mark.parametrize(
    "word",
    [
        *("except", "decent", "incept", "degree", "greed", "expect", "suspect", "exploit", "private", "primary"),
        *("unless", "although", "maybe", "perhaps", "hardly", "barely", "rarely", "until", "without", "neither"),
        *("promises", "premise", "permit", "refuge", "refused", "consort", "contest", "converse", "comment"),
        *("banana", "Okafor", "qwertz", "xylophone", "disagreeing", "unsure", "insure", "assure"),
    ],
)
def test_what_is_a_word_itself_or_far_from_any_is_left_as_it_is(word: str) -> None:
    assert SPELLING.of(word.casefold()) == word.casefold()


@pytest.mark.parametrize("word", ["ye5", "agr", "ok!", "да", "はい", "i'd've", "", "a", "42", "100%", "🙂"])
def test_what_is_short_or_not_of_plain_letters_is_left_as_it_is(word: str) -> None:
    assert SPELLING.of(word) == word


@given(st.sampled_from(sorted(KNOWN)))
def test_a_known_word_stays_unless_it_is_a_short_form(word: str) -> None:
    assert SPELLING.of(word) == SHORT.get(word, word)


@given(st.text(alphabet=string.ascii_lowercase, min_size=7, max_size=14))
def test_a_word_is_mended_to_a_known_one_or_stays(word: str) -> None:
    assert word in SHORT or SPELLING.of(word) in {word, *KNOWN}


def test_a_slip_that_two_words_are_near_to_stays() -> None:
    spelling = Spelling(frozenset({"abcdx", "abcdy"}))
    assert spelling.of("abcdz") == "abcdz"
    assert Spelling(frozenset({"abcdx"})).of("abcdz") == "abcdx"


#: Words that forbid a yes; misspelt, they must not turn into a word of an agreement.
FORBIDDING = (
    *(
        "except",
        "unless",
        "until",
        "maybe",
        "perhaps",
        "probably",
        "refuse",
        "disagree",
        "decline",
        "reject",
        "however",
    ),
    *("although", "though", "provided", "limited", "partly", "partially", "reluctantly", "hardly", "barely", "mostly"),
    *("sometimes", "never", "nothing", "depends", "against", "without", "neither", "nobody", "almost", "nearly"),
    *("rarely", "would", "could", "might", "doubt", "unsure", "hesitant", "usually", "withdraw", "tomorrow", "later"),
)


@st.composite
def slips(draw: st.DrawFn) -> str:
    """A forbidding word with one letter left out, doubled, changed or swapped."""
    word = draw(st.sampled_from(FORBIDDING))
    place = draw(st.integers(1, len(word) - 2))
    letter = draw(st.sampled_from(string.ascii_lowercase))
    return draw(
        st.sampled_from(
            [
                word[:place] + word[place + 1 :],
                word[:place] + word[place] + word[place:],
                word[:place] + letter + word[place + 1 :],
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            ]
        )
    )


@given(slips(), st.sampled_from(["yes, {}", "I agree, {}", "yes {}", "{} yes", "I {} agree", "{}, I agree", "{}"]))
def test_a_misspelt_doubt_is_never_mended_into_a_yes(slip: str, frame: str) -> None:
    assert read_consent(frame.format(slip)) is not Reading.YES


@pytest.mark.parametrize(
    "text",
    [
        "usure",
        "nsure",
        "unsur",
        "unusre",
        "disagee",
        "dissagree",
        "i dsagree",
        "not agre",
        "idont agree",
    ],
)
def test_a_misspelt_refusal_or_doubt_is_no_yes(text: str) -> None:
    assert read_consent(text) is not Reading.YES
