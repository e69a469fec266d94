"""Rasa's own tests, over the dialogue's rules and the NLU; a wrong prediction is a failure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.dialogue.model import rasa, train
from evaluation.__main__ import read_set

FOLDER = Path(__file__).parent
#: Of the messages in the evaluation set, by intent, without a question that is open.
LEAST_ACCURACY = 0.9


@pytest.fixture(scope="module")
def model() -> Path:
    """The trained model."""
    return train()


def test_rasa_decides_every_move_of_the_stories(model: Path, tmp_path: Path) -> None:
    result = rasa(
        *(
            "test",
            "core",
            f"--model={model}",
            f"--stories={FOLDER / 'test_stories.yml'}",
            f"--out={tmp_path}",
            "--no-plot",
        ),
        "--fail-on-prediction-errors",
        "--e2e",
        capture=True,
    )
    output = result.stdout.decode(errors="replace")
    assert result.returncode == 0, output[-3000:]
    report = json.loads((tmp_path / "story_report.json").read_text())
    assert report["conversation_accuracy"]["correct"] == report["conversation_accuracy"]["total"] == 7
    assert report["conversation_accuracy"]["with_warnings"] == 0


def test_rasa_understands_the_messages_of_the_evaluation_set(model: Path, tmp_path: Path) -> None:
    examples: dict[str, list[str]] = {}
    for row in read_set("digressions"):
        intent = {"help": "faq_help", "status": "faq_status"}.get(row["name"], row["name"])
        if "\n" not in row["text"]:
            examples.setdefault(intent, []).append(row["text"])
    lines = ['version: "3.1"', "nlu:"]
    for intent, texts in examples.items():
        lines += [f"  - intent: {intent}", "    examples: |", *(f"      - {text}" for text in texts)]
    nlu = tmp_path / "nlu.yml"
    nlu.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = rasa(
        *("test", "nlu", f"--model={model}", f"--nlu={nlu}", f"--out={tmp_path}", "--no-plot"),
        capture=True,
    )
    assert result.returncode == 0, result.stdout.decode(errors="replace")[-3000:]
    report = json.loads((tmp_path / "intent_report.json").read_text())
    assert report["weighted avg"]["support"] == sum(len(texts) for texts in examples.values())
    assert report["accuracy"] >= LEAST_ACCURACY, json.dumps(report["weighted avg"])
