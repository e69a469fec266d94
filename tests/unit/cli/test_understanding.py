"""`bot understand` at every question, whatever Rasa understood; Rasa itself is left out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from ruamel.yaml import YAML

from bot.cli.understand import QUESTIONS, Line, Understanding
from bot.core.organisation import ORGANISATION
from bot.dialogue.model import REPOSITORY
from bot.registration import form
from bot.registration.registration import CANCEL, CONFIRM, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, SAVE, START, START_OVER
from bot.understanding.reader import DIGRESSIONS, Act, Meaning

INTENTS = [*YAML(typ="safe").load(REPOSITORY / "domain.yml")["intents"], "nlu_fallback"]
TEXTS = ["yes", "no", "", "123456", "something else", "3 May 1985", "Ana Souza", "help", "status"]
#: What is said to a question of the mentor's depends on their words only where those are a command.
TEXTS_OF_DIGRESSIONS = ["something else", "help", "status"]


def test_every_state_of_a_registration_is_a_question() -> None:
    states = {START, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START_OVER, CANCEL, SAVE, CONFIRM, "withdraw"}
    asked = {item.id for item in (*form.ASKED, *form.PLACE)}
    assert set(QUESTIONS) == states | asked
    assert len(QUESTIONS) == len(set(QUESTIONS))


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.slow
def test_whatever_is_understood_there_is_an_answer(question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bot.dialogue.agent", SimpleNamespace(Agent=lambda _model: None))
    understanding = Understanding(Path("no-model"), ORGANISATION.contact)
    for intent in INTENTS:
        for text in TEXTS_OF_DIGRESSIONS if intent.startswith(DIGRESSIONS) else TEXTS:
            for state, language in (("draft", "en"), ("draft", "fr"), ("submitted", "en")):
                line = Line.parse(
                    json.dumps({"question": question, "text": text, "state": state, "language": language})
                )
                found = understanding._reading(line, intent, None, text)
                assert found["reading"] in {
                    "yes",
                    "no",
                    "confirm",
                    "unclear",
                    "answer",
                    "digression",
                    "command",
                    "invalid",
                }
                assert not set("{}$") & set(found.get("sentence") or "")
        understanding._message(Line.parse(json.dumps({"question": question, "text": "12 May 1975"})))


def said(monkeypatch: pytest.MonkeyPatch, intent: str, text: str, **line: str) -> str:
    """What a mentor would see."""
    monkeypatch.setitem(sys.modules, "bot.dialogue.agent", SimpleNamespace(Agent=lambda _model: None))
    parsed = Line.parse(json.dumps({"text": text, **line}))
    return str(Understanding(Path("no-model"), ORGANISATION.contact)._reading(parsed, intent, None, text)["sentence"])


def test_the_sentence_is_the_one_of_the_state_and_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    how_long = {"intent": "faq_duration", "text": "how long?", "question": "ethics_autonomy"}
    assert said(monkeypatch, **how_long) == "11 short points and the final check are left, about 3 minutes."
    assert said(monkeypatch, **how_long, language="fr").startswith("Il reste 11 points courts")
    at_end = {"question": "review", "state": "submitted"}
    assert said(monkeypatch, "faq_duration", "how long?", **at_end).startswith("Nothing is left for you to do.")
    assert said(monkeypatch, "affirm", "submit", **at_end).startswith("It’s already sent")
    assert said(monkeypatch, "skip", "can I skip this?", question="photo").startswith("No, every mentor needs a photo")


@pytest.mark.parametrize("more", ["", '"question": null, ', '"question": "", ', '"question": "review", '])
def test_once_everything_is_sent_a_line_needs_no_question(more: str) -> None:
    assert Line.parse(f'{{{more}"text": "hello", "state": "submitted"}}').question is None


@pytest.mark.parametrize("more", ['"state": "cleared"', '"language": "xx"', '"state": []'])
def test_an_unknown_state_or_language_is_told_which_there_are(more: str) -> None:
    with pytest.raises(ValueError, match=r"draft, submitted.*en, fr"):
        Line.parse(f'{{"question": "photo", "text": "yes", {more}}}')


def test_what_a_message_may_mean_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    choices = (Act("faq_cost"), Act("change_answer", "photo"))
    found = SimpleNamespace(read_many=lambda messages: [Meaning("nlu_fallback", choices=choices) for _ in messages])
    monkeypatch.setitem(sys.modules, "bot.dialogue.agent", SimpleNamespace(Agent=lambda _model: found))
    understanding = Understanding(Path("no-model"), ORGANISATION.contact)
    for question in ("two_months", "date_of_birth", "photo", "review"):
        [line] = understanding.read([Line.parse(json.dumps({"question": question, "text": "hm"}))])
        assert line["reading"] == "unclear"
        assert line["choices"] == [{"name": "faq_cost"}, {"name": "change_answer", "item": "photo"}]
        assert line["sentence"]


@pytest.mark.parametrize("unknown", ["nothing", "", "expertise_shown", "submitted", "REVIEW"])
def test_an_unknown_question_is_told_which_there_are(unknown: str) -> None:
    with pytest.raises(ValueError, match="There is no question") as raised:
        Line.parse(f'{{"question": "{unknown}", "text": "yes"}}')
    assert all(question in str(raised.value) for question in QUESTIONS)
