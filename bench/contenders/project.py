"""Writes a project for unmodified Rasa that asks the same form, the way Rasa's documentation builds a form.

It is what ours is compared with, so it is meant to be read: one slot a question, filled from the text or from a yes or
no; a custom action that checks and commits each answer; a rule for each question that a mentor may ask on the way, in
the form and outside it. It is trained on examples of ours (`nlu/`), of fewer intents.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from bench.contenders.script import DIGRESSIONS, DONE, SIDE_QUESTIONS, Question, digression_text, texts

FILES = Path(__file__).parent / "rasa_files"
NLU = Path(__file__).resolve().parents[2] / "nlu"
#: Rasa's default.
EPOCHS = 100
FORM = "registration_form"
#: What the form itself is answered with.
MOVES = ("register", "affirm", "deny", "inform")


def write_project(
    folder: Path, pipeline: str, asked: list[Question], port: int, examples: int, epochs: int = EPOCHS
) -> None:
    """Write a project that ``rasa train`` and ``rasa run`` take.

    Args:
        folder: where to, an empty one.
        pipeline: ``stock`` or ``lean``.
        asked: the form.
        port: of the action server.
        examples: how many of each intent to train on.
        epochs: for which networks are trained.
    """
    said = intents(asked, examples)
    (folder / "data").mkdir(parents=True)
    config = (FILES / f"{pipeline}.yml").read_text(encoding="utf-8")
    (folder / "config.yml").write_text(config.replace(f"epochs: {EPOCHS}", f"epochs: {epochs}"), encoding="utf-8")
    shutil.copy(FILES / "actions.py", folder / "actions.py")
    _write(folder / "credentials.yml", {"rest": None})
    _write(
        folder / "endpoints.yml",
        {
            "action_endpoint": {"url": f"http://127.0.0.1:{port}/webhook"},
            "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(folder / "tracker.db")},
        },
    )
    _write(folder / "domain.yml", _domain(asked))
    _write(folder / "data" / "rules.yml", {"version": "3.1", "rules": _rules()})
    _write(folder / "data" / "stories.yml", {"version": "3.1", "stories": _stories()})
    nlu = [{"intent": name, "examples": "".join(f"- {each}\n" for each in lines)} for name, lines in said.items()]
    _write(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": nlu})


def intents(asked: list[Question], examples: int | None = None) -> dict[str, list[str]]:
    """Examples by intent; what the measured mentors reply and ask is among them, so that none is misread."""
    found: dict[str, list[str]] = {}
    for file in sorted(NLU.glob("*.yml")):
        for each in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            said = [line.removeprefix("- ") for line in each["examples"].splitlines() if line.startswith("- ")]
            found.setdefault(each["intent"], []).extend(said)
    for text, intent in SIDE_QUESTIONS:
        found[intent].insert(0, text)
    kept = {name: list(dict.fromkeys(found[name]))[:examples] for name in (*MOVES, *DIGRESSIONS)}
    kept["inform"] = [*texts(asked), *kept["inform"]]
    return kept


def _domain(asked: list[Question]) -> dict[str, Any]:
    responses = {f"utter_ask_{question.name}": question.text for question in asked}
    responses |= {f"utter_{intent}": digression_text(intent) for intent in DIGRESSIONS}
    responses |= {"utter_done": DONE}
    return {
        "version": "3.1",
        "intents": [*MOVES, *DIGRESSIONS],
        "slots": {question.name: _slot(question) for question in asked},
        "forms": {FORM: {"required_slots": [question.name for question in asked]}},
        "responses": {name: [{"text": text}] for name, text in responses.items()},
        "actions": ["validate_registration_form", "action_submit"],
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def _slot(question: Question) -> dict[str, Any]:
    here = {"conditions": [{"active_loop": FORM, "requested_slot": question.name}]}
    if question.is_consent:
        mappings: list[dict[str, Any]] = [
            {"type": "from_intent", "intent": "affirm", "value": True, **here},
            {"type": "from_intent", "intent": "deny", "value": False, **here},
        ]
    else:
        mappings = [{"type": "from_text", "not_intent": list(DIGRESSIONS), **here}]
    return {"type": "bool" if question.is_consent else "text", "influence_conversation": False, "mappings": mappings}


def _rules() -> list[dict[str, Any]]:
    in_form, form_again = [{"active_loop": FORM}], [{"action": FORM}, {"active_loop": FORM}]
    rules: list[dict[str, Any]] = [
        {"rule": "begin", "steps": [{"intent": "register"}, *form_again]},
        {
            "rule": "submit",
            "condition": in_form,
            "steps": [
                {"action": FORM},
                {"active_loop": None},
                {"slot_was_set": [{"requested_slot": None}]},
                {"action": "action_submit"},
            ],
        },
    ]
    for intent in DIGRESSIONS:
        answer = [{"intent": intent}, {"action": f"utter_{intent}"}]
        rules.append({"rule": f"{intent} outside the form", "steps": answer})
        rules.append({"rule": f"{intent} in the form", "condition": in_form, "steps": [*answer, *form_again]})
    return rules


def _stories() -> list[dict[str, Any]]:
    """What the policies that learn from stories are given."""
    whole_form = [{"intent": "register"}, {"action": FORM}, {"active_loop": FORM}, {"active_loop": None}]
    return [
        {"story": "registration", "steps": [*whole_form, {"action": "action_submit"}]},
        *(
            {
                "story": f"{intent}, then registration",
                "steps": [{"intent": intent}, {"action": f"utter_{intent}"}, *whole_form, {"action": "action_submit"}],
            }
            for intent in DIGRESSIONS
        ),
    ]


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
