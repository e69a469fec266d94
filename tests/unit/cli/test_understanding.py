"""`bot understand` at every question, whatever Rasa understood; Rasa itself is left out."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from ruamel.yaml import YAML

from bot.cli.understand import QUESTIONS, Line, Understanding
from bot.dialogue.model import REPOSITORY
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import CANCEL, CONFIRM, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, SAVE, START, START_OVER

INTENTS = [*YAML(typ="safe").load(REPOSITORY / "domain.yml")["intents"], "nlu_fallback"]
TEXTS = ["yes", "no", "", "123456", "something else", "3 May 1985", "Ana Souza", "help", "status"]


def test_every_state_of_a_registration_is_a_question() -> None:
    states = {START, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START_OVER, CANCEL, SAVE, CONFIRM, "withdraw"}
    asked = {item.id for item in (*form.ASKED, *form.PLACE)}
    assert set(QUESTIONS) == states | asked
    assert len(QUESTIONS) == len(set(QUESTIONS))


@pytest.mark.parametrize("question", QUESTIONS)
def test_whatever_is_understood_there_is_an_answer(question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bot.dialogue.agent", SimpleNamespace(Agent=lambda _model: None))
    understanding = Understanding(Path("no-model"), "mentors@jobgen.example")
    for intent in INTENTS:
        for text in TEXTS:
            found = understanding._reading(Line(ItemId(question), text), intent, None, text)
            assert found["reading"] in {"yes", "no", "confirm", "unclear", "answer", "digression", "command", "invalid"}
            assert not set("{}$") & set(found.get("sentence") or "")
        understanding._message(Line(ItemId(question), "12 May 1975"))


@pytest.mark.parametrize("unknown", ["nothing", "", "expertise_shown", "submitted", "REVIEW"])
def test_an_unknown_question_is_told_which_there_are(unknown: str) -> None:
    with pytest.raises(ValueError, match="There is no question") as raised:
        Line.parse(f'{{"question": "{unknown}", "text": "yes"}}')
    assert all(question in str(raised.value) for question in QUESTIONS)
