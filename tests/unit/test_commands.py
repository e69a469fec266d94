"""Commands: whole messages only, and every target is an item of the form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import form
from bot.form import ItemId
from understanding.commands import Command, read_command, targets


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
        ("change clause 3", "clause_3"),
        ("change part 15 please", "clause_15"),
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
        "back?",
        "I want another chance",
        "do not change my photo",
    ],
)
def test_a_command_inside_a_sentence_is_none(text: str) -> None:
    assert read_command(text) is None


def test_every_target_is_asked_by_the_form() -> None:
    asked = {item.id for item in form.ASKED}
    assert {ItemId(target) for target in targets()} <= asked


def test_every_question_of_the_form_can_be_changed_by_words() -> None:
    questions = {item.id for item in form.ASKED if item.kind is form.Kind.QUESTION}
    assert questions <= {ItemId(target) for target in targets()}


@given(st.text(max_size=120))
def test_every_text_gets_a_reading(text: str) -> None:
    command = read_command(text)
    assert command is None or (command.name == "change_answer") == (command.target is not None)


@given(st.text(alphabet="change my edit I want another ", max_size=400))
def test_a_long_text_is_read_quickly(text: str) -> None:
    assert read_command(text) is None or len(text) < 200
