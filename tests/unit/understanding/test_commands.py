"""Commands: whole messages only, and every target is an item of the form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.registration import form
from bot.registration.form import ItemId
from bot.understanding.commands import Command, read_command


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("back", "go_back"),
        ("Go back, please!", "go_back"),
        ("/back", "go_back"),
        ("previous question", "go_back"),
        ("review", "see_review"),
        ("Review my answers.", "see_review"),
        ("continue", "resume"),
        ("keep my answer", "resume"),
        ("repeat the question", "repeat"),
        ("Start", "register"),
        ("let’s start", "register"),
        ("Let’s go!", "register"),
        ("help", "faq_help"),
        ("/help", "faq_help"),
        ("/status", "faq_status"),
        ("What’s my status", "faq_status"),
        ("/start", "chat_greet"),
        ("What is this?", "faq_meaning"),
        ("what’s this all about", "faq_meaning"),
        ("C’est quoi ça ?", "faq_meaning"),
        ("Is my profile online?", "faq_status"),
        ("mon profil est-il en ligne ?", "faq_status"),
    ],
)
def test_commands_are_known(text: str, name: str) -> None:
    assert read_command(text) == Command(name)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("change my expertise", "expertise"),
        ("Please change my expertise.", "expertise"),
        ("edit my name", "full_name"),
        ("correct my e-mail address", "email"),
        ("change the email please", "email"),
        ("I want to change my reasons", "reasons"),
        ("I’d like to change my photo again", "photo"),
        ("I want another photo", "photo"),
        ("I'd like a different picture", "photo"),
        ("fix my date of birth", "date_of_birth"),
        ("update my birthday", "date_of_birth"),
        ("CHANGE MY EXPERIENCE", "experience"),
        ("redo account", "account"),
        ("change my permission", "background_check"),
        ("change clause 3", "ethics_laws"),
        ("change part 15 please", "ethics_right_to_end"),
    ],
)
def test_a_change_names_an_item(text: str, target: str) -> None:
    assert read_command(text) == Command("change_answer", target)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙂",
        "I went back to school",
        "back in 2010 I started a shop",
        "I helped people to change their life",
        "change my mind",
        "change",
        "change my",
        "please help me to find a mentor",
        "I review code for a living",
        "I continue to learn",
        "I want another chance",
        "do not change my photo",
    ],
)
def test_a_command_inside_a_sentence_is_none(text: str) -> None:
    assert read_command(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("skip", "skip"),
        ("Skip this question, please", "skip"),
        ("pause", "pause"),
        ("Stop", "pause"),
        ("start over", "start_over"),
        ("can we start again please", "start_over"),
        ("cancel", "cancel"),
        ("Delete my answers!", "cancel"),
        ("delete everything", "cancel"),
    ],
)
def test_what_asks_first_is_known_too(text: str, name: str) -> None:
    assert read_command(text) == Command(name)


@pytest.mark.parametrize("text", ["Resume", "review"])
def test_where_anything_may_be_written_some_commands_are_answers(text: str) -> None:
    assert read_command(text) is not None
    assert read_command(text, "long_text") is None


def test_every_question_of_the_form_can_be_changed_by_words() -> None:
    names = {
        "account": "account",
        "full_name": "legal name",
        "email": "e-mail address",
        "reasons": "reasons",
        "experience": "experience",
        "expertise": "areas of expertise",
        "photo": "photo",
        "date_of_birth": "date of birth",
        "background_check": "background check permission",
        "two_months": "two months commitment",
        "published_and_rated": "published and rated",
        "code_of_ethics": "code of ethics",
    }
    names |= {item.id: f"clause {number}" for number, item in enumerate(form.CLAUSES, start=1)}
    assert {ItemId(name) for name in names} == {item.id for item in form.ASKED}
    for item, name in names.items():
        assert read_command(f"change my {name}") == Command("change_answer", item)


@given(st.text(max_size=120))
def test_every_text_gets_a_reading(text: str) -> None:
    command = read_command(text)
    assert command is None or (command.name == "change_answer") == (command.target is not None)


@given(st.text(alphabet="change my edit I want another ", max_size=400))
def test_a_long_text_is_read_quickly(text: str) -> None:
    assert read_command(text) is None or len(text) < 200


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("can we go back?", "go_back"),
        ("ok, go back now please", "go_back"),
        ("hey, help", "faq_help"),
        ("sorry, wait, stop", "pause"),
        ("“Review my answers”", "see_review"),
        ("ＳＴＯＰ", "pause"),
        ("let me start over", "start_over"),
        ("could I skip this one?", "skip"),
        ("Thank you very much!", "chat_thanks"),
        ("Good morning", "chat_greet"),
        ("bye bye 👋", "chat_goodbye"),
        ("keep my answers", "resume"),
        ("Say that again, please", "repeat"),
    ],
)
def test_polite_words_around_a_command_change_nothing(text: str, name: str) -> None:
    assert read_command(text) == Command(name)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "yes",
            "no",
            "ok",
            "please",
            "now",
            "then",
            "I agree",
            "I don't agree",
            "maybe",
            "sure",
            "why",
            "thanks but no",
        ),
        *("do not stop", "don't delete my answers", "never cancel", "stop asking me that", "why should I go back"),
        *(
            "delete my worries",
            "I quit my job",
            "start a shop",
            "help others",
            "helping",
            "back pain",
            "skip the queue",
        ),
        *(
            "cancel culture",
            "review of books",
            "resume writing",
            "status symbol",
            "not now not ever",
            "later alligator",
        ),
        *(
            "/affirm",
            "/restart_the_world",
            "/cancel now or never",
            "change the world",
            "fix bicycles",
            "update software",
        ),
        *("I want to change careers", "edit films", "correct grammar", "redo kitchens", "I need a new start"),
    ],
)
def test_other_words_are_no_command(text: str) -> None:
    assert read_command(text) is None


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("change the third clause", "ethics_laws"),
        ("change the clause about privacy", "ethics_privacy"),
        ("change the privacy clause", "ethics_privacy"),
        ("redo ethics 12", "ethics_own_limits"),
        ("change the second commitment", "published_and_rated"),
        ("change my first commitment", "two_months"),
        ("can I change my surname?", "full_name"),
        ("retake the selfie", "photo"),
        ("I need a different image", "photo"),
        ("change the answer about my motivation", "reasons"),
        ("modify my DOB", "date_of_birth"),
    ],
)
def test_clauses_and_other_names_can_be_changed(text: str, target: str) -> None:
    assert read_command(text) == Command("change_answer", target)


@pytest.mark.parametrize(
    "text", ["change clause 0", "change clause 16", "change the bananas clause", "change clause x"]
)
def test_what_is_not_there_cannot_be_changed(text: str) -> None:
    assert read_command(text) is None


@pytest.mark.parametrize("kind", ["name", "email", "date", "photo", "yes_no", "choice", "start", "review", None])
def test_commands_hold_wherever_no_free_text_is_asked_for(kind: str | None) -> None:
    for text in ("back", "skip", "resume", "review", "status", "later", "continue"):
        assert read_command(text, kind) == read_command(text)


@given(
    st.sampled_from(
        ["yes", "no", "I agree", "I do not agree", "Yes, I agree.", "no, thanks", "ok", "sure", "of course"]
    )
)
def test_a_yes_or_no_is_never_a_command(text: str) -> None:
    assert read_command(text) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_command_among_other_words_is_none(before: str, after: str) -> None:
    said = f"zebra {before} go back {after} zebra"
    assert read_command(said) is None


@pytest.mark.parametrize(
    ("text", "item"),
    [("go back to my name", "full_name"), ("return to the photo", "photo"), ("revenir à mon expérience", "experience")],
)
def test_who_goes_back_to_an_item_changes_it(text: str, item: str) -> None:
    assert read_command(text, "long_text") == Command("change_answer", item)
