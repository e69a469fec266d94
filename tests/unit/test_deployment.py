"""The files in deploy/: their own linters accept them, and what they name exists."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.paths import REPOSITORY
from bot.core.settings import SECRETS, Settings

DEPLOY = REPOSITORY / "deploy"
DOCKERFILE = DEPLOY / "Dockerfile"
UNIT = DEPLOY / "systemd" / "mentor-bot.service"
COMPOSE = DEPLOY / "compose" / "compose.yaml"
NAMES = {name.upper() for name in Settings.model_fields} | {f"{name.upper()}_FILE" for name in SECRETS}
#: Where the linters are installed.
PROGRAMS = Path(sys.executable).parent
#: Variables that are no settings of the bot: Python's and the shell's.
OTHERS = {"PATH", "PYTHONDONTWRITEBYTECODE"}


def instructions() -> list[tuple[str, str]]:
    """Name and rest of each instruction of the Dockerfile, without comments and line breaks."""
    text = "\n".join(line for line in DOCKERFILE.read_text().splitlines() if not line.startswith("#"))
    lines = filter(None, text.replace("\\\n", " ").splitlines())
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines)]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    return found[max(number for number, (name, _) in enumerate(found) if name == "FROM") :]


@pytest.fixture
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return loaded


def test_the_image_runs_without_rights_and_holds_no_tools() -> None:
    stages = [rest for name, rest in instructions() if name == "FROM"]
    assert len(stages) == 2
    stage = last_stage()
    [user] = [rest for name, rest in stage if name == "USER"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    copied = [rest for name, rest in stage if name in ("COPY", "ADD")]
    assert copied == ["--from=build /venv /venv"]
    assert [name for name, _ in stage].index("USER") < [name for name, _ in stage].index("ENTRYPOINT")


def test_the_image_is_built_from_the_python_of_the_lock_and_by_hash() -> None:
    python = re.search(r"--python-version (3\.\d+)", (REPOSITORY / "Makefile").read_text())
    assert python
    assert all(f"python:{python[1]}-" in rest for name, rest in instructions() if name == "FROM")
    run = " ".join(rest for name, rest in instructions() if name == "RUN")
    assert run.count("--require-hashes") == run.count("requirements/bot.txt") == 2
    assert "bot train" in run


def test_the_images_variables_are_settings() -> None:
    given = {
        word.partition("=")[0] for name, rest in instructions() if name == "ENV" for word in rest.split() if "=" in word
    }
    assert given - OTHERS <= NAMES
    assert {"HOST", "DATA_DIR"} <= given


def test_the_image_is_built_from_what_a_wheel_needs_and_nothing_private() -> None:
    allowed = [line[1:] for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert "*" in (REPOSITORY / ".dockerignore").read_text().splitlines()
    assert not [name for name in allowed if not (REPOSITORY / name).exists()]
    project = re.search(r"PROJECT = \(([^)]+)\)", (REPOSITORY / "setup.py").read_text())
    assert project
    needed = {*re.findall(r'"([^"]+)"', project[1]), "bot", "actions", "setup.py", "pyproject.toml", "README.md"}
    assert needed <= set(allowed)
    private = (".env", "var", "models", ".git", "tests", "deploy", ".venv")
    assert not [name for name in private if any(fnmatch(name, each) for each in allowed)]


def test_hadolint_accepts_the_dockerfile() -> None:
    found = subprocess.run([PROGRAMS / "hadolint", DOCKERFILE], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def test_the_composed_bot_is_confined_and_its_variables_are_settings(compose: dict[str, Any]) -> None:
    bot = compose["services"]["bot"]
    assert set(bot["environment"]) <= NAMES
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert any(each.startswith("/tmp") for each in bot["tmpfs"])  # noqa: S108  (compared)
    assert (COMPOSE.parent / bot["build"]["context"]).resolve() == REPOSITORY
    assert (REPOSITORY / bot["build"]["dockerfile"]).exists()
    for service in compose["services"].values():
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["restart"] == "unless-stopped"
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["caddy"]
    assert "deploy" not in bot  # one replica


def test_what_the_services_use_is_declared(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert set(service.get("secrets", ())) <= set(compose["secrets"]), name
        assert set(service["networks"]) <= set(compose["networks"]), name
        assert set(service.get("depends_on", ())) <= set(compose["services"]), name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            is_made = source == "./backups"  # by the operator
            assert is_made or source in compose["volumes"] or (COMPOSE.parent / source).exists(), name
        files = (
            [value for key, value in service["environment"].items() if key.endswith("_FILE")]
            if ("environment" in service)
            else []
        )
        assert {Path(each).name for each in files} <= set(service.get("secrets", ())), name
        assert "image" in service
        if name != "bot":
            assert re.search(r":[\w.-]*\d", service["image"]), name
    [network] = compose["networks"]["mentors"]["ipam"]["config"]
    assert compose["services"]["bot"]["environment"]["TRUSTED_PROXIES"] == network["subnet"]
    ignored = (REPOSITORY / ".gitignore").read_text()
    assert "/deploy/compose/secrets/" in ignored
    assert "/deploy/compose/backups/" in ignored
    assert all(secret["file"].startswith("./secrets/") for secret in compose["secrets"].values())


def test_the_composition_follows_the_specification_of_compose() -> None:
    command = [PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def directives() -> dict[str, list[str]]:
    """The values of each directive of the unit."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_the_units_variables_are_settings_and_its_secrets_are_credentials() -> None:
    given = dict(each.split("=", 1) for each in directives()["Environment"])
    assert set(given) <= NAMES
    credentials = {each.partition(":")[0] for each in directives()["LoadCredential"]}
    assert {value.removeprefix("%d/") for name, value in given.items() if name.endswith("_FILE")} == credentials
    assert given["DATA_DIR"] == f"/var/lib/{directives()['StateDirectory'][0]}"


def test_the_photos_process_may_limit_itself() -> None:
    """bot/media/sandbox.py calls setrlimit, which is one of systemd's @resources."""
    refused = [each for each in directives()["SystemCallFilter"] if each.startswith("~")]
    assert not any("@resources" in each for each in refused)


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        pytest.skip("systemd is not installed")
    unit = tmp_path / UNIT.name
    here = str(Path(sys.executable).with_name("bot"))
    unit.write_text(UNIT.read_text().replace("/opt/mentors/venv/bin/bot", here))  # a unit's program has to exist
    found = subprocess.run([systemd, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    about = [line for line in (found.stdout + found.stderr).splitlines() if UNIT.name in line]
    assert (found.returncode, about) == (0, [])
    exposed = subprocess.run(
        [systemd, "security", "--offline=true", "--threshold=20", unit], capture_output=True, text=True, check=False
    )
    assert exposed.returncode == 0, exposed.stdout[-300:]
