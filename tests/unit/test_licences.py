"""The project's own licence, and the page that lists those of what it installs."""

from __future__ import annotations

import hashlib
import tomllib
from email.message import Message

import pytest

from bot.core.paths import REPOSITORY
from scripts.licences import IN_THE_FILES, LOCK, PAGE, LicenceError, licence, locked, table, with_table

#: SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt.
APACHE = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def said(*fields: tuple[str, str]) -> Message:
    """A package's metadata with these fields."""
    metadata = Message()
    for name, value in fields:
        metadata[name] = value
    return metadata


def test_the_licence_is_apaches_text_with_our_name_in_its_appendix() -> None:
    ours = (REPOSITORY / "LICENSE").read_text()
    assert "Copyright 2026 JobGen contributors" in ours
    theirs = ours.replace("Copyright 2026 JobGen contributors", "Copyright [yyyy] [name of copyright owner]")
    assert hashlib.sha256(theirs.encode()).hexdigest() == APACHE
    assert tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["license"] == "Apache-2.0"


def test_the_page_lists_the_licence_of_every_locked_package() -> None:
    page = PAGE.read_text()
    assert page == with_table(page, table()), "run .venv/bin/python -m scripts.licences"
    listed = [name for row in table().splitlines()[2:] for name in row.split(" | ")[1].rstrip(" |").split(", ")]
    # Counted in another way than the command does: each package of the lock has hashes.
    assert len(listed) == len(set(listed)) == sum("==" in line for line in LOCK.read_text().splitlines())
    assert set(IN_THE_FILES) <= set(listed), "what is not locked any more needs no line"


def test_every_package_under_a_licence_with_terms_for_its_source_is_discussed() -> None:
    rows = [row.strip("| ").split(" | ") for row in table().splitlines()[2:]]
    sharing = {name for terms, names in rows if "GPL" in terms or "MPL" in terms for name in names.split(", ")}
    [paragraph] = [each for each in PAGE.read_text().split("\n\n") if "Their licences require no more" in each]
    assert {name for name in sharing if name.removesuffix("-binary") not in paragraph} == set()


def test_a_lock_is_read_with_extras_markers_and_any_spelling() -> None:
    lock = "limits[redis]==5.8.0 \\\n    --hash=sha256:0a\n    # via x==1\nRuamel_Yaml==0.19 ; python_version > '3'\n"
    assert locked(lock) == ["limits", "ruamel-yaml"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("License-Expression", "MIT-CMU"), ("License", "other")], "MIT-CMU"),
        ([("License", "Apache 2.0")], "Apache-2.0"),
        ([("License", "all of the text …"), ("Classifier", "License :: OSI Approved :: MIT License")], "MIT"),
        (
            [
                ("Classifier", "License :: OSI Approved :: MIT License"),
                ("Classifier", "License :: OSI Approved :: Apache Software License"),
                ("Classifier", "Topic :: MIT License"),
            ],
            "Apache-2.0 OR MIT",
        ),
    ],
)
def test_a_licence_is_read_from_what_a_package_says(fields: list[tuple[str, str]], expected: str) -> None:
    assert licence("some-package", said(*fields)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("fields", [[], [("License", "BSD")], [("Classifier", "License :: OSI Approved")]])
def test_a_licence_that_nobody_has_looked_at_is_not_guessed(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(LicenceError, match="some-package"):
        licence("some-package", said(*fields))  # type: ignore[arg-type]
