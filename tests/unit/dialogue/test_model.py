"""The digest of what the model is trained from."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from bot.core.paths import REPOSITORY
from bot.dialogue import model
from bot.dialogue.compatibility import no_telemetry
from bot.dialogue.model import INPUTS, inputs_digest, model_path, rasa_environment


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A repository that holds only the model's inputs."""
    for name in INPUTS:
        source, target = REPOSITORY / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return tmp_path


def test_the_same_inputs_have_the_same_digest(copy: Path) -> None:
    assert inputs_digest(copy) == inputs_digest(REPOSITORY)


@pytest.mark.parametrize("name", INPUTS)
def test_every_input_counts(copy: Path, name: str) -> None:
    before = inputs_digest(copy)
    path = copy / name
    file = sorted(each for each in path.rglob("*") if each.is_file())[0] if path.is_dir() else path
    file.write_bytes(file.read_bytes() + b"\n")
    assert inputs_digest(copy) != before


def test_a_new_a_renamed_and_a_deleted_file_count(copy: Path) -> None:
    digests = [inputs_digest(copy)]
    extra = copy / "nlu" / "extra.yml"
    extra.write_text("version: '3.1'\n")
    digests.append(inputs_digest(copy))
    extra.rename(copy / "nlu" / "other.yml")
    digests.append(inputs_digest(copy))
    assert len(set(digests)) == 3
    (copy / "nlu" / "other.yml").unlink()
    assert inputs_digest(copy) == digests[0]


def test_where_one_file_ends_and_the_next_begins_counts(copy: Path) -> None:
    (copy / "nlu" / "a").write_bytes(b"12")
    (copy / "nlu" / "b").write_bytes(b"3")
    before = inputs_digest(copy)
    (copy / "nlu" / "a").write_bytes(b"1")
    (copy / "nlu" / "b").write_bytes(b"23")
    assert inputs_digest(copy) != before


def test_compiled_python_and_other_files_do_not_count(copy: Path) -> None:
    before = inputs_digest(copy)
    for folder in (copy / "bot" / "understanding" / "__pycache__", copy / "bot", copy / "models"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "new.pyc").write_bytes(b"new")
    assert inputs_digest(copy) == before


def test_the_model_lies_under_the_digest_of_its_inputs(copy: Path) -> None:
    before = model_path(copy)
    assert before == copy / "models" / f"registration-{inputs_digest(copy)[:16]}.tar.gz"
    (copy / "config.yml").write_text("recipe: default.v1\n")
    assert model_path(copy) != before


def test_rasas_own_commands_are_quiet_and_tell_nobody() -> None:
    no_telemetry()
    environment = rasa_environment()
    assert environment["RASA_TELEMETRY_ENABLED"] == "false"
    assert environment["LOG_LEVEL"] == "WARNING"


def test_of_two_that_need_a_model_at_once_one_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[Path] = []
    both_are_there = threading.Barrier(2, timeout=10)

    def trains(path: Path, _progress: object) -> None:
        trained.append(path)
        path.write_bytes(b"the model")

    def looks() -> Path:
        with suppress(threading.BrokenBarrierError):
            both_are_there.wait()
        return tmp_path / "registration-1.tar.gz"

    monkeypatch.setattr(model, "MODELS", tmp_path)
    monkeypatch.setattr(model, "model_path", looks)
    monkeypatch.setattr(model, "_train", trains)
    with ThreadPoolExecutor(2) as pool:
        found = [each.result() for each in [pool.submit(model.train) for _ in range(2)]]
    assert found == [tmp_path / "registration-1.tar.gz"] * 2
    assert len(trained) == 1
