"""What a reply that no rule reads is likely to be: it may begin, choose or send, and never agrees to anything."""

from __future__ import annotations

import pytest

from bot.registration import form
from bot.registration.form import ItemId
from bot.understanding.learned import LIKELY_REPLY
from bot.understanding.reader import UNKNOWN, Meaning, ReadingContext
from tests.support.reading import read

CONFIDENTIALITY = ItemId("ethics_confidentiality")
AT_CONSENT = ReadingContext(CONFIDENTIALITY, "yes_no", form.BY_ID[CONFIDENTIALITY].wording)
#: In no list.
WORDS = "zum zum zum"


@pytest.mark.parametrize(
    ("kind", "likelihoods", "intent"),
    [
        ("start", {"register": 0.3, "affirm": 0.2, "inform": 0.5}, "register"),
        ("start", {"resume": 0.9}, "register"),
        ("start", {"deny": 0.6}, "deny"),
        ("choice", {"has_account": 0.5}, "affirm"),
        ("choice", {"has_no_account": 0.3, "register": 0.2}, "deny"),
        ("review", {"all_right": 0.5}, "affirm"),
        ("review", {"deny": 0.5}, "deny"),
    ],
)
def test_a_likely_reply_counts_where_nothing_is_promised(kind: str, likelihoods: dict[str, float], intent: str) -> None:
    context = ReadingContext(form.ACCOUNT if kind == "choice" else kind, kind)
    assert read(WORDS, context, likelihoods) == Meaning(intent)
    halved = {each: likelihood / 4 for each, likelihood in likelihoods.items()} | {"undecided": 0.7}
    assert read(WORDS, context, halved) == Meaning(UNKNOWN)
    for no_reply in (f"{WORDS}?", "do I need one", "🙄" * 9):
        assert read(no_reply, context, likelihoods).intent != intent


@pytest.mark.parametrize(
    "text", ["wait dont submit", "hold on, send it later", "never submit", "envoie pas", "attends"]
)
def test_who_holds_back_says_no_yes_to_the_review(text: str) -> None:
    assert read(text, ReadingContext("review", "review"), {"all_right": 0.9}) != Meaning("affirm")
    assert read("off with it", ReadingContext("review", "review"), {"all_right": 0.9}) == Meaning("affirm")


@pytest.mark.parametrize("kind", ["start", "choice", "review"])
def test_what_is_likelier_a_question_is_answered(kind: str) -> None:
    likelihoods = {"faq_cost": 0.6, "affirm": 0.1, "register": 0.1, "has_account": 0.1, "all_right": 0.1}
    assert read(WORDS, ReadingContext(kind, kind), likelihoods) == Meaning("faq_cost")


@pytest.mark.parametrize("said", ["affirm", "deny"])
def test_a_likely_yes_or_no_to_a_consent_is_asked_back(said: str) -> None:
    assert read(WORDS, AT_CONSENT, {said: 0.9}) == Meaning(LIKELY_REPLY)
    assert read(WORDS, AT_CONSENT, {said: 0.4}) == Meaning(UNKNOWN)
    assert read(WORDS, AT_CONSENT, {said: 0.9, "undecided": 0.1}) == Meaning(UNKNOWN)
    assert read(f"{WORDS} 🙄", AT_CONSENT, {said: 0.9}) == Meaning(UNKNOWN)
    assert read(f"{WORDS} " * 4, AT_CONSENT, {said: 0.9}) == Meaning(UNKNOWN)


@pytest.mark.parametrize("question", ["start_over", "cancel", "withdraw"])
def test_nothing_is_ended_or_taken_back_because_it_is_likely(question: str) -> None:
    assert read(WORDS, ReadingContext(question, "yes_no"), {"affirm": 1.0}) == Meaning(UNKNOWN)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Yes. I will hand over my notes whenever they ask", LIKELY_REPLY),
        ("Agreed, they can call you if there is a concern", LIKELY_REPLY),
        ("Either of them may end it whenever they want. I agree", LIKELY_REPLY),
        ("Yes, unless somebody is in danger", UNKNOWN),
        ("Yes, but my wife may know", UNKNOWN),
        ("I agree, provided that they do too", UNKNOWN),
        ("If they pay me, yes", UNKNOWN),
        ("yes when nobody looks", UNKNOWN),
        ("yes, for one month", UNKNOWN),
        ("agreed, with one of them a day", UNKNOWN),
    ],
)
def test_a_condition_of_a_remark_is_none_of_the_yes_before_it(text: str, intent: str) -> None:
    assert read(text, AT_CONSENT, {"affirm": 0.9}) == Meaning(intent)
    assert read(text, AT_CONSENT, {"affirm": 0.3, "undecided": 0.7}) == Meaning(UNKNOWN)
    assert read(text, AT_CONSENT, {"affirm": 0.01, "inform": 0.9}) == Meaning(UNKNOWN)


@pytest.mark.parametrize(
    "text", ["that's a long clause, but yes, I agree", "c'est une longue clause, mais oui, je suis d'accord"]
)
def test_a_yes_after_a_but_is_asked_back(text: str) -> None:
    assert read(text, AT_CONSENT, {"affirm": 0.9}) == Meaning(LIKELY_REPLY)


@pytest.mark.parametrize(
    "text",
    ["never!", "no, never", "jamais !", "jamais de la vie", "I would never do that", "jamais je ne ferais ça"],
)
def test_a_never_may_affirm_what_forbids_something(text: str) -> None:
    for consent, intent in ((ItemId("ethics_no_exploitation"), LIKELY_REPLY), (ItemId("two_months"), "deny")):
        asked = ReadingContext(consent, "yes_no", form.BY_ID[consent].wording)
        assert read(text, asked, {}) == Meaning(intent)


@pytest.mark.parametrize("aside", ["remark", "chat_laugh", "faq_trouble"])
def test_what_is_hardly_an_answer_is_asked_back_before_it_is_saved(aside: str) -> None:
    for asked in (ReadingContext("reasons", "long_text"), ReadingContext("full_name", "name")):
        assert read(WORDS, asked, {aside: 0.6, "inform": 0.4}) == Meaning(LIKELY_REPLY)
        assert read(WORDS, asked, {aside: 0.4, "inform": 0.6}) == Meaning("inform")
    assert read("zum zum", ReadingContext("reasons", "long_text"), {aside: 0.6}) == Meaning("inform")
    assert read("Zum Zum zum", ReadingContext("full_name", "name"), {aside: 0.6}) == Meaning("inform")


@pytest.mark.parametrize("text", ["my name is Ann Lee by the way", "I live in Ontario now"])
def test_an_answer_to_another_question_is_asked_back_before_it_is_saved(text: str) -> None:
    assert read(text, ReadingContext("expertise", "long_text"), {"inform": 0.9}).intent != "inform"


@pytest.mark.parametrize("said", ["has_account", "has_no_account"])
def test_an_answer_about_the_account_is_no_name(said: str) -> None:
    at_name = ReadingContext("full_name", "name")
    assert read(WORDS, at_name, {said: 0.9}) == Meaning("change_answer", "account")
    assert read("Zum Zum zum", at_name, {said: 0.9}) == Meaning("inform")


@pytest.mark.parametrize("text", ["I forgot if I have one", "j'ai oublié si j'en ai un"])
def test_a_forgotten_account_is_not_one(text: str) -> None:
    assert read(text, ReadingContext("account", "choice"), {"has_account": 0.9}).intent not in ("affirm", "deny")


def test_a_new_code_is_sent_only_where_one_is_asked_for() -> None:
    for kind, is_sent in (("code", True), ("photo", False), ("date", False)):
        asked = ReadingContext(None, kind)
        assert (read("zum zum zum", asked, {"resend_code": 0.9}) == Meaning("resend_code")) is is_sent
