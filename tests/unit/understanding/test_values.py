"""Values in sentences: which there are, and that each is a part of what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.corrections import item_to_change
from bot.understanding.reader import Act, Meaning, ReadingContext
from bot.understanding.text import tidy
from bot.understanding.values import values_in
from tests.support.reading import read

COMMITMENT = ReadingContext("two_months", "yes_no", "I commit to helping anyone that I accept to mentor online.")
NAME = ReadingContext("full_name", "name")
EMAIL = ReadingContext("email", "email")
REASONS = ReadingContext("reasons", "long_text")


def found(text: str) -> dict[str, str]:
    return {value.item: value.text for value in values_in(text).values}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("that was wrong, my name is Robert Smith", {"full_name": "Robert Smith"}),
        ("call me Jo. Full name Joanna Brzezińska", {"full_name": "Joanna Brzezińska"}),
        ("My name is call Nguyen Van Thanh", {"full_name": "Nguyen Van Thanh"}),
        ("my full name is Robert James Smith, but everybody says Bob", {"full_name": "Robert James Smith"}),
        ("wrong name, Javier Ortega", {"full_name": "Javier Ortega"}),
        (
            "Je m'appelle Élodie Marchand, elodie@example.org",
            {"full_name": "Élodie Marchand", "email": "elodie@example.org"},
        ),
        ("wrong, it's x@example.net", {"email": "x@example.net"}),
        ("no, I meant ana@example.org", {"email": "ana@example.org"}),
        ("wrong address, it should be ana@example.org", {"email": "ana@example.org"}),
        ("oops I put the wrong name, it should be Ann Lee", {"full_name": "Ann Lee"}),
        ("mon nom est mal écrit, c'est Élodie Marchand", {"full_name": "Élodie Marchand"}),
        ("wait, I forgot to say my email is now bob@example.org", {"email": "bob@example.org"}),
        ("sorry my birthday is wrong, it's • ••••• ••••", {"date_of_birth": "• ••••• ••••"}),
        ("expertise should be welding and HR", {"expertise": "welding and HR"}),
        ("oops, wrong email. It's rob@example.org", {"email": "rob@example.org"}),
        ("please change my expertise to welding and plumbing", {"expertise": "welding and plumbing"}),
        (
            "I'm Ana Souza, ana@example.org, I worked 10 years in HR",
            {"full_name": "Ana Souza", "email": "ana@example.org", "experience": "I worked 10 years in HR"},
        ),
    ],
)
def test_the_values_of_a_sentence_are_found(text: str, values: dict[str, str]) -> None:
    assert found(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "I'm busy right now",
        "it's complicated",
        "my name is wrong",
        "I was born to do this",
        "people told me that it is Smith",
        "in their office my name is a joke to them and to you",
        "bob@example.org or ann@example.org",
        "I agree with it",
        "",
    ],
)
def test_other_sentences_have_none(text: str) -> None:
    assert found(text) == {} or item_to_change(text) is not None


@pytest.mark.parametrize(
    "asked", [COMMITMENT, REASONS, EMAIL, ReadingContext("photo", "photo"), ReadingContext(None, None)]
)
def test_a_correction_is_one_at_every_question(asked: ReadingContext) -> None:
    meaning = read("that was wrong, my name is Robert Smith", asked, {})
    assert meaning == Meaning("change_answer", "full_name", "Robert Smith")


def test_a_date_of_birth_is_named_and_not_handed_on() -> None:
    assert read("I was born on • ••••• ••••", COMMITMENT, {}) == Meaning("change_answer", "date_of_birth")
    meaning = read("I agree. I was born on • ••••• ••••", COMMITMENT, {})
    assert meaning == Meaning("affirm", also=(Act("change_answer", "date_of_birth"),))


def test_a_reply_and_a_correction_beside_it_both_count() -> None:
    meaning = read("I agree; also my email changed to ana.s@example.org", COMMITMENT, {})
    assert meaning == Meaning("affirm", also=(Act("change_answer", "email", "ana.s@example.org"),))


@pytest.mark.parametrize(
    "text",
    [
        "Yes, I will tell my wife everything, my email is ana@example.org",
        "Yes but only on weekends. My name is Robert Smith",
        "I guess. My email is ana@example.org",
    ],
)
def test_a_reply_that_is_not_certain_does_not_count_beside_a_correction(text: str) -> None:
    assert read(text, COMMITMENT, {}).intent not in ("affirm", "deny")


def test_the_open_question_gets_its_own_value_and_others_theirs() -> None:
    meaning = read("ana@example.org, and I want to be a mentor because I love it", EMAIL, {})
    reasons = Act("change_answer", "reasons", "I want to be a mentor because I love it")
    assert meaning == Meaning("inform", value="ana@example.org", also=(reasons,))


def test_a_question_beside_values_is_heard_too() -> None:
    meaning = read("I'm Ana Souza, ana@example.org. Is it free?", NAME, {"faq_cost": 0.9, "inform": 0.01})
    assert meaning.value == "Ana Souza"
    assert meaning.also == (Act("change_answer", "email", "ana@example.org"), Act("faq_cost"))


@pytest.mark.parametrize(
    "text",
    [
        "I worked 10 years in HR, my email is known to many: ana@example.org",
        "My name is Ann Lee and I love helping people who look for a job",
        "I was a nurse. My friends call me Bob. I like to teach, and I want to be a mentor because I can.",
        "I'm Ann. I want to give something back.",
    ],
)
def test_free_text_is_an_answer_whatever_is_in_it(text: str) -> None:
    assert read(text, REASONS, {}) == Meaning("inform")


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("my name is wrong", "full_name"),
        ("I got my birthday wrong", "date_of_birth"),
        ("that photo is awful, can I send another one?", "photo"),
        ("can i chng my expertice", "expertise"),
        ("there's a typo in my e-mail address", "email"),
        ("mon nom est mal écrit", "full_name"),
        ("My surname is now Jones", "full_name"),
        ("I typed the wrong email", "email"),
        ("my name was misspelled", "full_name"),
        ("my reasons got cut off", "reasons"),
    ],
)
def test_an_answer_that_is_found_wrong_is_asked_again(text: str, item: str) -> None:
    assert item_to_change(text) == item
    assert read(text, COMMITMENT, {}) == Meaning("change_answer", item)


@pytest.mark.parametrize(
    "text", ["what is wrong with my name?", "my wife's name is wrong on the site", "is my photo ok", ""]
)
def test_nothing_else_is(text: str) -> None:
    assert item_to_change(text) is None


@pytest.mark.parametrize(
    ("text", "asked", "meaning"),
    [
        (
            "Ten years in logistics. By the way my email changed to ana@example.org",
            REASONS,
            Meaning(
                "inform", value="Ten years in logistics.", also=(Act("change_answer", "email", "ana@example.org"),)
            ),
        ),
        (
            "J'aime aider. Au fait mon nom c'est Anna pas Ana",
            REASONS,
            Meaning("inform", value="J'aime aider.", also=(Act("change_answer", "full_name", "Anna"),)),
        ),
        (
            "Change my experience: I taught for 9 years",
            REASONS,
            Meaning("change_answer", "experience", "I taught for 9 years"),
        ),
        (
            "there is a mistake in my email, it ends in .org: ana@example.org",
            REASONS,
            Meaning("change_answer", "email", "ana@example.org"),
        ),
        ("my email is on my card: ana@example.org, and I like people", REASONS, Meaning("inform")),
        (
            "Ana Souza, born on • ••• ••••",
            NAME,
            Meaning("inform", value="Ana Souza", also=(Act("change_answer", "date_of_birth"),)),
        ),
        (
            "Hello! Ana Souza, and my email is ana@example.org",
            NAME,
            Meaning("inform", value="Ana Souza", also=(Act("change_answer", "email", "ana@example.org"),)),
        ),
        (
            "All is well except my name, it's Ana de Souza",
            COMMITMENT,
            Meaning("change_answer", "full_name", "Ana de Souza"),
        ),
        (
            "Actually my surname is Souza with a z, Ana Souza",
            EMAIL,
            Meaning("change_answer", "full_name", "Ana Souza"),
        ),
        ("wrong date, it's the • of ••• ••••", COMMITMENT, Meaning("change_answer", "date_of_birth")),
        ("my expertise is sailing, not selling", COMMITMENT, Meaning("change_answer", "expertise", "sailing")),
        ("I forgot to say in my experience that I ran a shop", COMMITMENT, Meaning("change_answer", "experience")),
        ("in reasons, replace the last word", COMMITMENT, Meaning("change_answer", "reasons")),
        ("my country is Portugal, not Spain", COMMITMENT, Meaning("change_answer", "country", "Portugal")),
        (
            "I moved, I'm in Alberta now",
            COMMITMENT,
            Meaning("change_answer", "country", "Canada", (Act("change_answer", "region", "CA-AB"),)),
        ),
    ],
)
def test_a_correction_keeps_what_is_said_beside_it(text: str, asked: ReadingContext, meaning: Meaning) -> None:
    assert read(text, asked, {}) == meaning


PIECES = [
    *("my name is ", "I'm ", "call me ", "Robert Smith", "Ana Souza", "ana@example.org", "my email is ", "sorry, "),
    *(
        "I worked ",
        "10 years in HR",
        ", ",
        ". ",
        " and ",
        "not ",
        "I was born on ",
        "• ••• ••••",
        "I agree",
        "?",
        "wrong",
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join) | st.text(max_size=80))
def test_a_value_is_a_part_of_what_was_typed(text: str) -> None:
    for value in values_in(text).values:
        assert value.text in text or tidy(value.text) in tidy(text)
        assert value.text.strip() == value.text != ""


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_no_consent_is_read_from_values(text: str) -> None:
    if "I agree" not in text:
        assert read(text, COMMITMENT, {}).intent != "affirm"
