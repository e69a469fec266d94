"""The wheel contains everything and runs without the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.dialogue.model import model_path
from tests.support.answers import picture
from tests.support.service import ROOT, RunningBot, free_port
from tests.support.web import WebMentor

pytestmark = [pytest.mark.timeout(600), pytest.mark.long]

#: The environment without settings and Python path of the test run.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "UV_CACHE_DIR")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `make wheel` does, in the existing environment."""
    folder = tmp_path_factory.mktemp("dist")
    leftover = ROOT / "build" / "lib" / "bot" / "deleted_since.py"
    leftover.parent.mkdir(parents=True, exist_ok=True)
    leftover.touch()
    command = ["make", "--assume-old=.venv/.bot-installed", "wheel", f"WHEELS={folder}"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@dataclass(frozen=True)
class Installed:
    """An environment with only the locked packages and the wheel.

    Attributes:
        programs: its folder of programs.
        folder: an empty folder, from which `bot` is run.
    """

    programs: Path
    folder: Path

    def bot(self, *arguments: str) -> str:
        """The output of a command."""
        command = [str(self.programs / "bot"), *arguments]
        run = subprocess.run(command, cwd=self.folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, installed as docs/how-to/production.md says."""
    place = tmp_path_factory.mktemp("elsewhere")
    own = ROOT / ".uv" / "bin" / "uv"
    uv = str(own) if own.exists() else shutil.which("uv")
    assert uv, "make install would have fetched uv"
    lock = str(ROOT / "requirements" / "bot.txt")
    install = [uv, "--quiet", "pip", "install", "--python", "venv", "--no-deps"]
    for command in (
        [uv, "--quiet", "venv", "--python", sys.executable, "venv"],
        [*install, "--require-hashes", "-r", lock],
        [*install, str(wheel)],
    ):
        subprocess.run(command, cwd=place, check=True)
    (place / "here").mkdir()
    return Installed(place / "venv" / "bin", place / "here")


def sources(*folders: str) -> set[str]:
    """The repository's files in these folders."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}


def test_the_wheel_holds_every_file_that_the_bot_needs_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        model = archive.read(f"bot/project/models/{model_path().name}")
    project = sources(
        "config.yml", "domain.yml", "endpoints.yml", "form", "logo.svg", "nlu", "organisation.yml", "stories"
    )
    expected = sources("bot", "actions") | {f"bot/project/{name}" for name in project}
    assert held == expected | {f"bot/project/models/{model_path().name}"}
    assert model == model_path().read_bytes()


class RunningWheel(RunningBot):
    """``bot run`` of the wheel, with the settings in the file `.env` of the current folder."""

    def __init__(self, installed: Installed) -> None:
        super().__init__(installed.folder / "data")
        self.program = (str(installed.programs / "bot"),)
        self.folder = installed.folder
        self.port = free_port()
        (installed.folder / ".env").write_text(f"PORT={self.port}\nDATA_DIR=data\nCONSENT_SECONDS=0\n")
        self.environment = dict(ENVIRONMENT)


def test_the_wheel_runs_from_another_folder_without_training(installed: Installed) -> None:
    with RunningWheel(installed) as bot:
        with WebMentor(bot.url) as mentor:
            mentor.opens().answers_until("photo")
            mentor.sends(picture())
            assert mentor.question != "photo", mentor.heard()
            assert mentor.http.get("/widget/mentor-chat.js").status_code == 200
        assert "Training" not in bot.log()
    assert {each.name for each in installed.folder.iterdir()} == {".env", "data"}
    assert "draft" in installed.bot("registrations", "list")


def test_rasas_commands_work_in_the_wheel_without_a_path_file(installed: Installed) -> None:
    [packages] = installed.programs.parent.glob("lib/python*/site-packages")
    assert not list(packages.glob("rasa_on_current_python.pth"))
    assert model_path().name in installed.bot("train")
    installed.bot("validate")
