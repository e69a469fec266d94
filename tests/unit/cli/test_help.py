"""What `bot --help` shows, and the completion of commands in a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from bot.cli import app as module
from bot.cli.app import app

PANELS = [module.RUN, module.DIALOGUE, module.MENTORS, module.MAINTAIN]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
#: Characters of help that fit beside the longest name in a terminal of 80.
WIDTH = 61


def test_commands_are_grouped() -> None:
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "100"}).stdout
    titles = [line for line in shown.splitlines() if line.startswith("╭─")]
    assert [title.strip("╭─╮ ") for title in titles] == ["Options", *PANELS]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_commands_help_is_one_line_in_a_group(name: str) -> None:
    command = COMMANDS[name]
    assert command.rich_help_panel in PANELS
    line = (command.help or "").partition("\n\n")[0]
    assert line.endswith(".")
    assert len(line) <= WIDTH, line


def in_bash(script: str, home: Path, **settings: str) -> str:
    """What a script prints in a shell with this home, where `bot` is a command."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(home), "DATA_DIR": str(home / "data"), **settings}
    command = ["bash", "-c", script]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_a_shell_completes_commands(tmp_path: Path) -> None:
    words = {"_BOT_COMPLETE": "complete_bash", "COMP_WORDS": "bot re", "COMP_CWORD": "1"}
    assert in_bash("bot", tmp_path, **words).split() == ["restore", "registrations", "retention"]
    assert "bash completion installed" in in_bash("bot --install-completion bash; true", tmp_path)
    assert (tmp_path / ".bash_completions" / "bot.sh").exists()
