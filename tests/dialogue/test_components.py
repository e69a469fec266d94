"""Our components of Rasa's pipeline, beside what they stand for."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.shared.importers import utils as loading
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue.components import intents, linear_model
from bot.dialogue.components.importer import Example
from bot.dialogue.components.linear_model import LinearModel
from bot.dialogue.components.reader import Reader
from bot.dialogue.model import REPOSITORY, inputs_digest, model_path
from bot.understanding.reader import Thresholds


@pytest.fixture
def importer() -> TrainingDataImporter:
    files = [str(REPOSITORY / name) for name in ("config.yml", "domain.yml")]
    return TrainingDataImporter.load_from_config(*files, [str(REPOSITORY / name) for name in ("nlu", "stories")])


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[Any]:
    """The calls of a function from now on."""
    calls: list[Any] = []
    function = getattr(module, name)

    def call(*arguments: Any) -> Any:
        calls.append(arguments)
        return function(*arguments)

    monkeypatch.setattr(module, name, call)
    return calls


def test_examples_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = counted(monkeypatch, loading, "training_data_from_paths")
    files = [str(REPOSITORY / name) for name in ("config.yml", "domain.yml")]
    importer = TrainingDataImporter.load_from_config(*files, [str(REPOSITORY / name) for name in ("nlu", "stories")])
    importer.get_nlu_data(), importer.get_domain(), importer.get_stories()
    assert len(read) == 1


def test_a_message_is_read_by_rule_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = counted(monkeypatch, intents, "read_as_one")
    message = [Message({"text": "what a strange question", "metadata": {"kind": "consent"}})]
    Reader(Thresholds()).process(intents.LinearIntentClassifier({}, None, None).process(message))
    assert len(read) == 1


def test_an_example_is_copied_with_fields_of_its_own(importer: TrainingDataImporter) -> None:
    read = importer.get_nlu_data()
    first = next(each for each in read.training_examples if each.get("text"))
    example = next(each for each in TrainingData().merge(read).training_examples if each == first)
    before = (dict(first.data), first.fingerprint(), list(first.features), set(first.output_properties))
    assert type(example) is type(first) is Example
    assert example is not first
    example.set("intent", "another", add_to_output=True)
    example.add_features(Features(np.zeros((1, 1)), "sentence", "text", "here"))
    assert (first.data, first.fingerprint(), first.features, first.output_properties) == before
    again = copy.deepcopy(example)
    again.add_features(Features(np.ones((1, 1)), "sentence", "text", "there"))
    assert example != first
    assert [len(example.features), len(again.features)] == [1, 2]


def test_the_margins_are_those_of_scikit_learn(tmp_path: Path) -> None:
    drawn = random.Random(7)
    words = ["when", "what's", "does", "it", "Über", "a", "i", "größe", "3", "2026", "résumé", "naïve", "да", "🙂", "-"]

    def text() -> str:
        return drawn.choice([" ", "  ", "\n", "? "]).join(drawn.choices(words, k=drawn.randrange(9)))

    longest = (2, 5)
    fitted = linear_model.pipeline(longest, 1.0).fit([text() + word for word in words * 4], words * 4)
    LinearModel.of(fitted, longest).save(tmp_path)
    loaded = LinearModel.load(tmp_path)
    texts = [text() for _ in range(500)] + ["", " ", "unknown words only", "a" * 300, "".join(words)]
    theirs = fitted.decision_function(texts)
    ours = np.array([loaded.margins(each) for each in texts])
    assert len(set(texts)) > 300
    assert loaded.labels == list(fitted.classes_)
    assert np.ptp(theirs) > 1
    assert abs(ours - theirs).max() < 1e-5


def test_the_trained_model_belongs_to_the_present_inputs(model: Path) -> None:
    assert model == model_path()
    assert model.name == f"registration-{inputs_digest()[:16]}.tar.gz"
    assert model.exists()
