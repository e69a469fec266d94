"""What the documentation says is true: what it names exists, and generated pages are current."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.paths import REPOSITORY
from docs_reference import pages
from docs_reference.commands import command_tree
from docs_reference.packages import CircleError, imports, layers
from docs_reference.widget import WIDGET, documented

DOCS = REPOSITORY / "docs"
GUIDES = sorted([*DOCS.rglob("*.md"), *REPOSITORY.glob("*.md"), REPOSITORY / "changelog.d" / "README.md"])
TESTS = "\n".join(path.read_text() for path in (REPOSITORY / "tests").rglob("*.py"))
#: Rasa's commands that pages may name.
RASA = {"init", "run", "train", "test", "shell", "data"}
#: What a measurement writes, and git ignores.
WRITTEN = {"bench/results.json"}
MAKE = REPOSITORY / "Makefile"
PAGE = pytest.mark.parametrize("page", GUIDES, ids=lambda page: str(page.relative_to(REPOSITORY)))


@PAGE
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    named = set(re.findall(r"`(test_\w+)`", page.read_text()))
    assert not [name for name in named if not re.search(rf"def {name}\b", TESTS)]


@PAGE
def test_every_page_that_a_page_links_to_is_there(page: Path) -> None:
    linked = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text())
    assert not [link for link in linked if not (page.parent / link).exists()]


@PAGE
def test_every_file_of_the_repository_that_a_page_names_is_there(page: Path) -> None:
    tops = r"(?:bot|actions|tests|bench|docs|docs_reference|evaluation|nlu|stories|requirements)"
    named = set(re.findall(rf"`({tops}/[\w./-]+)`", page.read_text()))
    assert not [name for name in named - WRITTEN if not (REPOSITORY / name).exists() and "/pt." not in name]


def test_every_threat_names_a_test_file_that_holds_its_tests() -> None:
    """In docs/security.md an ellipsis stands for the file that was named last."""
    file = ""
    for named in re.findall(
        r"`([\w/]+\.py|…|test_\w+)`", (DOCS / "security.md").read_text().partition("## Figures")[0]
    ):
        if named.startswith("test_"):
            assert f"def {named}(" in (REPOSITORY / "tests" / file).read_text(), f"{named} is not in {file}"
        elif named != "…":
            file = named
            assert (REPOSITORY / "tests" / file).exists(), file


@pytest.mark.parametrize("page", pages.PAGES)
def test_a_generated_page_says_what_the_code_says(page: str) -> None:
    written = DOCS / page
    assert written.exists(), "Run `make docs`."
    assert written.read_text(encoding="utf-8") == pages.PAGES[page](), "Run `make docs`."


def commands(text: str) -> Iterator[str]:
    """The commands of a page: lines of shell blocks, and what is quoted within a sentence."""
    for block in re.findall(r"```(?:sh|console|bash)\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            yield from filter(None, (part.strip() for part in line.partition("#")[0].split("|")))
    for block in re.findall(r"^\$ (.+)$", text, re.MULTILINE):
        yield from (part.strip() for part in block.split("|"))
    yield from re.findall(r"`((?:bot|make|rasa|python -m|\.venv/bin/\w+|(?:[A-Z_]+=\S+ )+\S+)(?: [^`]+)?)`", text)


def wrong_with(command: str) -> str | None:
    """What keeps a command from being one; None for one that is known, or another program's."""
    words = [word for word in shlex.split(command.replace("…", "X")) if not re.fullmatch(r"[A-Z_]+=.*", word)]
    if words[:1] == ["env"]:
        words = words[3:]
    if not words:
        return None
    name = words[0].removeprefix(".venv/bin/").removeprefix("venv/bin/")
    if name == "bot":
        return wrong_with_bot(words[1:])
    if name == "make":
        rules = re.findall(r"^([\w./-]+|\$\(\w+\)):(?!=)", MAKE.read_text(), re.MULTILINE)
        targets = {*rules, ".venv/.bot-installed", ".venv/.development-installed"}
        return next((f"make has no {each}" for each in words[1:] if each not in targets), None)
    if name == "python" and words[1:2] == ["-m"]:
        return None if importlib.util.find_spec(words[2]) else f"there is no module {words[2]}"
    if name == "pytest":
        files = [word.partition("::")[0] for word in words[1:] if word.startswith("tests/")]
        return next((f"{each} is not there" for each in files if not (REPOSITORY / each).exists()), None)
    if name == "rasa":
        return None if words[1] in RASA else f"rasa has no {words[1]}"
    return None


def wrong_with_bot(words: list[str]) -> str | None:
    """What of a command of ``bot`` is not there: a subcommand or an option."""
    command: Any = command_tree()
    rest = list(words)
    while rest and hasattr(command, "commands"):
        if rest[0] not in command.commands:
            return None if rest[0] == "--help" else f"bot has no {rest[0]}"
        command = command.commands[rest.pop(0)]
    options = {"--help", *(option for parameter in getattr(command, "params", []) for option in parameter.opts)}
    given = [word for word in rest if word.startswith("-")]
    return next((f"bot {' '.join(words)}: no option {each}" for each in given if each not in options), None)


@PAGE
def test_every_command_in_a_page_exists(page: Path) -> None:
    assert [wrong for each in commands(page.read_text()) if (wrong := wrong_with(each))] == []


def test_the_pages_name_commands() -> None:
    found = [each for page in GUIDES for each in commands(page.read_text())]
    assert len([each for each in found if re.match(r"(\.venv/bin/)?bot ", each)]) > 40
    assert len([each for each in found if each.startswith("make ")]) > 15


@pytest.mark.parametrize(
    "command",
    ["bot ceck", "bot checks list --jsn", ".venv/bin/bot staff ad ann", "make docz", "python -m bench.lop", "rasa fly"],
)
def test_a_command_that_is_not_there_is_noticed(command: str) -> None:
    assert wrong_with(command)
    assert command in [*commands(f"Run `{command}`."), *commands(f"```sh\n{command}  # as it says\n```\n")]


def test_the_widgets_page_lists_what_the_widget_reads_and_fires() -> None:
    source = "\n".join(path.read_text() for path in WIDGET.glob("*.js") if path.name != "demo.js")
    read = set(re.findall(r"this\.(?:get|has)Attribute\(\"(\w+)\"", source))
    styles = "".join((WIDGET / name).read_text() for name in ("mentor-chat.css", "launcher.css"))
    styled = set(re.findall(r":host\(\[(\w+)=", styles))
    assert set(documented()["attr"]) == read | styled
    assert set(documented()["fires"]) == set(re.findall(r"this\.dispatchEvent\(new \w+\(\"(\w+)\"", source))


def test_packages_in_a_circle_are_no_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    circle = {"a": frozenset({"b"}), "b": frozenset({"a"})}
    monkeypatch.setattr("docs_reference.packages.imports", lambda: circle)
    with pytest.raises(CircleError, match="a → b → a"):
        layers()


def test_no_package_is_below_one_that_it_imports() -> None:
    depth = {name: layer for layer, names in enumerate(layers()) for name in names}
    assert all(depth[each] < depth[name] for name, imported in imports().items() for each in imported)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder


def test_the_site_makes_no_requests_to_others(site: Path) -> None:
    for page in site.rglob("*.html"):
        loaded = re.findall(r"<(?:script|img|iframe|source)[^>]* src=\"?([^\s\">]+)", page.read_text())
        loaded += re.findall(r"<link[^>]* href=\"?([^\s\">]+)", page.read_text())
        assert not [each for each in loaded if re.match(r"(https?:)?//", each)], page.name
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", style.read_text()), style.name
