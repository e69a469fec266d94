"""The form's files: what is wrong with one is said with its place, and a wording that mentors saw stays as it was."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import get_args

import pytest

from bot.core.form_files import ENGLISH, FOLDER, FORM_FILES, FormError, ItemFile, read_form
from bot.i18n.catalogue import languages
from bot.registration.form import Answer

LAWS = "form/70-code-of-ethics/030-laws.yml"
ACCOUNT = "form/10-my-mentor-account/010-account.yml"
REASONS = "form/20-your-path-to-success/010-reasons.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the form."""
    return Path(shutil.copytree(FOLDER, tmp_path / "form"))


def changed(folder: Path, path: str, old: str, new: str) -> int:
    """Replace the first ``old`` in a file of the copy; returns its line."""
    file = folder.parent / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        (LAWS, "why:", "wy:", "there is no field wy; do you mean why?"),
        (LAWS, "meaning:", "why:", "'why' stands twice"),
        (LAWS, "  en: Laws\n", "", "button: the English words are missing: en"),
        (LAWS, "  en: Laws\n", "  en: [Laws]\n", "en has to be text; put it in quotation marks"),
        (LAWS, "kind: clause", "kind: rule", "kind: Input should be 'question', 'clause' or 'consent'"),
        (LAWS, "kind: clause", "kind: clause\nanswer: choice", "it has no answer and no options"),
        (LAWS, "    - laws?", "    - laws?(", "is no regular expression"),
        (LAWS, "id: ethics_laws", "id: Laws", "id: String should match"),
        (LAWS, "id: ethics_laws", "id: consent", "the bot uses 'consent' for something else"),
        (LAWS, "id: ethics_laws", "id: ethics_privacy", "the id ethics_privacy stands in 030-laws.yml, too"),
        (LAWS, "version: 1", "version: 2", "the versions have to be 1, 2, 3"),
        (LAWS, "Mentors are", "Mentors will be", "the text of version 1 was changed."),
        (LAWS, "Mentors are", "{ $name } are", "can stand in braces"),
        (REASONS, "answer: long_text", "answer: essay", "answer: Input should be 'choice'"),
        (REASONS, "answer: long_text", "answer: date", "use long_text or choice"),
        (REASONS, "sees:", "button:", "a question needs sees"),
        (REASONS, "id: reasons", "id: reasons\nstep: account\n", "the step account has a title already"),
        (REASONS, "id: reasons", "id: reasons\nparaphrases: {deed: en x}", "only a consent has paraphrases"),
        (ACCOUNT, "yes_and_no: [existing", "yes_and_no: [old", "names a value that no option has"),
        (ACCOUNT, "value: existing", "value: new", "has two options or more, each with another value"),
        (ACCOUNT, "id: account", "id: accounts", "the bot needs the item account"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(
    folder: Path, path: str, old: str, new: str, told: str
) -> None:
    changed(folder, path, old, new)
    with pytest.raises(FormError, match=re.escape(told)) as caught:
        read_form(folder)
    assert re.match(r"form/[\w/-]+\.yml:\d+: |form: ", str(caught.value))


def test_the_line_is_that_of_the_mistake(folder: Path) -> None:
    line = changed(folder, LAWS, "example:", "exampel:")
    with pytest.raises(FormError, match=rf"^{LAWS}:{line}: there is no field exampel"):
        read_form(folder)


def test_a_file_without_a_number_or_a_heading_is_refused(folder: Path) -> None:
    laws = folder.parent / LAWS
    laws.rename(laws.with_name("laws.yml"))
    with pytest.raises(FormError, match=r"laws\.yml: its name has to begin with a number"):
        read_form(folder)
    (laws.parent / "section.yml").unlink()
    with pytest.raises(FormError, match=r"section\.yml: No such file"):
        read_form(folder)


def test_an_older_version_stays_and_the_newest_is_asked(folder: Path) -> None:
    new = "  - version: 2\n    text:\n      en: Mentors keep to the law.\n\nbutton:"
    changed(folder, LAWS, "\nbutton:", new)
    [laws] = [file.item for file in read_form(folder) if file.item.id == "ethics_laws"]
    assert laws.current.text == {ENGLISH: "Mentors keep to the law."}
    assert laws.wording[0].text[ENGLISH].startswith("Mentors are responsible")


def test_the_kinds_of_answer_are_those_of_the_program() -> None:
    kinds, _none = get_args(ItemFile.model_fields["answer"].annotation)
    assert {*get_args(kinds)} == {each.value for each in Answer} - {Answer.NONE, Answer.YES_NO}


def test_every_language_in_the_form_is_one_of_the_bot() -> None:
    said = {language for file in FORM_FILES for language in (*file.heading, *file.item.why, *file.item.current.text)}
    assert said <= set(languages())
