"""``bot form``: what follows from the form is current, and a new item's file says what to write."""

from __future__ import annotations

import shutil
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
import yaml

from bot.cli import form as commands
from bot.cli.form import Answer, New, followings_of_the_form
from bot.cli.form_preview import _said, preview_page
from bot.cli.form_skeleton import skeleton
from bot.core.form_files import FOLDER, FORM_FILES, TO_WRITE, FormError, read_form
from bot.core.organisation import ORGANISATION
from bot.dialogue.domain import MARK, domain_with
from bot.i18n.catalogue import catalogue, languages
from bot.registration import form


def test_what_follows_from_the_form_is_written() -> None:
    assert [path.name for path in followings_of_the_form()] == [], "run: bot form build"


def test_the_domain_has_each_slot_of_another_form() -> None:
    domain = yaml.safe_load(domain_with(["name", "languages"], f"intents: [affirm]\n{MARK}slots: {{old: 1}}\n"))
    assert domain["intents"] == ["affirm"]
    assert list(domain["slots"]) == ["name", "languages", "open_question"]
    assert domain["responses"]["utter_ask_name"] == domain["responses"]["utter_ask_languages"]
    assert domain["forms"]["registration_form"]["required_slots"] == ["name", "languages"]
    with pytest.raises(ValueError, match=r"domain\.yml lacks the line"):
        domain_with(["name"], "slots:\n")


def test_a_new_version_gets_its_hash_and_nothing_else_changes(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "form"))
    path = folder / "60-my-mentoring-commitment" / "010-two-months.yml"
    text = path.read_text(encoding="utf-8")
    version = form.BY_ID[form.ItemId("two_months")].version + 1
    new = f"  - version: {version}\n    text:\n      en: I commit to helping for 9 months.\n\nnotices:\n"
    path.write_text(text.replace("\nnotices:\n", new, 1), encoding="utf-8")
    [file] = [each for each in read_form(folder) if each.path == path]
    written = commands._with_hashes(file)
    line = f"    sha256: {file.item.current.digest}\n"
    assert written.replace(line, "", 1) == path.read_text(encoding="utf-8")
    path.write_text(written, encoding="utf-8")
    [file] = [each for each in read_form(folder) if each.path == path]
    assert file.item.current.sha256 == file.item.current.digest
    path.write_text(written.replace("9 months", "8 months"), encoding="utf-8")
    with pytest.raises(FormError, match=f"the text of version {version} was changed"):
        read_form(folder)


@pytest.mark.parametrize(
    ("kind", "answer", "section"),
    [
        ("clause", "", "70-code-of-ethics"),
        ("question", "long_text", "30-mentoring-experience"),
        ("question", "choice", "60-my-mentoring-commitment"),
    ],
)
def test_a_skeleton_says_what_to_write_and_is_whole_when_it_is_written(
    tmp_path: Path, kind: str, answer: str, section: str
) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "form"))
    path = folder / section / "155-kindness.yml"
    text = skeleton(kind, "kindness", answer)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormError, match=r"155-kindness\.yml:\d+: \w+: still to be written: en, fr"):
        read_form(folder)
    path.write_text(text.replace(TO_WRITE, "Be kind"), encoding="utf-8")
    [file] = [each for each in read_form(folder) if each.path == path]
    assert file.item.id == "kindness"


def test_a_new_item_is_placed_after_another_one() -> None:
    paths = [file.path for file in FORM_FILES]
    for what, before in ((New.CLAUSE, form.CLAUSES[2].id), (New.CLAUSE, ""), (New.QUESTION, "experience")):
        place = commands._place(what, "ethics_open_mind", before)
        [after] = [file.path for file in FORM_FILES if file.item.id == (before or form.CLAUSES[-1].id)]
        ordered = sorted([*paths, place])
        assert place.name.endswith("-open-mind.yml")
        assert ordered.index(place) == ordered.index(after) + 1
    with pytest.raises(SystemExit, match="There is no clause experience"):
        commands._place(New.CLAUSE, "ethics_kindness", "experience")


@pytest.mark.parametrize("name", ["account", "Languages", "x", "1st"])
def test_an_id_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(SystemExit, match=r"An id has|has an item account already"):
        commands.new(New.QUESTION, name, "", Answer.LONG_TEXT)


def test_the_preview_has_what_is_said_of_every_item_in_each_language() -> None:
    page = preview_page()
    for language in languages():
        for item in (*form.ASKED, *form.PLACE):
            for name in (f"meaning-{item.id}", f"why-{item.id}", f"example-{item.id}"):
                assert escape(catalogue(language).text(name, contact=ORGANISATION.contact)) in page
    assert all(escape(item.wording) in page for item in form.CONSENTS)


def test_the_preview_escapes_what_the_form_says() -> None:
    said = "".join(_said(catalogue(), replace(form.CONSENTS[0], wording="Mind <b>this</b> & that")))
    assert "Mind &lt;b&gt;this&lt;/b&gt; &amp; that" in said
