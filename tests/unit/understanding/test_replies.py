"""Replies in the words of a list: which account, begin, send it, save it, the code does not come."""

from __future__ import annotations

import pytest

from bot.understanding.reader import SAVE, Meaning, ReadingContext, read_by_rule
from bot.understanding.replies import (
    account_in,
    confirms,
    has_none,
    is_about_code,
    refuses,
    says_start,
    says_submit,
)

NEW = [
    "I shall need to register.",
    "I guess I need to register then",
    "register please",
    "option 2",
    "Non, I don't have one",
    "Je n'ai pas encore de compte",
    "non, je n’ai pas de compte",
    "I'm new here, sorry",
]
EXISTING = [
    "already registered on the site",
    "option 1",
    "Yes, I have one",
    "J'ai déjà un compte",
    "I signed up last year",
]


@pytest.mark.parametrize("text", NEW)
def test_who_needs_an_account_says_so_in_their_own_words(text: str) -> None:
    assert account_in(text) == "deny"
    assert read_by_rule(text, ReadingContext("account", "choice")) == Meaning("deny")


@pytest.mark.parametrize(
    "text",
    [
        "oh sorry I dont have one",
        "wait I don't have an account actually",
        "Hmm, I haven't got one yet",
        "je n'en ai pas",
    ],
)
def test_there_may_be_none_where_an_address_is_asked_for(text: str) -> None:
    assert has_none(text)
    assert read_by_rule(text, ReadingContext("email", "email")) == Meaning("skip")


@pytest.mark.parametrize("text", ["I don't have an e-mail", "I don't have one?", "no", "none@example.org"])
def test_what_says_nothing_of_the_kind_is_read_as_before(text: str) -> None:
    assert not has_none(text)


@pytest.mark.parametrize("text", EXISTING)
def test_who_has_an_account_says_so_in_their_own_words(text: str) -> None:
    assert account_in(text) == "affirm"
    assert read_by_rule(text, ReadingContext("account", "choice")) == Meaning("affirm")


@pytest.mark.parametrize(
    "text",
    ["I think I signed up last year", "do I have an account?", "option 3", "my wife has an account", "register me?"],
)
def test_what_leaves_it_open_is_no_choice(text: str) -> None:
    assert account_in(text) is None


STARTS = [
    "lets go",
    "FINE. START.",
    "Bonjour ! On peut commencer ?",
    "Yes, on y va!",
    "hey how do i strat",
    "Je voudrais m'inscrire s'il vous plaît",
]


@pytest.mark.parametrize("text", STARTS)
def test_who_wants_to_begin_begins_at_the_start_only(text: str) -> None:
    assert says_start(text)
    assert read_by_rule(text, ReadingContext("start", "start")) == Meaning("register")
    assert read_by_rule(text, ReadingContext("two_months", "yes_no", "I commit.")) not in (
        Meaning("register"),
        Meaning("affirm"),
    )


@pytest.mark.parametrize(
    "text", ["don't start", "start what?", "when does it start", "I am ready to complain", "go away"]
)
def test_other_words_do_not_begin(text: str) -> None:
    assert not says_start(text)


SENDS = [
    "Yes please send it off",
    "sumbit",
    "Lovely, now send it off please dear",
    "just send the damn thing",
    "that's all correct, you can send it",
    "Envoyer",
    "c'est bon, envoyez",
]


@pytest.mark.parametrize("text", SENDS)
def test_the_registration_is_sent_in_the_mentors_words(text: str) -> None:
    assert says_submit(text)
    assert read_by_rule(text, ReadingContext("review", "review")) == Meaning("affirm")


@pytest.mark.parametrize(
    "text",
    [
        "don't send it",
        "send it later",
        "send me the code",
        "can I send it?",
        "before you send it",
        "all correct",
        "thanks",
    ],
)
def test_nothing_else_sends_it(text: str) -> None:
    assert not says_submit(text)


@pytest.mark.parametrize(
    "text",
    [
        "how do I send it?",
        "How do I sumbit this",
        "where do I press to send",
        "comment j'envoie ?",
        "ok how to send it off",
    ],
)
def test_who_asks_how_to_send_it_is_told_and_sends_nothing(text: str) -> None:
    assert not says_submit(text)
    assert read_by_rule(text, ReadingContext("review", "review")) == Meaning("faq_example")
    assert read_by_rule(text, ReadingContext("photo", "photo")) != Meaning("faq_example")


def test_that_all_is_correct_is_a_yes_that_does_not_send() -> None:
    assert read_by_rule("It's all correct.", ReadingContext("review", "review")) == Meaning("affirm")
    assert not says_submit("It's all correct.")


@pytest.mark.parametrize(
    "text", ["cant find it", "it doesn't work!!!", "Where do I find it?", "je ne trouve pas le code"]
)
def test_who_has_trouble_with_the_code_is_told_about_it(text: str) -> None:
    assert is_about_code(text)
    assert read_by_rule(text, ReadingContext("email_code", "code")) == Meaning("faq_trouble")
    assert read_by_rule(text, ReadingContext("photo", "photo")) != Meaning("faq_trouble")


def test_a_code_in_a_sentence_is_an_answer() -> None:
    assert read_by_rule("here it is: 204 816, thanks", ReadingContext("email_code", "code")) == Meaning("inform")


def test_a_question_is_confirmed_in_its_own_words_only() -> None:
    assert confirms("that's my name", SAVE) == "affirm"
    assert confirms("yes, please delete everything", "cancel") == "affirm"
    assert confirms("please don't delete anything", "cancel") == "deny"
    assert confirms("delete everything", "cancel") is None, "a yes goes before it"
    assert confirms("save it?", SAVE) is None
    assert confirms("save it", "cancel") is None


def test_which_of_two_registrations_is_named() -> None:
    assert confirms("the old one, please", "join") == "affirm"
    assert confirms("keep this one", "join") == "deny"
    assert confirms("the first one", "join") is None


def test_a_name_at_the_question_whether_to_save_one_takes_its_place() -> None:
    assert read_by_rule("no, it's Ann Lee", ReadingContext(SAVE, "name")) == Meaning("inform")
    assert read_by_rule("no", ReadingContext(SAVE, "name")) == Meaning("deny")


def test_a_no_to_being_asked_depends_on_the_question() -> None:
    assert refuses("Je préfère ne pas répondre", "long_text")
    assert refuses("none", "name")
    assert not refuses("none", "long_text")


@pytest.mark.parametrize(("text", "meant"), [("the first one", "affirm"), ("2", "deny"), ("la deuxième", "deny")])
def test_a_button_of_the_question_whether_to_save_is_named_by_its_place(text: str, meant: str) -> None:
    assert confirms(text, "save") == meant
    assert confirms("the third one", "save") is None
