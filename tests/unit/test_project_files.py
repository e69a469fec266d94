"""What contributors and their tools rely on: commands, hooks, the changelog and the forms for issues."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import tomllib

import pytest
import yaml

from bot.core.paths import REPOSITORY

MAKEFILE = (REPOSITORY / "Makefile").read_text()
GROUPS = ["Run", "Test", "Measure", "Maintain"]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())


def test_make_lists_every_target_with_what_it_does_in_its_group() -> None:
    environment = {"PATH": os.environ["PATH"]}  # not that of the `make` that may run this
    command = ["make", "--no-print-directory"]
    output = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^(\w+)$", output, re.MULTILINE) == GROUPS
    listed = re.findall(r"^  ([a-z-]+) +\S.*\.$", output, re.MULTILINE)
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert phony
    assert sorted(listed) == sorted(phony[1].split())
    targets = set(re.findall(r"^([a-z-]+):(?!=)", MAKEFILE, re.MULTILINE))
    former = set(re.findall(r"^\.PHONY: ([a-z-]+)$", MAKEFILE, re.MULTILINE))  # names that are kept for who knows them
    assert sorted(listed) == sorted(targets - former)


def test_the_hooks_are_the_commands_of_make_lint() -> None:
    [repository] = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local"
    commands = [shlex.split(hook["entry"]) for hook in repository["hooks"]]
    recipe = re.search(r"^lint:.*\n((?:\t.+\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe
    linted = [line.removeprefix("@").split() for line in recipe[1].replace("\t", "").splitlines()]
    assert [command[0] for command in commands] == [command[0] for command in linted]
    for command in commands:
        subprocess.run([REPOSITORY / command[0], "--help"], cwd=REPOSITORY, check=True, capture_output=True)


def test_every_fragment_is_one_that_a_release_collects() -> None:
    settings = PROJECT["tool"]["towncrier"]
    kinds = {each["directory"] for each in settings["type"]}
    names = {path.name for path in (REPOSITORY / settings["directory"]).iterdir()} - set(settings["ignore"])
    assert [name for name in names if not re.fullmatch(rf"\+[a-z-]+\.({'|'.join(kinds)})\.md", name)] == []
    changelog = (REPOSITORY / settings["filename"]).read_text()
    assert "<!-- towncrier release notes start -->" in changelog
    assert f"## {PROJECT['project']['version']}" in changelog


@pytest.mark.parametrize("name", ["bug", "idea"])
def test_an_issue_has_a_form(name: str) -> None:
    form = yaml.safe_load((REPOSITORY / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml").read_text())
    assert {"name", "description", "body"} <= set(form)
    ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(ids) == len(set(ids)) > 0


def test_pushes_and_pull_requests_run_everything_on_the_python_of_the_lock() -> None:
    text = (REPOSITORY / ".github" / "workflows" / "ci.yml").read_text()
    workflow = yaml.safe_load(text)
    assert {"push", "pull_request"} == set(workflow[True])  # YAML 1.1 takes `on` for a yes
    [job] = workflow["jobs"].values()
    assert ".ci/run" in [step.get("run") for step in job["steps"]]
    assert os.access(REPOSITORY / ".ci" / "run", os.X_OK)
    [python] = [step["with"]["python-version"] for step in job["steps"] if "setup-python" in step.get("uses", "")]
    assert f"--python-version {python} " in MAKEFILE
    assert "secrets." not in text


#: Modules that are longer than the limit; each gives the reason at its beginning.
LONG_MODULES = {"registration/registration.py", "storage/models.py", "understanding/reader.py"}
LONGEST_MODULE, LONGEST_FUNCTION = 400, 50


def test_modules_and_functions_are_short() -> None:
    modules = {path.relative_to(REPOSITORY / "bot").as_posix(): path for path in (REPOSITORY / "bot").rglob("*.py")}
    lengths = {name: len(path.read_text().splitlines()) for name, path in modules.items()}
    assert {name for name, length in lengths.items() if length > LONGEST_MODULE} <= LONG_MODULES
    functions = [
        (name, each.name, (each.end_lineno or 0) - each.lineno + 1)
        for name, path in modules.items()
        if "migrations" not in path.parts  # which are never changed
        for each in ast.walk(ast.parse(path.read_text()))
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    assert len(functions) > 1_000
    assert [each for each in functions if each[2] > LONGEST_FUNCTION] == []
