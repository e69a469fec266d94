"""Trains the dialogue model, once for each state of its inputs, and knows its path."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bot.core.paths import IS_WHEEL, REPOSITORY, SETTINGS_FOLDER

MODELS = REPOSITORY / "models"

#: Rasa's own command, with the fixes of `compatibility`.
RASA = (sys.executable, "-P", "-m", "bot.dialogue")

#: Trains from the project's data, without validation, which takes a third of the time; `bot validate` does it.
TRAINING = ("train", "--skip-validation", "--data", "nlu", "stories")

_TRAINING_STEP = re.compile(r"(?:Starting to train|Finished training|Restored) component '\w+'|Sentence vectors of .*")

#: Parts of `config.yml` that work with the packages that `bot.dialogue.absent_packages` leaves in place.
_OURS = ("RulePolicy", "bot.dialogue.")

#: The model's inputs: files, and folders with their contents.
INPUTS = (
    "config.yml",
    "domain.yml",
    "nlu",
    "stories",
    "bot/dialogue/components",
    # What training calls of the reader's rules; the others read a message with the model as it is.
    "bot/understanding/learned.py",
    "bot/understanding/text.py",
    "requirements/bot.txt",
)


class ModelError(Exception):
    """The dialogue model cannot be trained or loaded; the message says what to do."""


def inputs_digest(root: Path = REPOSITORY) -> str:
    """SHA-256 over names and contents of everything in `INPUTS`, in hexadecimal."""
    digest = hashlib.sha256()
    for name in INPUTS:
        path = root / name
        files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
        for file in files:
            if "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(root)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def model_path(root: Path = REPOSITORY) -> Path:
    """The path of the model for the current inputs, trained or not; a wheel holds its one model.

    Raises:
        ModelError: the wheel holds no model.
    """
    if IS_WHEEL:
        models = sorted(MODELS.glob("registration-*.tar.gz"))
        if len(models) != 1:
            raise ModelError("The dialogue model is missing from this installation. Install the wheel again.")
        return models[0]
    return root / "models" / f"registration-{inputs_digest(root)[:16]}.tar.gz"


def rasa_environment() -> dict[str, str]:
    """The environment in which Rasa's own commands run quietly."""
    return {
        **os.environ,
        "LOG_LEVEL": "WARNING",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "OPENBLAS_NUM_THREADS": "1",  # small products: threads would wait for each other
        "SANIC_HOST": "127.0.0.1",  # otherwise its action server listens on all interfaces
    }


def rasa(*arguments: str, capture: bool = False) -> subprocess.CompletedProcess[bytes]:
    """Run one of Rasa's own commands.

    Args:
        arguments: the arguments after ``rasa``.
        capture: return its output, warnings included, instead of printing it.
    """
    environment = rasa_environment()
    if capture:
        environment["PYTHONWARNINGS"] = "default::UserWarning"
    return subprocess.run(
        [*RASA, *arguments],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE if capture else None,
        stderr=subprocess.STDOUT if capture else None,
        check=False,
    )


def is_ours(config: Path = REPOSITORY / "config.yml") -> bool:
    """Whether every component and policy is the bot's own, so that Rasa needs none of its large packages."""
    from ruamel.yaml import YAML

    chosen = YAML(typ="safe").load(config)
    parts = [chosen.get("pipeline"), chosen.get("policies")]
    return None not in parts and all(each["name"].startswith(_OURS) for part in parts for each in part)


def start_rasa(*arguments: str) -> subprocess.Popen[bytes]:
    """Start one of Rasa's own commands as a separate process, with the same settings and without output."""
    return subprocess.Popen(
        [*RASA, *arguments],
        cwd=SETTINGS_FOLDER,
        env=rasa_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def train(progress: Callable[[str], None] = lambda _line: None) -> Path:
    """Train the model if its inputs have changed since the last training; returns its path.

    Training runs in a separate process, because its imports take a hundred megabytes.

    Args:
        progress: called with a short line for each step of the training.

    Raises:
        ModelError: training failed.
    """
    path = model_path()
    if path.exists():
        return path
    MODELS.mkdir(parents=True, exist_ok=True)
    with (MODELS / "training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # if two processes start at once, one trains
        if not path.exists():
            _train(path, progress)
    return path


def _train(path: Path, progress: Callable[[str], None]) -> None:
    command = [*RASA, *TRAINING, "--out", str(MODELS / "new")]
    output: list[str] = []
    with subprocess.Popen(
        [*command, "--fixed-model-name", path.name.removesuffix(".tar.gz")],
        cwd=REPOSITORY,
        # The sentence vectors of 12,700 examples are most of a first training: each core computes some of them.
        env=rasa_environment() | {"LOG_LEVEL": "INFO", "OMP_NUM_THREADS": str(os.cpu_count() or 1)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None  # noqa: S101  (tells mypy what PIPE means)
        for line in process.stdout:
            output.append(line)
            if step := _TRAINING_STEP.search(line):
                progress("  " + re.sub("component |'", "", step[0]))
    fresh = MODELS / "new" / path.name
    if process.returncode != 0 or not fresh.exists():
        raise ModelError(f"Training the model failed.\n{''.join(output[-40:])}".strip())
    fresh.replace(path)  # only now, so that an interrupted training leaves no incomplete model
    # A running service may still use the previous model.
    for old in sorted(MODELS.glob("registration-*.tar.gz"), key=lambda each: each.stat().st_mtime)[:-2]:
        old.unlink()
