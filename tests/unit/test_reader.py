"""What a message means at each kind of question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import form
from bot.form import Answer
from understanding.consent import Reading, read_consent
from understanding.reader import TEXT_KINDS, YES_NO_KINDS, Meaning, read

KINDS = (*(answer.value for answer in Answer if answer is not Answer.NONE), "start", "review", None)


def test_the_readers_kinds_are_the_forms() -> None:
    answers = {answer.value for answer in Answer}
    assert answers >= TEXT_KINDS
    assert answers | {"start", "review"} >= YES_NO_KINDS
    typed = {item.answer.value for item in form.ASKED if item.max_length}
    assert typed == TEXT_KINDS


@pytest.mark.parametrize("kind", ["yes_no", "review", "choice"])
def test_a_clear_yes_or_no_is_one(kind: str) -> None:
    assert read("Yes, I agree.", kind) == Meaning("affirm")
    assert read("No, thanks", kind) == Meaning("deny")


def test_a_yes_before_the_start_begins_the_registration() -> None:
    assert read("yes", "start") == Meaning("register")
    assert read("let’s start", "start") == Meaning("register")
    assert read("no", "start") == Meaning("deny")


@pytest.mark.parametrize("text", ["I guess", "maybe", "yes but only on weekends", "what does that mean?", "yes?", ""])
@pytest.mark.parametrize("kind", sorted(YES_NO_KINDS))
def test_an_unclear_reply_is_neither_yes_nor_no(text: str, kind: str) -> None:
    assert read(text, kind) == Meaning(None)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I already have a JobGen account", "affirm"),
        ("I have an account.", "affirm"),
        ("existing", "affirm"),
        ("I need to register", "deny"),
        ("register", "deny"),
        ("I’m new", "deny"),
        ("I don’t have one", "deny"),
    ],
)
def test_the_kind_of_account_can_be_typed(text: str, intent: str) -> None:
    assert read(text, "choice") == Meaning(intent)


def test_both_options_as_the_form_words_them_can_be_typed() -> None:
    intents = [read(wording, "choice").intent for _, wording in form.BY_ID[form.ACCOUNT].options]
    assert intents == ["affirm", "deny"]


@pytest.mark.parametrize("text", ["Submit", "send it", "all correct", "yes"])
def test_submit_can_be_typed_at_the_review(text: str) -> None:
    assert read(text, "review") == Meaning("affirm")


@pytest.mark.parametrize("text", ["Submit", "send it", "all correct"])
def test_submit_is_no_consent(text: str) -> None:
    assert read(text, "yes_no") == Meaning(None)


@pytest.mark.parametrize("text", ["existing", "new", "I need to register"])
def test_a_kind_of_account_is_no_consent(text: str) -> None:
    assert read(text, "yes_no") == Meaning(None)


@pytest.mark.parametrize("kind", sorted(TEXT_KINDS))
@pytest.mark.parametrize(
    "text",
    [
        "no",
        "yes",
        "never",
        "No one helped me. I would like to stop that.",
        "I was out of work once, and said “stop”. Is that so bad? It was for me.",
        "/restart",
        "/affirm",
        "3 May 1985",
        "🙂",
        "",
        "I agree",
        "a" * 6_000,
    ],
)
def test_free_text_is_an_answer(kind: str, text: str) -> None:
    assert read(text, kind) == Meaning("inform")


@pytest.mark.parametrize("kind", sorted(TEXT_KINDS))
@pytest.mark.parametrize("text", ["why do you ask?", "Is it free", "who sees this?", "how long does the check take"])
def test_a_question_is_no_answer(kind: str, text: str) -> None:
    assert read(text, kind) == Meaning(None)


@pytest.mark.parametrize("kind", KINDS)
def test_commands_hold_at_every_question(kind: str | None) -> None:
    assert read("go back", kind) == Meaning("go_back")
    assert read("change my expertise", kind) == Meaning("change_answer", "expertise")
    assert read("review my answers", kind) == Meaning("see_review")
    assert read("help", kind) == Meaning("faq_help")
    assert read("Thank you!", kind) == Meaning("chat_thanks")


@pytest.mark.parametrize("kind", ["date", "photo"])
@pytest.mark.parametrize("text", ["yes", "no", "3 May 1985", "some words"])
def test_words_are_no_answer_where_none_is_asked_for(kind: str, text: str) -> None:
    assert read(text, kind) == Meaning(None)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("yes", "affirm"), ("no", "deny"), ("3 May 1985", None), ("hello", "chat_greet"), ("some words", None)],
)
def test_only_a_clear_yes_or_no_is_read_where_the_question_is_not_known(text: str, intent: str | None) -> None:
    assert read(text, None) == Meaning(intent)


@given(st.text(max_size=100), st.sampled_from(KINDS))
def test_every_text_gets_a_meaning(text: str, kind: str | None) -> None:
    meaning = read(text, kind)
    assert (meaning.target is not None) == (meaning.intent == "change_answer")


@given(st.text(max_size=60))
def test_a_consent_is_given_by_nothing_but_a_clear_yes(text: str) -> None:
    assert (read(text, "yes_no").intent == "affirm") == (read_consent(text) is Reading.YES)
