"""Builds the wheel: the packages, with Rasa's files and the trained model as `bot/project`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
#: Files at the top of a checkout that a wheel has in `bot.core.paths.REPOSITORY`.
PROJECT = ("config.yml", "domain.yml", "endpoints.yml", "form", "logo.svg", "nlu", "organisation.yml", "stories")


class BuildWithProject(build_py):
    """Adds the project's files to a wheel; an editable installation uses them in place."""

    def run(self) -> None:
        """Copy the packages, then the project's files."""
        if self.editable_mode:
            super().run()
            return
        shutil.rmtree(self.build_lib, ignore_errors=True)  # otherwise the wheel would contain modules deleted since
        super().run()
        for compiled in list(Path(self.build_lib).rglob("__pycache__")):
            shutil.rmtree(compiled)
        project = Path(self.build_lib, "bot", "project")
        for name in PROJECT:
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, self._ready(project / name))
        model = trained_model()
        shutil.copy(model, self._ready(project / "models" / model.name))

    @staticmethod
    def _ready(path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def trained_model() -> Path:
    """The model for the current inputs; `bot train` trains it if needed."""
    bot = ROOT / ".venv" / "bin" / "bot"
    if not bot.exists():
        raise SystemExit("The wheel holds the trained model. Run `make wheel`: it installs what trains the model.")
    trained = subprocess.run([bot, "train"], stdout=subprocess.PIPE, text=True, check=True)
    return ROOT / "models" / trained.stdout.split()[-1]


setup(cmdclass={"build_py": BuildWithProject})
