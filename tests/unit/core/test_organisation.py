"""The organisation's file: it is checked, it reaches everything that names the organisation, and nothing else does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.channels.web.files import WIDGET, source_of
from bot.core.organisation import FILE, ORGANISATION, OrganisationError, read_organisation
from bot.core.paths import REPOSITORY

#: Where the name may stand: the owner's form as it was given, and whose the licence is.
NAMED = {"tests/unit/registration/owner_form.py", "tests/unit/test_licences.py", "organisation.yml"}
SOURCES = ("actions", "bench", "bot", "docs_reference", "evaluation", "nlu", "stories", "tests")
#: Words and what they stand on, by WCAG 2.2: words need 4.5, signs and edges 3.
WORDS = (
    *(("text", "surface"), ("muted", "surface"), ("accent", "surface"), ("accent-text", "accent"), ("text", "bot")),
    *(("muted", "bot"), ("me-text", "me"), ("note-text", "note"), ("error-text", "error"), ("error-text", "surface")),
)
#: What the bot says and reads with another name; each line is checked below.
ELSEWHERE = """
import sys
from pathlib import Path

from bot.core import organisation

organisation.ORGANISATION = organisation.read_organisation(Path(sys.argv[1]))

from bot.channels.web.files import WIDGET, source_of
from bot.i18n.catalogue import catalogue
from bot.privacy.consent_receipt import controller
from bot.registration import form
from bot.understanding.consent import Subject, read_consent

item = form.BY_ID[form.ItemId("background_check")]
print(item.wording)
print(catalogue("fr").text("receipt-lead"))
print(catalogue("fr").text("faq-organisation", contact="x@example.org"))
subject = Subject(item.id, item.wording)
print(read_consent("I give ÉLAN EMPLOI permission to do a criminal background check on me", subject).value)
print(source_of(WIDGET / "colours.css").count("#123456"))
print("Élan Emploi écrit" in source_of(WIDGET / "locales" / "fr.js"))
print(organisation.ORGANISATION.file_name)
print(controller("x@example.org", "https://example.org")["address"])
"""


def test_the_name_stands_in_no_other_file() -> None:
    listed = subprocess.run(
        ["git", "ls-files", *SOURCES, "*.yml", "*.svg"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    name = ORGANISATION.name.casefold()
    paths = [each for each in listed.stdout.splitlines() if each not in NAMED and each != "mkdocs.yml"]
    texts = {path: (REPOSITORY / path).read_text(encoding="utf-8", errors="ignore") for path in paths}
    assert [path for path, text in texts.items() if name in text.casefold()] == []


def test_every_colour_is_a_token() -> None:
    literal = re.compile(r"#[0-9a-f]{3,8}\b(?!\s*\{)|\brgba?\((?!0 0 0 /)", re.IGNORECASE)
    shadows = re.compile(r"--chat-shadow: .*")
    sheets = {path.name: shadows.sub("", path.read_text(encoding="utf-8")) for path in WIDGET.glob("*.css")}
    assert [name for name, text in sheets.items() if name != "colours.css" and literal.search(text)] == []


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_words_can_be_read_on_every_colour(is_dark: bool) -> None:
    light, dark = (
        dict(re.findall(r"--chat-([\w-]+): (#\w+);", part))
        for part in source_of(WIDGET / "colours.css").split("@media (prefers-color-scheme: dark)")
    )
    colours = light | dark if is_dark else light
    poor = {pair: contrast(*(colours[each] for each in pair)) for pair in WORDS}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}
    assert contrast(colours["edge"], colours["surface"]) >= 3


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, 1.4.3)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "organisation.yml: name: "),
        ({"name": 'Say "hello"'}, "organisation.yml: name: "),
        ({"contact": "nowhere"}, "organisation.yml: contact: "),
        ({"motto": "Onwards"}, "organisation.yml: motto: "),
        (
            {"colours": {**yaml.safe_load(FILE.read_text(encoding="utf-8"))["colours"], "accent": ["green", "red"]}},
            "colours.accent",
        ),
        (
            {"facts": {"about": {"fr": "Un site."}, "cost": {"en": "Free."}, "check_takes": {"en": "a week"}}},
            "facts.about",
        ),
    ],
)
def test_what_is_wrong_with_the_file_is_said(tmp_path: Path, change: dict[str, object], told: str) -> None:
    file = tmp_path / "organisation.yml"
    file.write_text(yaml.safe_dump(yaml.safe_load(FILE.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(OrganisationError, match=re.escape(told)):
        read_organisation(file)


@pytest.mark.parametrize("text", ["name: [", "- a", ""])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "organisation.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(OrganisationError, match=r"organisation\.yml"):
        read_organisation(file)
    with pytest.raises(OrganisationError, match="No such file"):
        read_organisation(tmp_path / "other.yml")


@pytest.mark.slow
def test_another_organisation_has_its_name_in_what_the_bot_says_and_reads(tmp_path: Path) -> None:
    changed = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    changed |= {"name": "Élan Emploi", "registered_name": "Élan Emploi™", "address": "1 rue Haute, Lyon"}
    changed["colours"]["accent"] = ["#123456", "#abcdef"]
    file = tmp_path / "organisation.yml"
    file.write_text(yaml.safe_dump(changed), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, file], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    wording, lead, about, reading, coloured, writes, name, address = done.stdout.splitlines()
    assert wording == "I hereby give Élan Emploi™ permission to perform a criminal background check on me."
    assert "code d’éthique d’Élan Emploi" in lead
    assert about.startswith(ORGANISATION.facts.about["fr"])
    assert reading == "yes"
    assert (coloured, writes, name, address) == ("1", "True", "elan-emploi", "1 rue Haute, Lyon")
