"""What ends, begins again, takes back or sets right: read by rule from the whole message, and never by likelihood."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.readable import reading_context
from bot.dialogue.model import REPOSITORY
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import CANCEL, RECONSIDER, REVIEW, START, START_OVER
from bot.understanding.commands import Command, read_command
from bot.understanding.endings import may_end_something, read_ending
from bot.understanding.learned import BY_RULE_ONLY, LEARNED_AS, SOME_ENDING
from bot.understanding.reader import Meaning, ReadingContext, read_by_rule
from tests.support.reading import read

QUESTIONS: tuple[ItemId | None, ...] = (*(item.id for item in form.ASKED), START, REVIEW, RECONSIDER, None)
#: What somebody says who wants to go on: each of these once led to a question whether to delete everything.
GOING_ON = (
    *("submit it please", "now send it off please", "I want send my registration", "please submit", "all gud"),
    *("I'm not registered", "please keep it all", "I agree, end of story", "send everything", "keep my account"),
    *("I want to register again", "stop, I agree with everything", "submit it all over again", "start sending it"),
    *("cancel nothing, send it", "leave it all as it is and submit", "envoyez tout", "je veux m'inscrire"),
)


@pytest.mark.parametrize(
    "text",
    [
        *("delete my account", "Please delete my account!", "can you delete my account?", "delete my registration now"),
        *("I want you to delete all my data", "I'd like my data deleted", "erase everything you know about me"),
        *("remove me from your list", "get rid of my account", "close my account", "cancel my registration please"),
        *("forget it, delete my answers", "I quit, erase all of it", "end the registration and delete what i wrote"),
        *("I don't want to be a mentor any more, end this", "i changed my mind, please cancel the whole thing"),
        *("withdraw my application", "I'm withdrawing my registration", "unregister me", "quit", "abort", "/cancel"),
        *("supprimer mon compte", "Je veux supprimer mon compte, s'il vous plaît", "effacer mes réponses", "annuler"),
        *("tout effacer", "supprimez toutes mes données", "je ne veux plus être mentor"),
    ],
)
def test_people_have_everything_deleted_in_their_own_words(text: str) -> None:
    for kind in ("long_text", "yes_no", "review", None):
        assert read_command(text, kind) == Command("cancel")


@pytest.mark.parametrize(
    "text",
    [
        *("start over", "Restart", "can we start again please?", "I want to begin again from scratch", "reset"),
        *("restart the whole registration", "let's do it all over from scratch", "redo everything", "from the top"),
        *("I messed it all up, let's start from the beginning", "Wipe it and start again from question one"),
        *("delete everything and start over", "recommencer", "tout recommencer depuis le début", "repartir à zéro"),
    ],
)
def test_people_begin_again_in_their_own_words(text: str) -> None:
    for kind in ("long_text", "yes_no", "review", None):
        assert read_command(text, kind) == Command("start_over")


@pytest.mark.parametrize(
    "text",
    [
        *("withdraw a consent", "I want to withdraw a consent", "withdraw consent", "I'd like to withdraw my consents"),
        *("take back one of my consents", "I take it back", "can I take that back?", "I no longer agree"),
        *("I don't agree any more", "revoke my agreement", "cancel my consent", "I want to undo a promise I made"),
        *(
            "withdrawal of consent",
            "retirer mon accord",
            "Je voudrais retirer un consentement",
            "je ne suis plus d'accord",
        ),
    ],
)
def test_a_consent_is_withdrawn_in_any_words(text: str) -> None:
    for question in (*QUESTIONS, CANCEL):
        assert read_by_rule(text, reading_context(question)) in (
            Meaning("withdraw_consent"),
            Meaning("deny"),
            Meaning("affirm"),
        )
    assert read_by_rule(text, ReadingContext()) == Meaning("withdraw_consent")
    assert read_by_rule(text, reading_context(REVIEW)) == Meaning("withdraw_consent")


@pytest.mark.parametrize("text", ["unsubscribe", "Unsubscribe me, please", "stop the e-mails", "me désabonner"])
def test_to_unsubscribe_is_to_get_no_more_reminders(text: str) -> None:
    assert read_command(text) == Command("stop_reminders")


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("Actually no, I take back what I said about the background check", "background_check"),
        ("I no longer agree with the publishing", "published_and_rated"),
        ("I no longer agree to being published and rated", "published_and_rated"),
        ("I don't agree with clause 3 any more", "ethics_laws"),
        ("I withdraw my consent to the two months", "two_months"),
        ("I want to take what I said about the background check back", "background_check"),
        ("I've changed my mind about the privacy clause", "ethics_privacy"),
        ("take back my permission for the background check", "background_check"),
        ("sorry, I take back my yes to the code of ethics", "code_of_ethics"),
        ("I take back what I said about confidentiality", "ethics_confidentiality"),
        ("je ne suis plus d'accord avec la publication", "published_and_rated"),
        ("je retire mon accord pour la vérification des antécédents", "background_check"),
    ],
)
def test_what_is_taken_back_by_name_is_asked_again(text: str, item: str) -> None:
    for question in (ItemId("reasons"), ItemId("ethics_records"), REVIEW, RECONSIDER, None):
        assert read(text, reading_context(question), {}) == Meaning("change_answer", item)


@pytest.mark.parametrize("item", form.CONSENTS, ids=lambda item: str(item.id))
def test_a_no_to_what_is_asked_is_a_no_to_it(item: form.Item) -> None:
    assert read_by_rule("I do not agree", reading_context(item.id)) == Meaning("deny")


@pytest.mark.parametrize(
    "text",
    [
        *("sorry, I meant yes", "Sorry, I meant no!", "no, I meant yes", "oops, I meant to say no", "I meant I agree"),
        *("I pressed the wrong button", "I clicked no by mistake", "désolé, je voulais dire oui", "pardon, I meant no"),
    ],
)
def test_who_meant_it_otherwise_is_understood_everywhere(text: str) -> None:
    for question in QUESTIONS:
        assert read(text, reading_context(question), {"chat_sorry": 1.0, "inform": 0.001}) == Meaning("meant_otherwise")


@pytest.mark.parametrize(
    "text", ["I changed my mind, I agree again", "I agree again", "ok I changed my mind", "agree again"]
)
def test_who_agrees_again_is_understood_where_something_is_refused(text: str) -> None:
    assert read_by_rule(text, reading_context(RECONSIDER)) == Meaning("affirm")


@pytest.mark.parametrize(
    "text",
    ["I will not agree again", "I changed my mind, no", "I do not agree", "I agree again if you pay me", "agree?"],
)
def test_who_does_not_agree_again_has_not_said_so(text: str) -> None:
    assert read_by_rule(text, reading_context(RECONSIDER)) != Meaning("affirm")


@pytest.mark.parametrize(
    "text",
    [
        *("I quit my job to become a mentor", "start a new business", "delete my photo", "I start again every day"),
        *(
            "what happens if I delete my account?",
            "how do I delete my account",
            "don't delete my account",
            "never cancel",
        ),
        *("I helped people to start over after prison", "can I take it back after I submit?", "stop it", "leave it"),
        *(
            "can i withdraw my permission afterwards",
            "I ended my career",
            "I no longer agree with how my company works",
        ),
        *("delete everything but my photo", "cancel culture", "start over? no", "do not delete anything, please"),
    ],
)
def test_other_words_end_nothing(text: str) -> None:
    assert read_ending(text, "long_text") is None


@pytest.mark.parametrize("text", GOING_ON)
@pytest.mark.parametrize("question", QUESTIONS)
def test_who_wants_to_go_on_is_not_asked_about_an_end(text: str, question: ItemId | None) -> None:
    certain = dict.fromkeys((*BY_RULE_ONLY, SOME_ENDING), 1.0) | {"inform": 0.000001}
    assert read(text, reading_context(question), certain).intent not in {*BY_RULE_ONLY, SOME_ENDING}


@pytest.mark.parametrize(
    "text",
    [
        "submit it please",
        "now send it off please",
        "I want send my registration",
        "please submit",
        "send it in, please",
    ],
)
def test_people_submit_in_their_own_words(text: str) -> None:
    assert read_by_rule(text, reading_context(REVIEW)) == Meaning("affirm")


@pytest.mark.parametrize(
    "text", ["don't submit it", "send it tomorrow", "send it?", "submit it without my photo", "I sent it"]
)
def test_other_words_submit_nothing(text: str) -> None:
    assert read_by_rule(text, reading_context(REVIEW)) != Meaning("affirm")


def test_who_is_not_registered_needs_an_account() -> None:
    assert read_by_rule("I'm not registered", reading_context(form.ACCOUNT)) == Meaning("deny")


@given(st.text(max_size=80), st.sampled_from([*QUESTIONS, CANCEL, START_OVER]), st.floats(0, 1), st.floats(0, 1))
def test_no_likelihood_ends_or_deletes_anything(
    text: str, question: ItemId | None, first: float, second: float
) -> None:
    likelihoods = dict.fromkeys(BY_RULE_ONLY, first) | {"inform": second}
    meaning = read(text, reading_context(question), likelihoods)
    assert meaning.intent not in BY_RULE_ONLY or meaning == read_by_rule(text, reading_context(question))


def test_what_only_sounds_like_an_end_is_asked_about() -> None:
    likely = {SOME_ENDING: 0.9, "inform": 0.01}
    for text in ("I am no longer interested", "delete", "don't submit, cancel the whole thing"):
        assert read(text, reading_context(REVIEW), likely) == Meaning(SOME_ENDING)
    for text in ("all gud", "lovely weather", "please submit my stuff and end it"):
        assert read(text, reading_context(REVIEW), likely).intent != SOME_ENDING


def test_the_classifier_learns_no_intent_that_is_read_by_rule_only() -> None:
    assert set(LEARNED_AS) <= BY_RULE_ONLY
    assert BY_RULE_ONLY.isdisjoint(LEARNED_AS.values())


def test_the_examples_of_what_is_read_by_rule_are_read_by_rule() -> None:
    blocks = yaml.safe_load((REPOSITORY / "nlu" / "commands.yml").read_text(encoding="utf-8"))["nlu"]
    examples = {
        each["intent"]: [line.removeprefix("- ") for line in each["examples"].splitlines()]
        for each in blocks
        if each["intent"] in BY_RULE_ONLY
    }
    assert set(examples) == BY_RULE_ONLY - {"change_language"}  # which names its language, too: test_languages.py
    for intent, texts in examples.items():
        assert [each for each in texts if read_command(each) != Command(intent)] == []


@given(st.text(alphabet="please delete my account and start over i take it back , .", max_size=600))
def test_a_long_message_is_read_quickly(text: str) -> None:
    before = time.perf_counter()
    read_ending(text)
    may_end_something(text)
    assert time.perf_counter() - before < 0.5
