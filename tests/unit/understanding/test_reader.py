"""What a message means at each kind of question."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.organisation import ORGANISATION
from bot.registration import form
from bot.registration.form import Answer
from bot.understanding import reader
from bot.understanding.consent import Reading, Subject, read_consent
from bot.understanding.learned import BY_RULE_ONLY, LIKELY_REPLY, SOME_ENDING
from bot.understanding.reader import (
    ABOUT_ITEMS,
    FREE_KINDS,
    OFFERED,
    TEXT_KINDS,
    YES_NO_KINDS,
    Act,
    Meaning,
    ReadingContext,
    Thresholds,
    read_by_rule,
)
from tests.support.reading import read


def ruled(text: str, kind: str | None) -> Meaning | None:
    """What the rules make of a message at a question of this kind."""
    return read_by_rule(text, ReadingContext(None, kind))


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


@pytest.mark.parametrize("text", ["I’d rather not", "No, thanks", "none of your business!", "I won't tell you"])
@pytest.mark.parametrize("kind", sorted(TEXT_KINDS))
def test_a_no_to_being_asked_is_no_answer(kind: str, text: str) -> None:
    assert ruled(text, kind) == Meaning("skip")


@pytest.mark.parametrize("text", ["No.", "nope", "None", "n/a", "idk", "I don’t know", "Nobody", "anonymous"])
def test_what_is_no_name_may_be_an_answer_elsewhere(text: str) -> None:
    assert ruled(text, "name") == ruled(text, "email") == Meaning("skip")
    assert read(text, ReadingContext(None, "long_text"), {}) == Meaning("inform")


@pytest.mark.parametrize("text", ["My name is No", "No Min-ji", "None Other", "Private Benjamin", "Nobody Jones"])
def test_a_name_may_hold_the_words_of_a_no(text: str) -> None:
    assert read(text, ReadingContext("full_name", "name"), {"skip": 0.5, "inform": 0.01}) == Meaning("inform")


@pytest.mark.parametrize("text", ["Look again", "look at them again, please", "Yes, let me see it again"])
def test_who_wants_to_look_again_says_yes_to_that(text: str) -> None:
    assert read_by_rule(text, ReadingContext("reconsider", "yes_no")) == Meaning("affirm")
    assert read_by_rule(text, ReadingContext("ethics_laws", "yes_no")) != Meaning("affirm")


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
        (f"I already have a {ORGANISATION.name} account", "affirm"),
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
        "never",
        "No one helped me. I would like to stop that.",
        "I was out of work once, and said “stop”. Is that so bad? It was for me.",
        "/restart the engine",
        "/affirm it all",
        "3 May 1985",
        "🙂",
        "",
        "a" * 6_000,
    ],
)
def test_free_text_is_an_answer(kind: str, text: str) -> None:
    assert read(text, ReadingContext(None, kind), {}) == Meaning("inform")


@pytest.mark.parametrize("kind", sorted(TEXT_KINDS))
@pytest.mark.parametrize("text", ["why do you ask?", "Is it free", "who sees this?", "how long does the check take"])
def test_a_question_is_no_answer(kind: str, text: str) -> None:
    meaning = ruled(text, kind)
    assert meaning is None or meaning.intent.startswith("faq_")


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


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("add to my reasons that I was homeless once", Meaning("change_answer", "reasons")),
        ("attends, ajoute à mes raisons que j'aime le monde", Meaning("change_answer", "reasons")),
        ("My name has a typo. It's Raghunathan, with an h.", Meaning("change_answer", "full_name")),
        ("I like people. And kindly alter 'Phillipa' to one l.", Meaning(LIKELY_REPLY)),
        ("I help at church, oh and my email has a 2 at the end", Meaning(LIKELY_REPLY)),
        ("I teach people to add to their skills", Meaning("inform")),
        ("please delete my answers", Meaning("cancel")),
    ],
)
def test_a_change_of_another_answer_within_free_words_is_none_of_them(text: str, meaning: Meaning) -> None:
    assert read(text, ReadingContext("experience", "long_text"), {}) == meaning


def test_a_remark_about_the_form_beside_a_question_is_no_answer() -> None:
    asked = ReadingContext("expertise", "long_text")
    meaning = read("this is the third long question, how many left?", asked, {"faq_duration": 0.9})
    assert meaning == Meaning("faq_duration")


def test_at_the_code_of_ethics_a_number_alone_names_a_clause() -> None:
    about = {"faq_meaning": 0.9}
    at_code = ReadingContext("code_of_ethics", "yes_no", "I agree to the code.")
    assert read("what's number 10 about?", at_code, about).target == "ethics_smooth_ending"
    assert read("what's number 10 about?", ReadingContext("email", "email"), about).target is None


@pytest.mark.parametrize("text", ["yes show me", "finalement oui je vais regarder", "alright then I agree to that one"])
def test_what_leans_to_a_yes_shows_again_what_was_refused(text: str) -> None:
    assert read(text, ReadingContext("reconsider", "yes_no"), {}) == Meaning("affirm")


@given(st.text(max_size=100), st.sampled_from(KINDS))
def test_every_text_gets_a_meaning(text: str, kind: str | None) -> None:
    meaning = read(text, ReadingContext(None, kind), {})
    assert (meaning.target is not None) == (meaning.intent == "change_answer")


@given(st.text(max_size=60))
def test_a_consent_is_given_by_nothing_but_a_clear_yes(text: str) -> None:
    assert (ruled(text, "yes_no") == Meaning("affirm")) == (read_consent(text) is Reading.YES)


LIKELY = {"faq_cost": 0.6, "inform": 0.01, "affirm": 0.2}


def test_a_likely_digression_is_one_and_a_likely_yes_is_asked_back_at_most() -> None:
    at_consent = ReadingContext("two_months", "yes_no", form.BY_ID[form.ItemId("two_months")].wording)
    assert read("what would that cost", at_consent, LIKELY) == Meaning("faq_cost")
    assert read("so be it then", at_consent, {"affirm": 0.99, "faq_cost": 0.001}) == Meaning(LIKELY_REPLY)
    assert read("so be it then", ReadingContext("reasons", "long_text"), {"affirm": 0.99}) == Meaning("inform")


def test_where_the_mentor_may_write_anything_a_digression_has_to_be_far_likelier() -> None:
    at_text, statement = ReadingContext("reasons", "long_text"), "money is on my mind"
    likely = Thresholds().statement_at_text
    assert read(statement, at_text, {"faq_cost": likely - 0.05, "inform": 0.15}) == Meaning("inform")
    assert read(statement, at_text, {"faq_cost": likely - 0.05, "inform": 0.1}) == Meaning(LIKELY_REPLY)
    assert read(statement, at_text, {"faq_cost": likely + 0.01, "inform": 0.01}) == Meaning("faq_cost")
    assert read("what does it cost?", at_text, {"faq_cost": 0.5, "inform": 0.1}) == Meaning("faq_cost")
    assert read("To save people the cost", at_text, {"faq_cost": 0.99, "inform": 0.001}) == Meaning("inform")
    assert read("cost " * 31, at_text, {"faq_cost": 0.99, "inform": 0.001}) == Meaning("inform")


def test_a_name_is_a_name_whatever_the_classifier_finds_in_it() -> None:
    at_name = ReadingContext("full_name", "name")
    for name in ("Skip Thornton", "My name is Hi Van Le", "ok hee kim"):
        assert read(name, at_name, {"skip": 0.9, "inform": 0.01}) == Meaning("inform")
    assert read("why do you want my name", at_name, {"faq_why": 0.5, "inform": 0.1}).intent == "faq_why"


def test_a_doubtful_reply_to_a_consent_is_no_digression_unless_it_is_very_likely_one() -> None:
    at_consent = ReadingContext("two_months", "yes_no", "I commit to something.")
    doubted = read("only if it is free", at_consent, {"faq_cost": 0.8, "inform": 0.1})
    assert doubted == Meaning("nlu_fallback", choices=(Act("faq_cost"),))
    assert read("I see, got it", at_consent, {"chat_ack": 0.99, "inform": 0.001}) == Meaning("nlu_fallback")
    assert read("I understand nothing here", at_consent, {"faq_meaning": 0.9, "inform": 0.01}).intent == "faq_meaning"


def test_a_digression_carries_the_item_that_it_names() -> None:
    asked = ReadingContext("reasons", "long_text")
    assert read("who sees my photo?", asked, {"faq_sees": 0.9, "inform": 0.01}) == Meaning("faq_sees", "photo")
    assert read("what does it cost?", asked, {"faq_cost": 0.9, "inform": 0.01}) == Meaning("faq_cost")
    meaning = read("explain the clause about privacy", asked, {"faq_meaning": 0.99, "inform": 0.01})
    assert meaning == Meaning("faq_meaning", "ethics_privacy")


def test_what_is_asked_survives_the_way_through_the_metadata() -> None:
    asked = ReadingContext("two_months", "yes_no", "I commit to something.")
    assert ReadingContext.from_metadata(asked.to_metadata()) == asked
    assert ReadingContext.from_metadata({}) == ReadingContext()


ASKED = (
    *(
        ReadingContext(str(item.id), item.answer.value, item.wording if item in form.CONSENTS else "")
        for item in form.ASKED
    ),
    *(ReadingContext("start", "start"), ReadingContext("review", "review")),
    *(ReadingContext(question, "yes_no") for question in ("reconsider", "start_over", "cancel")),
    ReadingContext(),
)
INTENTS = (
    *("affirm", "deny", "inform", "register", "faq_cost", "faq_why", "faq_meaning", "chat_thanks", "chat_ack"),
    *("skip", "go_back", "change_answer", "cancel", "start_over", "pause", "resume", "see_review", "repeat"),
)
LIKELIHOODS = st.dictionaries(st.sampled_from(INTENTS), st.floats(0, 1))
MESSAGES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            *(
                "yes",
                "no",
                "I agree",
                "maybe",
                "yes, but not now",
                "only if it is free",
                "I guess so",
                "ok then",
                "sure?",
            ),
            *(
                "why do you ask?",
                "who sees this",
                "delete it",
                "skip this bit",
                "Maria Okafor",
                "a@b.example",
                "3 May 1985",
            ),
            *("that is fine, I suppose", "I have read it", "you have my permission to go on", "never mind", "👍"),
        ]
    ),
)


@given(MESSAGES, st.sampled_from(ASKED), LIKELIHOODS)
def test_the_classifier_never_says_yes_or_no(text: str, asked: ReadingContext, likelihoods: dict[str, float]) -> None:
    meaning = read(text, asked, likelihoods)
    if meaning.intent in ("affirm", "deny"):
        assert read_by_rule(text, asked) == meaning


@given(MESSAGES, st.sampled_from([each for each in ASKED if each.kind == "yes_no" and each.wording]), LIKELIHOODS)
def test_a_consent_is_affirmed_by_a_clear_yes_alone_whatever_the_classifier_finds(
    text: str, asked: ReadingContext, likelihoods: dict[str, float]
) -> None:
    assert asked.id is not None
    clear = read_consent(text, Subject(asked.id, asked.wording)) is Reading.YES
    assert (read(text, asked, likelihoods).intent == "affirm") == clear


@given(MESSAGES, st.sampled_from(ASKED), LIKELIHOODS)
def test_what_a_rule_decides_stands_whatever_the_classifier_finds(
    text: str, asked: ReadingContext, likelihoods: dict[str, float]
) -> None:
    ruled = read_by_rule(text, asked)
    if ruled is not None:
        assert read(text, asked, likelihoods) == ruled


@given(MESSAGES, st.sampled_from([each for each in ASKED if each.kind in TEXT_KINDS]), LIKELIHOODS)
def test_where_words_are_asked_for_nothing_is_affirmed_or_denied_and_nothing_not_understood(
    text: str, asked: ReadingContext, likelihoods: dict[str, float]
) -> None:
    assert read(text, asked, likelihoods).intent not in ("affirm", "deny", "nlu_fallback", "register") or read_by_rule(
        text, asked
    )


@given(MESSAGES, st.sampled_from(ASKED), LIKELIHOODS)
def test_a_target_is_an_item_of_the_form_and_only_for_what_is_about_one(
    text: str, asked: ReadingContext, likelihoods: dict[str, float]
) -> None:
    meaning = read(text, asked, likelihoods)
    assert meaning.target in {None, *(str(item.id) for item in form.ASKED)}
    if meaning.target is not None:
        assert meaning.intent in ABOUT_ITEMS | {"change_answer"}


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: str(asked.id))
def test_nothing_at_all_is_never_a_yes_or_no_nor_a_command(asked: ReadingContext) -> None:
    for text in ("", " ", "\u200b", "🙂", "…", "?"):
        assert read(text, asked, {}).intent in ("inform", "nlu_fallback")


@pytest.mark.parametrize("asked", [each for each in ASKED if each.kind == "yes_no" and not each.wording])
def test_at_a_confirmation_a_clear_yes_or_no_is_one(asked: ReadingContext) -> None:
    assert read_by_rule("yes", asked) == Meaning("affirm")
    assert read_by_rule("No, thanks.", asked) == Meaning("deny")
    assert read_by_rule("yes, but not my photo", asked) is None
    assert read_by_rule("I guess", asked) is None


@pytest.mark.parametrize("question", ["start_over", "cancel"])
@pytest.mark.parametrize(
    "text",
    ["don't delete my answers", "No, do not delete them", "please don't", "no", "never delete it", "don't do it"],
)
def test_who_says_not_to_delete_is_never_taken_to_have_agreed(question: str, text: str) -> None:
    meaning = read(text, ReadingContext(question, "yes_no"), {"cancel": 0.9, "inform": 0.001})
    assert meaning.intent != "affirm"


@pytest.mark.parametrize(
    "text",
    [
        *("yes delete?", "yes delete my answers if you must", "yes delete all but my photo", "yes, start over later"),
        *(
            "delete?",
            "maybe delete",
            "start over?",
            "yes, don't delete",
            "what is deleted",
            "delete nothing",
            "restart?",
        ),
    ],
)
@pytest.mark.parametrize("question", ["start_over", "cancel"])
def test_a_deletion_is_agreed_to_clearly_or_not_at_all(question: str, text: str) -> None:
    assert read(text, ReadingContext(question, "yes_no"), {"affirm": 1.0}).intent != "affirm"


@pytest.mark.parametrize(
    "text", ["maria@example.org", "my mail is a@b.example", "skip@example.org", "why@example.org?"]
)
def test_an_address_is_an_answer_where_one_is_asked_for(text: str) -> None:
    assert read(text, ReadingContext("email", "email"), {"skip": 1.0, "faq_why": 1.0}) == Meaning("inform")


@pytest.mark.parametrize("text", ["status", "cover letter", "cost accounting", "back office", "time management"])
def test_an_answer_of_a_word_or_two_is_no_digression(text: str) -> None:
    likelihoods = {"faq_cost": 1.0, "faq_status": 1.0, "faq_time": 1.0, "go_back": 1.0}
    if read_by_rule(text, ReadingContext("expertise", "long_text")) is None:
        assert read(text, ReadingContext("expertise", "long_text"), likelihoods) == Meaning("inform")


@pytest.mark.parametrize(
    "text",
    [
        "Why not? Somebody helped me once.",
        "How could I not help? I was out of work myself.",
        "What else could I do? I have trained people all my life.",
        "Who wouldn’t want to help? It is a good thing.",
        "Because I can. What does it cost me? Nothing.",
        "I got my first job through a mentor; who else would show them?",
        "People ask me: how long does it take? I say: as long as it needs.",
    ],
)
def test_a_question_that_the_mentor_answers_is_a_part_of_the_answer(text: str) -> None:
    likely = {"faq_why": 0.9, "inform": 0.01}
    meaning = reader.read(
        text,
        ReadingContext("reasons", "long_text"),
        lambda part: likely if part.endswith("?") and part != text else {"inform": 0.9},
    )
    assert meaning == Meaning("inform")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("How long should it be? I like to help people.", "I like to help people."),
        ("I like to help people. Who sees this? How long is it kept?", "I like to help people."),
    ],
)
def test_a_question_to_us_is_none(text: str, answer: str) -> None:
    likely = {"faq_sees": 0.9, "inform": 0.01}
    meaning = reader.read(
        text, ReadingContext("reasons", "long_text"), lambda part: likely if part.endswith("?") else {"inform": 0.9}
    )
    assert (meaning.intent, meaning.value) == ("inform", answer)
    assert meaning.also == (Act("faq_sees"),)


def test_the_floor_can_be_set() -> None:
    strict, lax = Thresholds(floor=1.01), Thresholds(floor=0.0)
    at_photo, likely = ReadingContext("photo", "photo"), {"faq_photo": 0.5, "inform": 0.5}
    assert read("what kind of picture?", at_photo, likely, strict).intent == "nlu_fallback"
    assert read("what kind of picture?", at_photo, likely, lax) == Meaning("faq_photo")


GUESSED_AT = [each for each in ASKED if each.kind not in FREE_KINDS]


@pytest.mark.parametrize("asked", GUESSED_AT, ids=lambda asked: str(asked.id))
def test_below_the_floor_nothing_is_guessed_and_what_is_near_is_offered(asked: ReadingContext) -> None:
    likely = {"faq_cost": 0.3, "remark": 0.25, "faq_why": 0.2, "inform": 0.15, "faq_time": 0.1}
    meaning = read("the strange thing here", asked, likely)
    assert meaning.intent in ("nlu_fallback", "inform")
    assert meaning.choices == (Act("faq_cost"), Act("faq_why"))
    assert read("the strange thing here", asked, {**likely, "faq_cost": Thresholds().floor}) == Meaning("faq_cost")


def test_at_most_three_choices_are_offered_and_none_where_nothing_is_near() -> None:
    at_photo = ReadingContext("photo", "photo")
    many = dict.fromkeys(("faq_cost", "faq_why", "faq_time", "faq_data"), 0.2)
    assert len(read("so what", at_photo, many).choices) == 3
    assert read("so what", at_photo, dict.fromkeys(many, 0.14)) == Meaning("nlu_fallback")


def test_a_choice_carries_the_item_that_is_named() -> None:
    meaning = read(
        "my photo, hm", ReadingContext("two_months", "yes_no", "I commit."), {"change_answer": 0.4, "faq_sees": 0.3}
    )
    assert meaning.choices == (Act("change_answer", "photo"), Act("faq_sees", "photo"))


@given(MESSAGES, st.sampled_from(ASKED), LIKELIHOODS)
def test_nothing_that_ends_deletes_or_answers_is_offered(
    text: str, asked: ReadingContext, likelihoods: dict[str, float]
) -> None:
    offered = {act.intent for act in read(text, asked, likelihoods).choices}
    assert offered <= OFFERED
    assert not OFFERED & {*BY_RULE_ONLY, SOME_ENDING, "affirm", "deny", "register", "inform", "resume"}


def test_where_words_are_the_answer_nothing_is_offered() -> None:
    for kind in FREE_KINDS:
        assert read("the strange thing here", ReadingContext(None, kind), {"faq_cost": 0.4}) == Meaning("inform")


def test_register_is_a_command_at_the_start_only() -> None:
    likely = {"register": 0.9, "inform": 0.1}
    assert read("I want to become one", ReadingContext("start", "start"), likely) == Meaning("register")
    assert read("I want to become one", ReadingContext(), likely) == Meaning("register")
    assert read("I want to become one", ReadingContext("photo", "photo"), likely) == Meaning("nlu_fallback")


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: str(asked.id))
def test_every_question_survives_the_way_through_the_metadata(asked: ReadingContext) -> None:
    assert ReadingContext.from_metadata(json.loads(json.dumps(asked.to_metadata()))) == asked


@pytest.mark.parametrize("kind", ["email", "code", "date", "photo"])
def test_what_cannot_be_a_value_is_rather_a_question(kind: str) -> None:
    likely = {"inform": 0.5, "faq_sees": 0.3, "faq_data": 0.1}
    assert read("so strangers can read it all", ReadingContext(None, kind), likely).intent == "faq_sees"
    assert read("so strangers can read it all", ReadingContext(None, "long_text"), likely) == Meaning("inform")
    unsure = read("so strangers can read it all", ReadingContext(None, kind), {"inform": 0.6, "faq_sees": 0.15})
    assert unsure.choices == (Act("faq_sees"),)
    assert read("12", ReadingContext(None, kind), {"faq_sees": 0.9}).intent != "faq_sees"


def test_a_sentence_at_a_name_is_rather_a_question_and_a_name_is_none() -> None:
    at_name, likely = ReadingContext("full_name", "name"), {"inform": 0.5, "faq_meaning": 0.3}
    assert read("what do you mean legal", at_name, likely).intent == "faq_meaning"
    assert read("should I put it as it is on my card", at_name, {"inform": 0.5, "faq_meaning": 0.2}).choices
    assert read("Ann Lee", at_name, likely) == Meaning("inform")
    assert read("NONE OF YOUR BUSINESS", at_name, {}) == Meaning("skip")


def test_a_sentence_at_a_place_may_be_a_question_or_a_pause() -> None:
    at_place = ReadingContext("region", "region")
    assert read("New South Wales", at_place, {"chat_wait": 0.6}) == Meaning("inform")
    assert read("hang on my daughter calls", at_place, {"chat_wait": 0.95}).intent == "chat_wait"


def test_who_does_not_know_what_to_write_asks_it() -> None:
    at_text = ReadingContext("reasons", "long_text")
    assert read("not sure what you want here", at_text, {"faq_meaning": 0.6}).intent == "faq_meaning"
    assert read("what should I write", at_text, {}).intent == "faq_example"
    story = "not sure what I would be without the teacher who helped me when I had nothing at all"
    assert read(story, at_text, {"faq_meaning": 0.6}) == Meaning("inform")


def test_a_new_code_is_offered_where_one_is_asked_for() -> None:
    likely = {"resend_code": 0.4}
    assert read("it never came", ReadingContext("email_code", "code"), likely).choices == (Act("resend_code"),)
    assert not read("it never came", ReadingContext("photo", "photo"), likely).choices


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "I'm Ana Souza, ana@example.org, where do I start?",
            (Act("change_answer", "full_name", "Ana Souza"), Act("change_answer", "email", "ana@example.org")),
        ),
        ("I'm Ana, ana@example.org", (Act("change_answer", "email", "ana@example.org"),)),
        ("bonjour, moi c'est Ana Souza, on commence ?", (Act("change_answer", "full_name", "Ana Souza"),)),
    ],
)
def test_a_registration_may_begin_with_values(text: str, values: tuple[Act, ...]) -> None:
    assert read(text, ReadingContext("start", "start"), {}) == Meaning("register", also=values)


@pytest.mark.parametrize(
    "text", [f"I'm Ana Souza, what is {ORGANISATION.name}?", "I don't want to register, ana@example.org"]
)
def test_a_registration_does_not_begin_with_a_question_or_a_refusal(text: str) -> None:
    assert read(text, ReadingContext("start", "start"), {"faq_organisation": 0.9}).intent != "register"


def test_a_question_beside_a_date_of_birth_is_answered() -> None:
    asked = ReadingContext("date_of_birth", "date")
    likely = {"faq_why": 0.9}
    assert reader.read("• • •, why do you want it?", asked, lambda _part: likely) == Meaning(
        "inform", also=(Act("faq_why"),)
    )
    assert reader.read("• • •. Is that fine?", asked, lambda _part: {}) == Meaning("inform")


def test_another_address_at_the_code_is_one_for_e_mails() -> None:
    asked = ReadingContext("email_code", "code")
    likely = {"change_answer": 0.9}
    assert read("use a different address please", asked, likely) == Meaning("change_answer", "email")
    assert read("I want to change something", asked, likely) == Meaning("change_answer")
