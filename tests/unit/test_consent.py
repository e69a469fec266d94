"""Reading a consent: only a whole message that is clear counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understanding.consent import Reading, read_consent

CLEAR_YES = (
    "yes",
    "Yes",
    "YES.",
    "yes!",
    "  yes  ",
    "yes please",
    "Yes, please",
    "yes, I agree",
    "Yes, I do",
    "yep, that's fine with me",
    "yep, that’s fine with me",
    "yeah",
    "yup",
    "y",
    "sure",
    "Of course",
    "absolutely",
    "ok",
    "Okay, I agree",
    "I agree",
    "I agree.",
    "i agree to this",
    "I agree with this clause",
    "I do",
    "I accept",
    "I accept this",
    "I accept the above",
    "I consent",
    "I consent to this",
    "I confirm",
    "I commit to this",
    "I promise",
    "I understand and agree",
    "I fully agree",
    "I give permission",
    "I give my permission",
    "That is fine with me",
    "It’s okay",
    "sounds good",
    "agreed",
    "accepted",
    "yes yes",
    "ｙｅｓ",
    "yes 👍",
    "👍 yes",
    "Yes 👍🏽",
    "yes ✔️",
    "I agree 🙂",
    "\u200byes\u200b",
    "yes\n",
)

CLEAR_NO = (
    "no",
    "No.",
    "NO!",
    "nope",
    "nah",
    "n",
    "never",
    "no way",
    "not at all",
    "absolutely not",
    "of course not",
    "no, thanks",
    "no thank you",
    "No, sorry",
    "I do not",
    "I don't",
    "I don’t agree",
    "I do not agree",
    "I do not agree with this",
    "no, I do not agree",
    "I won't",
    "I will not",
    "I cannot agree to this",
    "I can't accept that",
    "I disagree",
    "I refuse",
    "I decline",
    "sorry, I do not consent",
    "I do not give permission",
    "not agreed",
    "no 🙂",
)

NEGATED = (
    "not yes",
    "I agree not",
    "I do not disagree",
    "I don't not agree",
    "yes I don't agree",
    "not sure",
    "sure not",
    "no yes",
    "yes no",
    "yes, I mean no",
    "no, I agree",
    "no problem",
    "never mind",
    "I agree to nothing",
    "¬yes",
)

CONDITIONAL = (
    "yes but only on weekends",
    "yes, but not the last part",
    "I agree if my name stays private",
    "I agree as long as it is free",
    "yes, unless it costs money",
    "ok, provided that I can leave",
    "I agree to most of this",
    "I agree with the first half",
    "yes, except for ratings",
    "I would agree",
    "I will agree later",
)

HEDGED = (
    "I guess",
    "I guess so",
    "maybe",
    "perhaps yes",
    "probably",
    "I think so",
    "yes I think",
    "yes, I suppose",
    "hmm ok then",
    "kind of",
    "yes and no",
    "if I must",
    "whatever",
    "fine, I suppose",
    "I should agree",
    "I want to agree",
)

QUESTIONS = (
    "yes?",
    "Yes ?",
    "yes？",
    "yes؟",
    "ok?!",
    "I agree?",
    "do I agree?",
    "what does that mean?",
    "yes, why?",
    "no?",
    "should I say yes",
    "who says yes",
)

IRONIC = (
    "yes 🙄",
    "yes 😉",
    "yes 🙃",
    "yeah 😂",
    "sure 🤡",
    "yes 👎",
    "👎",
    "no 😜",
    "I agree 🤥",
    "🤞 yes",
    "yes ;)",
    "yes :(",
    "sure :-/",
    "~~yes~~",
    "y\u0336e\u0336s\u0336",
    "yes\u20e0",
)

OTHER_SCRIPTS = (
    "نعم",
    "כן",
    "да",
    "はい",
    "不",
    "نعم yes",
    "\u202eon",
    "\u202esey",
    "yеs",  # the second letter is Cyrillic
)

NOTHING = ("", " ", "\n\t", "\u200b", ".", "…", "👍", "?", "-", "()", "42")

LONGER = (
    "yes I have read all of it and here is what I think about it",
    "my mother says yes",
    "yesterday",
    "knowing",
    "nobody agrees",
    "yes\nno",
    "I agree. I do not agree.",
    "i agree to sell my soul",
)

UNCLEAR = (
    *(*NEGATED, *CONDITIONAL, *HEDGED),
    *(*QUESTIONS, *IRONIC, *OTHER_SCRIPTS),
    *(*NOTHING, *LONGER),
)

#: What turns a clear yes into something else when it follows.
TAILS = (
    " but only on weekends",
    ", but only if it is free",
    "?",
    " ?",
    "!?",
    "?!!",
    " if I can",
    " unless",
    " maybe",
    ", I guess",
    " I think",
    " not",
    ", no",
    " 🙄",
)


@pytest.mark.parametrize("text", CLEAR_YES)
def test_a_clear_yes_counts(text: str) -> None:
    assert read_consent(text) is Reading.YES


@pytest.mark.parametrize("text", CLEAR_NO)
def test_a_clear_no_counts(text: str) -> None:
    assert read_consent(text) is Reading.NO


@pytest.mark.parametrize("text", UNCLEAR)
def test_everything_else_is_unclear(text: str) -> None:
    assert read_consent(text) is Reading.UNCLEAR


def test_no_text_is_in_two_tables() -> None:
    everything = [*CLEAR_YES, *CLEAR_NO, *UNCLEAR]
    assert len(set(everything)) == len(everything)


@given(st.sampled_from(CLEAR_YES), st.sampled_from(TAILS))
def test_a_yes_with_a_condition_or_a_question_is_never_a_yes(text: str, tail: str) -> None:
    assert read_consent(text.strip() + tail) is not Reading.YES


@given(st.sampled_from(CLEAR_YES), st.text(alphabet=" !,?", max_size=4))
def test_a_yes_is_a_yes_whatever_marks_follow_unless_one_asks(text: str, marks: str) -> None:
    assert (read_consent(text.strip() + marks) is Reading.YES) == ("?" not in marks)


@given(st.sampled_from(CLEAR_NO), st.sampled_from(CLEAR_YES))
def test_a_yes_and_a_no_together_are_never_a_yes(no: str, yes: str) -> None:
    assert read_consent(f"{no} {yes}") is not Reading.YES
    assert read_consent(f"{yes} {no}") is not Reading.YES


@given(st.text())
def test_a_negation_anywhere_is_never_a_yes(text: str) -> None:
    assert read_consent(f"{text} not {text}") is not Reading.YES


@given(st.text(max_size=200))
def test_every_text_gets_a_reading(text: str) -> None:
    assert read_consent(text) in Reading


@given(st.text(alphabet=st.characters(categories=["Cs", "Cf", "Mn", "So", "Sk"]), max_size=30))
def test_signs_without_words_are_never_an_answer(text: str) -> None:
    assert read_consent(text) is Reading.UNCLEAR
