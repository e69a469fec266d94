"""Commands: whole messages only, and every target is an item of the form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import form
from bot.form import ItemId
from understanding.commands import Command, read_command


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


@pytest.mark.parametrize("text", ["Resume", "review", "continue", "Again"])
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
