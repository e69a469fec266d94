"""Training the engine's model, once for each state of its inputs, and where the model lies."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.settings import REPOSITORY, Settings

ENGINE_PYTHON = REPOSITORY / ".venv-engine" / "bin" / "python"
MODELS = REPOSITORY / "models"

#: Trains from the project's data. What is valid is `bot validate`'s question: asked each time, it takes a third.
TRAINING = ("train", "--skip-validation", "--data", "nlu", "stories")

_TRAINING_STEP = re.compile(r"(Starting to train|Finished training|Restored) component '(\w+)'")

#: Settings that are none of the engine's business.
SECRETS = frozenset({"DATABASE_URL", "LEDGER_KEY", "MASTER_KEYS", "REDIS_URL", "TELEGRAM_TOKEN"})

#: What the model depends on: files, and folders with what is in them.
INPUTS = ("config.yml", "domain.yml", "nlu", "stories", "engine", "understanding", "requirements/engine.txt")


class EngineError(Exception):
    """The engine cannot be used; the message says what to do."""


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
    """Where the model for the present inputs lies, or will lie once trained."""
    return root / "models" / f"registration-{inputs_digest(root)[:16]}.tar.gz"


def engine_environment(settings: Settings, secret: str) -> dict[str, str]:
    """The environment in which Rasa's own configuration files find their values."""
    return {
        **{name: value for name, value in os.environ.items() if name not in SECRETS},
        "ENGINE_SECRET": secret,
        "ACTIONS_PORT": str(settings.actions_port),
        "ENGINE_TRACKER_URL": f"sqlite:///{(settings.data_dir / 'engine-tracker.db').resolve()}",
        "LOG_LEVEL": "WARNING",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore::DeprecationWarning",
        "SANIC_HOST": "127.0.0.1",
        "OPENBLAS_NUM_THREADS": "1",  # else a product as small as ours wakes a thread on each core
    }


def rasa(
    settings: Settings, *arguments: str, secret: str = "", capture: bool = False
) -> subprocess.CompletedProcess[bytes]:
    """Run one of Rasa's own commands in the engine's environment.

    Args:
        settings: tells the ports and the data folder.
        arguments: what follows ``rasa``.
        secret: shared with the action server, if one is needed.
        capture: keep what it prints, warnings included, instead of leaving it to the terminal.

    Raises:
        EngineError: the engine is not installed.
    """
    require_engine()
    environment = engine_environment(settings, secret)
    if capture:
        environment["PYTHONWARNINGS"] = "default::UserWarning"
    return subprocess.run(
        [str(ENGINE_PYTHON), "-m", "rasa", *arguments],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE if capture else None,
        stderr=subprocess.STDOUT if capture else None,
        check=False,
    )


def engine_command(settings: Settings, *arguments: str) -> dict[str, Any]:
    """What `subprocess` needs to run the engine's Python, quietly, with these arguments.

    Raises:
        EngineError: the engine is not installed.
    """
    require_engine()
    return {
        "args": [str(ENGINE_PYTHON), *arguments],
        "cwd": REPOSITORY,
        "env": engine_environment(settings, "none") | {"LOG_LEVEL": "ERROR"},
    }


def require_engine() -> None:
    """Raise `EngineError` unless the engine's environment is installed."""
    if not ENGINE_PYTHON.exists():
        raise EngineError("The dialogue engine is not installed. Run `make install`.")


def train(settings: Settings, progress: Callable[[str], None] = lambda _line: None) -> Path:
    """Train the model if its inputs changed since it was trained; gives its path.

    Args:
        settings: tells the data folder.
        progress: called with a short line for each step of the training.

    Raises:
        EngineError: the engine is not installed, or training failed.
    """
    path = model_path()
    if path.exists():
        return path
    require_engine()
    command = [str(ENGINE_PYTHON), "-m", "rasa", *TRAINING, "--out", str(MODELS / "new")]
    output: list[str] = []
    with subprocess.Popen(
        [*command, "--fixed-model-name", path.name.removesuffix(".tar.gz")],
        cwd=REPOSITORY,
        env=engine_environment(settings, "none") | {"LOG_LEVEL": "INFO"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None  # noqa: S101  (tells mypy what PIPE means)
        for line in process.stdout:
            output.append(line)
            if step := _TRAINING_STEP.search(line):
                progress(f"  {step[1]} {step[2]}")
    fresh = MODELS / "new" / path.name
    if process.returncode != 0 or not fresh.exists():
        raise EngineError(f"Training the model failed.\n{''.join(output[-40:])}".strip())
    fresh.replace(path)  # only now: an interrupted training leaves no model that looks whole
    # A service that still runs may have the model before this one in use.
    for old in sorted(MODELS.glob("registration-*.tar.gz"), key=lambda each: each.stat().st_mtime)[:-2]:
        old.unlink()
    return path
