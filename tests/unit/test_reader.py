"""What a message means at each kind of question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import form
from bot.form import Answer
from understanding.consent import Reading, read_consent
from understanding.reader import TEXT_KINDS, YES_NO_KINDS, Asked, Meaning, Thresholds, read, read_by_rule


def ruled(text: str, kind: str | None) -> Meaning | None:
    """What the rules make of a message at a question of this kind."""
    return read_by_rule(text, Asked(None, kind))


KINDS = (*(answer.value for answer in Answer if answer is not Answer.NONE), "start", "review", None)


def test_the_readers_kinds_are_the_forms() -> None:
    answers = {answer.value for answer in Answer}
    assert answers >= TEXT_KINDS
    assert answers | {"start", "review"} >= YES_NO_KINDS
    typed = {item.answer.value for item in form.ASKED if item.max_length}
    assert typed == TEXT_KINDS


@pytest.mark.parametrize("kind", ["yes_no", "review", "choice"])
def test_a_clear_yes_or_no_is_one(kind: str) -> None:
    assert ruled("Yes, I agree.", kind) == Meaning("affirm")
    assert ruled("No, thanks", kind) == Meaning("deny")


def test_a_yes_before_the_start_begins_the_registration() -> None:
    assert ruled("yes", "start") == Meaning("register")
    assert ruled("let’s start", "start") == Meaning("register")
    assert ruled("no", "start") == Meaning("deny")


@pytest.mark.parametrize("text", ["I guess", "maybe", "yes but only on weekends", "what does that mean?", "yes?", ""])
@pytest.mark.parametrize("kind", sorted(YES_NO_KINDS))
def test_an_unclear_reply_is_neither_yes_nor_no(text: str, kind: str) -> None:
    assert ruled(text, kind) is None


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
    assert ruled(text, "choice") == Meaning(intent)


def test_both_options_as_the_form_words_them_can_be_typed() -> None:
    intents = [
        meaning and meaning.intent
        for meaning in (ruled(wording, "choice") for _, wording in form.BY_ID[form.ACCOUNT].options)
    ]
    assert intents == ["affirm", "deny"]


@pytest.mark.parametrize("text", ["Submit", "send it", "all correct", "yes"])
def test_submit_can_be_typed_at_the_review(text: str) -> None:
    assert ruled(text, "review") == Meaning("affirm")


@pytest.mark.parametrize("text", ["Submit", "send it", "all correct"])
def test_submit_is_no_consent(text: str) -> None:
    assert ruled(text, "yes_no") is None


@pytest.mark.parametrize("text", ["existing", "new", "I need to register"])
def test_a_kind_of_account_is_no_consent(text: str) -> None:
    assert ruled(text, "yes_no") is None


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
    assert read(text, Asked(None, kind), {}) == Meaning("inform")


@pytest.mark.parametrize("kind", sorted(TEXT_KINDS))
@pytest.mark.parametrize("text", ["why do you ask?", "Is it free", "who sees this?", "how long does the check take"])
def test_a_question_is_no_answer(kind: str, text: str) -> None:
    assert ruled(text, kind) is None


@pytest.mark.parametrize("kind", KINDS)
def test_commands_hold_at_every_question(kind: str | None) -> None:
    assert ruled("go back", kind) == Meaning("go_back")
    assert ruled("change my expertise", kind) == Meaning("change_answer", "expertise")
    assert ruled("review my answers", kind) == Meaning("see_review")
    assert ruled("help", kind) == Meaning("faq_help")
    assert ruled("Thank you!", kind) == Meaning("chat_thanks")


@pytest.mark.parametrize("kind", ["date", "photo"])
@pytest.mark.parametrize("text", ["yes", "no", "3 May 1985", "some words"])
def test_words_are_no_answer_where_none_is_asked_for(kind: str, text: str) -> None:
    assert ruled(text, kind) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [("yes", "affirm"), ("no", "deny"), ("3 May 1985", None), ("hello", "chat_greet"), ("some words", None)],
)
def test_only_a_clear_yes_or_no_is_read_where_the_question_is_not_known(text: str, intent: str | None) -> None:
    assert ruled(text, None) == (Meaning(intent) if intent else None)


@given(st.text(max_size=100), st.sampled_from(KINDS))
def test_every_text_gets_a_meaning(text: str, kind: str | None) -> None:
    meaning = read(text, Asked(None, kind), {})
    assert (meaning.target is not None) == (meaning.intent == "change_answer")


@given(st.text(max_size=60))
def test_a_consent_is_given_by_nothing_but_a_clear_yes(text: str) -> None:
    assert (ruled(text, "yes_no") == Meaning("affirm")) == (read_consent(text) is Reading.YES)


LIKELY = {"faq_cost": 0.6, "inform": 0.01, "affirm": 0.2}


def test_a_likely_digression_is_one_and_a_likely_yes_is_none() -> None:
    at_consent = Asked("two_months", "yes_no", form.BY_ID[form.ItemId("two_months")].wording)
    assert read("what would that cost", at_consent, LIKELY) == Meaning("faq_cost")
    assert read("so be it then", at_consent, {"affirm": 0.99, "faq_cost": 0.001}) == Meaning("nlu_fallback")
    assert read("so be it then", Asked("reasons", "long_text"), {"affirm": 0.99}) == Meaning("inform")


def test_where_the_mentor_may_write_anything_a_digression_has_to_be_far_likelier() -> None:
    at_text, statement = Asked("reasons", "long_text"), "money is on my mind"
    odds = Thresholds().statement_at_text
    assert read(statement, at_text, {"faq_cost": 0.1 * odds - 0.01, "inform": 0.1}) == Meaning("inform")
    assert read(statement, at_text, {"faq_cost": 0.1 * odds + 0.01, "inform": 0.1}) == Meaning("faq_cost")
    assert read("what does it cost?", at_text, {"faq_cost": 0.5, "inform": 0.1}) == Meaning("faq_cost")
    assert read("To save people the cost", at_text, {"faq_cost": 0.99, "inform": 0.001}) == Meaning("inform")
    assert read("cost " * 31, at_text, {"faq_cost": 0.99, "inform": 0.001}) == Meaning("inform")


def test_a_name_is_a_name_whatever_the_classifier_finds_in_it() -> None:
    at_name = Asked("full_name", "name")
    for name in ("Skip Thornton", "My name is Hi Van Le", "ok hee kim"):
        assert read(name, at_name, {"skip": 0.9, "inform": 0.01}) == Meaning("inform")
    assert read("why do you want my name", at_name, {"faq_why": 0.5, "inform": 0.1}).intent == "faq_why"


def test_a_doubtful_reply_to_a_consent_is_no_digression_unless_it_is_very_likely_one() -> None:
    at_consent = Asked("two_months", "yes_no", "I commit to something.")
    assert read("only if it is free", at_consent, {"faq_cost": 0.5, "inform": 0.1}) == Meaning("nlu_fallback")
    assert read("I see, got it", at_consent, {"chat_ack": 0.99, "inform": 0.001}) == Meaning("nlu_fallback")
    assert read("I understand nothing here", at_consent, {"faq_meaning": 0.9, "inform": 0.01}).intent == "faq_meaning"


def test_a_digression_carries_the_item_that_it_names() -> None:
    asked = Asked("reasons", "long_text")
    assert read("who sees my photo?", asked, {"faq_sees": 0.9, "inform": 0.01}) == Meaning("faq_sees", "photo")
    assert read("what does it cost?", asked, {"faq_cost": 0.9, "inform": 0.01}) == Meaning("faq_cost")
    meaning = read("explain the clause about privacy", asked, {"faq_meaning": 0.99, "inform": 0.01})
    assert meaning == Meaning("faq_meaning", "ethics_privacy")


def test_what_is_asked_survives_the_way_through_the_metadata() -> None:
    asked = Asked("two_months", "yes_no", "I commit to something.")
    assert Asked.from_metadata(asked.to_metadata()) == asked
    assert Asked.from_metadata({}) == Asked()
